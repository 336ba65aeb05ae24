"""To whom a concern goes at a level: looked up on the day, and kept as it was found."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from backend.access.models import Person, RoleAssignment
from backend.access.parts import current, people_playing
from backend.grammar.roles import LABELS, Role
from backend.records.models import Authority, Setting
from workflows.escalations.ladders import Level, Rung
from workflows.escalations.models import Escalation, Kind, Side
from workflows.escalations.queries import standing_contacts

#: Who stands at a level for one child, in the authority that placed them.
FOR_THE_CHILD = {
    Level.PRACTITIONER: Role.SOCIAL_WORKER,
    Level.TEAM_MANAGER: Role.TEAM_MANAGER,
    Level.SERVICE_MANAGER: Role.SERVICE_MANAGER,
    Level.DIRECTOR: Role.DIRECTOR,
}
#: Who stands at a level in any authority, where the directory names nobody.
IN_AN_AUTHORITY = {
    Level.PRACTITIONER: Role.HOST_OFFICER,
    Level.SERVICE_MANAGER: Role.SERVICE_MANAGER,
    Level.DIRECTOR: Role.DIRECTOR,
    Level.LADO: Role.LADO,
}


@dataclass(frozen=True)
class Named:
    """Somebody at a level; without an account they can be called, not told."""

    person: Person | None
    name: str
    job: str
    phone: str = ""
    email: str = ""


def people_at(case: Escalation, rung: Rung, side: Side, on: date) -> list[Named]:
    """Who is at a rung on one side, each once: those of the child, else those whom the directory
    names, else those with the part. Whoever raised it is never asked."""
    found: dict[object, Named] = {}
    for level in rung.levels:
        for named in _at(case, level, side, on):
            if named.person is not None and named.person.pk == case.raised_by_id:
                continue
            found.setdefault(named.person.pk if named.person else named.name, named)
    return list(found.values())


def _at(case: Escalation, level: Level, side: Side, on: date) -> list[Named]:
    if side == Side.RAISING and level == Level.PRACTITIONER:
        # On that side it is whoever raised it.
        return []
    if side == Side.RAISING and case.kind == Kind.IRO_DISPUTE:
        return list(_of_child(case, Role.IRO_MANAGER, on))
    authority, setting = _place(case, side)
    if _is_placing(case, authority) and level in FOR_THE_CHILD:
        of_child = list(_of_child(case, FOR_THE_CHILD[level], on))
        if of_child:
            return of_child
    return list(_of_directory(level, authority, setting)) or list(
        _with_part(level, authority, setting, on)
    )


def _is_placing(case: Escalation, authority: Authority | None) -> bool:
    """Whether this is the authority that placed the child."""
    return (
        authority is not None and case.child is not None and case.child.authority_id == authority.pk
    )


def _place(case: Escalation, side: Side) -> tuple[Authority | None, Setting | None]:
    if side == Side.RAISING:
        return case.from_authority, case.from_setting
    return case.to_authority, case.to_setting


def _of_child(case: Escalation, role: Role, on: date) -> Iterator[Named]:
    assert case.child is not None
    for person, found in people_playing((role,), case.child, on):
        yield Named(person, person.name, LABELS[found])


def _of_directory(
    level: Level, authority: Authority | None, setting: Setting | None
) -> Iterator[Named]:
    if authority is None and setting is None:
        return
    rows = standing_contacts().filter(level=level, authority=authority, setting=setting)
    for row in rows:
        yield Named(row.account_in_use(), row.name, row.job or level.label, row.phone, row.email)


def _with_part(
    level: Level, authority: Authority | None, setting: Setting | None, on: date
) -> Iterator[Named]:
    held = RoleAssignment.objects.filter(current(on), person__is_active=True)
    if authority is not None and level in IN_AN_AUTHORITY:
        held = held.filter(role=IN_AN_AUTHORITY[level], authority=authority)
    elif setting is not None and level == Level.PRACTITIONER:
        held = held.filter(role=Role.REGISTERED_MANAGER, setting=setting)
    else:
        return
    for row in held.select_related("person").order_by("person__name", "person"):
        yield Named(row.person, row.person.name, LABELS[Role(row.role)])
