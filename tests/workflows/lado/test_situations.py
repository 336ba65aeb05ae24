"""Stories of referrals and the dates they give, as practitioners wrote them down."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.deadlines.due import status_on
from workflows.lado.rules import DisciplineFact, ReferralFacts, deadlines_of, keep_until

FOLDER = Path(__file__).resolve().parents[2] / "situations" / "allegations"
STORIES = [
    pytest.param(entry, id=f"{file.stem}: {entry['story']}")
    for file in sorted(FOLDER.glob("*.yaml"))
    for entry in yaml.safe_load(file.read_text(encoding="utf-8"))
]
KNOWN = {
    "told": "referred_on",
    "manager knew": "manager_knew_on",
    "decided": "decided_on",
    "threshold met": "opened_on",
    "left work": "left_work_on",
    "alleged": "alleged_on",
    "clear at once": "is_clear_at_once",
    "early years": "is_early_years",
    "Ofsted told": "ofsted_told_on",
    "about a home": "is_about_home",
    "home notified": "home_notified_on",
    "works elsewhere": "has_other_home",
    "home authority told": "home_told_on",
}


def facts_of(given: dict[str, Any]) -> ReferralFacts:
    unknown = set(given) - {*KNOWN, "as of", "meetings", "reviews", "discipline"}
    assert not unknown, f"the story says {unknown}, which nobody reads"
    course = given.get("discipline")
    return ReferralFacts(
        discipline=DisciplineFact(course["course"], course["decided"]) if course else None,
        meetings=tuple(given.get("meetings", ())),
        reviews=tuple(given.get("reviews", ())),
        **{KNOWN[name]: day for name, day in given.items() if name in KNOWN},
    )


def written(day: Any) -> str:
    return f"{day:%a} {day.day} {day:%b %Y}" if day else "none"


@pytest.mark.parametrize("story", STORIES)
def test_story(story: dict[str, Any]) -> None:
    given = story["facts"]
    found = deadlines_of(facts_of(given), given["as of"])
    wanted = {each["law"] for each in story["expect"]}
    assert [
        {"law": due.ref, "due": written(due.due_on), "status": str(status_on(due, given["as of"]))}
        for due in found
        if due.ref in wanted
    ] == story["expect"]
    assert not {due.ref for due in found} & set(story.get("never", ()))


@pytest.mark.parametrize("story", [each for each in STORIES if "kept" in each.values[0]])
def test_how_long_a_record_is_kept(story: dict[str, Any]) -> None:
    kept = story["kept"]
    until = keep_until(kept["alleged"], kept["born"], kept["pension age"])
    assert written(until) == kept["until"]
    assert datetime.strptime(kept["until"], "%a %d %b %Y").date() == until
