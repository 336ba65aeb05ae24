"""Explaining a child's deadlines from a file of facts: the answer, and what is refused."""

import json
import subprocess
import sys
from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.deadlines.children import facts
from workflows.explain import UnableToExplain, explain, explain_text

ROOT = Path(__file__).parents[2]
SIGHTLINE = Path(sys.executable).with_name("sightline")

TOLD: dict[str, Any] = {
    "as_of": "2026-03-02",
    "child": {
        "date_of_birth": "2012-05-01",
        "looked_after_from": "2026-01-05",
        "looked_after_until": None,
    },
    "placements": [
        {
            "id": "p1",
            "started_on": "2026-01-05",
            "ended_on": None,
            "place": "K2",
            "legal_status": "C2",
            "intended_until_18": False,
            "basis": None,
            "long_term_foster_agreed_on": None,
            "order_made_on": None,
        }
    ],
    "visits": [
        {"placement": "p1", "made_on": "2026-01-09", "child_seen": True, "seen_alone": True}
    ],
    "reviews": [{"opened_on": "2026-01-29", "completed_on": "2026-01-29"}],
    "notices": [{"kind": "s30a", "placement": "p1", "received_on": "2026-02-01"}],
    "policy": {"first_day_visit_counts": False, "local_max_days_between_visits": None},
}


def told(**changes: Any) -> dict[str, Any]:
    """The example with facts changed by path: ``placements__0__place="K1"``."""
    facts = deepcopy(TOLD)
    for path, value in changes.items():
        *steps, last = path.split("__")
        held: Any = facts
        for step in steps:
            held = held[int(step)] if step.isdigit() else held[step]
        if isinstance(held, list):
            held.insert(int(last), value)
        elif value is ABSENT:
            del held[last]
        else:
            held[last] = value
    return facts


ABSENT = object()


def test_example_is_answered_exactly() -> None:
    found = explain(TOLD)["deadlines"]
    assert found[0] == {
        "ref": "VIS-01",
        "rule": "visits.first",
        "placement": "p1",
        "counted_from": "2026-01-05",
        "due_on": "2026-01-12",
        "plan_by": "2026-01-12",
        "status": "met",
        "met_on": "2026-01-09",
        "days_late": 0,
        "kind": "statute",
        "provision": "S.I. 2010/959 reg. 28(2)(a)",
        "local_due_on": None,
        "why": "The placement started on Monday 5 January 2026; the first visit is due within "
        "one week of that day.",
    }
    assert [(due["ref"], due["due_on"], due["status"], due["days_late"]) for due in found] == [
        ("VIS-01", "2026-01-12", "met", 0),
        ("REV-01", "2026-02-02", "met", 0),
        ("VIS-12", "2026-02-08", "overdue", 22),
        ("VIS-02", "2026-02-20", "overdue", 10),
        ("REV-02", "2026-04-29", "open", 0),
    ]


def test_everything_but_three_may_be_left_out() -> None:
    found = explain({key: TOLD[key] for key in ("as_of", "child", "placements")})["deadlines"]
    assert [(due["ref"], due["status"]) for due in found] == [
        ("VIS-01", "overdue"),
        ("REV-01", "overdue"),
    ]


def test_placement_without_an_end_ended_with_the_move() -> None:
    moved = dict(TOLD["placements"][0], id="p2", started_on="2026-02-10")
    found = explain(told(placements__1=moved))["deadlines"]
    assert ("VIS-02", "p1", "superseded") in {
        (due["ref"], due["placement"], due["status"]) for due in found
    }
    assert ("VIS-01", "p2", "overdue") in {
        (due["ref"], due["placement"], due["status"]) for due in found
    }


