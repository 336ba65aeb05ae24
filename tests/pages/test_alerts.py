"""Pages of alerts: who sees which, the whole ladder in words, its steps, and setting ladders."""

from datetime import timedelta
from html import unescape
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from backend.access.models import ReadLog
from backend.alerts.models import Alert, ChosenLadder
from backend.alerts.table import TABLE
from backend.deadlines.recalculate import recalculate
from backend.deadlines.sweep import sweep
from backend.events.models import Event
from backend.events.record import CLOCK
from backend.grammar.roles import Role
from backend.notify.models import Notification, OutOfHours
from tests.alerts.test_alerts import SEES
from tests.factories import BARKING, LEEDS, NOW, TODAY, World, a_child, allocated, placed
from tests.pages.conftest import Enter

EVERY = [role for role in Role if role != Role.CLOCK]
MAY: dict[str, set[Role]] = {
    name: {Role(role) for role in TABLE[name].who} & SEES
    for name in ("receive", "answer", "ask", "snooze", "waive")
}


@pytest.fixture
def alert(world: World) -> Alert:
    """A visit and more that nobody recorded for weeks: all steps were taken."""
    recalculate([world.child.pk], by=CLOCK, at=NOW)
    sweep(at=NOW)
    return Alert.objects.get(family="visits", child=world.child)


def fresh(world: World) -> Alert:
    """An alert of which the first step has been taken, and no other."""
    child = a_child(team=world.team)
    allocated(world[Role.SOCIAL_WORKER], Role.SOCIAL_WORKER, child)
    placed(child, world.setting, started_on=TODAY - timedelta(days=8))
    sweep(at=NOW)
    return Alert.objects.get(family="visits", child=child)


def page_of(alert: Alert) -> str:
    return reverse("alert", args=[alert.pk])


def step_of(alert: Alert, step: str) -> str:
    return reverse("alert_step", args=[alert.pk, step])


def on_day(name: str, days: int) -> dict[str, int]:
    day = TODAY + timedelta(days=days)
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


class TestReaders:
    @pytest.mark.parametrize("role", EVERY)
    def test_only_professionals_of_the_record_open_it(
        self, world: World, alert: Alert, enter: Enter, role: Role
    ) -> None:
        client = enter(world[role])
        assert client.get(page_of(alert)).status_code == (200 if role in SEES else 404)
        listed = client.get(reverse("alerts"))
        assert listed.status_code == 200
        assert (alert in [row.alert for row in listed.context["rows"]]) == (role in SEES)

    def test_a_stranger_finds_nothing(self, world: World, alert: Alert, enter: Enter) -> None:
        client = enter(world.stranger)
        assert client.get(page_of(alert)).status_code == 404
        for step in MAY:
            assert client.get(step_of(alert, step)).status_code == 404
            assert client.post(step_of(alert, step)).status_code == 404
        assert world.child.name not in client.get(reverse("alerts")).content.decode()

    @pytest.mark.parametrize("role", sorted(SEES))
    @pytest.mark.parametrize("step", MAY)
    def test_a_step_is_offered_to_those_who_may_take_it(
        self, world: World, alert: Alert, enter: Enter, role: Role, step: str
    ) -> None:
        client = enter(world[role])
        answer = client.get(step_of(alert, step))
        assert answer.status_code == (200 if role in MAY[step] else 403)
        page = client.get(page_of(alert)).content.decode()
        assert (step_of(alert, step) in page) == (role in MAY[step])

    def test_a_step_that_is_none_is_not_there(
        self, world: World, alert: Alert, enter: Enter
    ) -> None:
        client = enter(world[Role.DIRECTOR])
        for step in ("climb", "begin", "end", "nonsense"):
            assert client.get(step_of(alert, step)).status_code == 404
            assert client.post(step_of(alert, step)).status_code == 404

    def test_every_look_is_logged_with_its_reason(
        self, world: World, alert: Alert, enter: Enter
    ) -> None:
        enter(world[Role.DIRECTOR]).get(page_of(alert))
        log = ReadLog.objects.get(page=alert.about)
        assert (log.person_id, log.child_id) == (world[Role.DIRECTOR].pk, world.child.pk)
        assert log.because

    def test_a_notification_leads_to_it(self, world: World, alert: Alert, enter: Enter) -> None:
        from frontend.pages.notifications.ways import as_told, page_for

        rows = Notification.objects.filter(person=world[Role.DIRECTOR], about=alert.about)
        one = as_told(world[Role.DIRECTOR], rows)[0]
        assert page_for(one.notification, one.depth, sees_case=one.sees_case) == page_of(alert)


