"""Raising a concern, receipt and answer, going up by itself, and how it ends."""

from datetime import date, timedelta
from typing import Any

import pytest

from backend.casework.errors import FactRefused, MovedOn, NotAllowed, NotNow
from backend.deadlines.models import Deadline
from backend.events.models import Event
from backend.events.record import CLOCK, record
from backend.grammar.roles import Role
from backend.notify.models import Notification
from tests.factories import (
    BARKING,
    DONCASTER,
    NOW,
    TODAY,
    World,
    a_person,
    a_setting,
    allocated,
    an_outcome,
    moment,
    plays,
)
from tests.workflows.escalations.conftest import (
    after_midnight,
    away,
    disputed,
    host,
    host_director,
    nights,
    placing,
    raised,
    stage_of,
)
from workflows.escalations import actions
from workflows.escalations.ladders import Level, Rung
from workflows.escalations.models import Escalation, Exit, Message, Note, Stage
from workflows.visits.actions import record_visit

pytestmark = pytest.mark.django_db

ANSWER = {
    "answer": "Amara visits on Thursday.",
    "promised_by_whom": "Amara Okafor",
    "promised_by": TODAY + timedelta(days=3),
}
GONE = {"reason": "Settled between us.", "changed_for_child": "Nothing."}


def told(name: str) -> set[str]:
    return set(
        Notification.objects.filter(event__name=f"escalations.{name}").values_list(
            "person__name", flat=True
        )
    )


def sentences(case: Escalation) -> list[str]:
    events = Event.objects.filter(about=case.about, name__startswith="escalations.")
    return [event.sentence for event in events.order_by("pk")]


