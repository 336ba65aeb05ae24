"""The audit: every kind of loss is planted once, and found."""

from datetime import timedelta
from typing import Any

import pgtrigger
import pytest
from django.core.management import CommandError, call_command

from backend.access.models import RoleAssignment
from backend.alerts.actions import answer_alert
from backend.alerts.audit import audit
from backend.alerts.jobs import audit_everything
from backend.alerts.models import Alert, AlertedDeadline, RungReached
from backend.deadlines.models import Deadline, Heartbeat
from backend.deadlines.recalculate import recalculate
from backend.deadlines.sweep import sweep
from backend.events.models import Event
from backend.events.record import CLOCK
from backend.grammar.roles import Role
from backend.notify.models import Delivery, Inbox, Notification
from tests.factories import NOW, World, a_person, a_world, plays

pytestmark = pytest.mark.django_db
SINCE = NOW - timedelta(days=90)
LATER = NOW + timedelta(days=40)


@pytest.fixture
def world() -> World:
    """A child for whom much has slipped, and all of it was told."""
    world = a_world()
    recalculate([world.child.pk], by=CLOCK, at=NOW)
    sweep(at=NOW)
    Delivery.objects.update(state="sent", next_try_at=None)
    return world


def found(at: Any = NOW + timedelta(hours=1)) -> set[str]:
    return {loss.kind for loss in audit(since=SINCE, at=at)}


def test_what_was_told_as_it_should_have_been_shows_nothing(world: World) -> None:
    assert Alert.objects.exists()
    assert RungReached.objects.exists()
    assert found() == set()


def test_a_date_that_nobody_looked_at_is_found(world: World) -> None:
    row = Deadline.objects.filter(told_at__isnull=False).first()
    Deadline.objects.filter(pk=row.pk).update(slipped_at=None, told_at=None, next_moment_at=None)
    assert "unnoticed" in found()


def test_a_sweep_that_stands_still_is_found(world: World) -> None:
    assert "unnoticed" in found(LATER)
    sweep(at=LATER)
    Delivery.objects.update(state="sent", next_try_at=None)
    assert found(LATER + timedelta(minutes=20)) == set()


def test_a_slip_that_reached_nobody_is_found(world: World) -> None:
    event = Event.objects.filter(name="deadlines.slipped").first()
    Delivery.objects.filter(notification__event=event).delete()
    Notification.objects.filter(event=event).delete()
    assert "untold" in found()


def test_nobody_to_tell_is_no_loss_when_it_was_recorded() -> None:
    from tests.factories import a_child, a_setting, placed

    placed(a_child(), a_setting())
    sweep(at=NOW)
    assert Event.objects.filter(name="deadlines.unheard").exists()
    assert "untold" not in found()


def test_a_slip_without_an_alert_is_found(world: World) -> None:
    AlertedDeadline.objects.first().delete()  # type: ignore[union-attr]
    assert "unalerted" in found()


def test_a_step_that_was_not_taken_is_found(world: World) -> None:
    alert = Alert.objects.filter(reached__gt=0).first()
    assert alert is not None
    alert.rungs_reached.order_by("-number").first().delete()
    assert "stuck" in found()


def test_a_last_step_that_is_not_told_again_is_found(world: World) -> None:
    sweep(at=LATER)
    Delivery.objects.update(state="sent", next_try_at=None)
    alert = Alert.objects.get(family="visits", child=world.child)
    assert alert.repeated
    assert "silent" not in found(LATER + timedelta(hours=1))
    alert.rungs_reached.filter(number=3, repeat__gt=0).delete()
    assert "silent" in found(LATER + timedelta(hours=1))


def test_somebody_who_was_named_and_passed_over_is_found(world: World) -> None:
    step = RungReached.objects.filter(alert__family="visits", number=1).get()
    mine = Notification.objects.filter(event=step.event, person=world[Role.SOCIAL_WORKER])
    Delivery.objects.filter(notification__in=mine).delete()
    assert mine.delete()[0] == 1
    assert "passed over" in found()


@pytest.mark.parametrize("role", [Role.TEAM_MANAGER, Role.SERVICE_MANAGER, Role.DIRECTOR])
def test_a_manager_who_was_named_and_passed_over_is_found(world: World, role: Role) -> None:
    steps = RungReached.objects.filter(alert__family="visits").order_by("number")
    step = next(
        one for one in steps if str(role) in one.alert.ladder["rungs"][one.number - 1]["roles"]
    )
    mine = Notification.objects.filter(event=step.event, person=world[role])
    # Told of something else in its place: no number is missing in the inbox.
    mine.update(event=Event.objects.filter(notifications__isnull=True).first())
    assert "gap" not in found()
    assert "passed over" in found()


