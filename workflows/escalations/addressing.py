"""To whom a concern goes at a level: looked up on the day, and kept as it was found."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

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
#: At which level those with a part in any authority stand, where the directory names nobody.
LEVEL_OF = {
    Role.HOST_OFFICER: Level.PRACTITIONER,
    Role.SERVICE_MANAGER: Level.SERVICE_MANAGER,
    Role.DIRECTOR: Level.DIRECTOR,
    Role.LADO: Level.LADO,
}


@dataclass(frozen=True)
class Named:
    """Somebody at a level; without an account they can be called, not told."""

    person: Person | None
    name: str
    job: str
    phone: str = ""
    email: str = ""


#: Who is asked, by the code of an authority or the number of a home, and by level.
Answering = Mapping[tuple[str | int, Level], list[Named]]


def who_answers(authorities: Iterable[str], settings: Iterable[int], on: date) -> Answering:
    """Who is asked at each level of these authorities and homes, for no child in particular:
    those whom the directory names, else those with the part. In two queries."""
    codes, homes = set(authorities), set(settings)
    named: dict[tuple[str | int, Level], list[Named]] = defaultdict(list)
    for row in standing_contacts().filter(Q(authority__in=codes) | Q(setting__in=homes)):
        level = Level(row.level)
        named[row.authority_id or row.setting_id or 0, level].append(
            Named(row.account_in_use(), row.name, row.job or level.label, row.phone, row.email)
        )
    by_part: dict[tuple[str | int, Level], list[Named]] = defaultdict(list)
    held = RoleAssignment.objects.filter(current(on), person__is_active=True).filter(
        Q(authority__in=codes, role__in=LEVEL_OF)
        | Q(setting__in=homes, role=Role.REGISTERED_MANAGER)
    )
    for part in held.select_related("person").order_by("person__name", "person"):
        role = Role(part.role)
        level = LEVEL_OF.get(role, Level.PRACTITIONER)
        by_part[part.authority_id or part.setting_id or 0, level].append(
            Named(part.person, part.person.name, LABELS[role])
        )
    return {**by_part, **named}


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
    if authority is not None:
        return who_answers([authority.pk], [], on).get((authority.pk, level), [])
    if setting is not None:
        return who_answers([], [setting.pk], on).get((setting.pk, level), [])
    return []


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