class TestRaising:
    def test_the_host_asks_the_placing_authority(self, world: World) -> None:
        case = raised(world)
        stage = stage_of(case)
        assert (case.from_authority_id, case.to_authority_id) == (DONCASTER, BARKING)
        assert case.state == "sent"
        assert [row.person for row in stage.addressees.all()] == [world[Role.SOCIAL_WORKER]]
        assert told("raised") == {world[Role.SOCIAL_WORKER].name}
        assert sentences(case) == [
            f"{world[Role.HOST_OFFICER].name} raised a concern with Barking and Dagenham; sent to "
            f"{world[Role.SOCIAL_WORKER].name}, practitioner."
        ]

    def test_nothing_of_the_concern_stands_in_what_is_recorded_or_told(self, world: World) -> None:
        raised(world, concern="SECRET WORDS", wanted="SECRET WISH")
        assert not Event.objects.filter(carries__icontains="SECRET").exists()
        assert not Notification.objects.filter(words__icontains="SECRET").exists()

    @pytest.mark.parametrize(
        ("kind", "role", "asked", "asks"),
        [
            ("placing_host", Role.SOCIAL_WORKER, DONCASTER, BARKING),
            ("iro_dispute", Role.IRO, BARKING, BARKING),
        ],
    )
    def test_who_asks_whom_is_read_from_the_records(
        self, world: World, kind: str, role: Role, asked: str, asks: str
    ) -> None:
        case = raised(world, role, kind=kind)
        assert (case.to_authority_id, case.from_authority_id) == (asked, asks)

    def test_the_home_asks_the_placing_authority(self, world: World) -> None:
        case = raised(world, Role.REGISTERED_MANAGER, kind="home_placing")
        assert (case.from_setting, case.to_authority_id) == (world.setting, BARKING)

    def test_an_advocate_speaks_of_the_home_and_stands_on_no_record(self, world: World) -> None:
        case = raised(world, Role.ADVOCATE, kind="advocate_host")
        assert (case.child, case.setting) == (None, world.setting)
        assert case.to_authority_id == DONCASTER
        assert told("raised") == {world[Role.HOST_OFFICER].name}

    @pytest.mark.parametrize(
        ("kind", "role"),
        [
            ("host_placing", Role.SOCIAL_WORKER),
            ("placing_host", Role.HOST_OFFICER),
            ("iro_dispute", Role.SOCIAL_WORKER),
            ("home_placing", Role.HOST_OFFICER),
            ("placing_host", Role.ADVOCATE),
            ("professional", Role.REGISTERED_MANAGER),
            ("host_placing", Role.DIRECTOR),
        ],
    )
    def test_nobody_raises_it_from_the_other_side(
        self, world: World, kind: str, role: Role
    ) -> None:
        with pytest.raises(NotAllowed):
            raised(world, role, kind=kind)
        assert not Escalation.objects.exists()

    def test_a_stranger_raises_nothing(self, world: World) -> None:
        with pytest.raises(NotAllowed):
            raised(world, by=world.stranger)

    def test_a_lados_decision_is_not_challenged_past_the_lado(self, world: World) -> None:
        with pytest.raises(FactRefused):
            raised(world, kind="lado_decision")

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"concern": "  "}, "concern"),
            ({"wanted": ""}, "wanted"),
            ({"wanted_by": TODAY - timedelta(days=1)}, "wanted_by"),
            ({"is_immediate_risk": True}, "risk"),
            ({"kind": "nonsense"}, "kind"),
            ({"came_from": "visits/999999"}, "about"),
            ({"came_from": "../../etc"}, "about"),
            ({"rung": 2}, "rung"),
            ({"rung": 99, "is_immediate_risk": True, "risk": "x"}, "rung"),
        ],
    )
    def test_what_cannot_be_is_refused_at_its_question(
        self, world: World, facts: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(FactRefused) as refused:
            raised(world, **facts)
        assert refused.value.field == field
        assert not Escalation.objects.exists()

    def test_work_on_another_child_is_no_reason(self, world: World) -> None:
        from tests.factories import a_child, placed

        other = a_child()
        placed(other)
        allocated(world[Role.SOCIAL_WORKER], Role.SOCIAL_WORKER, other)
        visit = record_visit(
            child=other,
            outcome=an_outcome(TODAY - timedelta(days=3)),
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        with pytest.raises(FactRefused):
            raised(world, came_from=visit.about)

    def test_a_visit_to_this_child_is_kept_as_where_it_came_from(self, world: World) -> None:
        visit = record_visit(
            child=world.child,
            outcome=an_outcome(TODAY - timedelta(days=3)),
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        assert raised(world, came_from=visit.about).came_from == visit.about

    def test_an_immediate_risk_starts_higher(self, world: World) -> None:
        case = raised(world, rung=3, is_immediate_risk=True, risk="Locked in at night.")
        assert stage_of(case).level == "director of children's services"
        assert told("raised") == {world[Role.DIRECTOR].name}


class TestReceiptAndAnswer:
    def test_receipt_has_a_name_and_is_no_answer(self, world: World) -> None:
        case = raised(world)
        actions.confirm_receipt(escalation=case, by=world[Role.SOCIAL_WORKER], at=NOW)
        stage = stage_of(case)
        assert (stage.received_by, stage.answered_at) == (world[Role.SOCIAL_WORKER], None)
        standing = Deadline.objects.filter(about=case.about)
        assert dict(standing.values_list("key", "status")) == {
            "receipt:1": "met",
            "response:1": "open",
        }
        assert told("received") == {world[Role.HOST_OFFICER].name}

    def test_an_answer_says_what_who_and_by_when(self, world: World) -> None:
        case = raised(world)
        actions.answer_concern(escalation=case, **ANSWER, by=world[Role.SOCIAL_WORKER], at=NOW)
        stage = stage_of(case)
        assert stage.received_by == stage.answered_by == world[Role.SOCIAL_WORKER]
        assert stage.promised_by == ANSWER["promised_by"]
        assert told("answered") == {world[Role.HOST_OFFICER].name}

    @pytest.mark.parametrize(
        ("fact", "value"),
        [
            ("answer", " "),
            ("promised_by_whom", ""),
            ("promised_by", TODAY - timedelta(days=1)),
        ],
    )
    def test_an_answer_without_that_is_none(self, world: World, fact: str, value: Any) -> None:
        case = raised(world)
        with pytest.raises(FactRefused) as refused:
            actions.answer_concern(
                escalation=case, **{**ANSWER, fact: value}, by=world[Role.SOCIAL_WORKER], at=NOW
            )
        assert refused.value.field == fact
        assert stage_of(case).answered_at is None

    @pytest.mark.parametrize("role", [Role.HOST_OFFICER, Role.DIRECTOR, Role.TEAM_MANAGER])
    def test_only_whom_it_was_sent_to_answers(self, world: World, role: Role) -> None:
        with pytest.raises(NotAllowed):
            actions.answer_concern(escalation=raised(world), **ANSWER, by=world[role], at=NOW)

    def test_whoever_looked_before_it_changed_is_told(self, world: World) -> None:
        case = raised(world)
        seen = case.version
        actions.confirm_receipt(escalation=case, by=world[Role.SOCIAL_WORKER], at=NOW)
        with pytest.raises(MovedOn):
            actions.answer_concern(
                escalation=case, **ANSWER, by=world[Role.SOCIAL_WORKER], at=NOW, expects=seen
            )

    def test_accepted_is_not_yet_resolved(self, world: World) -> None:
        case = answered(world)
        actions.accept_answer(escalation=case, by=world[Role.HOST_OFFICER], at=NOW)
        case.refresh_from_db()
        assert case.state == "accepted"
        promise = Deadline.objects.get(about=case.about, key="promise:1")
        assert (promise.due_on, promise.status) == (ANSWER["promised_by"], "open")

    def test_the_one_who_answered_cannot_accept(self, world: World) -> None:
        with pytest.raises(NotAllowed):
            actions.accept_answer(escalation=answered(world), by=world[Role.SOCIAL_WORKER], at=NOW)

    def test_an_answer_that_is_not_enough_goes_to_the_next_level(self, world: World) -> None:
        case = answered(world)
        actions.take_up(
            escalation=case, reason="No day was kept.", by=world[Role.HOST_OFFICER], at=NOW
        )
        stage = stage_of(case)
        assert (stage.number, stage.level, stage.why) == (2, "team manager", "not_accepted")
        assert told("taken_up") == {world[Role.TEAM_MANAGER].name}


def answered(world: World) -> Escalation:
    case = raised(world)
    return actions.answer_concern(escalation=case, **ANSWER, by=world[Role.SOCIAL_WORKER], at=NOW)


class TestSilence:
    def test_it_goes_up_by_itself_and_says_since_when(self, world: World) -> None:
        case = raised(world)
        nights(0, 1)
        assert stage_of(case).number == 1
        nights(2, 2)
        stage = stage_of(case)
        assert (stage.level, stage.why) == ("team manager", "no_reply")
        assert sentences(case)[-1] == (
            f"No reply since 2 March 2026; sent to {world[Role.TEAM_MANAGER].name}, team manager."
        )
        assert told("moved_up") == {world[Role.TEAM_MANAGER].name, world[Role.HOST_OFFICER].name}
        # Monday and one working day: Tuesday. Counted on from there: Friday.
        assert stage.counted_from == TODAY + timedelta(days=1)
        due = Deadline.objects.get(about=case.about, key="response:2")
        assert due.due_on == date(2026, 3, 6)

    def test_receipt_alone_does_not_stop_it(self, world: World) -> None:
        case = raised(world)
        actions.confirm_receipt(escalation=case, by=world[Role.SOCIAL_WORKER], at=NOW)
        nights(1, 2)
        assert stage_of(case).number == 2

    def test_an_answer_stops_it(self, world: World) -> None:
        case = answered(world)
        nights(1, 30)
        assert stage_of(case).number == 1

    def test_many_sweeps_move_it_once(self, world: World) -> None:
        case = raised(world)
        nights(2, 2)
        before = Event.objects.filter(about=case.about).count()
        for _ in range(3):
            nights(2, 2)
        assert stage_of(case).number == 2
        assert Event.objects.filter(about=case.about).count() == before

    def test_the_highest_level_too_is_told_of_once_and_stays_open(self, world: World) -> None:
        theirs = host_director(world)
        case = raised(world)
        nights(1, 40)
        case.refresh_from_db()
        stage = stage_of(case)
        assert (stage.level, case.state) == ("director of children's services", "sent")
        assert stage.silent_at is not None
        assert told("stayed_silent") == {
            world[Role.DIRECTOR].name,
            theirs.name,
            world[Role.HOST_OFFICER].name,
        }
        silent = Event.objects.filter(about=case.about, name="escalations.stayed_silent")
        assert silent.count() == 1
        actions.answer_concern(
            escalation=case,
            answer="We go tomorrow.",
            promised_by_whom="The director",
            promised_by=None,
            by=world[Role.DIRECTOR],
            at=after_midnight(41),
        )

    def test_the_own_side_hears_at_the_same_level(self, world: World) -> None:
        theirs = host_director(world)
        raised(world, rung=3, is_immediate_risk=True, risk="Now.")
        assert Notification.objects.filter(person=theirs).count() == 1

    def test_a_level_with_nobody_is_kept_and_passed_at_once(self, world: World) -> None:
        manager = world[Role.TEAM_MANAGER]
        manager.is_active = False
        manager.save()
        case = raised(world)
        nights(2, 2)
        levels = list(case.stages.values_list("level", "found_somebody"))
        assert levels == [
            ("practitioner", True),
            ("team manager", False),
            ("head of service", True),
        ]
        assert (
            "Nobody could be told at this level of Barking and Dagenham: team manager."
            in sentences(case)
        )
        assert told("nobody_found") == {world[Role.HOST_OFFICER].name}
        assert told("moved_up") == {
            world[Role.SERVICE_MANAGER].name,
            world[Role.HOST_OFFICER].name,
        }

    def test_somebody_on_leave_is_nobody_available_and_it_goes_up_at_once(
        self, world: World
    ) -> None:
        away(world[Role.SOCIAL_WORKER], TODAY + timedelta(days=5))
        case = raised(world)
        assert stage_of(case).level == "team manager"
        first = case.stages.get(number=1)
        assert not first.found_somebody
        assert [one.away_until for one in first.addressees.all()] == [TODAY + timedelta(days=5)]
        assert told("nobody_found") == {world[Role.HOST_OFFICER].name}
        assert told("raised") == {world[Role.TEAM_MANAGER].name}

    def test_at_the_highest_level_it_waits_for_whoever_is_away(self, world: World) -> None:
        away(world[Role.DIRECTOR], TODAY + timedelta(days=5))
        case = raised(world, rung=3, is_immediate_risk=True, risk="Now.")
        assert told("nobody_found") == {world[Role.HOST_OFFICER].name}
        assert Deadline.objects.filter(about=case.about, key="response:1").exists()
        actions.answer_concern(
            escalation=case, **ANSWER, by=world[Role.DIRECTOR], at=after_midnight(1)
        )

    def test_somebody_without_an_account_is_called_and_it_goes_up_at_once(
        self, world: World
    ) -> None:
        actions.name_contact(
            authority=host(world),
            level="team_manager",
            name="Pat Lowe",
            phone="01632 960009",
            by=CLOCK,
            at=NOW,
        )
        case = raised(
            world,
            Role.SOCIAL_WORKER,
            kind="placing_host",
            rung=1,
            is_immediate_risk=True,
            risk="Now.",
        )
        first = case.stages.get(number=1)
        assert (first.found_somebody, first.ended_at) == (False, NOW)
        assert [(one.name, one.phone) for one in first.addressees.filter(side="answering")] == [
            ("Pat Lowe", "01632 960009")
        ]

    def test_somebody_who_leaves_is_not_waited_for(self, world: World) -> None:
        case = raised(world)
        worker = world[Role.SOCIAL_WORKER]
        worker.is_active = False
        worker.save()
        nights(0, 0)
        assert stage_of(case).level == "team manager"

    def test_nobody_at_any_level_is_said_and_stays_open(self, world: World) -> None:
        for role in (
            Role.SOCIAL_WORKER,
            Role.TEAM_MANAGER,
            Role.SERVICE_MANAGER,
            Role.DIRECTOR,
        ):
            world[role].is_active = False
            world[role].save()
        case = raised(world)
        assert sentences(case)[-1].endswith("sent to nobody yet, director of children's services.")
        assert told("nobody_found") == {world[Role.HOST_OFFICER].name}
        nights(0, 3)
        case.refresh_from_db()
        assert case.state == "sent"
        assert told("stayed_silent") == {world[Role.HOST_OFFICER].name}

    def test_a_failure_in_one_concern_keeps_no_other_waiting(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from workflows.escalations.actions import climbing

        first, second = raised(world), raised(world)
        real = climbing.carry_out

        def fail(case: Escalation, *args: Any, **how: Any) -> Any:
            if case.pk == first.pk:
                raise OSError("the disk is full")
            return real(case, *args, **how)

        with monkeypatch.context() as patch:
            patch.setattr(climbing, "carry_out", fail)
            nights(2, 2)
        assert (stage_of(first).number, stage_of(second).number) == (1, 2)
        nights(2, 2)
        assert stage_of(first).number == 2


class TestSkipping:
    def test_on_immediate_risk_with_a_reason(self, world: World) -> None:
        case = raised(world)
        actions.skip_level(
            escalation=case,
            rung=3,
            reason="She ran away again.",
            is_risk=True,
            by=world[Role.HOST_OFFICER],
            at=NOW,
        )
        assert (stage_of(case).rung, stage_of(case).why) == (3, "risk")
        assert told("skipped") == {world[Role.DIRECTOR].name}

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"reason": ""}, "reason"),
            ({"is_risk": False}, "is_risk"),
            ({"rung": 0}, "rung"),
            ({"rung": 4}, "rung"),
        ],
    )
    def test_not_without(self, world: World, facts: dict[str, Any], field: str) -> None:
        case = raised(world)
        with pytest.raises(FactRefused) as refused:
            actions.skip_level(
                **{
                    "escalation": case,
                    "rung": 3,
                    "reason": "Now.",
                    "is_risk": True,
                    "by": world[Role.HOST_OFFICER],
                    "at": NOW,
                    **facts,
                }
            )
        assert refused.value.field == field
        assert stage_of(case).number == 1

    def test_an_iro_passes_over_a_stage_without_a_risk(self, world: World) -> None:
        case = disputed(world)
        actions.skip_level(
            escalation=case,
            rung=1,
            reason="The team manager made the decision.",
            is_risk=False,
            by=world[Role.IRO],
            at=NOW,
        )
        assert stage_of(case).level == "head of service"


