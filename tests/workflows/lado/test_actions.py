"""From the first word to the closing of a case, and the notices in between."""

from datetime import date, timedelta
from typing import Any

import pytest

from backend.access.grants import derive_all
from backend.access.matters import matters_visible_to, people_of
from backend.access.models import Person, RoleAssignment
from backend.casework.errors import FactRefused, NotAllowed, NotNow
from backend.casework.placing import end_placement, place_child
from backend.deadlines.models import Deadline
from backend.deadlines.sweep import sweep
from backend.events.models import Event
from backend.events.record import CLOCK
from backend.grammar.roles import Role
from backend.notify.models import Notification
from tests.factories import (
    BARKING,
    DONCASTER,
    LEEDS,
    NOW,
    SHEFFIELD,
    TODAY,
    a_child,
    a_person,
    a_setting,
    a_team,
    an_authority,
    moment,
    placed,
    plays,
)
from tests.workflows.lado.stages import (
    NAME,
    House,
    a_house,
    concluded,
    kept,
    limbs,
    notice_to,
    opened,
    ready_to_close,
    received,
    sent,
    told,
)
from workflows.lado import actions
from workflows.lado.models import (
    AdultMatch,
    AuthorityNotice,
    HomeNotification,
    Referral,
    Task,
)
from workflows.lado.queries import (
    figures_of,
    repeat_people,
    repeat_settings,
    silent_notices,
    unmatched_notifications,
    unmatched_referrals,
)
from workflows.visits.models import Request

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    return a_house()


def told_of(person: Person, about: str) -> list[str]:
    return list(
        Notification.objects.filter(person=person, about=about)
        .order_by("number")
        .values_list("event__name", flat=True)
    )


