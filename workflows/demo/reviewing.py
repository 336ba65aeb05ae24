"""The reviews of the invented world: older ones as a return tells them, later ones step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from backend.access.models import Person
from backend.deadlines.recalculate import recalculate
from backend.events.record import CLOCK
from backend.exchange.loaders import ReviewRow
from backend.grammar.moments import LONDON
from backend.records.models import Child
from workflows.demo.cast import MAIN, PROFILES
from workflows.demo.challenging import challenge_steps
from workflows.demo.plan import Life
from workflows.reviews import actions
from workflows.reviews.models import Review

if TYPE_CHECKING:
    from workflows.demo.world import World

Doing = tuple[datetime, Callable[[], Any]]
#: Reviews held longer ago than this were brought in with the authority's return.
BROUGHT_IN = timedelta(days=120)


def at_hour(day: date, hour: int) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=LONDON)


def review_steps(world: World, life: Life) -> Iterator[Doing]:
    """Everything that is done about the reviews of one child."""
    for held_on in life.reviews:
        if held_on < world.today - BROUGHT_IN or life.authority != MAIN:
            at = at_hour(held_on, 16)
            yield at, partial(_bring_in, world, life, held_on, at)
        else:
            yield from Walk(world, life, held_on).steps()
    if life.authority == MAIN and life.reviews and life.number in (0, 2, 7, 11):
        yield from _next_review(world, life)
    yield from challenge_steps(world, life)


def _bring_in(world: World, life: Life, held_on: date, at: datetime) -> None:
    child = world.children[life.number]
    code = ("PN3", "PN1", "PN2", "PN4", "PN6")[life.number % 5]
    actions.load_reviews({child.pk: [ReviewRow(held_on, code)]}, CLOCK, at)
    recalculate([child.pk], by=CLOCK, at=at)


def _next_review(world: World, life: Life) -> Iterator[Doing]:
    """A review that is convened and not yet prepared."""
    at = at_hour(world.today - timedelta(days=6), 11)
    yield at, lambda: Walk(world, life, world.today + timedelta(days=9 + life.number)).convene(at)


class Walk:
    """One review, from convening it to closing it."""

    def __init__(self, world: World, life: Life, held_on: date) -> None:
        self.world, self.life, self.held_on = world, life, held_on

    def steps(self) -> Iterator[Doing]:
        """As far as the days since have brought it."""
        yield self._on(-28, 10, self.convene)
        yield self._on(-12, 11, self.consult)
        yield self._on(-4, 15, self.prepare)
        if self.life.adjourned == self.held_on:
            yield self._on(0, 16, self.adjourn)
            return
        yield self._on(0, 16, self.hold)
        yield self._on(4, 12, self.decide)
        yield self._on(9, 12, self.agree)
        yield self._on(16, 12, self.record)
        yield self._on(21, 12, self.close)

    def _on(self, days: int, hour: int, do: Callable[[datetime], Any]) -> Doing:
        day = max(self.held_on + timedelta(days=days), self.life.started_on)
        at = at_hour(day, hour)
        return at, lambda: do(at)

    @property
    def child(self) -> Child:
        return self.world.children[self.life.number]

    @property
    def review(self) -> Review:
        return Review.objects.filter(child=self.child, convened_for=self.held_on).latest("pk")

    @property
    def iro(self) -> Person:
        return self.world.people[self.life.iro]

    @property
    def worker(self) -> Person:
        return self.world.people[self.life.worker]

    @property
    def manager(self) -> Person:
        return self.world.people["dev" if self.life.team == "west" else "helen"]

    def convene(self, at: datetime) -> None:
        actions.convene_review(
            child=self.child, convened_for=self.held_on, by=self.iro, at=at, venue="At the home"
        )

    def consult(self, at: datetime) -> None:
        modes, _ = PROFILES[self.life.profile]
        for whom, words in (
            ("child", "Chose: stay, garden, mum every week."),
            ("parents", "I want to see the night record. Nobody rings me back."),
            ("carer", "Settled. Enjoys the sensory room."),
        ):
            actions.record_views(
                review=self.review,
                views={
                    "whom": whom,
                    "outcome": "views",
                    "consulted_on": at.date() - timedelta(days=1),
                    "communicated_by": list(modes) if whom == "child" else ["speech"],
                    "own_words": words,
                },
                by=self.worker,
                at=at,
            )
        actions.contact_iro(review=self.review, contacted_on=at.date(), by=self.worker, at=at)

    def prepare(self, at: datetime) -> None:
        modes, _ = PROFILES[self.life.profile]
        actions.send_documents(review=self.review, sent_on=at.date(), by=self.worker, at=at)
        actions.hear_child(
            review=self.review,
            heard={
                "heard_on": at.date(),
                "was_heard_alone": True,
                "heard_by": list(modes),
                "heard_words": "Pointed to mum, then to the window.",
            },
            by=self.iro,
            at=at,
        )
        sources = (
            ("home", "Registered manager", "Progress report of the home."),
            ("home", "Key worker", "Daily records of the last month."),
            ("school", "Class teacher", "More tired in the mornings than in spring."),
        )
        for source, who, what in sources if self.life.number % 4 else sources[:2]:
            actions.add_evidence(
                review=self.review,
                evidence={"source": source, "who": who, "what": what},
                by=self.worker,
                at=at,
            )
        actions.prepare_review(review=self.review, by=self.worker, at=at)

    def hold(self, at: datetime) -> None:
        modes, _ = PROFILES[self.life.profile]
        actions.hold_review(
            review=self.review,
            opened_on=self.held_on,
            outcome={
                "participation": "PN3",
                "conveyed_by": list(modes),
                "adjustments": "Met in the garden, one thing at a time, with photographs.",
                "was_advocate_invited": True,
                "was_advocate_present": self.life.number % 3 == 0,
                "advocate_why_not": ""
                if self.life.number % 3 == 0
                else "None is commissioned yet; asked for again.",
            },
            attendees=[
                {"name": "Mother", "part": "parent"},
                {"name": "Registered manager", "part": "carer"},
            ],
            by=self.iro,
            at=at,
        )

    def adjourn(self, at: datetime) -> None:
        actions.adjourn_review(
            review=self.review,
            opened_on=self.held_on,
            resumes_on=self.held_on + timedelta(days=14),
            why="The health plan and the night record were missing.",
            by=self.iro,
            at=at,
        )

    def decide(self, at: datetime) -> None:
        actions.issue_decisions(
            review=self.review,
            answers={
                "is_plan_endorsed": self.life.number % 5 != 2,
                "endorsement_why": "It follows what the child shows and needs.",
                "could_live_nearer": self.life.number % 4 == 1,
                "could_live_nearer_why": "A place nearer home may open; to be asked again in May.",
                "next_review_on": self.held_on + timedelta(days=85),
            },
            decisions=[
                {
                    "what": "See mum every week, in person every third week.",
                    "owner_name": self.worker.name,
                    "due_on": self.held_on + timedelta(days=28),
                    "child_part": "Chose it with photographs.",
                },
                {
                    "what": "The home sends the night record to the social worker each month.",
                    "owner_name": "Registered manager",
                    "due_on": self.held_on + timedelta(days=14),
                    "child_part": "Showed that the nights are loud.",
                },
            ],
            by=self.iro,
            at=at,
        )

    def agree(self, at: datetime) -> None:
        actions.answer_decisions(review=self.review, agrees=True, by=self.manager, at=at)

    def record(self, at: datetime) -> None:
        actions.record_review(
            review=self.review,
            discussion="What the child showed came first; then nights, contact and health.",
            was_told_of_rights=True,
            by=self.iro,
            at=at,
        )

    def close(self, at: datetime) -> None:
        actions.circulate_review(
            review=self.review,
            circulated_to="Child, mother, home, school, social worker, host authority",
            child_version="A page of photographs, read together.",
            by=self.worker,
            at=at,
        )
        if self.life.number % 4:
            actions.close_review(review=self.review, by=self.iro, at=at)
