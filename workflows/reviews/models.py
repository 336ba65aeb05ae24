"""A review of a child's case: who was asked, what is known and from whom, what was decided."""

from collections import Counter
from dataclasses import dataclass
from datetime import date

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from backend.casework.case import Case, guard, step
from backend.records.codes import CommunicationMode, EvidenceSource
from backend.records.models import Child, Placement
from workflows.reviews.table import (
    CIRCULATED,
    CLOSED,
    DECIDED,
    ON_ITS_WAY,
    RECORDED,
    TABLE,
    TOOK_PLACE,
)

PERSON = settings.AUTH_USER_MODEL


class Participation(models.TextChoices):
    """How the child took part, in the codes of the yearly return."""

    PN0 = "PN0", "Under four at the time"
    PN1 = "PN1", "Attended and spoke for themselves"
    PN2 = "PN2", "Attended; an advocate spoke for them"
    PN3 = "PN3", "Attended and conveyed views by symbols, signs or without words"
    PN4 = "PN4", "Attended, did not contribute, and asked no advocate to"
    PN5 = "PN5", "Did not attend; an advocate they had briefed spoke for them"
    PN6 = "PN6", "Did not attend; conveyed views in another way"
    PN7 = "PN7", "Did not attend and did not convey views"


#: The child's views came across, so how they were conveyed is recorded.
CONVEYED = (
    Participation.PN1,
    Participation.PN2,
    Participation.PN3,
    Participation.PN5,
    Participation.PN6,
)
#: An advocate spoke.
WITH_ADVOCATE = (Participation.PN2, Participation.PN5)
#: The child had no part: why not, and what must change.
NO_PART = (Participation.PN4, Participation.PN7)


class NotHeard(models.TextChoices):
    """Why the IRO did not speak with the child before the review (regulation 36)."""

    REFUSED = "refused", "The child, being of sufficient age and understanding, refused"
    INAPPROPRIATE = "inappropriate", "Inappropriate, given the child's age and understanding"
    NOT_DONE = "not_done", "It was not done"


class Consulted(models.TextChoices):
    CHILD = "child", "The child"
    PARENTS = "parents", "Parents"
    CARER = "carer", "The home or carer"
    OTHER = "other", "Somebody else"


#: Asked before every review.
ALWAYS_ASKED = (Consulted.CHILD, Consulted.PARENTS, Consulted.CARER)
#: What somebody's views are evidence from.
SOURCE_OF = {
    Consulted.CHILD: EvidenceSource.CHILD,
    Consulted.PARENTS: EvidenceSource.FAMILY,
    Consulted.CARER: EvidenceSource.HOME,
}


@dataclass(frozen=True)
class HomeShare:
    """How much of what a review rests on came from the home."""

    from_home: int
    of: int

    @property
    def percent(self) -> int | None:
        return round(100 * self.from_home / self.of) if self.of else None

    @property
    def is_home_alone(self) -> bool:
        return self.from_home == self.of

    @property
    def words(self) -> str:
        if not self.of:
            return "No evidence is recorded yet"
        items = "item" if self.of == 1 else "items"
        return f"{self.from_home} of {self.of} {items} came from the home ({self.percent}%)"


def in_states(states: tuple[str, ...]) -> Q:
    return Q(state__in=[str(state) for state in states])


