"""A step of which no message arrived: it goes up at once, and by the ways that its ladder names."""

from datetime import datetime, timedelta

import pytest

from backend.alerts import actions
from backend.alerts.climbing import climb, hurry
from backend.alerts.models import Alert, RungReached
from backend.deadlines.count import add_working_days
from backend.deadlines.recalculate import recalculate
from backend.deadlines.sweep import sweep
from backend.events.models import Event
from backend.events.record import CLOCK
from backend.grammar.moments import end_of
from backend.grammar.roles import Role
from backend.notify.models import Delivery, Notification, Way
from tests.factories import TODAY, World, a_world, moment

pytestmark = pytest.mark.django_db
AT = moment(add_working_days(TODAY, 1), 9)


@pytest.fixture
def world() -> World:
    return a_world(started_on=TODAY - timedelta(days=7))


@pytest.fixture
def alert(world: World) -> Alert:
    """An alert that has just taken its first step."""
    recalculate([world.child.pk], by=CLOCK, at=end_of(TODAY))
    sweep(at=end_of(TODAY))
    found = Alert.objects.get(family="visits", child=world.child)
    climb(AT)
    found.refresh_from_db()
    assert found.reached == 1
    return found


def deliveries(alert: Alert, number: int = 1) -> list[Delivery]:
    event = RungReached.objects.get(alert=alert, number=number).event
    return list(Delivery.objects.filter(notification__event=event).exclude(way=Way.LIVE))


def fail(rows: list[Delivery]) -> None:
    Delivery.objects.filter(pk__in=[row.pk for row in rows]).update(
        state=Delivery.State.FAILED, next_try_at=None, failure="The address does not exist."
    )


def numbers(alert: Alert) -> list[int]:
    return list(RungReached.objects.filter(alert=alert).values_list("number", flat=True))


class TestGoingUp:
    def test_when_every_message_failed_the_next_people_are_told_at_once(self, alert: Alert) -> None:
        fail(deliveries(alert))
        later: datetime = AT + timedelta(minutes=5)
        assert hurry(later) == 1
        climb(later)
        assert numbers(alert) == [1, 2]
        assert Event.objects.filter(name="alerts.not_delivered", about=alert.about).count() == 1
        assert hurry(later) == 0

    def test_one_message_that_arrived_is_enough(self, alert: Alert) -> None:
        rows = deliveries(alert)
        assert len(rows) > 1
        fail(rows[1:])
        assert hurry(AT) == 0
        assert numbers(alert) == [1]

    def test_what_is_still_on_its_way_is_waited_for(self, alert: Alert) -> None:
        assert hurry(AT) == 0

    def test_what_was_read_in_the_page_arrived(self, alert: Alert) -> None:
        fail(deliveries(alert))
        event = RungReached.objects.get(alert=alert).event
        row = Notification.objects.filter(event=event)[0]
        row.read_at = AT
        row.save()
        assert hurry(AT) == 0

    def test_who_has_seen_the_alert_knows(self, world: World, alert: Alert) -> None:
        fail(deliveries(alert))
        actions.receive_alert(alert=alert, by=world[Role.TEAM_MANAGER], at=AT)
        assert hurry(AT) == 0

    def test_at_the_top_it_is_recorded_and_told_again_as_before(self, alert: Alert) -> None:
        top = moment(add_working_days(TODAY, 5), 9)
        climb(top)
        fail(deliveries(alert, number=3))
        assert hurry(top) == 1
        climb(top)
        assert numbers(alert) == [1, 2, 3]
        again = RungReached.objects.get(alert=alert, number=3)
        assert again.reached_nobody


class TestWays:
    def test_the_ways_of_a_step_are_taken_whatever_somebody_prefers(self, alert: Alert) -> None:
        climb(moment(add_working_days(TODAY, 5), 9))
        assert {row.way for row in deliveries(alert, number=1)} == {"email"}
        assert {row.way for row in deliveries(alert, number=3)} == {"email", "text"}
