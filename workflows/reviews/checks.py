"""Can this be done now? Questions about the review and its facts, never about who asks."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from backend.access.models import Person
from backend.access.parts import people_playing
from backend.casework.errors import FactRefused, NotNow
from backend.casework.facts import check_text, check_texts, in_words, where_lived
from backend.deadlines.count import due_by
from backend.deadlines.models import Deadline
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.records.models import Child
from workflows.reviews.models import (
    CONVEYED,
    NO_PART,
    WITH_ADVOCATE,
    Consultation,
    Consulted,
    Participation,
    Review,
)
from workflows.reviews.queries import fact_id, gaps_in, held_on, iro_of, review_on_its_way
from workflows.reviews.rules import RULES
from workflows.reviews.table import CONVENED

FURTHEST = timedelta(days=366)
SHORT_BREAKS = ("V3", "V4")
FOUR = 4


class UnableToConveneReview(NotNow):
    """A review cannot be convened now."""


class UnableToPrepareReview(NotNow):
    """The review is not prepared as it stands."""


class UnableToHoldReview(NotNow):
    """The review cannot be recorded as held."""


class UnableToCloseReview(NotNow):
    """The review cannot be closed as it stands."""


def check_past(day: date, at: datetime, field: str, words: str) -> date:
    """:raises FactRefused: the day lies in the future."""
    if day > day_of(at):
        raise FactRefused(words, field=field)
    return day


#: Names and short facts, and the most characters they have.
SHORT = ("who", "owner_name", "name")
LONGEST_NAME = 200


def check_words(facts: Mapping[str, Any]) -> None:
    """:raises FactRefused: a text, or a name among them, is longer than anybody writes."""
    check_texts(facts)
    for name in SHORT:
        check_text(facts.get(name) or "", name, longest=LONGEST_NAME)


def require(facts: Mapping[str, Any], wanted: Mapping[str, str]) -> None:
    """:raises FactRefused: the first fact that is missing, in the words that ask for it."""
    for name, words in wanted.items():
        value = facts.get(name)
        if value in (None, [], ()) or (isinstance(value, str) and not value.strip()):
            raise FactRefused(words, field=name)


# Convening


def check_can_convene(child: Child, convened_on: date, convened_for: date, at: datetime) -> None:
    """:raises FactRefused: the days cannot be true.
    :raises UnableToConveneReview: no IRO is allocated, or a review is already on its way.
    """
    check_past(convened_on, at, "convened_on", "It cannot have been convened in the future.")
    check_day(convened_for, convened_on, at)
    check_in_care(child, convened_on, "convened_on")
    if iro_of(child, day_of(at)) is None:
        raise UnableToConveneReview(
            "No independent reviewing officer is allocated to this child. A review is chaired by "
            "the IRO of the placing authority: ask for one to be allocated first."
        )


def check_day(convened_for: date, convened_on: date, at: datetime) -> None:
    """:raises FactRefused: before it was convened, or more than a year away."""
    if convened_for < convened_on:
        raise FactRefused("The review cannot be before it was convened.", field="convened_for")
    if convened_for > day_of(at) + FURTHEST:
        raise FactRefused("Choose a day within a year.", field="convened_for")


def check_none_on_its_way(case: Review) -> None:
    """:raises UnableToConveneReview: the child has a review on its way."""
    other = review_on_its_way(case.child)
    if other is not None and other.pk != case.pk and other.convened_for is not None:
        raise UnableToConveneReview(
            f"A review of this child is already {other.stands_at.label.lower()} for "
            f"{in_words(other.convened_for)}. Change its date, or record it first."
        )


def check_in_care(child: Child, day: date, field: str) -> None:
    """:raises FactRefused: the child was not looked after on a day."""
    periods = child.periods_of_care.filter(started_on__lte=day)
    if periods.filter(Q(ended_on__isnull=True) | Q(ended_on__gte=day)).exists():
        return
    first = child.periods_of_care.order_by("started_on").first()
    if first is not None and day < first.started_on:
        raise FactRefused(
            f"This is before care began on {in_words(first.started_on)}.", field=field
        )
    raise FactRefused(f"The child was not looked after on {in_words(day)}.", field=field)


# Preparing


def check_views(facts: Mapping[str, Any], at: datetime) -> None:
    """:raises FactRefused: views without words, or no views without a reason."""
    check_words(facts)
    require(
        facts,
        {
            "whom": "Say whose views these are.",
            "outcome": "Say whether they gave views, declined, or could not be asked.",
            "consulted_on": "Enter the day they were asked.",
        },
    )
    check_past(facts["consulted_on"], at, "consulted_on", "They cannot be asked in the future.")
    if facts["whom"] == Consulted.OTHER:
        require(facts, {"who": "Say who this is."})
    if facts["outcome"] != Consultation.Outcome.VIEWS:
        require(facts, {"reason": "Say why there are no views."})
        return
    if not (facts.get("own_words", "").strip() or facts.get("paraphrase", "").strip()):
        raise FactRefused("Record what they said or showed.", field="own_words")
    if facts["whom"] == Consulted.CHILD:
        require(facts, {"communicated_by": "Say how the child communicated."})


def check_hearing(review: Review, facts: Mapping[str, Any], at: datetime) -> None:
    """The IRO spoke with the child in private, or one of the exceptions applied, and why.

    :raises FactRefused: neither, or contradicting facts.
    """
    check_texts(facts)
    if facts.get("heard_on") is None:
        require(
            facts,
            {
                "not_heard": "Say when you spoke with the child, or why you did not.",
                "not_heard_why": "Say why you did not speak with the child.",
            },
        )
        return
    if facts.get("not_heard"):
        raise FactRefused("You cannot both have spoken with the child and not.", field="not_heard")
    check_past(facts["heard_on"], at, "heard_on", "The conversation cannot be in the future.")
    check_in_care(review.child, facts["heard_on"], "heard_on")
    require(
        facts,
        {
            "was_heard_alone": "Say whether you spoke with the child alone.",
            "heard_by": "Say how the child communicated.",
            "heard_words": "Record what the child said or showed.",
        },
    )
    if not facts["was_heard_alone"]:
        require(facts, {"not_heard_why": "Say why you did not speak with the child alone."})


def check_prepared(review: Review) -> None:
    """:raises UnableToPrepareReview: somebody was not asked, or the child not heard."""
    missing = gaps_in(review)
    if missing:
        raise UnableToPrepareReview(f"Still missing: {', '.join(missing)}.")


# Holding


def check_opened(review: Review, opened_on: date, at: datetime) -> None:
    """:raises FactRefused: in the future, before care began, or before it was convened.
    :raises UnableToHoldReview: a review held that day is already recorded.
    """
    check_past(opened_on, at, "opened_on", "A review cannot be recorded before it is held.")
    check_in_care(review.child, opened_on, "opened_on")
    if review.convened_on is not None and opened_on < review.convened_on:
        raise FactRefused(
            f"This is before the review was convened on {in_words(review.convened_on)}.",
            field="opened_on",
        )
    if review.heard_on is not None and review.heard_on > opened_on:
        raise FactRefused(
            f"The IRO spoke with the child on {in_words(review.heard_on)}, which is after this.",
            field="opened_on",
        )
    other = held_on(review.child_id, opened_on, excluding=review.pk)
    if other is not None:
        who = other.chair.name if other.chair else "Somebody"
        raise UnableToHoldReview(f"{who} already recorded a review held on {in_words(opened_on)}.")


def check_can_hold(review: Review, outcome: Mapping[str, Any]) -> None:
    """:raises UnableToHoldReview: the IRO has not recorded hearing the child beforehand.
    :raises FactRefused: not prepared, and not said why it was held all the same.
    """
    if not review.is_child_heard:
        raise UnableToHoldReview(
            "Record first that you spoke with the child before the review, or why you did not."
        )
    if review.state == CONVENED and not outcome.get("unprepared_why", "").strip():
        missing = ", ".join(gaps_in(review)) or "confirmation that it is prepared"
        raise FactRefused(
            f"The review was not prepared (missing: {missing}). Say why it was held all the same.",
            field="unprepared_why",
        )


def check_outcome(child: Child, opened_on: date, outcome: Mapping[str, Any]) -> None:
    """How the child took part, with its rules, and who else was there.

    :raises FactRefused: the first thing that is missing or contradicts another.
    """
    check_texts(outcome)
    require(
        outcome,
        {
            "was_advocate_invited": "Say whether an advocate was invited.",
            "was_advocate_present": "Say whether an advocate was there.",
        },
    )
    if not outcome["was_advocate_present"]:
        require(outcome, {"advocate_why_not": "Say why no advocate was there."})
    if outcome.get("is_meeting") is False and not _is_long_term_fostered(child, opened_on):
        raise FactRefused(
            "Only in a long-term foster placement may a review be held without a meeting.",
            field="is_meeting",
        )
    code = outcome.get("participation") or ""
    if not code and _has_only_short_breaks(child, opened_on):
        return
    require(outcome, {"participation": "Say how the child took part."})
    check_participation(child, opened_on, outcome)


def check_participation(child: Child, opened_on: date, outcome: Mapping[str, Any]) -> None:
    """:raises FactRefused: a code that does not fit the child's age or the rest of the facts."""
    code = outcome.get("participation")
    if code not in Participation.values:
        raise FactRefused("Choose one of PN0 to PN7.", field="participation")
    is_under_four = child.age_on(opened_on) < FOUR
    if is_under_four != (code == Participation.PN0):
        words = (
            "The child was under four: use PN0."
            if is_under_four
            else "PN0 is for a child under four only; this child was older."
        )
        raise FactRefused(words, field="participation")
    if code == Participation.PN0:
        return
    require(outcome, {"adjustments": "Say what was done so that the child could take part."})
    if code in CONVEYED:
        require(outcome, {"conveyed_by": "Say how the child conveyed their views."})
    if code in WITH_ADVOCATE and not outcome.get("was_advocate_present"):
        raise FactRefused(
            f"{code} means that an advocate spoke; none is recorded as there.",
            field="participation",
        )
    if code in NO_PART:
        require(
            outcome,
            {
                "no_part_why": "Say why the child had no part.",
                "no_part_change": "Say what must change so that the child has a part next time.",
            },
        )