OVERLAP = dict(TOLD["placements"][0], id="p2", started_on="2026-01-20", ended_on=None)
REFUSED: list[tuple[dict[str, Any], str]] = [
    (told(colour="red"), 'unknown key "colour"'),
    (told(child__name="A"), 'unknown key "name" in child'),
    (told(placements__0__urn="1"), 'unknown key "urn" in placements[0]'),
    (told(visits__0__by="me"), 'unknown key "by" in visits[0]'),
    (told(reviews__0__held="x"), 'unknown key "held" in reviews[0]'),
    (told(notices__0__x=1), 'unknown key "x" in notices[0]'),
    (told(policy__x=1), 'unknown key "x" in policy'),
    (told(as_of=ABSENT), "as_of is missing"),
    (told(child=ABSENT), "child is missing"),
    (told(placements=ABSENT), "placements is missing"),
    (told(child__date_of_birth=None), "child.date_of_birth is missing"),
    (told(child__looked_after_from=ABSENT), "child.looked_after_from is missing"),
    (told(placements__0__place=ABSENT), "placements[0].place is missing"),
    (told(visits__0__child_seen=ABSENT), "visits[0].child_seen is missing"),
    (told(as_of="2026-02-30"), "as_of: 2026-02-30 is no day of the calendar"),
    (told(as_of="02/03/2026"), "as_of must be a date"),
    (told(as_of="20260302"), "as_of must be a date"),
    (told(as_of="２０２６-03-02"), "as_of must be a date"),  # noqa: RUF001
    (told(as_of="2026-03-02T00:00:00"), "as_of must be a date"),
    (told(as_of=True), "as_of must be a date such as 2026-01-05, not true"),
    (told(as_of=20260302), "as_of must be a date"),
    (told(child__date_of_birth="0001-01-01"), "child.date_of_birth: 0001-01-01 is out of range"),
    (told(child=[]), "child must be a JSON object"),
    (told(placements={}), "placements must be a list"),
    (told(placements__0="p1"), "placements[0] must be a JSON object"),
    (told(visits=None), "visits must be a list"),
    (told(policy=None), "policy must be a JSON object"),
    (told(placements__0__id=1), "placements[0].id must be text"),
    (told(placements__0__id="  "), "placements[0].id must be text"),
    (told(placements__0__id="p" * 201), "placements[0].id is longer than 200 characters"),
    (told(placements__0__intended_until_18="no"), "placements[0].intended_until_18 must be true"),
    (told(placements__0__intended_until_18=0), "placements[0].intended_until_18 must be true"),
    (told(visits__0__child_seen=1), "visits[0].child_seen must be true or false, not 1"),
    (told(visits__0__seen_alone="yes"), "visits[0].seen_alone must be true or false"),
    (told(placements__0__place="k2"), 'placements[0].place: "k2" is not a place code'),
    (told(placements__0__place="Q9"), 'placements[0].place: "Q9" is not a place code'),
    (told(placements__0__legal_status="C9"), 'placements[0].legal_status: "C9" is not'),
    (told(placements__0__basis="reg_99"), 'placements[0].basis: "reg_99" is not one of'),
    (told(placements__0__basis="section_85"), 'placements[0].basis: "section_85" is not one of'),
    (
        told(placements__0__basis="care_order_with_parent"),
        "placements[0].order_made_on is missing",
    ),
    (told(notices__0__kind="s31"), 'notices[0].kind: "s31" is not'),
    (told(visits__0__placement="p9"), 'visits[0].placement: there is no placement "p9"'),
    (told(notices__0__placement="p9"), 'notices[0].placement: there is no placement "p9"'),
    (told(placements__1=OVERLAP | {"id": "p1"}), 'placements[1].id "p1" is given twice'),
    (told(visits__0__made_on="2026-01-04"), "visits[0].made_on 2026-01-04 is before the start"),
    (told(visits__0__made_on="2026-03-03"), "visits[0].made_on 2026-03-03 is after as_of"),
    (told(reviews__0__opened_on="2026-01-04"), "reviews[0].opened_on 2026-01-04 is before child"),
    (
        told(reviews__0__completed_on="2026-01-28"),
        "reviews[0].completed_on 2026-01-28 is before reviews[0].opened_on",
    ),
    (told(reviews__0__completed_on="2026-03-28"), "reviews[0].completed_on 2026-03-28 is after"),
    (told(notices__0__received_on="2026-01-04"), "notices[0].received_on 2026-01-04 is before"),
    (told(placements__0__ended_on="2026-01-04"), "placements[0].ended_on 2026-01-04 is before"),
    (
        told(placements__0__ended_on="2026-01-08"),
        'visits[0].made_on 2026-01-09 is after the end of placement "p1"',
    ),
    (told(child__looked_after_until="2026-01-04"), "child.looked_after_until 2026-01-04 is before"),
    (told(child__looked_after_from="2026-01-06"), "placements[0].started_on 2026-01-05 is before"),
    (told(child__date_of_birth="2026-01-06"), "child.looked_after_from 2026-01-05 is before child"),
    (told(child__date_of_birth="2008-01-05"), "is not before the 18th birthday"),
    (
        told(placements__0__ended_on="2026-02-10", placements__1=OVERLAP),
        'placements "p1" (until 2026-02-10) and "p2" (from 2026-01-20) overlap',
    ),
    (told(policy__local_max_days_between_visits=0), "policy.local_max_days_between_visits must"),
    (told(policy__local_max_days_between_visits=True), "policy.local_max_days_between_visits must"),
    (told(policy__local_max_days_between_visits=2.5), "policy.local_max_days_between_visits must"),
    (told(policy__local_max_days_between_visits=10**30), "policy.local_max_days_between_visits"),
    (told(policy__first_day_visit_counts=None), "policy.first_day_visit_counts must be true"),
]