class TestEnds:
    @pytest.mark.parametrize(
        ("act", "facts"),
        [
            (actions.resolve_concern, {"ended_how": "Agreed."}),
            (actions.disagree, {"ended_how": "No."}),
            (actions.withdraw_concern, {"reason": "No."}),
        ],
    )
    def test_none_without_what_changed_for_the_child(
        self, world: World, act: Any, facts: dict[str, str]
    ) -> None:
        case = raised(world)
        with pytest.raises(FactRefused) as refused:
            act(
                escalation=case,
                **facts,
                changed_for_child=" ",
                by=world[Role.HOST_OFFICER],
                at=NOW,
            )
        assert refused.value.field == "changed_for_child"
        case.refresh_from_db()
        assert case.state == "sent"


class TestOutside:
    def test_an_iro_goes_to_cafcass_at_any_time_and_it_stays_open(self, world: World) -> None:
        case = disputed(world)
        actions.go_outside(
            escalation=case, where="cafcass", reason="A breach.", by=world[Role.IRO], at=NOW
        )
        case.refresh_from_db()
        assert case.state == "sent"
        assert Exit.objects.get().by == world[Role.IRO]
        actions.withdraw_concern(escalation=case, **GONE, by=world[Role.IRO], at=NOW)
        actions.go_outside(
            escalation=case, where="cafcass", reason="Again.", by=world[Role.IRO], at=NOW
        )
        assert Exit.objects.count() == 2

    def test_the_iro_of_the_child_goes_there_from_a_concern_of_others(self, world: World) -> None:
        case = raised(world)
        actions.go_outside(
            escalation=case, where="cafcass", reason="A breach.", by=world[Role.IRO], at=NOW
        )
        assert Exit.objects.count() == 1

    def test_nobody_else_refers_to_cafcass(self, world: World) -> None:
        with pytest.raises(FactRefused, match="by the IRO"):
            actions.go_outside(
                escalation=raised(world),
                where="cafcass",
                reason="A breach.",
                by=world[Role.HOST_OFFICER],
                at=NOW,
            )

    @pytest.mark.parametrize("where", ["ofsted", "icb", "partnership", "directors"])
    def test_every_other_door_is_open_to_both_sides(self, world: World, where: str) -> None:
        case = raised(world)
        for role in (Role.HOST_OFFICER, Role.SOCIAL_WORKER):
            actions.go_outside(
                escalation=case, where=where, reason="It must be known.", by=world[role], at=NOW
            )
        assert Exit.objects.count() == 2

    def test_a_stranger_finds_no_door(self, world: World) -> None:
        case = raised(world)
        with pytest.raises(NotAllowed):
            actions.go_outside(
                escalation=case, where="ofsted", reason="x", by=world.stranger, at=NOW
            )


