"""Reviews brought to a stage by walking the real steps."""

from datetime import date, timedelta
from typing import Any

from backend.grammar.roles import Role
from tests.factories import NOW, TODAY, World
from workflows.reviews import actions
from workflows.reviews.models import Review

#: The day the reviews of these tests are held.
HELD_ON = TODAY - timedelta(days=1)


def views(whom: str = "child", **facts: Any) -> dict[str, Any]:
    return {
        "whom": whom,
        "outcome": "views",
        "consulted_on": HELD_ON - timedelta(days=3),
        "communicated_by": ["symbols"],
        "own_words": "Chose: stay, garden, mum every week.",
        **facts,
    }


def hearing(**facts: Any) -> dict[str, Any]:
    return {
        "heard_on": HELD_ON - timedelta(days=2),
        "was_heard_alone": True,
        "heard_by": ["symbols", "body"],
        "heard_words": "Pointed to mum, twice.",
        **facts,
    }


def an_outcome(**facts: Any) -> dict[str, Any]:
    """A whole outcome of a review that the child took part in without words."""
    return {
        "participation": "PN3",
        "conveyed_by": ["symbols"],
        "adjustments": "Met in the garden, one thing at a time, with a symbol board.",
        "was_advocate_invited": True,
        "was_advocate_present": True,
        **facts,
    }


def answers(**facts: Any) -> dict[str, Any]:
    return {
        "is_plan_endorsed": True,
        "endorsement_why": "It follows what the child shows and needs.",
        "could_live_nearer": False,
        "could_live_nearer_why": "No place nearer meets her needs yet; looked for again in May.",
        "next_review_on": HELD_ON + timedelta(days=80),
        **facts,
    }


def a_decision(**facts: Any) -> dict[str, Any]:
    return {
        "what": "See mum every week.",
        "owner_name": "Key worker",
        "due_on": HELD_ON + timedelta(days=28),
        "child_part": "Chose it herself with symbols.",
        **facts,
    }


def evidence(source: str = "school", **facts: Any) -> dict[str, Any]:
    return {"source": source, "who": "Class teacher", "what": "Calm and learning.", **facts}


def convened(world: World, **facts: Any) -> Review:
    return actions.convene_review(
        **{
            "child": world.child,
            "convened_for": HELD_ON,
            "convened_on": HELD_ON - timedelta(days=25),
            "by": world[Role.IRO],
            "at": NOW,
            **facts,
        }
    )


def asked(world: World, review: Review) -> Review:
    """Everybody asked and the child heard."""
    for whom in ("child", "parents", "carer"):
        review = actions.record_views(
            review=review, views=views(whom), by=world[Role.SOCIAL_WORKER], at=NOW
        )
    return actions.hear_child(review=review, heard=hearing(), by=world[Role.IRO], at=NOW)


def prepared(world: World) -> Review:
    review = asked(world, convened(world))
    return actions.prepare_review(review=review, by=world[Role.SOCIAL_WORKER], at=NOW)


def held(world: World, opened_on: date = HELD_ON, **facts: Any) -> Review:
    return actions.hold_review(
        review=prepared(world),
        opened_on=opened_on,
        outcome=an_outcome(**facts),
        attendees=[{"name": "Ms Key", "part": "carer"}],
        by=world[Role.IRO],
        at=NOW,
    )


def decided(world: World, **facts: Any) -> Review:
    return actions.issue_decisions(
        review=held(world),
        answers=answers(**facts),
        decisions=[a_decision()],
        by=world[Role.IRO],
        at=NOW,
    )


def recorded(world: World) -> Review:
    return actions.record_review(
        review=decided(world),
        discussion="What was discussed, in full.",
        was_told_of_rights=True,
        by=world[Role.IRO],
        at=NOW,
    )


def circulated(world: World) -> Review:
    return actions.circulate_review(
        review=recorded(world),
        circulated_to="Child, parents, home, school, social worker",
        child_version="A symbol page, read together.",
        by=world[Role.SOCIAL_WORKER],
        at=NOW,
    )


def closed(world: World) -> Review:
    review = circulated(world)
    review = answered(world, review)
    return actions.close_review(review=review, by=world[Role.IRO], at=NOW)


def answered(world: World, review: Review, agrees: bool = True, answer: str = "") -> Review:
    return actions.answer_decisions(
        review=review, agrees=agrees, answer=answer, by=world[Role.TEAM_MANAGER], at=NOW
    )


def adjourned(world: World) -> Review:
    return actions.adjourn_review(
        review=convened(world),
        opened_on=HELD_ON,
        resumes_on=TODAY + timedelta(days=7),
        why="The health plan was missing.",
        by=world[Role.IRO],
        at=NOW,
    )


def at_stage(world: World, stage: str) -> Review:
    """A review that stands where it is named."""
    return {
        "convened": convened,
        "prepared": prepared,
        "adjourned": adjourned,
        "held": held,
        "decided": decided,
        "recorded": recorded,
        "circulated": circulated,
        "closed": closed,
    }[stage](world)
