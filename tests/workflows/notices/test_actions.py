"""What people do about notices, each through the gate: told, withheld, approved, compared."""

from datetime import date, timedelta
from typing import Any

import pytest

from backend.access.matters import people_of
from backend.casework.errors import FactRefused, MovedOn, NotAllowed, NotNow
from backend.casework.placing import correct_placement, end_placement
from backend.deadlines.models import Deadline
from backend.deadlines.sweep import sweep
from backend.events.models import Event
from backend.events.record import CLOCK
from backend.grammar.roles import Role
from backend.notify.models import Notification
from backend.records.models import Authority, Placement, Relative
from tests.factories import (
    BARKING,
    LEEDS,
    NOW,
    TODAY,
    World,
    a_child,
    a_person,
    a_setting,
    a_world,
    moment,
    placed,
    plays,
)
from tests.workflows.notices.walks import (
    START,
    asked,
    home_says,
    line_of,
    satisfied,
    tell_everybody,
    tell_host,
    the_notice,
)
from workflows.notices import actions
from workflows.notices.checks import (
    UnableToApprove,
    UnableToAskApproval,
    UnableToAskForReports,
    UnableToMatch,
    UnableToSettleLine,
)
from workflows.notices.models import (
    Approval,
    HostNotice,
    Line,
    Mismatch,
    Notice,
    Recipient,
    ReportRequest,
)

pytestmark = pytest.mark.django_db


def owed(placement: Placement, ref: str) -> Deadline:
    return Deadline.objects.get(placement=placement, ref=ref)


def told_of(name: str, role: Role) -> int:
    return Notification.objects.filter(event__name=name, role=role).count()


class TestOpening:
    def test_a_placement_opens_one_notice_with_the_host_first(self, world: World) -> None:
        notice = the_notice(world.placement)
        recipients = list(notice.lines.values_list("recipient", flat=True))
        assert recipients[0] == Recipient.HOST
        assert set(recipients) == set(Recipient.values) - {Recipient.CARER}
        assert line_of(notice, "host").name == "Doncaster"
        assert notice.state == "open"
        assert notice.recorded_by == CLOCK.name

    def test_within_the_area_there_is_no_host_to_tell(self) -> None:
        placement = placed(a_child(), a_setting(host=BARKING))
        assert not the_notice(placement).lines.filter(recipient="host").exists()
        assert not Deadline.objects.filter(placement=placement, ref="PLC-06").exists()

    def test_each_parent_with_responsibility_has_a_line(self) -> None:
        child = a_child()
        for name, has in (("Mum", True), ("Dad", True), ("Aunt", False)):
            Relative.objects.create(
                child=child, name=name, relationship="x", has_parental_responsibility=has
            )
        notice = the_notice(placed(child, a_setting()))
        parents = notice.lines.filter(recipient="parent")
        assert sorted(parents.values_list("name", flat=True)) == ["Dad", "Mum"]

    @pytest.mark.parametrize("basis", ["reg_48", "section_85", "others_arrangements"])
    def test_what_is_not_notified_opens_nothing(self, basis: str) -> None:
        status = "" if basis == "section_85" else "V4"
        placement = placed(a_child(), a_setting(), basis=basis, legal_status=status)
        assert not Notice.objects.filter(placement=placement).exists()

    def test_an_end_opens_the_ending_notice_and_a_move_both(self, world: World) -> None:
        placed(world.child, a_setting(), started_on=TODAY)
        ending = the_notice(world.placement, "ending")
        assert ending.lines.filter(recipient="carer").get().name == world.setting.name
        assert not ending.lines.filter(recipient="previous_carer").exists()
        assert Notice.objects.filter(child=world.child, kind="placement").count() == 2
        assert owed(world.placement, "PLC-08").due_on == date(2026, 3, 16)

    def test_an_end_that_is_taken_back_voids_its_notice(self, world: World) -> None:
        end_placement(placement=world.placement, ended_on=TODAY, by=CLOCK, at=NOW)
        placement = Placement.objects.get(pk=world.placement.pk)
        correct_placement(placement=placement, changes={"ended_on": None}, by=CLOCK, at=NOW)
        assert the_notice(world.placement, "ending").state == "void"
        assert owed(world.placement, "PLC-08").status == "superseded"

    def test_a_correction_into_another_area_names_the_host(self) -> None:
        placement = placed(a_child(), a_setting(host=BARKING))
        tell = the_notice(placement)
        assert not tell.lines.filter(recipient="host").exists()
        correct_placement(placement=placement, changes={"setting": a_setting()}, by=CLOCK, at=NOW)
        assert line_of(tell, "host").name == "Doncaster"
        assert owed(placement, "PLC-06").status == "open"

    def test_a_correction_into_the_own_area_takes_the_host_away(self, world: World) -> None:
        home = a_setting(host=BARKING)
        correct_placement(placement=world.placement, changes={"setting": home}, by=CLOCK, at=NOW)
        assert not the_notice(world.placement).lines.filter(recipient="host").exists()


