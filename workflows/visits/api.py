"""Visits, requests for a visit and regulators' notices, for other programs."""

from typing import Any

import django_filters
from django.db.models import Q
from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from backend.access.parts import living_there
from backend.access.visibility import child_ids_visible_to, settings_visible_to
from backend.api.cases import CaseSerializer, CaseViewSet, opens, takes
from backend.api.fields import (
    LONG,
    AuthorityName,
    ChildField,
    ChildName,
    Day,
    Form,
    Moment,
    PersonName,
    ReasonForm,
)
from backend.api.permissions import Reach
from backend.api.views import OfChildren, OfSettings
from backend.casework.errors import FactRefused
from backend.grammar.events import Depth
from backend.records.codes import CommunicationMode
from backend.records.models import Authority, Placement
from workflows.visits import actions
from workflows.visits.models import (
    AbuseConsidered,
    Account,
    Amendment,
    Behaviour,
    Concern,
    Extent,
    NotAlone,
    NoticeReceipt,
    Place,
    RegulatorNotice,
    Request,
    Safe,
    Source,
    Visit,
)
from workflows.visits.table import TABLE


class AccountForm(Form):
    """What somebody else said, and how it is known."""

    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]
    who = serializers.CharField(max_length=200)
    said = serializers.CharField()


class ConcernForm(Form):
    """Something that worried the visitor."""

    kind = serializers.ChoiceField(choices=Concern.Kind.choices)
    severity = serializers.ChoiceField(choices=Concern.Severity.choices)
    harm = serializers.ChoiceField(choices=Concern.Harm.choices)
    source = serializers.ChoiceField(choices=Source.choices)  # type: ignore[assignment]
    detail = serializers.CharField()


class OutcomeForm(Form):
    """What was seen. The action says what may not be missing."""

    made_at = Moment()
    is_remote = serializers.BooleanField(default=False)
    place = serializers.ChoiceField(choices=Place.choices, required=False, allow_blank=True)
    place_detail = serializers.CharField(max_length=200, **LONG)
    was_seen_alone = serializers.BooleanField(required=False, allow_null=True)
    not_alone = serializers.ChoiceField(choices=NotAlone.choices, required=False, allow_blank=True)
    not_alone_why = serializers.CharField(**LONG)
    was_bedroom_seen = serializers.BooleanField(required=False, allow_null=True)
    communicated_by = serializers.MultipleChoiceField(
        choices=CommunicationMode.choices, required=False
    )
    communication_help = serializers.CharField(**LONG)
    own_words = serializers.CharField(**LONG)
    paraphrase = serializers.CharField(**LONG)
    feels_safe = serializers.ChoiceField(choices=Safe.choices, required=False, allow_blank=True)
    behaviour = serializers.ChoiceField(choices=Behaviour.choices, required=False, allow_blank=True)
    behaviour_detail = serializers.CharField(**LONG)
    abuse_considered = serializers.ChoiceField(
        choices=AbuseConsidered.choices, required=False, allow_blank=True
    )
    abuse_considered_why = serializers.CharField(**LONG)
    practice_observed = serializers.CharField(**LONG)
    matches_records = serializers.ChoiceField(
        choices=Extent.choices, required=False, allow_blank=True
    )
    matches_records_detail = serializers.CharField(**LONG)
    plan_followed = serializers.DictField(
        child=serializers.ChoiceField(choices=["yes", "no", "not_seen"]), required=False
    )
    culture_respected = serializers.ChoiceField(
        choices=Extent.choices, required=False, allow_blank=True
    )
    culture_detail = serializers.CharField(**LONG)
    family_contact = serializers.ChoiceField(
        choices=Extent.choices, required=False, allow_blank=True
    )
    family_contact_detail = serializers.CharField(**LONG)
    is_welfare_safeguarded = serializers.BooleanField(required=False, allow_null=True)
    welfare_detail = serializers.CharField(**LONG)
    next_steps = serializers.CharField(**LONG)
    accounts = AccountForm(many=True, required=False)
    concerns = ConcernForm(many=True, required=False)
    is_second_that_day = serializers.BooleanField(default=False)

    def validate_communicated_by(self, modes: set[str]) -> list[str]:
        return sorted(modes)


