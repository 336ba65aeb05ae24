"""Putting a record right, in the open."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from backend.access.models import Person
from backend.casework.errors import FactRefused
from backend.casework.facts import check_reason, check_texts, in_words
from backend.casework.gate import carry_out
from workflows.reviews.actions.holding import OUTCOME
from workflows.reviews.actions.pieces import as_text, day_of_review
from workflows.reviews.checks import (
    check_opened,
    check_outcome,
    check_past,
)
from workflows.reviews.models import (
    Amendment,
    Review,
)

#: What may be put right later, when the record was wrong about a day or a text.
AMENDABLE = (
    "opened_on",
    "completed_on",
    "participation",
    "conveyed_by",
    "adjustments",
    "no_part_why",
    "no_part_change",
    "advocate_why_not",
    "heard_words",
    "not_heard_why",
    "endorsement_why",
    "could_live_nearer_why",
    "discussion",
    "plan_changes",
    "child_version",
)
MUST_STAY = ("heard_words", "endorsement_why", "could_live_nearer_why", "discussion")


def amend_review(
    *,
    review: Review,
    changes: Mapping[str, Any],
    why: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Review:
    """This will change what a record says, keeping each text as it stood before.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: no reason, nothing changed, a fact that is not amended this way, or one
        that cannot be true.
    """
    why = check_reason(why, "Say why the record is amended.", field="why")
    for name in changes:
        if name not in AMENDABLE:
            raise FactRefused(
                "This cannot be amended. Mark the review as entered in error and record it again.",
                field=name,
            )
    check_texts(changes)
    kept: list[Amendment] = []

    def keep(case: Review) -> None:
        kept.extend(
            Amendment(
                review=case,
                field=name,
                before=as_text(getattr(case, name)),
                after=as_text(value),
                why=why,
                by=by,
                at=at,
            )
            for name, value in changes.items()
            if getattr(case, name) != value
        )
        if not kept:
            raise FactRefused("Nothing was changed.")
        _check_amended(case, changes, at)

    def write(case: Review) -> None:
        Amendment.objects.bulk_create(kept)

    facts = dict(changes)
    if changes.get("opened_on") and review.completed_on == review.opened_on:
        facts.setdefault("completed_on", changes["opened_on"])
    return carry_out(
        review,
        "amend",
        by=by,
        at=at,
        facts=facts,
        carries={"on": day_of_review(review)},
        check=keep,
        then=write,
        expects=expects,
    )


def _check_amended(case: Review, changes: Mapping[str, Any], at: datetime) -> None:
    """The amended record must be as whole as a new one."""
    for name in MUST_STAY:
        if name in changes and getattr(case, name) and not changes[name].strip():
            raise FactRefused("A record cannot be emptied.", field=name)
    opened_on = changes.get("opened_on", case.opened_on)
    moved_whole = case.completed_on == case.opened_on and "completed_on" not in changes
    completed_on = opened_on if moved_whole else changes.get("completed_on", case.completed_on)
    if opened_on is None or completed_on is None:
        raise FactRefused("A review that was held has its day.", field="opened_on")
    if opened_on != case.opened_on:
        check_opened(case, opened_on, at)
    check_past(completed_on, at, "completed_on", "It cannot have been completed in the future.")
    if completed_on < opened_on:
        raise FactRefused("It cannot be completed before it opened.", field="completed_on")
    if case.decisions_issued_on is not None and case.decisions_issued_on < completed_on:
        raise FactRefused(
            f"Its decisions were issued on {in_words(case.decisions_issued_on)}.",
            field="completed_on",
        )
    if not case.is_historic:
        outcome = {name: getattr(case, name) for name in OUTCOME}
        check_outcome(case.child, opened_on, {**outcome, **changes})


def void_review(
    *, review: Review, reason: str, by: Person, at: datetime, expects: int | None = None
) -> Review:
    """This will mark a review as entered in error; it stays, and meets no deadline any more.

    :raises NotAllowed, NotNow, MovedOn, FactRefused: as the gate says; no reason.
    """
    reason = check_reason(reason, "Say what was entered in error.")
    return carry_out(
        review,
        "void",
        by=by,
        at=at,
        facts={"reason": reason},
        carries={"on": day_of_review(review)},
        expects=expects,
    )
