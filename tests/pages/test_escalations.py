"""Raising a concern, answering it and following it, through the pages."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from backend.access.models import ReadLog
from backend.grammar.roles import Role
from tests.factories import BARKING, DONCASTER, NOW, TODAY, World, a_setting, an_outcome
from tests.pages.conftest import Enter
from tests.workflows.escalations.conftest import (
    away,
    disputed,
    host,
    host_director,
    nights,
    raised,
)
from workflows.escalations import actions
from workflows.escalations.models import Escalation, LadderInUse, NamedContact, SettingMeeting
from workflows.visits.actions import record_visit

EVERY = tuple(
    role for role in Role if role not in (Role.CLOCK, Role.REFERRER, Role.RAISED_BY, Role.SENT_TO)
)
READS = {
    Role.HOST_OFFICER,
    Role.SOCIAL_WORKER,
    Role.TEAM_MANAGER,
    Role.SERVICE_MANAGER,
    Role.DIRECTOR,
    Role.IRO,
}


def day_sent(name: str, day: date) -> dict[str, Any]:
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def page_of(client: Client, case: Escalation) -> str:
    return words(client.get(reverse("escalation", args=[case.pk])))


def take(client: Client, case: Escalation, step: str, **sent: Any) -> Any:
    url = reverse("escalation_step", args=[case.pk, step])
    shown = client.get(url)
    assert shown.status_code == 200
    return client.post(url, {"version": shown.context["version"], **sent})


def asked(**facts: Any) -> dict[str, Any]:
    return {
        "kind": "host_placing",
        "concern": "Nobody has visited since January.",
        "wanted": "A visit this week.",
        "is_immediate_risk": "no",
        **facts,
    }


class TestRaising:
    def test_one_page_check_and_sent(self, world: World, enter: Enter) -> None:
        client = enter(world[Role.HOST_OFFICER])
        url = f"{reverse('escalation_raise')}?child={world.child.pk}"
        assert "Barking and Dagenham, which placed the child" in words(client.get(url))
        check = client.post(url, asked())
        assert check.status_code == 200
        assert "Check before you send" in words(check)
        assert not Escalation.objects.exists()
        answer = client.post(url, {**asked(), "send": "yes"})
        case = Escalation.objects.get()
        assert answer["Location"] == reverse("escalation", args=[case.pk])
        shown = words(client.get(answer["Location"]))
        assert f"Sent to {world[Role.SOCIAL_WORKER].name} (social worker)" in shown
        assert "If nobody answers by 3 March 2026, it goes to the team manager by itself." in shown

    def test_each_kind_goes_up_by_its_own_ladder(self, world: World, enter: Enter) -> None:
        client = enter(world[Role.IRO])
        url = f"{reverse('escalation_raise')}?child={world.child.pk}"
        shown = words(client.get(url))
        assert "Goes up by: Local default (5, 5, 5, 5 working days)" in shown
        assert "Goes up by: Local default (1, 3, 5, 10 working days)" in shown
        risk = {"is_immediate_risk": "yes", "risk": "Now.", "send": "yes"}
        sent = asked(kind="placing_host", rung="assistant director", **risk)
        assert "This ladder has only: practitioner" in words(client.post(url, sent))
        client.post(url, {**sent, "rung": "head of service"})
        assert Escalation.objects.get().stages.get(number=1).level == "head of service"

    def test_a_level_with_nobody_is_said_where_it_is_raised(
        self, world: World, enter: Enter
    ) -> None:
        away(world[Role.SOCIAL_WORKER], TODAY + timedelta(days=5))
        client = enter(world[Role.HOST_OFFICER])
        url = f"{reverse('escalation_raise')}?child={world.child.pk}"
        page = words(client.post(url, {**asked(), "send": "yes"}, follow=True))
        assert "Nobody could be told at: practitioner." in page
        assert "Nobody with an account here was at work. It went on at once." in page
        assert "away until 7 March 2026" in page

    def test_changing_something_keeps_what_was_typed(self, world: World, enter: Enter) -> None:
        client = enter(world[Role.HOST_OFFICER])
        url = f"{reverse('escalation_raise')}?child={world.child.pk}"
        again = client.post(url, {**asked(concern="Kept words."), "change": "yes"})
        assert "Kept words." in words(again)
        assert not Escalation.objects.exists()

    def test_what_is_missing_is_said_at_its_question(self, world: World, enter: Enter) -> None:
        client = enter(world[Role.HOST_OFFICER])
        url = f"{reverse('escalation_raise')}?child={world.child.pk}"
        answer = client.post(url, asked(concern="", is_immediate_risk="yes"))
        assert set(answer.context["form"].errors) == {"concern", "risk", "rung"}

    def test_from_a_visit_it_says_where_it_came_from(self, world: World, enter: Enter) -> None:
        visit = record_visit(
            child=world.child,
            outcome=an_outcome(TODAY - timedelta(days=3)),
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        client = enter(world[Role.SOCIAL_WORKER])
        url = f"{reverse('escalation_raise')}?child={world.child.pk}&about={visit.about}"
        client.post(url, {**asked(kind="placing_host"), "send": "yes"})
        case = Escalation.objects.get()
        assert case.came_from == visit.about
        assert reverse("visit", args=[visit.pk]) in page_of(client, case)

    @pytest.mark.parametrize("about", ["visits/999999", "escalations/1", "<script>", "x" * 200])
    def test_what_the_address_claims_is_not_believed(
        self, world: World, enter: Enter, about: str
    ) -> None:
        client = enter(world[Role.HOST_OFFICER])
        url = f"{reverse('escalation_raise')}?child={world.child.pk}&about={about}"
        answer = client.post(url, {**asked(), "send": "yes"})
        assert answer.status_code == 200
        assert "no work that you may see" in words(answer)
        assert not Escalation.objects.exists()

    @pytest.mark.parametrize("query", ["child=999999999", "child=frog", "setting=999999999"])
    def test_what_is_not_there_is_404(self, world: World, enter: Enter, query: str) -> None:
        client = enter(world[Role.HOST_OFFICER])
        assert client.get(f"{reverse('escalation_raise')}?{query}").status_code == 404

    def test_another_authoritys_child_is_404(self, world: World, enter: Enter) -> None:
        client = enter(world.stranger)
        url = f"{reverse('escalation_raise')}?child={world.child.pk}"
        assert client.get(url).status_code == 404
        assert client.post(url, {**asked(), "send": "yes"}).status_code == 404

    def test_without_a_child_it_offers_those_one_knows(self, world: World, enter: Enter) -> None:
        page = words(enter(world[Role.SOCIAL_WORKER]).get(reverse("escalation_raise")))
        assert world.child.name in page
        assert world.setting.name in page


class TestOneConcern:
    @pytest.mark.parametrize("role", EVERY)
    def test_who_may_read_it(self, world: World, enter: Enter, role: Role) -> None:
        case = raised(world)
        answer = enter(world[role]).get(reverse("escalation", args=[case.pk]))
        assert answer.status_code == (200 if role in READS else 404)

    def test_looking_is_logged_as_restricted(self, world: World, enter: Enter) -> None:
        case = raised(world)
        page_of(enter(world[Role.TEAM_MANAGER]), case)
        assert ReadLog.objects.get(page=case.about).depth == "restricted"

    def test_from_receipt_to_what_changed(self, world: World, enter: Enter) -> None:
        case = raised(world)
        worker, officer = enter(world[Role.SOCIAL_WORKER]), enter(world[Role.HOST_OFFICER])
        assert take(worker, case, "receive").status_code == 302
        assert f"{world[Role.SOCIAL_WORKER].name} has had it since" in page_of(officer, case)
        take(
            worker,
            case,
            "answer",
            answer="Amara goes on Thursday.",
            promised_by_whom="Amara",
            **day_sent("promised_by", TODAY + timedelta(days=3)),
        )
        shown = page_of(officer, case)
        assert "Amara goes on Thursday." in shown
        assert "Accept the answer" in shown
        assert "Accept the answer" not in page_of(worker, case)
        take(officer, case, "accept")
        missing = take(officer, case, "resolve", ended_how="She went.", changed_for_child="")
        assert "changed_for_child" in missing.context["form"].errors
        take(officer, case, "resolve", ended_how="She went.", changed_for_child="He was seen.")
        case.refresh_from_db()
        assert case.state == "resolved"
        assert "He was seen." in page_of(worker, case)

    def test_silence_is_said_with_names_and_days(self, world: World, enter: Enter) -> None:
        case = raised(world)
        nights(1, 2)
        shown = page_of(enter(world[Role.HOST_OFFICER]), case)
        manager = world[Role.TEAM_MANAGER].name
        assert f"No reply since 2 March 2026; sent to {manager}, team manager." in shown
        assert f"No reply since 2 March 2026; sent to {manager} (team manager)" in shown
        assert "It comes here if nobody answers by 6 March 2026." in shown
        assert "No reply, sent on" in shown

    def test_the_ladder_is_never_shown_as_law(self, world: World, enter: Enter) -> None:
        shown = page_of(enter(world[Role.HOST_OFFICER]), raised(world))
        assert "local default, not law" in shown

    def test_both_sides_write_and_each_notes_alone(self, world: World, enter: Enter) -> None:
        case = raised(world)
        officer, worker = enter(world[Role.HOST_OFFICER]), enter(world[Role.SOCIAL_WORKER])
        officer.post(reverse("escalation_message", args=[case.pk]), {"words": "Which day?"})
        officer.post(reverse("escalation_note", args=[case.pk]), {"words": "OURS ALONE"})
        worker.post(reverse("escalation_note", args=[case.pk]), {"words": "THEIRS ALONE"})
        assert "OURS ALONE" in page_of(officer, case)
        assert "THEIRS ALONE" in page_of(worker, case)
        for reader in (worker, enter(world[Role.IRO]), enter(world[Role.DIRECTOR])):
            shown = page_of(reader, case)
            assert "Which day?" in shown
            assert "OURS ALONE" not in shown
        assert "THEIRS ALONE" not in page_of(officer, case)

    def test_cafcass_is_the_iros_door(self, world: World, enter: Enter) -> None:
        case = disputed(world)
        iro = enter(world[Role.IRO])
        url = reverse("escalation_step", args=[case.pk, "go-outside"])
        stale = {"where": "cafcass", "reason": "A breach.", "version": case.version}
        actions.confirm_receipt(escalation=case, by=world[Role.TEAM_MANAGER], at=NOW)
        assert iro.post(url, stale).status_code == 302
        assert "Taken outside (1)" in page_of(iro, case)
        manager = enter(world[Role.TEAM_MANAGER])
        assert "Cafcass" not in str(manager.get(url).context["form"]["where"])

    def test_an_iro_passes_over_a_stage(self, world: World, enter: Enter) -> None:
        case = disputed(world)
        take(
            enter(world[Role.IRO]), case, "skip", rung="3", is_risk="no", reason="Her own decision."
        )
        assert "Passed over" in page_of(enter(world[Role.IRO]), case)

    def test_a_step_that_is_gone_says_so(self, world: World, enter: Enter) -> None:
        case = raised(world)
        url = reverse("escalation_step", args=[case.pk, "accept"])
        assert enter(world[Role.HOST_OFFICER]).get(url).status_code == 409

    def test_what_moved_on_keeps_what_was_typed(self, world: World, enter: Enter) -> None:
        case = raised(world)
        stale = case.version
        actions.confirm_receipt(escalation=case, by=world[Role.SOCIAL_WORKER], at=NOW)
        answer = enter(world[Role.SOCIAL_WORKER]).post(
            reverse("escalation_step", args=[case.pk, "answer"]),
            {"answer": "KEPT", "promised_by_whom": "Me", "version": stale},
        )
        assert answer.status_code == 412
        assert "KEPT" in words(answer)
        case.refresh_from_db()
        assert answer.context["version"] == case.version

    def test_somebody_else_is_refused_in_words(self, world: World, enter: Enter) -> None:
        case = raised(world)
        url = reverse("escalation_step", args=[case.pk, "withdraw"])
        sent = {"reason": "No.", "changed_for_child": "Nothing."}
        answer = enter(world[Role.TEAM_MANAGER]).post(url, sent)
        assert answer.status_code == 403
        case.refresh_from_db()
        assert case.state == "sent"

    def test_no_reader_of_the_childs_timeline_learns_of_it(
        self, world: World, enter: Enter
    ) -> None:
        raised(world, rung=1, is_immediate_risk=True, risk="Now.")
        url = reverse("child_timeline", args=[world.child.pk])
        for role, reads in ((Role.TEAM_MANAGER, True), (Role.SOCIAL_WORKER, False)):
            shown = words(enter(world[role]).get(url))
            assert ("raised a concern with" in shown) is reads
        assert "raised a concern with" not in words(enter(world[Role.ADVOCATE]).get(url))


class TestLists:
    def test_what_waits_on_me_comes_first(self, world: World, enter: Enter) -> None:
        raised(world)
        page = words(enter(world[Role.SOCIAL_WORKER]).get(reverse("escalations")))
        assert "Waiting on you" in page
        assert "You raised" not in page
        page = words(enter(world[Role.HOST_OFFICER]).get(reverse("escalations")))
        assert "You raised" in page

    def test_my_work_says_that_one_waits(self, world: World, enter: Enter) -> None:
        assert "waiting on you" not in words(enter(world[Role.SOCIAL_WORKER]).get("/"))
        raised(world)
        line = "1 concern between agencies waiting on you</a>"
        assert line in words(enter(world[Role.SOCIAL_WORKER]).get("/"))
        assert line not in words(enter(world[Role.HOST_OFFICER]).get("/"))

    def test_a_stranger_sees_none(self, world: World, enter: Enter) -> None:
        raised(world)
        page = words(enter(world.stranger).get(reverse("escalations")))
        assert "No concern is open." in page
        assert world.child.name not in page

    def test_managers_see_them_by_level_and_age(self, world: World, enter: Enter) -> None:
        raised(world)
        raised(world, rung=3, is_immediate_risk=True, risk="Now.")
        page = words(enter(world[Role.DIRECTOR]).get(reverse("escalations_overview")))
        assert "At the highest level" in page
        assert "Up to 5" in page

    def test_a_list_says_since_when_nobody_replied(self, world: World, enter: Enter) -> None:
        raised(world)
        disputed(world)
        nights(1, 2)
        page = words(enter(world[Role.TEAM_MANAGER]).get(reverse("escalations")))
        manager = world[Role.TEAM_MANAGER].name
        assert f"No reply since 2 March 2026; sent to {manager} on 4 March 2026" in page
        assert "The IRO of Barking and Dagenham asks Barking and Dagenham" in page

    def test_others_have_no_overview(self, world: World, enter: Enter) -> None:
        worker = enter(world[Role.SOCIAL_WORKER])
        assert worker.get(reverse("escalations_overview")).status_code == 403
        assert reverse("escalations_overview") not in words(worker.get(reverse("escalations")))

    @pytest.mark.parametrize("name", ["escalations", "escalations_overview"])
    def test_the_spreadsheet_is_as_the_reader_sees_it(
        self, world: World, enter: Enter, name: str
    ) -> None:
        raised(world)
        for person, rows in ((world[Role.TEAM_MANAGER], 1), (world.stranger, 0)):
            file = enter(person).get(reverse(name), {"export": "1"})
            sheet = load_workbook(BytesIO(file.content)).active
            assert sheet is not None
            assert sheet.max_row == 2 + rows

    @pytest.mark.parametrize("name", ["escalations", "escalations_overview"])
    def test_three_ask_as_often_as_one(self, world: World, enter: Enter, name: str) -> None:
        client = enter(world[Role.TEAM_MANAGER])
        raised(world)

        def queries() -> int:
            client.get(reverse(name))
            with CaptureQueriesContext(connection) as found:
                assert client.get(reverse(name)).status_code == 200
            return len(found)

        one = queries()
        raised(world)
        raised(world)
        assert queries() == one


class TestWhomToCall:
    def test_a_manager_names_and_everybody_finds(self, world: World, enter: Enter) -> None:
        manager = enter(world[Role.TEAM_MANAGER])
        added = manager.post(
            reverse("contact_add"),
            {
                "place": f"authority:{BARKING}",
                "level": "director",
                "name": "Sunita Rao",
                "phone": "020 7946 0000",
                "account": world[Role.DIRECTOR].email,
            },
        )
        assert added.status_code == 302, added.context["form"].errors
        row = NamedContact.objects.get()
        assert (row.person, row.authority_id) == (world[Role.DIRECTOR], BARKING)
        reader = enter(world[Role.REGISTERED_MANAGER])
        assert "Sunita Rao" in words(reader.get(reverse("who_to_call")))
        reader.post(reverse("contact_say", args=[row.pk, "not-reached"]))
        assert "Could not be reached" in words(reader.get(reverse("who_to_call")))
        assert reader.get(reverse("contact_change", args=[row.pk])).status_code == 403
        assert reader.post(reverse("contact_say", args=[row.pk, "remove"])).status_code == 403
        manager.post(reverse("contact_say", args=[row.pk, "remove"]))
        assert "Sunita Rao" not in words(reader.get(reverse("who_to_call")))

    def test_an_account_that_is_not_there_is_said(self, world: World, enter: Enter) -> None:
        answer = enter(world[Role.TEAM_MANAGER]).post(
            reverse("contact_add"),
            {
                "place": f"authority:{BARKING}",
                "level": "duty",
                "name": "Desk",
                "phone": "1",
                "account": "nobody@example.org",
            },
        )
        assert "account" in answer.context["form"].errors

    def test_a_social_worker_does_not_keep_it(self, world: World, enter: Enter) -> None:
        client = enter(world[Role.SOCIAL_WORKER])
        assert client.get(reverse("contact_add")).status_code == 403
        assert client.get(reverse("who_answers")).status_code == 403
        assert reverse("who_answers") not in words(client.get(reverse("who_to_call")))

    def test_whoever_keeps_several_places_says_which(self, world: World, enter: Enter) -> None:
        client = enter(host_director(world))
        url = f"{reverse('contact_add')}?place=setting:{world.setting.pk}&level=director"
        assert "Select where they work" in words(client.post(url, {"name": "Rae", "phone": "1"}))
        sent = {"place": f"setting:{world.setting.pk}", "level": "director", "name": "Rae"}
        assert client.post(url, {**sent, "phone": "1"}).status_code == 302
        row = NamedContact.objects.get()
        assert (row.setting, row.authority) == (world.setting, None)

    def test_a_level_with_nobody_is_seen_before_anybody_asks(
        self, world: World, enter: Enter
    ) -> None:
        keeper = host_director(world)
        actions.name_contact(
            authority=host(world), level="lado_senior", name="Pat", phone="1", by=keeper, at=NOW
        )
        answer = enter(keeper).get(reverse("who_answers"))
        authority, home = answer.context["places"]
        assert {line["level"]: line["label"] for line in authority["lines"]} == {
            "Practitioner": "Somebody is there",
            "Team manager": "Nobody for children living here",
            "Head of service": "Nobody for children living here",
            "Assistant director": "Nobody",
            "Director of children's services": "Somebody is there",
            "Named senior for the LADO service": "Cannot be told here",
            "LADO": "Somebody is there",
            "IRO service": "Nobody",
            "Duty team, day and night": "Nobody",
        }
        assert home["name"] == world.setting.name
        assert home["lines"][0]["people"] == [
            f"{world[Role.REGISTERED_MANAGER].name}, registered manager"
        ]
        page = words(answer)
        assert "goes on to the next level at once" in page
        assert f"place=authority:{DONCASTER}&amp;level=senior" in page

    def test_many_homes_ask_as_often_as_one(self, world: World, enter: Enter) -> None:
        client = enter(host_director(world))

        def queries() -> int:
            client.get(reverse("who_answers"))
            with CaptureQueriesContext(connection) as found:
                assert client.get(reverse("who_answers")).status_code == 200
            return len(found)

        one = queries()
        a_setting()
        a_setting()
        assert queries() == one


class TestLadders:
    def test_an_administrator_chooses_and_says_for_whom_it_holds(
        self, world: World, enter: Enter
    ) -> None:
        client = enter(world[Role.ADMINISTRATOR])
        url = reverse("ladder_choose", args=[BARKING, "challenge"])
        assert "Those raised before keep theirs" in words(client.get(url))
        assert client.post(url, {"code": "darlington"}).status_code == 302
        assert LadderInUse.objects.get().name == "Darlington Safeguarding Partnership"
        assert "Darlington" in words(client.get(reverse("ladders")))

    def test_a_director_writes_down_their_own(self, world: World, enter: Enter) -> None:
        client = enter(world[Role.DIRECTOR])
        choose = reverse("ladder_choose", args=[BARKING, "iro_dispute"])
        url = reverse("ladder_own", args=[BARKING, "iro_dispute"])
        assert client.post(choose, {"code": "own"})["Location"] == url
        grown = client.post(url, {"count": "2", "add": "level", "name": "Kept"})
        assert len(grown.context["asked"].forms) == 3
        assert "Kept" in words(grown)
        sent = {
            "count": "3",
            "name": "Barking's own",
            "source": "Procedures, chapter 4",
            "level-1-levels": ["practitioner", "team_manager"],
            "level-1-answer_days": "10",
            "level-1-is_informal": ["yes"],
            "level-2-levels": ["service_manager"],
            "level-2-receive_days": "2",
            "level-2-answer_days": "5",
        }
        assert "The highest level is the director" in words(client.post(url, sent))
        assert not LadderInUse.objects.exists()
        top = {"level-3-levels": ["director"], "level-3-answer_days": "10"}
        wrong = client.post(url, {**sent, **top, "level-2-receive_days": "6"})
        assert "Receipt is confirmed no later than the answer is due" in words(wrong)
        assert client.post(url, {**sent, **top}).status_code == 302
        case = disputed(world)
        assert case.ladder_name == "Barking's own"
        assert [(rung.words, rung.answer_days, rung.is_formal) for rung in case.ladder] == [
            ("practitioner and team manager", 10, False),
            ("head of service", 5, True),
            ("director of children's services", 10, True),
        ]
        assert "as the authority wrote it down" in page_of(enter(world[Role.IRO]), case)

    @pytest.mark.parametrize("role", [Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.HOST_OFFICER])
    def test_others_read_it_and_do_not_choose(self, world: World, enter: Enter, role: Role) -> None:
        client = enter(world[role])
        assert "local default" in words(client.get(reverse("ladders"))).lower()
        url = reverse("ladder_choose", args=[BARKING, "challenge"])
        for address in (url, reverse("ladder_own", args=[BARKING, "challenge"])):
            assert client.post(address, {"code": "darlington"}).status_code == 403
        assert not LadderInUse.objects.exists()


class TestMeetings:
    def test_called_held_and_closed(self, world: World, enter: Enter) -> None:
        officer, manager = enter(world[Role.HOST_OFFICER]), enter(world[Role.TEAM_MANAGER])
        called = officer.post(
            reverse("setting_meeting_call", args=[world.setting.pk]),
            {
                "purpose": "Night staffing.",
                "meets_at": "10:00",
                "is_ofsted_invited": "yes",
                "advocate": world[Role.ADVOCATE].email,
                **day_sent("meets_on", TODAY),
            },
        )
        assert called.status_code == 302, called.context["form"].errors
        meeting = SettingMeeting.objects.get()
        url = reverse("setting_meeting", args=[meeting.pk])
        assert "Night staffing." in words(manager.get(url))
        assert "Night staffing." in words(enter(world[Role.ADVOCATE]).get(url))
        assert enter(world[Role.SOCIAL_WORKER]).get(url).status_code == 404

        def step(client: Client, name: str, **sent: Any) -> Any:
            return client.post(reverse("setting_meeting_step", args=[meeting.pk, name]), sent)

        assert step(manager, "hold").status_code == 403
        held = step(
            officer,
            "hold",
            attended="Doncaster, Barking",
            minutes="Two awake at night.",
            **day_sent("held_on", TODAY),
        )
        assert held.status_code == 302, held.context["form"].errors
        added = step(
            officer,
            "add-action",
            what="Go at night.",
            authority=BARKING,
            owner_name="Helen Marsh",
            **day_sent("due_on", TODAY + timedelta(days=7)),
        )
        assert added.status_code == 302, added.context["form"].errors
        assert step(officer, "close", reason="Done.").status_code == 409
        task = meeting.tasks.get()
        done = manager.post(
            reverse("setting_meeting_done", args=[meeting.pk, task.pk]), {"done_how": "Went."}
        )
        assert done.status_code == 302
        assert step(officer, "close", reason="Done.").status_code == 302

    @pytest.mark.parametrize("role", [Role.TEAM_MANAGER, Role.SOCIAL_WORKER, Role.ADVOCATE])
    def test_others_call_none(self, world: World, enter: Enter, role: Role) -> None:
        url = reverse("setting_meeting_call", args=[world.setting.pk])
        assert enter(world[role]).get(url).status_code == 404
