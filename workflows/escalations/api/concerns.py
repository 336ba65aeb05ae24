"""Concerns between agencies, from raising one to what changed for the child."""

from typing import Any

from django.db.models import Prefetch, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.cases import MatterSerializer, MatterViewSet, opens, takes
from backend.api.fields import (
    LONG,
    ChildField,
    ChildName,
    Day,
    Form,
    NothingForm,
    PersonName,
    ReasonForm,
    SettingName,
)
from backend.api.filters import DayFilter, Filter, IdFilter, Order
from backend.grammar.events import Depth
from workflows.escalations import actions, queries
from workflows.escalations.api.fields import HomeField
from workflows.escalations.models import (
    Addressee,
    Escalation,
    Exit,
    Kind,
    Message,
    Note,
    Outside,
    Stage,
)
from workflows.escalations.table import TABLE


class RaiseForm(Form):
    """What worries somebody about another agency, and what should happen."""

    kind = serializers.ChoiceField(
        choices=[(kind.value, kind.label) for kind in Kind if kind != Kind.LADO_DECISION]
    )
    child = ChildField(depth=Depth.CARD, required=False, allow_null=True)
    setting = HomeField(required=False, allow_null=True)
    concern = serializers.CharField()
    wanted = serializers.CharField()
    wanted_by = Day(required=False, allow_null=True)
    is_immediate_risk = serializers.BooleanField(default=False)
    risk = serializers.CharField(**LONG)
    came_from = serializers.CharField(max_length=60, **LONG)
    rung = serializers.IntegerField(default=0, min_value=0, max_value=10)


class AnswerForm(Form):
    """What will be done, by whom and by when."""

    answer = serializers.CharField()
    promised_by_whom = serializers.CharField(max_length=200)
    promised_by = Day(required=False, allow_null=True)


class SkipForm(Form):
    """To which level, and why it cannot wait."""

    rung = serializers.IntegerField(min_value=0, max_value=10)
    reason = serializers.CharField()
    is_risk = serializers.BooleanField()


class OutsideForm(Form):
    where = serializers.ChoiceField(choices=Outside.choices)
    reason = serializers.CharField()
    to_name = serializers.CharField(max_length=200, **LONG)


class EndForm(Form):
    """How it ended, and what changed for the child."""

    ended_how = serializers.CharField()
    changed_for_child = serializers.CharField()


class WithdrawForm(ReasonForm):
    """Why it is withdrawn, and what changed for the child."""

    changed_for_child = serializers.CharField()


class WordsForm(Form):
    words = serializers.CharField()


class AddresseeSerializer(serializers.ModelSerializer):
    class Meta:
        model = Addressee
        fields = ("side", "person", "name", "job", "phone", "email", "away_until")


class StageSerializer(serializers.ModelSerializer):
    """One level it was sent to, and what came of it there."""

    addressees = AddresseeSerializer(many=True, read_only=True)
    received_by = PersonName(read_only=True)
    answered_by = PersonName(read_only=True)

    class Meta:
        model = Stage
        fields = (
            "number",
            "rung",
            "level",
            "why",
            "reason",
            "started_at",
            "counted_from",
            "receive_days",
            "answer_days",
            "found_somebody",
            "addressees",
            "received_at",
            "received_by",
            "answered_at",
            "answered_by",
            "answer",
            "promised_by_whom",
            "promised_by",
            "decided_at",
            "was_accepted",
            "silent_at",
            "ended_at",
        )


class ExitSerializer(serializers.ModelSerializer):
    by = PersonName(read_only=True)

    class Meta:
        model = Exit
        fields = ("where", "to_name", "reason", "by", "at")


class MessageSerializer(serializers.ModelSerializer):
    by = PersonName(read_only=True)

    class Meta:
        model = Message
        fields = ("by", "at", "words")


class NoteSerializer(serializers.ModelSerializer):
    by = PersonName(read_only=True)

    class Meta:
        model = Note
        fields = ("side", "by", "at", "words")


class EscalationSerializer(MatterSerializer):
    """A concern as a list shows it."""

    child = ChildName(read_only=True)
    setting = SettingName(read_only=True)
    raised_by = PersonName(read_only=True)
    level = serializers.SerializerMethodField()

    class Meta(MatterSerializer.Meta):
        model = Escalation
        fields: tuple[str, ...] = (
            *MatterSerializer.Meta.fields,
            "kind",
            "child",
            "setting",
            "came_from",
            "raised_by",
            "raised_as",
            "from_name",
            "to_name",
            "is_immediate_risk",
            "level",
            "closed_on",
        )

    def get_level(self, case: Escalation) -> str:
        stage = queries.standing_of(case)
        return stage.level if stage else ""


class WholeEscalationSerializer(EscalationSerializer):
    """A concern with its levels, its thread, and the notes of the reader's own side."""

    stages = StageSerializer(many=True, read_only=True)
    exits = ExitSerializer(many=True, read_only=True)
    messages = MessageSerializer(many=True, read_only=True)
    notes = serializers.SerializerMethodField()

    class Meta(EscalationSerializer.Meta):
        fields = (
            *EscalationSerializer.Meta.fields,
            "concern",
            "wanted",
            "wanted_by",
            "risk",
            "ladder_name",
            "ladder_source",
            "ladder_verified",
            "rungs",
            "stages",
            "exits",
            "messages",
            "notes",
            "ended_how",
            "changed_for_child",
        )

    @extend_schema_field(NoteSerializer(many=True))
    def get_notes(self, case: Escalation) -> Any:
        view = self.context["view"]
        parts = self.context["parts"].get(case.pk, frozenset())
        return NoteSerializer(queries.notes_visible_to(view.person, case, parts), many=True).data