class TestReferring:
    def test_the_lado_of_the_area_is_told_and_the_sender_gets_a_receipt(self, house: House) -> None:
        referral = sent(house)
        assert (referral.state, referral.authority_id) == ("sent", DONCASTER)
        assert told_of(house.lado, referral.about) == ["lado.referred"]
        assert matters_visible_to("receipts", house.manager).get() == referral
        assert not matters_visible_to("referrals", house.manager).exists()

    def test_every_day_is_kept_and_the_clock_runs_from_the_manager(self, house: House) -> None:
        friday = TODAY - timedelta(days=3)
        referral = sent(house, happened_on=friday, employer_knew_on=friday, manager_knew_on=friday)
        due = Deadline.objects.get(about=referral.about, ref="ALG-01")
        assert (due.counted_from, due.due_on, due.status) == (friday, TODAY, "met")

    def test_receipt_is_given_by_name_and_the_sender_hears_of_it(self, house: House) -> None:
        referral = received(house)
        assert (referral.state, referral.led_by) == ("received", house.lado)
        assert told_of(house.manager, referral.receipt) == ["lado.receipt_given"]

    def test_somebody_without_a_part_does_not_receive(self, house: House) -> None:
        referral = sent(house)
        with pytest.raises(NotAllowed):
            actions.receive_referral(referral=referral, by=house.manager, at=NOW)
        assert Referral.objects.get(pk=referral.pk).state == "sent"

    def test_an_authority_where_nobody_reads_is_refused(self, house: House) -> None:
        with pytest.raises(FactRefused, match="Telephone") as refused:
            actions.make_referral(
                **told(authority=an_authority(SHEFFIELD), workplace="A club"),
                by=house.manager,
                at=NOW,
            )
        assert refused.value.field == "authority"
        assert not Referral.objects.exists()

    def test_without_a_lado_the_director_stands_in(self, house: House) -> None:
        director = a_person("A director")
        plays(director, Role.DIRECTOR, authority_id=SHEFFIELD)
        referral = actions.make_referral(
            **told(authority=an_authority(SHEFFIELD), workplace="A club"), by=house.manager, at=NOW
        )
        assert told_of(director, referral.about) == ["lado.referred"]
        assert matters_visible_to("referrals", director).get() == referral

    def test_the_public_form_leaves_nobody_behind_it(self, house: House) -> None:
        referral = actions.make_referral(
            **told(source="public", setting=house.setting), by=CLOCK, at=NOW
        )
        assert (referral.state, referral.referred_by) == ("sent", None)
        assert told_of(house.lado, referral.about) == ["lado.taken_in"]

    @pytest.mark.parametrize(
        ("changes", "field"),
        [
            ({"what_happened": " "}, "what_happened"),
            ({"adult": {"name": "", "sector": "health"}}, "name"),
            ({"adult": {"name": "A", "sector": "x"}}, "sector"),
            ({"happened_on": TODAY + timedelta(days=1)}, "happened_on"),
            ({"manager_knew_on": TODAY - timedelta(days=4)}, "manager_knew_on"),
            ({"setting": None, "authority": None}, "authority"),
            ({"shift": "dusk"}, "shift"),
        ],
    )
    def test_what_cannot_be_true_is_refused_by_name(
        self, house: House, changes: dict[str, Any], field: str
    ) -> None:
        with pytest.raises(FactRefused) as refused:
            sent(house, **changes)
        assert refused.value.field == field
        assert not Referral.objects.exists()

    def test_danger_reaches_the_lado_at_once_and_no_referral_else_does(self, house: House) -> None:
        sent(house)
        referral = sent(house, adult=adult_as("Somebody Else"), is_child_at_risk=True)
        urgent = Notification.objects.filter(person=house.lado, is_urgent=True)
        assert list(urgent.values_list("event__name", "about")) == [
            ("lado.at_risk", referral.about)
        ]
        assert told_of(house.lado, referral.about) == ["lado.at_risk"]

    def test_danger_reaches_every_authority_that_is_told_at_once(self, house: House) -> None:
        referral = opened(house, is_child_at_risk=True)
        leeds = house.leeds[Role.LADO]
        told_at_once = Notification.objects.get(person=leeds, is_urgent=True)
        assert told_at_once.about == notice_to(referral, LEEDS).about
        assert told_of(leeds, told_at_once.about) == ["lado.notice_urgent"]

    def test_danger_that_is_seen_later_reaches_whoever_was_told_before(self, house: House) -> None:
        referral = opened(house)
        changes = {"is_child_at_risk": True}
        for _ in range(2):
            referral = actions.correct_referral(
                referral=referral, changes=changes, by=house.lado, at=NOW
            )
        notice = notice_to(referral, LEEDS)
        assert told_of(house.leeds[Role.LADO], notice.about) == [
            "lado.notice_sent",
            "lado.notice_urgent",
        ]

    def test_what_the_public_told_is_tied_to_a_setting_and_its_authorities_are_told(
        self, house: House
    ) -> None:
        """Nobody who writes without an account picks a setting: until it is, nobody is told."""
        from_public = {"setting": None, "authority": an_authority(DONCASTER), "workplace": "There"}
        referral = opened(house, source="public", by=CLOCK, **from_public)
        assert not referral.notices.exists()
        far = a_setting(host=SHEFFIELD)
        with pytest.raises(FactRefused, match="is in the area of Sheffield") as refused:
            actions.correct_referral(
                referral=referral, changes={"setting": far}, by=house.lado, at=NOW
            )
        assert refused.value.field == "setting"
        referral = actions.correct_referral(
            referral=referral, changes={"setting": house.setting}, by=house.lado, at=NOW
        )
        told_now = referral.notices.values_list("authority", flat=True)
        assert sorted(told_now) == sorted([BARKING, LEEDS])
        assert Request.objects.filter(child=house.leeds_child).count() == 1

    def test_a_corrected_day_finds_a_child_who_lived_there_then(self, house: House) -> None:
        child = a_child(SHEFFIELD, a_team(SHEFFIELD))
        then = TODAY - timedelta(days=30)
        there = placed(child, house.setting, started_on=then - timedelta(days=5))
        end_placement(placement=there, ended_on=then + timedelta(days=5), by=CLOCK, at=NOW)
        referral = opened(house)
        assert not referral.notices.filter(authority=SHEFFIELD).exists()
        actions.correct_referral(
            referral=referral, changes={"happened_on": then}, by=house.lado, at=NOW
        )
        assert notice_to(referral, SHEFFIELD).children.get().child == child

    def test_a_corrected_day_moves_the_clock(self, house: House) -> None:
        referral = actions.correct_referral(
            referral=received(house),
            changes={"manager_knew_on": TODAY - timedelta(days=3)},
            adult={"name": "Rowan Quill"},
            by=house.lado,
            at=NOW,
        )
        due = Deadline.objects.get(about=referral.about, ref="ALG-01")
        assert due.due_on == TODAY
        referral.adult.refresh_from_db()
        assert (referral.adult.name, referral.adult.name_key) == ("Rowan Quill", "quill rowan")