@pghistory.track()
class Review(Case):
    """One review: convened for a day, opened on a day, completed that day or later."""

    TABLE = TABLE

    chair = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    convened_on = models.DateField(null=True, blank=True)
    convened_for = models.DateField(null=True, blank=True)
    venue = models.CharField(max_length=200, blank=True)

    iro_contacted_on = models.DateField(null=True, blank=True)
    documents_sent_on = models.DateField(null=True, blank=True)
    prepared_on = models.DateField(null=True, blank=True)
    heard_on = models.DateField(
        null=True, blank=True, help_text="When the IRO spoke with the child before the review."
    )
    was_heard_alone = models.BooleanField(null=True, blank=True)
    heard_by = ArrayField(
        models.CharField(max_length=10, choices=CommunicationMode), default=list, blank=True
    )
    heard_words = models.TextField(
        blank=True, help_text="The child's own words, signs or choices, as they were."
    )
    not_heard = models.CharField(max_length=15, choices=NotHeard, blank=True)
    not_heard_why = models.TextField(blank=True, help_text="Why not heard, or not alone.")

    opened_on = models.DateField(null=True, blank=True)
    completed_on = models.DateField(null=True, blank=True)
    resumes_on = models.DateField(null=True, blank=True)
    adjourned_why = models.TextField(blank=True)
    unprepared_why = models.TextField(blank=True)
    is_meeting = models.BooleanField(
        default=True, help_text="A meeting was held; no only in a long-term foster placement."
    )
    participation = models.CharField(max_length=3, choices=Participation, blank=True)
    conveyed_by = ArrayField(
        models.CharField(max_length=10, choices=CommunicationMode), default=list, blank=True
    )
    adjustments = models.TextField(
        blank=True, help_text="What was done so that the child could take part."
    )
    no_part_why = models.TextField(blank=True)
    no_part_change = models.TextField(blank=True, help_text="What must change for next time.")
    was_advocate_invited = models.BooleanField(null=True, blank=True)
    was_advocate_present = models.BooleanField(null=True, blank=True)
    advocate_why_not = models.TextField(blank=True)

    decisions_issued_on = models.DateField(null=True, blank=True)
    is_plan_endorsed = models.BooleanField(
        null=True, blank=True, help_text="Does the IRO endorse the plan?"
    )
    endorsement_why = models.TextField(blank=True)
    could_live_nearer = models.BooleanField(
        null=True, blank=True, help_text="Could this child now live nearer home?"
    )
    could_live_nearer_why = models.TextField(blank=True)
    next_review_on = models.DateField(null=True, blank=True)
    manager = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    manager_received_on = models.DateField(null=True, blank=True)
    manager_answered_on = models.DateField(null=True, blank=True)
    manager_agrees = models.BooleanField(null=True, blank=True)
    manager_answer = models.TextField(blank=True)
    settled_how = models.TextField(
        blank=True, help_text="How a dispute was settled, or that nobody contested in time."
    )

    recorded_on = models.DateField(null=True, blank=True)
    discussion = models.TextField(blank=True)
    plan_changes = models.TextField(blank=True)
    was_told_of_rights = models.BooleanField(
        null=True, blank=True, help_text="The child was told how to complain and of advocacy."
    )
    circulated_on = models.DateField(null=True, blank=True)
    circulated_to = models.TextField(blank=True)
    child_version = models.TextField(
        blank=True, help_text="How the decisions were given to the child, or why they were not."
    )
    closed_on = models.DateField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="Why it was called off, or is in error.")
    is_historic = models.BooleanField(
        default=False, help_text="Read from a return: only its day and its code are known."
    )

    class Meta:
        ordering = ["-opened_on", "-convened_for", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["child"],
                condition=in_states(ON_ITS_WAY),
                name="review_on_its_way_once",
                violation_error_message="A review of this child is already on its way.",
            ),
            models.UniqueConstraint(
                fields=["child", "opened_on"],
                condition=in_states(TOOK_PLACE),
                name="review_held_once_a_day",
                violation_error_message="A review held that day is already recorded.",
            ),
            models.CheckConstraint(
                name="review_convened_for_a_day",
                condition=~in_states((*ON_ITS_WAY, *TOOK_PLACE))
                | Q(is_historic=True)
                | Q(
                    convened_on__isnull=False,
                    convened_for__isnull=False,
                    convened_for__gte=F("convened_on"),
                ),
            ),
            models.CheckConstraint(
                name="review_held_has_days",
                condition=~in_states(TOOK_PLACE)
                | Q(
                    opened_on__isnull=False,
                    completed_on__isnull=False,
                    completed_on__gte=F("opened_on"),
                ),
            ),
            models.CheckConstraint(
                name="review_held_heard_the_child",
                condition=~in_states(TOOK_PLACE)
                | Q(is_historic=True)
                | (
                    Q(chair__isnull=False)
                    & (Q(heard_on__isnull=False) | ~Q(not_heard=""))
                    & Q(was_advocate_invited__isnull=False, was_advocate_present__isnull=False)
                ),
            ),
            models.CheckConstraint(
                name="review_decided_answers_plan_and_distance",
                condition=~in_states((DECIDED, RECORDED, CIRCULATED, CLOSED))
                | Q(is_historic=True)
                | (
                    Q(decisions_issued_on__isnull=False)
                    & Q(decisions_issued_on__gte=F("completed_on"))
                    & Q(is_plan_endorsed__isnull=False, could_live_nearer__isnull=False)
                    & ~Q(endorsement_why="")
                    & ~Q(could_live_nearer_why="")
                ),
            ),
            models.CheckConstraint(
                name="review_recorded_has_record",
                condition=~in_states((RECORDED, CIRCULATED, CLOSED))
                | Q(is_historic=True)
                | (Q(recorded_on__isnull=False) & ~Q(discussion="")),
            ),
        ]
        indexes = [
            models.Index(fields=["child", "state", "-opened_on"]),
            models.Index(
                fields=["convened_for"], condition=in_states(ON_ITS_WAY), name="review_coming"
            ),
        ]
        triggers = guard(TABLE)

    @property
    def happened_on(self) -> date | None:
        """The day it opened, or else the day it is convened for."""
        return self.opened_on or self.convened_for

    @property
    def is_child_heard(self) -> bool:
        """Whether the IRO's time with the child, or the reason there was none, is recorded."""
        return self.heard_on is not None or bool(self.not_heard)

    @property
    def not_yet_asked(self) -> list[Consulted]:
        """Whose views were neither given, declined, nor found impossible to obtain."""
        asked = {row.whom for row in self.consultations.all()}
        return [whom for whom in ALWAYS_ASKED if whom not in asked]

    @property
    def sources(self) -> Counter[EvidenceSource]:
        """How many pieces of evidence came from each source; views that were given count."""
        found = Counter(EvidenceSource(row.source) for row in self.evidence_given.all())
        for row in self.consultations.all():
            source = SOURCE_OF.get(Consulted(row.whom))
            if source is not None and row.outcome == Consultation.Outcome.VIEWS:
                found[source] += 1
        return found

    @property
    def home_share(self) -> HomeShare:
        sources = self.sources
        return HomeShare(sources[EvidenceSource.HOME], sources.total())

    @step(TABLE)
    def convene(self, *, convened_on: date, convened_for: date, venue: str) -> None:
        self.convened_on, self.convened_for, self.venue = convened_on, convened_for, venue

    @step(TABLE)
    def rearrange(self, *, convened_for: date, venue: str) -> None:
        self.convened_for, self.venue = convened_for, venue

    @step(TABLE)
    def cancel(self, *, reason: str) -> None:
        self.reason = reason

    @step(TABLE)
    def consult(self) -> None:
        """Nothing of the review itself: the views stand in rows of their own."""

    @step(TABLE)
    def hear(self, **heard: object) -> None:
        self._take(heard)

    @step(TABLE)
    def contact(self, *, iro_contacted_on: date) -> None:
        self.iro_contacted_on = iro_contacted_on

    @step(TABLE)
    def send(self, *, documents_sent_on: date) -> None:
        self.documents_sent_on = documents_sent_on

    @step(TABLE)
    def prepare(self, *, prepared_on: date) -> None:
        self.prepared_on = prepared_on

    @step(TABLE)
    def hold(self, *, opened_on: date, **outcome: object) -> None:
        self.opened_on = self.completed_on = opened_on
        self._take(outcome)

    @step(TABLE)
    def adjourn(
        self, *, opened_on: date, resumes_on: date, adjourned_why: str, chair_id: int
    ) -> None:
        self.opened_on, self.resumes_on = opened_on, resumes_on
        self.adjourned_why, self.chair_id = adjourned_why, chair_id

    @step(TABLE)
    def resume(self, *, completed_on: date, **outcome: object) -> None:
        self.completed_on = completed_on
        self._take(outcome)

    @step(TABLE)
    def evidence(self) -> None:
        """Nothing of the review itself: evidence stands in rows of its own."""

    @step(TABLE)
    def decide(self, **facts: object) -> None:
        self._take(facts)

    @step(TABLE)
    def agree(self, *, manager_id: int, manager_answered_on: date, manager_answer: str) -> None:
        self._answer(True, manager_id, manager_answered_on, manager_answer)

    @step(TABLE)
    def dispute(self, *, manager_id: int, manager_answered_on: date, manager_answer: str) -> None:
        self._answer(False, manager_id, manager_answered_on, manager_answer)

    @step(TABLE)
    def record(self, **facts: object) -> None:
        self._take(facts)

    @step(TABLE)
    def circulate(self, **facts: object) -> None:
        self._take(facts)

    @step(TABLE)
    def close(self, *, closed_on: date, settled_how: str) -> None:
        self.closed_on, self.settled_how = closed_on, settled_how

    @step(TABLE)
    def complete(self) -> None:
        """Nothing of the review itself: the decision carries its own day."""

    @step(TABLE)
    def amend(self, **changes: object) -> None:
        self._take(changes)

    @step(TABLE)
    def void(self, *, reason: str) -> None:
        self.reason = reason

    @step(TABLE)
    def load(self, *, held_on: date, participation: str) -> None:
        self.is_historic = True
        self.opened_on = self.completed_on = held_on
        self.participation = participation

    def _take(self, facts: dict[str, object]) -> None:
        for name, value in facts.items():
            setattr(self, name, value)

    def _answer(self, agrees: bool, manager_id: int, on: date, answer: str) -> None:
        self.manager_agrees, self.manager_id = agrees, manager_id
        self.manager_answered_on = self.manager_answered_on or on
        self.manager_answer = answer


