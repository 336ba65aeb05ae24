"""Notices, decisions and the host's register through the pages, by those who open them."""

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
from tests.factories import NOW, TODAY, World, a_child, moment, placed
from tests.pages.conftest import Enter
from tests.workflows.notices.walks import (
    START,
    asked,
    home_says,
    line_of,
    satisfied,
    tell_host,
    the_notice,
)
from workflows.notices import actions
from workflows.notices.models import (
    Approval,
    HomeNotice,
    HostNotice,
    Mismatch,
    Recipient,
    ReportRequest,
)


def day_sent(name: str, day: date) -> dict[str, Any]:
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def post(client: Client, url: str, **sent: Any) -> Any:
    assert client.get(url).status_code == 200
    answer = client.post(url, sent)
    assert answer.status_code == 302, answer.context["form"].errors
    return answer


class TestDeciding:
    def test_whoever_decides_is_led_to_what_waits(self, world: World, enter: Enter) -> None:
        asked(world)
        url = reverse("approvals")
        for role in (Role.DIRECTOR, Role.NOMINATED_OFFICER):
            assert f'href="{url}"' in words(enter(world[role]).get("/"))
        line = "1 placement outside the area waiting for your approval"
        assert line in words(enter(world[Role.DIRECTOR]).get("/"))
        assert url not in words(enter(world[Role.TEAM_MANAGER]).get("/"))

    def test_from_asking_to_approval(self, world: World, enter: Enter) -> None:
        worker, director = enter(world[Role.SOCIAL_WORKER]), enter(world[Role.DIRECTOR])
        answer = post(
            worker,
            reverse("approval_ask", args=[world.child.pk]),
            where=f"placement:{world.placement.pk}",
            needs="Waking nights.",
            why_here="None nearer.",
            is_emergency="no",
            **day_sent("starts_on", START),
        )
        approval = Approval.objects.get()
        assert answer.url == reverse("approval", args=[approval.pk])
        page = words(worker.get(answer.url))
        assert "5 not recorded" in page
        assert "given a copy of the care plan" in page
        for kind in ("wishes", "most_appropriate", "relatives", "area_authority", "iro"):
            post(
                worker,
                reverse("approval_condition", args=[approval.pk, kind]),
                evidence="Done on the day.",
                **({"was_not_appropriate": "no"} if kind == "relatives" else {}),
                **day_sent("satisfied_on", TODAY),
            )
        waiting = words(director.get(reverse("approvals")))
        assert world.child.name in waiting
        post(
            director,
            reverse("approval_step", args=[approval.pk, "approve-distant"]),
            **day_sent("decided_on", TODAY),
        )
        assert Approval.objects.get().state == "approved"
        assert "Approved" in words(worker.get(reverse("child_notices", args=[world.child.pk])))

    def test_what_is_missing_is_said_and_nothing_is_lost(self, world: World, enter: Enter) -> None:
        approval = asked(world)
        answer = enter(world[Role.DIRECTOR]).post(
            reverse("approval_step", args=[approval.pk, "approve-distant"]),
            day_sent("decided_on", TODAY),
        )
        assert answer.status_code == 409
        assert "record the evidence for" in words(answer)

    def test_whoever_may_not_decide_is_told_who_may(self, world: World, enter: Enter) -> None:
        approval = satisfied(world, asked(world))
        answer = enter(world[Role.SOCIAL_WORKER]).get(
            reverse("approval_step", args=[approval.pk, "approve-distant"])
        )
        assert answer.status_code == 403

    def test_the_short_way_is_offered_in_an_emergency_only(
        self, world: World, enter: Enter
    ) -> None:
        approval = asked(world)
        director = enter(world[Role.DIRECTOR])
        url = reverse("approval", args=[approval.pk])
        assert "in an emergency" not in words(director.get(url))
        Approval.objects.filter(pk=approval.pk).update(
            is_emergency=True, emergency_reason="No bed tonight."
        )
        assert "in an emergency" in words(director.get(url))

    def test_the_first_page_of_a_nominated_officer(self, world: World, enter: Enter) -> None:
        page = enter(world[Role.NOMINATED_OFFICER]).get(reverse("work"))
        assert "No placement waits for your approval" in words(page)

    def test_others_have_no_list_of_decisions(self, world: World, enter: Enter) -> None:
        assert enter(world[Role.IRO]).get(reverse("approvals")).status_code == 403


