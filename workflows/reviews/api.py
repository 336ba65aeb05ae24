"""Reviews, and what belongs to them between times, for other programs."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backend.access.models import Person
from backend.access.parts import people_playing
from backend.access.visibility import child_ids_visible_to
from backend.api.cases import CaseSerializer, CaseViewSet, opens, takes
from backend.api.fields import (
    LONG,
    ChildField,
    ChildName,
    Day,
    Form,
    NothingForm,
    PersonName,
    ReasonForm,
)
from backend.api.filters import DayFilter, Filter, IdFilter
from backend.api.permissions import Reach
from backend.api.views import OfChildren
from backend.casework.errors import FactRefused
from backend.grammar.events import Depth
from backend.grammar.roles import Role
from backend.records.codes import CommunicationMode, EvidenceSource
from backend.records.models import Child, Placement
from workflows.reviews import actions, queries
from workflows.reviews.models import (
    Amendment,
    Attendee,
    Challenge,
    Consultation,
    Consulted,
    Decision,
    EarlyReview,
    Evidence,
    IroCheck,
    NotHeard,
    Participation,
    ProposedChange,
    Review,
)
from workflows.reviews.table import TABLE

MODES = CommunicationMode.choices


class Modes(serializers.MultipleChoiceField):
    """How somebody communicated, in an order that does not change."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=MODES, required=False, **options)

    def to_internal_value(self, data: Any) -> list[str]:  # type: ignore[override]
        return sorted(super().to_internal_value(data))


class ConveneForm(Form):
    """For which child, for which day, and where."""

    child = ChildField()
    convened_for = Day()
    convened_on = Day(required=False, help_text="When it was convened, if not today.")
    venue = serializers.CharField(max_length=200, **LONG)


class RearrangeForm(Form):
    convened_for = Day()
    venue = serializers.CharField(max_length=200, **LONG)


class WhyForm(Form):
    why = serializers.CharField()


class ViewsForm(Form):
    """Whose views, and what they are or why there are none."""

    whom = serializers.ChoiceField(choices=Consulted.choices)
    who = serializers.CharField(max_length=200, **LONG)
    outcome = serializers.ChoiceField(choices=Consultation.Outcome.choices)
    consulted_on = Day()
    communicated_by = Modes()
    own_words = serializers.CharField(**LONG)
    paraphrase = serializers.CharField(**LONG)
    reason = serializers.CharField(**LONG)


class HearingForm(Form):
    """When the IRO spoke with the child before the review and how, or why not."""

    heard_on = Day(required=False, allow_null=True)
    was_heard_alone = serializers.BooleanField(required=False, allow_null=True)
    heard_by = Modes()
    heard_words = serializers.CharField(**LONG)
    not_heard = serializers.ChoiceField(choices=NotHeard.choices, required=False, allow_blank=True)
    not_heard_why = serializers.CharField(**LONG)


class ContactForm(Form):
    contacted_on = Day()


class SendForm(Form):
    sent_on = Day()


class EvidenceForm(Form):
    """What the review rests on, whose account it is, and how it is known."""

    source: Any = serializers.ChoiceField(choices=EvidenceSource.choices)
    who = serializers.CharField(max_length=200)
    what = serializers.CharField()
    known_on = Day(required=False, allow_null=True)


class AttendeeForm(Form):
    name = serializers.CharField(max_length=200)
    part = serializers.ChoiceField(choices=Attendee.Part.choices)


class OutcomeForm(Form):
    """How the child took part, and who was there. The action says what may not be missing."""

    is_meeting = serializers.BooleanField(default=True)
    unprepared_why = serializers.CharField(**LONG)
    participation = serializers.ChoiceField(
        choices=Participation.choices, required=False, allow_blank=True
    )
    conveyed_by = Modes()
    adjustments = serializers.CharField(**LONG)
    no_part_why = serializers.CharField(**LONG)
    no_part_change = serializers.CharField(**LONG)
    was_advocate_invited = serializers.BooleanField(required=False, allow_null=True)
    was_advocate_present = serializers.BooleanField(required=False, allow_null=True)
    advocate_why_not = serializers.CharField(**LONG)
    attendees = AttendeeForm(many=True, required=False)


