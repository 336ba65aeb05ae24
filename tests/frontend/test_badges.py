"""How a deadline stands, in words."""

from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import pytest

from frontend.parts.badges import badge_of

ON = date(2026, 3, 10)


def deadline(**changes):
    facts = {
        "status": "open",
        "due_on": ON,
        "due_at": None,
        "local_due_on": None,
        "kind": "statute",
        "verified": "verified",
        "met_on": None,
        "days_late": 0,
    }
    return SimpleNamespace(**(facts | changes))


@pytest.mark.parametrize(
    ("days", "state", "said"),
    [
        (-3, "overdue", "7 March 2026 (3 days overdue)"),
        (-1, "overdue", "9 March 2026 (1 day overdue)"),
        (0, "today", "10 March 2026 (today)"),
        (1, "soon", "11 March 2026 (tomorrow)"),
        (7, "soon", "17 March 2026 (in 7 days)"),
        (8, "later", "18 March 2026 (in 8 days)"),
    ],
)
def test_badge_says_the_date_and_how_far(days, state, said):
    badge = badge_of(deadline(due_on=ON + timedelta(days=days)), ON)
    assert (badge.state, badge.text) == (state, said)


def test_badge_never_calls_an_unverified_rule_overdue():
    badge = badge_of(deadline(due_on=ON - timedelta(days=9), verified="unverified"), ON)
    assert badge.state == "past"
    assert badge.text == "1 March 2026 9 days past its expected date (rule not yet verified)"


def test_badge_never_shows_a_local_standard_as_law():
    badge = badge_of(deadline(due_on=ON - timedelta(days=4), kind="local standard"), ON)
    assert (badge.state, badge.words) == ("past", "(4 days past the local target)")


def test_badge_of_a_duty_without_a_number_in_law_waits():
    assert badge_of(deadline(status="waiting", due_on=None), ON).text == (
        "Waiting (no fixed period in law)"
    )
    target = deadline(status="waiting", due_on=None, local_due_on=ON + timedelta(days=2))
    assert badge_of(target, ON).text == "12 March 2026 (local target, in 2 days)"
    gone = deadline(status="waiting", due_on=None, local_due_on=ON - timedelta(days=2))
    assert badge_of(gone, ON).text == "8 March 2026 (2 days past the local target)"


def test_badge_keeps_saying_that_something_was_late():
    late = deadline(status="met_late", met_on=ON, days_late=2)
    assert (badge_of(late, ON).state, badge_of(late, ON).text) == (
        "late",
        "Done 10 March 2026 (2 days late)",
    )
    assert badge_of(deadline(status="met", met_on=ON), ON).text == "Done 10 March 2026 (on time)"


def test_badge_of_an_ended_duty_does_not_hide_that_it_had_slipped():
    ended = deadline(status="superseded", days_late=5)
    assert badge_of(ended, ON).words == "(nothing recorded, 5 days past when it ended)"
    assert badge_of(deadline(status="superseded"), ON).words == "(no longer due)"


def test_badge_of_a_duty_in_hours_passes_within_the_day():
    due_at = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
    one = deadline(due_at=due_at)
    assert badge_of(one, ON, due_at - timedelta(hours=1)).text == "10 March 2026 at 12:00 (today)"
    assert badge_of(one, ON, due_at + timedelta(hours=3)).text == (
        "10 March 2026 at 12:00 (3 hours overdue)"
    )