class TestTelling:
    def test_the_last_line_closes_the_notice_on_its_day(self, world: World) -> None:
        notice = tell_everybody(world, the_notice(world.placement), moment(START + timedelta(2)))
        assert notice.state == "told"
        assert notice.finished_on == START + timedelta(days=2)
        deadline = owed(world.placement, "PLC-05")
        assert (deadline.status, deadline.met_on) == ("met_late", START + timedelta(days=2))

    def test_one_line_open_leaves_it_open(self, world: World) -> None:
        notice = tell_everybody(world, the_notice(world.placement), host=False)
        assert notice.state == "open"
        assert owed(world.placement, "PLC-05").status == "met_late"
        assert owed(world.placement, "PLC-06").status == "open"

    def test_sent_before_the_start_is_in_time(self, world: World) -> None:
        tell_host(world, the_notice(world.placement), sent_on=START - timedelta(days=3))
        assert owed(world.placement, "PLC-06").status == "met"

    def test_an_emergency_has_five_working_days(self, world: World) -> None:
        actions.mark_emergency(
            notice=the_notice(world.placement),
            reason="Her carers fell ill overnight.",
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        for ref in ("PLC-05", "PLC-06"):
            assert owed(world.placement, ref).due_on == date(2026, 1, 12)

    def test_the_host_is_given_the_notice_itself(self, world: World) -> None:
        tell_host(world, the_notice(world.placement))
        given = HostNotice.objects.get()
        assert given.needs == "Waking night staff; signs."
        assert given.host_authority_id == world.setting.host_authority_id
        assert told_of("notices.given_to_host", Role.HOST_OFFICER) == 1

    def test_the_host_line_is_not_ticked_off(self, world: World) -> None:
        notice = the_notice(world.placement)
        with pytest.raises(FactRefused, match="the notice itself"):
            actions.send_notice(
                notice=notice,
                lines=[line_of(notice, "host")],
                sent_on=TODAY,
                by=world[Role.SOCIAL_WORKER],
                at=NOW,
            )

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"needs": " "}, "needs"),
            ({"why_here": ""}, "why_here"),
            ({"sent_on": TODAY + timedelta(days=1)}, "sent_on"),
            ({"sent_on": START - timedelta(days=800)}, "sent_on"),
        ],
    )
    def test_what_the_notice_must_say_is_asked_for(
        self, world: World, facts: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(FactRefused) as refused:
            tell_host(world, the_notice(world.placement), **facts)
        assert refused.value.field == field
        assert not HostNotice.objects.exists()
        assert line_of(the_notice(world.placement), "host").outcome == "waiting"

    def test_a_line_is_settled_once(self, world: World) -> None:
        notice = the_notice(world.placement)
        line = line_of(notice, "gp_before")
        send: dict[str, Any] = {"notice": notice, "lines": [line], "sent_on": TODAY, "at": NOW}
        actions.send_notice(by=world[Role.SOCIAL_WORKER], **send)
        with pytest.raises(UnableToSettleLine, match=world[Role.SOCIAL_WORKER].name):
            actions.send_notice(by=world[Role.TEAM_MANAGER], **send)

    @pytest.mark.parametrize("recipient", ["host", "iro", "gp_before", "education"])
    def test_the_law_lets_only_some_be_left_untold(self, world: World, recipient: str) -> None:
        notice = the_notice(world.placement)
        with pytest.raises(FactRefused, match="cannot be withheld"):
            actions.withhold_notice(
                notice=notice,
                line=line_of(notice, recipient),
                reason="Harm.",
                by=world[Role.SOCIAL_WORKER],
                at=NOW,
            )

    def test_withholding_needs_a_reason_and_tells_the_manager(self, world: World) -> None:
        notice = the_notice(world.placement)
        hold: dict[str, Any] = {
            "notice": notice,
            "line": line_of(notice, "parent"),
            "by": world[Role.SOCIAL_WORKER],
            "at": NOW,
        }
        with pytest.raises(FactRefused, match="significant harm"):
            actions.withhold_notice(reason=" ", **hold)
        actions.withhold_notice(reason="He has threatened to take her.", **hold)
        assert line_of(notice, "parent").outcome == "withheld"
        assert told_of("notices.withheld", Role.TEAM_MANAGER) == 1
        event = Event.objects.get(name="notices.withheld")
        assert "threatened" not in event.sentence

    @pytest.mark.parametrize("recipient", ["host", "child", "iro", "health_here"])
    def test_some_there_always_are(self, world: World, recipient: str) -> None:
        notice = the_notice(world.placement)
        with pytest.raises(FactRefused, match="must be told"):
            actions.leave_out_recipient(
                notice=notice,
                line=line_of(notice, recipient),
                reason="None.",
                by=world[Role.SOCIAL_WORKER],
                at=NOW,
            )

    def test_another_line_opens_a_closed_notice(self, world: World) -> None:
        notice = tell_everybody(world, the_notice(world.placement))
        actions.name_recipient(
            notice=notice, recipient="parent", name="Dad", by=world[Role.SOCIAL_WORKER], at=NOW
        )
        assert the_notice(world.placement).state == "open"
        assert owed(world.placement, "PLC-05").status == "open"

    def test_a_stale_reader_changes_nothing(self, world: World) -> None:
        notice = the_notice(world.placement)
        with pytest.raises(MovedOn):
            actions.send_notice(
                notice=notice,
                lines=[line_of(notice, "iro")],
                sent_on=TODAY,
                by=world[Role.SOCIAL_WORKER],
                at=NOW,
                expects=notice.version - 1,
            )
        assert line_of(notice, "iro").outcome == "waiting"

    @pytest.mark.parametrize("role", [Role.IRO, Role.HOST_OFFICER, Role.REGISTERED_MANAGER])
    def test_others_do_not_tell(self, world: World, role: Role) -> None:
        notice = the_notice(world.placement)
        with pytest.raises(NotAllowed):
            actions.send_notice(
                notice=notice,
                lines=[line_of(notice, "iro")],
                sent_on=TODAY,
                by=world[role],
                at=NOW,
            )


class TestPlans:
    def record(self, world: World, **facts: Any) -> Notice:
        return actions.record_plans(
            notice=the_notice(world.placement), by=world[Role.SOCIAL_WORKER], at=NOW, **facts
        )

    def test_the_placement_plan_stops_its_clock_and_the_signature_stands_apart(
        self, world: World
    ) -> None:
        self.record(world, placement_plan_on=START)
        plan = owed(world.placement, "PLC-02")
        assert (plan.status, plan.facts["Signed"]) == ("met", "not recorded")
        self.record(
            world,
            placement_plan_on=START,
            placement_plan_signed_by="Mark Sutton",
            placement_plan_signed_on=START + timedelta(days=3),
        )
        assert owed(world.placement, "PLC-02").facts["Signed"] == "yes"

    def test_a_child_in_care_owes_no_care_plan_of_ours(self, world: World) -> None:
        assert not Deadline.objects.filter(placement=world.placement, ref="PLC-01").exists()

    def test_a_child_not_in_care_does_at_the_first_placement_only(self) -> None:
        world = a_world(legal_status="V2")
        assert owed(world.placement, "PLC-01").due_on == date(2026, 1, 19)
        move = placed(world.child, a_setting(), started_on=TODAY, legal_status="V2")
        assert not Deadline.objects.filter(placement=move, ref="PLC-01").exists()
        self.record(world, care_plan_on=START)
        assert owed(world.placement, "PLC-01").status == "met"

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({}, "placement_plan_on"),
            ({"care_plan_on": TODAY + timedelta(days=1)}, "care_plan_on"),
            (
                {"placement_plan_on": START, "placement_plan_signed_by": "M"},
                "placement_plan_signed_on",
            ),
            (
                {"placement_plan_on": START, "placement_plan_signed_on": START},
                "placement_plan_signed_by",
            ),
            (
                {
                    "placement_plan_on": TODAY,
                    "placement_plan_signed_by": "M",
                    "placement_plan_signed_on": START,
                },
                "placement_plan_signed_on",
            ),
        ],
    )
    def test_days_that_cannot_be(self, world: World, facts: dict[str, Any], field: str) -> None:
        with pytest.raises(FactRefused) as refused:
            self.record(world, **facts)
        assert refused.value.field == field


