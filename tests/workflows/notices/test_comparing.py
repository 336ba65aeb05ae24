"""Two sources compared, as plain facts: what differs, and what does not yet."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from workflows.notices.comparing import Placed, Said, differences

MONDAY, TUESDAY, WEDNESDAY, FRIDAY = (date(2026, 3, day) for day in (2, 3, 4, 6))
SATURDAY_AFTER, MONDAY_AFTER, TUESDAY_AFTER = (date(2026, 3, day) for day in (7, 9, 10))


def kinds(placed: list[Placed], said: list[Said], on: date) -> list[str]:
    return [difference.kind for difference in differences(placed, said, on)]


def test_a_home_has_one_working_day() -> None:
    placed = [Placed(1, 1, FRIDAY)]
    assert kinds(placed, [], FRIDAY) == kinds(placed, [], MONDAY_AFTER) == []
    assert kinds(placed, [], TUESDAY_AFTER) == ["home_silent"]


def test_when_both_say_the_same_nothing_differs() -> None:
    placed = [Placed(1, 1, MONDAY, FRIDAY)]
    said = [Said(1, True, MONDAY, 1), Said(2, False, FRIDAY, 1)]
    assert kinds(placed, said, TUESDAY_AFTER) == []


def test_a_change_of_legal_basis_in_one_home_is_no_coming_or_going() -> None:
    placed = [
        Placed(1, 1, MONDAY, WEDNESDAY, stays_in_same_home=True),
        Placed(2, 1, WEDNESDAY, came_from_same_home=True),
    ]
    assert kinds(placed, [Said(1, True, MONDAY, 1)], TUESDAY_AFTER) == []


def test_a_home_that_never_spoke_is_not_asked_for_the_end_as_well() -> None:
    assert kinds([Placed(1, 1, MONDAY, TUESDAY)], [], TUESDAY_AFTER) == ["home_silent"]


def test_the_facts_that_differ_stand_in_the_key() -> None:
    first = differences([Placed(1, 1, MONDAY)], [Said(1, True, TUESDAY, 1)], FRIDAY)
    second = differences([Placed(1, 1, MONDAY)], [Said(1, True, WEDNESDAY, 1)], FRIDAY)
    assert first[0].key != second[0].key


days = st.dates(date(2026, 1, 1), date(2026, 3, 1))


@given(
    started=days,
    stayed=st.none() | st.integers(0, 40),
    came=st.none() | days,
    left=st.none() | days,
    told=st.booleans(),
    on=st.dates(date(2026, 3, 1), date(2026, 4, 1)),
)
def test_no_difference_stands_twice_and_agreement_has_none(
    started: date,
    stayed: int | None,
    came: date | None,
    left: date | None,
    told: bool,
    on: date,
) -> None:
    from datetime import timedelta

    ended = started + timedelta(days=stayed) if stayed is not None else None
    placed = Placed(1, 1, started, ended, host_was_told=told)
    said = [
        *([Said(1, True, came, 1)] if came else []),
        *([Said(2, False, left, 1)] if left else []),
    ]
    found = differences([placed], said, on)
    keys = [difference.key for difference in found]
    assert len(set(keys)) == len(keys)
    agrees = came == started and told and left == ended
    if agrees:
        assert found == []
    elif came is not None and came != started:
        assert any(difference.kind == "start_differs" for difference in found)