class HoldForm(OutcomeForm):
    opened_on = Day()


class ResumeForm(OutcomeForm):
    completed_on = Day()


class AdjournForm(Form):
    opened_on = Day()
    resumes_on = Day()
    why = serializers.CharField()


class DecisionForm(Form):
    """One decision: whose it is, by when, and the child's part in it."""

    what = serializers.CharField()
    owner = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    owner_name = serializers.CharField(max_length=200, **LONG)
    due_on = Day()
    child_part = serializers.CharField(**LONG)
    no_part_why = serializers.CharField(**LONG)
    no_part_change = serializers.CharField(**LONG)


class DecideForm(Form):
    """The decisions, and the IRO's answers about the plan and living nearer home."""

    decisions = DecisionForm(many=True, allow_empty=False)
    is_plan_endorsed = serializers.BooleanField()
    endorsement_why = serializers.CharField()
    could_live_nearer = serializers.BooleanField()
    could_live_nearer_why = serializers.CharField()
    next_review_on = Day()
    decisions_issued_on = Day(required=False)
    manager_received_on = Day(required=False)


class AnswerForm(Form):
    answer = serializers.CharField(**LONG)


class DisputeForm(Form):
    answer = serializers.CharField()


class RecordForm(Form):
    """The full record."""

    discussion = serializers.CharField()
    plan_changes = serializers.CharField(**LONG)
    was_told_of_rights = serializers.BooleanField()
    recorded_on = Day(required=False)


class CirculateForm(Form):
    """To whom the record went, and how the child was given the decisions."""

    circulated_to = serializers.CharField()
    child_version = serializers.CharField()
    circulated_on = Day(required=False)


class CloseForm(Form):
    settled_how = serializers.CharField(**LONG)


class CompleteForm(Form):
    """Which decision was carried out, when and how."""

    decision = serializers.IntegerField(min_value=1)
    done_on = Day()
    done_how = serializers.CharField()


class ChangesForm(Form):
    """What may be put right in a record, each under its name."""

    opened_on = Day(required=False)
    completed_on = Day(required=False)
    participation = serializers.ChoiceField(choices=Participation.choices, required=False)
    conveyed_by = Modes()
    adjustments = serializers.CharField(**LONG)
    no_part_why = serializers.CharField(**LONG)
    no_part_change = serializers.CharField(**LONG)
    advocate_why_not = serializers.CharField(**LONG)
    heard_words = serializers.CharField(**LONG)
    not_heard_why = serializers.CharField(**LONG)
    endorsement_why = serializers.CharField(**LONG)
    could_live_nearer_why = serializers.CharField(**LONG)
    discussion = serializers.CharField(**LONG)
    plan_changes = serializers.CharField(**LONG)
    child_version = serializers.CharField(**LONG)


class AmendForm(Form):
    changes = ChangesForm()
    why = serializers.CharField()


class ConsultationSerializer(serializers.ModelSerializer):
    recorded_by = PersonName()

    class Meta:
        model = Consultation
        fields = (
            "whom",
            "who",
            "outcome",
            "consulted_on",
            "communicated_by",
            "own_words",
            "paraphrase",
            "reason",
            "recorded_by",
            "recorded_at",
        )


class EvidenceSerializer(serializers.ModelSerializer):
    added_by = PersonName()

    class Meta:
        model = Evidence
        fields = ("source", "who", "what", "known_on", "added_by", "added_at")


class AttendeeSerializer(serializers.ModelSerializer):
    class Meta:
        model = Attendee
        fields = ("name", "part")


class DecisionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Decision
        fields = (
            "id",
            "what",
            "owner",
            "owner_name",
            "due_on",
            "child_part",
            "no_part_why",
            "no_part_change",
            "done_on",
            "done_how",
        )


class AmendmentSerializer(serializers.ModelSerializer):
    by = PersonName()

    class Meta:
        model = Amendment
        fields = ("field", "before", "after", "why", "by", "at")


class HomeShareSerializer(serializers.Serializer):
    """How much of what the review rests on came from the home."""

    from_home = serializers.IntegerField()
    of = serializers.IntegerField()
    percent = serializers.IntegerField(allow_null=True)
    words = serializers.CharField()


class ReviewSerializer(CaseSerializer):
    """A review with everything that was recorded."""

    chair = PersonName(read_only=True)
    manager = PersonName(read_only=True)
    consultations = ConsultationSerializer(many=True, read_only=True)
    evidence = EvidenceSerializer(many=True, read_only=True, source="evidence_given")
    home_share = HomeShareSerializer(read_only=True)
    missing = serializers.SerializerMethodField(help_text="What is still to be prepared.")
    attendees = AttendeeSerializer(many=True, read_only=True)
    decisions = DecisionSerializer(many=True, read_only=True)
    amendments = AmendmentSerializer(many=True, read_only=True)

    class Meta(CaseSerializer.Meta):
        model = Review
        fields = (
            *CaseSerializer.Meta.fields,
            "convened_on",
            "convened_for",
            "venue",
            "iro_contacted_on",
            "documents_sent_on",
            "prepared_on",
            "missing",
            *actions.HEARING,
            "consultations",
            "evidence",
            "home_share",
            "chair",
            "opened_on",
            "completed_on",
            "resumes_on",
            "adjourned_why",
            *actions.OUTCOME,
            "attendees",
            "decisions_issued_on",
            "is_plan_endorsed",
            "endorsement_why",
            "could_live_nearer",
            "could_live_nearer_why",
            "next_review_on",
            "decisions",
            "manager",
            "manager_received_on",
            "manager_answered_on",
            "manager_agrees",
            "manager_answer",
            "settled_how",
            "recorded_on",
            "discussion",
            "plan_changes",
            "was_told_of_rights",
            "circulated_on",
            "circulated_to",
            "child_version",
            "closed_on",
            "reason",
            "is_historic",
            "amendments",
        )

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_missing(self, review: Review) -> list[str]:
        return queries.gaps_in(review) if review.state in queries.ON_ITS_WAY else []

    def to_representation(self, review: Any) -> dict[str, Any]:
        """What the manager disputes is between professionals, and not for an advocate."""
        shown = super().to_representation(review)
        if is_only_advocate(self.context["parts"].get(review.pk, frozenset())):
            shown.update(manager_agrees=None, manager_answer="", settled_how="")
        return shown


def is_only_advocate(parts: Iterable[Role]) -> bool:
    return set(parts) == {Role.ADVOCATE}


class ReviewFilter(Filter):
    child = IdFilter(field_name="child_id")
    state = filters.ChoiceFilter(choices=[(str(state), state.label) for state in TABLE.states])
    authority = filters.CharFilter(field_name="child__authority_id")
    setting = IdFilter(field_name="placement__setting_id")
    held_from = DayFilter(field_name="opened_on", lookup_expr="gte")
    held_to = DayFilter(field_name="opened_on", lookup_expr="lte")
    convened_from = DayFilter(field_name="convened_for", lookup_expr="gte")
    convened_to = DayFilter(field_name="convened_for", lookup_expr="lte")

    class Meta:
        model = Review
        fields: tuple[str, ...] = ()