def written_once() -> list[pgtrigger.Trigger]:
    return [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]


def never_removed() -> list[pgtrigger.Trigger]:
    return [pgtrigger.Protect(name="never_removed", operation=pgtrigger.Delete)]


class Consultation(models.Model):
    """Somebody's views for a review, or why there are none; a later one never replaces it."""

    class Outcome(models.TextChoices):
        VIEWS = "views", "Gave their views"
        DECLINED = "declined", "Declined"
        NOT_POSSIBLE = "not_possible", "Not possible"

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="consultations")
    whom = models.CharField(max_length=10, choices=Consulted)
    who = models.CharField(max_length=200, blank=True)
    outcome = models.CharField(max_length=15, choices=Outcome)
    consulted_on = models.DateField()
    communicated_by = ArrayField(
        models.CharField(max_length=10, choices=CommunicationMode), default=list, blank=True
    )
    own_words = models.TextField(
        blank=True, help_text="Their own words, signs or choices, as they were."
    )
    paraphrase = models.TextField(blank=True, help_text="What was understood.")
    reason = models.TextField(blank=True, help_text="Why they declined or it was not possible.")
    recorded_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="review_views_or_reason",
                condition=(Q(outcome="views") & (~Q(own_words="") | ~Q(paraphrase="")))
                | (~Q(outcome="views") & ~Q(reason="")),
            ),
        ]
        triggers = written_once()

    def __str__(self) -> str:
        return f"{self.get_whom_display()}: {self.get_outcome_display().lower()}"


