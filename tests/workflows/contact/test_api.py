"""Contact through the API: plans, the log, and outside eyes on a setting."""

from datetime import date, timedelta
from typing import Any

import pytest

from backend.access.models import ReadLog
from backend.grammar.roles import Role
from backend.records.models import Relative
from tests.api.kit import V1, as_person, fields_of, queries_of, reason_of
from tests.factories import NOW, TODAY, World, a_child, a_setting, placed
from workflows.contact import actions
from workflows.contact.models import Contact, ContactPlan

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

START = TODAY - timedelta(days=28)


def a_relative(world: World) -> Relative:
    return Relative.objects.create(child=world.child, name="Nana", relationship="Grandmother")


def terms(world: World, **facts: Any) -> dict[str, Any]:
    return {
        "child": world.child.pk,
        "relative": facts.pop("relative", None) or a_relative(world).pk,
        "way": "in_person",
        "every_days": 14,
        "started_on": str(START),
        "agreed_by": "Everybody.",
        "childs_wish": "Wants it.",
        **facts,
    }


def a_plan(world: World) -> ContactPlan:
    return actions.agree_plan(
        child=world.child,
        relative=a_relative(world),
        way="in_person",
        every_days=14,
        started_on=START,
        agreed_by="Everybody.",
        childs_wish="Wants it.",
        by=world[Role.SOCIAL_WORKER],
        at=NOW,
    )


def came(world: World, **facts: Any) -> dict[str, Any]:
    return {
        "child": world.child.pk,
        "who": "family",
        "name": "Grandmother",
        "way": "in_person",
        "where": "setting",
        "on": str(TODAY),
        "source": "family",
        **facts,
    }


class TestWhoMayAsk:
    @pytest.mark.parametrize("path", ["contact", "contacts", "relatives", "footfall"])
    def test_nobody_who_is_not_signed_in(self, world: World, path: str) -> None:
        assert as_person(None).get(f"{V1}/{path}/").status_code == 401

    @pytest.mark.parametrize("path", ["contact", "contacts", "relatives", "footfall"])
    def test_a_stranger_finds_nothing(self, world: World, path: str) -> None:
        a_plan(world)
        worker = as_person(world[Role.SOCIAL_WORKER])
        worker.post(f"{V1}/contacts/", came(world), format="json")
        assert worker.get(f"{V1}/{path}/").json()["count"] == 1
        assert as_person(world.stranger).get(f"{V1}/{path}/").json()["count"] == 0

    def test_a_stranger_is_told_of_no_child(self, world: World) -> None:
        answer = as_person(world.stranger).post(f"{V1}/contacts/", came(world), format="json")
        assert answer.status_code == 400
        assert "child" in fields_of(answer)

    def test_somebody_without_the_part_is_refused_in_words(self, world: World) -> None:
        plan = a_plan(world)
        answer = as_person(world[Role.IRO]).post(
            f"{V1}/contact/{plan.pk}/end/",
            {"ended_on": str(TODAY), "reason": "x"},
            format="json",
        )
        assert answer.status_code == 403
        assert "social worker or team manager" in reason_of(answer)


