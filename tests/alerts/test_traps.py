"""Each trap that others paid for has a test that fails when we fall into it."""

from datetime import timedelta
from pathlib import Path

import pytest

from backend.access.visibility import children_visible_to
from backend.deadlines.models import Deadline
from backend.deadlines.recalculate import recalculate_all
from backend.events.record import CLOCK
from backend.grammar.events import KINDS, Depth
from backend.grammar.roles import Role
from tests.factories import LEEDS, NOW, a_child, a_person, a_team, a_world, plays

TESTS = Path(__file__).parents[1]
HOUSE = TESTS.parent

#: The trap, and the tests that would show that we fell into it.
TRAPS: dict[str, tuple[str, ...]] = {
    "deadlines as counters that a nightly job increments": (
        "alerts/test_traps.py::test_a_month_of_missed_nights_changes_no_date",
        "alerts/test_alerts.py::test_steps_missed_while_nothing_ran_are_all_taken",
    ),
    "the same threshold written twice": (
        "pages/test_work.py::test_urgency_in_the_database_is_the_urgency_in_words",
    ),
    "not logged shown as not done": (
        "frontend/test_charts.py::test_dots_table_says_nothing_recorded_and_never_not_done",
    ),
    "a visit attempted counted as no visit, or as a visit": (
        "workflows/visits/test_actions.py::test_an_attempt_meets_nothing",
        "pages/test_recording.py::test_attempt_is_recorded_and_the_visit_stays_owed",
    ),
    "an acknowledgement that does not name a person": (
        "alerts/test_alerts.py::test_a_receipt_names_who_has_seen_it_and_stops_nothing",
    ),
    "alerts of people who left": (
        "notify/test_telling.py::test_open_alerts_go_to_whoever_takes_over",
        "casework/test_people.py::test_part_stays_while_its_alerts_would_be_on_nobodys_desk",
    ),
    "one overdue e-mail, then silence": (
        "alerts/test_alerts.py::test_the_last_step_repeats_while_nothing_is_done",
        "alerts/test_reminders.py::test_telling_again_grows_rarer_and_never_stops",
        "alerts/test_audit.py::test_a_last_step_that_is_not_told_again_is_found",
    ),
    "a ladder that stops half way": (
        "alerts/test_audit.py::test_a_step_that_was_not_taken_is_found",
        "alerts/test_alerts.py::test_nobody_to_tell_is_recorded_and_goes_up_at_once",
    ),
    "an acknowledgement taken as the end": (
        "alerts/test_alerts.py::test_a_receipt_names_who_has_seen_it_and_stops_nothing",
        "alerts/test_alerts.py::test_an_answer_sets_the_next_look_and_is_heard_of_when_not_kept",
    ),
    "no owner means that everybody may see it": (
        "alerts/test_traps.py::test_a_child_without_an_owner_is_seen_by_nobody_else",
    ),
    "push messages not filtered by permission": (
        "access/test_allegations_do_not_leak.py::test_nobody_is_told_and_no_live_message_says_so",
    ),
    "a case that disappears once it is shared": (
        "access/test_visibility.py"
        "::test_a_child_never_leaves_the_placing_authoritys_lists_when_shared",
    ),
    "a referral copied to the other side": (
        "journeys/test_two_authorities_one_child.py::test_two_authorities_one_child",
    ),
    "a failed notification swallowed": (
        "notify/test_ways.py::test_gaps_grow_and_then_it_stands_as_failed_for_all_to_see",
        "alerts/test_delivery.py::test_when_every_message_failed_the_next_people_are_told_at_once",
    ),
    "working days that are a day off": (
        "alerts/test_ladder.py::test_working_days_are_counted_from_the_last_day",
        "deadlines/test_calendars.py::test_working_days_are_all_the_days_that_remain",
    ),
    "the word escalated": ("alerts/test_traps.py::test_nothing_says_escalated",),
    "private spreadsheets because a list hid what mattered": (
        "browser/test_at_work.py::test_list_comes_as_a_spreadsheet",
    ),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_every_trap_has_its_tests(trap: str) -> None:
    for named in TRAPS[trap]:
        path, _, test = named.partition("::")
        assert f"def {test}(" in (TESTS / path).read_text(), named


@pytest.mark.django_db
def test_a_month_of_missed_nights_changes_no_date() -> None:
    a_world()
    later = NOW + timedelta(days=10)
    recalculate_all(by=CLOCK, at=later)
    at_one_go = counted()
    assert at_one_go
    Deadline.objects.all().delete()
    for night in range(1, 11):
        recalculate_all(by=CLOCK, at=NOW + timedelta(days=night))
    assert counted() == at_one_go


def counted() -> list[tuple[object, ...]]:
    rows = Deadline.objects.exclude(status="superseded").order_by("key")
    return list(rows.values_list("key", "due_on", "status", "days_late"))


@pytest.mark.django_db
def test_a_child_without_an_owner_is_seen_by_nobody_else() -> None:
    child = a_child(team=None)
    for role in (Role.SOCIAL_WORKER, Role.TEAM_MANAGER):
        person = a_person()
        plays(person, role, team=a_team())
        assert child not in children_visible_to(person, Depth.CARD)
    for role in (Role.DIRECTOR, Role.HOST_OFFICER, Role.LADO):
        stranger = a_person()
        plays(stranger, role, authority_id=LEEDS)
        assert child not in children_visible_to(stranger, Depth.CARD)


def test_nothing_says_escalated() -> None:
    for kind in KINDS:
        assert "escalated" not in f"{kind.sentence} {kind.alert}".lower(), kind.name
    for page in (HOUSE / "frontend").rglob("*.html"):
        if "node_modules" not in page.parts:
            assert "escalated" not in page.read_text().lower(), page