@pytest.mark.parametrize(("facts", "reason"), REFUSED, ids=[reason for _, reason in REFUSED])
def test_facts_that_cannot_be_true_are_refused_by_name(facts: dict[str, Any], reason: str) -> None:
    with pytest.raises(UnableToExplain) as refusal:
        explain(facts)
    assert reason in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_counting_past_the_bank_holidays_names_the_fact() -> None:
    late = told(
        as_of="2028-12-29",
        child__looked_after_from="2028-12-20",
        child__date_of_birth="2020-01-01",
        placements__0__started_on="2028-12-20",
        visits=[],
        reviews=[],
        notices=[],
    )
    with pytest.raises(UnableToExplain, match=r"child\.looked_after_from 2028-12-20: working days"):
        explain(late)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not JSON"),
        ("[]", "must be a JSON object"),
        ("null", "must be a JSON object, not null"),
        ('"facts"', "must be a JSON object"),
        ("{", "not JSON"),
        ('{"as_of": NaN}', "NaN is not a value in JSON"),
        ('{"as_of": -Infinity}', "-Infinity is not a value in JSON"),
        ('{"as_of": "2026-01-01", "as_of": "2026-01-02"}', 'the key "as_of" is given twice'),
        ('{"child": {"a": 1, "a": 1}}', 'the key "a" is given twice'),
        ("[" * 100_000, "nested too deeply"),
        ('{"as_of": ' + "9" * 5000 + "}", "too many digits"),
        ('{"' + "k" * 1000 + '": 1}', "unknown key"),
        ('{"\\ud800\\n": 1}', 'unknown key "\\ud800\\n"'),
        (" " * 10_000_001, "longer than 10,000,000 characters"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_odd_text_is_refused_in_one_line(text: str, reason: str) -> None:
    with pytest.raises(UnableToExplain) as refusal:
        explain_text(text)
    assert reason in str(refusal.value)
    assert "\n" not in str(refusal.value)
    assert len(str(refusal.value)) < 300


ANYTHING = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(allow_nan=False),
        st.text(max_size=5),
        st.dates().map(str),
        st.sampled_from(["p1", "K2", "reg_48", "2026-01-05"]),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text(), inner)),
    max_leaves=5,
)


@settings(deadline=None, max_examples=300)
@given(facts(), ANYTHING, st.data())
def test_any_spoilt_fact_is_answered_or_refused(
    whole: dict[str, Any], odd: object, data: st.DataObject
) -> None:
    spot, key = data.draw(st.sampled_from([*places_in(whole)]))
    spot[key] = odd
    try:
        answer = explain(whole)
    except UnableToExplain as refusal:
        assert "\n" not in str(refusal)  # noqa: PT017
    else:
        json.dumps(answer)


def places_in(value: Any) -> list[tuple[Any, Any]]:
    keys = value.keys() if isinstance(value, dict) else range(len(value))
    found: list[tuple[Any, Any]] = []
    for key in keys:
        found.append((value, key))
        if isinstance(value[key], dict | list):
            found += places_in(value[key])
    return found


@settings(deadline=None)
@example("{")
@given(st.text())
def test_any_text_is_refused_cleanly(text: str) -> None:
    with pytest.raises(UnableToExplain):
        explain_text(text)


Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(name="sightline")
def sightline_command(tmp_path: Path) -> Run:
    """Runs the command as a newcomer would: no database, no settings, from elsewhere."""

    def run(*words: str, text: str = "") -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [SIGHTLINE, *words],
            input=text.encode("utf-8", "surrogatepass").decode("latin-1"),
            capture_output=True,
            check=False,
            cwd=tmp_path,
            encoding="latin-1",
            env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
            timeout=120,
        )

    return run


def test_command_reads_a_file(sightline: Run, tmp_path: Path) -> None:
    file = tmp_path / "facts.json"
    file.write_text("\ufeff" + json.dumps(TOLD), encoding="utf-8")
    ran = sightline("explain", str(file))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(ran.stdout) == explain(TOLD)


def test_command_reads_its_input(sightline: Run) -> None:
    ran = sightline("explain", "-", text=json.dumps(TOLD))
    assert (ran.returncode, ran.stderr) == (0, "")
    assert json.loads(ran.stdout) == explain(TOLD)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (json.dumps(told(colour="red")), 'unknown key "colour"\n'),
        ("", "the input is empty\n"),
        ("\udcff", "the input is not UTF-8 text\n"),
    ],
)
def test_command_refuses_in_one_line(sightline: Run, text: str, reason: str) -> None:
    ran = sightline("explain", "-", text=text)
    assert (ran.returncode, ran.stdout, ran.stderr) == (1, "", reason)


def test_command_says_when_a_file_cannot_be_read(sightline: Run) -> None:
    ran = sightline("explain", "nowhere.json")
    assert ran.returncode == 1
    assert ran.stderr == "nowhere.json cannot be read: No such file or directory\n"


def test_command_answers_each_line_and_goes_on(sightline: Run) -> None:
    lines = [json.dumps(TOLD), json.dumps(told(colour="red")), "", "{", json.dumps(TOLD)]
    ran = sightline("explain", "--lines", "-", text="\r\n".join(lines) + "\n")
    assert (ran.returncode, ran.stderr) == (0, "")
    answers = [json.loads(line) for line in ran.stdout.splitlines()]
    assert answers[0] == answers[4] == explain(TOLD)
    assert answers[1] == {"error": 'unknown key "colour"'}
    assert answers[2] == {"error": "the input is empty"}
    assert "not JSON" in answers[3]["error"]
    assert len(answers) == 5