class TestTelling:
    def test_several_are_told_at_once(self, world: World, enter: Enter) -> None:
        worker, notice = enter(world[Role.SOCIAL_WORKER]), the_notice(world.placement)
        lines = [line_of(notice, name) for name in ("child", "iro", "gp_before")]
        post(
            worker,
            reverse("notice_told", args=[notice.pk]),
            lines=[str(line.pk) for line in lines],
            **day_sent("sent_on", TODAY),
        )
        told = notice.lines.filter(outcome="sent")
        assert {line.recipient for line in told} == {"child", "iro", "gp_before"}

    def test_the_host_is_sent_the_words_of_the_approval(self, world: World, enter: Enter) -> None:
        asked(world)
        worker, notice = enter(world[Role.SOCIAL_WORKER]), the_notice(world.placement)
        url = reverse("notice_step", args=[notice.pk, "host"])
        assert "Waking night staff." in words(worker.get(url))
        post(
            worker,
            url,
            needs="Nights.",
            why_here="None nearer.",
            has_care_plan="yes",
            **day_sent("sent_on", TODAY),
        )
        assert HostNotice.objects.get().has_care_plan

    def test_withholding_is_offered_only_where_the_law_lets_it(
        self, world: World, enter: Enter
    ) -> None:
        notice = the_notice(world.placement)
        page = enter(world[Role.SOCIAL_WORKER]).get(reverse("notice", args=[notice.pk]))
        ways = {
            entry["line"].recipient: [way["label"] for way in entry["ways"]]
            for entry in page.context["lines"]
        }
        assert "Withhold" in ways[Recipient.PARENT]
        assert "Withhold" not in ways[Recipient.IRO]
        assert ways[Recipient.HOST] == ["Send the notice"]

    def test_withheld_with_a_reason_and_an_emergency(self, world: World, enter: Enter) -> None:
        worker, notice = enter(world[Role.SOCIAL_WORKER]), the_notice(world.placement)
        line = line_of(notice, "parent")
        url = reverse("notice_line", args=[notice.pk, line.pk, "withhold"])
        assert worker.post(url, {"reason": ""}).status_code == 200
        post(worker, url, reason="Harm.")
        post(worker, reverse("notice_step", args=[notice.pk, "emergency"]), reason="No bed.")
        notice.refresh_from_db()
        assert notice.is_emergency
        line.refresh_from_db()
        assert line.outcome == "withheld"

    def test_plans_are_kept_one_without_the_other(self, world: World, enter: Enter) -> None:
        notice = the_notice(world.placement)
        post(
            enter(world[Role.SOCIAL_WORKER]),
            reverse("notice_step", args=[notice.pk, "plans"]),
            **day_sent("placement_plan_on", START),
        )
        notice.refresh_from_db()
        assert (notice.placement_plan_on, notice.care_plan_on) == (START, None)

    @pytest.mark.parametrize("step", ["nothing", "send"])
    def test_a_step_that_is_none_is_not_there(self, world: World, enter: Enter, step: str) -> None:
        url = reverse("notice_step", args=[the_notice(world.placement).pk, step])
        assert enter(world[Role.SOCIAL_WORKER]).get(url).status_code == 404