class TestPlans:
    def test_from_agreement_to_end(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        opened = client.post(f"{V1}/contact/agree/", terms(world), format="json")
        assert opened.status_code == 201, opened.content
        address = f"{V1}/contact/{opened.json()['id']}/"
        assert [step["name"] for step in opened.json()["actions"]] == ["suspend", "end", "void"]
        for step, facts, state in [
            ("suspend", {"started_on": str(START), "reason": "Ill."}, "suspended"),
            ("resume", {"resumed_on": str(TODAY)}, "agreed"),
            ("end", {"ended_on": str(TODAY), "reason": "Moved."}, "ended"),
        ]:
            answer = client.post(f"{address}{step}/", facts, format="json")
            assert answer.status_code == 200, answer.content
            assert answer.json()["state"]["value"] == state
        assert [pause["ended_on"] for pause in answer.json()["suspensions"]] == [str(TODAY)]
        late = client.post(f"{address}resume/", {"resumed_on": str(TODAY)}, format="json")
        assert late.status_code == 409

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"every_days": 0}, "every_days"),
            ({"every_days": True}, "every_days"),
            ({"way": "pigeon"}, "way"),
            ({"relative": 10**30}, "relative"),
            ({"childs_wish": ""}, "childs_wish"),
            ({"restricted_by_order": True}, "restriction"),
        ],
    )
    def test_what_cannot_be_is_refused_by_name(
        self, world: World, facts: dict[str, Any], field: str
    ) -> None:
        answer = as_person(world[Role.SOCIAL_WORKER]).post(
            f"{V1}/contact/agree/", terms(world, **facts), format="json"
        )
        assert answer.status_code == 400
        assert field in fields_of(answer)
        assert not ContactPlan.objects.exists()

    def test_a_relative_whom_one_may_not_know_of_is_unknown(self, world: World) -> None:
        other = Relative.objects.create(child=a_child(), name="Secret", relationship="Aunt")
        answer = as_person(world[Role.SOCIAL_WORKER]).post(
            f"{V1}/contact/agree/", terms(world, relative=other.pk), format="json"
        )
        assert "nobody" in fields_of(answer)["relative"]

    def test_three_take_as_many_queries_as_one(self, world: World) -> None:
        client = as_person(world[Role.IRO])
        a_plan(world)
        one = queries_of(lambda: client.get(f"{V1}/contact/"))
        a_plan(world)
        a_plan(world)
        assert queries_of(lambda: client.get(f"{V1}/contact/")) == one

    def test_somebody_close_is_put_on_the_record(self, world: World) -> None:
        answer = as_person(world[Role.SOCIAL_WORKER]).post(
            f"{V1}/relatives/",
            {"child": world.child.pk, "name": "Nana", "relationship": "Grandmother"},
            format="json",
        )
        assert answer.status_code == 201
        assert world.child.relatives.get().relationship == "Grandmother"