class ReviewViewSet(CaseViewSet):
    """Reviews of a child's case."""

    queryset = queries.with_all_parts(Review.objects.order_by("-opened_on", "-convened_for", "-pk"))
    serializer_class = ReviewSerializer
    filterset_class = ReviewFilter
    room = TABLE.room

    @opens("convene", ConveneForm)
    def convene(self, facts: dict[str, Any]) -> Review:
        """Convenes a review; the child's IRO chairs it."""
        return actions.convene_review(**facts, by=self.person, at=self.at)

    @takes("rearrange", RearrangeForm)
    def rearrange(self, review: Review, facts: dict[str, Any]) -> Review:
        """Moves a review to another day."""
        return actions.rearrange_review(review=review, **facts, **self.how())

    @takes("cancel", ReasonForm)
    def cancel(self, review: Review, facts: dict[str, Any]) -> Review:
        """Calls a review off; what the law wants stays as it is."""
        return actions.cancel_review(review=review, **facts, **self.how())

    @takes("consult", ViewsForm)
    def consult(self, review: Review, facts: dict[str, Any]) -> Review:
        """Records somebody's views, or why there are none."""
        return actions.record_views(review=review, views=facts, **self.how())

    @takes("hear", HearingForm)
    def hear(self, review: Review, facts: dict[str, Any]) -> Review:
        """Records that the IRO spoke with the child beforehand, or why not."""
        return actions.hear_child(review=review, heard=facts, **self.how())

    @takes("contact", ContactForm)
    def contact(self, review: Review, facts: dict[str, Any]) -> Review:
        """Records that social worker and IRO have spoken."""
        return actions.contact_iro(review=review, **facts, **self.how())

    @takes("send", SendForm)
    def send(self, review: Review, facts: dict[str, Any]) -> Review:
        """Records when the plans were with the IRO."""
        return actions.send_documents(review=review, **facts, **self.how())

    @takes("prepare", NothingForm)
    def prepare(self, review: Review, facts: dict[str, Any]) -> Review:
        """Says that the review is prepared."""
        return actions.prepare_review(review=review, **self.how())

    @takes("evidence", EvidenceForm)
    def evidence(self, review: Review, facts: dict[str, Any]) -> Review:
        """Adds something the review rests on, with how it is known."""
        return actions.add_evidence(review=review, evidence=facts, **self.how())

    @takes("hold", HoldForm)
    def hold(self, review: Review, facts: dict[str, Any]) -> Review:
        """Records a review that was held and completed on one day."""
        return actions.hold_review(
            review=review,
            opened_on=facts.pop("opened_on"),
            attendees=facts.pop("attendees", ()),
            outcome=facts,
            **self.how(),
        )

    @takes("adjourn", AdjournForm)
    def adjourn(self, review: Review, facts: dict[str, Any]) -> Review:
        """Records that a review opened and was adjourned."""
        return actions.adjourn_review(review=review, **facts, **self.how())

    @takes("resume", ResumeForm)
    def resume(self, review: Review, facts: dict[str, Any]) -> Review:
        """Records that an adjourned review was completed."""
        return actions.resume_review(
            review=review,
            completed_on=facts.pop("completed_on"),
            attendees=facts.pop("attendees", ()),
            outcome=facts,
            **self.how(),
        )

    @takes("decide", DecideForm)
    def decide(self, review: Review, facts: dict[str, Any]) -> Review:
        """Issues the decisions, each with an owner and a date."""
        decisions = self._with_owners(review, facts.pop("decisions"))
        return actions.issue_decisions(
            review=review, decisions=decisions, answers=facts, **self.how()
        )

    @takes("agree", AnswerForm)
    def agree(self, review: Review, facts: dict[str, Any]) -> Review:
        """Says that the manager agrees the decisions."""
        return actions.answer_decisions(review=review, agrees=True, **facts, **self.how())

    @takes("dispute", DisputeForm)
    def dispute(self, review: Review, facts: dict[str, Any]) -> Review:
        """Says what the manager disputes, and why."""
        return actions.answer_decisions(review=review, agrees=False, **facts, **self.how())

    @takes("record", RecordForm)
    def record(self, review: Review, facts: dict[str, Any]) -> Review:
        """Completes the full record."""
        return actions.record_review(review=review, **facts, **self.how())

    @takes("circulate", CirculateForm)
    def circulate(self, review: Review, facts: dict[str, Any]) -> Review:
        """Records to whom the record went."""
        return actions.circulate_review(review=review, **facts, **self.how())

    @takes("close", CloseForm)
    def close(self, review: Review, facts: dict[str, Any]) -> Review:
        """Closes a review; never on the home's evidence alone."""
        return actions.close_review(review=review, **facts, **self.how())

    @takes("complete", CompleteForm)
    def complete(self, review: Review, facts: dict[str, Any]) -> Review:
        """Records that a decision was carried out."""
        decision = review.decisions.filter(pk=facts.pop("decision")).first()
        if decision is None:
            raise FactRefused("This review has no such decision.", field="decision")
        return actions.complete_decision(decision=decision, **facts, **self.how()).review

    @takes("amend", AmendForm)
    def amend(self, review: Review, facts: dict[str, Any]) -> Review:
        """Amends a record; each earlier text is kept."""
        return actions.amend_review(review=review, **facts, **self.how())

    @takes("void", ReasonForm)
    def void(self, review: Review, facts: dict[str, Any]) -> Review:
        """Marks a review as entered in error."""
        return actions.void_review(review=review, **facts, **self.how())

    def _with_owners(self, review: Review, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The decisions with each owner's number turned into the person."""
        people = {
            person.pk: person for person, _ in people_playing(tuple(Role), review.child, self.on)
        }
        for row in rows:
            number = row.pop("owner", None)
            if number is not None:
                row["owner"] = _one_of(people, number, "owner")
        return rows


def _one_of(people: Mapping[int, Person], number: int, field: str) -> Person:
    """:raises FactRefused: nobody of that number plays a part for the child."""
    if number not in people:
        raise FactRefused(
            "This person plays no part for the child. Enter the name instead.", field=field
        )
    return people[number]


# Calls for an early review


class EarlyForm(Form):
    """For which child, why, and what must come after the review."""

    child = ChildField()
    reason = serializers.ChoiceField(choices=EarlyReview.Reason.choices)
    words = serializers.CharField()
    arose_on = Day(required=False)
    event_on = Day(required=False)


class OfferForm(Form):
    offered_on = Day()
    answer = serializers.CharField()


class EarlyReviewSerializer(serializers.ModelSerializer):
    child = ChildName(read_only=True)
    asked_by = PersonName(read_only=True)

    class Meta:
        model = EarlyReview
        fields = (
            "id",
            "child",
            "reason",
            "arose_on",
            "event_on",
            "words",
            "came_from",
            "asked_by",
            "answered_on",
            "offered_on",
            "answer",
            "withdrawn_on",
            "withdrawn_why",
        )


class OfOneChildFilter(Filter):
    child = IdFilter(field_name="child_id")


class BesideReviews(OfChildren):
    """Rows about a child that are no cases: listed, read, opened and settled."""

    reach = Reach.RECORD
    filterset_class = OfOneChildFilter
    page: str

    def retrieve(self, request: Request, pk: str) -> Response:
        row = self.get_object()
        self.read(row.child, f"{self.page}/{row.pk}", Depth.RECORD)
        return self.show_one(row)


class EarlyReviewViewSet(BesideReviews):
    """Calls for a review before its ordinary date."""

    queryset = EarlyReview.objects.select_related("child", "asked_by").order_by("-arose_on", "-pk")
    serializer_class = EarlyReviewSerializer
    page = "early-reviews"

    def create(self, request: Request) -> Response:
        """Calls for an early review."""
        row = actions.request_early_review(**self.facts_of(EarlyForm), by=self.person, at=self.at)
        return self.show_one(self.get_queryset().get(pk=row.pk), code=status.HTTP_201_CREATED)

    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        """Answers the call with the day that is offered."""
        facts = self.facts_of(OfferForm)
        row = actions.answer_early_review(
            early=self.get_object(), **facts, by=self.person, at=self.at
        )
        return self.show_one(row)

    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, pk: str) -> Response:
        """Withdraws the call, keeping it and why."""
        facts = self.facts_of(WhyForm)
        row = actions.withdraw_early_review(
            early=self.get_object(), **facts, by=self.person, at=self.at
        )
        return self.show_one(row)


