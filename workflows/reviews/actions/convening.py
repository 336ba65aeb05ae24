"""Convening a review, and giving it another day."""

from datetime import date, datetime

from backend.access.models import Person
from backend.casework.errors import FactRefused
from backend.casework.facts import check_reason, check_text, in_words, where_lived
from backend.casework.gate import carry_out, open_case
from backend.grammar.moments import day_of
from backend.records.models import Child
from workflows.reviews.actions.pieces import day_of_review
from workflows.reviews.checks import (
    check_can_convene,
    check_day,
    check_none_on_its_way,
)
from workflows.reviews.models import (
    Review,
)


def convene_review(
    *,
    child: Child,
    convened_for: date,
    by: Person,
    at: datetime,
    convened_on: date | None = None,
    venue: str = "",
) -> Review:
    """This will convene a review for a day; the IRO who is allocated to the child chairs it.

    :raises NotAllowed: the person does not convene this child's reviews.
    :raises FactRefused: the days cannot be true, or the child is not looked after.
    :raises UnableToConveneReview: no IRO is allocated, or a review is already on its way.
    """
    convened_on = convened_on or day_of(at)
    check_text(venue, "venue", longest=200)

    def check(case: Review) -> None:
        check_can_convene(child, convened_on, convened_for, at)
        check_none_on_its_way(case)

    return open_case(
        Review(child=child, placement=where_lived(child, day_of(at))),
        "convene",
        by=by,
        at=at,
        facts={"convened_on": convened_on, "convened_for": convened_for, "venue": venue},
        carries={"on": in_words(convened_for)},
        check=check,
    )


def rearrange_review(
    *,
    review: Review,
    convened_for: date,
    by: Person,
    at: datetime,
    venue: str | None = None,
    expects: int | None = None,
) -> Review:
    """This will move a review to another day.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: a day that has passed, before it was convened, or too far away.
    """
    if convened_for < day_of(at):
        raise FactRefused("Choose a day that has not passed.", field="convened_for")
    check_day(convened_for, review.convened_on or convened_for, at)
    check_text(venue or "", "venue", longest=200)
    before = review.convened_for
    return carry_out(
        review,
        "rearrange",
        by=by,
        at=at,
        facts={
            "convened_for": convened_for,
            "venue": review.venue if venue is None else venue,
        },
        carries={"before": in_words(before) if before else "", "on": in_words(convened_for)},
        expects=expects,
    )


def cancel_review(
    *, review: Review, reason: str, by: Person, at: datetime, expects: int | None = None
) -> Review:
    """This will call a review off; what the law wants and by when stays as it is.

    :raises NotAllowed, NotNow, MovedOn, FactRefused: as the gate says; no reason.
    """
    reason = check_reason(reason, "Say why the review is called off.")
    return carry_out(
        review,
        "cancel",
        by=by,
        at=at,
        facts={"reason": reason},
        carries={"on": day_of_review(review)},
        expects=expects,
    )