class Evidence(models.Model):
    """One thing a review rests on, and how it is known."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="evidence_given")
    source = models.CharField(max_length=12, choices=EvidenceSource)
    who = models.CharField(max_length=200, help_text="Whose report or account it is.")
    what = models.TextField()
    known_on = models.DateField(null=True, blank=True, help_text="The day it speaks of.")
    added_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        verbose_name_plural = "evidence"
        triggers = written_once()

    def __str__(self) -> str:
        return self.get_source_display()


class Attendee(models.Model):
    """Somebody who was at the review, and who they are to the child."""

    class Part(models.TextChoices):
        CHILD = "child", "The child"
        PARENT = "parent", "Parent"
        FAMILY = "family", "Other family"
        CARER = "carer", "The home or carer"
        SOCIAL_WORKER = "social_worker", "Social worker"
        ADVOCATE = "advocate", "Advocate"
        SCHOOL = "school", "School"
        HEALTH = "health", "Health"
        HOST = "host", "Host authority"
        OTHER = "other", "Somebody else"

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="attendees")
    name = models.CharField(max_length=200)
    part = models.CharField(max_length=15, choices=Part)

    class Meta:
        ordering = ["pk"]
        triggers = written_once()

    def __str__(self) -> str:
        return self.get_part_display()


@pghistory.track()
class Decision(models.Model):
    """Something a review decided: whose it is, by when, and what part the child had in it."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="decisions")
    what = models.TextField()
    owner = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="decisions_owned"
    )
    owner_name = models.CharField(max_length=200, help_text="Who carries it out, by name.")
    due_on = models.DateField()
    child_part = models.TextField(blank=True, help_text="What part the child had in this.")
    no_part_why = models.TextField(blank=True)
    no_part_change = models.TextField(blank=True, help_text="What must change.")
    done_on = models.DateField(null=True, blank=True)
    done_how = models.TextField(blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                name="decision_has_owner", condition=~Q(owner_name="") & ~Q(what="")
            ),
            models.CheckConstraint(
                name="decision_child_part_or_reason",
                condition=~Q(child_part="") | (~Q(no_part_why="") & ~Q(no_part_change="")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"], condition=Q(done_on__isnull=True), name="decision_not_done"
            ),
        ]
        triggers = never_removed()

    def __str__(self) -> str:
        return f"Decision for {self.owner_name} by {self.due_on:%-d %B %Y}"

    def is_overdue(self, on: date) -> bool:
        return self.done_on is None and self.due_on < on


