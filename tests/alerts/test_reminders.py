"""Reminders before a date, and questions after it: sent once, kept on the alert, never a slip."""

from datetime import datetime, timedelta

import pytest

from backend.alerts import actions
from backend.alerts.audit import audit
from backend.alerts.checks import UnableToAsk
from backend.alerts.climbing import chase, climb
from backend.alerts.ladder import Rung, Unit, Way
from backend.alerts.models import Alert, Question, Reminder, RungReached
from backend.alerts.reminding import remind
from backend.alerts.story import ladder_of
from backend.casework.errors import NotAllowed
from backend.deadlines.count import add_working_days
from backend.deadlines.models import Deadline
from backend.deadlines.sweep import sweep
from backend.events.models import Event
from backend.grammar.moments import end_of
from backend.grammar.roles import Role
from backend.notify.models import Delivery, Notification
from tests.factories import (
    BARKING,
    NOW,
    TODAY,
    World,
    a_world,
    an_authority,
    an_outcome,
    moment,
)
from workflows.visits.actions import record_visit

pytestmark = pytest.mark.django_db
#: The last day of the first visit; a Monday, and its Sunday for the placement.
DUE = TODAY + timedelta(days=7)


@pytest.fixture
def world() -> World:
    """A child who was placed today, to be visited within a week."""
    world = a_world(started_on=TODAY)
    due = Deadline.objects.filter(room="visits", child=world.child, status="open")
    assert min(row.last_day for row in due if row.last_day) == DUE
    return world


def first_visit(world: World) -> Deadline:
    return Deadline.objects.get(room="visits", child=world.child, status="open", due_on=DUE)


def reminded(world: World, room: str = "visits") -> list[Notification]:
    rows = Notification.objects.filter(event__name="alerts.reminded", deadline__room=room)
    return list(rows.filter(child=world.child).order_by("told_at", "pk"))


def before(days: int) -> datetime:
    return moment(add_working_days(DUE, -days), 9)


class TestReminding:
    def test_the_worker_is_reminded_once_and_nothing_has_slipped(self, world: World) -> None:
        sweep(at=before(3) - timedelta(minutes=1))
        assert reminded(world) == []
        sweep(at=before(3))
        sweep(at=before(3) + timedelta(hours=1))
        sweep(at=before(2))
        (told,) = reminded(world)
        assert (told.person, told.deadline) == (world[Role.SOCIAL_WORKER], first_visit(world))
        assert world.child.name not in told.words
        assert first_visit(world).slipped_at is None
        assert not Event.objects.filter(
            name="deadlines.slipped", about__endswith=f"/{told.deadline_id}"
        )
        assert not Alert.objects.filter(family="visits").exists()

    def test_what_is_done_in_time_is_not_reminded_of(self, world: World) -> None:
        visit = first_visit(world)
        record_visit(
            child=world.child,
            outcome=an_outcome(TODAY + timedelta(days=1), hour=9),
            by=world[Role.SOCIAL_WORKER],
            at=moment(TODAY + timedelta(days=1), 17),
        )
        visit.refresh_from_db()
        assert visit.status == "met"
        sweep(at=before(3))
        assert visit not in [row.deadline for row in reminded(world)]

    def test_a_date_that_moves_is_reminded_of_anew(self, world: World) -> None:
        sweep(at=before(3))
        row = first_visit(world)
        later = DUE + timedelta(days=7)
        Deadline.objects.filter(pk=row.pk).update(due_on=later, next_moment_at=end_of(later))
        remind(moment(add_working_days(later, -3), 9))
        assert len(reminded(world)) == 2

    def test_the_ladder_is_fixed_at_the_first_reminder_and_the_alert_takes_it(
        self, world: World
    ) -> None:
        choose(world, ahead(5), ahead(1), up(2))
        sweep(at=before(5))
        choose(world, ahead(2), up(9))
        sweep(at=before(2))
        assert len(reminded(world)) == 1
        sweep(at=before(1))
        assert len(reminded(world)) == 2
        sweep(at=end_of(DUE))
        alert = Alert.objects.get(family="visits", child=world.child)
        assert [rung.after for rung in alert.frozen_ladder.rungs] == [2]
        steps = ladder_of(alert)
        assert [one.is_reminder for one in steps] == [True, True, False, False]
        assert [len(one.heard) for one in steps[:2]] == [1, 1]

    def test_of_several_that_are_due_at_once_only_the_last_is_sent(self, world: World) -> None:
        choose(world, ahead(5), ahead(3), ahead(0), up(2))
        sweep(at=before(2))
        assert numbers_of(reminded(world)) == [2]
        sweep(at=moment(DUE, 9))
        assert numbers_of(reminded(world)) == [2, 3]

    def test_hours_count_from_the_moment_it_passes(self, world: World) -> None:
        choose(
            world, Rung(6, Unit.HOURS, (Role.SOCIAL_WORKER,), (Way.LIVE,), is_before=True), up(2)
        )
        sweep(at=end_of(DUE) - timedelta(hours=6, minutes=1))
        assert reminded(world) == []
        sweep(at=end_of(DUE) - timedelta(hours=6))
        assert len(reminded(world)) == 1

    def test_what_nobody_was_reminded_of_goes_up_or_is_recorded(self, world: World) -> None:
        world.child.allocations.filter(role=Role.SOCIAL_WORKER).update(
            ended_on=TODAY - timedelta(days=1)
        )
        sweep(at=before(3))
        assert [row.person for row in reminded(world)] == [world[Role.TEAM_MANAGER]]

    def test_a_reminder_that_was_not_sent_is_found_by_the_audit(self, world: World) -> None:
        at = before(3) + timedelta(hours=1)
        sweep(at=before(3))
        Delivery.objects.update(state="sent", next_try_at=None)
        assert audit(since=NOW, at=at) == []
        Reminder.objects.all().delete()
        assert {loss.kind for loss in audit(since=NOW, at=at)} == {"not reminded"}


