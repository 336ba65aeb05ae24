"""What somebody was told, and the way to what it is about."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from backend.access.grants import derive_for_children
from backend.access.models import Allocation
from backend.casework.people import allocate
from backend.deadlines.models import Deadline
from backend.deadlines.sweep import sweep
from backend.grammar.roles import Role
from backend.notify.models import Notification
from tests.factories import (
    NOW,
    TODAY,
    World,
    a_child,
    a_person,
    a_setting,
    allocated,
    an_outcome,
    placed,
)
from tests.pages.conftest import Enter
from tests.workflows.reviews.stages import convened
from workflows.visits import actions


@pytest.fixture(autouse=True)
def an_empty_inbox(world: World) -> None:
    """Nothing of how the world came about is news here."""
    Notification.objects.all().delete()


def record(world: World, child: Any = None, days: int = 1) -> None:
    actions.record_visit(
        child=child or world.child,
        outcome=an_outcome(TODAY - timedelta(days=days)),
        by=world[Role.SOCIAL_WORKER],
        at=NOW,
    )


def told(world: World, enter: Enter, role: Role = Role.IRO, query: str = "") -> list[Any]:
    page = enter(world[role]).get(reverse("notifications") + query)
    return list(page.context["told"])


class TestList:
    def test_it_shows_the_child_and_what_happened_to_those_who_may_read(
        self, world: World, enter: Enter
    ) -> None:
        record(world)
        one = told(world, enter)[0]
        assert (one.child_name, one.notification.read_at) == (world.child.name, None)
        assert one.sentence.startswith("Visited on 1 March 2026")

    def test_it_is_ones_own_only(self, world: World, enter: Enter) -> None:
        record(world)
        assert told(world, enter)
        assert world.stranger is not None
        page = enter(world.stranger).get(reverse("notifications"))
        assert page.context["told"] == []
        assert world.child.name not in page.content.decode()

    def test_somebody_who_no_longer_may_see_the_child_reads_no_name(
        self, world: World, enter: Enter
    ) -> None:
        record(world)
        Allocation.objects.filter(child=world.child, role=Role.IRO).update(
            ended_on=TODAY - timedelta(days=1)
        )
        derive_for_children([world.child.pk], TODAY)
        page = enter(world[Role.IRO]).get(reverse("notifications"))
        assert page.context["told"]
        assert world.child.name not in page.content.decode()
        assert "Visited on" not in page.content.decode()
        assert "can no longer see the child" in page.content.decode()

    def test_reader_of_the_card_reads_no_more_than_the_card(
        self, world: World, enter: Enter
    ) -> None:
        record(world)
        held = Notification.objects.filter(person=world[Role.IRO]).first()
        assert held is not None
        Notification.objects.create(
            person=world[Role.REGISTERED_MANAGER],
            number=1,
            event=held.event,
            child=world.child,
            about=held.about,
            words=held.words,
            role=Role.REGISTERED_MANAGER,
            told_at=NOW,
        )
        one = told(world, enter, Role.REGISTERED_MANAGER)[0]
        assert (one.child_name, one.sentence) == (world.child.name, "")

    def test_it_says_from_whom_an_alert_came(self, world: World, enter: Enter) -> None:
        Deadline.objects.filter(child=world.child).update(next_moment_at=NOW)
        sweep(at=NOW)
        leaver, taker = world[Role.SOCIAL_WORKER], a_person("Taking Over")
        allocate(
            child=world.child,
            person=taker,
            role=Role.SOCIAL_WORKER,
            started_on=TODAY,
            by=world[Role.TEAM_MANAGER],
            at=NOW,
        )
        page = enter(taker).get(reverse("notifications"))
        assert f"Came to you from {leaver.name}" in page.content.decode()
        moved = Notification.objects.filter(person=leaver, moved_to__isnull=False)
        still = {one.notification.pk for one in told(world, enter, Role.SOCIAL_WORKER)}
        assert moved.exists()
        assert not still & set(moved.values_list("pk", flat=True))

    def test_queries_do_not_grow_with_the_list(self, world: World, enter: Enter) -> None:
        record(world)
        client = enter(world[Role.IRO])
        client.get(reverse("notifications"))
        with CaptureQueriesContext(connection) as first:
            assert len(client.get(reverse("notifications")).context["told"]) == 1
        for days in (2, 3):
            child = a_child(team=world.team)
            for role in (Role.SOCIAL_WORKER, Role.IRO):
                allocated(world[role], role, child)
            placed(child, a_setting())
            record(world, child, days)
        with CaptureQueriesContext(connection) as second:
            assert len(client.get(reverse("notifications")).context["told"]) == 5
        assert len(second) == len(first)

    def test_twenty_five_a_page_and_a_spreadsheet_of_all(self, world: World, enter: Enter) -> None:
        for days in range(1, 28):
            record(world, days=days)
        client = enter(world[Role.IRO])
        assert len(client.get(reverse("notifications")).context["told"]) == 25
        assert len(client.get(reverse("notifications") + "?page=2").context["told"]) == 2
        file = client.get(reverse("notifications") + "?export=1")
        sheet = load_workbook(BytesIO(file.content)).active
        assert sheet.max_row == 27 + 2
        assert sheet.cell(3, 4).value == world.child.name

    def test_stranger_to_the_house_is_asked_to_sign_in(self, client: Any, db: None) -> None:
        answer = client.get(reverse("notifications"))
        assert answer.headers["Location"].startswith("/account/login/")


class TestReading:
    def test_one_or_all_on_the_page_are_marked(self, world: World, enter: Enter) -> None:
        for days in (1, 2, 3):
            record(world, days=days)
        client = enter(world[Role.IRO])
        numbers = [one.notification.number for one in told(world, enter)]
        client.post(reverse("notifications_read"), {"number": numbers[0]})
        assert len(told(world, enter, query="?show=unread")) == 2
        client.post(reverse("notifications_read"), {"number": numbers})
        assert told(world, enter, query="?show=unread") == []
        assert len(told(world, enter)) == 3

    def test_nobody_marks_what_another_was_told(self, world: World, enter: Enter) -> None:
        record(world)
        number = told(world, enter)[0].notification.number
        enter(world[Role.ADVOCATE]).post(reverse("notifications_read"), {"number": number})
        assert len(told(world, enter, query="?show=unread")) == 1

    @pytest.mark.parametrize("number", ["", "frog", "-1", "9" * 40, "1\x00"])
    def test_a_number_that_is_none_changes_nothing(
        self, world: World, enter: Enter, number: str
    ) -> None:
        record(world)
        answer = enter(world[Role.IRO]).post(reverse("notifications_read"), {"number": number})
        assert answer.status_code == 302
        assert len(told(world, enter, query="?show=unread")) == 1

    def test_looking_marks_nothing(self, world: World, enter: Enter) -> None:
        record(world)
        client = enter(world[Role.IRO])
        client.get(reverse("notifications"))
        number = told(world, enter)[0].notification.number
        assert client.get(reverse("notification_open", args=[number])).status_code == 405
        assert len(told(world, enter, query="?show=unread")) == 1

    def test_the_way_back_leads_to_the_list_and_to_no_other_site(
        self, world: World, enter: Enter
    ) -> None:
        record(world)
        client = enter(world[Role.IRO])
        for back, expected in (
            ("/notifications/?show=unread", "/notifications/?show=unread"),
            ("https://elsewhere.example/notifications/", "/notifications/"),
            ("//elsewhere.example", "/notifications/"),
        ):
            answer = client.post(reverse("notifications_read"), {"number": 1, "back": back})
            assert answer.headers["Location"] == expected


class TestOpening:
    def opened(self, world: World, enter: Enter, role: Role = Role.IRO) -> str:
        number = told(world, enter, role)[0].notification.number
        client = enter(world[role])
        answer = client.post(reverse("notification_open", args=[number]))
        return str(answer.headers["Location"])

    def test_it_marks_and_leads_to_the_visit(self, world: World, enter: Enter) -> None:
        record(world)
        visit = world.child.visits.get()
        assert self.opened(world, enter) == reverse("visit", args=[visit.pk])
        assert told(world, enter, query="?show=unread") == []

    def test_it_leads_to_the_review(self, world: World, enter: Enter) -> None:
        review = convened(world)
        where = self.opened(world, enter, Role.SOCIAL_WORKER)
        assert where == reverse("review", args=[review.pk])

    def test_reader_of_the_card_is_led_to_the_card(self, world: World, enter: Enter) -> None:
        convened(world)
        where = self.opened(world, enter, Role.REGISTERED_MANAGER)
        assert where == reverse("child", args=[world.child.pk])

    def test_it_leads_nowhere_once_the_child_may_not_be_seen(
        self, world: World, enter: Enter
    ) -> None:
        record(world)
        Allocation.objects.filter(child=world.child, role=Role.IRO).update(
            ended_on=TODAY - timedelta(days=1)
        )
        derive_for_children([world.child.pk], TODAY)
        assert self.opened(world, enter) == reverse("notifications")

    def test_what_another_was_told_cannot_be_opened(self, world: World, enter: Enter) -> None:
        record(world)
        number = told(world, enter)[0].notification.number
        answer = enter(world[Role.ADVOCATE]).post(reverse("notification_open", args=[number]))
        assert answer.status_code == 404
