"""Danger that nobody reads while the offices are closed reaches whoever covers, and once."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from backend.access.models import Person
from backend.alerts.audit import audit
from backend.alerts.covering import cover, is_closed
from backend.casework.authorities import Policy, policy_of, set_policy
from backend.casework.errors import FactRefused
from backend.events.models import Event
from backend.grammar.roles import Role
from backend.notify.models import Delivery, Notification, OutOfHours, Way
from tests.factories import (
    BARKING,
    NOW,
    TODAY,
    World,
    a_person,
    an_authority,
    an_outcome,
    moment,
    plays,
)
from workflows.visits.actions import record_visit
from workflows.visits.events import WELFARE_DOUBTED

pytestmark = pytest.mark.django_db
#: A Monday evening, half past seven: the offices are closed.
EVENING = moment(TODAY, 19, 30)
LATER = EVENING + timedelta(minutes=31)
POLICY: dict[str, Any] = {
    "first_day_visit_counts": False,
    "local_days_between_visits": None,
    "request_target_days": 5,
}


@pytest.fixture
def duty(world: World) -> Person:
    """The duty manager, who covers Barking."""
    person = a_person("Duty manager")
    # Reads every record of the authority, and is not told of a visit by their own part.
    plays(person, Role.NOMINATED_OFFICER, authority_id=BARKING)
    plays(world[Role.ADMINISTRATOR], Role.ADMINISTRATOR, authority_id=BARKING)
    set_policy(
        authority=an_authority(),
        policy=Policy(**POLICY, covered_by=person.email.upper()),
        by=world[Role.ADMINISTRATOR],
        at=NOW,
    )
    return person


def danger(world: World, at: datetime = EVENING) -> Event:
    """A visit finds that a child's welfare is not safeguarded: urgent for those who answer."""
    record_visit(
        child=world.child,
        outcome=an_outcome(
            TODAY, hour=8, is_welfare_safeguarded=False, welfare_detail="Marks on both wrists."
        ),
        by=world[Role.SOCIAL_WORKER],
        at=at,
    )
    event = Event.objects.get(name=WELFARE_DOUBTED)
    assert Notification.objects.filter(event=event, is_urgent=True).exists()
    return event


def lost() -> set[str]:
    return {loss.kind for loss in audit(since=NOW, at=LATER + timedelta(hours=1))}


@pytest.mark.parametrize(
    ("at", "closed"),
    [
        (moment(TODAY, 8, 59), True),
        (moment(TODAY, 9), False),
        (moment(TODAY, 16, 59), False),
        (moment(TODAY, 17), True),
        (moment(TODAY - timedelta(days=1), 12), True),
    ],
)
def test_offices_are_open_on_working_days(at: Any, closed: bool) -> None:
    assert is_closed(at) is closed


def test_danger_that_nobody_reads_goes_to_whoever_covers_once(world: World, duty: Person) -> None:
    event = danger(world)
    assert cover(EVENING + timedelta(minutes=29)) == 0
    assert "uncovered" in lost()
    assert cover(LATER) == 1
    mine = Notification.objects.get(person=duty)
    assert (mine.event, mine.is_urgent, mine.role) == (event, True, Role.NOMINATED_OFFICER)
    ways = set(Delivery.objects.filter(notification=mine).values_list("way", flat=True))
    assert {Way.LIVE, Way.EMAIL} <= ways
    assert cover(LATER + timedelta(minutes=5)) == 0
    assert "uncovered" not in lost()


def test_danger_that_somebody_read_goes_no_further(world: World, duty: Person) -> None:
    danger(world)
    one = Notification.objects.filter(is_urgent=True).first()
    assert one is not None
    one.read_at = EVENING + timedelta(minutes=10)
    one.save()
    assert cover(LATER) == 0
    assert "uncovered" not in lost()


def test_while_the_offices_are_open_nothing_goes_to_them(world: World, duty: Person) -> None:
    danger(world, moment(TODAY, 10))
    assert cover(moment(TODAY, 11)) == 0
    # What nobody read all day is told as soon as they close.
    assert cover(moment(TODAY, 17)) == 1


def test_whoever_may_not_read_of_it_is_not_told(world: World, duty: Person) -> None:
    danger(world)
    duty.groups.clear()
    assert cover(LATER) == 0


def test_nobody_is_named_without_a_part_in_the_authority(world: World, duty: Person) -> None:
    for address in (world.stranger.email, "nobody@example.org"):
        with pytest.raises(FactRefused, match="plays a part for Barking") as refused:
            set_policy(
                authority=an_authority(),
                policy=Policy(**POLICY, covered_by=address),
                by=world[Role.ADMINISTRATOR],
                at=NOW,
            )
        assert refused.value.field == "covered_by"
    assert policy_of(an_authority()).covered_by == duty.email
    set_policy(
        authority=an_authority(), policy=Policy(**POLICY), by=world[Role.ADMINISTRATOR], at=NOW
    )
    assert not OutOfHours.objects.exists()


def test_a_quiet_night_asks_next_to_nothing(
    world: World, duty: Person, django_assert_num_queries: Any
) -> None:
    """Nothing unread: who covers, and what is unread, and then nothing for each of them."""
    with django_assert_num_queries(2):
        cover(LATER)