class TestAcknowledging:
    def test_by_name_and_the_sender_hears(self, world: World) -> None:
        tell_host(world, the_notice(world.placement))
        given = actions.acknowledge_notice(
            notice=HostNotice.objects.get(), by=world[Role.HOST_OFFICER], at=NOW
        )
        assert given.acknowledged_by == world[Role.HOST_OFFICER]
        assert told_of("notices.acknowledged", Role.SOCIAL_WORKER) == 1
        event = Event.objects.get(name="notices.acknowledged")
        assert world[Role.HOST_OFFICER].name in event.sentence

    def test_the_sender_does_not_acknowledge_for_them(self, world: World) -> None:
        tell_host(world, the_notice(world.placement))
        with pytest.raises(NotAllowed):
            actions.acknowledge_notice(
                notice=HostNotice.objects.get(), by=world[Role.SOCIAL_WORKER], at=NOW
            )

    def test_silence_is_seen_and_goes_up(self, world: World) -> None:
        director = a_person("Director of Doncaster")
        plays(director, Role.DIRECTOR, authority_id=world.setting.host_authority_id)
        tell_host(world, the_notice(world.placement))
        given = HostNotice.objects.get()
        sweep(at=moment(TODAY + timedelta(days=3), 1))
        slipped = Notification.objects.filter(event__about=given.about, event__name__startswith="d")
        assert {n.role for n in slipped} == {"host_officer", "social_worker", "team_manager"}
        sweep(at=moment(TODAY + timedelta(days=8), 1))
        assert slipped.filter(person=director).exists()
        assert not slipped.filter(person=world[Role.DIRECTOR]).exists()

    def test_the_host_acknowledges_after_the_child_has_left(self, world: World) -> None:
        tell_host(world, the_notice(world.placement))
        placed(world.child, a_setting(host=LEEDS), started_on=TODAY)
        given = actions.acknowledge_notice(
            notice=HostNotice.objects.get(), by=world[Role.HOST_OFFICER], at=NOW
        )
        assert given.state == "acknowledged"


