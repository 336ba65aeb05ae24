"""Boards: whose alerts they count, by worker and team, what changed, and who was not seen."""

import re
from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from backend.access.models import Allocation
from backend.alerts import actions
from backend.alerts.models import Alert
from backend.deadlines.models import Deadline
from backend.deadlines.recalculate import recalculate
from backend.deadlines.sweep import sweep
from backend.events.record import CLOCK
from backend.grammar.roles import Role
from backend.notify.models import Leave
from frontend.pages.board import counts, unseen
from tests.factories import (
    LEEDS,
    NOW,
    TODAY,
    World,
    a_child,
    a_team,
    allocated,
    an_outcome,
    placed,
    plays,
)
from tests.pages.conftest import Enter
from tests.workflows.escalations.conftest import disputed
from workflows.escalations.models import Escalation
from workflows.visits.actions import record_visit

EVERY = [role for role in Role if role != Role.CLOCK]
MANAGER, DIRECTOR, REVIEWS = (
    reverse("board_manager"),
    reverse("board_director"),
    reverse("board_reviews"),
)


@pytest.fixture
def slipped(world: World) -> World:
    """A world in which alerts stand at the top of their ladder."""
    recalculate([world.child.pk], by=CLOCK, at=NOW)
    sweep(at=NOW)
    assert Alert.objects.exists()
    return world


def another(world: World, worker: Role | None = Role.SOCIAL_WORKER, days: int = 8) -> Any:
    """One more child of the team, whose first visit nobody recorded."""
    child = a_child(team=world.team)
    if worker is not None:
        allocated(world[worker], worker, child)
    placed(child, world.setting, started_on=TODAY - timedelta(days=days))
    sweep(at=NOW)
    return child


class TestWhoHasWhich:
    @pytest.mark.parametrize("role", EVERY)
    def test_each_board_is_for_its_own_people(
        self, slipped: World, enter: Enter, role: Role
    ) -> None:
        client = enter(slipped[role])
        for address, roles in (
            (MANAGER, set(counts.MANAGES)),
            (DIRECTOR, {Role.DIRECTOR}),
            (REVIEWS, {Role.IRO, Role.IRO_MANAGER}),
        ):
            answer = client.get(address)
            assert answer.status_code == (200 if role in roles else 403), address
            if role in roles:
                assert slipped.child.name in answer.content.decode()

    @pytest.mark.parametrize(
        ("role", "first"),
        [
            (Role.TEAM_MANAGER, MANAGER),
            (Role.DIRECTOR, DIRECTOR),
            (Role.IRO, REVIEWS),
            (Role.IRO_MANAGER, MANAGER),
        ],
    )
    def test_the_first_board_opens(
        self, world: World, enter: Enter, role: Role, first: str
    ) -> None:
        assert enter(world[role]).get(reverse("board"))["Location"] == first

    def test_a_stranger_counts_only_their_own(self, slipped: World, enter: Enter) -> None:
        page = enter(slipped.stranger).get(MANAGER)
        assert page.context["total"] == 0
        assert slipped.child.name not in page.content.decode()

    def test_somebody_with_a_part_in_two_places_sees_no_more_than_their_parts(
        self, slipped: World, enter: Enter
    ) -> None:
        team = a_team(LEEDS)
        child = a_child(LEEDS, team=team)
        placed(child, slipped.setting)
        sweep(at=NOW)
        plays(slipped[Role.TEAM_MANAGER], Role.SOCIAL_WORKER, team=team)
        allocated(slipped[Role.TEAM_MANAGER], Role.SOCIAL_WORKER, child)
        page = enter(slipped[Role.TEAM_MANAGER]).get(MANAGER)
        assert {row.subject for row in page.context["rows"]} == {slipped.child.name}


