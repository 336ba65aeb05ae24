"""Referrals to a LADO, what authorities are told, and what whoever sent one may know."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.cases import MatterSerializer, MatterViewSet, takes
from backend.api.fields import (
    AuthorityName,
    ChildField,
    ChildName,
    Day,
    Form,
    Moment,
    PersonName,
    SettingName,
)
from backend.api.filters import DayFilter, Filter, IdFilter, Order
from backend.api.permissions import Reach
from backend.api.views import OfMatters
from backend.casework.errors import FactRefused, NotAllowed
from backend.grammar.events import Depth
from backend.records.models import Authority, Setting
from workflows.lado import actions
from workflows.lado.models import (
    LIMBS,
    Adult,
    AdultMatch,
    Allegation,
    AuthorityNotice,
    Category,
    Decision,
    DecisionChallenge,
    Discipline,
    Harm,
    HomeNotification,
    Meeting,
    NamedChild,
    NoticeChild,
    NoticeShare,
    Opinion,
    Outcome,
    OutsideTelling,
    Referral,
    ReferralShare,
    Sector,
    Shift,
    Source,
    Task,
    Track,
    WorkStatus,
)
from workflows.lado.queries import (
    days_of,
    figures_of,
    found_by_email,
    leads_of,
    matches_visible_to,
    notifications_visible_to,
    reads_referrals,
    referrals_visible_to,
    settings_known_to,
    year_of,
)
from workflows.lado.table import NOTICE_TABLE, TABLE

#: No report goes further back than this.
EARLIEST_YEAR = 2000
LONG: dict[str, Any] = {"required": False, "allow_blank": True}
LINE: dict[str, Any] = {**LONG, "max_length": 200}


class RowField(serializers.PrimaryKeyRelatedField):
    """A row of the case in the address; a row of any other case is as unknown as none."""

    default_error_messages = {"does_not_exist": "There is no {pk_value} here that you may see."}

    def __init__(self, model: Any, path: str, **options: Any) -> None:
        self.model, self.path = model, path
        super().__init__(
            queryset=model.objects.none(), pk_field=serializers.IntegerField(), **options
        )

    def get_queryset(self) -> QuerySet[Any]:
        view = self.context.get("view")
        if view is None or getattr(view, "swagger_fake_view", False):
            return self.model.objects.none()  # type: ignore[no-any-return]
        return self.model.objects.filter(**{self.path: view.get_object()})  # type: ignore[no-any-return]

    def to_internal_value(self, data: Any) -> Any:
        try:
            return super().to_internal_value(data)
        except OverflowError:
            self.fail("does_not_exist", pk_value=data)


class SettingField(RowField):
    """A setting that the person may name."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Setting, "", **options)

    def get_queryset(self) -> QuerySet[Any]:
        view = self.context.get("view")
        if view is None or getattr(view, "swagger_fake_view", False):
            return Setting.objects.none()
        return settings_known_to(view.person, view.on)


class AuthorityField(serializers.PrimaryKeyRelatedField):
    """An authority, by its ONS code."""

    default_error_messages = {"does_not_exist": "There is no authority with this code."}

    def __init__(self, **options: Any) -> None:
        super().__init__(
            queryset=Authority.objects.all(),
            pk_field=serializers.CharField(max_length=9),
            **options,
        )


class PersonForm(Form):
    """With whom, by e-mail address, and why."""

    person = serializers.EmailField()
    reason = serializers.CharField()

    def validate(self, facts: Any) -> Any:
        facts["person"] = found_by_email(facts["person"])
        if facts["person"] is None:
            raise serializers.ValidationError(
                {"person": ["Nobody with this e-mail address has an account here."]}
            )
        return facts


class AdultForm(Form):
    """The adult, as far as they are known."""

    name = serializers.CharField(max_length=200)
    date_of_birth = Day(required=False, allow_null=True)
    employer = serializers.CharField(**LINE)
    job = serializers.CharField(**LINE)
    sector = serializers.ChoiceField(choices=Sector.choices)
    home_authority = AuthorityField(required=False, allow_null=True)
    other_work = serializers.CharField(**LONG)


