"""With whom the children of the invented world keep in touch, and when somebody stopped it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING

from backend.access.models import Person
from backend.grammar.moments import LONDON
from workflows.contact import actions
from workflows.contact.models import ContactPlan
from workflows.demo.plan import Life

if TYPE_CHECKING:
    from workflows.demo.world import World

Doing = tuple[datetime, Callable[[], object]]


@dataclass(frozen=True)
class Tie:
    """Somebody in one child's life, how they keep in touch, and what went otherwise."""

    name: str
    relationship: str
    way: str
    every_days: int
    wish: str
    is_set_aside: bool = False
    is_missed: bool = False


#: By the number of the child.
TIES = {
    0: Tie("Denise Ashdown", "Mother", "video", 7, "Laughs when the tablet rings."),
    3: Tie(
        "Marlon Farrow", "Uncle", "call", 7, "Says his name every morning.", is_missed=True
    ),
    6: Tie(
        "Ivy Kamara", "Grandmother", "in_person", 14, "Holds her hand and will not let go.",
        is_set_aside=True,
    ),
    9: Tie("Paula Mercer", "Sister", "video", 14, "Shows her drawings to the screen."),
    15: Tie("Janet Quayle", "Mother", "in_person", 28, "Waits at the window on the day."),
}  # fmt: skip
AGREED, SET_ASIDE, FRIEND_CAME = 45, 20, 12


def contact_steps(world: World, life: Life, worker: Person) -> Iterator[Doing]:
    """The plan that was agreed, each contact under it, and a friend who came without one."""
    tie = TIES.get(life.number)
    if tie is None:
        return
    agreed_on = world.today - timedelta(days=AGREED)
    if life.started_on > agreed_on:
        return
    at = at_hour(agreed_on, 10)
    yield at, partial(_agree, world, life, tie, worker, agreed_on, at)
    stops_on = world.today - timedelta(days=SET_ASIDE) if tie.is_set_aside else world.today
    days = [
        agreed_on + timedelta(days=number)
        for number in range(tie.every_days, AGREED, tie.every_days)
        if agreed_on + timedelta(days=number) < stops_on
    ]
    for day in days:
        at = at_hour(day, 18)
        does = _miss if tie.is_missed and day == days[-1] else _take_place
        yield at, partial(does, world, life, tie, worker, day, at)
    if tie.is_set_aside:
        at = at_hour(stops_on, 15)
        yield at, partial(_set_aside, world, life, worker, stops_on, at)
    if life.number == 0:
        day = world.today - timedelta(days=FRIEND_CAME)
        at = at_hour(day, 19)
        yield at, partial(_friend_comes, world, life, worker, day, at)


def at_hour(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), tzinfo=LONDON)


def _plan(world: World, life: Life) -> ContactPlan:
    return ContactPlan.objects.select_related("relative").get(child=world.children[life.number])


def _agree(world: World, life: Life, tie: Tie, by: Person, on: date, at: datetime) -> None:
    child = world.children[life.number]
    relative = actions.name_relative(
        child=child, name=tie.name, relationship=tie.relationship, by=by, at=at
    )
    actions.agree_plan(
        child=child,
        relative=relative,
        way=tie.way,
        every_days=tie.every_days,
        started_on=on,
        agreed_by="The child with her symbols, the family, the home and the social worker.",
        childs_wish=tie.wish,
        by=by,
        at=at,
    )


def _take_place(world: World, life: Life, tie: Tie, by: Person, day: date, at: datetime) -> None:
    actions.record_contact(
        child=world.children[life.number],
        who="family",
        name=f"{tie.name}, {tie.relationship.lower()}",
        way=tie.way,
        where="setting" if tie.way == "in_person" else "",
        on=day,
        source="family",
        how_it_was="Twenty minutes; both wanted longer.",
        plan=_plan(world, life),
        by=by,
        at=at,
    )


def _miss(world: World, life: Life, tie: Tie, by: Person, day: date, at: datetime) -> None:
    actions.miss_contact(
        child=world.children[life.number],
        who="family",
        name=f"{tie.name}, {tie.relationship.lower()}",
        way=tie.way,
        on=day,
        why_not="setting",
        reason="The telephone was locked in the office and nobody on shift had the key.",
        source="family",
        plan=_plan(world, life),
        by=by,
        at=at,
    )


def _set_aside(world: World, life: Life, by: Person, on: date, at: datetime) -> None:
    actions.suspend_plan(
        plan=_plan(world, life),
        started_on=on,
        reason="Her grandmother is in hospital; the social worker and the family decided it.",
        by=by,
        at=at,
    )


def _friend_comes(world: World, life: Life, by: Person, day: date, at: datetime) -> None:
    actions.record_contact(
        child=world.children[life.number],
        who="friend",
        name="Kai, a friend from her old school",
        way="in_person",
        where="outside",
        on=day,
        source="home",
        how_it_was="Fed the ducks together.",
        by=by,
        at=at,
    )