# Changes that a review considers first


class ProposeForm(Form):
    child = ChildField()
    what = serializers.CharField()
    is_move = serializers.BooleanField(default=False)
    planned_for = Day(required=False, allow_null=True)


class ConsiderForm(Form):
    """At which review, and what it made of the change."""

    review = serializers.IntegerField(min_value=1)
    outcome = serializers.ChoiceField(choices=ProposedChange.Outcome.choices)
    why = serializers.CharField()


class AccountForm(Form):
    """Which move, and the change that a review considered first or why none did."""

    placement = serializers.IntegerField(min_value=1)
    considered = serializers.IntegerField(required=False, min_value=1)
    not_considered_why = serializers.CharField(max_length=20000, required=False, allow_blank=True)


class ProposedChangeSerializer(serializers.ModelSerializer):
    child = ChildName(read_only=True)
    proposed_by = PersonName(read_only=True)
    excused_by = PersonName(read_only=True)

    class Meta:
        model = ProposedChange
        fields = (
            "id",
            "child",
            "what",
            "is_move",
            "proposed_on",
            "proposed_by",
            "planned_for",
            "considered_at",
            "outcome",
            "outcome_why",
            "not_practicable_why",
            "excused_by",
            "excused_on",
            "led_to",
        )


class ProposedChangeViewSet(BesideReviews):
    """Significant changes to the plan, which a review considers first."""

    queryset = ProposedChange.objects.select_related("child", "proposed_by", "excused_by").order_by(
        "-proposed_on", "-pk"
    )
    serializer_class = ProposedChangeSerializer
    page = "proposed-changes"

    def create(self, request: Request) -> Response:
        """Proposes a significant change to the care plan."""
        row = actions.propose_change(**self.facts_of(ProposeForm), by=self.person, at=self.at)
        return self.show_one(row, code=status.HTTP_201_CREATED)

    @action(detail=True, methods=["post"])
    def consider(self, request: Request, pk: str) -> Response:
        """Records what a review made of the change."""
        facts = self.facts_of(ConsiderForm)
        change = self.get_object()
        review = Review.objects.filter(pk=facts.pop("review"), child=change.child_id).first()
        if review is None:
            raise FactRefused("Choose a review of this child that was held.", field="review")
        row = actions.consider_change(
            change=change, review=review, **facts, by=self.person, at=self.at
        )
        return self.show_one(row)

    @extend_schema(request=AccountForm, responses={201: ProposedChangeSerializer})
    @action(detail=False, methods=["post"], url_path="account-for-move")
    def account_for_move(self, request: Request) -> Response:
        """Says which proposed change led to a move that is recorded, or why no review did."""
        facts = self.facts_of(AccountForm)
        mine = child_ids_visible_to(self.person, Depth.RECORD)
        placement = Placement.objects.filter(pk=facts.pop("placement"), child__in=mine).first()
        if placement is None:
            raise FactRefused("There is no such placement that you may see.", field="placement")
        row = actions.account_for_move(placement=placement, **facts, by=self.person, at=self.at)
        return self.show_one(row, code=status.HTTP_201_CREATED)

    @action(detail=True, methods=["post"])
    def excuse(self, request: Request, pk: str) -> Response:
        """Records why considering it at a review first was not reasonably practicable."""
        facts = self.facts_of(WhyForm)
        row = actions.excuse_change(change=self.get_object(), **facts, by=self.person, at=self.at)
        return self.show_one(row)