class TestEnding:
    @pytest.mark.parametrize(
        ("end", "state"),
        [(actions.resolve_concern, "resolved"), (actions.disagree, "disagreed")],
    )
    def test_what_changed_for_the_child_is_said(self, world: World, end: Any, state: str) -> None:
        case = raised(world)
        with pytest.raises(FactRefused) as refused:
            end(
                escalation=case,
                ended_how="A visit was made.",
                changed_for_child=" ",
                by=world[Role.HOST_OFFICER],
                at=NOW,
            )
        assert refused.value.field == "changed_for_child"
        end(
            escalation=case,
            ended_how="A visit was made.",
            changed_for_child="She was seen and moved rooms.",
            by=world[Role.HOST_OFFICER],
            at=NOW,
        )
        case.refresh_from_db()
        assert (case.state, case.closed_on) == (state, TODAY)
        assert not Deadline.objects.filter(about=case.about, status="open").exists()
        nights(1, 20)
        assert case.stages.count() == 1

    def test_only_the_raiser_says_so(self, world: World) -> None:
        case = raised(world)
        for role in (Role.SOCIAL_WORKER, Role.DIRECTOR, Role.TEAM_MANAGER):
            with pytest.raises(NotAllowed):
                actions.resolve_concern(
                    escalation=case,
                    ended_how="x",
                    changed_for_child="x",
                    by=world[role],
                    at=NOW,
                )

    def test_somebody_of_the_same_side_goes_on_when_the_raiser_has_left(self, world: World) -> None:
        theirs = host_director(world)
        case = raised(world)
        raiser = world[Role.HOST_OFFICER]
        raiser.is_active = False
        raiser.save()
        case = Escalation.objects.get(pk=case.pk)
        actions.withdraw_concern(escalation=case, **GONE, by=theirs, at=NOW)
        with pytest.raises(NotNow):
            actions.withdraw_concern(escalation=case, **GONE, by=theirs, at=NOW)

    def test_the_highest_level_offers_the_ways_that_are_left(self, world: World) -> None:
        case = raised(world, rung=3, is_immediate_risk=True, risk="Now.")
        actions.answer_concern(escalation=case, **ANSWER, by=world[Role.DIRECTOR], at=NOW)
        with pytest.raises(NotNow, match="Take it outside"):
            actions.take_up(escalation=case, reason="No.", by=world[Role.HOST_OFFICER], at=NOW)


