"""A world with a concern in it, and a clock that stands still."""

from datetime import date, datetime, timedelta
from typing import Any

from backend.access.models import Person
from backend.deadlines.sweep import sweep
from backend.grammar.roles import Role
from backend.notify.models import Leave
from backend.records.models import Authority
from tests.factories import BARKING, DONCASTER, NOW, TODAY, World, a_person, moment, plays
from workflows.escalations import actions
from workflows.escalations.models import Escalation, Stage


def host_director(world: World) -> Any:
    """Doncaster's own director."""
    person = a_person("Donna Director")
    plays(person, Role.DIRECTOR, authority_id=DONCASTER)
    return person


def raised(world: World, role: Role = Role.HOST_OFFICER, **facts: Any) -> Escalation:
    """The host asks why nobody visits; its ladder is the local default of 1, 3, 5 and 10 days."""
    return actions.raise_concern(
        **{
            "kind": "host_placing",
            "child": world.child,
            "concern": "Nobody has visited since January.",
            "wanted": "A visit this week.",
            "by": world[role],
            "at": NOW,
            **facts,
        }
    )


def disputed(world: World, **facts: Any) -> Escalation:
    return raised(world, Role.IRO, kind="iro_dispute", **facts)


def stage_of(case: Escalation) -> Stage:
    return case.stages.get(ended_at__isnull=True)


def after_midnight(days: int) -> datetime:
    """Five minutes into a day, when the sweep has seen that the day before has passed."""
    return moment(TODAY + timedelta(days=days), 0, 5)


def nights(first: int, last: int) -> None:
    """The sweep of each night, as it really runs."""
    for day in range(first, last + 1):
        sweep(at=after_midnight(day))


def away(person: Person, until: date) -> None:
    """On leave from today, with nobody named to stand in."""
    Leave.objects.create(
        person=person, started_on=TODAY, ended_on=until, entered_by=person, entered_at=NOW
    )


def host(world: World) -> Authority:
    return Authority.objects.get(pk=DONCASTER)


def placing(world: World) -> Authority:
    return Authority.objects.get(pk=BARKING)