# Challenges


class ChallengeForm(Form):
    """With whom, about what, and by when an answer is due."""

    child = ChildField(depth=Depth.CARD)
    about = serializers.ChoiceField(choices=Challenge.About.choices)
    words = serializers.CharField()
    to_person = serializers.IntegerField(required=False, allow_null=True, min_value=1)
    to_name = serializers.CharField(max_length=200, **LONG)
    due_on = Day()
    review = serializers.IntegerField(required=False, allow_null=True, min_value=1)


class ReplyForm(Form):
    outcome = serializers.ChoiceField(choices=Challenge.Outcome.choices)
    answer = serializers.CharField()


class ChallengeSerializer(serializers.ModelSerializer):
    child = ChildName(read_only=True)
    raised_by = PersonName(read_only=True)
    answered_by = PersonName(read_only=True)
    is_overdue = serializers.SerializerMethodField()

    class Meta:
        model = Challenge
        fields = (
            "id",
            "child",
            "review",
            "about",
            "words",
            "raised_by",
            "raised_as",
            "raised_on",
            "to_person",
            "to_name",
            "due_on",
            "is_overdue",
            "answered_on",
            "answered_by",
            "outcome",
            "answer",
        )

    def get_is_overdue(self, challenge: Challenge) -> bool:
        return challenge.is_overdue(self.context["view"].on)