class TestDeciding:
    def test_met_opens_the_enquiries_and_tells_every_authority(self, house: House) -> None:
        referral = opened(house)
        assert sorted(referral.tracks.values_list("kind", flat=True)) == [
            "employer",
            "police",
            "section_47",
        ]
        notices = AuthorityNotice.objects.filter(referral=referral)
        assert sorted(notices.values_list("authority", flat=True)) == sorted([BARKING, LEEDS])
        assert list(notice_to(referral, LEEDS).children.values_list("child", flat=True)) == [
            house.leeds_child.pk
        ]

    def test_each_child_is_to_be_seen_and_nobody_reads_why(self, house: House) -> None:
        opened(house)
        request = Request.objects.get(child=house.world.child)
        assert request.asked_by == "authority"
        assert request.words == "Asked for by your authority: see this child soon."
        event = Event.objects.get(name="visits.requested", child_id=house.world.child.pk)
        assert event.by_id is None

    def test_no_limb_no_threshold(self, house: House) -> None:
        referral = received(house)
        with pytest.raises(NotNow, match="None of the four limbs"):
            actions.decide_threshold(
                referral=referral, result="open", limbs=limbs(), reason="R", by=house.lado, at=NOW
            )
        with pytest.raises(NotNow, match="limb of the threshold is met"):
            actions.decide_threshold(
                referral=referral,
                result="keep",
                limbs=limbs("harmed"),
                reason="R",
                by=house.lado,
                at=NOW,
            )

    def test_every_limb_needs_its_reason(self, house: House) -> None:
        answers = {**limbs("harmed"), "offence": (False, " ")}
        with pytest.raises(FactRefused) as refused:
            actions.decide_threshold(
                referral=received(house),
                result="open",
                limbs=answers,
                reason="R",
                by=house.lado,
                at=NOW,
            )
        assert refused.value.field == "offence_reason"

    def test_dissent_stands_beside_the_decision(self, house: House) -> None:
        second = a_person("A second LADO")
        plays(second, Role.LADO, authority_id=DONCASTER)
        referral = kept(house)
        with pytest.raises(FactRefused, match="other than the decider"):
            actions.give_opinion(
                referral=referral, agrees=True, words="Fine.", by=house.lado, at=NOW
            )
        actions.give_opinion(
            referral=referral, agrees=False, words="It is harm.", by=second, at=NOW
        )
        opinion = referral.decisions.get().opinions.get()
        assert (opinion.agrees, opinion.by) == (False, second)

    def test_whoever_sent_it_can_challenge_without_reading_the_case(self, house: House) -> None:
        referral = kept(house)
        actions.challenge_decision(
            referral=referral, words="She was hurt.", by=house.manager, at=NOW
        )
        event = Event.objects.get(name="lado.decision_challenged")
        assert (event.about, event.by_id) == (referral.about, house.manager.pk)
        assert told_of(house.lado, referral.about)[-1] == "lado.decision_challenged"
        with pytest.raises(NotAllowed):
            actions.challenge_decision(
                referral=referral, words="So am I.", by=house.world.stranger, at=NOW
            )

    def test_a_decision_can_be_made_again_and_both_stay(self, house: House) -> None:
        referral = actions.reconsider_decision(referral=kept(house), by=house.lado, at=NOW)
        referral = actions.decide_threshold(
            referral=referral,
            result="open",
            limbs=limbs("harmed"),
            reason="A bruise was found.",
            by=house.lado,
            at=NOW,
        )
        assert list(referral.decisions.values_list("result", flat=True)) == ["keep", "open"]


