"""Children's stories and the dates the law gives for them, as practitioners wrote them down."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from backend.deadlines.due import Due, days_late_on, status_on
from workflows.explain import explain
from workflows.history import (
    Basis,
    BasisSpell,
    CarePeriod,
    ChildFacts,
    EarlyReviewReason,
    EarlyReviewTrigger,
    History,
    IroAppointment,
    LegalStatusSpell,
    NoticeFact,
    PlacementFact,
    Policy,
    RequestFact,
    ReviewFact,
    VisitFact,
)
from workflows.reviews import counting as reviews
from workflows.visits import counting as visits

HERE = Path(__file__).parent
STORIES = [
    pytest.param(entry, id=f"{file.stem}: {entry['story']}")
    for file in sorted(HERE.glob("*.yaml"))
    for entry in yaml.safe_load(file.read_text(encoding="utf-8"))
]
BORN = date(2012, 5, 1)
#: Facts that only the database knows; a story that has one cannot be told to `explain`.
UNTOLD = {
    "requests",
    "early reviews",
    "iro appointed on",
    "adoption authorised on",
    "brought in on",
}


def without(facts: dict[str, Any], *known: str) -> None:
    unknown = set(facts) - set(known)
    assert not unknown, f"the story says {unknown}, which nobody reads"


def history_of(facts: dict[str, Any]) -> History:
    without(
        facts, "as of", "born", "looked after from", "looked after until", "placements", "visits",
        "reviews", "notices", "policy", *UNTOLD,
    )  # fmt: skip
    since = facts.get("looked after from")
    placements = [placement_of(each) for each in facts.get("placements", [])]
    if since and not placements:
        placements = [PlacementFact("home", since, "K2")]
    only = placements[0].id
    appointed = facts.get("iro appointed on")
    policy = facts.get("policy", {})
    without(policy, "first day visit counts", "local days between visits")
    return History(
        child=ChildFacts(
            facts.get("born", BORN),
            (CarePeriod(since, facts.get("looked after until")),) if since else (),
            adoption_authority_on=facts.get("adoption authorised on"),
            followed_from=facts.get("brought in on"),
        ),
        placements=tuple(placements),
        legal_statuses=tuple(
            LegalStatusSpell(each.get("legal status", "C2"), each["from"], each.get("until"))
            for each in facts.get("placements", [])
        ),
        visits=tuple(
            visit_of(each, f"v{number}", only)
            for number, each in enumerate(facts.get("visits", []))
        ),
        reviews=tuple(
            review_of(each, f"r{number}") for number, each in enumerate(facts.get("reviews", []))
        ),
        notices=tuple(
            NoticeFact(f"n{number}", each.get("in", only), each["received"])
            for number, each in enumerate(facts.get("notices", []))
        ),
        requests=tuple(
            RequestFact(f"q{number}", each["asked"], only)
            for number, each in enumerate(facts.get("requests", []))
        ),
        early_reviews=tuple(
            EarlyReviewTrigger(
                f"e{number}", EarlyReviewReason(each["why"]), each["arose"], each.get("event on")
            )
            for number, each in enumerate(facts.get("early reviews", []))
        ),
        iro_appointments=(IroAppointment(appointed),) if appointed else None,
        iro_checks=() if appointed else None,
        policy=Policy(
            first_day_visit_counts=policy.get("first day visit counts", False),
            local_max_days_between_visits=policy.get("local days between visits"),
        ),
    )


def placement_of(each: dict[str, Any]) -> PlacementFact:
    without(
        each, "name", "from", "until", "place", "legal status", "basis", "order made on",
        "intended until 18", "fewer visits agreed on", "authority told on",
    )  # fmt: skip
    bases = ()
    if "basis" in each:
        bases = (BasisSpell(Basis(each["basis"]), each["from"], None, each.get("order made on")),)
    return PlacementFact(
        id=each.get("name", "home"),
        started_on=each["from"],
        ended_on=each.get("until"),
        place=each["place"],
        bases=bases,
        intended_until_18=each.get("intended until 18", False),
        long_term_foster_agreed_on=each.get("fewer visits agreed on"),
        notified_on=each.get("authority told on"),
    )


def visit_of(each: dict[str, Any], number: str, only: str) -> VisitFact:
    without(each, "in", "made", "seen", "alone", "remote", "safeguarded")
    return VisitFact(
        id=number,
        placement=each.get("in", only),
        made_on=each["made"],
        child_seen=each.get("seen", True),
        seen_alone=each.get("alone"),
        was_remote=each.get("remote", False),
        is_welfare_safeguarded=each.get("safeguarded", True),
    )


def review_of(each: dict[str, Any], number: str) -> ReviewFact:
    without(
        each, "opened", "completed", "convened for", "followed", "meeting", "iro contacted on",
        "documents sent on", "decisions issued on", "manager received on", "manager answered on",
        "recorded on", "circulated on",
    )  # fmt: skip
    completed = each.get("completed", each.get("opened"))
    return ReviewFact(
        id=number,
        opened_on=each.get("opened"),
        completed_on=None if completed == "never" else completed,
        convened_for=each.get("convened for"),
        was_meeting_held=each.get("meeting"),
        is_followed=each.get("followed", False),
        **{key.replace(" ", "_"): each[key] for key in each if key.endswith(" on")},
    )


def told(history: History, as_of: date, facts: dict[str, Any]) -> dict[str, Any] | None:
    """The same story as `explain` is told it; None where it has no word for a fact."""
    period = history.child.periods[0] if history.child.periods else None
    if period is None or UNTOLD & set(facts):
        return None
    if any(visit.was_remote or not visit.is_welfare_safeguarded for visit in history.visits):
        return None
    if any(review.is_followed or review.was_meeting_held is not None for review in history.reviews):
        return None
    statuses = {
        each.get("name", "home"): each.get("legal status", "C2")
        for each in facts.get("placements", [])
    }
    return {
        "as_of": as_of.isoformat(),
        "child": {
            "date_of_birth": history.child.date_of_birth.isoformat(),
            "looked_after_from": period.started_on.isoformat(),
            "looked_after_until": day(period.ended_on),
        },
        "placements": [
            {
                "id": each.id,
                "started_on": each.started_on.isoformat(),
                "ended_on": day(each.ended_on),
                "place": each.place,
                "legal_status": statuses.get(each.id, "C2"),
                "intended_until_18": each.intended_until_18,
                "basis": str(each.bases[0].basis) if each.bases else None,
                "long_term_foster_agreed_on": day(each.long_term_foster_agreed_on),
                "order_made_on": day(each.bases[0].order_made_on) if each.bases else None,
            }
            for each in history.placements
        ],
        "visits": [
            {
                "placement": each.placement,
                "made_on": each.made_on.isoformat(),
                "child_seen": each.child_seen,
                "seen_alone": bool(each.seen_alone),
            }
            for each in history.visits
        ],
        "reviews": [
            {"opened_on": day(each.opened_on), "completed_on": day(each.completed_on)}
            for each in history.reviews
        ],
        "notices": [
            {"kind": each.kind, "placement": each.placement, "received_on": day(each.received_on)}
            for each in history.notices
        ],
        "policy": {
            "first_day_visit_counts": history.policy.first_day_visit_counts,
            "local_max_days_between_visits": history.policy.local_max_days_between_visits,
        },
    }


def day(value: date | None) -> str | None:
    return value.isoformat() if value else None


def read_day(text: str | None) -> date | None:
    """A day with its weekday, which must be right: Mon 4 Mar 2024."""
    if text is None or text == "none":
        return None
    found = datetime.strptime(text, "%a %d %b %Y").date()
    assert f"{found:%a}" == text[:3], f"{text} is a {found:%A}"
    return found


def counted(history: History, as_of: date) -> list[Due]:
    return [*visits.deadlines_of(history, as_of), *reviews.deadlines_of(history, as_of)]


def picture(due: Due, as_of: date) -> dict[str, Any]:
    other = due.alternative["due_on"] if due.alternative else None
    return {
        "law": due.ref,
        "in": due.placement,
        "counted from": due.counted_from,
        "due": due.due_on,
        "plan by": due.plan_by,
        "local": due.local_due_on,
        "status": str(status_on(due, as_of)),
        "met on": due.met_on,
        "days late": days_late_on(due, as_of),
        "other reading": date.fromisoformat(other) if other else None,
        "says": due.why,
    }


def agrees(row: dict[str, Any], one: dict[str, Any]) -> bool:
    """Whether a date found is the one a story expects; of its words, the end."""
    return one["says"].endswith(row.get("says", "")) and all(
        row[key] == one[key] for key in row if key != "says"
    )


DAYS = ("counted from", "due", "plan by", "local", "met on", "other reading")


@pytest.mark.parametrize("entry", STORIES)
def test_story_gives_the_dates_it_says(entry: dict[str, Any]) -> None:
    without(entry, "story", "facts", "expect", "never")
    as_of = entry["facts"]["as of"]
    found = [picture(due, as_of) for due in counted(history_of(entry["facts"]), as_of)]
    expected = [
        {key: read_day(value) if key in DAYS else value for key, value in row.items()}
        for row in entry["expect"]
    ]
    for row in expected:
        without(row, "law", "in", "days late", "status", "says", *DAYS)
        like = [one for one in found if agrees(row, one)]
        of_law = [one for one in found if one["law"] == row["law"]]
        assert len(like) == 1, f"expected once: {row}\nfound: {of_law}"
    assert [one for one in found if one["law"] in entry.get("never", ())] == []
    for law in {row["law"] for row in expected}:
        of_law = [one for one in found if one["law"] == law]
        assert len(of_law) == sum(row["law"] == law for row in expected), of_law


@pytest.mark.parametrize("entry", STORIES)
def test_explain_gives_the_same_dates(entry: dict[str, Any]) -> None:
    as_of = entry["facts"]["as of"]
    history = history_of(entry["facts"])
    facts = told(history, as_of, entry["facts"])
    if facts is None:
        pytest.skip("this story has facts that explain is not told")
    found = sorted(
        (
            due["ref"],
            due["placement"] or "",
            due["counted_from"],
            due["due_on"] or "",
            due["status"],
        )
        for due in explain(facts)["deadlines"]
    )
    assert found == sorted(
        (
            due.ref,
            due.placement or "",
            due.counted_from.isoformat(),
            day(due.due_on) or "",
            str(status_on(due, as_of)),
        )
        for due in counted(replace(history), as_of)
    )
