"""How long a child may go without agreed contact; counted without a database."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from backend.deadlines.due import Due, status_on
from workflows.contact.rules import deadlines_of
from workflows.history import (
    ChildFacts,
    ContactFact,
    ContactPlanFact,
    History,
    Pause,
    PlacementFact,
)

START = date(2026, 1, 5)
PLAN = ContactPlanFact("k1", "grandmother", 14, START)


def day(number: int) -> date:
    """So many days after the plan was agreed."""
    return START + timedelta(days=number)


def met(*numbers: int, in_person: bool = True) -> tuple[ContactFact, ...]:
    return tuple(ContactFact(f"c{number}", day(number), in_person) for number in numbers)


AS_OF = day(60)


def owed(
    plan: ContactPlanFact, as_of: date = AS_OF, placements: tuple[PlacementFact, ...] = ()
) -> dict[str, Due]:
    history = History(
        child=ChildFacts(date(2012, 5, 1)), contact_plans=(plan,), placements=placements
    )
    found = deadlines_of(history, as_of)
    keys = [due.key for due in found]
    assert len(set(keys)) == len(keys)
    return {due.key.removeprefix("contact:k1:"): due for due in found}


def test_the_first_contact_is_counted_from_the_agreement() -> None:
    due = owed(PLAN)["start"]
    assert (due.ref, due.due_on, due.status) == ("LOC-04", day(14), "open")
    assert status_on(due, day(15)) == "overdue"


def test_each_contact_opens_the_next() -> None:
    dues = owed(replace(PLAN, contacts=met(10, 30)))
    assert {key: (due.due_on, due.status, due.days_late) for key, due in dues.items()} == {
        "start": (day(14), "met", 0),
        "after:c10": (day(24), "met_late", 6),
        "after:c30": (day(44), "open", 0),
    }


def test_contact_on_the_day_of_the_agreement_counts() -> None:
    assert owed(replace(PLAN, contacts=met(0)))["start"].status == "met"


def test_contact_before_the_agreement_does_not() -> None:
    assert list(owed(replace(PLAN, contacts=met(-1)))) == ["start"]


def test_two_contacts_on_a_day_are_one() -> None:
    twice = (ContactFact("c1", day(10)), ContactFact("c2", day(10)))
    assert list(owed(replace(PLAN, contacts=twice))) == ["start", "after:c1"]


def test_a_call_does_not_meet_a_plan_to_meet_in_person() -> None:
    assert owed(replace(PLAN, contacts=met(10, in_person=False)))["start"].status == "open"


def test_a_call_meets_a_plan_to_call_and_so_does_meeting() -> None:
    calls = replace(PLAN, in_person=False)
    assert owed(replace(calls, contacts=met(10, in_person=False)))["start"].status == "met"
    assert owed(replace(calls, contacts=met(10)))["start"].status == "met"


def test_nothing_is_owed_while_a_plan_is_set_aside() -> None:
    paused = replace(PLAN, contacts=met(10), pauses=(Pause("s1", day(12)),))
    dues = owed(paused)
    assert {key: due.status for key, due in dues.items()} == {
        "start": "met",
        "after:c10": "superseded",
    }
    assert "contact was set aside" in dues["after:c10"].why.lower()


def test_what_had_slipped_before_the_pause_stays_slipped() -> None:
    late = replace(PLAN, pauses=(Pause("s1", day(20)),))
    due = owed(late)["start"]
    assert (due.status, due.days_late) == ("superseded", 6)
    assert status_on(due, day(60)) == "overdue"


def test_a_plan_taken_up_again_is_counted_from_that_day() -> None:
    resumed = replace(PLAN, contacts=met(10, 45), pauses=(Pause("s1", day(12), day(40)),))
    dues = owed(resumed)
    assert (dues["resumed:s1"].due_on, dues["resumed:s1"].met_on) == (day(54), day(45))
    assert dues["after:c45"].due_on == day(59)


def test_set_aside_and_taken_up_on_one_day_counts_a_contact_once() -> None:
    resumed = replace(PLAN, contacts=met(12), pauses=(Pause("s1", day(12), day(12)),))
    assert list(owed(resumed)) == ["start", "after:c12", "resumed:s1"]


def test_the_end_of_a_plan_ends_what_is_owed() -> None:
    ended = replace(PLAN, contacts=met(10), ended_on=day(20))
    assert owed(ended)["after:c10"].status == "superseded"


def test_a_plan_ended_while_set_aside_owes_nothing_more() -> None:
    ended = replace(PLAN, pauses=(Pause("s1", day(5), day(20)),), ended_on=day(20))
    assert {key: due.status for key, due in owed(ended).items()} == {
        "start": "superseded",
        "resumed:s1": "superseded",
    }


def test_a_child_who_is_home_again_owes_no_contact() -> None:
    stay = PlacementFact("p1", day(-60), "K2", ended_on=day(7))
    assert owed(PLAN, placements=(stay,))["start"].status == "superseded"


def test_a_move_from_home_to_home_changes_nothing() -> None:
    moved = (
        PlacementFact("p1", day(-60), "K2", ended_on=day(7)),
        PlacementFact("p2", day(7), "K2"),
    )
    assert owed(PLAN, placements=moved)["start"].status == "open"


def test_it_is_never_shown_as_law() -> None:
    due = owed(PLAN)["start"]
    assert due.kind == "local standard"
    assert "not the law" in due.why
    assert due.link == ""


@given(
    st.lists(st.integers(min_value=0, max_value=200), max_size=12),
    st.lists(st.integers(min_value=0, max_value=200), max_size=4),
    st.integers(min_value=1, max_value=60),
)
def test_every_contact_is_counted_once_whatever_the_pauses(
    contacts: list[int], edges: list[int], every_days: int
) -> None:
    marks = sorted(edges)
    pauses = tuple(
        Pause(f"s{first}-{number}", day(first), day(last))
        for number, (first, last) in enumerate(zip(marks[::2], marks[1::2], strict=False))
    )
    plan = replace(PLAN, every_days=every_days, contacts=met(*sorted(set(contacts))), pauses=pauses)
    dues = owed(plan, day(300))
    counted = [due.met_by for due in dues.values() if due.met_by]
    assert len(set(counted)) == len(counted)
    assert all(due.due_on == due.counted_from + timedelta(days=every_days) for due in dues.values())
    standing = [due for due in dues.values() if due.status == "open"]
    assert len(standing) == 1