class TestCounting:
    def test_an_absence_is_one_line_with_its_count_and_the_longest(
        self, slipped: World, enter: Enter
    ) -> None:
        another(slipped)
        another(slipped)
        worker = slipped[Role.SOCIAL_WORKER]
        Leave.objects.create(
            person=worker,
            started_on=TODAY,
            ended_on=TODAY + timedelta(days=9),
            deputy=slipped[Role.TEAM_MANAGER],
            entered_by=worker,
            entered_at=NOW,
        )
        page = enter(slipped[Role.TEAM_MANAGER]).get(MANAGER)
        line = [one for one in page.context["workers"] if one.name == worker.name]
        assert len(line) == 1
        standing = Alert.objects.filter(state="open", child__isnull=False)
        assert line[0].children == standing.values("child").distinct().count() == 3
        assert line[0].alerts == standing.count()
        oldest = standing.order_by("passed_at")[0].passed_at
        assert line[0].days == counts.days_since(oldest, TODAY) > 7
        assert "On leave until 11 March 2026" in page.content.decode()

    def test_dates_are_counted_once_each(self, slipped: World) -> None:
        line = counts.by_worker(Alert.objects.all(), Role.SOCIAL_WORKER, TODAY)[0]
        told = Deadline.objects.filter(alerted__isnull=False, status="open").distinct()
        assert line.dates == told.count()

    def test_a_child_whom_nobody_carries_is_a_line_of_its_own(
        self, slipped: World, enter: Enter
    ) -> None:
        another(slipped, worker=None)
        page = enter(slipped[Role.TEAM_MANAGER]).get(MANAGER)
        assert "Nobody allocated" in {one.name for one in page.context["workers"]}

    def test_each_number_adds_up(self, slipped: World) -> None:
        another(slipped)
        standing = counts.standing_of(Alert.objects.all())
        for one in counts.by_team(standing, TODAY):
            assert sum(one.steps) == sum(one.ages) == one.alerts
            assert one.unanswered + one.answered + one.put_off == one.alerts
        assert sum(one.alerts for one in counts.by_team(standing, TODAY)) == standing.count()

    def test_an_answer_and_an_end_change_what_is_counted(
        self, slipped: World, enter: Enter
    ) -> None:
        alert = Alert.objects.get(family="visits")
        client = enter(slipped[Role.TEAM_MANAGER])
        before = client.get(MANAGER).context["unanswered"]
        actions.answer_alert(
            alert=alert,
            what="I go.",
            doer="Me",
            by_on=TODAY,
            by=slipped[Role.TEAM_MANAGER],
            at=NOW,
        )
        page = client.get(MANAGER)
        assert page.context["unanswered"] == before - 1
        changed = dict(page.context["changed"])
        assert changed["Answers"] == 1
        assert changed["Opened"] == Alert.objects.count()
        assert any(one.words.startswith("Answered by") for one in page.context["changes"])

    def test_what_is_older_than_yesterday_is_no_change(self, slipped: World) -> None:
        since = counts.start_of_yesterday(TODAY + timedelta(days=2))
        assert counts.changes_since(Alert.objects.all(), since, 25) == []
        assert not any(n for _, n in counts.counted_changes(Alert.objects.all(), since))

    def test_weeks_count_slips_and_waits(self, slipped: World) -> None:
        children = type(slipped.child).objects.all()
        chart = counts.slips_by_week(children, TODAY)
        assert len(chart.rows) == counts.WEEKS
        assert chart.columns[0] == "Week of"
        assert chart.rows[-1][0] == "2 Mar 2026"
        told = Deadline.objects.filter(child=slipped.child, told_at__isnull=False).count()
        assert chart.rows[-1][1] == str(told)
        assert counts.answers_by_week(Alert.objects.all(), TODAY).is_empty
        actions.answer_alert(
            alert=Alert.objects.get(family="visits"),
            what="I go.",
            doer="Me",
            by_on=TODAY + timedelta(days=3),
            by=slipped[Role.DIRECTOR],
            at=NOW + timedelta(days=2),
        )
        answered = counts.answers_by_week(Alert.objects.all(), TODAY + timedelta(days=2))
        assert answered.rows[-1] == ("2 Mar 2026", "1", "2", "2")

    def test_queries_do_not_grow(self, slipped: World, enter: Enter) -> None:
        for role, address in (
            (Role.TEAM_MANAGER, MANAGER),
            (Role.DIRECTOR, DIRECTOR),
            (Role.IRO, REVIEWS),
        ):
            client = enter(slipped[role])

            def count(client: Any = client, address: str = address) -> int:
                client.get(address)
                with CaptureQueriesContext(connection) as asked:
                    assert client.get(address).status_code == 200
                return len(asked)

            before = count()
            for _ in range(2):
                allocated(slipped[Role.IRO], Role.IRO, another(slipped, days=60))
            assert count() == before, address