class TestLadder:
    def test_every_step_says_who_when_by_which_way_and_what_follows(
        self, world: World, alert: Alert, enter: Enter
    ) -> None:
        page = enter(world[Role.DIRECTOR]).get(page_of(alert))
        standings = [(one.step.number, str(one.step.standing)) for one in page.context["ladder"]]
        assert standings == [
            (1, "not needed"),
            *((0, "done"), (1, "done"), (2, "done"), (3, "now"), (3, "next")),
        ]
        words = page.content.decode()
        assert f"Sent to {world[Role.TEAM_MANAGER].name} (team manager)" in words
        assert "not law" in words
        assert "No answer since 2 March 2026" in words
        assert "Why is this due?" in words
        assert "escalated" not in words.lower()

    def test_it_says_whom_to_call_when_the_offices_are_closed(
        self, world: World, alert: Alert, enter: Enter
    ) -> None:
        client = enter(world[Role.TEAM_MANAGER])
        assert "When the offices are closed" not in client.get(page_of(alert)).content.decode()
        duty = "Emergency duty team, 01632 960999"
        OutOfHours.objects.create(authority=world.child.authority, words=duty)
        OutOfHours.objects.create(authority_id=LEEDS, words="Another team")
        words = client.get(page_of(alert)).content.decode()
        assert duty in words
        assert "Another team" not in words

    def test_what_has_not_come_is_next_and_later(self, world: World, enter: Enter) -> None:
        alert = fresh(world)
        page = enter(world[Role.TEAM_MANAGER]).get(page_of(alert))
        standings = [str(one.step.standing) for one in page.context["ladder"]]
        assert standings == ["not needed", "done", "now", "next", "later"]
        assert "1 working day after the date" in page.content.decode()

    def test_repeats_of_the_last_step_are_folded_and_none_is_lost(
        self, world: World, alert: Alert, enter: Enter
    ) -> None:
        from backend.alerts.climbing import climb
        from backend.alerts.models import RungReached

        for weeks in range(1, 13):
            climb(NOW + timedelta(days=7 * weeks))
        repeats = RungReached.objects.filter(alert=alert, repeat__gt=0).count()
        assert repeats > 2
        shown = enter(world[Role.DIRECTOR]).get(page_of(alert)).context["ladder"]
        assert [one.step.repeat for one in shown if one.step.is_taken] == [0, 0, 0, 0, repeats]
        assert [len(one.between) for one in shown if one.between] == [repeats - 1]
        words = enter(world[Role.DIRECTOR]).get(page_of(alert)).content.decode()
        assert "then after twice as long each time, and at least every 20 working days" in words

    def test_a_reminder_stands_before_the_first_telling(self, world: World, enter: Enter) -> None:
        child = a_child(team=world.team)
        allocated(world[Role.SOCIAL_WORKER], Role.SOCIAL_WORKER, child)
        placed(child, world.setting, started_on=TODAY - timedelta(days=6))
        sweep(at=NOW)
        sweep(at=NOW + timedelta(days=2))
        alert = Alert.objects.get(family="visits", child=child)
        page = enter(world[Role.TEAM_MANAGER]).get(page_of(alert))
        first = page.context["ladder"][0].step
        assert (first.is_reminder, str(first.standing)) == (True, "done")
        assert [one.name for one in first.heard] == [world[Role.SOCIAL_WORKER].name]
        assert "Reminder before the date: social worker" in page.content.decode()

    def test_nobody_to_tell_is_said(self, world: World, enter: Enter) -> None:
        from backend.alerts.climbing import climb
        from backend.alerts.models import RungReached

        alert = fresh(world)
        assert alert.next_at is not None
        climb(alert.next_at)
        RungReached.objects.filter(alert=alert).update(reached_nobody=True)
        page = enter(world[Role.DIRECTOR]).get(page_of(alert)).content.decode()
        assert "Nobody could be told" in page

    def test_it_speaks_of_every_date_and_counts_them(
        self, world: World, alert: Alert, enter: Enter
    ) -> None:
        page = enter(world[Role.DIRECTOR]).get(page_of(alert))
        assert len(page.context["owed"]) == alert.alerted.count() == page.context["count"] > 0
        for one in page.context["owed"]:
            assert one.why in page.content.decode()