def _has_only_short_breaks(child: Child, day: date) -> bool:
    """Reviews of short breaks carry no participation code in the yearly return."""
    return child.legal_statuses.filter(
        Q(ended_on__isnull=True) | Q(ended_on__gt=day), started_on__lte=day, code__in=SHORT_BREAKS
    ).exists()


def _is_long_term_fostered(child: Child, day: date) -> bool:
    placement = where_lived(child, day)
    return placement is not None and placement.place in ("U1", "U4")


# Deciding, recording, closing


def check_decisions(
    review: Review, decisions: Iterable[Mapping[str, Any]], at: datetime
) -> list[dict[str, Any]]:
    """Each decision has an owner and a date, and the child's part in it or why there was none.

    :raises FactRefused: the first that lacks something, or no decision at all.
    """
    rows = [dict(row) for row in decisions]
    if not rows:
        raise FactRefused(
            "Enter at least one decision, each with who and by when.", field="decisions"
        )
    known: set[int] | None = None
    for row in rows:
        check_words(row)
        require(row, {"what": "Say what was decided.", "due_on": "Say by when."})
        owner: Person | None = row.get("owner")
        if owner is not None:
            if known is None:
                playing = people_playing(tuple(Role), review.child, day_of(at))
                known = {person.pk for person, _ in playing}
            if owner.pk not in known:
                raise FactRefused(
                    "This person plays no part for the child. Enter the name instead.",
                    field="owner",
                )
            row["owner_name"] = owner.name
        require(row, {"owner_name": "Say who carries it out."})
        if review.completed_on is not None and row["due_on"] < review.completed_on:
            raise FactRefused("A decision is due after the review, not before.", field="due_on")
        if not row.get("child_part", "").strip():
            require(
                row,
                {
                    "no_part_why": "Say what part the child had in this decision, or why none.",
                    "no_part_change": "Say what must change so that the child has a part.",
                },
            )
    return rows