class TestApproving:
    def test_at_a_distance_only_the_director(self, world: World) -> None:
        approval = satisfied(world, asked(world))
        assert approval.state == "with_director"
        with pytest.raises(NotAllowed):
            actions.approve_placement(approval=approval, by=world[Role.NOMINATED_OFFICER], at=NOW)
        approved = actions.approve_placement(approval=approval, by=world[Role.DIRECTOR], at=NOW)
        assert (approved.state, approved.decided_by) == ("approved", world[Role.DIRECTOR])

    def test_next_door_the_nominated_officer(self, world: World) -> None:
        next_door = Authority.objects.get(pk=BARKING).neighbours.first()
        assert next_door is not None
        near = a_setting(host=next_door.pk)
        placement = placed(world.child, near, started_on=TODAY)
        approval = satisfied(world, asked(world, placement=placement))
        assert approval.state == "asked"
        actions.approve_placement(approval=approval, by=world[Role.NOMINATED_OFFICER], at=NOW)
        assert owed(placement, "PLC-03").status == "met"

    def test_within_the_area_nothing_is_asked(self, world: World) -> None:
        with pytest.raises(FactRefused, match="no approval is needed"):
            asked(world, placement=None, setting=a_setting(host=BARKING), starts_on=TODAY)

    def test_every_condition_first(self, world: World) -> None:
        approval = satisfied(world, asked(world), "wishes", "most_appropriate", "iro")
        with pytest.raises(UnableToApprove, match=r"relatives were consulted.*area authority"):
            actions.approve_placement(approval=approval, by=world[Role.DIRECTOR], at=NOW)
        assert Approval.objects.get().state == "with_director"

    def test_in_an_emergency_fewer_first_and_the_rest_within_days(self, world: World) -> None:
        approval = asked(world, is_emergency=True, emergency_reason="No bed tonight.")
        with pytest.raises(UnableToApprove, match="wishes"):
            actions.approve_emergency(approval=approval, by=world[Role.DIRECTOR], at=NOW)
        approval = satisfied(world, approval, "wishes", "most_appropriate")
        approval = actions.approve_emergency(approval=approval, by=world[Role.DIRECTOR], at=NOW)
        assert approval.state == "part_approved"
        rest = owed(world.placement, "PLC-07")
        assert (rest.due_on, rest.verified) == (date(2026, 3, 9), "unverified")
        with pytest.raises(UnableToApprove):
            actions.complete_approval(approval=approval, by=world[Role.SOCIAL_WORKER], at=NOW)
        later = moment(date(2026, 3, 6))
        approval = satisfied(world, approval, "relatives", "area_authority", "iro", at=later)
        actions.complete_approval(approval=approval, by=world[Role.SOCIAL_WORKER], at=later)
        assert owed(world.placement, "PLC-07").met_on == date(2026, 3, 6)

    def test_no_emergency_has_no_short_way(self, world: World) -> None:
        approval = satisfied(world, asked(world))
        with pytest.raises(UnableToApprove, match="not asked for as an emergency"):
            actions.approve_emergency(approval=approval, by=world[Role.DIRECTOR], at=NOW)

    def test_unapproved_it_stands_late_with_a_name(self, world: World) -> None:
        deadline = owed(world.placement, "PLC-04")
        assert deadline.due_on == START
        assert deadline.facts == {"Recorded by": "the clock"}
        approval = satisfied(world, asked(world))
        actions.approve_placement(approval=approval, by=world[Role.DIRECTOR], at=NOW)
        deadline.refresh_from_db()
        assert (deadline.status, deadline.days_late) == ("met_late", 56)

    def test_asked_before_it_stands_beside_the_placement_that_comes(self, world: World) -> None:
        home = a_setting()
        asked(world, placement=None, setting=home, starts_on=TODAY)
        placement = placed(world.child, home, started_on=TODAY)
        assert Approval.objects.get().placement == placement

    def test_asked_for_another_home_it_stands_alone(self, world: World) -> None:
        asked(world, placement=None, setting=a_setting(), starts_on=TODAY)
        placed(world.child, a_setting(), started_on=TODAY)
        assert Approval.objects.get().placement is None

    def test_once_for_a_placement(self, world: World) -> None:
        asked(world)
        with pytest.raises(UnableToAskApproval):
            asked(world)

    def test_refused_does_not_meet_and_may_be_asked_again(self, world: World) -> None:
        approval = asked(world)
        actions.refuse_placement(
            approval=approval, reason="Too far.", by=world[Role.DIRECTOR], at=NOW
        )
        assert owed(world.placement, "PLC-04").status == "open"
        assert asked(world).state == "with_director"

    def test_voided_it_approves_nothing(self, world: World) -> None:
        approval = satisfied(world, asked(world))
        approval = actions.approve_placement(
            approval=approval, by=world[Role.DIRECTOR], at=NOW, decided_on=START
        )
        assert owed(world.placement, "PLC-04").status == "met"
        actions.void_approval(
            approval=approval, reason="Another child.", by=world[Role.DIRECTOR], at=NOW
        )
        assert owed(world.placement, "PLC-04").status == "open"

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"needs": ""}, "needs"),
            ({"why_here": " "}, "why_here"),
            ({"placement": None, "starts_on": TODAY}, "setting"),
            ({"is_emergency": True}, "emergency_reason"),
        ],
    )
    def test_what_must_be_said(self, world: World, facts: dict[str, Any], field: str) -> None:
        with pytest.raises(FactRefused) as refused:
            asked(world, **facts)
        assert refused.value.field == field
        assert not Approval.objects.exists()

    def test_only_relatives_may_be_passed_over(self, world: World) -> None:
        approval = asked(world)
        with pytest.raises(FactRefused) as refused:
            actions.satisfy_condition(
                approval=approval,
                kind="iro",
                evidence="Not asked.",
                satisfied_on=TODAY,
                was_not_appropriate=True,
                by=world[Role.SOCIAL_WORKER],
                at=NOW,
            )
        assert refused.value.field == "was_not_appropriate"