class TestNotices:
    def test_an_authority_receives_by_name_and_answers_for_its_child(self, house: House) -> None:
        notice = notice_to(opened(house), LEEDS)
        leeds = house.leeds[Role.LADO]
        assert told_of(leeds, notice.about) == ["lado.notice_sent"]
        notice = actions.receive_notice(notice=notice, by=leeds, at=NOW)
        assert (notice.state, notice.received_by) == ("received", leeds)
        notice = actions.answer_for_child(
            notice=notice,
            child=notice.children.get(),
            what_was_done="Her worker saw her alone this afternoon.",
            was_seen_on=TODAY,
            by=leeds,
            at=NOW,
        )
        assert notice.state == "answered"
        assert told_of(house.lado, notice.about) == [
            "lado.notice_received",
            "lado.notice_completed",
        ]

    def test_an_answer_is_a_receipt_too(self, house: House) -> None:
        notice = notice_to(opened(house), LEEDS)
        notice = actions.answer_for_child(
            notice=notice,
            child=notice.children.get(),
            what_was_done="Moved.",
            by=house.leeds[Role.DIRECTOR],
            at=NOW,
        )
        assert (notice.state, notice.received_by) == ("answered", house.leeds[Role.DIRECTOR])
        with pytest.raises(NotNow):
            actions.answer_for_child(
                notice=notice,
                child=notice.children.get(),
                what_was_done="Again.",
                by=house.leeds[Role.DIRECTOR],
                at=NOW,
            )

    def test_one_authority_does_not_act_for_another(self, house: House) -> None:
        notice = notice_to(opened(house), BARKING)
        with pytest.raises(NotAllowed):
            actions.receive_notice(notice=notice, by=house.leeds[Role.LADO], at=NOW)

    def test_silence_goes_up_once_and_is_seen(self, house: House) -> None:
        referral = opened(house)
        notice = notice_to(referral, LEEDS)
        actions.receive_notice(
            notice=notice_to(referral, BARKING), by=house.world[Role.SENT_TO], at=NOW
        )
        late = moment(TODAY + timedelta(days=2), 9)
        sweep(at=late)
        sweep(at=late + timedelta(minutes=1))
        assert told_of(house.leeds[Role.DIRECTOR], notice.about).count("lado.notice_silent") == 1
        assert told_of(house.lado, notice.about).count("lado.notice_silent") == 1
        event = Event.objects.get(name="lado.notice_silent", about=notice.about)
        assert event.sentence == "No receipt from Leeds since 2 March 2026; sent to its director."
        assert [each.authority_id for each in silent_notices(house.lado)] == [LEEDS]

    def test_a_child_who_moves_in_adds_their_authority(self, house: House) -> None:
        referral = opened(house)
        lado = a_person("Sheffield Lado")
        plays(lado, Role.LADO, authority_id=SHEFFIELD)
        child = a_child(SHEFFIELD, a_team(SHEFFIELD))
        place_child(
            child=child,
            started_on=TODAY,
            place="K2",
            legal_status="C2",
            setting=house.setting,
            by=CLOCK,
            at=NOW,
        )
        notice = notice_to(referral, SHEFFIELD)
        assert list(notice.children.values_list("child", flat=True)) == [child.pk]
        assert told_of(lado, notice.about) == ["lado.notice_sent"]
        assert Request.objects.filter(child=child).count() == 1

    def test_a_further_child_of_the_same_authority_calls_for_a_new_receipt(
        self, house: House
    ) -> None:
        notice = notice_to(opened(house), LEEDS)
        actions.receive_notice(notice=notice, by=house.leeds[Role.LADO], at=NOW)
        child = a_child(LEEDS, a_team(LEEDS))
        place_child(
            child=child,
            started_on=TODAY,
            place="K2",
            legal_status="C2",
            setting=house.setting,
            by=CLOCK,
            at=NOW,
        )
        notice = AuthorityNotice.objects.get(pk=notice.pk)
        assert (notice.state, notice.children.count()) == ("sent", 2)

    def test_a_child_who_moves_in_after_a_notice_was_closed_is_told_of_too(
        self, house: House
    ) -> None:
        notice = notice_to(opened(house), LEEDS)
        actions.close_notice(notice=notice, outcome_told="Ours moved.", by=house.lado, at=NOW)
        child = a_child(LEEDS, a_team(LEEDS))
        place_child(
            child=child,
            started_on=TODAY,
            place="K2",
            legal_status="C2",
            setting=house.setting,
            by=CLOCK,
            at=NOW,
        )
        notice = AuthorityNotice.objects.get(pk=notice.pk)
        assert (notice.state, notice.closed_at) == ("sent", None)
        assert actions.follow_up(NOW) == 0

    def test_the_clock_finds_a_child_whom_nobody_named(self, house: House) -> None:
        referral = opened(house)
        child = a_child(LEEDS, a_team(LEEDS))
        child.placements.create(
            setting=house.setting, place="K2", started_on=TODAY, host_authority_id=DONCASTER
        )
        assert actions.follow_up(NOW) == 1
        assert notice_to(referral, LEEDS).children.filter(child=child).exists()
        assert actions.follow_up(NOW) == 0

    def test_an_authority_with_nobody_here_is_said_out_loud(self, house: House) -> None:
        RoleAssignment.objects.filter(authority=LEEDS).update(ended_on=TODAY - timedelta(days=1))
        notice = notice_to(opened(house), LEEDS)
        assert "lado.nobody_to_tell" in told_of(house.lado, notice.about)

    def test_a_notice_is_shared_by_name_with_a_reason_and_never_with_an_advocate(
        self, house: House
    ) -> None:
        notice = notice_to(opened(house), BARKING)
        by = house.world[Role.SENT_TO]
        worker, advocate = house.world[Role.SOCIAL_WORKER], house.world[Role.ADVOCATE]
        assert not matters_visible_to("authority-notices", worker).exists()
        actions.share_notice(
            notice=notice, person=worker, reason="Sees the child today.", by=by, at=NOW
        )
        assert matters_visible_to("authority-notices", worker).get() == notice
        with pytest.raises(FactRefused, match="never shared"):
            actions.share_notice(notice=notice, person=advocate, reason="Asked.", by=by, at=NOW)
        with pytest.raises(FactRefused, match="does not work for"):
            actions.share_notice(
                notice=notice,
                person=house.leeds[Role.SOCIAL_WORKER],
                reason="Asked.",
                by=by,
                at=NOW,
            )
        share = notice.shares.get()
        actions.stop_sharing_notice(notice=notice, share=share, by=by, at=NOW)
        assert not matters_visible_to("authority-notices", worker).exists()

    def test_the_adult_is_named_only_by_the_host_with_a_reason(self, house: House) -> None:
        notice = notice_to(opened(house), BARKING)
        with pytest.raises(NotAllowed):
            actions.name_adult(notice=notice, reason="R", by=house.world[Role.SENT_TO], at=NOW)
        with pytest.raises(FactRefused):
            actions.name_adult(notice=notice, reason="", by=house.lado, at=NOW)
        notice = actions.name_adult(notice=notice, reason="She may ask.", by=house.lado, at=NOW)
        assert notice.adult_named_at == NOW

    def test_the_home_authority_is_told_of_a_risk_that_goes_along(self, house: House) -> None:
        lado = a_person("Sheffield Lado")
        plays(lado, Role.LADO, authority_id=SHEFFIELD)
        referral = actions.tell_home_authority(
            referral=opened(house),
            authority=an_authority(SHEFFIELD),
            their_role="Coaches a youth team.",
            reason="Children there may be at risk.",
            by=house.lado,
            at=NOW,
        )
        notice = AuthorityNotice.objects.get(referral=referral, kind="home")
        assert told_of(lado, notice.about) == ["lado.notice_sent"]
        assert notice.adult_named_at is not None