class NewOutcomeForm(OutcomeForm):
    """A visit that nobody had arranged here."""

    child = ChildField()


class ArrangeForm(Form):
    """When somebody will come, and whether the setting may know."""

    arranged_for = Moment()


class NewArrangeForm(ArrangeForm):
    child = ChildField()


class AttemptForm(Form):
    """When it was attempted, and why the child was not seen."""

    made_at = Moment()
    reason = serializers.CharField()


class NewAttemptForm(AttemptForm):
    child = ChildField()


class AmendForm(Form):
    """The facts that change, each under its name, and why."""

    changes = serializers.DictField(child=serializers.CharField(allow_blank=True))
    why = serializers.CharField()

    def validate_changes(self, changes: dict[str, str]) -> dict[str, Any]:
        if "made_at" in changes:
            return {**changes, "made_at": Moment().run_validation(changes["made_at"])}
        return changes


class AccountSerializer(serializers.ModelSerializer):
    class Meta:
        model = Account
        fields = ("source", "who", "said")


class ConcernSerializer(serializers.ModelSerializer):
    class Meta:
        model = Concern
        fields = ("kind", "severity", "harm", "source", "detail")


class AmendmentSerializer(serializers.ModelSerializer):
    by = PersonName()

    class Meta:
        model = Amendment
        fields = ("field", "before", "after", "why", "by", "at")


class VisitSerializer(CaseSerializer):
    """A visit with everything that was recorded."""

    visitor = PersonName(read_only=True)
    accounts = AccountSerializer(many=True, read_only=True)
    concerns = ConcernSerializer(many=True, read_only=True)
    amendments = AmendmentSerializer(many=True, read_only=True)

    class Meta(CaseSerializer.Meta):
        model = Visit
        fields = (
            *CaseSerializer.Meta.fields,
            "visitor",
            "arranged_for",
            "is_unannounced",
            "recorded_at",
            "days_to_record",
            "reason",
            *actions.OUTCOME,
            "accounts",
            "concerns",
            "amendments",
        )


class VisitFilter(django_filters.FilterSet):
    child = django_filters.NumberFilter(field_name="child_id")
    state = django_filters.ChoiceFilter(
        choices=[(str(state), state.label) for state in TABLE.states]
    )
    authority = django_filters.CharFilter(field_name="child__authority_id")
    setting = django_filters.NumberFilter(field_name="placement__setting_id")
    made_from = django_filters.DateFilter(field_name="made_at", lookup_expr="date__gte")
    made_to = django_filters.DateFilter(field_name="made_at", lookup_expr="date__lte")

    class Meta:
        model = Visit
        fields: tuple[str, ...] = ()