class TestSteps:
    def test_a_receipt_is_kept_by_name_and_is_no_answer(
        self, world: World, alert: Alert, enter: Enter
    ) -> None:
        client = enter(world[Role.DIRECTOR])
        answer = client.post(step_of(alert, "receive"), follow=True)
        assert [one.by for one in alert.receipts.all()] == [world[Role.DIRECTOR]]
        alert.refresh_from_db()
        assert alert.state == "open"
        words = answer.content.decode()
        assert "Seen by (1)" in words
        assert "No answer since" in words
        assert step_of(alert, "receive") not in words

    def test_an_answer_says_what_who_and_by_when(
        self, world: World, alert: Alert, enter: Enter
    ) -> None:
        client = enter(world[Role.TEAM_MANAGER])
        asked = client.get(step_of(alert, "answer"))
        body = {"what": "I go today.", "doer": "A. Worker", "version": asked.context["version"]}
        page = client.post(
            step_of(alert, "answer"), {**body, **on_day("by_on", 1)}, follow=True
        ).content.decode()
        assert "To be done by 3 March 2026, by A. Worker" in page
        assert "I go today." in page

    @pytest.mark.parametrize(
        ("body", "words"),
        [
            ({}, "Say what will be done"),
            ({"what": "x", "doer": "", **on_day("by_on", 1)}, "Say who will do it"),
            ({"what": "x", "doer": "y", **on_day("by_on", -1)}, "Choose today or a day to come"),
            ({"what": "x", "doer": "y", **on_day("by_on", 60)}, "within four weeks"),
            ({"what": " ", "doer": "y", **on_day("by_on", 1)}, "Say what will be done"),
        ],
    )
    def test_an_answer_that_says_nothing_is_asked_again(
        self, world: World, alert: Alert, enter: Enter, body: dict[str, Any], words: str
    ) -> None:
        page = enter(world[Role.TEAM_MANAGER]).post(step_of(alert, "answer"), body)
        assert page.status_code == 200
        assert words in page.content.decode()
        assert not alert.answers.exists()

    def test_two_who_answer_at_once_learn_of_each_other(
        self, world: World, alert: Alert, enter: Enter
    ) -> None:
        body = {"what": "I go.", "doer": "Me", "version": alert.version, **on_day("by_on", 1)}
        enter(world[Role.TEAM_MANAGER]).post(step_of(alert, "answer"), body)
        late = enter(world[Role.DIRECTOR]).post(step_of(alert, "answer"), body)
        assert late.status_code == 412
        assert world[Role.TEAM_MANAGER].name in late.content.decode()
        assert alert.answers.count() == 1

    def test_putting_off_and_waiving(self, world: World, alert: Alert, enter: Enter) -> None:
        worker = enter(world[Role.SOCIAL_WORKER])
        body = {"reason": "Snow on the pass.", **on_day("until", 1)}
        page = worker.post(step_of(alert, "snooze"), body, follow=True).content.decode()
        assert "Put off until 3 March 2026" in page
        director = enter(world[Role.DIRECTOR])
        page = director.post(
            step_of(alert, "waive"), {"reason": "Moved abroad."}, follow=True
        ).content.decode()
        assert f"Waived by {world[Role.DIRECTOR].name}: Moved abroad." in unescape(page)
        assert director.get(step_of(alert, "answer")).status_code == 409

    def test_a_child_is_reassigned_from_here_by_those_who_may(
        self, world: World, alert: Alert, enter: Enter
    ) -> None:
        link = reverse("allocate", args=[world.child.pk])
        assert link in enter(world[Role.TEAM_MANAGER]).get(page_of(alert)).content.decode()
        assert link not in enter(world[Role.SOCIAL_WORKER]).get(page_of(alert)).content.decode()


