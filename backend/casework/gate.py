"""The one gate through which every change of a case goes, always in the same order."""

from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction

from backend.access.models import Person
from backend.access.parts import parts_of
from backend.casework.case import Matter
from backend.casework.errors import MovedOn, NotAllowed, NotNow
from backend.events.models import Event
from backend.events.record import CLOCK, Clock, record
from backend.grammar.moments import LONDON, day_of
from backend.grammar.roles import LABELS, Role
from backend.grammar.table import Step
from backend.notify.models import Way
from backend.notify.tell import Telling, Told, tell
from backend.records.models import Child

By = Person | Clock
AnyCase = TypeVar("AnyCase", bound=Matter)


def parts_played(by: By, child: Child, at: datetime) -> frozenset[Role]:
    """The parts that the actor plays for a child at a moment; the clock plays its own."""
    return frozenset({Role.CLOCK}) if by == CLOCK else parts_of(by, child, day_of(at))  # type: ignore[arg-type]


def require_part(by: By, child: Child, roles: Iterable[Role], at: datetime, doing: str) -> None:
    """Refuses a person who plays none of these parts for the child.

    :raises NotAllowed: with who may, in words.
    """
    wanted = tuple(roles)
    if by == CLOCK or parts_played(by, child, at) & set(wanted):
        return
    allowed = _either([LABELS[role] for role in wanted if role != Role.CLOCK])
    raise NotAllowed(f"You cannot {doing}. This can be done by the child's {allowed}.")


def require_part_in(case: Matter, by: By, roles: Iterable[Role], at: datetime, doing: str) -> None:
    """Refuses a person who plays none of these parts in a case.

    :raises NotAllowed: with who may, in words.
    """
    wanted = tuple(roles)
    if by == CLOCK or case.parts_of(by, day_of(at)) & set(wanted):  # type: ignore[arg-type]
        return
    allowed = _either([LABELS[role] for role in wanted if role != Role.CLOCK])
    raise NotAllowed(f"You cannot {doing}. This can be done by {whose(case)}{allowed}.")


def whose(case: Matter) -> str:
    """Before the parts of those who may: "the child's" social worker, or nobody's."""
    return "the child's " if case.concerns_child_id and not case.hears_as else ""


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


@transaction.atomic
def carry_out(
    case: AnyCase,
    step: str,
    *,
    by: By,
    at: datetime,
    facts: Mapping[str, Any] | None = None,
    carries: Mapping[str, Any] | None = None,
    check: Callable[[AnyCase], None] | None = None,
    then: Callable[[AnyCase], None] | None = None,
    expects: int | None = None,
    tells: tuple[Role, ...] | None = None,
    also: Collection[Way] = (),
    heard: Callable[[AnyCase, Event, Told], None] | None = None,
) -> AnyCase:
    """This will take one step of a case: lock, may, change, clock, record, tell. All or nothing.

    ``check`` looks at the locked case and raises when the step cannot be taken now;
    ``then`` writes rows that belong to the case, before deadlines are counted again;
    ``expects`` is the version the person was looking at; ``tells`` names who is told where the
    case itself decides it, ``also`` the ways that are taken besides those each person prefers,
    and ``heard`` is given who was told, and whether nobody could be.

    :raises NotAllowed: nobody gave this person the part that the table asks for.
    :raises NotNow: the case is in another state; the reason says who changed it and when.
    :raises MovedOn: the case changed since the person read it.
    """
    row = case.TABLE[step]
    case.lock()
    locked: AnyCase = type(case)._default_manager.select_for_update(of=("self",)).get(pk=case.pk)
    _require(row, locked, by, at)
    if expects is not None and locked.version != expects:
        raise MovedOn(_what_happened(locked) or "This changed while you were looking at it.")
    if locked.state not in row.when:
        raise NotNow(_not_now(row, locked))
    if check is not None:
        check(locked)
    getattr(locked, step)(**(facts or {}))
    locked.version += 1
    locked.save()
    if then is not None:
        then(locked)
    locked.count_again(by=by, at=at)
    event, told = _record_and_tell(row, locked, by, at, carries or {}, tells, also)
    if heard is not None:
        heard(locked, event, told)
    return locked


@transaction.atomic
def open_case(
    case: AnyCase,
    step: str,
    *,
    by: By,
    at: datetime,
    **how: Any,
) -> AnyCase:
    """This will open a new case by taking its first step through the gate.

    :raises NotAllowed: as ``carry_out``; nothing is written then.
    """
    case.lock()
    case.opened_at = at
    case.save(force_insert=True)
    return carry_out(case, step, by=by, at=at, **how)


def may_take(case: Matter, parts: frozenset[Role]) -> tuple[Step, ...]:
    """The steps that somebody with these parts may take from where the case stands."""
    return tuple(row for row in case.possible() if parts & set(row.who))


def _require(row: Step, case: Matter, by: By, at: datetime) -> None:
    if by == CLOCK and Role.CLOCK not in row.who:
        raise NotAllowed(f"The clock does not take the step {row.name}.")
    require_part_in(case, by, row.who, at, doing=f"take the step “{row.words.lower()}” here")


def _not_now(row: Step, case: Matter) -> str:
    happened = _what_happened(case)
    state = f"This is now: {case.stands_at.label.lower()}."
    return " ".join(filter(None, (happened, state, f"“{row.words}” is not possible any more.")))


def _what_happened(case: Matter) -> str:
    last = Event.objects.filter(about=case.about).order_by("-pk").first()
    if last is None:
        return ""
    when = last.at.astimezone(LONDON)
    return f"{last.sentence} ({last.by_name}, {when:%H:%M on %-d %B %Y})"


def _record_and_tell(
    row: Step,
    case: Matter,
    by: By,
    at: datetime,
    carries: Mapping[str, Any],
    tells: tuple[Role, ...] | None,
    also: Collection[Way],
) -> tuple[Event, Told]:
    event = record(
        f"{case.TABLE.room}.{row.event}",
        by=by,
        at=at,
        about=case.about,
        child_id=case.concerns_child_id,
        setting_id=case.concerns_setting_id,
        carries=carries,
    )
    roles = row.tells if tells is None else tells
    return event, tell([Telling(event, roles, about=case.hears_as)], at=at, also=also)