class ChallengeViewSet(OfChildren):
    """Challenges between professionals; never shown to the child's advocate or the home."""

    reach = Reach.CARD
    queryset = Challenge.objects.select_related("child", "raised_by", "answered_by").order_by(
        "-raised_on", "-pk"
    )
    serializer_class = ChallengeSerializer
    filterset_class = OfOneChildFilter

    def visible(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        return rows.filter(pk__in=queries.challenges_visible_to(self.person).values("pk"))

    def retrieve(self, request: Request, pk: str) -> Response:
        row = self.get_object()
        self.read(row.child, f"challenges/{row.pk}", Depth.CARD)
        return self.show_one(row)

    def create(self, request: Request) -> Response:
        """Raises a challenge with somebody, to be answered by a day."""
        facts = self.facts_of(ChallengeForm)
        child: Child = facts["child"]
        number = facts.pop("to_person", None)
        if number is not None:
            playing = people_playing(actions.CHALLENGERS, child, self.on)
            facts["to_person"] = _one_of(
                {each.pk: each for each, _ in playing}, number, "to_person"
            )
        review = facts.pop("review", None)
        if review is not None:
            facts["review"] = queries.reviews_visible_to(self.person).filter(pk=review).first()
            if facts["review"] is None:
                raise FactRefused("Choose a review of this child.", field="review")
        row = actions.raise_challenge(**facts, by=self.person, at=self.at)
        return self.show_one(row, code=status.HTTP_201_CREATED)

    @action(detail=True, methods=["post"])
    def answer(self, request: Request, pk: str) -> Response:
        """Answers a challenge."""
        facts = self.facts_of(ReplyForm)
        row = actions.answer_challenge(
            challenge=self.get_object(), **facts, by=self.person, at=self.at
        )
        return self.show_one(row)


# Between reviews


class CheckForm(Form):
    child = ChildField()
    checked_on = Day()
    found = serializers.CharField()


class IroCheckSerializer(serializers.ModelSerializer):
    child = ChildName(read_only=True)
    iro = PersonName(read_only=True)

    class Meta:
        model = IroCheck
        fields = ("id", "child", "checked_on", "iro", "found", "recorded_at")


class IroCheckViewSet(BesideReviews):
    """The IRO's looks at the case between reviews."""

    queryset = IroCheck.objects.select_related("child", "iro").order_by("-checked_on", "-pk")
    serializer_class = IroCheckSerializer
    page = "iro-checks"

    def create(self, request: Request) -> Response:
        """Records that the IRO looked at the case between two reviews."""
        row = actions.check_between_reviews(**self.facts_of(CheckForm), by=self.person, at=self.at)
        return self.show_one(row, code=status.HTTP_201_CREATED)