class TestList:
    def test_it_is_narrowed_and_says_whom_each_was_sent_to(
        self, world: World, alert: Alert, enter: Enter
    ) -> None:
        client = enter(world[Role.TEAM_MANAGER])

        def count(query: str) -> int:
            return len(client.get(f"{reverse('alerts')}?{query}").context["rows"])

        everything = count("state=standing")
        assert everything > 1
        assert count("family=visits") == 1
        assert count("state=ended") == 0
        assert count("step=0") == 0
        assert count("step=3") == everything
        worker = world[Role.SOCIAL_WORKER].pk
        assert count(f"state=standing&worker={worker}&worker=nobody") == everything
        page = client.get(f"{reverse('alerts')}?state=standing").content.decode()
        assert f"Sent to {world[Role.DIRECTOR].name}" in unescape(page)

    def test_it_is_exported_as_the_reader_sees_it(
        self, world: World, alert: Alert, enter: Enter
    ) -> None:
        for person, there in ((world[Role.DIRECTOR], True), (world.stranger, False)):
            file = enter(person).get(f"{reverse('alerts')}?state=standing&export=1")
            sheet = load_workbook(BytesIO(file.content)).active
            assert sheet is not None
            cells = {str(cell) for row in sheet.iter_rows(values_only=True) for cell in row}
            assert (world.child.name in cells) == there

    def test_the_childs_page_shows_its_alerts(
        self, world: World, alert: Alert, enter: Enter
    ) -> None:
        address = reverse("child", args=[world.child.pk])
        assert page_of(alert) in enter(world[Role.SOCIAL_WORKER]).get(address).content.decode()
        for role in (Role.ADVOCATE, Role.HOST_OFFICER, Role.REGISTERED_MANAGER):
            assert page_of(alert) not in enter(world[role]).get(address).content.decode()

    def test_the_menu_shows_it_to_those_who_answer(self, world: World, enter: Enter) -> None:
        link = f'href="{reverse("alerts")}"'
        for role in (Role.SOCIAL_WORKER, Role.DIRECTOR, Role.LADO):
            assert link in enter(world[role]).get("/").content.decode()
        for role in (Role.ADVOCATE, Role.REGISTERED_MANAGER):
            assert link not in enter(world[role]).get("/").content.decode()

    def test_queries_do_not_grow(self, world: World, alert: Alert, enter: Enter) -> None:
        client = enter(world[Role.DIRECTOR])

        def count() -> int:
            client.get(reverse("alerts"))
            with CaptureQueriesContext(connection) as asked:
                client.get(reverse("alerts"))
            return len(asked)

        before = count()
        for _ in range(2):
            fresh(world)
        assert count() == before


class TestAsking:
    def test_one_click_on_the_board_asks_and_the_alert_shows_it(
        self, world: World, enter: Enter
    ) -> None:
        alert = fresh(world)
        board = reverse("board_manager")
        client = enter(world[Role.SERVICE_MANAGER])
        assert step_of(alert, "ask") in client.get(board).content.decode()
        answer = client.post(step_of(alert, "ask"), {"from": "board_manager"}, follow=True)
        assert answer.request["PATH_INFO"] == board
        words = unescape(answer.content.decode())
        assert "They are asked." in words
        assert f"{world[Role.SERVICE_MANAGER].name} asked, an answer is awaited by" in words
        assert step_of(alert, "ask") not in words
        page = unescape(client.get(page_of(alert)).content.decode())
        worker = world[Role.SOCIAL_WORKER].name
        assert f"{world[Role.SERVICE_MANAGER].name} asked {worker} what is being done" in page
        assert "Without one the alert goes up at once" in page
        again = client.post(step_of(alert, "ask"))
        assert again.status_code == 409
        assert "You asked on 2 March 2026" in again.content.decode()

    def test_the_way_back_is_never_an_address_from_outside(
        self, world: World, enter: Enter
    ) -> None:
        alert = fresh(world)
        client = enter(world[Role.SERVICE_MANAGER])
        answer = client.post(step_of(alert, "ask"), {"from": "https://example.org/"})
        assert answer["Location"] == page_of(alert)