class TestWorking:
    def test_a_meeting_asks_somebody_for_something_by_a_day(self, house: House) -> None:
        referral = actions.record_meeting(
            referral=opened(house),
            kind="initial",
            held_on=TODAY,
            attendees="PC Day, police",
            summary="Police lead.",
            was_advocate_invited=True,
            tasks=[{"what": "Take a statement.", "owner": "PC Day", "due_on": TODAY}],
            by=house.lado,
            at=NOW,
        )
        assert Deadline.objects.get(about=referral.about, ref="ALG-04").status == "met"
        task = Task.objects.get()
        actions.finish_task(
            referral=referral, task=task, done_on=TODAY, evidence="Filed.", by=house.lado, at=NOW
        )
        task.refresh_from_db()
        assert (task.done_on, task.evidence) == (TODAY, "Filed.")

    def test_a_meeting_says_whether_the_childs_advocate_was_invited(self, house: House) -> None:
        referral = opened(house, children=[house.world.child])

        def meet(**said: Any) -> Referral:
            return actions.record_meeting(
                referral=referral,
                kind="initial",
                held_on=TODAY,
                attendees="PC Day, police",
                summary="Police lead.",
                by=house.lado,
                at=NOW,
                **said,
            )

        with pytest.raises(FactRefused, match="advocate was invited") as unsaid:
            meet()
        assert unsaid.value.field == "was_advocate_invited"
        with pytest.raises(FactRefused, match="why no advocate") as no_reason:
            meet(was_advocate_invited=False, advocate_why_not="  ")
        assert no_reason.value.field == "advocate_why_not"
        assert not referral.meetings.exists()
        meet(was_advocate_invited=False, advocate_why_not="None is allocated yet.")
        assert referral.meetings.get().advocate_why_not == "None is allocated yet."

    def test_a_meeting_about_no_named_child_has_no_advocate_to_invite(self, house: House) -> None:
        referral = opened(house)
        actions.record_meeting(
            referral=referral,
            kind="initial",
            held_on=TODAY,
            attendees="PC Day, police",
            summary="Police lead.",
            by=house.lado,
            at=NOW,
        )
        assert referral.meetings.get().was_advocate_invited is None

    def test_a_task_that_slips_is_told_and_keeps_the_case_open(self, house: House) -> None:
        referral = ready_to_close(house)
        referral = actions.record_meeting(
            referral=referral,
            kind="final",
            held_on=TODAY,
            attendees="PC Day, police",
            summary="Nearly done.",
            was_advocate_invited=True,
            by=house.lado,
            at=NOW,
        )
        referral = actions.add_task(
            referral=referral,
            meeting=referral.meetings.get(),
            what="Write to the family.",
            owner="A worker",
            due_on=TODAY + timedelta(days=1),
            by=house.lado,
            at=NOW,
        )
        with pytest.raises(FactRefused, match="from the meeting on"):
            actions.add_task(
                referral=referral,
                meeting=referral.meetings.get(),
                what="W",
                owner="O",
                due_on=TODAY - timedelta(days=1),
                by=house.lado,
                at=NOW,
            )
        with pytest.raises(NotNow, match="A worker, by 3 March 2026"):
            actions.close_referral(referral=referral, words="Done.", by=house.lado, at=NOW)
        sweep(at=moment(TODAY + timedelta(days=2), 9))
        due = Deadline.objects.get(about=referral.about, ref="LOC-41")
        assert (due.due_on, due.slipped_at is not None) == (TODAY + timedelta(days=1), True)
        assert Notification.objects.filter(person=house.lado, deadline=due).exists()

    def test_each_clock_of_an_employer_and_a_regulator_follows_what_is_recorded(
        self, house: House
    ) -> None:
        referral = opened(house, adult={**adult_as("Early Bird"), "sector": "early_years"})
        by = {"by": house.lado, "at": NOW}
        referral = actions.correct_referral(
            referral=referral,
            changes={"is_clear_at_once": True},
            adult={"home_authority": an_authority(SHEFFIELD)},
            **by,
        )
        referral = actions.set_discipline(
            referral=referral, course="hearing", decided_on=TODAY, words="A hearing.", **by
        )
        owed = {
            due.rule: due.status
            for due in Deadline.objects.filter(about=referral.about, met_on__isnull=True)
        }
        assert owed.items() >= {
            ("lado.clear_at_once", "open"),
            ("lado.hearing", "open"),
            ("lado.early_years", "open"),
            ("lado.home_notifies", "waiting"),
            ("lado.home_told", "open"),
        }
        referral = actions.set_discipline(
            referral=referral,
            course="hearing",
            decided_on=TODAY,
            done_on=TODAY,
            words="Held.",
            **by,
        )
        referral = actions.record_telling(
            referral=referral, whom="ofsted", told_on=TODAY, words="By the nursery.", **by
        )
        referral = actions.tell_home_authority(
            referral=referral,
            authority=an_authority(SHEFFIELD),
            their_role="Lives there.",
            reason="May be a risk.",
            **by,
        )
        notification = TestHomeNotifications().record(house, house.manager)
        actions.match_home_notification(notification=notification, referral=referral, **by)
        met = set(
            Deadline.objects.filter(about=referral.about, status="met").values_list(
                "rule", flat=True
            )
        )
        assert met >= {"lado.hearing", "lado.early_years", "lado.home_notifies", "lado.home_told"}

    def test_resigning_opens_the_barring_duty(self, house: House) -> None:
        referral = actions.set_work_status(
            referral=opened(house),
            status="resigned",
            from_on=TODAY,
            decided_by="Herself",
            reason="Left before the hearing.",
            by=house.lado,
            at=NOW,
        )
        due = Deadline.objects.get(about=referral.about, ref="ALG-11")
        assert (due.status, due.due_on) == ("waiting", None)
        actions.settle_barring(
            referral=referral,
            was_referred=True,
            settled_on=TODAY,
            words="Sent by the provider.",
            by=house.lado,
            at=NOW,
        )
        due.refresh_from_db()
        assert due.status == "met"

    def test_it_concludes_only_when_every_allegation_has_its_outcome(self, house: House) -> None:
        referral = opened(house)
        with pytest.raises(NotNow, match="Add what is alleged"):
            actions.conclude_referral(referral=referral, by=house.lado, at=NOW)
        referral = actions.add_allegation(
            referral=referral, category="dignity", words="Left wet.", by=house.lado, at=NOW
        )
        with pytest.raises(NotNow, match="1 of 1"):
            actions.conclude_referral(referral=referral, by=house.lado, at=NOW)
        assert Referral.objects.get(pk=referral.pk).state == "open"

    def test_it_closes_only_when_nothing_waits_and_says_how_long_it_is_kept(
        self, house: House
    ) -> None:
        with pytest.raises(NotNow, match="not started"):
            actions.close_referral(referral=concluded(house), words="Done.", by=house.lado, at=NOW)
        referral = actions.close_referral(
            referral=ready_to_close(house),
            words="The provider changed its nights.",
            pension_age=68,
            by=house.lado,
            at=NOW,
        )
        assert (referral.state, referral.keep_until) == ("closed", date(2058, 5, 12))

    def test_what_is_opened_again_is_told_again(self, house: House) -> None:
        referral = actions.reopen_referral(referral=ready_to_close(house), by=house.lado, at=NOW)
        notice = notice_to(referral, LEEDS)
        assert (referral.state, notice.state) == ("open", "sent")
        assert told_of(house.leeds[Role.LADO], notice.about)[-1] == "lado.notice_resumed"

    def test_a_malicious_allegation_is_not_kept_on_file(self, house: House) -> None:
        referral = actions.close_referral(
            referral=ready_to_close(house, "malicious"), words="Done.", by=house.lado, at=NOW
        )
        assert referral.keep_until is None

    def test_somebody_with_whom_it_is_shared_reads_and_changes_nothing(self, house: House) -> None:
        referral = opened(house)
        other = house.leeds[Role.LADO]
        actions.share_referral(
            referral=referral, person=other, reason="Same adult.", by=house.lado, at=NOW
        )
        assert matters_visible_to("referrals", other).get() == referral
        with pytest.raises(NotAllowed):
            actions.conclude_referral(referral=referral, by=other, at=NOW)


