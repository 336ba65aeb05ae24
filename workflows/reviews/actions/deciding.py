"""Decisions: issued, answered, recorded, sent out, carried out."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from backend.access.models import Person
from backend.casework.errors import FactRefused
from backend.casework.facts import check_reason, check_text, in_words
from backend.casework.gate import carry_out
from backend.grammar.moments import day_of
from workflows.reviews.actions.pieces import day_after, day_of_review
from workflows.reviews.checks import (
    check_answers,
    check_closing,
    check_decisions,
    check_past,
)
from workflows.reviews.models import (
    Decision,
    Review,
)


def issue_decisions(
    *,
    review: Review,
    answers: Mapping[str, Any],
    decisions: Iterable[Mapping[str, Any]],
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Review:
    """This will issue a review's decisions, with the IRO's answers about the plan and distance.

    The manager is told at once, and so has received them that day unless another is given.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: a decision without owner, date or the child's part; no answer about the
        plan or living nearer home; a next review later than the law allows.
    """
    facts: dict[str, Any] = {"decisions_issued_on": day_of(at), **answers}
    facts.setdefault("manager_received_on", facts["decisions_issued_on"])
    rows: list[dict[str, Any]] = []
    told = list(decisions)

    def check(case: Review) -> None:
        check_answers(case, facts, at)
        rows.extend(check_decisions(case, told, at))

    def write(case: Review) -> None:
        Decision.objects.bulk_create([Decision(review=case, **row) for row in rows])

    return carry_out(
        review,
        "decide",
        by=by,
        at=at,
        facts=facts,
        carries={
            "decisions": "1 decision" if len(told) == 1 else f"{len(told)} decisions",
            "on": in_words(facts["decisions_issued_on"]),
            "endorses": "endorses" if facts.get("is_plan_endorsed") else "does not endorse",
        },
        check=check,
        then=write,
        expects=expects,
    )


def answer_decisions(
    *,
    review: Review,
    agrees: bool,
    by: Person,
    at: datetime,
    answer: str = "",
    expects: int | None = None,
) -> Review:
    """This will record whether the manager agrees the decisions, or disputes them and why.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: a dispute without its reason.
    """
    if agrees:
        check_text(answer, "answer")
    else:
        answer = check_reason(answer, "Say what you dispute, and why.", field="answer")
    return carry_out(
        review,
        "agree" if agrees else "dispute",
        by=by,
        at=at,
        facts={"manager_id": by.pk, "manager_answered_on": day_of(at), "manager_answer": answer},
        carries={"on": in_words(day_of(at))},
        expects=expects,
    )


def record_review(
    *,
    review: Review,
    discussion: str,
    was_told_of_rights: bool,
    by: Person,
    at: datetime,
    plan_changes: str = "",
    recorded_on: date | None = None,
    expects: int | None = None,
) -> Review:
    """This will complete the full record of a review.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: no record, or a day that cannot be true.
    """
    discussion = check_reason(discussion, "Write the record of the review.", field="discussion")
    check_text(plan_changes, "plan_changes")
    day = day_after(review, recorded_on, at, "recorded_on")
    return carry_out(
        review,
        "record",
        by=by,
        at=at,
        facts={
            "discussion": discussion,
            "plan_changes": plan_changes,
            "was_told_of_rights": was_told_of_rights,
            "recorded_on": day,
        },
        carries={"on": in_words(day)},
        expects=expects,
    )


def circulate_review(
    *,
    review: Review,
    circulated_to: str,
    child_version: str,
    by: Person,
    at: datetime,
    circulated_on: date | None = None,
    expects: int | None = None,
) -> Review:
    """This will record to whom the record was sent, and how the child was given the decisions.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: nobody, or nothing about the child.
    """
    to = check_reason(circulated_to, "Say to whom it was sent.", field="circulated_to")
    child_version = check_reason(
        child_version,
        "Say how the child was given the decisions, or why they were not.",
        field="child_version",
    )
    day = day_after(review, circulated_on, at, "circulated_on")
    return carry_out(
        review,
        "circulate",
        by=by,
        at=at,
        facts={"circulated_to": to, "child_version": child_version, "circulated_on": day},
        carries={"on": in_words(day)},
        expects=expects,
    )


def close_review(
    *, review: Review, by: Person, at: datetime, settled_how: str = "", expects: int | None = None
) -> Review:
    """This will close a review whose record has been sent out.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises UnableToCloseReview: everything known came from the home, or the manager's answer
        is still awaited.
    :raises FactRefused: a dispute, without how it was settled.
    """
    check_text(settled_how, "settled_how")
    return carry_out(
        review,
        "close",
        by=by,
        at=at,
        facts={"closed_on": day_of(at), "settled_how": settled_how.strip()},
        carries={"on": day_of_review(review)},
        check=lambda case: check_closing(case, settled_how, day_of(at)),
        expects=expects,
    )


def complete_decision(
    *,
    decision: Decision,
    done_on: date,
    done_how: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Decision:
    """This will record that a decision was carried out, and how.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: a day in the future or before the review, no account of it, or done.
    """
    done_how = check_reason(done_how, "Say what was done.", field="done_how")
    check_past(done_on, at, "done_on", "It cannot have been done in the future.")
    rows: list[Decision] = []

    def check(case: Review) -> None:
        row = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk, review=case)
        if row.done_on is not None:
            raise FactRefused(f"This was already recorded as done on {in_words(row.done_on)}.")
        if case.opened_on is not None and done_on < case.opened_on:
            raise FactRefused("It cannot have been done before the review.", field="done_on")
        rows.append(row)

    def write(case: Review) -> None:
        rows[0].done_on, rows[0].done_how = done_on, done_how
        rows[0].save(update_fields=["done_on", "done_how"])

    carry_out(
        decision.review,
        "complete",
        by=by,
        at=at,
        carries={"on": in_words(done_on)},
        check=check,
        then=write,
        expects=expects,
    )
    return rows[0]
