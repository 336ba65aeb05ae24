"""Concerns between agencies, whom to call, the ladders in use, and the meetings about a home."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Prefetch, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.access.models import Person
from backend.access.parts import roles_held
from backend.api.cases import MatterSerializer, MatterViewSet, opens, takes
from backend.api.fields import (
    LONG,
    AuthorityField,
    AuthorityName,
    ChildField,
    ChildName,
    Day,
    Form,
    KnownField,
    Moment,
    NothingForm,
    PersonName,
    ReasonForm,
    SettingName,
)
from backend.api.filters import DayFilter, Filter, IdFilter, Order
from backend.api.permissions import Reach
from backend.api.views import OfPerson
from backend.casework.errors import FactRefused
from backend.grammar.events import Depth
from backend.records.models import Setting
from workflows.escalations import actions, queries
from workflows.escalations.ladders import LEVEL_WORDS, Level, Rung, Use
from workflows.escalations.models import (
    Addressee,
    Escalation,
    Exit,
    Kind,
    LadderInUse,
    MeetingAction,
    Message,
    NamedContact,
    Note,
    Outside,
    SettingMeeting,
    Stage,
)
from workflows.escalations.table import MEETINGS, TABLE

LEVELS = [(str(level), words) for level, words in LEVEL_WORDS.items()]
MOST_DAYS = 60


class HomeField(KnownField):
    """A home the person may know of."""

    model = Setting

    def known(self, person: Person) -> QuerySet[Any]:
        return queries.homes_known_to(person).select_related("host_authority")


# Concerns


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


# Whom to call


class ContactForm(Form):
    """Whom to call, and how."""

    name = serializers.CharField(max_length=200)
    job = serializers.CharField(max_length=200, **LONG)
    email = serializers.CharField(max_length=254, **LONG)
    phone = serializers.CharField(max_length=40, **LONG)
    person = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class NewContactForm(ContactForm):
    level = serializers.ChoiceField(choices=LEVELS)
    authority = AuthorityField(required=False, allow_null=True)
    setting = HomeField(required=False, allow_null=True)


class NamedContactSerializer(serializers.ModelSerializer):
    """Whom to call at one level, and who last reached them."""

    authority = AuthorityName(read_only=True)
    setting = SettingName(read_only=True)
    confirmed_by = PersonName(read_only=True)
    doubted_by = PersonName(read_only=True)

    class Meta:
        model = NamedContact
        fields = (
            "id",
            "authority",
            "setting",
            "level",
            "name",
            "job",
            "email",
            "phone",
            "person",
            "confirmed_at",
            "confirmed_by",
            "doubted_at",
            "doubted_by",
        )


class NamedContactFilter(Filter):
    authority = filters.CharFilter(field_name="authority", help_text="ONS code")
    setting = IdFilter(field_name="setting_id")
    level = filters.ChoiceFilter(choices=LEVELS)
    ordering = Order(fields=("name", "level"))

    class Meta:
        model = NamedContact
        fields: list[str] = []


class OpenToProfessionals(OfPerson):
    """Rows open to everybody who plays a part for somebody; to nobody else."""

    reach = Reach.SIGNED_IN

    def visible(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows if roles_held(self.person, self.on) else rows.none()


class NamedContactViewSet(OpenToProfessionals):
    """Whom to call at each authority and home; open to every professional."""

    queryset = queries.standing_contacts()
    serializer_class = NamedContactSerializer
    filterset_class = NamedContactFilter

    def retrieve(self, request: Request, pk: str) -> Response:
        return self.show_one(self.get_object())

    @extend_schema(request=NewContactForm, responses={201: NamedContactSerializer})
    def create(self, request: Request) -> Response:
        """Names whom to call."""
        facts = with_person(self.facts_of(NewContactForm))
        row = actions.name_contact(**facts, by=self.person, at=self.at)
        return self.show_one(row, code=status.HTTP_201_CREATED)

    @extend_schema(request=ContactForm)
    @action(detail=True, methods=["post"])
    def change(self, request: Request, pk: str) -> Response:
        """Changes how somebody is reached."""
        facts = with_person(self.facts_of(ContactForm))
        return self.show_one(
            actions.change_contact(contact=self.get_object(), **facts, by=self.person, at=self.at)
        )

    @extend_schema(request=NothingForm)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """Says that you reached them: it is still right."""
        return self._act(actions.confirm_contact)

    @extend_schema(request=NothingForm)
    @action(detail=True, methods=["post"])
    def doubt(self, request: Request, pk: str) -> Response:
        """Says that you could not reach them."""
        return self._act(actions.doubt_contact)

    @extend_schema(request=NothingForm, responses={204: None})
    @action(detail=True, methods=["post"])
    def remove(self, request: Request, pk: str) -> Response:
        """Takes them out of whom to call."""
        self.facts_of(NothingForm)
        actions.remove_contact(contact=self.get_object(), by=self.person, at=self.at)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _act(self, act: Any) -> Response:
        self.facts_of(NothingForm)
        return self.show_one(act(contact=self.get_object(), by=self.person, at=self.at))


def with_person(facts: dict[str, Any]) -> dict[str, Any]:
    """The account that was named by its number.

    :raises FactRefused: there is no such account in use.
    """
    number = facts.pop("person", None)
    if number is not None:
        person = Person.objects.filter(pk=min(number, 2**62), is_active=True).first()
        if person is None:
            raise FactRefused("There is no such account in that authority.", field="person")
        facts["person"] = person
    return facts


# Ladders


class RungForm(Form):
    """One level of a ladder."""

    levels = serializers.ListField(
        child=serializers.ChoiceField(choices=[str(one) for one in Level]),
        min_length=1,
        max_length=3,
    )
    answer_days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS)
    receive_days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, default=1)
    is_formal = serializers.BooleanField(default=True)


class LadderForm(Form):
    """A published ladder by its code, or the authority's own."""

    authority = AuthorityField()
    use = serializers.ChoiceField(choices=[(str(use), use.label) for use in Use])
    code = serializers.CharField(max_length=40, **LONG)
    name = serializers.CharField(max_length=200, **LONG)
    source = serializers.CharField(max_length=300, **LONG)
    rungs = RungForm(many=True, required=False)


