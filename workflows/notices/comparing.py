"""Where what an authority says of a child's placement differs from what the home says."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from workflows.notices.rules import said_by

HOME_SILENT = "home_silent"
NOT_PLACED = "not_placed"
HOST_NOT_TOLD = "host_not_told"
START_DIFFERS = "start_differs"
END_DIFFERS = "end_differs"
DISCHARGE_MISSING = "discharge_missing"
END_MISSING = "end_missing"
UNKNOWN_DISCHARGE = "unknown_discharge"


@dataclass(frozen=True, slots=True)
class Placed:
    """A placement in a home, as the placing authority has it."""

    id: int
    child: int
    started_on: date
    ended_on: date | None = None
    came_from_same_home: bool = False
    stays_in_same_home: bool = False
    host_was_told: bool = True


@dataclass(frozen=True, slots=True)
class Said:
    """A home's notice, and the placement it was matched with."""

    id: int
    is_admission: bool
    happened_on: date
    placement: int | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which the two do not agree; the key holds the facts that differ."""

    kind: str
    key: str
    placement: int | None = None
    child: int | None = None
    said: int | None = None


def differences(placed: Iterable[Placed], said: Iterable[Said], on: date) -> list[Difference]:
    """Everything in which the two sources of one home differ on a day.

    A home has a working day to say that a child came or left before its silence counts.
    """
    notices = list(said)
    came = {each.placement: each for each in notices if each.is_admission and each.placement}
    left = {each.placement: each for each in notices if not each.is_admission and each.placement}
    found = [
        difference
        for each in placed
        for difference in (
            *of_arrival(each, came.get(each.id), on),
            *of_leaving(each, came.get(each.id), left.get(each.id), on),
        )
    ]
    for notice in notices:
        if notice.placement is None:
            kind = NOT_PLACED if notice.is_admission else UNKNOWN_DISCHARGE
            found.append(Difference(kind, f"{kind}:n{notice.id}", said=notice.id))
    return found


def of_arrival(placed: Placed, came: Said | None, on: date) -> Iterator[Difference]:
    if came is None:
        if not placed.came_from_same_home and on > said_by(placed.started_on):
            yield about(HOME_SILENT, placed)
        return
    if came.happened_on != placed.started_on:
        yield about(START_DIFFERS, placed, came, placed.started_on)
    if not placed.host_was_told:
        yield about(HOST_NOT_TOLD, placed, came)


def of_leaving(
    placed: Placed, came: Said | None, left: Said | None, on: date
) -> Iterator[Difference]:
    if placed.ended_on is None:
        if left is not None:
            yield about(END_MISSING, placed, left)
        return
    if left is None:
        was_here = came is not None or placed.came_from_same_home
        if was_here and not placed.stays_in_same_home and on > said_by(placed.ended_on):
            yield about(DISCHARGE_MISSING, placed, day=placed.ended_on)
    elif left.happened_on != placed.ended_on:
        yield about(END_DIFFERS, placed, left, placed.ended_on)


def about(
    kind: str, placed: Placed, said: Said | None = None, day: date | None = None
) -> Difference:
    facts = [f"p{placed.id}"]
    if said is not None:
        facts += [f"n{said.id}", f"{said.happened_on}"]
    if day is not None:
        facts.append(f"{day}")
    return Difference(
        kind,
        f"{kind}:{':'.join(facts)}",
        placement=placed.id,
        child=placed.child,
        said=said.id if said else None,
    )