class TestDirector:
    def test_a_child_not_seen_on_time_is_there_with_how_long_and_where(
        self, slipped: World, enter: Enter
    ) -> None:
        page = enter(slipped[Role.DIRECTOR]).get(DIRECTOR)
        late = page.context["late"]
        assert [one.child for one in late] == [slipped.child]
        first = Deadline.objects.filter(
            child=slipped.child, room="visits", status="open", kind="statute", due_on__lt=TODAY
        ).order_by("due_on")[0]
        assert late[0].due_on == first.due_on
        assert late[0].days == (TODAY - first.due_on).days
        place = page.context["settings"][0]
        assert (place.name, place.unseen) == (slipped.setting.name, 1)
        assert page.context["hosts"][0].name == "Doncaster"
        assert sum(number for _, number in page.context["lengths"]) == 1

    def test_a_child_who_was_seen_is_not(self, slipped: World, enter: Enter) -> None:
        record_visit(
            child=slipped.child,
            outcome=an_outcome(TODAY, hour=9),
            by=slipped[Role.SOCIAL_WORKER],
            at=NOW,
        )
        left = Deadline.objects.filter(child=slipped.child, room="visits", status="open")
        left.update(due_on=TODAY + timedelta(days=1))
        assert enter(slipped[Role.DIRECTOR]).get(DIRECTOR).context["late"] == []

    def test_what_is_no_verified_law_is_never_counted_as_breach(
        self, slipped: World, enter: Enter
    ) -> None:
        rows = Deadline.objects.filter(room="visits", status="open")
        rows.update(verified="unverified")
        page = enter(slipped[Role.DIRECTOR]).get(DIRECTOR)
        assert page.context["late"] == []
        assert page.context["others"] == 1
        assert "not counted as a breach" in page.content.decode()

    def test_alerts_at_the_top_step_are_those_and_no_others(
        self, slipped: World, enter: Enter
    ) -> None:
        child = another(slipped)
        page = enter(slipped[Role.DIRECTOR]).get(DIRECTOR)
        top = {row.alert.pk for row in page.context["top"]}
        assert top == set(Alert.objects.filter(child=slipped.child).values_list("pk", flat=True))
        assert Alert.objects.filter(child=child).exists()

    def test_lengths_meet_without_gap(self) -> None:
        for (_, _, last), (_, first, _) in zip(unseen.LENGTHS, unseen.LENGTHS[1:], strict=False):
            assert last is not None
            assert first == last + 1


MANAGERS_SHEETS = ("alerts", "teams", "workers", "changes", "slips", "answers")


class TestExport:
    @pytest.mark.parametrize(
        ("role", "address", "names"),
        [
            (Role.TEAM_MANAGER, MANAGER, MANAGERS_SHEETS),
            (
                Role.DIRECTOR,
                DIRECTOR,
                ("lengths", "children", "settings", "hosts", "top", "highest", "silent"),
            ),
            (Role.IRO, REVIEWS, ("reviews", "alerts")),
        ],
    )
    def test_everything_shown_is_exported(
        self, slipped: World, enter: Enter, role: Role, address: str, names: tuple[str, ...]
    ) -> None:
        client = enter(slipped[role])
        for name in names:
            file = client.get(f"{address}?export={name}")
            assert file.status_code == 200, name
            sheet = load_workbook(BytesIO(file.content)).active
            assert sheet is not None
            rows = list(sheet.iter_rows(values_only=True))
            assert str(rows[0][0]).endswith("2 March 2026.")
            assert all(rows[1])
        shown = client.get(address).content.decode()
        assert set(re.findall(r'href="\?export=(\w+)"', shown)) <= set(names)
        assert client.get(f"{address}?export=nonsense").status_code == 404

    def test_a_chart_is_exported_in_numbers(self, slipped: World, enter: Enter) -> None:
        file = enter(slipped[Role.TEAM_MANAGER]).get(f"{MANAGER}?export=slips")
        sheet = load_workbook(BytesIO(file.content)).active
        assert sheet is not None
        rows = list(sheet.iter_rows(min_row=2, values_only=True))
        assert rows[0] == ("Week of", "Dates that passed")
        assert sum(row[1] for row in rows[1:]) > 0

    def test_nothing_more_is_exported_than_is_shown(self, slipped: World, enter: Enter) -> None:
        file = enter(slipped.stranger).get(f"{MANAGER}?export=alerts")
        sheet = load_workbook(BytesIO(file.content)).active
        assert sheet is not None
        assert len(list(sheet.iter_rows())) == 2


def test_leave_that_has_ended_is_no_absence(world: World) -> None:
    worker = world[Role.SOCIAL_WORKER]
    Leave.objects.create(
        person=worker,
        started_on=date(2026, 2, 1),
        ended_on=date(2026, 2, 9),
        entered_by=worker,
        entered_at=NOW,
    )
    assert counts.away_on([worker.pk], TODAY) == {}
    assert Allocation.objects.filter(person=worker).exists()


@pytest.mark.parametrize("has_setting", [True, False])
def test_director_sees_a_concern_at_the_highest_level_with_a_home_or_without(
    world: World, enter: Enter, has_setting: bool
) -> None:
    case = disputed(world)
    top = len(case.rungs) - 1
    case.stages.update(rung=top)
    if not has_setting:
        Escalation.objects.filter(pk=case.pk).update(setting=None)
    words = enter(world[Role.DIRECTOR]).get(reverse("board_director")).content.decode()
    assert f"{world.child.name}, number {case.pk}" in words
