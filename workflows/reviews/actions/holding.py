"""Holding a review, adjourning it, and going on."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from backend.access.models import Person
from backend.casework.errors import FactRefused
from backend.casework.facts import check_reason, in_words
from backend.casework.gate import carry_out
from backend.grammar.moments import day_of
from workflows.reviews.actions.pieces import (
    attendees_given,
    day_of_review,
    part_in_words,
    placement_id_on,
    write_attendees,
)
from workflows.reviews.checks import (
    FURTHEST,
    check_can_hold,
    check_opened,
    check_outcome,
    check_past,
)
from workflows.reviews.models import (
    Review,
)

#: The facts of a review meeting, as a form or a request gives them.
OUTCOME = (
    "is_meeting",
    "unprepared_why",
    "participation",
    "conveyed_by",
    "adjustments",
    "no_part_why",
    "no_part_change",
    "was_advocate_invited",
    "was_advocate_present",
    "advocate_why_not",
)


def hold_review(
    *,
    review: Review,
    opened_on: date,
    outcome: Mapping[str, Any],
    by: Person,
    at: datetime,
    attendees: Iterable[Mapping[str, Any]] = (),
    expects: int | None = None,
) -> Review:
    """This will record a review that was held and completed on a day, with the IRO in the chair.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: something is missing, or cannot be true.
    :raises UnableToHoldReview: the child was not heard, or that day's review is recorded.
    """
    there = attendees_given(attendees)

    def check(case: Review) -> None:
        check_opened(case, opened_on, at)
        check_can_hold(case, outcome)
        check_outcome(case.child, opened_on, outcome)

    return carry_out(
        review,
        "hold",
        by=by,
        at=at,
        facts={
            **outcome,
            "opened_on": opened_on,
            "chair_id": by.pk,
            "placement_id": placement_id_on(review, opened_on),
        },
        carries={"on": in_words(opened_on), "part": part_in_words(outcome)},
        check=check,
        then=lambda case: write_attendees(case, there),
        expects=expects,
    )


def adjourn_review(
    *,
    review: Review,
    opened_on: date,
    resumes_on: date,
    why: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Review:
    """This will record that a review opened and was adjourned; the opening day governs.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: no reason, or a day that cannot be true.
    :raises UnableToHoldReview: a review of that day is already recorded.
    """
    why = check_reason(why, "Say why the review was adjourned.", field="why")
    if not opened_on < resumes_on <= day_of(at) + FURTHEST:
        raise FactRefused("It resumes on a later day, within a year.", field="resumes_on")
    return carry_out(
        review,
        "adjourn",
        by=by,
        at=at,
        facts={
            "opened_on": opened_on,
            "resumes_on": resumes_on,
            "adjourned_why": why,
            "chair_id": by.pk,
        },
        carries={"on": in_words(opened_on), "until": in_words(resumes_on)},
        check=lambda case: check_opened(case, opened_on, at),
        expects=expects,
    )


def resume_review(
    *,
    review: Review,
    completed_on: date,
    outcome: Mapping[str, Any],
    by: Person,
    at: datetime,
    attendees: Iterable[Mapping[str, Any]] = (),
    expects: int | None = None,
) -> Review:
    """This will record that an adjourned review was completed; its opening day stays.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: before it opened, in the future, or something is missing.
    :raises UnableToHoldReview: the child was not heard.
    """
    there = attendees_given(attendees)

    def check(case: Review) -> None:
        check_past(completed_on, at, "completed_on", "It cannot be recorded before it is held.")
        if case.opened_on is not None and completed_on < case.opened_on:
            raise FactRefused(
                f"The review opened on {in_words(case.opened_on)}.", field="completed_on"
            )
        check_can_hold(case, outcome)
        check_outcome(case.child, case.opened_on or completed_on, outcome)

    return carry_out(
        review,
        "resume",
        by=by,
        at=at,
        facts={**outcome, "completed_on": completed_on, "chair_id": by.pk},
        carries={
            "opened": day_of_review(review),
            "on": in_words(completed_on),
            "part": part_in_words(outcome),
        },
        check=check,
        then=lambda case: write_attendees(case, there),
        expects=expects,
    )
