"""The rules of visits and reviews as a whole, and what must hold for every child."""

import random
import subprocess
import sys
from copy import deepcopy
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from backend.deadlines.due import (
    Due,
    Status,
    days_late_on,
    is_due_soon_on,
    status_on,
    words_on,
)
from backend.grammar.clocks import Kind, NoFixedPeriod, Rule, Verified, faults_of
from tests.deadlines.children import AS_OF, facts
from workflows.explain import Facts, explain, read_history
from workflows.history import (
    Basis,
    BasisSpell,
    CarePeriod,
    ChildFacts,
    History,
    PlacementFact,
    ReviewFact,
    VisitFact,
)
from workflows.reviews import counting as reviews
from workflows.visits import counting as visits

ALL_RULES = [*visits.RULES, *reviews.RULES]
REFS = {
    *(f"VIS-{number:02}" for number in (*range(1, 17), 20, 40, 41)),
    *(f"REV-{number:02}" for number in (*range(13), 20, 21, 22)),
    *(f"IRO-{number:02}" for number in range(1, 9)),
}


def counted(told: dict[str, Any]) -> list[Due]:
    history, as_of = read_history(Facts.of(told, ""))
    return [*visits.deadlines_of(history, as_of), *reviews.deadlines_of(history, as_of)]


def test_every_row_of_the_law_is_a_rule() -> None:
    assert {rule.ref for rule in ALL_RULES} == REFS


def test_no_rule_has_a_fault() -> None:
    assert faults_of(ALL_RULES) == []


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: f"{rule.code} {rule.in_force_from}")
def test_rule_row_can_be_checked_by_a_reader(rule: Rule) -> None:
    assert rule.link.startswith("https://")
    assert rule.title
    assert rule.applies_when or rule.kind is not Kind.STATUTE
    assert rule.tells
    if isinstance(rule.span, NoFixedPeriod):
        assert rule.local_target or not rule.has_number


@pytest.mark.parametrize(
    ("ref", "verified"),
    [
        ("VIS-01", Verified.VERIFIED),
        ("VIS-05", Verified.SECONDARY),
        ("VIS-10", Verified.UNVERIFIED),
        ("VIS-12", Verified.UNVERIFIED),
        ("VIS-16", Verified.UNVERIFIED),
        ("VIS-41", Verified.UNVERIFIED),
        ("REV-01", Verified.VERIFIED),
        ("REV-07", Verified.UNVERIFIED),
        ("REV-10", Verified.SECONDARY),
        ("IRO-01", Verified.SECONDARY),
        ("IRO-05", Verified.UNVERIFIED),
    ],
)
def test_mark_of_the_rule_is_carried(ref: str, verified: Verified) -> None:
    newest = [rule for rule in ALL_RULES if rule.ref == ref and rule.in_force_to is None]
    assert newest
    assert {rule.verified for rule in newest} == {verified}


def test_rules_of_2020_are_versions_of_their_own_and_not_verified() -> None:
    code = "visits.first_year"
    assert [rule.in_force_from for rule in visits.RULES.versions(code)] == [
        date(2011, 4, 1),
        date(2020, 4, 24),
        date(2020, 9, 25),
        date(2021, 10, 1),
    ]
    remote = visits.RULES.on(code, date(2020, 9, 24))
    assert remote.remote_visits_count
    assert remote.verified is Verified.UNVERIFIED
    assert "2020/445" in remote.provision
    assert "2020/909" in visits.RULES.on(code, date(2020, 9, 25)).provision
    assert not visits.RULES.on(code, date(2020, 4, 23)).remote_visits_count
    assert not visits.RULES.on(code, date(2021, 10, 1)).remote_visits_count


