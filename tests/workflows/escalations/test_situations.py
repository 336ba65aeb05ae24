"""When a concern goes up if nobody answers, as practitioners wrote it down."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.deadlines.due import Due
from workflows.escalations.ladders import Use, published
from workflows.escalations.rules import ConcernFact, StageFact, deadlines_of

HERE = Path(__file__).parents[2] / "situations" / "ladders"
STORIES = [
    pytest.param(entry, id=entry["story"])
    for file in sorted(HERE.glob("*.yaml"))
    for entry in yaml.safe_load(file.read_text(encoding="utf-8"))
]


def due_in(concern: ConcernFact, key: str) -> Due:
    found = {due.key: due for due in deadlines_of(concern, concern.stages[0].counted_from)}
    return found[key]


@pytest.mark.parametrize("story", STORIES)
def test_story(story: dict[str, Any]) -> None:
    ladder, day = published(story["ladder"]), story["raised"]
    first = StageFact(1, "first", day, 1, ladder.rungs[0].answer_days)
    if "limit of the dispute" in story:
        cap = due_in(ConcernFact((first,), is_dispute=ladder.use is Use.IRO_DISPUTE), "dispute")
        assert cap.due_on == story["limit of the dispute"]
    for rung, expected in zip(ladder.rungs, story["goes up after"], strict=False):
        stage = StageFact(1, rung.words, day, rung.receive_days, rung.answer_days)
        day = due_in(ConcernFact((stage,)), "response:1").due_on
        assert day == expected