class ReferForm(Form):
    """What is known; nobody has to be sure before telling the LADO."""

    setting = SettingField(required=False, allow_null=True)
    authority = AuthorityField(required=False, allow_null=True)
    workplace = serializers.CharField(**LINE)
    unit = serializers.CharField(required=False, allow_blank=True, max_length=100)
    shift = serializers.ChoiceField(choices=Shift.choices, required=False, allow_blank=True)
    adult = AdultForm()
    is_about_manager = serializers.BooleanField(default=False)
    source = serializers.ChoiceField(  # type: ignore[assignment]
        choices=[choice for choice in Source.choices if choice[0] != Source.PUBLIC]
    )
    sender_name = serializers.CharField(**LINE)
    sender_contact = serializers.CharField(**LINE)
    sender_role = serializers.CharField(**LINE)
    what_happened = serializers.CharField()
    children = serializers.ListField(
        child=ChildField(depth=Depth.CARD), required=False, max_length=50
    )
    children_in_words = serializers.CharField(**LONG)
    made_safe = serializers.CharField(**LONG)
    is_consultation = serializers.BooleanField(default=False)
    is_child_at_risk = serializers.BooleanField(
        default=False, help_text="A child may be at risk now: the LADO is reached at once"
    )
    happened_on = Day(required=False, allow_null=True)
    happened_in_words = serializers.CharField(**LINE)
    employer_knew_on = Day(required=False, allow_null=True)
    manager_knew_on = Day(required=False, allow_null=True)
    referred_on = Day(required=False, allow_null=True)


class NoFacts(Form):
    """Nothing more is asked."""


class ReasonForm(Form):
    reason = serializers.CharField()


class WordsForm(Form):
    words = serializers.CharField()


class DecideForm(Form):
    """The four limbs, each with yes or no and a reason."""

    harmed = serializers.BooleanField()
    harmed_reason = serializers.CharField()
    offence = serializers.BooleanField()
    offence_reason = serializers.CharField()
    poses_risk = serializers.BooleanField()
    poses_risk_reason = serializers.CharField()
    unsuitable = serializers.BooleanField()
    unsuitable_reason = serializers.CharField()
    reason = serializers.CharField()
    advice = serializers.CharField(**LONG)
    is_clear_at_once = serializers.BooleanField(
        default=False,
        help_text="Clear already to be unsubstantiated, unfounded, false or malicious",
    )


class OpinionForm(Form):
    agrees = serializers.BooleanField()
    words = serializers.CharField()


class NameChildForm(Form):
    child = ChildField(depth=Depth.CARD, required=False, allow_null=True)
    words = serializers.CharField(**LINE)


class AllegeForm(Form):
    category = serializers.ChoiceField(choices=Category.choices)
    harm = serializers.ChoiceField(choices=Harm.choices, default=Harm.NOT_KNOWN)
    words = serializers.CharField()
    child = RowField(NamedChild, "referral", required=False, allow_null=True)


class CorrectForm(Form):
    """Only what is to be put right."""

    happened_on = Day(required=False, allow_null=True)
    happened_in_words = serializers.CharField(**LINE)
    employer_knew_on = Day(required=False, allow_null=True)
    manager_knew_on = Day(required=False, allow_null=True)
    unit = serializers.CharField(required=False, allow_blank=True, max_length=100)
    shift = serializers.ChoiceField(choices=Shift.choices, required=False, allow_blank=True)
    is_about_manager = serializers.BooleanField(required=False)
    is_child_at_risk = serializers.BooleanField(required=False)
    is_clear_at_once = serializers.BooleanField(required=False)
    setting = SettingField(required=False, allow_null=True)
    workplace = serializers.CharField(**LINE)
    adult = AdultForm(required=False)


class TaskForm(Form):
    what = serializers.CharField()
    owner = serializers.CharField(max_length=200)
    due_on = Day()


class MeetForm(Form):
    kind = serializers.ChoiceField(choices=Meeting.Kind.choices)
    held_on = Day()
    attendees = serializers.CharField()
    absent = serializers.CharField(**LONG)
    summary = serializers.CharField()
    tasks = serializers.ListField(child=TaskForm(), required=False, max_length=50)
    is_fortnightly = serializers.BooleanField(default=False)


class AddTaskForm(TaskForm):
    meeting = RowField(Meeting, "referral")


class FinishForm(Form):
    task = RowField(Task, "referral")
    done_on = Day()
    evidence = serializers.CharField()


class TrackForm(Form):
    kind = serializers.ChoiceField(choices=Track.Kind.choices)
    stands = serializers.ChoiceField(choices=Track.Stands.choices)
    since = Day()
    words = serializers.CharField()


class WorkForm(Form):
    status = serializers.ChoiceField(choices=WorkStatus.Status.choices)
    from_on = Day()
    decided_by = serializers.CharField(max_length=200)
    reason = serializers.CharField()


class DisciplineForm(Form):
    course = serializers.ChoiceField(choices=Discipline.Course.choices)
    decided_on = Day()
    done_on = Day(required=False, allow_null=True)
    words = serializers.CharField()


class BarringForm(Form):
    was_referred = serializers.BooleanField()
    settled_on = Day()
    words = serializers.CharField()


class SettleForm(Form):
    allegation = RowField(Allegation, "referral")
    outcome = serializers.ChoiceField(choices=Outcome.choices)
    reason = serializers.CharField()


