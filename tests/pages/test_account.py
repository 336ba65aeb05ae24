"""Somebody's own account: how they are told, when they are away, and their calendar."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from icalendar import Calendar

from backend.access.grants import derive_for_children
from backend.access.models import Allocation, Person
from backend.casework.diary import initials_of, make_feed
from backend.casework.leave import enter_leave
from backend.casework.preferences import wishes_of
from backend.grammar.roles import Role
from backend.notify.choosing import families
from backend.notify.models import CalendarFeed, Leave
from tests.factories import NOW, TODAY, World, a_child, a_setting, allocated, placed, plays
from tests.pages.conftest import Enter
from tests.workflows.reviews.stages import convened
from workflows.visits.actions import arrange_visit

WORKER = Role.SOCIAL_WORKER


class TestTelling:
    def answers(self, **changed: Any) -> dict[str, Any]:
        return {
            "ways": ["email"],
            "families": list(families()),
            "has_quiet_hours": "no",
            "digest": "day",
            **changed,
        }

    def test_it_shows_how_one_is_told_now(self, world: World, enter: Enter) -> None:
        client = enter(world[WORKER])
        page = client.get(reverse("your_telling")).content.decode()
        assert "How you are told" in page
        assert 'name="phone"' not in page
        account = client.get(reverse("your_account")).content.decode()
        assert "In this site, e-mail" in account

    def test_answers_are_kept(self, world: World, enter: Enter) -> None:
        client = enter(world[WORKER])
        wanted = [one for one in families() if one != "visits"]
        answer = client.post(
            reverse("your_telling"),
            self.answers(
                families=wanted,
                has_quiet_hours="yes",
                quiet_from="8pm",
                quiet_to="7:30",
                digest="week",
            ),
        )
        assert answer.status_code == 302
        wishes = wishes_of(world[WORKER])
        assert wishes.unwanted == ("visits",)
        assert (f"{wishes.quiet_from:%H:%M}", f"{wishes.quiet_to:%H:%M}") == ("20:00", "07:30")
        assert wishes.digest == "week"
        account = client.get(reverse("your_account")).content.decode()
        assert "Quiet from 20:00 to 07:30" in account
        client.post(reverse("your_telling"), self.answers())
        assert wishes_of(world[WORKER]).quiet_from is None

    def test_number_is_asked_where_texts_are_sent(
        self, world: World, enter: Enter, settings: Any
    ) -> None:
        settings.NOTIFY_API_KEY = settings.NOTIFY_TEXT_TEMPLATE = "something"
        client = enter(world[WORKER])
        wrong = client.post(
            reverse("your_telling"), self.answers(ways=["text"], phone="020 7946 0000")
        )
        assert "Enter a UK mobile number, like 07700 900 123" in wrong.content.decode()
        assert wishes_of(world[WORKER]).phone == ""
        client.post(reverse("your_telling"), self.answers(ways=["text"], phone="07700 900123"))
        wishes = wishes_of(world[WORKER])
        assert (wishes.by_text, wishes.by_email, wishes.phone) == (True, False, "+447700900123")
        client.post(reverse("your_telling"), self.answers())
        assert (wishes_of(world[WORKER]).by_text, wishes_of(world[WORKER]).phone) == (
            False,
            "+447700900123",
        )

    @pytest.mark.parametrize(
        ("changed", "said"),
        [
            ({"has_quiet_hours": ""}, "Say whether you want quiet hours"),
            ({"has_quiet_hours": "yes", "quiet_from": "8pm"}, "Enter when quiet hours end"),
            (
                {"has_quiet_hours": "yes", "quiet_from": "8pm", "quiet_to": "20:00"},
                "Quiet hours must end at another time",
            ),
            ({"digest": "hourly"}, "Select a valid choice"),
            ({"ways": ["text"]}, "Select a valid choice"),
        ],
    )
    def test_what_cannot_be_is_said_at_the_question(
        self, world: World, enter: Enter, changed: dict[str, Any], said: str
    ) -> None:
        before = wishes_of(world[WORKER])
        answer = enter(world[WORKER]).post(reverse("your_telling"), self.answers(**changed))
        assert said in answer.content.decode()
        assert wishes_of(world[WORKER]) == before


class TestLeave:
    def answers(self, deputy: str, days: int = 7) -> dict[str, Any]:
        last = TODAY + timedelta(days=days)
        return {
            "started_on_day": TODAY.day,
            "started_on_month": TODAY.month,
            "started_on_year": TODAY.year,
            "ended_on_day": last.day,
            "ended_on_month": last.month,
            "ended_on_year": last.year,
            "deputy": deputy,
        }

    def test_it_is_entered_shown_and_ended(self, world: World, enter: Enter) -> None:
        client = enter(world[WORKER])
        answer = client.post(
            reverse("your_leave"), self.answers(str(world[Role.IRO].pk)), follow=True
        )
        page = answer.content.decode()
        assert f"Leave entered. {world[Role.IRO].name} is told." in page
        leave = Leave.objects.get()
        client.post(reverse("leave_end", args=[leave.pk]))
        assert not Leave.objects.exists()

    def test_it_says_whom_the_deputy_may_not_see(self, world: World, enter: Enter) -> None:
        blind = world[Role.LADO]
        plays(blind, WORKER, team=world.team)
        answer = enter(world[WORKER]).post(
            reverse("your_leave"), self.answers(str(blind.pk)), follow=True
        )
        assert (
            f"{blind.name} is told, but may not see 1 child of 1: of those, whoever is above is "
            "told at once." in answer.content.decode()
        )

    def test_refusal_stands_at_its_question(self, world: World, enter: Enter) -> None:
        client = enter(world[WORKER])
        page = client.post(reverse("your_leave"), self.answers("nobody", days=-1))
        assert "The last day away is before the first." in page.content.decode()
        page = client.post(reverse("your_leave"), self.answers(""))
        assert "Choose a colleague, or nobody" in page.content.decode()
        assert not Leave.objects.exists()

    def test_manager_and_administrator_enter_it_and_nobody_else_sees_it(
        self, world: World, enter: Enter
    ) -> None:
        address = reverse("leave_of_person", args=[world[WORKER].pk])
        for role in (Role.TEAM_MANAGER, Role.SERVICE_MANAGER, Role.ADMINISTRATOR):
            assert enter(world[role]).get(address).status_code == 200
        for role in (Role.TEAM_MANAGER, Role.SERVICE_MANAGER):
            assert address in enter(world[role]).get(reverse("your_leave")).content.decode()
        for role in (Role.IRO, Role.DIRECTOR, Role.REGISTERED_MANAGER, Role.LADO):
            assert enter(world[role]).get(address).status_code == 404
        leave = enter_leave(
            person=world[WORKER],
            started_on=TODAY,
            ended_on=TODAY,
            deputy=None,
            by=world[WORKER],
            at=NOW,
        )
        for role in (Role.IRO, Role.LADO):
            answer = enter(world[role]).post(reverse("leave_end", args=[leave.pk]))
            assert answer.status_code == 404
        assert Leave.objects.exists()
        enter(world[Role.TEAM_MANAGER]).post(address, self.answers("nobody", days=1))
        assert Leave.objects.count() == 1


def feed_for(person: Person) -> str:
    return reverse("calendar_feed", args=[make_feed(person=person, at=NOW)])


def read(address: str) -> Any:
    return Client().get(address)


def events_at(address: str) -> list[Any]:
    answer = read(address)
    assert answer.status_code == 200
    return list(Calendar.from_ical(answer.content).walk("VEVENT"))


class TestCalendar:
    @pytest.fixture(autouse=True)
    def nobody_has_looked(self) -> None:
        cache.clear()

    def test_it_shows_what_is_due_and_arranged_by_initials(self, world: World) -> None:
        visit = arrange_visit(
            child=world.child,
            arranged_for=NOW + timedelta(days=3),
            by=world[WORKER],
            at=NOW,
        )
        review = convened(world, convened_for=TODAY + timedelta(days=10), convened_on=TODAY)
        address = feed_for(world[WORKER])
        found = {str(event["UID"]): event for event in events_at(address)}
        arranged = found[f"visit-{visit.pk}@sightline"]
        assert arranged["DTSTART"].dt == TODAY + timedelta(days=3)
        assert arranged["DTEND"].dt == TODAY + timedelta(days=4)
        assert str(arranged["SUMMARY"]) == f"{initials_of(world.child.name)}: visit arranged"
        assert found[f"review-{review.pk}@sightline"]["DTSTART"].dt == review.convened_for
        due = world.child.deadlines.filter(room="visits", status="open").first()
        assert due is not None
        assert found[f"deadline-{due.pk}@sightline"]["DTSTART"].dt == due.last_day
        text = read(address).content.decode()
        for personal in (world.child.name, world.setting.name, world[WORKER].name):
            assert personal not in text

    def test_addresses_of_days_stay_the_same(self, world: World) -> None:
        address = feed_for(world[WORKER])
        once, again = events_at(address), events_at(address)
        assert [str(event["UID"]) for event in once] == [str(event["UID"]) for event in again]
        assert len({str(event["UID"]) for event in once}) == len(once) > 0

    def test_it_is_private(self, world: World) -> None:
        answer = read(feed_for(world[WORKER]))
        assert answer["Cache-Control"].startswith("private")
        assert answer["Content-Type"] == "text/calendar; charset=utf-8"

    def test_it_is_shown_once_and_kept_as_a_fingerprint(self, world: World, enter: Enter) -> None:
        client = enter(world[WORKER])
        made = client.post(reverse("your_calendar_make"))
        address = made.context["address"]
        assert address in made.content.decode()
        assert made["Cache-Control"] == "no-store"
        secret = address.rpartition("/")[2].removesuffix(".ics")
        assert secret not in client.get(reverse("your_calendar")).content.decode()
        assert not CalendarFeed.objects.filter(token_hash__contains=secret).exists()
        assert read(reverse("calendar_feed", args=[secret])).status_code == 200

    def test_it_is_closed_by_its_owner_or_by_a_new_one(self, world: World, enter: Enter) -> None:
        client, first = enter(world[WORKER]), feed_for(world[WORKER])
        second = feed_for(world[WORKER])
        assert (read(first).status_code, read(second).status_code) == (404, 200)
        client.post(reverse("your_calendar_close"))
        assert read(second).status_code == 404

    def test_unknown_closed_and_of_one_who_left_look_the_same(self, world: World) -> None:
        address = feed_for(world[WORKER])
        Person.objects.filter(pk=world[WORKER].pk).update(is_active=False)
        left = read(address)
        unknown = read(reverse("calendar_feed", args=["x" * 43]))
        assert left.status_code == unknown.status_code == 404
        assert left.content == unknown.content

    def test_it_shows_only_whom_one_may_see_now(self, world: World) -> None:
        address = feed_for(world[WORKER])
        assert events_at(address)
        Allocation.objects.filter(child=world.child, role=WORKER).update(
            ended_on=TODAY - timedelta(days=1)
        )
        derive_for_children([world.child.pk], TODAY)
        assert events_at(address) == []

    @pytest.mark.parametrize("role", [Role.HOST_OFFICER, Role.LADO, Role.REGISTERED_MANAGER])
    def test_it_shows_nothing_to_who_is_allocated_nobody(self, world: World, role: Role) -> None:
        assert events_at(feed_for(world[role])) == []

    def test_guesses_are_counted(self, world: World) -> None:
        address = feed_for(world[WORKER])
        for number in range(20):
            guess = reverse("calendar_feed", args=[f"guess-{number}"])
            assert read(guess).status_code == 404
        assert read(reverse("calendar_feed", args=["one-more"])).status_code == 429
        assert read(address).status_code == 429

    def test_looks_are_counted(self, world: World) -> None:
        address = feed_for(world[WORKER])
        for _ in range(30):
            assert read(address).status_code == 200
        assert read(address).status_code == 429

    def test_queries_do_not_grow_with_the_children(self, world: World) -> None:
        address = feed_for(world[WORKER])
        with CaptureQueriesContext(connection) as first:
            before = len(events_at(address))
        for _ in range(2):
            child = a_child(team=world.team)
            allocated(world[WORKER], WORKER, child)
            placed(child, a_setting())
        with CaptureQueriesContext(connection) as second:
            assert len(events_at(address)) > before
        assert len(second) == len(first)

    def test_it_is_made_and_closed_by_who_is_signed_in(self, world: World, db: None) -> None:
        for name in ("your_calendar_make", "your_calendar_close"):
            assert Client().post(reverse(name)).status_code == 302
        assert not CalendarFeed.objects.exists()


@pytest.mark.parametrize(
    ("name", "initials"),
    [("Sam Doe", "S.D."), ("Anne-Marie van der Berg", "A.V.D.B."), ("Zoë", "Z."), ("X 2", "X.")],
)
def test_initials(name: str, initials: str) -> None:
    assert initials_of(name) == initials


@pytest.mark.parametrize("page", ["your_telling", "your_leave", "your_calendar"])
def test_nobody_looks_without_signing_in(page: str, db: None) -> None:
    assert Client().get(reverse(page))["Location"].startswith("/account/login/")
