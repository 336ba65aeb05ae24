"""Made-up children: facts as `explain` is told them, of every kind that can be true."""

from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

BASES = [
    None,
    None,
    "reg_19",
    "reg_24",
    "reg_48",
    "interim_order_with_parent",
    "care_order_with_parent",
    "others_arrangements",
    "adoption",
]
AS_OF = date(2026, 3, 2)
WEEK = timedelta(days=7)


@st.composite
def facts(draw: st.DrawFn, bases: list[str | None] = BASES) -> dict[str, Any]:
    """One child with up to four placements, visits, reviews and notices, in any order."""
    care_from = draw(st.dates(date(2012, 1, 1), AS_OF))
    day, placements = care_from, []
    for number in range(draw(st.integers(0, 4))):
        starts = day + timedelta(days=draw(st.integers(0, 40)))
        if starts > AS_OF + WEEK:
            break
        length = draw(st.one_of(st.none(), st.integers(0, 900)))
        ends = None if length is None else starts + timedelta(days=length)
        placements.append(draw(placement(f"p{number}", starts, ends, bases)))
        if ends is None:
            break
        day = ends
    until = None
    if draw(st.integers(0, 3)) == 0:
        latest = max([care_from, *(each["started_on"] for each in placements)])
        until = latest + timedelta(days=draw(st.integers(0, 500)))
    happened = [each for each in placements if each["started_on"] <= AS_OF]
    visits = [
        {
            "placement": each["id"],
            "made_on": draw(days_of(each)),
            "child_seen": draw(st.booleans()) or draw(st.booleans()),
            "seen_alone": None,
        }
        for each in happened
        for _ in range(draw(st.integers(0, 6)))
    ]
    last = AS_OF if until is None else min(until, AS_OF)
    reviews = []
    for _ in range(draw(st.integers(0, 5))):
        opened = draw(st.dates(care_from, max(care_from, last)))
        completed = draw(st.sampled_from([opened, opened, None, min(opened + WEEK, AS_OF)]))
        reviews.append({"opened_on": opened, "completed_on": completed})
    notices = [
        {"kind": "s30a", "placement": each["id"], "received_on": draw(days_of(each))}
        for each in happened[: draw(st.integers(0, 1))]
    ]
    return as_text(
        {
            "as_of": AS_OF,
            "child": {
                "date_of_birth": care_from - timedelta(days=draw(st.integers(0, 6500))),
                "looked_after_from": care_from,
                "looked_after_until": until,
            },
            "placements": placements,
            "visits": visits,
            "reviews": reviews,
            "notices": notices,
            "policy": {
                "first_day_visit_counts": draw(st.booleans()),
                "local_max_days_between_visits": draw(st.sampled_from([None, 5, 28, 56])),
            },
        }
    )


@st.composite
def placement(
    draw: st.DrawFn, name: str, starts: date, ends: date | None, bases: list[str | None]
) -> dict[str, Any]:
    basis = draw(st.sampled_from(bases))
    within = st.integers(0, (ends - starts).days if ends else 400)
    order = starts + timedelta(days=draw(within)) if basis == "care_order_with_parent" else None
    return {
        "id": name,
        "started_on": starts,
        "ended_on": ends,
        "place": draw(st.sampled_from(["K2", "S1", "U4", "U6", "P1", "R2"])),
        "legal_status": draw(st.sampled_from(["C1", "C2", "V2", "V4", "E1"])),
        "intended_until_18": draw(st.booleans()),
        "basis": basis,
        "long_term_foster_agreed_on": draw(
            st.sampled_from([None, starts + timedelta(days=200), starts + timedelta(days=500)])
        ),
        "order_made_on": order,
    }


def days_of(placement: dict[str, Any]) -> st.SearchStrategy[date]:
    ends = placement["ended_on"] or AS_OF
    return st.dates(placement["started_on"], max(placement["started_on"], min(ends, AS_OF)))


def as_text(value: Any) -> Any:
    """The same facts with days as ISO text."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, dict):
        return {key: as_text(held) for key, held in value.items()}
    if isinstance(value, list):
        return [as_text(held) for held in value]
    return value