class TestHost:
    def test_reads_the_notice_and_acknowledges_it(self, world: World, enter: Enter) -> None:
        tell_host(world, the_notice(world.placement))
        given, client = HostNotice.objects.get(), enter(world[Role.HOST_OFFICER])
        url = reverse("host_notice", args=[given.pk])
        assert "Waking night staff; signs." in words(client.get(url))
        assert ReadLog.objects.filter(
            person_id=world[Role.HOST_OFFICER].pk, child_id=world.child.pk
        ).exists()
        assert client.post(url, {"version": given.version}).status_code == 302
        given.refresh_from_db()
        assert given.acknowledged_by == world[Role.HOST_OFFICER]

    def test_the_sender_sees_the_silence_and_cannot_answer_for_them(
        self, world: World, enter: Enter
    ) -> None:
        tell_host(world, the_notice(world.placement))
        url = reverse("host_notice", args=[HostNotice.objects.get().pk])
        client = enter(world[Role.SOCIAL_WORKER])
        assert "Not yet" in words(client.get(url))
        sent = reverse("notice", args=[the_notice(world.placement).pk])
        assert "Acknowledgement by the host authority:" in words(client.get(sent))
        assert client.post(url, {}).status_code == 403

    def test_the_host_sees_its_own_part_and_no_record(self, world: World, enter: Enter) -> None:
        asked(world)
        tell_host(world, the_notice(world.placement))
        page = words(
            enter(world[Role.HOST_OFFICER]).get(reverse("child_notices", args=[world.child.pk]))
        )
        assert "What the host authority was given (1)" in page
        assert "Approval of placements" not in page
        assert "Who was told" not in page
        for name, pk in (
            ("notice", the_notice(world.placement).pk),
            ("approval", Approval.objects.get().pk),
        ):
            answer = enter(world[Role.HOST_OFFICER]).get(reverse(name, args=[pk]))
            assert answer.status_code == 404

    def test_the_register_from_both_sources(self, world: World, enter: Enter) -> None:
        home_says(world, name="Unknown Child")
        client = enter(world[Role.HOST_OFFICER])
        page = words(client.get(reverse("register")))
        assert world.child.name in page
        assert "Known only from a home (1)" in page
        assert "Unknown Child" in page
        for chosen, is_there in (({"differs": "differs"}, False), ({"as_at": "2020-01-01"}, False)):
            narrowed = client.get(reverse("register"), chosen)
            assert (world.child.name in words(narrowed)) is is_there

    def test_the_register_as_a_spreadsheet(self, world: World, enter: Enter) -> None:
        home_says(world, name="Unknown Child")
        answer = enter(world[Role.HOST_OFFICER]).get(reverse("register"), {"export": "1"})
        rows = list(load_workbook(BytesIO(answer.content)).active.values)
        assert {row[0] for row in rows[2:]} == {world.child.name, "Unknown Child"}

    def test_three_children_take_no_more_queries_than_one(self, world: World, enter: Enter) -> None:
        client = enter(world[Role.HOST_OFFICER])

        def asked_for() -> int:
            with CaptureQueriesContext(connection) as found:
                assert client.get(reverse("register")).status_code == 200
            return len(found)

        asked_for()
        one = asked_for()
        for _ in range(2):
            placed(a_child(team=world.team), world.setting)
        assert asked_for() == one

    @pytest.mark.parametrize("role", [Role.SOCIAL_WORKER, Role.REGISTERED_MANAGER])
    def test_others_have_no_register(self, world: World, enter: Enter, role: Role) -> None:
        assert enter(world[role]).get(reverse("register")).status_code == 403


class TestHome:
    SAYS: dict[str, Any] = {
        "kind": "admission",
        "basis": "s31",
        "authority_contact": "Duty desk",
        "iro_contact": "020 7946 0001",
        "has_ehc_plan": "no",
        **day_sent("happened_on", START),
    }

    def test_the_manager_gives_notice(self, world: World, enter: Enter) -> None:
        client = enter(world[Role.REGISTERED_MANAGER])
        assert world.setting.name in words(client.get(reverse("home_notices")))
        post(
            client,
            reverse("home_notice_new", args=[world.setting.pk]),
            name=world.child.name,
            **self.SAYS,
            **day_sent("date_of_birth", world.child.date_of_birth),
        )
        notice = HomeNotice.objects.get()
        assert (notice.state, notice.came_on_paper) == ("matched", False)
        assert "Acknowledged" in words(client.get(reverse("home_notice", args=[notice.pk])))

    def test_the_host_enters_a_letter_and_matches_it(self, world: World, enter: Enter) -> None:
        client = enter(world[Role.HOST_OFFICER])
        post(
            client,
            reverse("home_notice_new", args=[world.setting.pk]),
            name="Nickname",
            **self.SAYS,
            **day_sent("sent_on", START),
            **day_sent("date_of_birth", world.child.date_of_birth),
        )
        notice = HomeNotice.objects.get()
        assert (notice.state, notice.came_on_paper) == ("sent", True)
        for step, sent in (("match", {"placement": world.placement.pk}), ("acknowledge", {})):
            post(client, reverse("home_notice_step", args=[notice.pk, step]), **sent)
        notice.refresh_from_db()
        assert (notice.child, notice.acknowledged_by) == (world.child, world[Role.HOST_OFFICER])

    def test_another_home_is_not_there(self, world: World, enter: Enter) -> None:
        from tests.factories import a_setting

        url = reverse("home_notice_new", args=[a_setting().pk])
        assert enter(world[Role.REGISTERED_MANAGER]).get(url).status_code == 404

    def test_what_is_missing_is_asked_for(self, world: World, enter: Enter) -> None:
        url = reverse("home_notice_new", args=[world.setting.pk])
        answer = enter(world[Role.REGISTERED_MANAGER]).post(url, {**self.SAYS, "name": ""})
        assert "Enter the child" in words(answer)
        assert not HomeNotice.objects.exists()

    def test_a_difference_is_explained_settled_and_opened_again(
        self, world: World, enter: Enter
    ) -> None:
        home_says(world, START + timedelta(days=1))
        one = Mismatch.objects.get(kind="start_differs")
        home, host = enter(world[Role.REGISTERED_MANAGER]), enter(world[Role.HOST_OFFICER])
        assert world.child.name in words(host.get(reverse("mismatches")))
        post(home, reverse("mismatch_step", args=[one.pk, "explain"]), words="By night.")
        said = one.explanations.get()
        correcting = f"{reverse('mismatch_step', args=[one.pk, 'explain'])}?corrects={said.pk}"
        assert correcting in words(home.get(reverse("mismatch", args=[one.pk])))
        assert host.get(correcting).status_code == 404
        assert "By night." in words(home.get(correcting))
        post(home, correcting, words="By day.")
        page = words(host.get(reverse("mismatch", args=[one.pk])))
        assert "Corrected</strong> By night." in page
        assert "By day." in page
        assert correcting not in words(home.get(reverse("mismatch", args=[one.pk])))
        assert home.get(reverse("mismatch_step", args=[one.pk, "settle"])).status_code == 403
        post(host, reverse("mismatch_step", args=[one.pk, "settle"]), reason="A night move.")
        post(host, reverse("mismatch_step", args=[one.pk, "reopen"]))
        one.refresh_from_db()
        assert one.state == "open"
        page = words(host.get(reverse("mismatch", args=[one.pk])))
        assert "Settled before, and opened again" in page
        assert "A night move." in page

    def test_a_concern_is_raised_from_a_homes_notice(self, world: World, enter: Enter) -> None:
        notice = home_says(world)
        page = words(enter(world[Role.HOST_OFFICER]).get(reverse("home_notice", args=[notice.pk])))
        assert f"child={world.child.pk}&amp;about=home-notices/{notice.pk}" in page


