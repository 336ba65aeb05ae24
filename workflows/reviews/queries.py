"""Reading reviews: whose, how prepared, what is at risk, and the facts that the clocks read."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from backend.access.models import Allocation, Person
from backend.access.parts import current
from backend.access.visibility import child_ids_visible_to
from backend.casework.diary import Entry
from backend.deadlines.models import Deadline
from backend.exchange.loaders import ReviewRow
from backend.grammar.events import Depth
from backend.grammar.roles import Role
from backend.records.models import Child
from workflows.history import (
    ChangeFact,
    EarlyReviewReason,
    EarlyReviewTrigger,
    IroAppointment,
    IroCheck,
    ReviewFact,
)
from workflows.reviews import models
from workflows.reviews.counting import MOVE_KEY
from workflows.reviews.models import Challenge, Decision, EarlyReview, ProposedChange, Review
from workflows.reviews.table import (
    ADJOURNED,
    CANCELLED,
    COMING,
    CONVENED,
    NEW,
    ON_ITS_WAY,
    TOOK_PLACE,
    VOID,
)

#: The clocks of when a child's case must next be reviewed.
OWED = (
    "reviews.first",
    "reviews.second",
    "reviews.later",
    "reviews.short_breaks_first",
    "reviews.short_breaks_later",
    "reviews.adoption_authority_first",
    "reviews.adoption_authority_later",
    "reviews.adoption_first",
    "reviews.adoption_second",
    "reviews.adoption_later",
)
#: How far ahead a review is looked at for what is still missing.
LOOKS_AHEAD = timedelta(days=28)


def reviews_visible_to(person: Person) -> QuerySet[Review]:
    """The reviews of the children whose record a person may read."""
    return Review.objects.filter(child__in=child_ids_visible_to(person, Depth.RECORD))


def convened_with(children: Sequence[int], on: date) -> list[Entry]:
    """The reviews that these children have coming from a day on, for a calendar."""
    rows = Review.objects.filter(
        child__in=children, state__in=[str(state) for state in COMING], convened_for__gte=on
    ).order_by("convened_for", "pk")
    return [
        Entry(
            uid=f"review-{review.pk}",
            on=review.convened_for,
            words="review convened",
            child_id=review.child_id,
            path=f"/reviews/{review.pk}/",
        )
        for review in rows
        if review.convened_for is not None
    ]


def early_reviews_visible_to(person: Person) -> QuerySet[EarlyReview]:
    return EarlyReview.objects.filter(child__in=child_ids_visible_to(person, Depth.RECORD))


def changes_visible_to(person: Person) -> QuerySet[ProposedChange]:
    return ProposedChange.objects.filter(child__in=child_ids_visible_to(person, Depth.RECORD))


def decisions_visible_to(person: Person) -> QuerySet[Decision]:
    return Decision.objects.filter(
        review__in=reviews_visible_to(person).exclude(state=str(VOID)).values("pk")
    )


def challenges_visible_to(person: Person) -> QuerySet[Challenge]:
    """Challenges of children whose record a person reads, and their own of any child they know.

    An advocate speaks for the child and is no party to a dispute between professionals.
    """
    speaks_for = Allocation.objects.filter(
        person=person, role=Role.ADVOCATE, child=OuterRef("child")
    )
    own = Q(raised_by=person) | Q(to_person=person)
    read = Q(child__in=child_ids_visible_to(person, Depth.RECORD)) & ~Exists(speaks_for)
    return Challenge.objects.filter(own | read, child__in=child_ids_visible_to(person, Depth.CARD))


def with_all_parts(rows: QuerySet[Review]) -> QuerySet[Review]:
    """Reviews with what a page or an answer shows of them, in a fixed number of queries."""
    return rows.select_related("chair", "manager", "placement__setting", "child").prefetch_related(
        "consultations__recorded_by",
        "evidence_given__added_by",
        "attendees",
        "decisions__owner",
        "amendments__by",
        "changes_considered",
    )


def review_on_its_way(child: Child) -> Review | None:
    """The review that is convened, prepared or adjourned; there is one at most."""
    return Review.objects.filter(child=child, state__in=map(str, ON_ITS_WAY)).first()


def held_on(child_id: int, day: date, *, excluding: int | None = None) -> Review | None:
    """A review already recorded as held on a day."""
    rows = Review.objects.filter(child=child_id, opened_on=day)
    rows = rows.filter(state__in=map(str, (*TOOK_PLACE, ADJOURNED)))
    if excluding is not None:
        rows = rows.exclude(pk=excluding)
    return rows.select_related("chair").first()


def last_held(child: Child) -> Review | None:
    """The latest review that took place; its answers about the plan and distance still stand."""
    return (
        Review.objects.filter(child=child, state__in=map(str, TOOK_PLACE))
        .order_by("-opened_on")
        .first()
    )


def next_owed(child_id: int) -> Deadline | None:
    """The nearest date by which the law wants the case reviewed again."""
    return (
        Deadline.objects.filter(child=child_id, status="open", rule__in=OWED, due_on__isnull=False)
        .order_by("due_on")
        .first()
    )


def open_early_reviews(child: Child) -> QuerySet[EarlyReview]:
    """What calls for an early review, while no review has been held since and it stands."""
    later = Review.objects.filter(
        child=OuterRef("child"),
        opened_on__gt=OuterRef("arose_on"),
        state__in=map(str, (*TOOK_PLACE, ADJOURNED)),
    )
    return EarlyReview.objects.filter(~Exists(later), child=child, withdrawn_on__isnull=True)


def gaps_in(review: Review) -> list[str]:
    """What a review on its way still lacks, in words."""
    missing = [f"views of {whom.label.lower()}" for whom in review.not_yet_asked]
    if not review.is_child_heard:
        missing.append("the IRO's time with the child beforehand")
    return missing


# For the IRO: what is at risk


@dataclass(frozen=True)
class AtRisk:
    """A child whose next review may not be a good one in time, and why."""

    child: Child
    review: Review | None
    due_on: date | None
    reasons: tuple[str, ...]


def reviews_at_risk(children: Sequence[int], on: date) -> list[AtRisk]:
    """Whose next review is at risk, soonest first: not convened, not prepared, views not
    gathered, or the child not visited in time before it.

    The number of queries does not grow with the number of children.
    """
    coming = {
        review.child_id: review
        for review in Review.objects.filter(
            child__in=children, state__in=map(str, ON_ITS_WAY)
        ).prefetch_related("consultations")
    }
    owed: dict[int, date] = {}
    visits: dict[int, Deadline] = {}
    rows = Deadline.objects.filter(
        Q(room="visits") | Q(rule__in=OWED),
        child__in=children,
        status="open",
        due_on__isnull=False,
    )
    for row in rows.order_by("due_on", "pk").only("child_id", "room", "due_on", "title"):
        if row.due_on is None:
            continue
        if row.room == "visits":
            visits.setdefault(row.childs_id, row)
        else:
            owed.setdefault(row.childs_id, row.due_on)
    found = []
    for child in Child.objects.filter(pk__in=children).select_related("authority"):
        review = coming.get(child.pk)
        day = (review and (review.resumes_on or review.convened_for)) or owed.get(child.pk)
        if day is None or day > on + LOOKS_AHEAD:
            continue
        reasons = [*_risks(review, owed.get(child.pk), on), *_unvisited(visits.get(child.pk), on)]
        if reasons:
            found.append(AtRisk(child, review, day, tuple(reasons)))
    return sorted(found, key=lambda risk: (risk.due_on or date.max, risk.child.pk))


def _risks(review: Review | None, owed_on: date | None, on: date) -> list[str]:
    if review is None:
        return ["No review is convened"]
    reasons = []
    if review.state == ADJOURNED:
        reasons.append("Adjourned and not completed")
    if review.state == CONVENED:
        reasons.append("Not prepared")
    reasons += [f"Missing: {gap}" for gap in gaps_in(review)]
    day = review.convened_for
    if day is not None and owed_on is not None and day > owed_on and review.opened_on is None:
        reasons.append(f"Convened for a day after {owed_on:%-d %B %Y}, by when it is due")
    if day is not None and day < on and review.opened_on is None:
        reasons.append("Its day has passed and it is not recorded as held")
    return reasons


def _unvisited(visit: Deadline | None, on: date) -> list[str]:
    if visit is None or visit.due_on is None or visit.due_on >= on:
        return []
    return [f"A visit due by {visit.due_on:%-d %B %Y} is not recorded"]


# For the clocks


def review_facts(children: Iterable[int]) -> dict[int, list[ReviewFact]]:
    """What the clocks read of reviews: those on their way and those that took place."""
    facts: dict[int, list[ReviewFact]] = defaultdict(list)
    rows = Review.objects.filter(child__in=list(children)).exclude(
        state__in=map(str, (NEW, CANCELLED, VOID))
    )
    for row in rows.order_by("opened_on", "convened_for", "pk").values(
        "pk", "child_id", "is_meeting", "is_historic", *DAYS
    ):
        days = {name: row[name] for name in DAYS}
        facts[row["child_id"]].append(
            ReviewFact(
                id=fact_id(row["pk"]),
                was_meeting_held=None if row["is_historic"] else row["is_meeting"],
                is_followed=not row["is_historic"],
                **days,
            )
        )
    return facts


DAYS = (
    "opened_on",
    "completed_on",
    "convened_on",
    "convened_for",
    "iro_contacted_on",
    "documents_sent_on",
    "decisions_issued_on",
    "manager_received_on",
    "manager_answered_on",
    "recorded_on",
    "circulated_on",
)


def fact_id(pk: int) -> str:
    return f"r{pk}"


def early_review_facts(children: Iterable[int]) -> dict[int, list[EarlyReviewTrigger]]:
    """What the clocks read of calls for an early review.

    Those that a visit gave rise to are left out: the clock counts them from the visit itself.
    """
    facts: dict[int, list[EarlyReviewTrigger]] = defaultdict(list)
    rows = EarlyReview.objects.filter(
        child__in=list(children), withdrawn_on__isnull=True, came_from=""
    )
    for row in rows.order_by("arose_on", "pk"):
        facts[row.child_id].append(
            EarlyReviewTrigger(
                id=f"e{row.pk}",
                reason=EarlyReviewReason(row.reason),
                arose_on=row.arose_on,
                event_on=row.event_on,
                words=row.words if row.reason == EarlyReview.Reason.BEFORE_AN_EVENT else "",
            )
        )
    return facts


def change_facts(children: Iterable[int]) -> dict[int, list[ChangeFact]]:
    """What the clocks read of significant changes, and of the moves they led to."""
    facts: dict[int, list[ChangeFact]] = defaultdict(list)
    rows = ProposedChange.objects.filter(child__in=list(children)).select_related("considered_at")
    for row in rows.order_by("proposed_on", "pk"):
        facts[row.child_id].append(
            ChangeFact(
                id=str(row.pk),
                proposed_on=row.proposed_on,
                is_move=row.is_move,
                considered_on=row.considered_at.opened_on if row.considered_at else None,
                excused_on=row.excused_on,
                led_to=str(row.led_to_id) if row.led_to_id else None,
            )
        )
    return facts


def moves_to_account_for(child: Child) -> list[int]:
    """The placements of moves of which nobody has said whether a review considered them."""
    keys = Deadline.objects.filter(
        child=child, rule="reviews.before_change", key__startswith=MOVE_KEY, status="waiting"
    ).values_list("key", flat=True)
    return [int(key.removeprefix(MOVE_KEY)) for key in keys]


def moves_considered(child: Child) -> QuerySet[ProposedChange]:
    """Proposed moves that a review considered or a manager excused, not yet carried out."""
    settled = Q(considered_at__isnull=False) | Q(excused_on__isnull=False)
    return ProposedChange.objects.filter(
        settled, child=child, is_move=True, led_to__isnull=True
    ).select_related("considered_at")


def appointment_facts(children: Iterable[int]) -> dict[int, list[IroAppointment]]:
    """When an IRO was named for each child, and until when."""
    facts: dict[int, list[IroAppointment]] = defaultdict(list)
    rows = Allocation.objects.filter(child__in=list(children), role=Role.IRO)
    for row in rows.order_by("started_on", "pk"):
        facts[row.child_id].append(IroAppointment(row.started_on, row.ended_on))
    return facts


def check_facts(children: Iterable[int]) -> dict[int, list[IroCheck]]:
    """When the IRO looked at each child's case between reviews."""
    facts: dict[int, list[IroCheck]] = defaultdict(list)
    rows = models.IroCheck.objects.filter(child__in=list(children))
    for row in rows.order_by("checked_on", "pk"):
        facts[row.child_id].append(IroCheck(f"c{row.pk}", row.checked_on))
    return facts


def iro_of(child: Child, on: date) -> Person | None:
    """The child's independent reviewing officer on a day."""
    row = (
        Allocation.objects.filter(current(on), child=child, role=Role.IRO, person__is_active=True)
        .select_related("person")
        .first()
    )
    return row.person if row else None


def reviews_for_return(children: Sequence[int]) -> dict[int, list[ReviewRow]]:
    """The reviews held for each of these children, as the yearly return gives them.

    Reviews of short breaks that carry no participation code are left out of it.
    """
    found: dict[int, list[ReviewRow]] = defaultdict(list)
    rows = Review.objects.filter(child__in=children, state__in=map(str, TOOK_PLACE))
    rows = rows.exclude(participation="", is_historic=False)
    for child_id, day, code in rows.order_by("opened_on").values_list(
        "child_id", "opened_on", "participation"
    ):
        if day is not None:
            found[child_id].append(ReviewRow(day, code))
    return found
