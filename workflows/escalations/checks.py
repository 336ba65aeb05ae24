"""May this concern be raised, answered or closed now? The state of things, never who."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backend.access.matters import is_matter, may_see
from backend.access.models import Person
from backend.access.parts import living_there, parts_of
from backend.access.visibility import child_ids_visible_to
from backend.casework.errors import FactRefused, NotAllowed, NotNow
from backend.casework.facts import check_reason, check_text
from backend.casework.gate import By
from backend.events.models import Event
from backend.events.record import CLOCK
from backend.grammar.events import Depth
from backend.grammar.moments import day_of
from backend.grammar.roles import LABELS, Role
from backend.records.models import Authority, Child, Placement, Setting
from workflows.escalations.ladders import Level, Rung, Use
from workflows.escalations.models import Escalation, Kind, Outside, Stage
from workflows.escalations.rules import CAP_DAYS

FURTHEST = timedelta(days=366)
MOST_RUNGS = 8
PLACING = (
    Role.SOCIAL_WORKER,
    Role.TEAM_MANAGER,
    Role.SERVICE_MANAGER,
    Role.DIRECTOR,
    Role.IRO_MANAGER,
    Role.NOMINATED_OFFICER,
    Role.IRO,
)
HOST = (Role.HOST_OFFICER, Role.LADO, Role.DIRECTOR)
DISPUTES = (Role.IRO, Role.IRO_MANAGER)
NAMED = re.compile(r"[a-z-]{3,40}/[0-9]{1,15}")


@dataclass(frozen=True)
class Sides:
    """Who asks whom, as the facts of the day have it."""

    raised_as: str
    from_authority: Authority | None = None
    from_setting: Setting | None = None
    to_authority: Authority | None = None
    to_setting: Setting | None = None
    hosted_by: Authority | None = None


def home_of(child: Child | None, on: date) -> Placement | None:
    """Where a child lives on a day."""
    if child is None:
        return None
    return (
        Placement.objects.filter(living_there(on), child=child, is_temporary=False)
        .select_related("setting", "host_authority")
        .first()
    )


@dataclass(frozen=True)
class Standing:
    """Where somebody stands towards a child, or a home, when they raise a concern."""

    placing: frozenset[Role]
    host: frozenset[Role]
    home: frozenset[Role]
    placing_authority: Authority | None
    host_authority: Authority | None
    setting: Setting | None
    has_child: bool

    @property
    def is_placing(self) -> bool:
        return bool(self.placing & set(PLACING)) and self.placing_authority is not None

    @property
    def is_host(self) -> bool:
        return bool(self.host)

    @property
    def is_far(self) -> bool:
        """Whether the child lives in the area of another authority."""
        return (
            self.host_authority is not None
            and self.placing_authority is not None
            and self.host_authority != self.placing_authority
        )

    def kinds(self) -> list[Kind]:
        """What may be raised from here, the likeliest first."""
        may = {
            Kind.IRO_DISPUTE: self.has_child and bool(self.placing & set(DISPUTES)),
            Kind.PLACING_HOST: self.is_placing and self.is_far,
            Kind.HOST_PLACING: self.is_host and self.has_child and self.is_far,
            Kind.HOME_PLACING: self.has_child and bool(self.home),
            Kind.ADVOCATE_HOST: Role.ADVOCATE in self.placing and self.host_authority is not None,
            Kind.PROFESSIONAL: (self.is_placing or self.is_host) and self.setting is not None,
        }
        return [kind for kind, is_possible in may.items() if is_possible]

    def raised_as(self, kind: Kind) -> str:
        """The part, in words, by which somebody raises this kind."""
        order, mine = {
            Kind.IRO_DISPUTE: (DISPUTES, self.placing),
            Kind.HOST_PLACING: (HOST, self.host),
            Kind.HOME_PLACING: ((Role.REGISTERED_MANAGER,), self.home),
            Kind.ADVOCATE_HOST: ((Role.ADVOCATE,), self.placing),
        }.get(kind, (PLACING, self.placing) if self.is_placing else (HOST, self.host))
        return LABELS[next(role for role in order if role in mine)]


def standing_of(by: Person, child: Child | None, setting: Setting | None, on: date) -> Standing:
    """Read from the records of the day, never from what was sent.

    :raises FactRefused: neither a child nor a home.
    """
    if child is None and setting is None:
        raise FactRefused("Say which child or which home it is about.", field="child")
    placement = home_of(child, on)
    home = setting or (placement.setting if placement is not None else None)
    host = home.host_authority if home is not None else None
    if host is None and placement is not None:
        host = placement.host_authority
    working_with = [child] if child is not None else _their_children_in(by, home, on)
    placing: set[Role] = set()
    for one in working_with:
        placing |= parts_of(by, one, on) - {Role.HOST_OFFICER, Role.REGISTERED_MANAGER}
    held = by.assignments.filter(started_on__lte=on).exclude(ended_on__lt=on)
    in_host = held.filter(authority=host, role__in=HOST) if host is not None else held.none()
    at_home = held.filter(setting=home, role=Role.REGISTERED_MANAGER) if home else held.none()
    return Standing(
        placing=frozenset(placing),
        host=frozenset(Role(role) for role in in_host.values_list("role", flat=True)),
        home=frozenset(Role(role) for role in at_home.values_list("role", flat=True)),
        placing_authority=working_with[0].authority if working_with else None,
        host_authority=host,
        setting=home,
        has_child=child is not None,
    )


def _their_children_in(by: Person, setting: Setting | None, on: date) -> list[Child]:
    """Children of a home with whom somebody works; a few are enough to know the parts."""
    living = Placement.objects.filter(living_there(on), setting=setting, is_temporary=False)
    rows = Child.objects.filter(pk__in=living.values("child"))
    seen = rows.filter(pk__in=child_ids_visible_to(by, Depth.RECORD))
    return list(seen.select_related("authority").order_by("pk")[:5])


def sides_of(kind: Kind, standing: Standing) -> Sides:
    """Who asks whom.

    :raises NotAllowed: no part by which this kind can be raised here.
    """
    if kind not in standing.kinds():
        raise NotAllowed(
            "You cannot raise this here: it is raised by somebody with a part for this child, or "
            "this home, on the side that asks."
        )
    raised_as = standing.raised_as(kind)
    placing, host, home = standing.placing_authority, standing.host_authority, standing.setting
    if kind == Kind.HOST_PLACING:
        return Sides(raised_as, from_authority=host, to_authority=placing, hosted_by=host)
    if kind == Kind.PLACING_HOST:
        return Sides(raised_as, from_authority=placing, to_authority=host, hosted_by=host)
    if kind == Kind.HOME_PLACING:
        return Sides(raised_as, from_setting=home, to_authority=placing, hosted_by=host)
    if kind == Kind.IRO_DISPUTE:
        return Sides(raised_as, from_authority=placing, to_authority=placing, hosted_by=host)
    if kind == Kind.ADVOCATE_HOST:
        return Sides(raised_as, to_authority=host, hosted_by=host)
    mine = placing if standing.is_placing else host
    return Sides(raised_as, from_authority=mine, to_setting=home, hosted_by=host)


def check_came_from(came_from: str, child: Child | None, by: Person) -> str:
    """:raises FactRefused: it is no work on this child, or one that the person may not see."""
    if not came_from:
        return ""
    refused = FactRefused("This is no work that you may see here.", field="about")
    if not NAMED.fullmatch(came_from):
        raise refused
    if is_matter(came_from):
        if not may_see(by, came_from):
            raise refused
        return came_from
    if child is None or not Event.objects.filter(about=came_from, child_id=child.pk).exists():
        raise refused
    return came_from


def check_words(concern: str, wanted: str, risk: str, *, is_immediate_risk: bool) -> None:
    """:raises FactRefused: nothing was said where something must be."""
    check_reason(concern, "Say what worries you: what was done, or not done.", "concern")
    check_reason(wanted, "Say what you want to happen.", "wanted")
    if is_immediate_risk:
        check_reason(risk, "Say what the immediate risk is.", "risk")
    else:
        check_text(risk, "risk")


def check_coming(day: date | None, at: datetime, field: str) -> None:
    """:raises FactRefused: the day has passed, or is more than a year away."""
    if day is not None and not day_of(at) <= day <= day_of(at) + FURTHEST:
        raise FactRefused("Choose a day from today, within a year.", field=field)


def check_is_raiser(case: Escalation, by: By) -> None:
    """Only the one who raised it says that it is settled, unless they have left.

    :raises NotAllowed: somebody else.
    """
    if by == CLOCK or not case.raised_by.is_active:
        return
    if by.pk != case.raised_by_id:
        raise NotAllowed(f"Only {case.raised_by.name}, who raised it, can say this.")


def next_rung(case: Escalation, stage: Stage) -> int | None:
    """The rung above the one where a concern stands; none above the highest."""
    return stage.rung + 1 if stage.rung + 1 < len(case.ladder) else None


def check_can_take_up(case: Escalation, stage: Stage) -> int:
    """:raises NotNow: there is no higher level."""
    above = next_rung(case, stage)
    if above is None:
        raise NotNow(
            "This is the highest level. Take it outside, or close it with the disagreement "
            "recorded."
        )
    return above


def check_can_skip(case: Escalation, stage: Stage, rung: int, *, is_risk: bool) -> None:
    """:raises FactRefused: not a higher level, or no immediate risk where one is asked for."""
    lowest = stage.rung if not stage.found_somebody else stage.rung + 1
    if not lowest <= rung < len(case.ladder):
        raise FactRefused("Choose a higher level.", field="rung")
    if not is_risk and case.kind != Kind.IRO_DISPUTE:
        raise FactRefused(
            "A level is passed over only when there is an immediate risk.", field="is_risk"
        )


def check_outside(case: Escalation, where: str, roles: Sequence[Role], by: Person) -> None:
    """Every door is open at any time; Cafcass is the IRO's.

    :raises FactRefused: no such door, or Cafcass by somebody else.
    """
    if where not in Outside.values:
        raise FactRefused("Choose where you take it.", field="where")
    is_iro = Role.IRO in roles or (case.kind == Kind.IRO_DISPUTE and case.raised_by_id == by.pk)
    if where == Outside.CAFCASS and not is_iro:
        raise FactRefused("A case is referred to Cafcass by the IRO.", field="where")


def check_rungs(rungs: Sequence[Rung], use: Use) -> None:
    """:raises FactRefused: no ladder that leads anywhere, or an IRO's that takes too long."""
    if not 1 <= len(rungs) <= MOST_RUNGS:
        raise FactRefused(f"A ladder has from 1 to {MOST_RUNGS} levels.", field="rungs")
    if Level.DIRECTOR not in rungs[-1].levels:
        raise FactRefused(
            "The highest level is the director of children's services, so that it never ends "
            "half way.",
            field="rungs",
        )
    formal = sum(rung.answer_days for rung in rungs if rung.is_formal)
    if use is Use.IRO_DISPUTE and formal > CAP_DAYS.number:
        raise FactRefused(
            f"These levels take {formal} working days. The whole of an IRO's formal dispute takes "
            f"no more than {CAP_DAYS.number}.",
            field="rungs",
        )