class Amendment(models.Model):
    """A text as it stood before it was amended; never changed, never removed."""

    review = models.ForeignKey(Review, on_delete=models.PROTECT, related_name="amendments")
    field = models.CharField(max_length=40)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    why = models.TextField()
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        triggers = written_once()

    def __str__(self) -> str:
        return f"{self.field}, {self.at:%-d %B %Y}"


@pghistory.track()
class EarlyReview(models.Model):
    """Something that calls for a review before its ordinary date, and how it was answered."""

    class Reason(models.TextChoices):
        IRO_REQUEST = "iro_request", "The IRO asks for it"
        WELFARE = "welfare_not_safeguarded", "Welfare is not safeguarded by the placement"
        BEFORE_AN_EVENT = "before_an_event", "A coming event that a review must come before"

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="early_reviews")
    reason = models.CharField(max_length=25, choices=Reason)
    arose_on = models.DateField()
    event_on = models.DateField(null=True, blank=True)
    words = models.TextField(blank=True, help_text="Why, or what the coming event is.")
    came_from = models.CharField(
        max_length=60, blank=True, help_text="The visit that found it, such as visits/12."
    )
    asked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    answered_on = models.DateField(null=True, blank=True)
    offered_on = models.DateField(null=True, blank=True, help_text="The day that was offered.")
    answer = models.TextField(blank=True)
    withdrawn_on = models.DateField(null=True, blank=True)
    withdrawn_why = models.TextField(blank=True)

    class Meta:
        ordering = ["-arose_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="early_review_before_a_day",
                condition=~Q(reason="before_an_event") | (Q(event_on__isnull=False) & ~Q(words="")),
            ),
            models.CheckConstraint(
                name="early_review_withdrawn_why",
                condition=Q(withdrawn_on__isnull=True) | ~Q(withdrawn_why=""),
            ),
        ]
        triggers = never_removed()

    def __str__(self) -> str:
        return f"Early review called for {self.arose_on:%-d %B %Y}"