class LadderSerializer(serializers.ModelSerializer):
    authority = AuthorityName(read_only=True)
    chosen_by = PersonName(read_only=True)

    class Meta:
        model = LadderInUse
        fields = (
            "id",
            "authority",
            "use",
            "code",
            "name",
            "source",
            "verified",
            "rungs",
            "chosen_by",
            "chosen_at",
        )


class LadderFilter(Filter):
    authority = filters.CharFilter(field_name="authority", help_text="ONS code")
    use = filters.ChoiceFilter(choices=[(str(use), use.label) for use in Use])

    class Meta:
        model = LadderInUse
        fields: list[str] = []


class LadderViewSet(OpenToProfessionals):
    """How concerns go up in each authority that chose a ladder; others have the local default."""

    queryset = LadderInUse.objects.select_related("authority", "chosen_by")
    serializer_class = LadderSerializer
    filterset_class = LadderFilter

    def retrieve(self, request: Request, pk: str) -> Response:
        return self.show_one(self.get_object())

    @extend_schema(request=LadderForm, responses={201: LadderSerializer})
    def create(self, request: Request) -> Response:
        """Chooses how concerns raised from now on go up."""
        facts = self.facts_of(LadderForm)
        facts["rungs"] = rungs_of(facts.pop("rungs", ()))
        row = actions.choose_ladder(**facts, by=self.person, at=self.at)
        return self.show_one(row, code=status.HTTP_201_CREATED)


def rungs_of(given: Iterable[dict[str, Any]]) -> list[Rung]:
    """The rungs that were sent.

    :raises FactRefused: one that cannot be, such as receipt after the answer.
    """
    try:
        return [
            Rung(
                levels=tuple(Level(level) for level in one["levels"]),
                answer_days=one["answer_days"],
                receive_days=one["receive_days"],
                is_formal=one["is_formal"],
            )
            for one in given
        ]
    except ValueError as reason:
        raise FactRefused(str(reason), field="rungs") from None


# Meetings about a home


class CallForm(Form):
    """About which home, what for, when and where."""

    setting = HomeField()
    purpose = serializers.CharField()
    meets_at = Moment()
    place = serializers.CharField(max_length=300, **LONG)
    is_ofsted_invited = serializers.BooleanField(default=False)
    others_invited = serializers.CharField(**LONG)
    invited = serializers.ListField(
        child=serializers.IntegerField(min_value=1), required=False, max_length=20
    )


class RearrangeForm(Form):
    meets_at = Moment()
    place = serializers.CharField(max_length=300, **LONG)


class MinutesForm(Form):
    """When it was held, who came and what was said."""

    held_on = Day()
    attended = serializers.CharField()
    minutes = serializers.CharField()


