"""The rungs of a ladder: when each is reached, and what makes no ladder."""

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.alerts.ladder import (
    DEFAULTS,
    OTHERS,
    Ladder,
    LadderRefused,
    Rung,
    Unit,
    Way,
    check_ladder,
)
from backend.grammar.moments import LONDON, end_of
from backend.grammar.roles import Role

MANAGER = (Role.TEAM_MANAGER,)


@pytest.mark.parametrize(
    ("last_day", "after", "reached"),
    [
        (date(2026, 3, 2), 1, datetime(2026, 3, 3, 9, tzinfo=LONDON)),
        (date(2026, 3, 6), 1, datetime(2026, 3, 9, 9, tzinfo=LONDON)),
        (date(2026, 3, 7), 1, datetime(2026, 3, 9, 9, tzinfo=LONDON)),
        (date(2026, 4, 2), 1, datetime(2026, 4, 7, 9, tzinfo=LONDON)),
        (date(2026, 3, 2), 5, datetime(2026, 3, 9, 9, tzinfo=LONDON)),
    ],
)
def test_working_days_are_counted_from_the_last_day(
    last_day: date, after: int, reached: datetime
) -> None:
    assert Rung(after, Unit.WORKING_DAYS, MANAGER).moment(end_of(last_day)) == reached


def test_hours_are_counted_from_the_moment_itself() -> None:
    passed = datetime(2026, 3, 28, 23, 30, tzinfo=LONDON)
    assert Rung(2, Unit.HOURS, MANAGER).moment(passed).astimezone(LONDON).hour == 1


@given(st.integers(0, 30), st.integers(0, 30), st.dates(date(2024, 1, 1), date(2026, 6, 1)))
def test_a_longer_wait_is_never_reached_earlier(first: int, second: int, day: date) -> None:
    short, long = sorted((first, second))
    passed = end_of(day)
    assert Rung(short, Unit.WORKING_DAYS, MANAGER).moment(passed) <= Rung(
        long, Unit.WORKING_DAYS, MANAGER
    ).moment(passed)


@pytest.mark.parametrize("ladder", [*DEFAULTS.values(), OTHERS])
def test_the_defaults_are_ladders_and_say_that_they_are_no_law(ladder: Ladder) -> None:
    check_ladder(ladder.rungs)
    assert "not law" in ladder.name
    assert Role.DIRECTOR in ladder.rungs[-1].roles
    assert ladder.rungs[-1].repeats_every


@pytest.mark.parametrize("ladder", [*DEFAULTS.values(), OTHERS])
def test_a_ladder_is_kept_whole(ladder: Ladder) -> None:
    assert Ladder.from_json(ladder.as_json()) == ladder


@pytest.mark.parametrize(
    ("rungs", "words"),
    [
        ((), "at least one step"),
        ((Rung(1, Unit.WORKING_DAYS, ()),), "Step 1 names nobody"),
        ((Rung(31, Unit.WORKING_DAYS, MANAGER),), "at most 30"),
        ((Rung(-1, Unit.HOURS, MANAGER),), "Choose at most 240"),
        (
            (Rung(5, Unit.WORKING_DAYS, MANAGER), Rung(1, Unit.WORKING_DAYS, MANAGER)),
            "Put them in order",
        ),
        (
            (
                Rung(1, Unit.WORKING_DAYS, MANAGER, (Way.LIVE,), 5),
                Rung(2, Unit.WORKING_DAYS, MANAGER),
            ),
            "Only the last step",
        ),
    ],
)
def test_what_makes_no_ladder_is_refused_in_words(rungs: tuple[Rung, ...], words: str) -> None:
    with pytest.raises(LadderRefused, match=words):
        check_ladder(rungs)