@pghistory.track()
class ProposedChange(models.Model):
    """A significant change to the care plan: first considered at a review, or why not."""

    class Outcome(models.TextChoices):
        SUPPORTED = "supported", "Supported"
        CHANGED = "changed", "Supported with changes"
        NOT_SUPPORTED = "not_supported", "Not supported"

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="proposed_changes")
    what = models.TextField()
    is_move = models.BooleanField(default=False, help_text="The change is a planned move.")
    proposed_on = models.DateField()
    planned_for = models.DateField(null=True, blank=True)
    proposed_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    considered_at = models.ForeignKey(
        Review, on_delete=models.PROTECT, null=True, blank=True, related_name="changes_considered"
    )
    outcome = models.CharField(max_length=15, choices=Outcome, blank=True)
    outcome_why = models.TextField(blank=True)
    not_practicable_why = models.TextField(
        blank=True, help_text="Why considering it first was not reasonably practicable."
    )
    excused_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    excused_on = models.DateField(null=True, blank=True)
    led_to = models.OneToOneField(
        Placement,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="considered_change",
        help_text="The placement to which this move led.",
    )

    class Meta:
        ordering = ["-proposed_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="change_that_led_is_accounted_for",
                condition=Q(led_to__isnull=True)
                | Q(is_move=True, considered_at__isnull=False)
                | Q(is_move=True, excused_on__isnull=False),
            ),
            models.CheckConstraint(
                name="change_considered_has_outcome",
                condition=Q(considered_at__isnull=True) | ~Q(outcome=""),
            ),
            models.CheckConstraint(
                name="change_excused_has_reason",
                condition=Q(excused_on__isnull=True) | ~Q(not_practicable_why=""),
            ),
        ]
        triggers = never_removed()

    def __str__(self) -> str:
        return f"Change proposed {self.proposed_on:%-d %B %Y}"

    @property
    def is_open(self) -> bool:
        return self.considered_at_id is None and self.excused_on is None


@pghistory.track()
class Challenge(models.Model):
    """Somebody questions practice or information: with whom, about what, and what came of it."""

    class About(models.TextChoices):
        PRACTICE = "practice", "Poor practice"
        MISSING = "missing", "Missing information"
        INACCURATE = "inaccurate", "Inaccurate information"
        DELAY = "delay", "Drift or delay"
        DECISION = "decision", "A decision, or one not carried out"
        OTHER = "other", "Something else"

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", "Accepted"
        PARTLY = "partly", "Accepted in part"
        REJECTED = "rejected", "Not accepted"

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="challenges")
    review = models.ForeignKey(
        Review, on_delete=models.PROTECT, null=True, blank=True, related_name="challenges"
    )
    about = models.CharField(max_length=10, choices=About)
    words = models.TextField()
    raised_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    raised_as = models.CharField(max_length=20)
    raised_on = models.DateField()
    to_person = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    to_name = models.CharField(max_length=200)
    due_on = models.DateField()
    answered_on = models.DateField(null=True, blank=True)
    answered_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, null=True, related_name="+")
    outcome = models.CharField(max_length=10, choices=Outcome, blank=True)
    answer = models.TextField(blank=True)

    class Meta:
        ordering = ["-raised_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="challenge_due_after_raised", condition=Q(due_on__gte=F("raised_on"))
            ),
            models.CheckConstraint(
                name="challenge_answered_in_words",
                condition=Q(answered_on__isnull=True)
                | (~Q(outcome="") & ~Q(answer="") & Q(answered_on__gte=F("raised_on"))),
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"], condition=Q(answered_on__isnull=True), name="challenge_open"
            ),
        ]
        triggers = never_removed()

    def __str__(self) -> str:
        return f"Challenge to {self.to_name}, {self.raised_on:%-d %B %Y}"

    def is_overdue(self, on: date) -> bool:
        return self.answered_on is None and self.due_on < on


class IroCheck(models.Model):
    """The IRO looked at the case between two reviews."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="iro_checks")
    checked_on = models.DateField()
    iro = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    found = models.TextField()
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-checked_on", "-pk"]
        verbose_name = "IRO check"
        triggers = written_once()

    def __str__(self) -> str:
        return f"Looked at {self.checked_on:%-d %B %Y}"