def standing() -> list[str]:
    return sorted(Mismatch.objects.exclude(state="settled").values_list("kind", flat=True))


class TestTwoSources:
    def test_a_notice_finds_its_child(self, world: World) -> None:
        notice = home_says(world, name=f"  {world.child.name.upper()} ")
        assert (notice.state, notice.child) == ("matched", world.child)

    @pytest.mark.parametrize(
        "facts", [{"name": "Somebody Else"}, {"date_of_birth": date(2012, 5, 2)}]
    )
    def test_another_name_or_birthday_waits(self, world: World, facts: dict[str, Any]) -> None:
        notice = home_says(world, **facts)
        assert (notice.state, notice.child) == ("sent", None)
        assert standing() == ["not_placed"]

    def test_two_children_alike_are_matched_by_nobody(self, world: World) -> None:
        twin = a_child(name=world.child.name, date_of_birth=world.child.date_of_birth)
        placed(twin, world.setting)
        assert home_says(world).state == "sent"

    def test_placed_but_unsaid_is_raised_after_a_working_day(self, world: World) -> None:
        assert actions.compare_registers(moment(START + timedelta(days=1))) == 0
        actions.compare_registers(moment(START + timedelta(days=2)))
        assert standing() == ["home_silent"]
        mismatch = Mismatch.objects.get()
        people = people_of("mismatches", [mismatch.pk], TODAY)[mismatch.pk]
        assert {role for _, role in people} == {
            Role.HOST_OFFICER,
            Role.REGISTERED_MANAGER,
            Role.SOCIAL_WORKER,
            Role.TEAM_MANAGER,
            Role.SERVICE_MANAGER,
        }
        for role in (Role.HOST_OFFICER, Role.REGISTERED_MANAGER, Role.SOCIAL_WORKER):
            assert told_of("notices.mismatch_raised", role) == 1

    def test_it_is_raised_once_however_often_one_looks(self, world: World) -> None:
        for day in range(2, 6):
            actions.compare_registers(moment(START + timedelta(days=day)))
            actions.reconcile([world.setting.pk], at=moment(START + timedelta(days=day), 12))
        assert Mismatch.objects.count() == 1
        assert Event.objects.filter(name="notices.mismatch_raised").count() == 1

    def test_it_settles_itself_when_the_home_speaks(self, world: World) -> None:
        tell_host(world, the_notice(world.placement))
        actions.compare_registers(NOW)
        home_says(world, at=NOW)
        mismatch = Mismatch.objects.get()
        assert (mismatch.state, mismatch.reason) == ("settled", "The two sources now agree.")
        assert mismatch.settled_by is None

    def test_the_host_hears_from_the_home_first(self, world: World) -> None:
        home_says(world)
        assert standing() == ["host_not_told"]
        tell_host(world, the_notice(world.placement))
        assert standing() == []

    def test_admitted_and_not_placed_until_the_authority_records_it(self) -> None:
        world = a_world(started_on=TODAY)
        child = a_child(team=world.team)
        home_says(world, TODAY, name=child.name, date_of_birth=child.date_of_birth, at=NOW)
        assert standing() == ["not_placed"]
        placed(child, world.setting, started_on=TODAY)
        assert standing() == ["host_not_told"]

    def test_days_that_differ(self, world: World) -> None:
        tell_host(world, the_notice(world.placement))
        home_says(world, START + timedelta(days=1))
        assert standing() == ["start_differs"]
        correct_placement(
            placement=world.placement,
            changes={"started_on": START + timedelta(days=1)},
            by=CLOCK,
            at=NOW,
        )
        assert standing() == []

    def test_left_on_one_side_only(self, world: World) -> None:
        tell_host(world, the_notice(world.placement))
        home_says(world)
        home_says(world, TODAY, "discharge", at=NOW)
        assert standing() == ["end_missing"]
        end_placement(placement=world.placement, ended_on=TODAY, by=CLOCK, at=NOW)
        assert standing() == []

    def test_the_authority_says_left_and_the_home_does_not(self, world: World) -> None:
        tell_host(world, the_notice(world.placement))
        home_says(world)
        end_placement(placement=world.placement, ended_on=TODAY, by=CLOCK, at=NOW)
        assert standing() == []
        actions.compare_registers(moment(TODAY + timedelta(days=2)))
        assert standing() == ["discharge_missing"]

    def test_an_authority_need_not_tell_itself(self) -> None:
        home = a_setting(host=BARKING)
        placed(a_child(), home)
        actions.compare_registers(NOW)
        assert not Mismatch.objects.filter(setting=home).exists()

    def test_what_a_person_settled_stays_settled(self, world: World) -> None:
        actions.compare_registers(NOW)
        actions.settle_mismatch(
            mismatch=Mismatch.objects.get(),
            reason="The home is closing; told by telephone.",
            by=world[Role.HOST_OFFICER],
            at=NOW,
        )
        actions.compare_registers(moment(TODAY + timedelta(days=1)))
        assert standing() == []

    def test_what_had_agreed_and_differs_again_stands_again(self, world: World) -> None:
        tell_host(world, the_notice(world.placement))
        actions.compare_registers(NOW)
        notice = home_says(world, at=NOW)
        assert standing() == []
        actions.void_home_notice(
            notice=notice, reason="Wrong child.", by=world[Role.REGISTERED_MANAGER], at=NOW
        )
        assert standing() == ["home_silent"]
        assert Mismatch.objects.count() == 1

    def test_an_explanation_stops_the_first_clock_and_not_the_second(self, world: World) -> None:
        actions.compare_registers(NOW)
        mismatch = actions.explain_mismatch(
            mismatch=Mismatch.objects.get(),
            words="The manager is on leave.",
            by=world[Role.REGISTERED_MANAGER],
            at=NOW,
        )
        rows = {row.ref: row.status for row in Deadline.objects.filter(about=mismatch.about)}
        assert rows == {"LOC-22": "met", "LOC-23": "open"}

    def test_silence_goes_up_to_managers_and_the_hosts_director(self, world: World) -> None:
        director = a_person("Director of Doncaster")
        plays(director, Role.DIRECTOR, authority_id=world.setting.host_authority_id)
        actions.compare_registers(NOW)
        about = Mismatch.objects.get().about
        sweep(at=moment(TODAY + timedelta(days=15), 1))
        told = Notification.objects.filter(event__about=about, event__name="deadlines.slipped")
        assert {Role(row.role) for row in told} >= {
            Role.DIRECTOR,
            Role.SERVICE_MANAGER,
            Role.TEAM_MANAGER,
        }
        assert told.filter(person=director).exists()

    def test_a_home_gives_notice_only_of_itself(self, world: World) -> None:
        other = a_setting()
        with pytest.raises(NotAllowed):
            home_says(world, setting=other)

    def test_the_host_enters_what_came_on_paper(self, world: World) -> None:
        notice = home_says(
            world, by=world[Role.HOST_OFFICER], came_on_paper=True, sent_on=START, at=NOW
        )
        assert notice.state == "matched"
        assert Deadline.objects.get(about=notice.about).status == "met"

    def test_matched_by_hand_and_taken_apart_again(self, world: World) -> None:
        notice = home_says(world, name="Nickname")
        notice = actions.match_home_notice(
            notice=notice, placement=world.placement, by=world[Role.HOST_OFFICER], at=NOW
        )
        assert standing() == ["host_not_told"]
        actions.unmatch_home_notice(notice=notice, by=world[Role.HOST_OFFICER], at=NOW)
        assert "not_placed" in standing()

    def test_one_notice_for_one_arrival(self, world: World) -> None:
        home_says(world)
        again = home_says(world)
        assert again.state == "sent"
        with pytest.raises(UnableToMatch):
            actions.match_home_notice(
                notice=again, placement=world.placement, by=world[Role.HOST_OFFICER], at=NOW
            )

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"name": ""}, "name"),
            ({"basis": "s99"}, "basis"),
            ({"kind": "escape"}, "kind"),
            ({"has_ehc_plan": "yes"}, "ehc_authority"),
            ({"iro_contact": " "}, "iro_contact"),
            ({"date_of_birth": TODAY}, "date_of_birth"),
            ({"sent_on": START - timedelta(days=1)}, "sent_on"),
            ({"happened_on": TODAY + timedelta(days=1), "at": NOW}, "happened_on"),
        ],
    )
    def test_exactly_what_the_notice_must_say(
        self, world: World, facts: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(FactRefused) as refused:
            home_says(world, **facts)
        assert refused.value.field == field


class TestReports:
    def ask(self, world: World) -> ReportRequest:
        return actions.ask_for_reports(setting=world.setting, by=world[Role.HOST_OFFICER], at=NOW)

    def test_one_for_every_month_by_the_end_of_the_next(self, world: World) -> None:
        request = actions.agree_to_reports(
            request=self.ask(world), by=world[Role.REGISTERED_MANAGER], at=NOW
        )
        report = Deadline.objects.get(about=request.about, ref="CHR-44")
        assert (report.key, report.due_on) == ("report:2026-03", date(2026, 4, 30))
        assert report.kind == "local standard"
        actions.receive_report(
            request=request,
            month=date(2026, 3, 1),
            visited_on=date(2026, 3, 12),
            received_on=date(2026, 4, 9),
            by=world[Role.INDEPENDENT_VISITOR],
            at=moment(date(2026, 4, 9)),
        )
        states = {
            row.key: row.status
            for row in Deadline.objects.filter(about=request.about, ref="CHR-44")
        }
        assert states == {"report:2026-03": "met", "report:2026-04": "open"}

    def test_refused_with_a_reason_and_agreed_after_all(self, world: World) -> None:
        request = self.ask(world)
        with pytest.raises(FactRefused):
            actions.refuse_reports(
                request=request, reason="", by=world[Role.REGISTERED_MANAGER], at=NOW
            )
        request = actions.refuse_reports(
            request=request, reason="Our lawyers say no.", by=world[Role.REGISTERED_MANAGER], at=NOW
        )
        assert not Deadline.objects.filter(about=request.about, ref="CHR-44").exists()
        request = actions.agree_to_reports(
            request=request, by=world[Role.REGISTERED_MANAGER], at=NOW
        )
        assert request.state == "agreed"

    def test_once_for_a_home(self, world: World) -> None:
        self.ask(world)
        with pytest.raises(UnableToAskForReports):
            self.ask(world)

    def test_withdrawn_nothing_more_is_expected(self, world: World) -> None:
        request = actions.agree_to_reports(
            request=self.ask(world), by=world[Role.REGISTERED_MANAGER], at=NOW
        )
        actions.withdraw_request_for_reports(
            request=request, reason="The home closes.", by=world[Role.HOST_OFFICER], at=NOW
        )
        report = Deadline.objects.get(about=request.about, ref="CHR-44")
        assert report.status == "superseded"

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"month": date(2026, 4, 1)}, "month"),
            ({"received_on": TODAY + timedelta(days=1)}, "received_on"),
            ({"visited_on": date(2026, 2, 20)}, "visited_on"),
        ],
    )
    def test_days_that_cannot_be(self, world: World, facts: dict[str, Any], field: str) -> None:
        request = actions.agree_to_reports(
            request=self.ask(world), by=world[Role.REGISTERED_MANAGER], at=NOW
        )
        given: dict[str, Any] = {"month": date(2026, 3, 1), "received_on": TODAY, **facts}
        with pytest.raises(FactRefused) as refused:
            actions.receive_report(request=request, by=world[Role.HOST_OFFICER], at=NOW, **given)
        assert refused.value.field == field

    def test_a_host_asks_only_in_its_area(self, world: World) -> None:
        with pytest.raises(NotAllowed):
            actions.ask_for_reports(
                setting=a_setting(host=LEEDS), by=world[Role.HOST_OFFICER], at=NOW
            )
        assert not ReportRequest.objects.exists()


class TestWholeOrNothing:
    def test_a_failure_at_the_end_leaves_no_trace(
        self, world: World, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The notice to the host is opened last: when that fails, the line is not settled."""
        notice = the_notice(world.placement)
        before = Event.objects.count()

        def fail(*args: Any, **kwargs: Any) -> None:
            raise NotNow("The lights went out.")

        monkeypatch.setattr("workflows.notices.actions.telling.open_case", fail)
        with pytest.raises(NotNow, match="lights"):
            tell_host(world, notice)
        assert Line.objects.get(notice=notice, recipient="host").outcome == "waiting"
        assert Event.objects.count() == before
        assert the_notice(world.placement).version == notice.version