ANSWERS = {
    "is_plan_endorsed": "Say whether you endorse the plan.",
    "endorsement_why": "Say why you do or do not endorse the plan.",
    "could_live_nearer": "Could this child now live nearer home? Answer yes or no.",
    "could_live_nearer_why": "Say what your answer about living nearer home rests on.",
    "next_review_on": "Enter the day of the next review.",
}


def check_answers(review: Review, facts: Mapping[str, Any], at: datetime) -> None:
    """:raises FactRefused: plan or distance is not answered, or a day cannot be true."""
    check_texts(facts)
    require(facts, ANSWERS)
    issued_on = facts["decisions_issued_on"]
    check_past(issued_on, at, "decisions_issued_on", "Decisions cannot be issued in the future.")
    if review.completed_on is not None and issued_on < review.completed_on:
        raise FactRefused("Decisions are issued after the review.", field="decisions_issued_on")
    if facts["manager_received_on"] < issued_on:
        raise FactRefused(
            "The manager cannot have received them before they were issued.",
            field="manager_received_on",
        )
    check_past(
        facts["manager_received_on"],
        at,
        "manager_received_on",
        "The manager cannot have received them in the future.",
    )
    check_next(review, facts["next_review_on"])


def check_next(review: Review, next_review_on: date) -> None:
    """:raises FactRefused: before this review, or after the day by which the law wants it."""
    if review.opened_on is not None and next_review_on <= review.opened_on:
        raise FactRefused("The next review comes after this one.", field="next_review_on")
    owed = Deadline.objects.filter(
        child=review.child_id, key=f"review:after:{fact_id(review.pk)}", status="open"
    ).first()
    if owed is not None and owed.due_on is not None and next_review_on > owed.due_on:
        raise FactRefused(
            f"The next review is due by {in_words(owed.due_on)} ({owed.provision}). Choose a day "
            "no later than that.",
            field="next_review_on",
        )


def check_closing(review: Review, settled_how: str, on: date) -> None:
    """A review is not closed on the home's word alone, nor while the manager's answer is open.

    :raises UnableToCloseReview: with what is still needed, in words.
    :raises FactRefused: a dispute, without how it was settled.
    """
    share = review.home_share
    if not share.of:
        raise UnableToCloseReview(
            "No evidence is recorded. Add what this review rests on, and how each thing is known."
        )
    if share.is_home_alone:
        raise UnableToCloseReview(
            f"Everything this review rests on came from the home ({share.words}). Add something "
            "known from the child, the family, school, health, an advocate or your own observation."
        )
    if review.manager_answered_on is None:
        until = _answer_due_on(review)
        if until is not None and on <= until:
            raise UnableToCloseReview(
                f"The manager has not answered the decisions, and may until {in_words(until)}."
            )
    if review.manager_agrees is False and not settled_how.strip():
        raise FactRefused(
            "The manager disputed the decisions. Say how that was settled.", field="settled_how"
        )


def _answer_due_on(review: Review) -> date | None:
    received_on = review.manager_received_on
    if received_on is None:
        return None
    return due_by(RULES.governing("iro.manager_answer", received_on), received_on)
