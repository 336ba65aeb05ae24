"""An alert: opened by the clock, carried up, answered, and ended when the duty is met."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection

from backend.access.models import Person, RoleAssignment
from backend.alerts import actions
from backend.alerts.checks import UnableToSnooze
from backend.alerts.climbing import climb, open_alerts
from backend.alerts.ladder import Rung, Unit
from backend.alerts.models import Alert, RungReached
from backend.alerts.queries import alerts_visible_to, people_of_alerts
from backend.casework.errors import FactRefused, MovedOn, NotAllowed, NotNow
from backend.deadlines.count import add_working_days
from backend.deadlines.models import Deadline
from backend.deadlines.recalculate import recalculate
from backend.deadlines.sweep import sweep
from backend.events.models import Event
from backend.events.record import CLOCK
from backend.grammar.moments import day_of, end_of
from backend.grammar.roles import IN_ONE_CASE, Role
from backend.notify.models import Notification
from tests.casework.test_gate import at_once
from tests.factories import (
    BARKING,
    NOW,
    TODAY,
    World,
    a_child,
    a_world,
    allocated,
    an_authority,
    an_outcome,
    moment,
    placed,
)
from workflows.visits.actions import record_visit

pytestmark = pytest.mark.django_db
SEES = {
    Role.SOCIAL_WORKER,
    Role.IRO,
    Role.TEAM_MANAGER,
    Role.SERVICE_MANAGER,
    Role.DIRECTOR,
    Role.IRO_MANAGER,
    Role.NOMINATED_OFFICER,
}


@pytest.fixture
def world() -> World:
    """A child placed eight weeks ago, whose first visit and first review nobody recorded."""
    return a_world()


def slipped(world: World, at: datetime = NOW) -> Alert:
    """The alert about visits, as a sweep opens it."""
    recalculate([world.child.pk], by=CLOCK, at=at)
    sweep(at=at)
    return Alert.objects.get(family="visits", child=world.child)


def told_of(alert: Alert) -> dict[int, set[str]]:
    """Whom each step told."""
    return {
        one.number: set(Notification.objects.filter(event=one.event).values_list("role", flat=True))
        for one in RungReached.objects.filter(alert=alert)
    }


class TestOpening:
    def test_what_slipped_for_a_child_is_one_alert_with_its_count(self, world: World) -> None:
        alert = slipped(world)
        owed = Deadline.objects.filter(
            child=world.child, room="visits", told_at__isnull=False, status="open"
        )
        assert owed.exists()
        assert set(owed) == {one.deadline for one in alert.alerted.all()}
        said = Event.objects.get(name="alerts.opened", about=alert.about).sentence
        assert f"{owed.count()} date" in said

    def test_opening_again_opens_nothing(self, world: World) -> None:
        slipped(world)
        before = Alert.objects.count()
        assert open_alerts(NOW) == 0
        sweep(at=NOW)
        assert Alert.objects.count() == before

    def test_what_had_passed_before_it_was_brought_in_opens_nothing(self) -> None:
        world = a_world()
        Deadline.objects.all().delete()
        recalculate([world.child.pk], by=CLOCK, at=NOW, loaded=True)
        sweep(at=NOW)
        assert Deadline.objects.filter(slipped_at__isnull=False).exists()
        assert not Alert.objects.exists()

    def test_the_ladder_is_frozen(self, world: World) -> None:
        alert = slipped(world)
        before = alert.ladder
        actions.choose_ladder(
            authority=an_authority(BARKING),
            family="visits",
            rungs=[Rung(1, Unit.HOURS, (Role.DIRECTOR,))],
            by=world[Role.DIRECTOR],
            at=NOW,
        )
        alert.refresh_from_db()
        assert alert.ladder == before
        other = a_child(team=world.team)
        placed(other, world.setting)
        recalculate([other.pk], by=CLOCK, at=NOW)
        sweep(at=NOW)
        new = Alert.objects.get(family="visits", child=other)
        assert [rung["roles"] for rung in new.ladder["rungs"]] == [["director"]]
        assert "not law" in new.ladder["name"]

    @pytest.mark.django_db(transaction=True)
    def test_two_sweeps_at_once_open_one_alert(self) -> None:
        world = a_world()
        recalculate([world.child.pk], by=CLOCK, at=NOW)
        at_once(lambda: sweep(at=NOW), lambda: sweep(at=NOW))
        groups = list(Alert.objects.values_list("group", flat=True))
        assert len(groups) == len(set(groups)) > 0
        steps = list(RungReached.objects.values_list("alert", "number", "repeat"))
        assert len(steps) == len(set(steps))


class TestClimbing:
    def test_each_step_tells_its_people_when_its_moment_has_come(self) -> None:
        world = a_world(started_on=TODAY - timedelta(days=7))
        at = end_of(TODAY)
        alert = slipped(world, at)
        assert told_of(alert) == {}
        first = moment(add_working_days(TODAY, 1), 9)
        assert alert.next_at == first
        assert climb(first - timedelta(minutes=1)) == 0
        climb(first)
        assert told_of(alert) == {1: {"social_worker", "team_manager"}}
        climb(moment(add_working_days(TODAY, 3), 9))
        climb(moment(add_working_days(TODAY, 5), 9))
        assert told_of(alert) == {
            1: {"social_worker", "team_manager"},
            2: {"service_manager", "iro"},
            3: {"director", "iro_manager"},
        }

    def test_the_last_step_repeats_while_nothing_is_done(self) -> None:
        world = a_world(started_on=TODAY - timedelta(days=7))
        alert = slipped(world, end_of(TODAY))
        last = moment(add_working_days(TODAY, 5), 9)
        climb(last)
        assert RungReached.objects.filter(alert=alert, number=3).count() == 1
        climb(last + timedelta(days=6))
        assert RungReached.objects.filter(alert=alert, number=3).count() == 1
        again = moment(add_working_days(day_of(last), 5), 9)
        climb(again)
        climb(again)
        assert list(
            RungReached.objects.filter(alert=alert, number=3).values_list("repeat", flat=True)
        ) == [0, 1]

    def test_steps_missed_while_nothing_ran_are_all_taken(self) -> None:
        world = a_world(started_on=TODAY - timedelta(days=7))
        alert = slipped(world, moment(TODAY + timedelta(days=30)))
        assert set(told_of(alert)) == {1, 2, 3}

    def test_nobody_to_tell_is_recorded_and_goes_up_at_once(self) -> None:
        world = a_world(started_on=TODAY - timedelta(days=7))
        alert = slipped(world, end_of(TODAY))
        gone = RoleAssignment.objects.exclude(role=Role.DIRECTOR)
        gone.update(ended_on=TODAY - timedelta(days=1))
        for role in (Role.SOCIAL_WORKER, Role.IRO, Role.ADVOCATE):
            world.child.allocations.filter(role=role).update(ended_on=TODAY - timedelta(days=1))
        RoleAssignment.objects.filter(role=Role.DIRECTOR).update(ended_on=TODAY - timedelta(days=1))
        assert alert.next_at is not None
        climb(alert.next_at)
        reached = RungReached.objects.filter(alert=alert)
        assert [one.reached_nobody for one in reached] == [True, True, True]
        assert Event.objects.filter(name="alerts.nobody_told", about=alert.about).count() == 3

    def test_a_step_whose_people_are_gone_tells_those_above(self) -> None:
        world = a_world(started_on=TODAY - timedelta(days=7))
        alert = slipped(world, end_of(TODAY))
        for role in (Role.SOCIAL_WORKER, Role.TEAM_MANAGER):
            RoleAssignment.objects.filter(role=role).update(ended_on=TODAY - timedelta(days=1))
            world.child.allocations.filter(role=role).update(ended_on=TODAY - timedelta(days=1))
        assert alert.next_at is not None
        climb(alert.next_at)
        assert told_of(alert) == {1: {"service_manager"}}

    def test_one_alert_that_fails_keeps_no_other_from_going_up(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        world = a_world(started_on=TODAY - timedelta(days=7))
        alert = slipped(world, end_of(TODAY))
        other = a_child(team=world.team)
        allocated(world[Role.SOCIAL_WORKER], Role.SOCIAL_WORKER, other)
        placed(other, world.setting, started_on=TODAY - timedelta(days=7))
        sweep(at=end_of(TODAY))
        broken = Alert.objects.get(pk=alert.pk)
        Alert.objects.filter(pk=broken.pk).update(ladder={"name": "?", "rungs": [{"after": 1}]})
        climb(moment(add_working_days(TODAY, 1), 9))
        assert told_of(Alert.objects.get(child=other, family="visits")).keys() == {1}

    def test_an_alert_ends_when_the_duty_is_met(self, world: World) -> None:
        alert = slipped(world)
        later = NOW + timedelta(hours=2)
        record_visit(
            child=world.child,
            outcome=an_outcome(TODAY, hour=10),
            by=world[Role.SOCIAL_WORKER],
            at=later,
        )
        sweep(at=later)
        alert.refresh_from_db()
        assert alert.state == "ended"
        assert alert.ended_because == "what was owed has been done"
        count = Notification.objects.count()
        sweep(at=later + timedelta(days=30))
        assert not RungReached.objects.filter(alert=alert, at__gt=later).exists()
        assert Notification.objects.count() >= count

    def test_the_next_slip_opens_a_new_alert(self, world: World) -> None:
        first = slipped(world)
        record_visit(
            child=world.child,
            outcome=an_outcome(TODAY, hour=9),
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        sweep(at=NOW + timedelta(days=60))
        alerts = Alert.objects.filter(family="visits", child=world.child)
        assert alerts.count() == 2
        assert alerts.exclude(pk=first.pk).get().is_standing


class TestAnswering:
    def test_a_receipt_names_who_has_seen_it_and_stops_nothing(self, world: World) -> None:
        alert = slipped(world)
        before = alert.next_at
        actions.receive_alert(alert=alert, by=world[Role.DIRECTOR], at=NOW)
        actions.receive_alert(alert=alert, by=world[Role.DIRECTOR], at=NOW)
        alert.refresh_from_db()
        assert [one.by for one in alert.receipts.all()] == [world[Role.DIRECTOR]]
        assert alert.next_at == before
        assert alert.state == "open"

    def test_an_answer_sets_the_next_look_and_is_heard_of_when_not_kept(self) -> None:
        world = a_world(started_on=TODAY - timedelta(days=7))
        alert = slipped(world, end_of(TODAY))
        promised = TODAY + timedelta(days=4)
        self.answer(alert, world[Role.TEAM_MANAGER], promised, at=end_of(TODAY))
        alert.refresh_from_db()
        assert alert.state == "answered"
        assert alert.next_at == end_of(promised)
        climb(end_of(promised) - timedelta(minutes=1))
        assert told_of(alert) == {}
        climb(end_of(promised))
        alert.refresh_from_db()
        # It goes on from where it was: step 1, and step 2 whose own time has come as well.
        assert set(told_of(alert)) == {1, 2}
        assert alert.state == "open"

    def answer(
        self, alert: Alert, by: Person, by_on: date, at: datetime = NOW, **facts: Any
    ) -> Any:
        return actions.answer_alert(
            **{
                "alert": alert,
                "what": "I will go myself.",
                "doer": by.name,
                "by_on": by_on,
                "by": by,
                "at": at,
                **facts,
            }
        )

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"what": " "}, "what"),
            ({"doer": ""}, "doer"),
            ({"by_on": TODAY - timedelta(days=1)}, "by_on"),
            ({"by_on": TODAY + timedelta(days=29)}, "by_on"),
            ({"what": "x" * 200_000}, "what"),
        ],
    )
    def test_an_answer_that_says_nothing_is_refused(
        self, world: World, facts: dict[str, Any], field: str
    ) -> None:
        alert = slipped(world)
        with pytest.raises(FactRefused) as refusal:
            self.answer(alert, world[Role.TEAM_MANAGER], **{"by_on": TODAY, **facts})
        assert refusal.value.field == field
        assert not alert.answers.exists()

    def test_two_answers_at_once_one_is_told_of_the_other(self, world: World) -> None:
        alert = slipped(world)
        version = alert.version
        self.answer(alert, world[Role.TEAM_MANAGER], TODAY, expects=version)
        with pytest.raises(MovedOn, match="Team Manager"):
            self.answer(alert, world[Role.SERVICE_MANAGER], TODAY, expects=version)

    def test_snoozing_has_a_limit_and_a_reason(self, world: World) -> None:
        alert = slipped(world)
        by = world[Role.SOCIAL_WORKER]
        how: dict[str, Any] = {"alert": alert, "by": by, "at": NOW}
        for until in (TODAY, TODAY + timedelta(days=4)):
            with pytest.raises(FactRefused):
                actions.snooze_alert(until=until, reason="Snow.", **how)
        with pytest.raises(FactRefused):
            actions.snooze_alert(until=TODAY + timedelta(days=1), reason=" ", **how)
        actions.snooze_alert(until=TODAY + timedelta(days=3), reason="Snow.", **how)
        alert.refresh_from_db()
        assert alert.next_at is not None
        assert alert.next_at >= end_of(TODAY + timedelta(days=3))
        self.answer(alert, by, TODAY)
        actions.snooze_alert(until=TODAY + timedelta(days=1), reason="Snow.", **how)
        self.answer(alert, by, TODAY)
        with pytest.raises(UnableToSnooze, match="2 times"):
            actions.snooze_alert(until=TODAY + timedelta(days=1), reason="Snow.", **how)

    def test_waiving_ends_it_with_a_name_and_leaves_the_deadline(self, world: World) -> None:
        alert = slipped(world)
        with pytest.raises(NotAllowed, match="service manager"):
            actions.waive_alert(
                alert=alert, reason="Moved abroad.", by=world[Role.SOCIAL_WORKER], at=NOW
            )
        actions.waive_alert(alert=alert, reason="Abroad.", by=world[Role.DIRECTOR], at=NOW)
        alert.refresh_from_db()
        assert alert.state == "waived"
        assert world[Role.DIRECTOR].name in alert.ended_because
        assert Deadline.objects.filter(alerted__alert=alert, status="open").exists()
        with pytest.raises(NotNow):
            self.answer(alert, world[Role.TEAM_MANAGER], TODAY)
        sweep(at=NOW + timedelta(days=3))
        assert Alert.objects.filter(group=alert.group).count() == 1


class TestReaders:
    @pytest.mark.parametrize("role", [role for role in Role if role != Role.CLOCK])
    def test_only_professionals_of_the_record_see_it(self, world: World, role: Role) -> None:
        slipped(world)
        assert alerts_visible_to(world[role]).exists() == (role in SEES)

    def test_a_stranger_sees_none_and_can_do_nothing(self, world: World) -> None:
        alert = slipped(world)
        assert not alerts_visible_to(world.stranger).exists()
        with pytest.raises(NotAllowed):
            actions.receive_alert(alert=alert, by=world.stranger, at=NOW)

    def test_everybody_with_a_part_may_see_it(self, world: World) -> None:
        alert = slipped(world)
        for person, role in people_of_alerts([alert.pk], TODAY)[alert.pk]:
            assert alerts_visible_to(person).filter(pk=alert.pk).exists(), role
            assert role not in IN_ONE_CASE

    def test_queries_do_not_grow_with_the_alerts(self, world: World) -> None:
        from django.test.utils import CaptureQueriesContext

        def count() -> int:
            with CaptureQueriesContext(connection) as asked:
                ids = list(alerts_visible_to(world[Role.DIRECTOR]).values_list("pk", flat=True))
                people_of_alerts(ids, TODAY)
            return len(asked)

        slipped(world)
        one = count()
        for _ in range(2):
            other = a_child(team=world.team)
            placed(other, world.setting)
        sweep(at=NOW)
        assert Alert.objects.count() >= 3
        assert count() == one


class TestChoosing:
    def test_only_the_authority_itself_chooses(self, world: World) -> None:
        with pytest.raises(NotAllowed, match="Barking"):
            actions.choose_ladder(
                authority=an_authority(BARKING),
                family="visits",
                rungs=[Rung(1, Unit.HOURS, (Role.DIRECTOR,))],
                by=world[Role.TEAM_MANAGER],
                at=NOW,
            )

    def test_steps_that_make_no_ladder_are_refused(self, world: World) -> None:
        with pytest.raises(FactRefused, match="Step 1 names nobody"):
            actions.choose_ladder(
                authority=an_authority(BARKING),
                family="visits",
                rungs=[Rung(1, Unit.HOURS, ())],
                by=world[Role.DIRECTOR],
                at=NOW,
            )
