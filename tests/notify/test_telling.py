"""Telling people: numbered without gaps, delivered once, moved when somebody leaves."""

from datetime import timedelta
from itertools import pairwise

import pytest
from django.core import mail
from django.db import connection
from procrastinate.contrib.django import app

from backend.access.models import Person
from backend.casework.people import allocate, end_allocation
from backend.deadlines.sweep import sweep
from backend.events.record import record
from backend.grammar.moments import end_of
from backend.grammar.roles import Role
from backend.notify.inbox import count_since, cursor, mark_read, notifications_of, unread
from backend.notify.jobs import deliver, deliver_due
from backend.notify.models import Delivery, Notification
from backend.notify.tell import Telling, tell
from tests.casework.test_gate import at_once
from tests.factories import NOW, TODAY, World, a_person, a_world, plays

SLIPPED_AT = end_of(TODAY + timedelta(days=7))


def said(world: World) -> None:
    """Tells the IRO and the manager of something that happened to the child."""
    event = record(
        "visits.unseen_alone_twice",
        by=world[Role.SOCIAL_WORKER],
        at=NOW,
        about="visits/1",
        child_id=world.child.pk,
    )
    tell([Telling(event, (Role.IRO, Role.TEAM_MANAGER))], at=NOW)


def numbers(person: Person) -> list[int]:
    return list(
        Notification.objects.filter(person=person)
        .order_by("number")
        .values_list("number", flat=True)
    )


@pytest.mark.django_db
class TestInbox:
    def test_numbers_have_no_gaps_and_the_cursor_is_the_last(self) -> None:
        world = a_world()
        iro = world[Role.IRO]
        first = cursor(iro)
        for _ in range(3):
            said(world)
        assert numbers(iro)[-3:] == [first + 1, first + 2, first + 3]
        assert cursor(iro) == first + 3
        assert count_since(iro, first + 1) == 2

    def test_reading_is_only_ones_own(self) -> None:
        world = a_world()
        said(world)
        iro, manager = world[Role.IRO], world[Role.TEAM_MANAGER]
        before = (unread(iro), unread(manager))
        assert mark_read(person=manager, numbers=[*numbers(iro), 999], at=NOW) <= before[1]
        assert unread(iro) == before[0]

    def test_the_one_who_did_it_is_not_told(self) -> None:
        world = a_world()
        event = record(
            "visits.unseen_alone_twice",
            by=world[Role.IRO],
            at=NOW,
            about="visits/1",
            child_id=world.child.pk,
        )
        told = tell([Telling(event, (Role.IRO, Role.TEAM_MANAGER))], at=NOW)
        assert [n.person for n in told.notifications] == [world[Role.TEAM_MANAGER]]

    def test_a_reader_of_cards_is_not_told_of_the_record(self) -> None:
        world = a_world()
        event = record(
            "visits.unseen_alone_twice",
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
            about="visits/1",
            child_id=world.child.pk,
        )
        told = tell([Telling(event, (Role.REGISTERED_MANAGER, Role.IRO))], at=NOW)
        assert [n.person for n in told.notifications] == [world[Role.IRO]]


@pytest.mark.django_db
class TestDelivery:
    def test_a_batch_is_one_mail_each_without_anything_personal(self) -> None:
        world = a_world()
        Notification.objects.all().delete()
        said(world)
        said(world)
        rows = Notification.objects.all()
        deliver.func(notifications=[row.pk for row in rows])
        assert sorted(message.to[0] for message in mail.outbox) == sorted(
            [world[Role.IRO].email, world[Role.TEAM_MANAGER].email]
        )
        for message in mail.outbox:
            whole = f"{message.subject} {message.body}"
            assert "2 new alerts" in whole
            for personal in (world.child.name, world.setting.name, world.child.local_id + " "):
                assert personal not in whole

    def test_what_was_delivered_is_not_sent_again(self) -> None:
        world = a_world()
        said(world)
        rows = list(Notification.objects.values_list("pk", flat=True))
        deliver.func(notifications=rows)
        mail.outbox.clear()
        deliver.func(notifications=rows)
        assert mail.outbox == []

    def test_what_was_lost_is_swept_up(self) -> None:
        world = a_world()
        said(world)
        with connection.cursor() as cursor_:
            cursor_.execute("DELETE FROM procrastinate_jobs")
        deliver_due.func(timestamp=0)
        assert {message.to[0] for message in mail.outbox} >= {world[Role.IRO].email}
        assert not Delivery.objects.filter(state="waiting").exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_delivers_what_a_transaction_owed() -> None:
    world = a_world()
    said(world)
    with app.replace_connector(app.connector.get_worker_connector()):  # type: ignore[attr-defined]
        app.run_worker(wait=False, install_signal_handlers=False, listen_notify=False)
    assert not Delivery.objects.filter(state="waiting").exists()
    assert {message.to[0] for message in mail.outbox} >= {world[Role.IRO].email}