class TestThread:
    def test_both_sides_read_messages_and_hear_of_them(self, world: World) -> None:
        case = raised(world)
        actions.write_message(
            escalation=case, words="Which day?", by=world[Role.SOCIAL_WORKER], at=NOW
        )
        assert Message.objects.get().words == "Which day?"
        assert told("message_written") == {world[Role.HOST_OFFICER].name}

    def test_a_note_stays_with_its_side(self, world: World) -> None:
        case = raised(world)
        note = actions.keep_note(
            escalation=case, words="Ring their director.", by=world[Role.HOST_OFFICER], at=NOW
        )
        assert note.side == "raising"
        before = Notification.objects.count()
        other = actions.keep_note(
            escalation=case, words="We forgot.", by=world[Role.TEAM_MANAGER], at=NOW
        )
        assert other.side == "answering"
        assert Notification.objects.count() == before

    def test_who_stands_on_neither_side_keeps_no_note(self, world: World) -> None:
        with pytest.raises(NotAllowed):
            actions.keep_note(escalation=raised(world), words="x", by=world[Role.IRO], at=NOW)
        assert not Note.objects.exists()


class TestOffer:
    def test_a_visit_that_doubts_welfare_reminds_and_raises_nothing(self, world: World) -> None:
        record_visit(
            child=world.child,
            outcome=an_outcome(
                TODAY - timedelta(days=3), is_welfare_safeguarded=False, welfare_detail="Bruises."
            ),
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        assert told("offered") == {world[Role.SOCIAL_WORKER].name, world[Role.IRO].name}
        assert not Escalation.objects.exists()


class TestWhoKeepsTheDirectory:
    def test_the_manager_of_a_home_keeps_that_home_and_nothing_else(self, world: World) -> None:
        manager = world[Role.REGISTERED_MANAGER]
        facts = {"level": "director", "name": "Rae", "phone": "1", "by": manager, "at": NOW}
        actions.name_contact(setting=world.setting, **facts)
        for place in ({"authority": host(world)}, {"setting": a_setting()}):
            with pytest.raises(NotAllowed):
                actions.name_contact(**place, **facts)

    def test_the_host_keeps_the_homes_of_its_area_too(self, world: World) -> None:
        director = host_director(world)
        facts = {"level": "director", "name": "Rae", "phone": "1", "by": director, "at": NOW}
        actions.name_contact(setting=world.setting, **facts)
        with pytest.raises(NotAllowed):
            actions.name_contact(authority=placing(world), **facts)

    def test_an_account_is_named_where_it_works(self, world: World) -> None:
        with pytest.raises(FactRefused) as refused:
            actions.name_contact(
                authority=host(world),
                level="director",
                name="Rae",
                person=world[Role.REGISTERED_MANAGER],
                by=host_director(world),
                at=NOW,
            )
        assert refused.value.field == "person"


class TestDispute:
    def test_an_own_ladder_keeps_within_the_twenty_working_days(self, world: World) -> None:
        def choose(*rungs: Rung) -> None:
            actions.choose_ladder(
                authority=placing(world),
                use="iro_dispute",
                name="Ours",
                source="Ours",
                rungs=rungs,
                by=world[Role.DIRECTOR],
                at=NOW,
            )

        alert = Rung((Level.TEAM_MANAGER,), 10, is_formal=False)
        choose(alert, Rung((Level.SERVICE_MANAGER,), 10), Rung((Level.DIRECTOR,), 10))
        with pytest.raises(FactRefused, match="take 21 working days"):
            choose(alert, Rung((Level.SERVICE_MANAGER,), 11), Rung((Level.DIRECTOR,), 10))

    def test_twenty_working_days_run_from_the_formal_start(self, world: World) -> None:
        case = disputed(world, at=moment(date(2025, 3, 25)))
        cap = Deadline.objects.get(about=case.about, ref="IRO-10")
        assert cap.due_on == date(2025, 4, 24)

    def test_nobody_stands_on_both_sides(self, world: World) -> None:
        plays(world[Role.IRO_MANAGER], Role.TEAM_MANAGER, team=world.team)
        case = disputed(world)
        sides: dict[Any, set[str]] = {}
        for row in stage_of(case).addressees.all():
            sides.setdefault(row.person_id, set()).add(row.side)
        assert all(len(each) == 1 for each in sides.values())

    def test_the_informal_alert_does_not_start_the_limit(self, world: World) -> None:
        actions.choose_ladder(
            authority=placing(world),
            use="iro_dispute",
            code="nottinghamshire",
            by=world[Role.ADMINISTRATOR],
            at=NOW,
        )
        case = disputed(world)
        assert not Deadline.objects.filter(about=case.about, ref="IRO-10").exists()
        actions.skip_level(
            escalation=case,
            rung=1,
            reason="Formal now.",
            is_risk=False,
            by=world[Role.IRO],
            at=NOW,
        )
        assert Deadline.objects.filter(about=case.about, ref="IRO-10").exists()


class TestLadoDecision:
    def test_it_goes_to_the_named_senior_and_only_they_and_the_raiser_see(
        self, world: World
    ) -> None:
        from backend.access.matters import may_see

        senior = a_person("Sian Senior")
        plays(senior, Role.SERVICE_MANAGER, authority_id=DONCASTER)
        keeper = a_person("Ann Administrator")
        plays(keeper, Role.ADMINISTRATOR, authority_id=DONCASTER)
        theirs = host_director(world)
        actions.name_contact(
            level="lado_senior",
            name="Sian Senior",
            phone="01302 000000",
            person=senior,
            authority=host(world),
            by=keeper,
            at=NOW,
        )
        case = actions.challenge_lado_decision(
            about="allegations/1",
            authority=host(world),
            words="It meets the threshold.",
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        assert stage_of(case).level == "named senior for the LADO service"
        assert told("raised") == {"Sian Senior"}
        assert may_see(senior, case.about)
        assert not may_see(theirs, case.about)
        assert not may_see(world[Role.LADO], case.about)

    def test_a_challenge_in_the_lados_room_comes_here_without_a_word_of_the_case(
        self, world: World
    ) -> None:
        record(
            "lado.decision_challenged",
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
            about="referrals/77",
            carries={"authority": "Doncaster"},
        )
        case = Escalation.objects.get()
        assert (case.kind, case.came_from) == ("lado_decision", "referrals/77")
        assert (case.to_authority_id, case.raised_by) == (DONCASTER, world[Role.SOCIAL_WORKER])
        assert (case.child, case.setting) == (None, None)


def test_stage_numbers_are_unique(world: World) -> None:
    from django.db import IntegrityError, transaction

    case = raised(world)
    stage = stage_of(case)
    stage.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        stage.save(force_insert=True)
    assert Stage.objects.filter(escalation=case).count() == 1
