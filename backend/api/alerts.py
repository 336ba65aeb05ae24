"""Alerts: what slipped, who was told and answered, and the ladders by which they go up."""

from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import Http404
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.alerts import actions
from backend.alerts.ladder import (
    FAMILIES,
    Ladder,
    Unit,
    Way,
    default_for,
    family_words,
    read_rung,
)
from backend.alerts.models import NAMES, Alert, Answer, ChosenLadder, Question, Receipt, Snooze
from backend.alerts.queries import TELLABLE, alerts_for, authorities_of, ladders_chosen
from backend.alerts.story import LadderStep, Standing, ladder_of, with_steps
from backend.alerts.table import NEW, TABLE
from backend.api.cases import MatterSerializer, MatterViewSet, takes
from backend.api.deadlines import DeadlineOut
from backend.api.fields import (
    AuthorityName,
    ChildName,
    Day,
    Form,
    NothingForm,
    PersonName,
    ReasonForm,
)
from backend.api.filters import DayFilter, Filter, IdFilter, Order
from backend.api.permissions import Reach
from backend.api.views import OfPerson
from backend.casework.errors import FactRefused
from backend.deadlines.models import Deadline
from backend.grammar.events import Depth
from backend.grammar.roles import IN_ONE_CASE, LABELS
from backend.records.models import Authority

#: Who can stand on a ladder: whoever may see alerts at all.
ON_LADDERS = [(role.value, LABELS[role]) for role in (*TELLABLE, *IN_ONE_CASE)]
STATES = [(str(s), s.label) for s in TABLE.states if s != NEW]
MOST_STEPS = 10


class AlertFilter(Filter):
    """What about, how it stands, of whom, and since when."""

    family = filters.MultipleChoiceFilter(choices=list(FAMILIES.items()))
    state = filters.MultipleChoiceFilter(choices=STATES)
    is_standing = filters.BooleanFilter(method="standing")
    child = IdFilter()
    about = filters.CharFilter(
        field_name="matter", max_length=60, help_text="A case that is no child's: referrals/12"
    )
    mine = filters.BooleanFilter(
        method="mine_only", help_text="Sent to you, or of a child allocated to you"
    )
    passed_from = DayFilter(field_name="passed_at", lookup_expr="date__gte")
    passed_to = DayFilter(field_name="passed_at", lookup_expr="date__lte")
    ordering = Order(fields=(("passed_at", "passed_at"), ("next_at", "next_at")))

    class Meta:
        model = Alert
        fields: list[str] = []

    def standing(self, rows: QuerySet[Alert], name: str, value: bool) -> QuerySet[Alert]:
        return rows.filter(state__in=NAMES) if value else rows.exclude(state__in=NAMES)

    def mine_only(self, rows: QuerySet[Alert], name: str, value: bool) -> QuerySet[Alert]:
        wanted = alerts_for(self.person, self.on).order_by().values("pk")
        return rows.filter(pk__in=wanted) if value else rows.exclude(pk__in=wanted)


class SentOut(serializers.Serializer):
    """One way by which somebody was told."""

    way = serializers.CharField()
    state = serializers.CharField(help_text="waiting, sent, failed, spared or not_set_up")
    sent_at = serializers.DateTimeField(allow_null=True)
    tries = serializers.IntegerField()
    failure = serializers.CharField(allow_blank=True)


class HeardOut(serializers.Serializer):
    """One person who was told at a step."""

    id = serializers.IntegerField(source="person_id")
    name = serializers.CharField()
    role = serializers.CharField()
    told_at = serializers.DateTimeField()
    read_at = serializers.DateTimeField(allow_null=True)
    sent = SentOut(many=True)


class LadderStepOut(serializers.Serializer):
    """One step of the ladder: done, now, next or later; 0 is the first telling, and a reminder
    before the date has a number of its own."""

    number = serializers.IntegerField()
    repeat = serializers.IntegerField()
    is_reminder = serializers.BooleanField(help_text="Sent before the date")
    people = serializers.CharField()
    when = serializers.CharField(allow_blank=True)
    standing = serializers.ChoiceField(choices=[str(one) for one in Standing])
    at = serializers.DateTimeField(allow_null=True)
    again_words = serializers.CharField(allow_blank=True, help_text="How it repeats")
    reached_nobody = serializers.BooleanField()
    heard = HeardOut(many=True)


class ReceiptOut(serializers.ModelSerializer):
    """Somebody has seen it."""

    by = PersonName()

    class Meta:
        model = Receipt
        fields = ("by", "at")


class AnswerOut(serializers.ModelSerializer):
    """What will be done, by whom and by when."""

    by = PersonName()

    class Meta:
        model = Answer
        fields = ("by", "at", "what", "doer", "by_on")