class TellForm(Form):
    whom = serializers.ChoiceField(choices=OutsideTelling.Whom.choices)
    told_on = Day()
    words = serializers.CharField()


class HomeForm(Form):
    authority = AuthorityField()
    their_role = serializers.CharField()
    reason = serializers.CharField()


class UnshareForm(Form):
    share = RowField(ReferralShare, "referral")


class CloseForm(Form):
    words = serializers.CharField()
    pension_age = serializers.IntegerField(min_value=55, max_value=75)


class AdultSerializer(serializers.ModelSerializer):
    home_authority = AuthorityName(read_only=True)

    class Meta:
        model = Adult
        fields = (
            "name",
            "date_of_birth",
            "employer",
            "job",
            "sector",
            "home_authority",
            "other_work",
        )


class NamedChildSerializer(serializers.ModelSerializer):
    child = ChildName(read_only=True, allow_null=True)

    class Meta:
        model = NamedChild
        fields = ("id", "child", "words")


class OpinionSerializer(serializers.ModelSerializer):
    by = PersonName(read_only=True)

    class Meta:
        model = Opinion
        fields = ("by", "at", "agrees", "words")


class DecisionSerializer(serializers.ModelSerializer):
    by = PersonName(read_only=True)
    opinions = OpinionSerializer(many=True, read_only=True)

    class Meta:
        model = Decision
        fields = (
            "result",
            *(field for name in LIMBS for field in (name, f"{name}_reason")),
            "reason",
            "advice",
            "by",
            "at",
            "opinions",
        )


class AllegationSerializer(serializers.ModelSerializer):
    class Meta:
        model = Allegation
        fields = (
            "id",
            "category",
            "harm",
            "words",
            "child",
            "outcome",
            "outcome_on",
            "outcome_reason",
        )


class TaskSerializer(serializers.ModelSerializer):
    class Meta:
        model = Task
        fields = ("id", "what", "owner", "due_on", "done_on", "evidence")


class MeetingSerializer(serializers.ModelSerializer):
    tasks = TaskSerializer(many=True, read_only=True)

    class Meta:
        model = Meeting
        fields = ("id", "kind", "held_on", "attendees", "absent", "summary", "tasks")


class TrackSerializer(serializers.ModelSerializer):
    class Meta:
        model = Track
        fields = ("kind", "stands", "since", "words")


class WorkStatusSerializer(serializers.ModelSerializer):
    class Meta:
        model = WorkStatus
        fields = ("status", "from_on", "decided_by", "reason")


class DisciplineSerializer(serializers.ModelSerializer):
    class Meta:
        model = Discipline
        fields = ("course", "decided_on", "done_on", "words")


class TellingSerializer(serializers.ModelSerializer):
    class Meta:
        model = OutsideTelling
        fields = ("whom", "told_on", "words")


class ShareSerializer(serializers.ModelSerializer):
    person = PersonName(read_only=True)
    by = PersonName(read_only=True)

    class Meta:
        model = ReferralShare
        fields = ("id", "person", "reason", "by", "at", "ended_at")


class ChallengeSerializer(serializers.ModelSerializer):
    by = PersonName(read_only=True)

    class Meta:
        model = DecisionChallenge
        fields = ("words", "by", "at")


class ToldSerializer(serializers.ModelSerializer):
    """One authority that was told: since when, and whether it has answered."""

    authority = AuthorityName(read_only=True)
    state = serializers.CharField(read_only=True)
    received_by = PersonName(read_only=True, allow_null=True)

    class Meta:
        model = AuthorityNotice
        fields = (
            "id",
            "authority",
            "kind",
            "state",
            "sent_at",
            "received_at",
            "received_by",
            "receipt_went_up_at",
            "answer_went_up_at",
        )


class ReferralRowSerializer(MatterSerializer):
    """A referral in a list: neither the adult nor what happened, which are read one by one."""

    authority = AuthorityName(read_only=True)
    setting = SettingName(read_only=True, allow_null=True)
    led_by = PersonName(read_only=True, allow_null=True)

    class Meta(MatterSerializer.Meta):
        model = Referral
        fields = (
            *MatterSerializer.Meta.fields,
            "reference",
            "authority",
            "setting",
            "workplace",
            "source",
            "referred_on",
            "decided_on",
            "threshold_met_on",
            "concluded_on",
            "closed_on",
            "led_by",
        )


