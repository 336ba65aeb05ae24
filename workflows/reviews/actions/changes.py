"""Changes of the care plan that a review considers first."""

from datetime import date, datetime

from django.db import transaction

from backend.access.models import Person
from backend.casework.case import lock_child
from backend.casework.errors import FactRefused
from backend.casework.facts import check_reason, check_text, in_words
from backend.casework.gate import require_part
from backend.casework.placing import PLACES_CHILDREN, Move
from backend.deadlines.recalculate import recalculate
from backend.events.models import Event
from backend.events.record import Actor, record
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.notify.tell import Telling, tell
from backend.records.models import Child, Placement
from workflows.reviews import events
from workflows.reviews.models import (
    ProposedChange,
    Review,
)
from workflows.reviews.table import AUTHORITY, MANAGERS, TOOK_PLACE

ASKS_EARLY = (Role.IRO, Role.SOCIAL_WORKER, Role.TEAM_MANAGER)


@transaction.atomic
def propose_change(
    *,
    child: Child,
    what: str,
    by: Person,
    at: datetime,
    is_move: bool = False,
    planned_for: date | None = None,
) -> ProposedChange:
    """This will record a significant change to the care plan that a review is to consider.

    :raises NotAllowed: the person does not plan this child's care.
    :raises FactRefused: no words, or a planned day that has passed.
    """
    require_part(by, child, ASKS_EARLY, at, doing="propose a change to this child's plan")
    what = check_reason(what, "Say what is to change.", field="what")
    if planned_for is not None and planned_for < day_of(at):
        raise FactRefused("The planned day has passed.", field="planned_for")
    change = ProposedChange.objects.create(
        child=child,
        what=what,
        is_move=is_move,
        planned_for=planned_for,
        proposed_on=day_of(at),
        proposed_by=by,
    )
    recalculate([child.pk], by=by, at=at)
    event = _record_about_change(events.CHANGE_PROPOSED, change, by, at)
    tell([Telling(event, (Role.IRO, Role.TEAM_MANAGER))], at=at)
    return change


@transaction.atomic
def consider_change(
    *,
    change: ProposedChange,
    review: Review,
    outcome: str,
    why: str,
    by: Person,
    at: datetime,
) -> ProposedChange:
    """This will record what a review made of a proposed change.

    :raises NotAllowed: only the IRO records what the review made of it.
    :raises FactRefused: another child's review, one that was not held, or settled already.
    """
    require_part(by, change.child, (Role.IRO,), at, doing="record what the review made of this")
    why = check_reason(why, "Say why.", field="why")
    change = _lock_change(change)
    if review.child_id != change.child_id or review.state not in TOOK_PLACE:
        raise FactRefused("Choose a review of this child that was held.", field="review")
    change.considered_at, change.outcome, change.outcome_why = review, outcome, why
    change.save(update_fields=["considered_at", "outcome", "outcome_why"])
    recalculate([change.child_id], by=by, at=at)
    event = _record_about_change(
        events.CHANGE_CONSIDERED,
        change,
        by,
        at,
        outcome=ProposedChange.Outcome(outcome).label.lower(),
    )
    tell([Telling(event, AUTHORITY)], at=at)
    return change


@transaction.atomic
def excuse_change(*, change: ProposedChange, why: str, by: Person, at: datetime) -> ProposedChange:
    """This will record why considering a change at a review first was not practicable.

    :raises NotAllowed: only a manager of the placing authority decides so.
    :raises FactRefused: no reason, or settled already.
    """
    require_part(by, change.child, MANAGERS, at, doing="let this go ahead without a review")
    why = check_reason(
        why, "Say why considering this at a review first was not reasonably practicable.",
        field="why",
    )  # fmt: skip
    change = _lock_change(change)
    change.not_practicable_why, change.excused_by, change.excused_on = why, by, day_of(at)
    change.save(update_fields=["not_practicable_why", "excused_by", "excused_on"])
    recalculate([change.child_id], by=by, at=at)
    event = _record_about_change(events.CHANGE_EXCUSED, change, by, at)
    tell([Telling(event, (Role.IRO, Role.IRO_MANAGER))], at=at)
    return change


def answer_for_move(move: Move, by: Person, at: datetime) -> None:
    """This will answer for a move at the moment when it is recorded."""
    account_for_move(
        placement=move.starts,
        considered=move.considered,
        not_considered_why=move.not_considered_why,
        by=by,
        at=at,
    )


@transaction.atomic
def account_for_move(
    *,
    placement: Placement,
    by: Person,
    at: datetime,
    considered: int | None = None,
    not_considered_why: str = "",
) -> ProposedChange:
    """This will tie a move to the change that a review considered first, or keep why none did.

    :raises NotAllowed: the person does not place this child.
    :raises FactRefused: neither or both, a change that no review considered, or answered already.
    """
    child = lock_child(placement.child_id)
    require_part(by, child, PLACES_CHILDREN, at, doing="say what a review made of this move")
    if ProposedChange.objects.filter(led_to=placement).exists():
        raise FactRefused("This is already recorded for this move.")
    why = check_text(not_considered_why, "not_considered_why").strip()
    if considered is not None and why:
        raise FactRefused(
            "Choose the change that was considered, or say why none was, not both.",
            field="considered",
        )
    if considered is not None:
        change = _considered_before(placement, considered)
        change.led_to = placement
        change.save(update_fields=["led_to"])
        _record_about_change(events.CHANGE_CARRIED_OUT, change, by, at)
    elif why:
        change = ProposedChange.objects.create(
            child=child,
            what=f"Move to {placement.where} on {in_words(placement.started_on)}",
            is_move=True,
            proposed_on=day_of(at),
            proposed_by=by,
            not_practicable_why=why,
            excused_by=by,
            excused_on=day_of(at),
            led_to=placement,
        )
        event = _record_about_change(events.MOVE_NOT_CONSIDERED, change, by, at)
        tell([Telling(event, (Role.IRO, Role.IRO_MANAGER, Role.TEAM_MANAGER))], at=at)
    else:
        raise FactRefused(
            "A review considers a move first. Choose the change that a review considered, or say "
            "why considering it first was not reasonably practicable.",
            field="considered",
        )
    recalculate([child.pk], by=by, at=at)
    return change


def _considered_before(placement: Placement, number: int) -> ProposedChange:
    """:raises FactRefused: not a move of this child that a review considered before it."""
    change = (
        ProposedChange.objects.select_for_update(of=("self",))
        .select_related("considered_at")
        .filter(pk=number, child=placement.child_id, is_move=True)
        .first()
    )
    refused = ""
    if change is None:
        refused = "There is no such proposed move of this child."
    elif change.led_to_id is not None:
        refused = "This proposed move has already led to another placement."
    elif change.is_open:
        refused = "No review has considered this proposed move yet."
    elif change.considered_at is not None and (
        change.considered_at.opened_on is None
        or change.considered_at.opened_on > placement.started_on
    ):
        refused = "The review that considered this was held after the move."
    if change is None or refused:
        raise FactRefused(refused, field="considered")
    return change


def _lock_change(change: ProposedChange) -> ProposedChange:
    lock_child(change.child_id)
    change = ProposedChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
    if not change.is_open:
        raise FactRefused("This change has already been considered or excused.")
    return change


def _record_about_change(
    name: str, change: ProposedChange, by: Actor, at: datetime, **carries: str
) -> Event:
    return record(
        name,
        by=by,
        at=at,
        about=f"proposed-changes/{change.pk}",
        child_id=change.child_id,
        carries={"on": in_words(change.proposed_on), **carries},
    )