class QuestionOut(serializers.ModelSerializer):
    """Somebody asked what is being done; closed when answered, or when its silence was told."""

    by = PersonName()

    class Meta:
        model = Question
        fields = ("by", "at", "answer_by", "closed_at", "was_answered")


class SnoozeOut(serializers.ModelSerializer):
    """Until when it was put off, and why."""

    by = PersonName()

    class Meta:
        model = Snooze
        fields = ("by", "at", "until", "reason")


class AlertOut(MatterSerializer):
    """One alert in a list."""

    child = ChildName(read_only=True, allow_null=True)
    about = serializers.CharField(
        source="matter", help_text="The case, when it is no child's; otherwise empty"
    )
    family_words = serializers.SerializerMethodField()
    dates = serializers.IntegerField(help_text="How many dates it speaks of")
    steps = serializers.IntegerField(help_text="How many steps its ladder has")

    class Meta(MatterSerializer.Meta):
        model = Alert
        fields = (
            *MatterSerializer.Meta.fields,
            "child",
            "about",
            "family",
            "family_words",
            "dates",
            "passed_at",
            "reached",
            "steps",
            "repeated",
            "next_at",
            "ended_at",
            "ended_because",
        )

    def get_family_words(self, alert: Alert) -> str:
        return family_words(alert.family)


class AlertWhole(AlertOut):
    """One alert with its whole ladder, and everything that people did about it."""

    ladder_name = serializers.CharField(source="frozen_ladder.name")
    ladder = serializers.SerializerMethodField()
    deadlines = serializers.SerializerMethodField()
    receipts = ReceiptOut(many=True)
    answers = AnswerOut(many=True)
    questions = QuestionOut(many=True)
    snoozes = SnoozeOut(many=True)

    class Meta(AlertOut.Meta):
        model = Alert
        fields = (
            *AlertOut.Meta.fields,
            "ladder_name",
            "ladder",
            "deadlines",
            "receipts",
            "answers",
            "questions",
            "snoozes",
        )

    @extend_schema_field(LadderStepOut(many=True))
    def get_ladder(self, alert: Alert) -> Any:
        steps: list[LadderStep] = ladder_of(alert)
        return LadderStepOut(steps, many=True).data

    @extend_schema_field(serializers.ListField(child=serializers.DictField()))
    def get_deadlines(self, alert: Alert) -> Any:
        rows = Deadline.objects.filter(alerted__alert=alert).order_by("due_on", "pk")
        on = self.context["view"].on
        return AlertedOut(rows, many=True, context={"as_of": on}).data


class AlertedOut(DeadlineOut):
    """A date that an alert speaks of; whose it is stands on the alert."""

    child = None
    authority = None

    class Meta(DeadlineOut.Meta):
        fields = tuple(n for n in DeadlineOut.Meta.fields if n not in ("child", "authority"))


class AnswerForm(Form):
    """What will be done, who does it, and by when."""

    what = serializers.CharField(max_length=20_000, trim_whitespace=False)
    doer = serializers.CharField(max_length=200)
    by_on = Day()


class SnoozeForm(Form):
    """Until when, and why."""

    until = Day()
    reason = serializers.CharField(max_length=20_000, trim_whitespace=False)


class AlertViewSet(MatterViewSet):
    """What slipped for the children whose record you read, and in the cases you have a part in."""

    matters = TABLE.name
    queryset = (
        with_steps(Alert.objects.select_related("child"))
        .annotate(dates=Count("alerted"))
        .order_by("passed_at", "pk")
    )
    filterset_class = AlertFilter

    def rows(self) -> QuerySet[Alert]:
        if getattr(self, "action", None) == "list":
            return self.queryset.all()
        return self.queryset.prefetch_related(
            "receipts__by", "answers__by", "questions__by", "snoozes__by"
        )

    def get_serializer_class(self) -> Any:
        return AlertOut if self.action == "list" else AlertWhole

    def retrieve(self, request: Request, pk: str) -> Response:
        alert = self.get_object()
        if alert.child is None:
            return super().retrieve(request, pk)
        self.read(alert.child, alert.about, Depth.RECORD)
        return self.show_one(alert)

    @takes("receive", NothingForm)
    def receive(self, alert: Alert, facts: dict[str, Any]) -> Alert:
        """Say that you have seen it. It goes up all the same."""
        return actions.receive_alert(alert=alert, **self.how())

    @takes("answer", AnswerForm)
    def answer(self, alert: Alert, facts: dict[str, Any]) -> Alert:
        """Say what will be done. It waits for that day, and then goes on if nothing was done."""
        return actions.answer_alert(alert=alert, **facts, **self.how())

    @takes("ask", NothingForm)
    def ask(self, alert: Alert, facts: dict[str, Any]) -> Alert:
        """Ask those who do it what is being done. Silence is told to you, and it goes up."""
        return actions.ask_about_alert(alert=alert, **self.how())

    @takes("snooze", SnoozeForm)
    def snooze(self, alert: Alert, facts: dict[str, Any]) -> Alert:
        """Put it off for three working days at most, and twice at most."""
        return actions.snooze_alert(alert=alert, **facts, **self.how())

    @takes("waive", ReasonForm)
    def waive(self, alert: Alert, facts: dict[str, Any]) -> Alert:
        """End it though the duty is not met."""
        return actions.waive_alert(alert=alert, **facts, **self.how())