def test_rules_are_plain_python() -> None:
    code = (
        "import sys; import workflows.explain; "
        "import workflows.visits.counting, workflows.reviews.counting; "
        "sys.exit('django' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@settings(deadline=None)
@given(facts())
def test_every_child_has_an_answer_that_agrees_with_itself(told: dict[str, Any]) -> None:
    found = explain(told)["deadlines"]
    dates = [due["due_on"] or "9999" for due in found]
    assert dates == sorted(dates)
    for due in found:
        late = None
        if due["due_on"] is not None:
            assert due["counted_from"] <= due["due_on"]
            assert due["plan_by"] <= due["due_on"]
            until = due["met_on"] or told["as_of"]
            late = (date.fromisoformat(until) - date.fromisoformat(due["due_on"])).days
        match due["status"]:
            case "met":
                assert due["met_on"]
                assert late is None or late <= 0
            case "met_late":
                assert due["met_on"]
                assert due["days_late"] == late
                assert late > 0
            case "open":
                assert due["met_on"] is None
                assert late <= 0
            case "overdue":
                assert due["met_on"] is None
                assert 0 < due["days_late"] <= late
            case "superseded":
                assert due["met_on"] is None
                assert due["days_late"] == 0
            case "waiting":
                assert due["due_on"] is None
            case other:
                pytest.fail(f"no such status: {other}")
        if due["local_due_on"] and due["due_on"]:
            assert due["local_due_on"] < due["due_on"]


@settings(deadline=None)
@given(facts())
def test_no_two_deadlines_of_a_child_share_a_key(told: dict[str, Any]) -> None:
    keys = [due.key for due in counted(told)]
    assert len(keys) == len(set(keys))


@settings(deadline=None)
@given(facts(), st.randoms(use_true_random=False))
def test_order_of_the_facts_does_not_matter(told: dict[str, Any], shuffled: random.Random) -> None:
    other = deepcopy(told)
    for key in ("placements", "visits", "reviews"):
        shuffled.shuffle(other[key])
    assert sorted(map(str, explain(told)["deadlines"])) == sorted(
        map(str, explain(other)["deadlines"])
    )


@settings(deadline=None)
@given(facts(), st.data())
def test_attempt_changes_nothing(told: dict[str, Any], data: st.DataObject) -> None:
    assume(told["visits"])
    attempt = dict(data.draw(st.sampled_from(told["visits"])), child_seen=False)
    other = deepcopy(told)
    other["visits"].append(attempt)
    assert explain(told) == explain(other)


@settings(deadline=None)
@given(facts(bases=[None]), st.data())
def test_later_last_visit_never_gives_an_earlier_date(
    told: dict[str, Any], data: st.DataObject
) -> None:
    child = read_history(Facts.of(told, ""))[0].child
    ends = {
        each["id"]: min(
            AS_OF.isoformat(),
            each["ended_on"] or "9999",
            told["child"]["looked_after_until"] or "9999",
            child.turns_18_on.isoformat(),
        )
        for each in told["placements"]
    }
    seen = [
        visit
        for visit in told["visits"]
        if visit["child_seen"] and visit["made_on"] <= ends[visit["placement"]]
    ]
    assume(seen)
    last = max(seen, key=lambda visit: visit["made_on"])
    home = next(each for each in told["placements"] if each["id"] == last["placement"])
    first, end = date.fromisoformat(last["made_on"]), date.fromisoformat(ends[home["id"]])
    later = data.draw(st.dates(first, end))
    other = deepcopy(told)
    for visit in other["visits"]:
        if visit == last:
            visit["made_on"] = later.isoformat()
    assert next_interval(other, home["id"]) >= next_interval(told, home["id"])


def next_interval(told: dict[str, Any], placement: str) -> str:
    intervals = [
        due
        for due in explain(told)["deadlines"]
        if due["placement"] == placement and due["ref"] in ("VIS-02", "VIS-03", "VIS-04", "VIS-05")
    ]
    return max((due["due_on"] for due in intervals if not due["met_on"]), default="")


@settings(deadline=None)
@given(facts(bases=[None]), st.data())
def test_move_restarts_visits_and_not_reviews(told: dict[str, Any], data: st.DataObject) -> None:
    longer = [
        each
        for each in told["placements"]
        if (each["ended_on"] or told["as_of"]) > each["started_on"]
    ]
    assume(longer)
    home = data.draw(st.sampled_from(longer))
    starts = date.fromisoformat(home["started_on"])
    ends = date.fromisoformat(home["ended_on"] or told["as_of"])
    moved_on = data.draw(st.dates(starts + timedelta(days=1), ends)).isoformat()
    until = told["child"]["looked_after_until"]
    assume(until is None or moved_on <= until)
    other = deepcopy(told)
    other["visits"], other["notices"] = [], []
    for each in other["placements"]:
        if each["id"] == home["id"]:
            each["ended_on"] = moved_on
    other["placements"].append(
        dict(home, id="moved", started_on=moved_on, long_term_foster_agreed_on=None)
    )
    assert reviews_in(told) == reviews_in(other)
    first = [
        due["counted_from"]
        for due in explain(other)["deadlines"]
        if due["ref"] == "VIS-01" and due["placement"] == "moved"
    ]
    of_age = read_history(Facts.of(told, ""))[0].child.turns_18_on
    assert first == ([moved_on] if moved_on <= of_age.isoformat() else [])


def reviews_in(told: dict[str, Any]) -> list[dict[str, Any]]:
    return [due for due in explain(told)["deadlines"] if due["ref"].startswith("REV")]


@settings(deadline=None)
@given(facts(bases=[None, "reg_24", "adoption"]), st.integers(1, 700))
def test_overdue_never_becomes_open_again(told: dict[str, Any], days: int) -> None:
    later = dict(told, as_of=(AS_OF + timedelta(days=days)).isoformat())
    before, after = explain(told)["deadlines"], explain(later)["deadlines"]
    assert [due["due_on"] for due in before] == [due["due_on"] for due in after]
    for now, then in zip(before, after, strict=True):
        if now["status"] in ("met", "met_late", "superseded"):
            assert then["status"] == now["status"]
        if now["status"] == "overdue":
            assert then["status"] == "overdue"
            assert then["days_late"] >= now["days_late"]


def a_child(*visited: date, reviewed: tuple[date, ...] = (), **more: Any) -> History:
    starts = date(2026, 1, 5)
    return History(
        ChildFacts(date(2012, 5, 1), (CarePeriod(starts),)),
        placements=more.pop("placements", (PlacementFact("p1", starts, "K2"),)),
        visits=tuple(VisitFact(f"v{n}", "p1", day) for n, day in enumerate(visited)),
        reviews=tuple(ReviewFact(f"r{n}", day, day) for n, day in enumerate(reviewed)),
        **more,
    )


def test_correcting_a_date_moves_the_same_deadline() -> None:
    before = visits.deadlines_of(a_child(date(2026, 1, 9)), AS_OF)
    after = visits.deadlines_of(a_child(date(2026, 1, 8)), AS_OF)
    assert [due.key for due in before] == [due.key for due in after]
    assert before[-1].due_on - after[-1].due_on == timedelta(days=1)


def test_answer_carries_what_a_reader_needs() -> None:
    due = visits.deadlines_of(a_child(date(2026, 1, 9)), AS_OF)[-1]
    assert due.provision == "S.I. 2010/959 reg. 28(2)(b)"
    assert due.rule_version == date(2021, 10, 1)
    assert due.verified == "verified"
    assert due.facts["Visit"] == "Friday 9 January 2026"
    assert due.calendar_version
    assert "social_worker" in due.tells


def test_overdue_begins_on_the_day_after() -> None:
    due = visits.deadlines_of(a_child(date(2026, 1, 9)), AS_OF)[-1]
    assert due.due_on == date(2026, 2, 20)
    assert status_on(due, date(2026, 2, 20)) is Status.OPEN
    assert is_due_soon_on(due, date(2026, 2, 13))
    assert not is_due_soon_on(due, date(2026, 2, 12))
    assert status_on(due, date(2026, 2, 21)) is Status.OVERDUE
    assert not is_due_soon_on(due, date(2026, 2, 21))
    assert days_late_on(due, date(2026, 2, 21)) == 1
    assert words_on(due, date(2026, 2, 21)) == "1 day overdue"
    assert words_on(due, date(2026, 2, 20)) == "due today"


def test_unverified_rule_past_its_date_is_not_called_overdue_in_words() -> None:
    starts = date(2026, 1, 5)
    arranged = PlacementFact(
        "p1", starts, "R2", bases=(BasisSpell(Basis.OTHERS_ARRANGEMENTS, starts),)
    )
    due = visits.deadlines_of(a_child(placements=(arranged,)), AS_OF)[0]
    assert due.ref == "VIS-10"
    assert words_on(due, AS_OF) == "49 days past its expected date (rule not yet verified)"
    assert "not yet been verified" in due.why


def test_change_of_others_arrangements_calls_for_a_visit() -> None:
    starts = date(2026, 1, 5)
    arranged = PlacementFact(
        "p1",
        starts,
        "R2",
        bases=(BasisSpell(Basis.OTHERS_ARRANGEMENTS, starts),),
        arrangements_changed_on=(date(2026, 2, 16),),
    )
    found = visits.deadlines_of(a_child(date(2026, 1, 9), placements=(arranged,)), AS_OF)
    assert sorted((due.counted_from, due.due_on, str(status_on(due, AS_OF))) for due in found) == [
        (starts, date(2026, 1, 12), "met"),
        (date(2026, 1, 9), date(2026, 2, 20), "overdue"),
        (date(2026, 2, 16), date(2026, 2, 23), "overdue"),
    ]


def test_full_approval_ends_the_weekly_visits() -> None:
    starts = date(2026, 1, 5)
    kin = PlacementFact(
        "p1", starts, "U3", bases=(BasisSpell(Basis.REG_24, starts, date(2026, 1, 20)),)
    )
    found = visits.deadlines_of(
        a_child(date(2026, 1, 9), date(2026, 1, 15), placements=(kin,)), AS_OF
    )
    assert [(due.ref, due.due_on) for due in found] == [
        ("VIS-07", date(2026, 1, 12)),
        ("VIS-07", date(2026, 1, 16)),
        ("VIS-02", date(2026, 2, 26)),
    ]


def test_interim_order_during_a_stay_with_parents_starts_weekly_visits() -> None:
    starts = date(2026, 1, 5)
    home = PlacementFact(
        "p1",
        starts,
        "P1",
        bases=(BasisSpell(Basis.INTERIM_ORDER_WITH_PARENT, date(2026, 2, 2)),),
    )
    found = visits.deadlines_of(a_child(date(2026, 1, 9), placements=(home,)), AS_OF)
    assert [(due.ref, due.due_on, str(due.status)) for due in found] == [
        ("VIS-01", date(2026, 1, 12), "met"),
        ("VIS-08", date(2026, 2, 9), "open"),
        ("VIS-02", date(2026, 2, 20), "superseded"),
    ]


def test_withdrawn_agreement_brings_the_visits_forward() -> None:
    starts = date(2024, 1, 8)
    foster = PlacementFact(
        "p1",
        starts,
        "U4",
        intended_until_18=True,
        long_term_foster_agreed_on=date(2025, 1, 10),
        long_term_foster_withdrawn_on=date(2026, 2, 2),
    )
    child = ChildFacts(date(2012, 5, 1), (CarePeriod(starts),))
    history = History(child, (foster,), visits=(VisitFact("v1", "p1", date(2025, 12, 1)),))
    last = visits.deadlines_of(history, AS_OF)[-1]
    assert (last.ref, last.due_on) == ("VIS-03", date(2026, 3, 1))


def test_two_periods_of_care_have_a_first_review_each() -> None:
    child = ChildFacts(
        date(2012, 5, 1),
        (CarePeriod(date(2024, 1, 2), date(2024, 6, 3)), CarePeriod(date(2026, 1, 5))),
    )
    history = History(child, reviews=(ReviewFact("r1", date(2024, 1, 30), date(2024, 1, 30)),))
    found = reviews.deadlines_of(history, AS_OF)
    assert [(due.ref, due.due_on, str(status_on(due, AS_OF))) for due in found] == [
        ("REV-01", date(2024, 1, 30), "met"),
        ("REV-02", date(2024, 4, 30), "overdue"),
        ("REV-01", date(2026, 2, 2), "overdue"),
    ]


def test_temporary_stay_inside_a_placement_is_no_move() -> None:
    starts = date(2026, 1, 5)
    stay = PlacementFact("t1", date(2026, 1, 20), "T4", ended_on=date(2026, 1, 25))
    home = PlacementFact("p1", starts, "K2")
    history = a_child(date(2026, 1, 9), placements=(home, stay))
    history = replace(history, visits=(*history.visits, VisitFact("v9", "t1", date(2026, 1, 22))))
    found = visits.deadlines_of(history, AS_OF)
    assert [(due.placement, due.due_on, str(due.status)) for due in found] == [
        ("p1", date(2026, 1, 12), "met"),
        ("p1", date(2026, 2, 20), "met"),
        ("p1", date(2026, 3, 5), "open"),
    ]