class AgreedForm(Form):
    """What one authority does, by when."""

    what = serializers.CharField()
    authority = AuthorityField()
    owner_name = serializers.CharField(max_length=200)
    due_on = Day()


class DoneForm(Form):
    action = serializers.IntegerField(min_value=1)
    done_how = serializers.CharField()


class MeetingActionSerializer(serializers.ModelSerializer):
    authority = AuthorityName(read_only=True)
    done_by = PersonName(read_only=True)

    class Meta:
        model = MeetingAction
        fields = (
            "id",
            "what",
            "authority",
            "owner_name",
            "due_on",
            "done_on",
            "done_by",
            "done_how",
        )


class MeetingSerializer(MatterSerializer):
    """A meeting about a home, with what it agreed."""

    setting = SettingName(read_only=True)
    raised_by = PersonName(read_only=True)
    agreed = MeetingActionSerializer(source="tasks", many=True, read_only=True)

    class Meta(MatterSerializer.Meta):
        model = SettingMeeting
        fields = (
            *MatterSerializer.Meta.fields,
            "setting",
            "raised_by",
            "purpose",
            "meets_at",
            "place",
            "is_ofsted_invited",
            "others_invited",
            "held_on",
            "attended",
            "minutes",
            "agreed",
            "ended_how",
        )


class MeetingFilter(Filter):
    state = filters.ChoiceFilter(choices=[(str(state), state.label) for state in MEETINGS.states])
    setting = IdFilter(field_name="setting_id")
    meets_from = DayFilter(field_name="meets_at", lookup_expr="date__gte")
    meets_to = DayFilter(field_name="meets_at", lookup_expr="date__lte")
    ordering = Order(fields=("meets_at",))

    class Meta:
        model = SettingMeeting
        fields: list[str] = []


class MeetingViewSet(MatterViewSet):
    """The meetings about homes: with the host, and every authority that has a child there."""

    matters = MEETINGS.name
    room = MEETINGS.room
    queryset = SettingMeeting.objects.select_related("setting", "raised_by").prefetch_related(
        "tasks__authority", "tasks__done_by"
    )
    serializer_class = MeetingSerializer
    filterset_class = MeetingFilter

    @opens("call", CallForm)
    def call(self, facts: dict[str, Any]) -> SettingMeeting:
        """Calls a meeting, and tells every authority with a child in the home."""
        numbers = facts.pop("invited", [])
        people = list(Person.objects.filter(pk__in=[n for n in numbers if n < 2**62]))
        if len(people) != len(set(numbers)) or not all(one.is_active for one in people):
            raise FactRefused("Somebody who is invited has no account here.", field="invited")
        return actions.call_meeting(**facts, invited=people, by=self.person, at=self.at)

    @takes("rearrange", RearrangeForm)
    def rearrange(self, meeting: SettingMeeting, facts: dict[str, Any]) -> SettingMeeting:
        """Moves it to another day or place."""
        return actions.rearrange_meeting(meeting=meeting, **facts, **self.how())

    @takes("hold", MinutesForm)
    def hold(self, meeting: SettingMeeting, facts: dict[str, Any]) -> SettingMeeting:
        """Keeps the minutes."""
        return actions.hold_meeting(meeting=meeting, **facts, **self.how())

    @takes("add_action", AgreedForm)
    def add_action(self, meeting: SettingMeeting, facts: dict[str, Any]) -> SettingMeeting:
        """Keeps what one authority does, by when."""
        return actions.agree_action(meeting=meeting, **facts, **self.how())

    @takes("complete", DoneForm)
    def complete(self, meeting: SettingMeeting, facts: dict[str, Any]) -> SettingMeeting:
        """Keeps that an action was done."""
        number = min(facts.pop("action"), 2**62)
        found = meeting.tasks.select_related("authority").filter(pk=number).first()
        if found is None:
            raise FactRefused("Choose an action of this meeting.", field="action")
        return actions.complete_action(meeting=meeting, action=found, **facts, **self.how())

    @takes("close", ReasonForm)
    def close(self, meeting: SettingMeeting, facts: dict[str, Any]) -> SettingMeeting:
        """Closes it, once every action is done."""
        return actions.close_meeting(meeting=meeting, **facts, **self.how())

    @takes("cancel", ReasonForm)
    def cancel(self, meeting: SettingMeeting, facts: dict[str, Any]) -> SettingMeeting:
        """Calls it off."""
        return actions.cancel_meeting(meeting=meeting, **facts, **self.how())
