"""Two authorities, one child: who is in it, and how its days and nights pass."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import time_machine

from backend.access.models import Person
from backend.deadlines.count import add_working_days
from backend.deadlines.sweep import sweep
from backend.grammar.moments import end_of
from backend.grammar.roles import Role
from backend.records.models import Setting
from tests.factories import (
    DONCASTER,
    LEEDS,
    SHEFFIELD,
    TODAY,
    World,
    a_child,
    a_person,
    a_setting,
    a_team,
    a_world,
    moment,
    placed,
    plays,
)

#: Who reads the record of the child, and who has to know of them where they live now.
CHILDS_OWN = {
    "advocate",
    "director",
    "iro",
    "iro_manager",
    "nominated_officer",
    "service_manager",
    "social_worker",
    "team_manager",
}
AT_THE_HOST = {"director of the host", "host_officer"}
AT_THE_HOME = {"host_officer", "manager of the home"}
#: A dispute of the IRO stays with those above the child's worker.
IN_THE_DISPUTE = {"director", "iro", "iro_manager", "service_manager", "team_manager"}


@dataclass
class Story:
    """Everybody in it."""

    world: World
    home: Setting
    manager: Person
    host_director: Person
    directors: dict[str, Person]

    def everybody(self) -> dict[str, Person]:
        people = {str(role): person for role, person in self.world.people.items()}
        people |= {f"director of {code}": one for code, one in self.directors.items()}
        return people | {
            "stranger": self.world.stranger,
            "manager of the home": self.manager,
            "director of the host": self.host_director,
        }


def a_story() -> Story:
    """A world with a home far away, where children of two more authorities live already."""
    with on(TODAY - timedelta(days=60)):
        world = a_world()
        home = a_setting(DONCASTER)
        manager = a_person("Manager of the home")
        plays(manager, Role.REGISTERED_MANAGER, setting=home)
        host_director = a_person("Director of Doncaster")
        plays(host_director, Role.DIRECTOR, authority_id=DONCASTER)
        directors = {}
        for code in (SHEFFIELD, LEEDS):
            directors[code] = a_person(f"Director of {code}")
            plays(directors[code], Role.DIRECTOR, authority_id=code)
            other = a_child(code, a_team(code))
            placed(other, home, started_on=TODAY - timedelta(days=60))
    return Story(world, home, manager, host_director, directors)


def on(day: date, hour: int = 10) -> Any:
    return time_machine.travel(moment(day, hour), tick=False)


def night(day: date) -> None:
    """The sweep of the first minute after a day."""
    with time_machine.travel(end_of(day) + timedelta(minutes=1), tick=False):
        sweep(at=end_of(day) + timedelta(minutes=1))


def morning(day: date) -> None:
    with on(day, 9):
        sweep(at=moment(day, 9))


def later(days: int, since: date = TODAY) -> date:
    return add_working_days(since, days)