@pytest.mark.django_db(transaction=True)
def test_many_at_once_still_number_without_gaps() -> None:
    world = a_world()
    results = at_once(*[lambda: said(world)] * 6)
    assert results == [None] * 6
    for role in (Role.IRO, Role.TEAM_MANAGER):
        given = numbers(world[role])
        assert all(later == earlier + 1 for earlier, later in pairwise(given))
        assert cursor(world[role]) == given[-1]


@pytest.mark.django_db
class TestLeaving:
    def slipped(self) -> World:
        world = a_world(TODAY)
        sweep(at=SLIPPED_AT)
        return world

    def open_alerts(self, person: Person, **how: str) -> list[str]:
        rows = notifications_of(person).filter(event__name="deadlines.slipped", **how)
        return sorted(row.event.carries["ref"] for row in rows)

    def test_open_alerts_go_to_whoever_takes_over(self) -> None:
        world = self.slipped()
        leaver, taker = world[Role.SOCIAL_WORKER], a_person("Taker")
        waiting = self.open_alerts(leaver)
        assert "VIS-01" in waiting
        allocate(
            child=world.child,
            person=taker,
            role=Role.SOCIAL_WORKER,
            started_on=SLIPPED_AT.date(),
            by=world[Role.TEAM_MANAGER],
            at=SLIPPED_AT + timedelta(hours=9),
        )
        assert self.open_alerts(taker) == waiting
        assert self.open_alerts(leaver) == []

    def test_they_go_up_to_the_manager_when_nobody_does(self) -> None:
        world = self.slipped()
        manager = world[Role.TEAM_MANAGER]
        Notification.objects.filter(person=manager, event__name="deadlines.slipped").delete()
        allocation = world.child.allocations.get(role=Role.SOCIAL_WORKER)
        waiting = self.open_alerts(world[Role.SOCIAL_WORKER])
        end_allocation(
            allocation=allocation,
            ended_on=SLIPPED_AT.date(),
            by=manager,
            at=SLIPPED_AT + timedelta(hours=9),
        )
        assert self.open_alerts(manager) == waiting

    def test_a_manager_who_knows_already_is_not_told_twice(self) -> None:
        world = self.slipped()
        manager = world[Role.TEAM_MANAGER]
        before = self.open_alerts(manager)
        end_allocation(
            allocation=world.child.allocations.get(role=Role.SOCIAL_WORKER),
            ended_on=SLIPPED_AT.date(),
            by=manager,
            at=SLIPPED_AT + timedelta(hours=9),
        )
        assert self.open_alerts(manager) == before

    def test_a_leaver_in_another_part_keeps_those_alerts(self) -> None:
        world = self.slipped()
        plays(world[Role.IRO], Role.TEAM_MANAGER, team=world.team)
        before = self.open_alerts(world[Role.IRO], role=Role.IRO)
        end_allocation(
            allocation=world.child.allocations.get(role=Role.SOCIAL_WORKER),
            ended_on=SLIPPED_AT.date(),
            by=world[Role.TEAM_MANAGER],
            at=SLIPPED_AT + timedelta(hours=9),
        )
        assert self.open_alerts(world[Role.IRO], role=Role.IRO) == before
