"""Where a child lives and under which law: the facts from which every clock is counted."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from backend.access.grants import derive_for_children
from backend.access.models import Person
from backend.casework.case import lock_child
from backend.casework.errors import FactRefused
from backend.casework.gate import By, require_part
from backend.deadlines.recalculate import recalculate
from backend.events.models import Event
from backend.events.record import record
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.notify.tell import Telling, tell
from backend.records.codes import PlacementBasis
from backend.records.geography import put_distance_on
from backend.records.models import Child, LegalStatus, PeriodOfCare, Placement

PLACES_CHILDREN = (Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.SERVICE_MANAGER)
HEARS_OF_MOVES = (Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.IRO)


@dataclass(frozen=True, slots=True)
class Move:
    """A child goes from one placement to another within one period of care.

    ``considered`` is the number of what a review considered first, as its room counts;
    without it, ``not_considered_why`` says why none did.
    """

    leaves: Placement
    starts: Placement
    considered: int | None
    not_considered_why: str


BeforeAMove = Callable[[Move, Person, datetime], None]
_asks_before_a_move: dict[str, BeforeAMove] = {}


def install_before_a_move(room: str, ask: BeforeAMove) -> None:
    """Lets a room refuse a move that a person records, in the transaction of the move."""
    _asks_before_a_move[room] = ask


def in_words(day: date) -> str:
    return f"{day:%-d %B %Y}"


@transaction.atomic
def place_child(
    *,
    child: Child,
    started_on: date,
    place: str,
    by: By,
    at: datetime,
    legal_status: str = "",
    considered: int | None = None,
    not_considered_why: str = "",
    **facts: Any,
) -> Placement:
    """This will record that a child lives somewhere new, ending the open placement that day.

    A child who was not looked after begins a period of care, unless the basis of the
    placement says that they are not looked after there. A person who moves a child in care
    says which change a review considered first, or why none did.

    :raises NotAllowed: the person does not place this child.
    :raises FactRefused: the dates or codes cannot be true, or a move is not accounted for.
    """
    require_part(by, child, PLACES_CHILDREN, at, doing="record a placement for this child")
    child = lock_child(child.pk)
    if started_on > day_of(at):
        raise FactRefused("A placement cannot start in the future.", field="started_on")
    if started_on < child.date_of_birth:
        raise FactRefused("The placement starts before the child was born.", field="started_on")
    placement = Placement(
        child=child, started_on=started_on, place=place, home_postcode=child.home_postcode, **facts
    )
    before = child.placements.filter(ended_on__isnull=True, is_temporary=False).first()
    if before is not None and not placement.is_temporary:
        _end(before, started_on, by, at)
    if placement.is_looked_after:
        placement.period_of_care = _looked_after_from(child, started_on, legal_status, by, at)
    put_distance_on(placement)
    _save(placement)
    leaves = left_for(placement)
    if leaves is not None and isinstance(by, Person):
        for ask in _asks_before_a_move.values():
            ask(Move(leaves, placement, considered, not_considered_why), by, at)
    elif considered is not None or not_considered_why:
        raise FactRefused(
            "This is no move within care, so no review considers it first. Leave this out.",
            field="considered" if considered is not None else "not_considered_why",
        )
    event = record(
        "placements.started",
        by=by,
        at=at,
        about=f"placements/{placement.pk}",
        child_id=child.pk,
        setting_id=placement.setting_id,
        carries={"where": placement.where, "on": in_words(started_on)},
    )
    _follow(child, event, by, at)
    return placement


@transaction.atomic
def end_placement(
    *, placement: Placement, ended_on: date, by: By, at: datetime, reason: str = ""
) -> Placement:
    """This will record that a placement ended.

    :raises NotAllowed: the person does not place this child.
    :raises FactRefused: the end is before the start, in the future, or already recorded.
    """
    child = lock_child(placement.child_id)
    require_part(by, child, PLACES_CHILDREN, at, doing="end this placement")
    placement = Placement.objects.select_for_update().get(pk=placement.pk)
    if placement.ended_on is not None:
        raise FactRefused(f"This placement already ended on {in_words(placement.ended_on)}.")
    if ended_on > day_of(at):
        raise FactRefused("A placement cannot end in the future.", field="ended_on")
    placement.change_reason = reason
    event = _end(placement, ended_on, by, at)
    _follow(child, event, by, at)
    return placement


@transaction.atomic
def correct_placement(
    *, placement: Placement, changes: Mapping[str, Any], by: By, at: datetime
) -> Placement:
    """This will correct facts of a placement and count its deadlines again.

    :raises NotAllowed: the person does not place this child.
    :raises FactRefused: the corrected facts cannot be true.
    """
    child = lock_child(placement.child_id)
    require_part(by, child, PLACES_CHILDREN, at, doing="correct this placement")
    placement = Placement.objects.select_for_update().get(pk=placement.pk)
    for name, value in changes.items():
        setattr(placement, name, value)
    if placement.started_on < child.date_of_birth:
        raise FactRefused("The placement starts before the child was born.", field="started_on")
    for name in ("started_on", "ended_on"):
        if (getattr(placement, name) or placement.started_on) > day_of(at):
            raise FactRefused("A placement cannot start or end in the future.", field=name)
    put_distance_on(placement)
    _save(placement)
    names = [name.removeprefix("is_").replace("_", " ") for name in changes]
    event = record(
        "placements.corrected",
        by=by,
        at=at,
        about=f"placements/{placement.pk}",
        child_id=child.pk,
        setting_id=placement.setting_id,
        carries={"where": placement.where, "what": ", ".join(names)},
    )
    _follow(child, event, by, at)
    return placement


@transaction.atomic
def change_legal_status(
    *, child: Child, code: str, started_on: date, by: By, at: datetime
) -> LegalStatus:
    """This will record a new legal status, ending the one before it that day.

    :raises NotAllowed: the person does not place this child.
    :raises FactRefused: the dates or the code cannot be true.
    """
    require_part(by, child, PLACES_CHILDREN, at, doing="change this child's legal status")
    child = lock_child(child.pk)
    if started_on > day_of(at):
        raise FactRefused("A legal status cannot start in the future.", field="started_on")
    status = _set_legal_status(child, code, started_on, by, at)
    recalculate([child.pk], by=by, at=at)
    return status


@transaction.atomic
def end_care(
    *, child: Child, ended_on: date, reason: str, by: By, at: datetime, leaves: bool = True
) -> None:
    """This will end the period of care, the legal status and, unless the young person stays
    in the setting as an adult, the placement.

    :raises NotAllowed: the person does not place this child.
    :raises FactRefused: the child is not looked after, or the end is before the start.
    """
    require_part(by, child, PLACES_CHILDREN, at, doing="end this child's care")
    child = lock_child(child.pk)
    period = child.periods_of_care.filter(ended_on__isnull=True).first()
    if period is None:
        raise FactRefused("This child is not looked after now.")
    if ended_on > day_of(at):
        raise FactRefused("Care cannot end in the future.", field="ended_on")
    for status in child.legal_statuses.filter(ended_on__isnull=True):
        status.ended_on = ended_on
        _save(status)
    period.ended_on, period.end_reason = ended_on, reason
    _save(period)
    placement = child.placements.filter(ended_on__isnull=True, is_temporary=False).first()
    if placement is not None and leaves:
        _end(placement, ended_on, by, at)
    event = record(
        "care.ended",
        by=by,
        at=at,
        about=f"children/{child.pk}",
        child_id=child.pk,
        carries={"on": in_words(ended_on)},
    )
    _follow(child, event, by, at)


def left_for(placement: Placement) -> Placement | None:
    """The placement that a child in care left for this one; None when it is no move.

    A temporary stay is no move, and neither is the next of a series of short breaks.
    """
    if placement.is_temporary or placement.period_of_care is None:
        return None
    earlier = (
        placement.period_of_care.placements.filter(
            is_temporary=False, started_on__lte=placement.started_on
        )
        .exclude(pk=placement.pk)
        .order_by("-started_on", "-pk")
        .first()
    )
    if earlier is not None and earlier.basis == placement.basis == PlacementBasis.REG_48:
        return None
    return earlier


def would_move(child: Child) -> bool:
    """Whether a new placement of this child would be a move within care."""
    return child.placements.filter(
        is_temporary=False, period_of_care__isnull=False, period_of_care__ended_on__isnull=True
    ).exists()


def _looked_after_from(
    child: Child, started_on: date, legal_status: str, by: By, at: datetime
) -> PeriodOfCare:
    period = child.periods_of_care.filter(ended_on__isnull=True).first()
    if period is None:
        period = PeriodOfCare(child=child, started_on=started_on)
        _save(period)
        record(
            "care.began",
            by=by,
            at=at,
            about=f"children/{child.pk}",
            child_id=child.pk,
            carries={"on": in_words(started_on)},
        )
    standing = child.legal_statuses.filter(ended_on__isnull=True).first()
    if standing is None and not legal_status:
        raise FactRefused("Say under which legal status the child is placed.", field="legal_status")
    if legal_status and (standing is None or standing.code != legal_status):
        _set_legal_status(child, legal_status, started_on, by, at)
    return period


def _set_legal_status(
    child: Child, code: str, started_on: date, by: By, at: datetime
) -> LegalStatus:
    standing = child.legal_statuses.filter(ended_on__isnull=True).first()
    if standing is not None:
        standing.ended_on = started_on
        _save(standing)
    status = LegalStatus(
        child=child,
        code=code,
        started_on=started_on,
        period_of_care=child.periods_of_care.filter(ended_on__isnull=True).first(),
    )
    _save(status)
    record(
        "legal_status.changed",
        by=by,
        at=at,
        about=f"children/{child.pk}",
        child_id=child.pk,
        carries={"status": status.get_code_display(), "on": in_words(started_on)},
    )
    return status


def _end(placement: Placement, ended_on: date, by: By, at: datetime) -> Event:
    placement.ended_on = ended_on
    _save(placement)
    return record(
        "placements.ended",
        by=by,
        at=at,
        about=f"placements/{placement.pk}",
        child_id=placement.child_id,
        setting_id=placement.setting_id,
        carries={"where": placement.where, "on": in_words(ended_on)},
    )


def _save(row: models.Model) -> None:
    """Saves a spell after the checks that the database would make, with their words."""
    try:
        row.full_clean()
    except ValidationError as error:
        field, reasons = next(iter(error.message_dict.items()))
        raise FactRefused(reasons[0], field="" if field == "__all__" else field) from error
    row.save()


def _follow(child: Child, event: Event, by: By, at: datetime) -> None:
    """What must follow whenever a child's facts change: grants, clocks, and telling."""
    derive_for_children([child.pk], day_of(at))
    recalculate([child.pk], by=by, at=at)
    if event.kind.alert:
        tell([Telling(event, HEARS_OF_MOVES)], at=at)