class ReferralSerializer(ReferralRowSerializer):
    """A referral with everything beside it."""

    adult = AdultSerializer(read_only=True)
    named_children = NamedChildSerializer(many=True, read_only=True)
    decisions = DecisionSerializer(many=True, read_only=True)
    challenges = ChallengeSerializer(many=True, read_only=True)
    allegations = AllegationSerializer(many=True, read_only=True)
    meetings = MeetingSerializer(many=True, read_only=True)
    tracks = TrackSerializer(many=True, read_only=True)
    work_statuses = WorkStatusSerializer(many=True, read_only=True)
    disciplines = DisciplineSerializer(many=True, read_only=True)
    tellings = TellingSerializer(many=True, read_only=True)
    shares = ShareSerializer(many=True, read_only=True)
    notices = ToldSerializer(many=True, read_only=True)

    class Meta(ReferralRowSerializer.Meta):
        fields = (
            *ReferralRowSerializer.Meta.fields,
            "adult",
            "unit",
            "shift",
            "is_about_manager",
            "sender_name",
            "sender_contact",
            "sender_role",
            "what_happened",
            "children_in_words",
            "made_safe",
            "is_consultation",
            "is_child_at_risk",
            "is_clear_at_once",
            "happened_on",
            "happened_in_words",
            "employer_knew_on",
            "manager_knew_on",
            "received_at",
            "left_work_on",
            "barring_settled_on",
            "was_referred_to_dbs",
            "barring_words",
            "closing_words",
            "keep_until",
            "named_children",
            "decisions",
            "challenges",
            "allegations",
            "meetings",
            "tracks",
            "work_statuses",
            "disciplines",
            "tellings",
            "shares",
            "notices",
        )


BESIDE = (
    "named_children__child",
    "decisions__by",
    "decisions__opinions__by",
    "challenges__by",
    "allegations",
    "meetings__tasks",
    "tracks",
    "work_statuses",
    "disciplines",
    "tellings",
    "shares__person",
    "shares__by",
    "notices__authority",
    "notices__received_by",
)


class Counts(serializers.DictField):
    """How many there are of each, by its name."""

    child = serializers.IntegerField()


class FiguresSerializer(serializers.Serializer):
    """The year of a LADO: as on the page and in its spreadsheet."""

    year = serializers.IntegerField()
    first = Day()
    last = Day()
    referrals = serializers.IntegerField()
    consultations = serializers.IntegerField()
    by_result = Counts()
    by_sector = Counts()
    by_category = Counts()
    by_outcome = Counts()
    by_time = Counts(help_text="Bands of time; none of them is a breach")
    unspoken_by_outcome = Counts(help_text="Outcomes for children who do not use speech")


class ReferralFilter(Filter):
    state = filters.ChoiceFilter(choices=[(str(state), state.label) for state in TABLE.states])
    setting = IdFilter(field_name="setting_id")
    authority = filters.CharFilter(field_name="authority", help_text="ONS code")
    referred_from = DayFilter(field_name="referred_on", lookup_expr="gte")
    referred_to = DayFilter(field_name="referred_on", lookup_expr="lte")
    ordering = Order(fields=("referred_on", "opened_at"))

    class Meta:
        model = Referral
        fields: list[str] = []


class ReceiptSerializer(serializers.ModelSerializer):
    """What somebody sent, and that it was received: nothing of what came after."""

    authority = AuthorityName(read_only=True)
    setting = SettingName(read_only=True, allow_null=True)
    adult = serializers.CharField(source="adult.name", read_only=True)

    class Meta:
        model = Referral
        fields = (
            "id",
            "reference",
            "authority",
            "setting",
            "workplace",
            "adult",
            "what_happened",
            "children_in_words",
            "made_safe",
            "opened_at",
            "received_at",
        )