class TestMatching:
    def test_a_second_referral_suggests_and_a_person_says(self, house: House) -> None:
        first, second = sent(house), sent(house, adult=adult_as(f"Ms {NAME.upper()}"))
        match = AdultMatch.objects.get()
        assert match.answer == "waiting"
        assert repeat_people(house.lado) == []
        with pytest.raises(NotAllowed):
            actions.confirm_match(match=match, reason="R", by=house.leeds[Role.LADO], at=NOW)
        with pytest.raises(FactRefused):
            actions.confirm_match(match=match, reason="", by=house.lado, at=NOW)
        actions.confirm_match(match=match, reason="Same payroll number.", by=house.lado, at=NOW)
        found = repeat_people(house.lado)
        assert [(each.referrals, each.low_level) for each in found] == [(2, 0)]
        actions.refuse_match(match=match, reason="Mother and daughter.", by=house.lado, at=NOW)
        assert repeat_people(house.lado) == []
        assert first.pk != second.pk

    def test_low_level_concerns_are_counted_for_the_setting(self, house: House) -> None:
        kept(house)
        kept(house, adult=adult_as("Somebody Else"))
        found = repeat_settings(house.lado)
        assert [(each.name, each.referrals, each.low_level) for each in found] == [
            (house.setting.name, 2, 2)
        ]