class VisitViewSet(CaseViewSet):
    """Statutory visits."""

    queryset = Visit.objects.select_related("child", "visitor").prefetch_related(
        "accounts", "concerns", "amendments__by"
    )
    serializer_class = VisitSerializer
    filterset_class = VisitFilter
    room = TABLE.room

    @opens("arrange", NewArrangeForm)
    def open_arranged(self, facts: dict[str, Any]) -> Visit:
        """Arranges a visit that the setting is told of."""
        return actions.arrange_visit(**facts, by=self.person, at=self.at)

    @opens("plan", NewArrangeForm)
    def open_planned(self, facts: dict[str, Any]) -> Visit:
        """Plans a visit that the setting is not told of."""
        return actions.arrange_visit(**facts, is_unannounced=True, by=self.person, at=self.at)

    @opens("record", NewOutcomeForm)
    def open_recorded(self, facts: dict[str, Any]) -> Visit:
        """Records a visit that nobody had arranged here."""
        return actions.record_visit(
            child=facts.pop("child"), **_outcome(facts), by=self.person, at=self.at
        )

    @opens("attempt", NewAttemptForm)
    def open_attempted(self, facts: dict[str, Any]) -> Visit:
        """Records that a visit was attempted and the child not seen."""
        return actions.attempt_visit(**facts, by=self.person, at=self.at)

    @takes("arrange", ArrangeForm)
    def arrange(self, visit: Visit, facts: dict[str, Any]) -> Visit:
        """Gives an arranged visit another time; the setting is told."""
        return actions.rearrange_visit(visit=visit, **facts, **self.how())

    @takes("plan", ArrangeForm)
    def plan(self, visit: Visit, facts: dict[str, Any]) -> Visit:
        """Gives an arranged visit another time; the setting is not told."""
        return actions.rearrange_visit(visit=visit, is_unannounced=True, **facts, **self.how())

    @takes("record", OutcomeForm)
    def record(self, visit: Visit, facts: dict[str, Any]) -> Visit:
        """Records what was seen on an arranged visit."""
        return actions.record_visit(child=visit.child, visit=visit, **_outcome(facts), **self.how())

    @takes("attempt", AttemptForm)
    def attempt(self, visit: Visit, facts: dict[str, Any]) -> Visit:
        """Records that the child was not seen on an arranged visit."""
        return actions.attempt_visit(child=visit.child, visit=visit, **facts, **self.how())

    @takes("miss", ReasonForm)
    def miss(self, visit: Visit, facts: dict[str, Any]) -> Visit:
        """Records that an arranged visit did not happen."""
        return actions.miss_visit(visit=visit, **facts, **self.how())

    @takes("amend", AmendForm)
    def amend(self, visit: Visit, facts: dict[str, Any]) -> Visit:
        """Amends a record; each earlier text is kept."""
        return actions.amend_visit(visit=visit, **facts, **self.how())

    @takes("void", ReasonForm)
    def void(self, visit: Visit, facts: dict[str, Any]) -> Visit:
        """Marks an entry as made in error."""
        return actions.void_visit(visit=visit, **facts, **self.how())


def _outcome(facts: dict[str, Any]) -> dict[str, Any]:
    beside = ("accounts", "concerns", "is_second_that_day")
    return {
        "outcome": {name: value for name, value in facts.items() if name not in beside},
        **{name: facts[name] for name in beside if name in facts},
    }


class RequestForm(Form):
    """Who asked for a visit, when and how."""

    child = ChildField(depth=Depth.CARD)
    asked_by = serializers.ChoiceField(choices=Request.By.choices)
    asked_on = Day()
    how_asked = serializers.ChoiceField(choices=CommunicationMode.choices)
    words = serializers.CharField(**LONG, default="")


class AnswerForm(Form):
    """What the child, or whoever asked, was told back: by whom, how, and when."""

    answered_on = Day()
    answered_who = serializers.CharField(max_length=200)
    answered_how = serializers.ChoiceField(choices=CommunicationMode.choices)
    answered_words = serializers.CharField(max_length=20000)


class RequestSerializer(serializers.ModelSerializer):
    child = ChildName(read_only=True)

    class Meta:
        model = Request
        fields = (
            "id",
            "child",
            "asked_by",
            "asked_on",
            "how_asked",
            "words",
            "refused_on",
            "refusal_reason",
            "answered_on",
            "answered_who",
            "answered_how",
            "answered_words",
        )


class RequestFilter(django_filters.FilterSet):
    child = django_filters.NumberFilter(field_name="child_id")

    class Meta:
        model = Request
        fields: tuple[str, ...] = ()