class ReferralViewSet(MatterViewSet):
    """Referrals in which you play a part. What you sent yourself stands under ``receipts``."""

    matters = TABLE.name
    queryset = Referral.objects.select_related("authority", "setting", "led_by")
    filterset_class = ReferralFilter

    def rows(self) -> QuerySet[Any]:
        if self.action == "list":
            return self.queryset.all()
        return self.queryset.select_related("adult__home_authority").prefetch_related(*BESIDE)

    def get_serializer_class(self) -> type[serializers.BaseSerializer]:
        return ReferralRowSerializer if self.action == "list" else ReferralSerializer

    @extend_schema(request=ReferForm, responses={201: ReceiptSerializer})
    @action(detail=False, methods=["post"], url_path="refer", url_name="open-refer")
    def refer(self, request: Request) -> Response:
        """Tells the LADO. The answer is a receipt: the case itself is the LADO's to read."""
        facts = {name: fact for name, fact in self.facts_of(ReferForm).items() if fact is not None}
        referral = actions.make_referral(**facts, by=self.person, at=self.at)
        return Response(ReceiptSerializer(referral).data, status=status.HTTP_201_CREATED)

    @takes("receive", NoFacts)
    def receive(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Says by name that the LADO has received it."""
        return actions.receive_referral(referral=referral, **self.how())

    @takes("advise", DecideForm)
    def advise(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Decides: advice only."""
        return self._decide(referral, "advise", facts)

    @takes("keep", DecideForm)
    def keep(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Decides: below the threshold, kept as a low-level concern."""
        return self._decide(referral, "keep", facts)

    @takes("open", DecideForm)
    def open(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Decides: the threshold is met. Every authority with a child there is told."""
        return self._decide(referral, "open", facts)

    def _decide(self, referral: Referral, result: str, facts: Mapping[str, Any]) -> Referral:
        return actions.decide_threshold(
            referral=referral,
            result=result,
            limbs={name: (facts[name], facts[f"{name}_reason"]) for name in LIMBS},
            reason=facts["reason"],
            advice=facts.get("advice", ""),
            is_clear_at_once=facts["is_clear_at_once"],
            **self.how(),
        )

    @takes("reconsider", NoFacts)
    def reconsider(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Takes the decision up again."""
        return actions.reconsider_decision(referral=referral, **self.how())

    @takes("give_opinion", OpinionForm)
    def give_opinion(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Keeps a second opinion, dissent included."""
        return actions.give_opinion(referral=referral, **facts, **self.how())

    @takes("name_child", NameChildForm)
    def name_child(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Names a child."""
        return actions.name_child(referral=referral, **facts, **self.how())

    @takes("allege", AllegeForm)
    def allege(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Adds one allegation."""
        return actions.add_allegation(referral=referral, **facts, **self.how())

    @takes("correct", CorrectForm)
    def correct(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Puts facts right."""
        adult = facts.pop("adult", None)
        return actions.correct_referral(referral=referral, changes=facts, adult=adult, **self.how())

    @takes("meet", MeetForm)
    def meet(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Keeps a meeting or a review of progress."""
        return actions.record_meeting(referral=referral, **facts, **self.how())

    @takes("add_task", AddTaskForm)
    def add_task(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Adds a further task that a meeting asked for."""
        return actions.add_task(referral=referral, **facts, **self.how())

    @takes("finish_task", FinishForm)
    def finish_task(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Says that a task from a meeting was done."""
        return actions.finish_task(referral=referral, **facts, **self.how())

    @takes("follow_track", TrackForm)
    def follow_track(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Says how an enquiry stands."""
        return actions.follow_track(referral=referral, **facts, **self.how())

    @takes("set_work", WorkForm)
    def set_work(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Says whether the adult is at work."""
        return actions.set_work_status(referral=referral, **facts, **self.how())

    @takes("set_discipline", DisciplineForm)
    def set_discipline(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Says what the employer's own discipline comes to."""
        return actions.set_discipline(referral=referral, **facts, **self.how())

    @takes("settle_barring", BarringForm)
    def settle_barring(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Says what came of the referral to the DBS."""
        return actions.settle_barring(referral=referral, **facts, **self.how())

    @takes("settle", SettleForm)
    def settle(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Gives one allegation its outcome."""
        return actions.settle_allegation(referral=referral, **facts, **self.how())

    @takes("tell_outside", TellForm)
    def tell_outside(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Keeps that somebody outside was told."""
        return actions.record_telling(referral=referral, **facts, **self.how())

    @takes("share", PersonForm)
    def share(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Lets a named person read the case."""
        return actions.share_referral(referral=referral, **facts, **self.how())

    @takes("unshare", UnshareForm)
    def unshare(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Stops letting somebody read the case."""
        return actions.stop_sharing_referral(referral=referral, **facts, **self.how())

    @takes("tell_home", HomeForm)
    def tell_home(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Tells the adult's home authority."""
        return actions.tell_home_authority(referral=referral, **facts, **self.how())

    @takes("conclude", NoFacts)
    def conclude(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Concludes a case in which every allegation has its outcome."""
        return actions.conclude_referral(referral=referral, **self.how())

    @takes("close", CloseForm)
    def close(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Closes the case, and says until when it is kept."""
        return actions.close_referral(referral=referral, **facts, **self.how())

    @takes("reopen", NoFacts)
    def reopen(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Takes a case up again."""
        return actions.reopen_referral(referral=referral, **self.how())

    @takes("void", ReasonForm)
    def void(self, referral: Referral, facts: dict[str, Any]) -> Referral:
        """Marks a referral as entered in error."""
        return actions.void_referral(referral=referral, **facts, **self.how())

    @extend_schema(request=WordsForm, responses={204: None})
    @action(detail=True, methods=["post"])
    def challenge(self, request: Request, pk: str) -> Response:
        """Says that you disagree with the decision, and why."""
        referral = self.get_object()
        actions.challenge_decision(
            referral=referral, **self.facts_of(WordsForm), by=self.person, at=self.at
        )
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        parameters=[OpenApiParameter("year", int, description="The year in whose April it begins")],
        responses=FiguresSerializer,
    )
    @action(detail=False, methods=["get"], filterset_class=None, pagination_class=None)
    def figures(self, request: Request) -> Response:
        """What a LADO reports of a year, from April to March: counts, never names."""
        if not reads_referrals(self.person, self.on):
            raise NotAllowed("The annual figures are for the LADO.")
        year = self._year(request.query_params.get("year", ""))
        first, last = days_of(year)
        found = {"year": year, "first": first, "last": last}
        found |= asdict(figures_of(self.person, first, last))
        return Response(FiguresSerializer(found).data)

    def _year(self, typed: str) -> int:
        this_year = year_of(self.on)
        if typed and not (typed.isdecimal() and EARLIEST_YEAR <= int(typed[:5]) <= this_year):
            raise FactRefused(
                f"Give the year in whose April it begins, from {EARLIEST_YEAR} to {this_year}.",
                field="year",
            )
        return int(typed or this_year)

    def known_parameters(self) -> frozenset[str]:
        return frozenset({"year"}) if self.action == "figures" else super().known_parameters()


class ReceiptFilter(Filter):
    ordering = Order(fields=("opened_at",))

    class Meta:
        model = Referral
        fields: list[str] = []


class ReceiptViewSet(OfMatters):
    """What you sent to a LADO, and whether it was received."""

    reach = Reach.CASE
    matters = "receipts"
    queryset = Referral.objects.select_related("authority", "setting", "adult")
    serializer_class = ReceiptSerializer
    filterset_class = ReceiptFilter

    def retrieve(self, request: Request, pk: str) -> Response:
        referral = self.get_object()
        self.read_case(referral.receipt, ["You sent this"])
        return self.show_one(referral)

    @extend_schema(request=WordsForm, responses={204: None})
    @action(detail=True, methods=["post"])
    def challenge(self, request: Request, pk: str) -> Response:
        """Says that you are still worried, or disagree with what you were told."""
        referral = self.get_object()
        actions.challenge_decision(
            referral=referral, **self.facts_of(WordsForm), by=self.person, at=self.at
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class NoticeChildSerializer(serializers.ModelSerializer):
    child = ChildName(read_only=True)
    answered_by = PersonName(read_only=True, allow_null=True)

    class Meta:
        model = NoticeChild
        fields = (
            "id",
            "child",
            "named_at",
            "answered_at",
            "answered_by",
            "was_seen_on",
            "what_was_done",
        )


class NoticeShareSerializer(serializers.ModelSerializer):
    person = PersonName(read_only=True)

    class Meta:
        model = NoticeShare
        fields = ("id", "person", "reason", "at", "ended_at")


class SeenNotificationSerializer(serializers.ModelSerializer):
    """When a home notified, and whom."""

    class Meta:
        model = HomeNotification
        fields = ("kind", "happened_at", "notified_at", "recipients")


class NoticeSerializer(MatterSerializer):
    """What an authority is told: where, what kind of harm, which of its own children."""

    authority = AuthorityName(read_only=True)
    host = AuthorityName(source="referral.authority", read_only=True)
    setting = SettingName(source="referral.setting", read_only=True, allow_null=True)
    workplace = serializers.CharField(source="referral.workplace", read_only=True)
    categories = serializers.SerializerMethodField()
    adult = serializers.SerializerMethodField(help_text="Empty until the LADO who leads shares it")
    children = NoticeChildSerializer(many=True, read_only=True)
    shares = NoticeShareSerializer(many=True, read_only=True)
    received_by = PersonName(read_only=True, allow_null=True)
    is_child_at_risk = serializers.BooleanField(source="referral.is_child_at_risk", read_only=True)
    home_notifications = SeenNotificationSerializer(
        source="referral.home_notifications",
        many=True,
        read_only=True,
        help_text="What the home itself notified under regulation 40, where the LADO saw it",
    )

    class Meta(MatterSerializer.Meta):
        model = AuthorityNotice
        fields = (
            *MatterSerializer.Meta.fields,
            "authority",
            "host",
            "kind",
            "setting",
            "workplace",
            "categories",
            "adult",
            "their_role",
            "is_child_at_risk",
            "home_notifications",
            "sent_at",
            "received_at",
            "received_by",
            "receipt_went_up_at",
            "answer_went_up_at",
            "children",
            "shares",
            "outcome_told",
        )

    def get_categories(self, notice: AuthorityNotice) -> list[str]:
        return sorted({each.get_category_display() for each in notice.referral.allegations.all()})

    def get_adult(self, notice: AuthorityNotice) -> str:
        return notice.referral.adult.name if notice.adult_named_at else ""


class NoticeFilter(Filter):
    state = filters.ChoiceFilter(
        choices=[(str(state), state.label) for state in NOTICE_TABLE.states]
    )
    authority = filters.CharFilter(field_name="authority", help_text="ONS code")
    kind = filters.ChoiceFilter(choices=AuthorityNotice.Kind.choices)
    ordering = Order(fields=("sent_at",))

    class Meta:
        model = AuthorityNotice
        fields: list[str] = []


class AnswerForm(Form):
    """What was done about one child."""

    child = RowField(NoticeChild, "notice")
    what_was_done = serializers.CharField()
    was_seen_on = Day(required=False, allow_null=True)


class OutcomeForm(Form):
    outcome_told = serializers.CharField()


class UnshareNoticeForm(Form):
    share = RowField(NoticeShare, "notice")


class NoticeViewSet(MatterViewSet):
    """What authorities are told of adults who may harm their children."""

    matters = NOTICE_TABLE.name
    queryset = AuthorityNotice.objects.select_related(
        "authority",
        "received_by",
        "referral__authority",
        "referral__setting",
        "referral__adult",
    ).prefetch_related(
        "children__child",
        "children__answered_by",
        "shares__person",
        "referral__allegations",
        "referral__home_notifications",
    )
    serializer_class = NoticeSerializer
    filterset_class = NoticeFilter

    @takes("receive", NoFacts)
    def receive(self, notice: AuthorityNotice, facts: dict[str, Any]) -> AuthorityNotice:
        """Says by name that the authority has received this."""
        return actions.receive_notice(notice=notice, **self.how())

    @takes("answer", AnswerForm)
    def answer(self, notice: AuthorityNotice, facts: dict[str, Any]) -> AuthorityNotice:
        """Says what was done about one child."""
        return actions.answer_for_child(notice=notice, **facts, **self.how())

    @takes("share", PersonForm)
    def share(self, notice: AuthorityNotice, facts: dict[str, Any]) -> AuthorityNotice:
        """Lets a named person of the authority read this."""
        return actions.share_notice(notice=notice, **facts, **self.how())

    @takes("unshare", UnshareNoticeForm)
    def unshare(self, notice: AuthorityNotice, facts: dict[str, Any]) -> AuthorityNotice:
        """Stops letting somebody read this."""
        return actions.stop_sharing_notice(notice=notice, **facts, **self.how())

    @takes("name_adult", ReasonForm)
    def name_adult(self, notice: AuthorityNotice, facts: dict[str, Any]) -> AuthorityNotice:
        """Tells the authority who the adult is."""
        return actions.name_adult(notice=notice, **facts, **self.how())

    @takes("close", OutcomeForm)
    def close(self, notice: AuthorityNotice, facts: dict[str, Any]) -> AuthorityNotice:
        """Tells the authority the outcome, and closes its notice."""
        return actions.close_notice(notice=notice, **facts, **self.how())

    @takes("void", ReasonForm)
    def void(self, notice: AuthorityNotice, facts: dict[str, Any]) -> AuthorityNotice:
        """Takes back a notice sent in error."""
        return actions.void_notice(notice=notice, **facts, **self.how())

    @extend_schema(request=WordsForm, responses={204: None})
    @action(detail=True, methods=["post"])
    def challenge(self, request: Request, pk: str) -> Response:
        """Says that the authority disagrees with what the LADO decided, and why."""
        notice = self.get_object()
        actions.challenge_decision(
            referral=notice.referral, **self.facts_of(WordsForm), by=self.person, at=self.at
        )
        return Response(status=status.HTTP_204_NO_CONTENT)


class MatchSerializer(serializers.ModelSerializer):
    """That two referrals may be about one adult, and whom to call about the other one."""

    answer = serializers.CharField(read_only=True)
    yours = serializers.SerializerMethodField(help_text="The referrals that you may read")
    call = serializers.SerializerMethodField(help_text="The LADOs of the referrals you may not")

    class Meta:
        model = AdultMatch
        fields = ("id", "because", "answer", "at", "yours", "call")

    def get_yours(self, match: AdultMatch) -> list[int]:
        seen = self.context["seen"]
        return [each.pk for each in _sides(match) if each.pk in seen]

    def get_call(self, match: AdultMatch) -> list[dict[str, str]]:
        seen, leads = self.context["seen"], self.context["leads"]
        return [
            {"authority": each.authority.name, "name": person.name, "email": person.email}
            for each in _sides(match)
            if each.pk not in seen
            for person in leads[each.authority_id]
        ]


def _sides(match: AdultMatch) -> tuple[Referral, Referral]:
    return match.one.referral, match.other.referral


class MatchFilter(Filter):
    answer = filters.ChoiceFilter(choices=AdultMatch.Answer.choices)
    ordering = Order(fields=("at",))

    class Meta:
        model = AdultMatch
        fields: list[str] = []


class MatchViewSet(OfMatters):
    """Adults who may be in two referrals. A person says whether they are one."""

    reach = Reach.CASE
    matters = TABLE.name
    queryset = AdultMatch.objects.select_related(
        "one__referral__authority", "other__referral__authority"
    )
    serializer_class = MatchSerializer
    filterset_class = MatchFilter

    def visible(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(pk__in=matches_visible_to(self.person).values("pk"))

    def show(self, rows: Any) -> list[Mapping[str, Any]]:
        matches = list(rows)
        sides = [side for match in matches for side in _sides(match)]
        seen = referrals_visible_to(self.person).filter(pk__in=[side.pk for side in sides])
        self.beside = {
            "seen": set(seen.values_list("pk", flat=True)),
            "leads": leads_of((side.authority_id for side in sides), self.on),
        }
        return super().show(matches)

    def get_context(self) -> dict[str, Any]:
        return {**super().get_context(), **getattr(self, "beside", {})}

    def retrieve(self, request: Request, pk: str) -> Response:
        return self.show_one(self.get_object())

    @extend_schema(request=ReasonForm)
    @action(detail=True, methods=["post"])
    def confirm(self, request: Request, pk: str) -> Response:
        """Says that both are about one adult."""
        return self._answer(actions.confirm_match)

    @extend_schema(request=ReasonForm)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, pk: str) -> Response:
        """Says that they are about two people."""
        return self._answer(actions.refuse_match)

    def _answer(self, act: Any) -> Response:
        match = self.get_object()
        act(match=match, **self.facts_of(ReasonForm), by=self.person, at=self.at)
        return self.show_one(self.queryset.get(pk=match.pk))


class HomeNotificationForm(Form):
    """What the home notified, when, and whom."""

    setting = SettingField()
    kind = serializers.ChoiceField(choices=HomeNotification.Kind.choices)
    happened_at = Moment()
    notified_at = Moment()
    recipients = serializers.MultipleChoiceField(choices=HomeNotification.Recipient.choices)
    words = serializers.CharField(**LONG)


class ReferralField(RowField):
    """A referral that the person may read."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Referral, "", **options)

    def get_queryset(self) -> QuerySet[Any]:
        view = self.context.get("view")
        if view is None or getattr(view, "swagger_fake_view", False):
            return Referral.objects.none()
        return referrals_visible_to(view.person)


class ToReferralForm(Form):
    referral = ReferralField()


class HomeNotificationSerializer(serializers.ModelSerializer):
    """A notification under regulation 40. Whether it was matched is the LADO's to know."""

    setting = SettingName(read_only=True)
    recorded_by = PersonName(read_only=True)

    class Meta:
        model = HomeNotification
        fields = (
            "id",
            "setting",
            "kind",
            "happened_at",
            "notified_at",
            "recipients",
            "words",
            "seen_by",
            "recorded_by",
            "recorded_at",
        )


class HomeNotificationFilter(Filter):
    setting = IdFilter(field_name="setting_id")
    kind = filters.ChoiceFilter(choices=HomeNotification.Kind.choices)
    ordering = Order(fields=("happened_at", "notified_at"))

    class Meta:
        model = HomeNotification
        fields: list[str] = []


class HomeNotificationViewSet(OfMatters):
    """What homes told the regulator and others: a home's own, and for a LADO those of the area."""

    reach = Reach.CASE
    matters = TABLE.name
    queryset = HomeNotification.objects.select_related("setting", "recorded_by")
    serializer_class = HomeNotificationSerializer
    filterset_class = HomeNotificationFilter

    def visible(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(pk__in=notifications_visible_to(self.person, self.on).values("pk"))

    def retrieve(self, request: Request, pk: str) -> Response:
        return self.show_one(self.get_object())

    @extend_schema(request=HomeNotificationForm, responses={201: HomeNotificationSerializer})
    def create(self, request: Request) -> Response:
        """Keeps that the home notified, or that the LADO saw it."""
        facts = self.facts_of(HomeNotificationForm)
        notification = actions.record_home_notification(**facts, by=self.person, at=self.at)
        return self.show_one(notification, code=status.HTTP_201_CREATED)

    @extend_schema(request=ToReferralForm)
    @action(detail=True, methods=["post"])
    def match(self, request: Request, pk: str) -> Response:
        """Says which referral it belongs to."""
        notification = self.get_object()
        matched = actions.match_home_notification(
            notification=notification, **self.facts_of(ToReferralForm), by=self.person, at=self.at
        )
        return self.show_one(matched)