def numbers_of(rows: list[Notification]) -> list[int]:
    return [int(row.event.carries["number"]) for row in rows]


def ahead(days: int) -> Rung:
    return Rung(days, Unit.WORKING_DAYS, (Role.SOCIAL_WORKER,), (Way.LIVE,), is_before=True)


def up(days: int) -> Rung:
    return Rung(days, Unit.WORKING_DAYS, (Role.DIRECTOR,))


def choose(world: World, *steps: Rung) -> None:
    actions.choose_ladder(
        authority=an_authority(BARKING),
        family="visits",
        rungs=steps,
        by=world[Role.DIRECTOR],
        at=NOW,
    )


class TestAsking:
    @pytest.fixture
    def alert(self, world: World) -> Alert:
        """An alert that has just been opened."""
        sweep(at=end_of(DUE))
        return Alert.objects.get(family="visits", child=world.child)

    def ask(self, alert: Alert, world: World, at: datetime | None = None) -> Question:
        by = world[Role.SERVICE_MANAGER]
        actions.ask_about_alert(alert=alert, by=by, at=at or end_of(DUE))
        return Question.objects.get(alert=alert, closed_at=None)

    def test_who_does_it_is_asked_and_the_ladder_goes_on(self, world: World, alert: Alert) -> None:
        before_it = alert.next_at
        question = self.ask(alert, world)
        told = Notification.objects.filter(event=question.event)
        assert [row.person for row in told] == [world[Role.SOCIAL_WORKER]]
        assert world.child.name not in told[0].words
        alert.refresh_from_db()
        assert (alert.state, alert.next_at) == ("open", before_it)
        with pytest.raises(UnableToAsk, match="You asked on"):
            self.ask(alert, world)

    def test_silence_is_told_to_whoever_asked_and_goes_up_at_once(
        self, world: World, alert: Alert
    ) -> None:
        first = moment(add_working_days(DUE, 1), 9)
        climb(first)
        question = self.ask(alert, world, at=first)
        assert chase(question.answer_by - timedelta(minutes=1)) == 0
        chase(question.answer_by)
        climb(question.answer_by)
        silent = Notification.objects.filter(event__name="alerts.question_unanswered")
        assert [row.person for row in silent] == [world[Role.SERVICE_MANAGER]]
        assert set(RungReached.objects.filter(alert=alert).values_list("number", flat=True)) >= {
            1,
            2,
        }
        assert chase(question.answer_by + timedelta(days=1)) == 0

    def test_an_answer_closes_it(self, world: World, alert: Alert) -> None:
        question = self.ask(alert, world)
        actions.answer_alert(
            alert=alert,
            what="I go today.",
            doer="Me",
            by_on=DUE + timedelta(days=1),
            by=world[Role.SOCIAL_WORKER],
            at=end_of(DUE) + timedelta(hours=9),
        )
        chase(question.answer_by)
        question.refresh_from_db()
        assert question.was_answered
        assert not Event.objects.filter(name="alerts.question_unanswered").exists()

    def test_where_nobody_is_there_to_be_asked_nothing_is_written(
        self, world: World, alert: Alert
    ) -> None:
        world.child.allocations.filter(role=Role.SOCIAL_WORKER).update(ended_on=TODAY)
        with pytest.raises(UnableToAsk, match="Nobody is there"):
            actions.ask_about_alert(alert=alert, by=world[Role.TEAM_MANAGER], at=end_of(DUE))
        assert not Question.objects.exists()
        assert not Event.objects.filter(name="alerts.asked").exists()

    def test_who_does_it_asks_nobody(self, world: World, alert: Alert) -> None:
        with pytest.raises(NotAllowed):
            actions.ask_about_alert(alert=alert, by=world[Role.SOCIAL_WORKER], at=end_of(DUE))


def test_telling_again_grows_rarer_and_never_stops() -> None:
    last = Rung(5, Unit.WORKING_DAYS, (Role.DIRECTOR,), repeats_every=5)
    assert [last.again(NOW, repeated) for repeated in range(5)] == [
        moment(add_working_days(TODAY, days), 9) for days in (5, 10, 20, 20, 20)
    ]
    assert last.again(NOW, 10_000) == moment(add_working_days(TODAY, 20), 9)
    assert "twice as long each time" in last.again_words