def test_a_manager_who_came_since_was_not_passed_over(world: World) -> None:
    plays(a_person(), Role.TEAM_MANAGER, team=world.team)
    late = RoleAssignment.objects.latest("pk")
    assert "passed over" in found()
    RoleAssignment.objects.filter(pk=late.pk).update(started_on=NOW.date())
    assert found() == set()


def test_a_step_that_was_told_and_not_counted_is_found(world: World) -> None:
    alert = Alert.objects.filter(reached__gt=0).first()
    assert alert is not None
    alert.rungs_reached.first().delete()  # type: ignore[union-attr]
    assert "told twice" in found()


def test_an_alert_that_waits_for_an_answer_is_not_stuck(world: World) -> None:
    alert = Alert.objects.filter(family="visits").get()
    by = world[Role.TEAM_MANAGER]
    alert.rungs_reached.all().delete()
    assert "stuck" in found()
    answer_alert(
        alert=alert,
        what="I go tomorrow.",
        doer=by.name,
        by_on=NOW.date() + timedelta(days=1),
        by=by,
        at=NOW,
    )
    losses = audit(since=SINCE, at=NOW + timedelta(hours=1))
    stuck = {loss.about for loss in losses if loss.kind == "stuck"}
    assert alert.about not in stuck
    late = {loss.about for loss in audit(since=SINCE, at=NOW + timedelta(days=3))}
    assert alert.about in late


def test_an_alert_that_ended_too_early_is_found(world: World) -> None:
    alert = Alert.objects.filter(family="visits").get()
    with pgtrigger.ignore():
        Alert.objects.filter(pk=alert.pk).update(state="ended", ended_at=NOW, next_at=None)
    assert "ended too early" in found()


def test_a_slip_told_twice_is_found(world: World) -> None:
    event = Event.objects.filter(name="deadlines.slipped", notifications__isnull=False).first()
    assert event is not None
    first = Notification.objects.filter(event=event).first()
    assert first is not None
    event.pk = None
    event.save(force_insert=True)
    inbox = Inbox.objects.get(person=first.person)
    Inbox.objects.filter(pk=inbox.pk).update(last_number=inbox.last_number + 1)
    first.pk, first.event, first.number = None, event, inbox.last_number + 1
    first.save(force_insert=True)
    assert "told twice" in found()


def test_a_hole_in_an_inbox_is_found(world: World) -> None:
    one = Notification.objects.filter(person=world[Role.SOCIAL_WORKER]).order_by("number").first()
    assert one is not None
    Delivery.objects.filter(notification=one).delete()
    one.delete()
    assert "gap" in found()


def test_an_inbox_that_lost_everything_is_found(world: World) -> None:
    mine = Notification.objects.filter(person=world[Role.IRO])
    assert mine.exists()
    Delivery.objects.filter(notification__in=mine).delete()
    mine.delete()
    assert Inbox.objects.filter(person=world[Role.IRO], last_number__gt=0).exists()
    assert "gap" in found()


def test_a_message_that_nobody_sends_is_found(world: World) -> None:
    one = Delivery.objects.filter(notification__told_at=NOW).first()
    assert one is not None
    Delivery.objects.filter(pk=one.pk).update(state="waiting", next_try_at=None)
    assert "undelivered" not in found()
    assert "undelivered" in found(NOW + timedelta(days=2))


def test_a_notification_without_any_way_is_found(world: World) -> None:
    one = Notification.objects.first()
    assert one is not None
    one.deliveries.all().delete()
    assert "undelivered" in found()


def test_the_command_prints_what_it_finds_and_fails(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    AlertedDeadline.objects.first().delete()  # type: ignore[union-attr]
    with pytest.raises(CommandError, match="difference"):
        call_command("audit", since="2020-01-01")
    said = capsys.readouterr().out
    assert "no alert speaks of what slipped" in said
    assert world.child.name not in said
    with pytest.raises(CommandError, match="not come yet"):
        call_command("audit", since="2999-01-01")


def test_the_hourly_audit_leaves_what_it_found_for_the_readiness_page(world: World) -> None:
    AlertedDeadline.objects.first().delete()  # type: ignore[union-attr]
    audit_everything(0)
    assert Heartbeat.objects.get(job="audit").found["losses"] > 0
