"""What the reviewing officers of the invented world question, answered and not yet answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from functools import partial
from typing import TYPE_CHECKING

from backend.grammar.moments import LONDON
from workflows.demo.plan import Life
from workflows.reviews import actions
from workflows.reviews.models import Challenge

if TYPE_CHECKING:
    from workflows.demo.world import World

Doing = tuple[datetime, Callable[[], object]]


@dataclass(frozen=True)
class Question:
    """What the IRO raised with the social worker, how long ago, and what came of it."""

    about: str
    words: str
    days_ago: int
    days_to_answer: int
    answer: str = ""


#: By the number of the child: one answered, one open, one past the day asked for.
QUESTIONS = {
    1: Question(
        "delay",
        "The assessment of his communication was decided on in spring and has not begun.",
        6,
        10,
    ),
    5: Question(
        "missing",
        "The incident log of the last quarter was asked for twice and has not come.",
        24,
        10,
    ),
    7: Question(
        "practice",
        "Staff speak about her in front of her. Ask the home how it will change this.",
        40,
        10,
        answer="Raised with the manager; the team has had a training day with her advocate.",
    ),
}
ANSWERED_AFTER = timedelta(days=8)


def challenge_steps(world: World, life: Life) -> Iterator[Doing]:
    """The IRO's question about one child, and its answer where one has come."""
    question = QUESTIONS.get(life.number)
    if question is None:
        return
    day = world.today - timedelta(days=question.days_ago)
    if life.started_on > day:
        return
    at = datetime.combine(day, time(11, 30), tzinfo=LONDON)
    yield at, partial(_raise, world, life, question, at)
    if question.answer:
        yield at + ANSWERED_AFTER, partial(_answer, world, life, question, at + ANSWERED_AFTER)


def _raise(world: World, life: Life, question: Question, at: datetime) -> None:
    actions.raise_challenge(
        child=world.children[life.number],
        about=question.about,
        words=question.words,
        due_on=at.date() + timedelta(days=question.days_to_answer),
        to_person=world.people[life.worker],
        by=world.people[life.iro],
        at=at,
    )


def _answer(world: World, life: Life, question: Question, at: datetime) -> None:
    actions.answer_challenge(
        challenge=Challenge.objects.get(child=world.children[life.number]),
        outcome="accepted",
        answer=question.answer,
        by=world.people[life.worker],
        at=at,
    )
