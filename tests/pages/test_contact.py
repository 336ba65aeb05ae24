"""Contact with family and others through the pages, and who from outside comes into a home."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from backend.deadlines.models import Deadline
from backend.grammar.roles import Role
from backend.records.models import Relative
from tests.factories import NOW, TODAY, World
from tests.pages.conftest import Enter
from workflows.contact import actions
from workflows.contact.models import Contact, ContactPlan

ENTRY = {"who": "family", "name": "Sister", "way": "in_person", "where": "setting"}


def day_sent(name: str, day: date) -> dict[str, Any]:
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


def words(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def url_of(world: World, name: str = "child_contact") -> str:
    return reverse(name, args=[world.child.pk])


def post(client: Client, url: str, **sent: Any) -> None:
    assert client.get(url).status_code == 200
    answer = client.post(url, sent)
    assert answer.status_code == 302, answer.context["form"].errors


def mother(world: World) -> Relative:
    return Relative.objects.create(child=world.child, name="Mum Example", relationship="Mother")


def a_plan(world: World) -> ContactPlan:
    return actions.agree_plan(
        child=world.child,
        relative=mother(world),
        way="in_person",
        every_days=14,
        started_on=TODAY - timedelta(days=20),
        agreed_by="Mother and the child.",
        childs_wish="Looks at mum's picture.",
        by=world[Role.SOCIAL_WORKER],
        at=NOW,
    )


def a_contact(world: World, role: Role = Role.SOCIAL_WORKER, **facts: Any) -> Contact:
    return actions.record_contact(
        **{
            "child": world.child,
            **ENTRY,
            "on": TODAY - timedelta(days=1),
            "source": "observation",
            "by": world[role],
            "at": NOW,
            **facts,
        }
    )


class TestPlans:
    def test_somebody_is_named_and_contact_agreed(self, world: World, enter: Enter) -> None:
        client = enter(world[Role.SOCIAL_WORKER])
        post(
            client,
            url_of(world, "contact_people"),
            name="Mum Example",
            relationship="Mother",
            has_parental_responsibility="yes",
            contact_restricted="no",
        )
        relative = Relative.objects.get(child=world.child)
        post(
            client,
            url_of(world, "contact_agree"),
            relative=str(relative.pk),
            way="video",
            every_days="7",
            agreed_by="Everybody.",
            childs_wish="Smiles at the screen.",
            is_supervised="no",
            restricted_by_order="no",
            **day_sent("started_on", TODAY),
        )
        page = words(client.get(url_of(world)))
        assert page.index("Smiles at the screen.") < page.index("at least every 7 days")
        assert Deadline.objects.filter(child=world.child, room="contact").exists()

    def test_agreeing_with_nobody_on_record_says_what_to_do(
        self, world: World, enter: Enter
    ) -> None:
        page = enter(world[Role.SOCIAL_WORKER]).get(url_of(world, "contact_agree"))
        assert page.status_code == 409
        assert "Add them first" in words(page)

    @pytest.mark.parametrize("days", ["", "0", "-3", "400", "frog", "9" * 30])
    def test_how_often_must_be_a_number_of_days(
        self, world: World, enter: Enter, days: str
    ) -> None:
        mother(world)
        page = enter(world[Role.SOCIAL_WORKER]).post(
            url_of(world, "contact_agree"), {"every_days": days}
        )
        assert "every_days" in page.context["form"].errors
        assert not ContactPlan.objects.exists()

    def test_set_aside_taken_up_and_ended(self, world: World, enter: Enter) -> None:
        plan, client = a_plan(world), enter(world[Role.TEAM_MANAGER])

        def take(step: str, **sent: Any) -> None:
            plan.refresh_from_db()
            url = reverse("contact_plan_step", args=[plan.pk, step])
            post(client, url, version=plan.version, **sent)

        take("suspend", reason="The court asked.", **day_sent("started_on", TODAY))
        assert "The court asked." in words(client.get(url_of(world)))
        take("resume", **day_sent("resumed_on", TODAY))
        take("end", reason="She moved away.", **day_sent("ended_on", TODAY))
        plan.refresh_from_db()
        assert plan.state == "ended"
        gone = client.get(reverse("contact_plan_step", args=[plan.pk, "suspend"]))
        assert gone.status_code == 409

    def test_plan_that_moved_on_is_412(self, world: World, enter: Enter) -> None:
        plan = a_plan(world)
        stale = plan.version
        actions.suspend_plan(
            plan=plan, started_on=TODAY, reason="Ill.", by=world[Role.TEAM_MANAGER], at=NOW
        )
        page = enter(world[Role.SOCIAL_WORKER]).post(
            reverse("contact_plan_step", args=[plan.pk, "suspend"]),
            {"reason": "Moved.", "version": stale, **day_sent("started_on", TODAY)},
        )
        assert page.status_code == 412
        assert "Moved." in words(page)


class TestLog:
    def test_contact_under_a_plan_meets_what_was_agreed(self, world: World, enter: Enter) -> None:
        plan = a_plan(world)
        post(
            enter(world[Role.SOCIAL_WORKER]),
            url_of(world, "contact_record"),
            **{**ENTRY, "source": "child", "plan": str(plan.pk)},
            **day_sent("on", TODAY - timedelta(days=10)),
        )
        first = Deadline.objects.get(child=world.child, key=f"contact:k{plan.pk}:start")
        assert first.status == "met"

    def test_planned_contact_is_settled_once(self, world: World, enter: Enter) -> None:
        client = enter(world[Role.SOCIAL_WORKER])
        post(client, url_of(world, "contact_arrange"), **ENTRY, **day_sent("on", TODAY))
        one = Contact.objects.get()
        page = client.get(f"{url_of(world, 'contact_missed')}?contact={one.pk}")
        assert page.context["form"]["name"].value() == "Sister"
        sent = {
            **ENTRY,
            "why_not": "setting",
            "reason": "No driver.",
            **day_sent("on", TODAY),
        }
        post(client, f"{url_of(world, 'contact_missed')}?contact={one.pk}", **sent)
        one.refresh_from_db()
        assert (one.outcome, one.why_not) == ("missed", "setting")
        again = client.post(
            f"{url_of(world, 'contact_record')}?contact={one.pk}",
            {**ENTRY, "source": "child", **day_sent("on", TODAY)},
        )
        assert again.status_code == 409
        assert "already recorded this contact" in words(again)

    def test_another_childs_contact_cannot_be_settled(self, world: World, enter: Enter) -> None:
        client = enter(world[Role.SOCIAL_WORKER])
        assert client.get(f"{url_of(world, 'contact_record')}?contact=999999").status_code == 404

    def test_meeting_in_person_needs_a_place(self, world: World, enter: Enter) -> None:
        page = enter(world[Role.SOCIAL_WORKER]).post(
            url_of(world, "contact_record"),
            {**ENTRY, "where": "", "source": "child", **day_sent("on", TODAY)},
        )
        assert "where" in page.context["form"].errors

    def test_struck_out_entry_stays_on_the_log(self, world: World, enter: Enter) -> None:
        one, client = a_contact(world), enter(world[Role.SOCIAL_WORKER])
        post(client, reverse("contact_strike_out", args=[one.pk]), reason="The wrong child.")
        page = words(client.get(url_of(world)))
        assert "Entered in error" in page
        assert "The wrong child." in page

    def test_entry_is_put_under_a_plan(self, world: World, enter: Enter) -> None:
        one, plan = a_contact(world), a_plan(world)
        client = enter(world[Role.SOCIAL_WORKER])
        post(client, reverse("contact_link", args=[one.pk]), plan=str(plan.pk))
        one.refresh_from_db()
        assert one.plan == plan

    def test_queries_do_not_grow_with_the_log(self, world: World, enter: Enter) -> None:
        client = enter(world[Role.SOCIAL_WORKER])

        def queries() -> int:
            client.get(url_of(world))
            with CaptureQueriesContext(connection) as found:
                client.get(url_of(world))
            return len(found)

        a_plan(world)
        a_contact(world)
        one = queries()
        for days in (2, 3):
            a_contact(world, on=TODAY - timedelta(days=days))
        assert queries() == one


class TestWho:
    def test_the_home_sees_its_own_entries_and_nothing_that_was_agreed(
        self, world: World, enter: Enter
    ) -> None:
        a_plan(world)
        a_contact(world, name="Seen by the worker")
        a_contact(world, Role.REGISTERED_MANAGER, name="Entered by the home", source="home")
        page = words(enter(world[Role.REGISTERED_MANAGER]).get(url_of(world)))
        assert "Entered by the home" in page
        assert "Seen by the worker" not in page
        assert "Looks at mum's picture." not in page
        assert "Mum Example" not in page

    def test_the_home_enters_contact_and_agrees_none(self, world: World, enter: Enter) -> None:
        client = enter(world[Role.REGISTERED_MANAGER])
        post(
            client,
            url_of(world, "contact_record"),
            **{**ENTRY, "source": "home"},
            **day_sent("on", TODAY),
        )
        assert client.get(url_of(world, "contact_agree")).status_code == 404
        assert client.get(url_of(world, "contact_people")).status_code == 404
        assert url_of(world) in words(client.get(reverse("child", args=[world.child.pk])))

    @pytest.mark.parametrize(
        ("role", "status"),
        [
            (Role.SOCIAL_WORKER, 200),
            (Role.IRO, 200),
            (Role.ADVOCATE, 200),
            (Role.DIRECTOR, 200),
            (Role.REGISTERED_MANAGER, 200),
            (Role.HOST_OFFICER, 404),
            (Role.LADO, 404),
            (Role.ADMINISTRATOR, 404),
        ],
    )
    def test_who_opens_the_page(self, world: World, enter: Enter, role: Role, status: int) -> None:
        assert enter(world[role]).get(url_of(world)).status_code == status

    def test_director_reads_and_enters_nothing(self, world: World, enter: Enter) -> None:
        client = enter(world[Role.DIRECTOR])
        assert client.get(url_of(world)).context["steps"] == []
        assert client.get(url_of(world, "contact_record")).status_code == 403

    def test_stranger_and_anonymous_learn_nothing(
        self, world: World, enter: Enter, client: Client
    ) -> None:
        assert world.stranger is not None
        assert enter(world.stranger).get(url_of(world)).status_code == 404
        assert client.get(url_of(world)).status_code == 302


class TestOutsideEyes:
    def url(self, world: World) -> str:
        return reverse("setting_footfall", args=[world.setting.pk])

    def test_months_are_counted_and_nobody_is_said(self, world: World, enter: Enter) -> None:
        a_contact(world, on=TODAY)
        a_contact(world, on=TODAY, way="video", where="", who="friend")
        months = enter(world[Role.SOCIAL_WORKER]).get(self.url(world)).context["months"]
        assert (months[0]["name"], months[0]["came_in"]) == ("March 2026", 1)
        assert months[0]["inside"] == "Family 1"
        assert months[0]["remote"] == "Friend 1"
        assert months[1]["inside"] == "Nobody recorded"

    def test_chart_and_spreadsheet_tell_the_same(self, world: World, enter: Enter) -> None:
        a_contact(world, on=TODAY)
        client = enter(world[Role.HOST_OFFICER])
        chart = client.get(self.url(world)).context["chart"]
        assert chart.rows[-1] == ("Mar 2026", "1")
        assert "nobody is recorded in 2 months with children there" in chart.summary
        file = client.get(self.url(world) + "?export=1")
        sheet = load_workbook(BytesIO(file.content)).active
        assert [sheet.cell(3, column).value for column in (1, 2, 4)] == [
            "March 2026",
            1,
            "Family 1",
        ]

    def test_only_those_who_may_see_the_home_or_a_childs_record(
        self, world: World, enter: Enter
    ) -> None:
        assert world.stranger is not None
        assert enter(world.stranger).get(self.url(world)).status_code == 404
        assert enter(world[Role.ADMINISTRATOR]).get(self.url(world)).status_code == 404
        for role in (Role.HOST_OFFICER, Role.IRO, Role.REGISTERED_MANAGER):
            assert enter(world[role]).get(self.url(world)).status_code == 200