class TestLog:
    def test_it_took_place(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        answer = client.post(f"{V1}/contacts/", came(world, plan=a_plan(world).pk), format="json")
        assert answer.status_code == 201, answer.content
        assert answer.json()["outcome"] == "done"
        client.get(f"{V1}/contacts/{answer.json()['id']}/")
        assert ReadLog.objects.get().page == f"contacts/{answer.json()['id']}"

    def test_it_did_not(self, world: World) -> None:
        facts = came(world, why_not="setting", reason="No driver.")
        del facts["where"], facts["source"]
        answer = as_person(world[Role.SOCIAL_WORKER]).post(
            f"{V1}/contacts/miss/", facts, format="json"
        )
        assert (answer.status_code, answer.json()["outcome"]) == (201, "missed")

    def test_the_setting_sees_what_is_planned_and_says_what_came_of_it(self, world: World) -> None:
        worker, home = world[Role.SOCIAL_WORKER], as_person(world[Role.REGISTERED_MANAGER])
        plan = a_plan(world)
        planned = actions.arrange_contact(
            child=world.child,
            who="family",
            name="Grandmother",
            way="in_person",
            on=TODAY,
            plan=plan,
            by=worker,
            at=NOW,
        )
        assert [row["id"] for row in home.get(f"{V1}/contacts/").json()["results"]] == [planned.pk]
        facts = came(world, source="home")
        del facts["child"]
        answer = home.post(f"{V1}/contacts/{planned.pk}/record/", facts, format="json")
        assert answer.status_code == 200, answer.content
        again = as_person(worker).post(f"{V1}/contacts/{planned.pk}/record/", facts, format="json")
        assert again.status_code == 409
        assert world[Role.REGISTERED_MANAGER].name in reason_of(again)

    def test_a_host_officer_does_not_see_what_is_planned(self, world: World) -> None:
        actions.arrange_contact(
            child=world.child,
            who="family",
            name="Grandmother",
            way="in_person",
            on=TODAY,
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        assert as_person(world[Role.HOST_OFFICER]).get(f"{V1}/contacts/").json()["count"] == 0

    def test_what_the_setting_entered_is_put_under_a_plan(self, world: World) -> None:
        home = as_person(world[Role.REGISTERED_MANAGER])
        sent = home.post(f"{V1}/contacts/", came(world, source="home"), format="json").json()
        plan = a_plan(world)
        linked = as_person(world[Role.SOCIAL_WORKER]).post(
            f"{V1}/contacts/{sent['id']}/link/", {"plan": plan.pk}, format="json"
        )
        assert linked.json()["plan"] == plan.pk
        due = plan.child.deadlines.get(key=f"contact:k{plan.pk}:start")
        assert (due.status, due.met_on) == ("met_late", TODAY)

    def test_the_setting_may_not_name_a_plan_it_cannot_see(self, world: World) -> None:
        answer = as_person(world[Role.REGISTERED_MANAGER]).post(
            f"{V1}/contacts/", came(world, plan=a_plan(world).pk), format="json"
        )
        assert "plan" in fields_of(answer)

    def test_an_entry_in_error_is_struck_out(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        sent = client.post(f"{V1}/contacts/", came(world), format="json").json()
        answer = client.post(
            f"{V1}/contacts/{sent['id']}/strike-out/", {"reason": "Wrong child."}, format="json"
        )
        assert answer.json()["outcome"] == "void"

    def test_a_phone_that_sends_twice_records_once(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        for _ in range(2):
            answer = client.post(
                f"{V1}/contacts/", came(world), format="json", HTTP_IDEMPOTENCY_KEY="once"
            )
            assert answer.status_code == 201
        assert Contact.objects.count() == 1

    def test_three_take_as_many_queries_as_one(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        client.post(f"{V1}/contacts/", came(world), format="json")
        one = queries_of(lambda: client.get(f"{V1}/contacts/"))
        client.post(f"{V1}/contacts/", came(world), format="json")
        client.post(f"{V1}/contacts/", came(world), format="json")
        assert queries_of(lambda: client.get(f"{V1}/contacts/")) == one


class TestFootfall:
    def test_a_host_officer_sees_counts_and_no_children(self, world: World) -> None:
        as_person(world[Role.SOCIAL_WORKER]).post(f"{V1}/contacts/", came(world), format="json")
        answer = as_person(world[Role.HOST_OFFICER]).get(
            f"{V1}/footfall/{world.setting.pk}/", {"months": 2}
        )
        shown = answer.json()
        assert shown["setting"]["id"] == world.setting.pk
        assert [(month["month"], month["came_in"]) for month in shown["months"]] == [
            ("2026-03-01", 1),
            ("2026-02-01", 0),
        ]
        assert world.child.name not in answer.content.decode()
        assert "Grandmother" not in answer.content.decode()

    @pytest.mark.parametrize("months", ["0", "37", "x", "-1", "²"])
    def test_months_are_a_number(self, world: World, months: str) -> None:
        answer = as_person(world[Role.HOST_OFFICER]).get(f"{V1}/footfall/", {"months": months})
        assert answer.status_code == 400
        assert "months" in fields_of(answer)

    def test_three_settings_take_as_many_queries_as_one(self, world: World) -> None:
        client = as_person(world[Role.HOST_OFFICER])
        one = queries_of(lambda: client.get(f"{V1}/footfall/"))
        for _ in range(2):
            placed(a_child(), a_setting(), started_on=date(2026, 1, 5))
        assert client.get(f"{V1}/footfall/").json()["count"] == 3
        assert queries_of(lambda: client.get(f"{V1}/footfall/")) == one

    def test_another_setting_is_not_there(self, world: World) -> None:
        other = a_setting("E08000035")
        assert (
            as_person(world[Role.HOST_OFFICER]).get(f"{V1}/footfall/{other.pk}/").status_code == 404
        )
