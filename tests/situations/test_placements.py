"""Stories of placements, who agreed and who was told, with the dates that are expected."""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.deadlines.due import days_late_on, status_on
from workflows.history import (
    ApprovalFact,
    CarePeriod,
    ChildFacts,
    History,
    LegalStatusSpell,
    PlacementFact,
    PlacementNoticeFact,
)
from workflows.notices.rules import deadlines_of

HERE = Path(__file__).parent / "placements"
STORIES = [
    pytest.param(entry, id=f"{file.stem}: {entry['story']}")
    for file in sorted(HERE.glob("*.yaml"))
    for entry in yaml.safe_load(file.read_text(encoding="utf-8"))
]
AREAS = {"own": (True, False), "adjoining": (False, False), "distant": (False, True)}
KNOWN = {
    "as of", "started", "ended", "area", "emergency", "care order", "approved", "others told",
    "host told", "ending", "kept here",
}  # fmt: skip


def history_of(facts: dict[str, Any]) -> History:
    assert set(facts) <= KNOWN, f"the story says {set(facts) - KNOWN}, which nobody reads"
    started = facts["started"]
    is_in_area, is_at_a_distance = AREAS[facts["area"]]
    approved = facts.get("approved")
    return History(
        child=ChildFacts(date(2012, 5, 1), (CarePeriod(started, id="care"),)),
        placements=(
            PlacementFact(
                "home",
                started,
                "K2",
                ended_on=facts.get("ended"),
                is_in_area=is_in_area,
                is_at_a_distance=is_at_a_distance,
            ),
        ),
        legal_statuses=(LegalStatusSpell("C2" if facts.get("care order") else "V2", started),),
        approvals=(
            ApprovalFact(
                "a1",
                "home",
                approved["decided"],
                is_by_director=approved["by"] == "director",
                was_emergency=approved.get("in an emergency", False),
            ),
        )
        if approved
        else (),
        placement_notices=tuple(notices_of(facts)),
    )


def notices_of(facts: dict[str, Any]) -> list[PlacementNoticeFact]:
    if not facts.get("kept here", True):
        return []
    notices = [
        PlacementNoticeFact(
            "n1",
            "home",
            is_emergency=facts.get("emergency", False),
            others_told_on=facts.get("others told"),
            host_told_on=facts.get("host told"),
        )
    ]
    if "ending" in facts:
        notices.append(PlacementNoticeFact("n2", "home", "ending"))
    return notices


def day_of(text: str) -> date:
    day = datetime.strptime(text, "%a %d %b %Y").date()
    assert f"{day:%a}" == text[:3], f"{text} is not that weekday"
    return day


@pytest.mark.parametrize("entry", STORIES)
def test_the_law_gives_the_dates_of_the_story(entry: dict[str, Any]) -> None:
    facts = entry["facts"]
    found = {due.ref: due for due in deadlines_of(history_of(facts), facts["as of"])}
    for expected in entry.get("expect", ()):
        due = found[expected["law"]]
        assert due.due_on == day_of(expected["due"]), due.why
        assert str(status_on(due, facts["as of"])) == expected["status"], due.why
        assert days_late_on(due, facts["as of"]) == expected.get("days late", 0)
    for law in entry.get("never", ()):
        assert law not in found