def adult_as(name: str) -> dict[str, Any]:
    return {"name": name, "date_of_birth": date(1990, 5, 12), "sector": "residential"}


class TestHomeNotifications:
    def record(self, house: House, by: Person, **changes: Any) -> HomeNotification:
        facts = {
            "setting": house.setting,
            "kind": "allegation",
            "happened_at": moment(TODAY - timedelta(days=1), 20),
            "notified_at": moment(TODAY, 9),
            "recipients": ["ofsted"],
            "by": by,
            "at": NOW,
            **changes,
        }
        return actions.record_home_notification(**facts)

    def test_what_the_home_told_is_matched_by_the_lado(self, house: House) -> None:
        referral = opened(house)
        notification = self.record(house, house.manager)
        assert [each.pk for each in unmatched_referrals(house.lado)] == [referral.pk]
        assert list(unmatched_notifications(house.lado, TODAY)) == [notification]
        actions.match_home_notification(
            notification=notification, referral=referral, by=house.lado, at=NOW
        )
        assert not unmatched_referrals(house.lado).exists()
        assert not unmatched_notifications(house.lado, TODAY).exists()

    def test_only_the_home_or_its_lado_records(self, house: House) -> None:
        with pytest.raises(NotAllowed):
            self.record(house, house.leeds[Role.LADO])
        with pytest.raises(FactRefused) as refused:
            self.record(house, house.manager, happened_at=NOW)
        assert refused.value.field == "notified_at"