class TestLadders:
    def rung(self, number: int = 1, **facts: Any) -> dict[str, Any]:
        body = {
            "after": 2,
            "unit": "working_days",
            "side": "after",
            "roles": ["director"],
            "ways": ["email"],
        }
        return {f"step-{number}-{name}": value for name, value in {**body, **facts}.items()}

    @pytest.mark.parametrize("role", [Role.DIRECTOR, Role.ADMINISTRATOR])
    def test_director_and_administrator_choose(
        self, world: World, enter: Enter, role: Role
    ) -> None:
        address = reverse("alert_ladder", args=[BARKING, "visits"])
        client = enter(world[role])
        page = client.get(address).content.decode()
        assert "holds for new alerts" in page
        assert "not law" in page
        answer = client.post(address, {"count": 1, **self.rung()}, follow=True)
        assert "It holds for new alerts" in answer.content.decode()
        kept = ChosenLadder.objects.get()
        assert (kept.family, kept.chosen_by) == ("visits", world[role])
        assert [rung["roles"] for rung in kept.ladder["rungs"]] == [["director"]]
        assert Event.objects.filter(name="alerts.ladder_chosen").count() == 1
        shown = client.get(reverse("alert_ladders")).content.decode()
        assert "Chosen here" in shown
        assert "changed how alerts about visits go up" in shown

    @pytest.mark.parametrize(
        "role", [Role.TEAM_MANAGER, Role.SERVICE_MANAGER, Role.SOCIAL_WORKER, Role.IRO_MANAGER]
    )
    def test_others_read_and_do_not_choose(self, world: World, enter: Enter, role: Role) -> None:
        client = enter(world[role])
        shown = client.get(reverse("alert_ladders"))
        assert "Barking" in shown.content.decode()
        address = reverse("alert_ladder", args=[BARKING, "visits"])
        assert address not in shown.content.decode()
        assert client.get(address).status_code == 403
        assert client.post(address, {"count": 1, **self.rung()}).status_code == 403
        assert not ChosenLadder.objects.exists()

    def test_a_stranger_does_not_see_it(self, world: World, enter: Enter) -> None:
        client = enter(world.stranger)
        assert "Barking" not in client.get(reverse("alert_ladders")).content.decode()
        assert client.get(reverse("alert_ladder", args=[BARKING, "visits"])).status_code == 404

    @pytest.mark.parametrize(
        ("facts", "words"),
        [
            ({"roles": []}, "Select who is told"),
            ({"after": "x"}, "Enter a whole number"),
            ({"after": 200}, "Step 1 waits 200 working days"),
            ({"roles": ["clock"]}, "Select a valid choice"),
        ],
    )
    def test_steps_that_make_no_ladder_are_asked_again(
        self, world: World, enter: Enter, facts: dict[str, Any], words: str
    ) -> None:
        address = reverse("alert_ladder", args=[BARKING, "visits"])
        page = enter(world[Role.DIRECTOR]).post(address, {"count": 1, **self.rung(**facts)})
        assert page.status_code == 200
        assert words in page.content.decode()
        assert not ChosenLadder.objects.exists()

    def test_a_step_is_added_without_a_script_and_an_empty_one_is_left_out(
        self, world: World, enter: Enter
    ) -> None:
        address = reverse("alert_ladder", args=[BARKING, "visits"])
        client = enter(world[Role.DIRECTOR])
        more = client.post(address, {"count": 1, "add": "step", **self.rung()})
        assert len(more.context["asked"].forms) == 2
        assert not more.context["judged"]
        assert not ChosenLadder.objects.exists()
        client.post(address, {"count": 2, **self.rung(), **self.rung(2, after="", roles=[])})
        assert len(ChosenLadder.objects.get().ladder["rungs"]) == 1