# How alerts go up


class RungForm(Form):
    """One step: so long after the date, or before it, these people, by these ways."""

    after = serializers.IntegerField(min_value=0, max_value=240)
    is_before = serializers.BooleanField(default=False, help_text="A reminder before the date")
    unit = serializers.ChoiceField(choices=[str(unit) for unit in Unit])
    roles = serializers.ListField(
        child=serializers.ChoiceField(choices=ON_LADDERS), allow_empty=False, max_length=20
    )
    ways = serializers.ListField(
        child=serializers.ChoiceField(choices=[str(way) for way in Way]), max_length=3
    )
    repeats_every = serializers.IntegerField(
        min_value=0,
        max_value=30,
        default=0,
        help_text="Working days; only the last step repeats, after twice as long each time",
    )


class ChooseForm(Form):
    """Whose alerts, about what, and the steps."""

    authority = serializers.CharField(max_length=9, help_text="ONS code")
    family = serializers.ChoiceField(choices=list(FAMILIES.items()))
    rungs = serializers.ListField(child=RungForm(), allow_empty=False, max_length=MOST_STEPS)


class LadderOut(serializers.Serializer):
    """How new alerts of one family go up in one authority."""

    authority = AuthorityName()
    family = serializers.CharField()
    family_words = serializers.CharField()
    name = serializers.CharField(help_text="Whose rule it is; a local standard, not law")
    is_default = serializers.BooleanField()
    chosen_by = PersonName(allow_null=True)
    chosen_at = serializers.DateTimeField(allow_null=True)
    rungs = RungForm(many=True)


def shown(authority: Authority, family: str, chosen: ChosenLadder | None) -> dict[str, Any]:
    """A ladder as it is answered."""
    ladder = Ladder.from_json(chosen.ladder) if chosen else default_for(family)
    return {
        "authority": authority,
        "family": family,
        "family_words": family_words(family),
        "name": ladder.name,
        "is_default": chosen is None,
        "chosen_by": chosen.chosen_by if chosen else None,
        "chosen_at": chosen.chosen_at if chosen else None,
        "rungs": [*ladder.as_json()["reminders"], *ladder.as_json()["rungs"]],
    }


class AlertLadders(OfPerson):
    """How alerts go up in the authorities where you play a part. Open alerts keep their ladder."""

    reach = Reach.SIGNED_IN
    parameters = frozenset({"authority", "family"})
    queryset = Authority.objects.order_by("name", "pk")

    def visible(self, rows: QuerySet[Authority]) -> QuerySet[Authority]:
        return rows.filter(pk__in=authorities_of(self.person, self.on).order_by().values("pk"))

    @extend_schema(
        responses=LadderOut(many=True),
        parameters=[
            OpenApiParameter("authority", str, description="ONS code"),
            OpenApiParameter("family", str, enum=list(FAMILIES)),
        ],
    )
    def list(self, request: Request) -> Response:
        """By authority and family, also where an authority has chosen nothing of its own."""
        authorities = self.get_queryset()
        if code := request.query_params.get("authority"):
            authorities = authorities.filter(Q(pk=code) if code.isalnum() else Q(pk=None))
            if not authorities.exists():
                raise Http404
        family = request.query_params.get("family")
        if family and family not in FAMILIES:
            raise FactRefused("There are no alerts of this kind.", field="family")
        wanted = [
            (authority, one)
            for authority in authorities
            for one in ([family] if family else FAMILIES)
        ]
        page = self.paginate_queryset(wanted) or []
        chosen = ladders_chosen([authority.pk for authority, _ in page])
        rows = [shown(authority, one, chosen.get((authority.pk, one))) for authority, one in page]
        return self.get_paginated_response(LadderOut(rows, many=True).data)

    @extend_schema(request=ChooseForm, responses={200: LadderOut})
    def create(self, request: Request) -> Response:
        """Choose the steps for new alerts of one family."""
        facts = self.facts_of(ChooseForm)
        authority = self.get_queryset().filter(pk=facts["authority"]).first()
        if authority is None:
            raise FactRefused("You play no part in this authority.", field="authority")
        chosen = actions.choose_ladder(
            authority=authority,
            family=facts["family"],
            rungs=[read_rung(one) for one in facts["rungs"]],
            by=self.person,
            at=self.at,
        )
        return Response(LadderOut(shown(authority, facts["family"], chosen)).data)