class TestPeople:
    def test_everybody_with_a_part_may_see_and_the_nightly_check_agrees(self, house: House) -> None:
        referral = opened(house)
        actions.share_referral(
            referral=referral, person=house.leeds[Role.LADO], reason="R", by=house.lado, at=NOW
        )
        notice = notice_to(referral, BARKING)
        actions.share_notice(
            notice=notice,
            person=house.world[Role.IRO],
            reason="R",
            by=house.world[Role.SENT_TO],
            at=NOW,
        )
        for name, pks in (
            ("referrals", [referral.pk]),
            ("authority-notices", list(referral.notices.values_list("pk", flat=True))),
            ("receipts", [referral.pk]),
        ):
            for pk, playing in people_of(name, pks, TODAY).items():
                assert playing
                for person, _ in playing:
                    assert matters_visible_to(name, person).filter(pk=pk).exists(), (name, person)
        assert derive_all(TODAY)["cases"] == 0

    def test_a_grant_taken_by_hand_is_taken_back(self, house: House) -> None:
        referral = sent(house)
        house.lado.groups.clear()
        assert not matters_visible_to("referrals", house.lado).exists()
        derive_all(TODAY)
        assert matters_visible_to("referrals", house.lado).get() == referral

    def test_somebody_who_left_sees_nothing(self, house: House) -> None:
        sent(house)
        Person.objects.filter(pk=house.lado.pk).update(is_active=False)
        house.lado.refresh_from_db()
        assert not matters_visible_to("referrals", house.lado).exists()


def test_the_year_is_counted_by_sector_category_outcome_and_time(house: House) -> None:
    concluded(house)
    kept(house, adult=adult_as("Somebody Else"))
    figures = figures_of(house.lado, date(2026, 1, 1), date(2026, 12, 31))
    assert figures.referrals == 2
    assert figures.by_outcome == {"Substantiated": 1}
    assert figures.by_category == {"Restraint": 1}
    assert figures.by_time == {"Within one month": 1}