class RequestViewSet(OfChildren):
    """Requests for a visit."""

    reach = Reach.RECORD
    queryset = Request.objects.select_related("child").order_by("-asked_on", "-pk")
    serializer_class = RequestSerializer
    filterset_class = RequestFilter

    def retrieve(self, request: HttpRequest, pk: str) -> Response:
        row = self.get_object()
        self.read(row.child, f"visit-requests/{row.pk}", Depth.RECORD)
        return self.show_one(row)

    def create(self, request: HttpRequest) -> Response:
        """Records that somebody asked for a visit. Readers of the card may record it too."""
        facts = {"words": "", **self.facts_of(RequestForm)}
        row = actions.request_visit(**facts, by=self.person, at=self.at)
        return self.show_one(row, code=status.HTTP_201_CREATED)

    @action(detail=True, methods=["post"])
    def refuse(self, request: HttpRequest, pk: str) -> Response:
        """Records that a request was not reasonable, and why."""
        row = actions.refuse_request(
            request=self.get_object(), **self.facts_of(ReasonForm), by=self.person, at=self.at
        )
        return self.show_one(row)

    @extend_schema(request=AnswerForm, responses=RequestSerializer)
    @action(detail=True, methods=["post"])
    def answer(self, request: HttpRequest, pk: str) -> Response:
        """Records what the child, or whoever asked, was told. Only a visit meets the request."""
        row = actions.answer_request(
            request=self.get_object(), **self.facts_of(AnswerForm), by=self.person, at=self.at
        )
        return self.show_one(row)


class NoticeForm(Form):
    """A regulator's notice about a setting."""

    setting = serializers.IntegerField()
    received_on = Day()
    summary = serializers.CharField()


class ReceiptForm(Form):
    """When one placing authority itself received a notice."""

    authority = serializers.CharField(max_length=9, help_text="ONS code")
    received_on = Day()


class ReceiptSerializer(serializers.ModelSerializer):
    authority = AuthorityName(read_only=True)

    class Meta:
        model = NoticeReceipt
        fields = ("authority", "received_on", "recorded_at")


class NoticeSerializer(serializers.ModelSerializer):
    receipts = ReceiptSerializer(many=True, read_only=True)

    class Meta:
        model = RegulatorNotice
        fields = ("id", "setting", "received_on", "summary", "recorded_at", "receipts")


class NoticeFilter(django_filters.FilterSet):
    setting = django_filters.NumberFilter(field_name="setting_id")

    class Meta:
        model = RegulatorNotice
        fields: tuple[str, ...] = ()


class NoticeViewSet(OfSettings):
    """Notices of a regulator about settings."""

    reach = Reach.SETTING
    queryset = RegulatorNotice.objects.prefetch_related("receipts__authority").order_by(
        "-received_on", "-pk"
    )
    serializer_class = NoticeSerializer
    filterset_class = NoticeFilter

    def visible(self, rows: Any) -> Any:
        lives = Placement.objects.filter(
            living_there(self.on),
            child__in=child_ids_visible_to(self.person, Depth.RECORD),
            is_temporary=False,
        )
        own = Q(setting__in=settings_visible_to(self.person).values("pk"))
        return rows.filter(own | Q(setting__in=lives.values("setting")))

    @extend_schema(request=ReceiptForm, responses=NoticeSerializer)
    @action(detail=True, methods=["post"])
    def receive(self, request: HttpRequest, pk: str) -> Response:
        """Records when a placing authority itself received it; its visits count from that day."""
        facts = self.facts_of(ReceiptForm)
        notice = self.get_object()
        authority = Authority.objects.filter(pk=facts.pop("authority")).first()
        if authority is None:
            raise FactRefused("There is no such authority.", field="authority")
        actions.receive_notice(
            notice=notice, authority=authority, **facts, by=self.person, at=self.at
        )
        return self.show_one(RegulatorNotice.objects.get(pk=notice.pk))

    def create(self, request: HttpRequest) -> Response:
        """Records a notice and opens a visit clock for every child placed in the setting."""
        facts = self.facts_of(NoticeForm)
        setting = settings_visible_to(self.person).filter(pk=facts.pop("setting")).first()
        if setting is None:
            raise FactRefused("There is no such setting that you may see.", field="setting")
        row = actions.receive_regulator_notice(setting=setting, **facts, by=self.person, at=self.at)
        return Response(NoticeSerializer(row).data, status=status.HTTP_201_CREATED)