class TestReports:
    def test_a_month_that_did_not_come_is_shown_per_home(self, world: World, enter: Enter) -> None:
        asked_at = moment(TODAY - timedelta(days=50))
        request = actions.ask_for_reports(
            setting=world.setting, by=world[Role.HOST_OFFICER], at=asked_at
        )
        actions.agree_to_reports(request=request, by=world[Role.REGISTERED_MANAGER], at=asked_at)
        host = enter(world[Role.HOST_OFFICER])
        page = words(host.get(reverse("report_requests")))
        assert "Expected, not received</strong> January 2026" in page
        assert "1 expected and not received" in words(host.get(reverse("register")))

    def test_asked_agreed_received_and_overdue_shown(self, world: World, enter: Enter) -> None:
        host, home = enter(world[Role.HOST_OFFICER]), enter(world[Role.REGISTERED_MANAGER])
        assert f"Ask {world.setting.name}" in words(host.get(reverse("report_requests")))
        post(host, reverse("reports_ask", args=[world.setting.pk]), why="Many children.")
        request = ReportRequest.objects.get()
        post(home, reverse("report_request_step", args=[request.pk, "agree"]))
        page = words(host.get(reverse("report_request", args=[request.pk])))
        assert "Expected and not received (1)" in page
        assert "March 2026" in page
        post(
            host,
            reverse("report_request_step", args=[request.pk, "receive"]),
            month="2026-03-01",
            is_safeguarded="yes",
            summary="Calm.",
            **day_sent("received_on", TODAY),
        )
        page = words(host.get(reverse("report_request", args=[request.pk])))
        assert "Received (1)" in page
        assert "Expected and not received" not in page

    def test_refused_with_a_reason(self, world: World, enter: Enter) -> None:
        request = actions.ask_for_reports(
            setting=world.setting, by=world[Role.HOST_OFFICER], at=NOW
        )
        client = enter(world[Role.REGISTERED_MANAGER])
        post(client, reverse("report_request_step", args=[request.pk, "refuse"]), reason="No.")
        assert (
            client.get(reverse("report_request_step", args=[request.pk, "withdraw"])).status_code
            == 403
        )


@pytest.mark.parametrize("name", ["host_notice", "home_notice", "mismatch", "report_request"])
def test_a_stranger_finds_nothing(world: World, enter: Enter, name: str) -> None:
    tell_host(world, the_notice(world.placement))
    home_says(world, START + timedelta(days=1))
    actions.ask_for_reports(setting=world.setting, by=world[Role.HOST_OFFICER], at=NOW)
    models: dict[str, Any] = {
        "host_notice": HostNotice,
        "home_notice": HomeNotice,
        "mismatch": Mismatch,
        "report_request": ReportRequest,
    }
    url = reverse(name, args=[models[name].objects.order_by("pk")[0].pk])
    assert enter(world[Role.HOST_OFFICER]).get(url).status_code == 200
    assert enter(world.stranger).get(url).status_code == 404