class EscalationFilter(Filter):
    state = filters.ChoiceFilter(choices=[(str(state), state.label) for state in TABLE.states])
    kind = filters.ChoiceFilter(choices=Kind.choices)
    child = IdFilter(field_name="child_id")
    setting = IdFilter(field_name="setting_id")
    came_from = filters.CharFilter(field_name="came_from", help_text="Such as visits/12")
    is_waiting_on_me = filters.BooleanFilter(method="waiting")
    opened_from = DayFilter(field_name="opened_at", lookup_expr="date__gte")
    opened_to = DayFilter(field_name="opened_at", lookup_expr="date__lte")
    ordering = Order(fields=("opened_at",))

    class Meta:
        model = Escalation
        fields: list[str] = []

    def waiting(self, rows: QuerySet[Escalation], name: str, value: bool) -> QuerySet[Escalation]:
        mine = queries.waiting_on(self.person).order_by().values("pk")
        return rows.filter(pk__in=mine) if value else rows.exclude(pk__in=mine)


class EscalationViewSet(MatterViewSet):
    """Concerns between agencies: those you raised, were asked about, or read as a manager."""

    matters = TABLE.name
    room = TABLE.room
    queryset = queries.in_order(Escalation.objects.all()).prefetch_related(
        Prefetch("stages", Stage.objects.select_related("received_by", "answered_by")),
        "stages__addressees",
        "exits__by",
        "messages__by",
    )
    serializer_class = WholeEscalationSerializer
    filterset_class = EscalationFilter

    def rows(self) -> QuerySet[Any]:
        return queries.in_order(Escalation.objects.all()) if self._is_list() else super().rows()

    def get_serializer_class(self) -> Any:
        return EscalationSerializer if self._is_list() else WholeEscalationSerializer

    def _is_list(self) -> bool:
        return getattr(self, "action", None) == "list"

    @opens("send", RaiseForm)
    def send(self, facts: dict[str, Any]) -> Escalation:
        """Raises a concern with another agency."""
        return actions.raise_concern(**facts, by=self.person, at=self.at)

    @takes("receive", NothingForm)
    def receive(self, case: Escalation, facts: dict[str, Any]) -> Escalation:
        """Confirms, by name, having the concern. It is not an answer."""
        return actions.confirm_receipt(escalation=case, **self.how())

    @takes("answer", AnswerForm)
    def answer(self, case: Escalation, facts: dict[str, Any]) -> Escalation:
        """Answers: what will be done, by whom and by when."""
        facts.setdefault("promised_by", None)
        return actions.answer_concern(escalation=case, **facts, **self.how())

    @takes("accept", NothingForm)
    def accept(self, case: Escalation, facts: dict[str, Any]) -> Escalation:
        """Accepts an answer; it stays open until it is carried out."""
        return actions.accept_answer(escalation=case, **self.how())

    @takes("take_up", ReasonForm)
    def take_up(self, case: Escalation, facts: dict[str, Any]) -> Escalation:
        """Does not accept an answer, and sends it to the next level."""
        return actions.take_up(escalation=case, **facts, **self.how())

    @takes("skip", SkipForm)
    def skip(self, case: Escalation, facts: dict[str, Any]) -> Escalation:
        """Sends it straight to a higher level."""
        return actions.skip_level(escalation=case, **facts, **self.how())

    @takes("go_outside", OutsideForm)
    def go_outside(self, case: Escalation, facts: dict[str, Any]) -> Escalation:
        """Takes it to Cafcass, Ofsted, the ICB, the partnership or both directors."""
        return actions.go_outside(escalation=case, **facts, **self.how())

    @takes("resolve", EndForm)
    def resolve(self, case: Escalation, facts: dict[str, Any]) -> Escalation:
        """Says that it is resolved, and what changed for the child."""
        return actions.resolve_concern(escalation=case, **facts, **self.how())

    @takes("disagree", EndForm)
    def disagree(self, case: Escalation, facts: dict[str, Any]) -> Escalation:
        """Closes it with the disagreement recorded."""
        return actions.disagree(escalation=case, **facts, **self.how())

    @takes("withdraw", WithdrawForm)
    def withdraw(self, case: Escalation, facts: dict[str, Any]) -> Escalation:
        """Withdraws it."""
        return actions.withdraw_concern(escalation=case, **facts, **self.how())

    @takes("void", ReasonForm)
    def void(self, case: Escalation, facts: dict[str, Any]) -> Escalation:
        """Marks it as entered in error."""
        return actions.void_concern(escalation=case, **facts, **self.how())

    @extend_schema(request=WordsForm, responses={200: WholeEscalationSerializer})
    @action(detail=True, methods=["post"])
    def messages(self, request: Request, pk: str) -> Response:
        """Writes to the other side; both sides read it."""
        case = self.get_object()
        actions.write_message(
            escalation=case, **self.facts_of(WordsForm), by=self.person, at=self.at
        )
        return self.show_one(case)

    @extend_schema(request=WordsForm, responses={200: WholeEscalationSerializer})
    @action(detail=True, methods=["post"])
    def notes(self, request: Request, pk: str) -> Response:
        """Keeps a note for your own side, which the other never sees."""
        case = self.get_object()
        actions.keep_note(escalation=case, **self.facts_of(WordsForm), by=self.person, at=self.at)
        return self.show_one(case)
