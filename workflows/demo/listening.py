"""What came of what the children of the invented world said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from backend.access.models import Person
from backend.grammar.moments import LONDON
from workflows.demo.cast import Seen, seen_at
from workflows.demo.plan import Life
from workflows.voice import actions
from workflows.voice.models import View

if TYPE_CHECKING:
    from workflows.demo.world import World

ANSWERED_AFTER, TOLD_AFTER, KEPT_AFTER = timedelta(days=9), timedelta(days=12), timedelta(days=20)


def listening_steps(world: World, life: Life, worker: Person) -> Iterator[tuple[datetime, Any]]:
    """Each view is answered and the child told, but for one in nine, which waits."""
    for number, day in enumerate(life.visits):
        waits = (life.number + number) % 9 == 4 and number == len(life.visits) - 1
        if waits or (life.leaves_care_on and day >= life.leaves_care_on):
            continue
        promised = number % 4 == 1
        steps = [
            (ANSWERED_AFTER, partial(_answer, seen_at(life.number, number), promised)),
            (TOLD_AFTER, _tell),
            *([(KEPT_AFTER, _keep)] if promised else []),
        ]
        for after, do in steps:
            at = datetime.combine(day + after, time(11), tzinfo=LONDON)
            step: Callable[..., None] = do
            yield at, partial(step, world, life, day, worker, at)


def _view(world: World, life: Life, day: date) -> View | None:
    return View.objects.filter(child=world.children[life.number], said_on=day).first()


def _answer(
    seen: Seen, promised: bool, world: World, life: Life, day: date, worker: Person, at: datetime
) -> None:
    view = _view(world, life, day)
    if view is None:
        return
    if promised:
        act_by = day + timedelta(days=30)
        actions.answer_view(
            view=view, action=seen.promise, owner=worker, act_by=act_by, by=worker, at=at
        )
    else:
        actions.answer_view(view=view, reason_not=seen.why_not, by=worker, at=at)


def _keep(world: World, life: Life, day: date, worker: Person, at: datetime) -> None:
    view = _view(world, life, day)
    if view is not None:
        actions.keep_promise(
            view=view, kept_on=at.date(), kept_how="Done, and shown to the child.", by=worker, at=at
        )


def _tell(world: World, life: Life, day: date, worker: Person, at: datetime) -> None:
    view = _view(world, life, day)
    if view is not None:
        actions.tell_child(
            view=view,
            told_on=at.date(),
            told_how="By video with the key worker, in the same way as before.",
            response="Smiled, and showed it again.",
            by=worker,
            at=at,
        )
