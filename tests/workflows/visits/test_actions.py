"""What happens when people arrange, make, miss, amend and take back visits."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError
from django.test.utils import CaptureQueriesContext

from backend.casework.errors import FactRefused, MovedOn, NotAllowed, NotNow
from backend.deadlines.models import Deadline
from backend.events.models import Event
from backend.grammar.roles import Role
from backend.notify.models import Notification
from tests.factories import (
    NOW,
    TODAY,
    World,
    a_child,
    a_setting,
    an_outcome,
    moment,
    placed,
)
from workflows.visits import actions
from workflows.visits.checks import UnableToRecordVisit
from workflows.visits.models import Amendment, Draft, Visit

pytestmark = pytest.mark.django_db

DAY = TODAY - timedelta(days=1)


def record(world: World, day: date = DAY, **facts: Any) -> Visit:
    return actions.record_visit(
        child=world.child,
        outcome=an_outcome(day, **facts.pop("outcome", {})),
        by=facts.pop("by", world[Role.SOCIAL_WORKER]),
        at=facts.pop("at", NOW),
        **facts,
    )


def events() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("name", flat=True))


def told(name: str) -> set[str]:
    return set(Notification.objects.filter(event__name=name).values_list("person__name", flat=True))


class TestArranging:
    def test_an_announced_visit_is_made_known_to_the_setting(self, world: World) -> None:
        visit = actions.arrange_visit(
            child=world.child,
            arranged_for=moment(TODAY + timedelta(days=3)),
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        assert visit.state == "arranged"
        assert visit.placement_id == world.placement.pk
        assert told("visits.arranged") == {world[Role.REGISTERED_MANAGER].name}

    def test_an_unannounced_visit_is_made_known_to_nobody(self, world: World) -> None:
        actions.arrange_visit(
            child=world.child,
            arranged_for=moment(TODAY + timedelta(days=3)),
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
            is_unannounced=True,
        )
        assert told("visits.planned") == set()
        assert Event.objects.get(name="visits.planned").depth == "record"

    def test_a_time_that_has_passed_is_refused(self, world: World) -> None:
        with pytest.raises(FactRefused, match="has not passed"):
            actions.arrange_visit(
                child=world.child,
                arranged_for=NOW - timedelta(minutes=1),
                by=world[Role.SOCIAL_WORKER],
                at=NOW,
            )

    @pytest.mark.parametrize(
        "role",
        [role for role in Role if role not in (Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.CLOCK)],
    )
    def test_only_those_who_visit_may_arrange(self, world: World, role: Role) -> None:
        with pytest.raises(NotAllowed, match="social worker or team manager"):
            actions.arrange_visit(
                child=world.child,
                arranged_for=moment(TODAY + timedelta(days=3)),
                by=world[role],
                at=NOW,
            )
        assert not Visit.objects.exists()


class TestRecording:
    def test_it_meets_the_deadline_and_opens_the_next(self, world: World) -> None:
        first = Deadline.objects.get(child=world.child, ref="VIS-01")
        assert first.status == "open"
        visit = record(world, world.placement.started_on + timedelta(days=5))
        first.refresh_from_db()
        assert (first.status, first.met_on) == ("met", visit.happened_on)
        regular = Deadline.objects.get(child=world.child, ref="VIS-02")
        assert regular.due_on == visit.happened_on + timedelta(days=42)

    def test_it_tells_the_iro_and_the_timeline(self, world: World) -> None:
        record(world)
        assert told("visits.made") == {world[Role.IRO].name}
        event = Event.objects.get(name="visits.made")
        assert event.sentence == "Visited on 1 March 2026; the child was seen alone."
        assert event.by_name == world[Role.SOCIAL_WORKER].name

    def test_it_uses_the_visit_that_was_arranged(self, world: World) -> None:
        arranged = actions.arrange_visit(
            child=world.child,
            arranged_for=NOW + timedelta(hours=1),
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        made = actions.record_visit(
            child=world.child,
            visit=arranged,
            outcome=an_outcome(TODAY, 12),
            by=world[Role.SOCIAL_WORKER],
            at=NOW + timedelta(hours=8),
        )
        assert made.pk == arranged.pk
        assert made.state == "made"

    @pytest.mark.parametrize(
        ("name", "value", "words"),
        [
            ("next_steps", "", "what happens next"),
            ("place", "", "where you saw"),
            ("communicated_by", [], "how the child communicated"),
            ("feels_safe", "", "feels safe"),
            ("practice_observed", "", "what you saw staff"),
            ("was_seen_alone", None, "saw the child alone"),
            ("is_welfare_safeguarded", None, "safeguarded"),
        ],
    )
    def test_it_is_refused_without_its_outcome(
        self, world: World, name: str, value: object, words: str
    ) -> None:
        with pytest.raises(FactRefused, match=words) as refused:
            record(world, outcome={name: value})
        assert refused.value.field == name
        assert not Visit.objects.exists()

    def test_not_alone_needs_one_of_the_three_exceptions_and_why(self, world: World) -> None:
        with pytest.raises(FactRefused, match="three exceptions"):
            record(world, outcome={"was_seen_alone": False})
        with pytest.raises(FactRefused, match="why the child was not seen alone"):
            record(world, outcome={"was_seen_alone": False, "not_alone": "refused"})

    def test_a_change_in_behaviour_asks_about_abuse(self, world: World) -> None:
        changed = {"behaviour": "changed", "behaviour_detail": "Hits own head; new."}
        with pytest.raises(FactRefused, match="consider abuse"):
            record(world, outcome=changed)
        visit = record(
            world,
            outcome={
                **changed,
                "abuse_considered": "possible",
                "abuse_considered_why": "New since the change of night staff.",
            },
        )
        assert visit.abuse_considered == "possible"

    def test_something_the_child_said_or_showed_is_needed(self, world: World) -> None:
        with pytest.raises(FactRefused, match="said or showed"):
            record(world, outcome={"own_words": " ", "paraphrase": ""})

    def test_a_day_before_the_placement_is_refused(self, world: World) -> None:
        with pytest.raises(FactRefused, match="before the placement started") as refused:
            record(world, world.placement.started_on - timedelta(days=1))
        assert refused.value.field == "made_at"

    def test_the_future_is_refused(self, world: World) -> None:
        with pytest.raises(FactRefused, match="before it happens"):
            record(world, TODAY + timedelta(days=1))

    def test_a_text_of_ten_megabytes_is_refused(self, world: World) -> None:
        with pytest.raises(FactRefused, match="the most is 20,000"):
            record(world, outcome={"paraphrase": "x" * 10_000_000})
        assert not Visit.objects.exists()

    def test_a_second_record_of_the_day_says_who_was_first(self, world: World) -> None:
        record(world)
        with pytest.raises(UnableToRecordVisit, match="already recorded a visit on 1 March 2026"):
            record(world, by=world[Role.TEAM_MANAGER])
        again = record(world, by=world[Role.TEAM_MANAGER], is_second_that_day=True)
        assert again.pk
        assert Visit.objects.count() == 2

    def test_two_visits_running_not_alone_tell_the_iro_and_the_manager(self, world: World) -> None:
        not_alone = {
            "was_seen_alone": False,
            "not_alone": "unable",
            "not_alone_why": "Two staff stayed in the room.",
        }
        record(world, TODAY - timedelta(days=20), outcome=not_alone)
        assert "visits.unseen_alone_twice" not in events()
        record(world, outcome=not_alone)
        assert told("visits.unseen_alone_twice") == {
            world[Role.IRO].name,
            world[Role.TEAM_MANAGER].name,
        }

    def test_a_visit_alone_in_between_tells_nobody(self, world: World) -> None:
        not_alone = {"was_seen_alone": False, "not_alone": "refused", "not_alone_why": "Said no."}
        record(world, TODAY - timedelta(days=20), outcome=not_alone)
        record(world, TODAY - timedelta(days=10))
        record(world, outcome=not_alone)
        assert "visits.unseen_alone_twice" not in events()

    def test_welfare_in_doubt_is_said_and_told(self, world: World) -> None:
        record(
            world,
            outcome={"is_welfare_safeguarded": False, "welfare_detail": "Marks on both wrists."},
        )
        assert told("visits.welfare_doubted") == {
            world[Role.IRO].name,
            world[Role.TEAM_MANAGER].name,
        }

    def test_what_others_said_and_concerns_are_kept_with_their_source(self, world: World) -> None:
        visit = record(
            world,
            accounts=[{"source": "home", "who": "Key worker", "said": "A good week."}],
            concerns=[
                {
                    "kind": "restraint",
                    "severity": "high",
                    "harm": "possible",
                    "source": "observation",
                    "detail": "Held by two adults.",
                }
            ],
        )
        assert [a.source for a in visit.accounts.all()] == ["home"]
        assert [(c.kind, c.severity, c.harm) for c in visit.concerns.all()] == [
            ("restraint", "high", "possible")
        ]

    def test_all_of_it_or_nothing(self, world: World) -> None:
        before = (Event.objects.count(), Notification.objects.count())
        with pytest.raises(TypeError), transaction.atomic():
            record(world, accounts=[{"source": "home", "no_such_field": "x"}])
        assert not Visit.objects.exists()
        assert (Event.objects.count(), Notification.objects.count()) == before
        assert Deadline.objects.get(child=world.child, ref="VIS-01").status == "open"

    def test_it_removes_the_draft(self, world: World) -> None:
        actions.save_draft(
            child=world.child,
            answers={"own_words": "half"},
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        record(world)
        assert not Draft.objects.exists()


class TestAttempts:
    def test_an_attempt_meets_nothing(self, world: World) -> None:
        visit = actions.attempt_visit(
            child=world.child,
            made_at=moment(DAY),
            reason="Out with staff; nobody had told the home.",
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        assert visit.state == "attempted"
        assert Deadline.objects.get(child=world.child, ref="VIS-01").status == "open"
        assert told("visits.attempted") == {world[Role.TEAM_MANAGER].name}

    def test_a_reason_is_needed(self, world: World) -> None:
        with pytest.raises(FactRefused, match="why the child was not seen"):
            actions.attempt_visit(
                child=world.child,
                made_at=moment(DAY),
                reason="  ",
                by=world[Role.SOCIAL_WORKER],
                at=NOW,
            )


class TestTakingBack:
    def test_a_void_visit_stays_and_its_deadline_opens_again(self, world: World) -> None:
        visit = record(world, world.placement.started_on + timedelta(days=5))
        actions.void_visit(visit=visit, reason="Wrong child.", by=world[Role.SOCIAL_WORKER], at=NOW)
        assert Visit.objects.get().state == "void"
        assert Deadline.objects.get(child=world.child, ref="VIS-01").status == "open"

    def test_a_void_visit_cannot_be_recorded_again(self, world: World) -> None:
        visit = record(world)
        actions.void_visit(visit=visit, reason="Wrong child.", by=world[Role.SOCIAL_WORKER], at=NOW)
        with pytest.raises(NotNow, match="entered in error"):
            actions.void_visit(visit=visit, reason="Again.", by=world[Role.SOCIAL_WORKER], at=NOW)

    def test_the_database_refuses_to_remove_a_visit(self, world: World) -> None:
        visit = record(world)
        with pytest.raises(DatabaseError, match="Cannot delete"), transaction.atomic():
            visit.delete()

    def test_the_database_refuses_a_state_that_skips_the_table(self, world: World) -> None:
        visit = record(world)
        with pytest.raises(DatabaseError), transaction.atomic():
            Visit.objects.filter(pk=visit.pk).update(state="arranged")

    def test_the_database_refuses_a_made_visit_without_an_outcome(self, world: World) -> None:
        visit = record(world)
        with pytest.raises(Exception, match="visit_made_has_outcome"), transaction.atomic():
            Visit.objects.filter(pk=visit.pk).update(next_steps="")


class TestAmending:
    def test_the_earlier_text_is_kept(self, world: World) -> None:
        visit = record(world)
        actions.amend_visit(
            visit=visit,
            changes={"paraphrase": "Misses mum very much."},
            why="I had left out how strongly she felt.",
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        kept = Amendment.objects.get()
        assert (kept.field, kept.before, kept.after) == (
            "paraphrase",
            "Likes the garden and misses mum.",
            "Misses mum very much.",
        )
        assert Visit.objects.get().paraphrase == "Misses mum very much."

    def test_an_amendment_cannot_be_rewritten(self, world: World) -> None:
        self.test_the_earlier_text_is_kept(world)
        with pytest.raises(DatabaseError), transaction.atomic():
            Amendment.objects.update(before="nothing")

    def test_a_corrected_day_moves_the_next_date(self, world: World) -> None:
        first = world.placement.started_on + timedelta(days=5)
        visit = record(world, first)
        actions.amend_visit(
            visit=visit,
            changes={"made_at": moment(first + timedelta(days=1))},
            why="It was the day after.",
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        regular = Deadline.objects.get(child=world.child, ref="VIS-02")
        assert regular.due_on == first + timedelta(days=43)
        assert "deadlines.moved" in events()

    def test_whether_the_child_was_seen_alone_is_not_amended(self, world: World) -> None:
        with pytest.raises(FactRefused, match="made in error"):
            actions.amend_visit(
                visit=record(world),
                changes={"was_seen_alone": False},
                why="Mistake.",
                by=world[Role.SOCIAL_WORKER],
                at=NOW,
            )

    def test_somebody_who_read_an_older_version_is_told(self, world: World) -> None:
        visit = record(world)
        stale = visit.version
        actions.amend_visit(
            visit=visit,
            changes={"next_steps": "Call mum."},
            why="Agreed later.",
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
            expects=stale,
        )
        with pytest.raises(MovedOn, match="amended"):
            actions.amend_visit(
                visit=visit,
                changes={"next_steps": "Call dad."},
                why="Agreed later.",
                by=world[Role.TEAM_MANAGER],
                at=NOW,
                expects=stale,
            )


class TestRequests:
    def test_a_request_waits_without_a_number_in_law(self, world: World) -> None:
        actions.request_visit(
            child=world.child,
            asked_by="child",
            asked_on=TODAY,
            how_asked="symbols",
            words="Pointed to: social worker, come.",
            by=world[Role.ADVOCATE],
            at=NOW,
        )
        waiting = Deadline.objects.get(child=world.child, ref="VIS-11")
        assert (waiting.status, waiting.due_on) == ("waiting", None)
        assert waiting.local_due_on == date(2026, 3, 9)
        assert told("visits.requested") == {
            world[Role.SOCIAL_WORKER].name,
            world[Role.TEAM_MANAGER].name,
        }

    def test_a_refusal_needs_a_reason_and_is_told(self, world: World) -> None:
        request = actions.request_visit(
            child=world.child,
            asked_by="carer",
            asked_on=TODAY,
            how_asked="speech",
            words="",
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        with pytest.raises(FactRefused, match="not reasonable"):
            actions.refuse_request(request=request, reason="", by=world[Role.SOCIAL_WORKER], at=NOW)
        actions.refuse_request(
            request=request,
            reason="Visited yesterday; nothing new.",
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        assert told("visits.refused") == {world[Role.TEAM_MANAGER].name, world[Role.IRO].name}


class TestRegulatorNotices:
    def test_one_notice_opens_one_clock_for_every_child_there(self, world: World) -> None:
        other = a_child("E08000035")
        placed(other, world.setting)
        elsewhere = a_child()
        placed(elsewhere, a_setting())
        actions.receive_regulator_notice(
            setting=world.setting,
            received_on=TODAY,
            summary="Restriction of accommodation.",
            by=world[Role.HOST_OFFICER],
            at=NOW,
        )
        clocks = Deadline.objects.filter(ref="VIS-12").order_by("child_id")
        assert [clock.child_id for clock in clocks] == [world.child.pk, other.pk]
        assert {clock.due_on for clock in clocks} == {TODAY + timedelta(days=7)}

    def test_a_social_worker_does_not_record_it(self, world: World) -> None:
        with pytest.raises(NotAllowed):
            actions.receive_regulator_notice(
                setting=world.setting,
                received_on=TODAY,
                summary="Restriction.",
                by=world[Role.SOCIAL_WORKER],
                at=NOW,
            )


def test_recording_takes_as_many_queries_after_many_visits_as_after_one(world: World) -> None:
    record(world, TODAY - timedelta(days=40))
    with CaptureQueriesContext(connection) as after_one:
        record(world, TODAY - timedelta(days=30))
    for days in (25, 20, 15):
        record(world, TODAY - timedelta(days=days))
    with CaptureQueriesContext(connection) as after_many:
        record(world, TODAY - timedelta(days=10))
    assert len(after_many) == len(after_one)
