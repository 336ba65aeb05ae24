"""Notices through the API: decided, told, acknowledged, compared, asked for."""

from datetime import date, timedelta
from typing import Any

import pytest

from backend.access.models import ReadLog
from backend.grammar.roles import Role
from tests.api.kit import V1, as_person, fields_of, queries_of, reason_of
from tests.factories import (
    LEEDS,
    NOW,
    TODAY,
    World,
    a_child,
    allocated,
    moment,
    placed,
)
from tests.workflows.notices.walks import START, asked, home_says, satisfied, tell_host, the_notice
from workflows.notices import actions
from workflows.notices.models import Approval, HomeNotice, HostNotice, Mismatch

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]
PATHS = [
    "approvals",
    "notices",
    "host-notices",
    "home-notices",
    "register",
    "mismatches",
    "report-requests",
]


def says(world: World, **facts: Any) -> dict[str, Any]:
    return {
        "setting": world.setting.pk,
        "kind": "admission",
        "name": world.child.name,
        "date_of_birth": str(world.child.date_of_birth),
        "happened_on": str(START),
        "basis": "s31",
        "authority_contact": "Duty desk",
        "iro_contact": "020 7946 0001",
        "has_ehc_plan": "yes",
        "ehc_authority": LEEDS,
        **facts,
    }


@pytest.fixture
def full(world: World) -> World:
    """Something on every list."""
    asked(world)
    tell_host(world, the_notice(world.placement))
    home_says(world, START + timedelta(days=1))
    actions.ask_for_reports(setting=world.setting, by=world[Role.HOST_OFFICER], at=NOW)
    return world


class TestWhoMayAsk:
    @pytest.mark.parametrize("path", PATHS)
    def test_nobody_who_is_not_signed_in(self, path: str) -> None:
        assert as_person(None).get(f"{V1}/{path}/").status_code == 401

    @pytest.mark.parametrize("path", PATHS)
    def test_those_concerned_find_it_and_a_stranger_does_not(self, full: World, path: str) -> None:
        role = Role.SOCIAL_WORKER if path in ("approvals", "notices") else Role.HOST_OFFICER
        mine = as_person(full[role]).get(f"{V1}/{path}/").json()
        assert mine["count"] >= 1
        stranger = as_person(full.stranger)
        assert stranger.get(f"{V1}/{path}/").json()["count"] == 0
        pk = mine["results"][0]["id"]
        assert stranger.get(f"{V1}/{path}/{pk}/").status_code == 404

    @pytest.mark.parametrize("path", ["approvals", "notices"])
    def test_readers_of_cards_find_no_decision_and_no_notice(self, full: World, path: str) -> None:
        for role in (Role.HOST_OFFICER, Role.REGISTERED_MANAGER):
            assert as_person(full[role]).get(f"{V1}/{path}/").json()["count"] == 0

    def test_a_manager_of_a_home_sees_no_notice_of_an_authority(self, full: World) -> None:
        client = as_person(full[Role.REGISTERED_MANAGER])
        assert client.get(f"{V1}/host-notices/").json()["count"] == 0

    @pytest.mark.parametrize("path", PATHS)
    def test_three_take_as_many_queries_as_one(self, full: World, path: str) -> None:
        role = Role.SOCIAL_WORKER if path in ("approvals", "notices") else Role.HOST_OFFICER
        client = as_person(full[role])
        ask = lambda: client.get(f"{V1}/{path}/")  # noqa: E731
        before, one = ask().json()["count"], queries_of(ask)
        for number in range(2):
            child = a_child(team=full.team, date_of_birth=date(2013, 1, 1 + number))
            allocated(full[Role.SOCIAL_WORKER], Role.SOCIAL_WORKER, child)
            placement = placed(child, full.setting)
            asked(full, child=child, placement=placement)
            tell_host(full, the_notice(placement))
            home_says(
                full,
                START + timedelta(days=1),
                name=child.name,
                date_of_birth=child.date_of_birth,
            )
        if path != "report-requests":
            assert ask().json()["count"] >= before + 2
        assert queries_of(ask) == one

    def test_opening_a_case_is_kept_in_the_log(self, full: World) -> None:
        given = HostNotice.objects.get()
        as_person(full[Role.HOST_OFFICER]).get(f"{V1}/host-notices/{given.pk}/")
        log = ReadLog.objects.get(page=given.about)
        assert log.person_id == full[Role.HOST_OFFICER].pk


class TestDeciding:
    def test_from_asking_to_approval(self, world: World) -> None:
        worker, director = as_person(world[Role.SOCIAL_WORKER]), as_person(world[Role.DIRECTOR])
        opened = worker.post(
            f"{V1}/approvals/ask/",
            {
                "child": world.child.pk,
                "placement": world.placement.pk,
                "needs": "Waking nights.",
                "why_here": "None nearer.",
            },
            format="json",
        )
        assert opened.status_code == 201, opened.content
        address = f"{V1}/approvals/{opened.json()['id']}/"
        assert opened.json()["level"] == "director"
        early = director.post(f"{address}approve-distant/", {}, format="json")
        assert early.status_code == 409
        assert "record the evidence" in reason_of(early)
        for kind in ("wishes", "most_appropriate", "relatives", "area_authority", "iro"):
            answer = worker.post(
                f"{address}satisfy/",
                {"kind": kind, "evidence": "Done.", "satisfied_on": str(TODAY)},
                format="json",
            )
            assert answer.status_code == 200, answer.content
        nominated = as_person(world[Role.NOMINATED_OFFICER])
        refused = nominated.post(f"{address}approve-distant/", {}, format="json")
        assert refused.status_code == 403
        assert "director of children's services" in reason_of(refused)
        answer = director.post(f"{address}approve-distant/", {}, format="json")
        assert answer.json()["state"]["value"] == "approved"
        assert answer.json()["decided_by"]["name"] == world[Role.DIRECTOR].name
        again = director.post(f"{address}approve-distant/", {}, format="json")
        assert again.status_code == 409

    def test_the_steps_offered_are_those_of_the_table(self, world: World) -> None:
        approval = asked(world)
        address = f"{V1}/approvals/{approval.pk}/"
        offered = {
            role: [step["name"] for step in as_person(world[role]).get(address).json()["actions"]]
            for role in (Role.SOCIAL_WORKER, Role.DIRECTOR, Role.IRO)
        }
        assert offered == {
            Role.SOCIAL_WORKER: ["satisfy", "withdraw"],
            Role.DIRECTOR: [
                "satisfy",
                "approve_distant",
                "approve_distant_emergency",
                "refuse_distant",
            ],
            Role.IRO: [],
        }

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"placement": 987654321}, "placement"),
            ({"placement": None, "host_authority": "E99999999"}, "host_authority"),
            ({"placement": None}, "setting"),
            ({"needs": ""}, "needs"),
            ({"is_emergency": "perhaps"}, "is_emergency"),
        ],
    )
    def test_what_cannot_be_is_refused_by_name(
        self, world: World, facts: dict[str, Any], field: str
    ) -> None:
        sent = {
            "child": world.child.pk,
            "placement": world.placement.pk,
            "needs": "x",
            "why_here": "y",
            **facts,
        }
        answer = as_person(world[Role.SOCIAL_WORKER]).post(
            f"{V1}/approvals/ask/", sent, format="json"
        )
        assert answer.status_code == 400
        assert field in fields_of(answer)
        assert not Approval.objects.exists()

    def test_a_stale_reader_is_told_so(self, world: World) -> None:
        approval = satisfied(world, asked(world))
        answer = as_person(world[Role.DIRECTOR]).post(
            f"{V1}/approvals/{approval.pk}/approve-distant/",
            {},
            format="json",
            headers={"If-Match": '"1"'},
        )
        assert answer.status_code == 412


class TestTelling:
    def test_several_at_once_the_host_and_those_left_out(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        notice = the_notice(world.placement)
        address = f"{V1}/notices/{notice.pk}/"
        lines = {line["recipient"]: line["id"] for line in client.get(address).json()["lines"]}
        nobody = ("contact", "previous_carer")
        for recipient in nobody:
            answer = client.post(
                f"{address}leave-out/",
                {"line": lines[recipient], "reason": "None."},
                format="json",
            )
            assert answer.status_code == 200, answer.content
        told = [pk for name, pk in lines.items() if name not in (*nobody, "host", "parent")]
        answer = client.post(
            f"{address}send/", {"lines": told, "sent_on": str(TODAY)}, format="json"
        )
        assert answer.status_code == 200, answer.content
        answer = client.post(
            f"{address}withhold/",
            {"line": lines["parent"], "reason": "He has threatened to take her."},
            format="json",
        )
        assert answer.json()["state"]["value"] == "open"
        answer = client.post(
            f"{address}send-to-host/",
            {"sent_on": str(TODAY), "needs": "Nights.", "why_here": "None nearer."},
            format="json",
        )
        assert answer.json()["state"]["value"] == "told"
        assert answer.json()["host_notice"] == HostNotice.objects.get().pk

    @pytest.mark.parametrize(
        ("step", "facts", "field"),
        [
            ("send", {"lines": [987654321], "sent_on": "2026-03-02"}, "lines"),
            ("send", {"lines": [], "sent_on": "2026-03-02"}, "lines"),
            ("withhold", {"line": 1, "reason": "x"}, "line"),
            ("send-to-host", {"sent_on": "2026-03-02"}, "needs"),
            ("plan", {}, "placement_plan_on"),
            ("name-recipient", {"recipient": "host", "name": "x"}, "recipient"),
        ],
    )
    def test_what_cannot_be_is_refused_by_name(
        self, world: World, step: str, facts: dict[str, Any], field: str
    ) -> None:
        answer = as_person(world[Role.SOCIAL_WORKER]).post(
            f"{V1}/notices/{the_notice(world.placement).pk}/{step}/", facts, format="json"
        )
        assert answer.status_code == 400, answer.content
        assert field in fields_of(answer)

    def test_the_host_reads_the_notice_and_acknowledges_by_name(self, world: World) -> None:
        tell_host(world, the_notice(world.placement))
        address = f"{V1}/host-notices/{HostNotice.objects.get().pk}/"
        host = as_person(world[Role.HOST_OFFICER])
        read = host.get(address).json()
        assert read["needs"] == "Waking night staff; signs."
        assert read["placing_authority"]["name"] == "Barking and Dagenham"
        mine = as_person(world[Role.SOCIAL_WORKER]).post(
            f"{address}acknowledge/", {}, format="json"
        )
        assert mine.status_code == 403
        answer = host.post(f"{address}acknowledge/", {}, format="json")
        assert answer.json()["acknowledged_by"]["name"] == world[Role.HOST_OFFICER].name
        assert host.post(f"{address}acknowledge/", {}, format="json").status_code == 409


class TestHomes:
    def test_a_home_gives_notice_and_it_is_matched(self, world: World) -> None:
        answer = as_person(world[Role.REGISTERED_MANAGER]).post(
            f"{V1}/home-notices/send/", says(world), format="json"
        )
        assert answer.status_code == 201, answer.content
        assert answer.json()["state"]["value"] == "matched"
        assert answer.json()["child"]["id"] == world.child.pk

    @pytest.mark.parametrize("role", [Role.SOCIAL_WORKER, Role.INDEPENDENT_VISITOR])
    def test_nobody_else_does(self, world: World, role: Role) -> None:
        answer = as_person(world[role]).post(f"{V1}/home-notices/send/", says(world), format="json")
        assert answer.status_code == 403
        assert not HomeNotice.objects.exists()

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"ehc_authority": ""}, "ehc_authority"),
            ({"ehc_authority": "X"}, "ehc_authority"),
            ({"setting": 987654321}, "setting"),
            ({"happened_on": "2026-03-03"}, "happened_on"),
            ({"name": " "}, "name"),
        ],
    )
    def test_what_cannot_be_is_refused_by_name(
        self, world: World, facts: dict[str, Any], field: str
    ) -> None:
        answer = as_person(world[Role.REGISTERED_MANAGER]).post(
            f"{V1}/home-notices/send/", says(world, **facts), format="json"
        )
        assert answer.status_code == 400
        assert field in fields_of(answer)

    def test_matching_by_hand_takes_a_child_of_the_home_only(self, world: World) -> None:
        notice = home_says(world, name="Nickname")
        address = f"{V1}/home-notices/{notice.pk}/match/"
        host = as_person(world[Role.HOST_OFFICER])
        elsewhere = placed(a_child(), None, postcode="LS1 1UR")
        for pk in (elsewhere.pk, 987654321):
            answer = host.post(address, {"placement": pk}, format="json")
            assert "placement" in fields_of(answer)
        answer = host.post(address, {"placement": world.placement.pk}, format="json")
        assert answer.json()["child"]["id"] == world.child.pk

    def test_a_difference_is_explained_and_settled(self, world: World) -> None:
        home_says(world, START + timedelta(days=1))
        mismatch = Mismatch.objects.get(kind="start_differs")
        address = f"{V1}/mismatches/{mismatch.pk}/"
        home = as_person(world[Role.REGISTERED_MANAGER])
        answer = home.post(f"{address}explain/", {"words": "She came at night."}, format="json")
        assert answer.json()["state"]["value"] == "explained"
        first = answer.json()["explanations"][0]["id"]
        host = as_person(world[Role.HOST_OFFICER])
        better = {"words": "She came by day.", "corrects": first}
        refused = host.post(f"{address}explain/", better, format="json")
        assert fields_of(refused).keys() == {"corrects"}
        answer = home.post(f"{address}explain/", better, format="json")
        assert [one["corrects"] for one in answer.json()["explanations"]] == [None, first]
        again = home.post(f"{address}explain/", better, format="json")
        assert fields_of(again).keys() == {"corrects"}
        assert home.post(f"{address}settle/", {"reason": "x"}, format="json").status_code == 403
        answer = host.post(f"{address}settle/", {"reason": "Night move."}, format="json")
        assert answer.json()["state"]["value"] == "settled"
        assert answer.json()["explanations"][0]["words"] == "She came at night."


class TestReports:
    def test_asked_agreed_and_received(self, world: World) -> None:
        host, home = as_person(world[Role.HOST_OFFICER]), as_person(world[Role.REGISTERED_MANAGER])
        opened = host.post(
            f"{V1}/report-requests/ask/", {"setting": world.setting.pk}, format="json"
        )
        assert opened.status_code == 201, opened.content
        address = f"{V1}/report-requests/{opened.json()['id']}/"
        assert host.post(f"{address}agree/", {}, format="json").status_code == 403
        assert home.post(f"{address}agree/", {}, format="json").status_code == 200
        visitor = as_person(world[Role.INDEPENDENT_VISITOR])
        answer = visitor.post(
            f"{address}receive/",
            {"month": "2026-03-01", "received_on": str(TODAY), "is_safeguarded": True},
            format="json",
        )
        assert answer.json()["reports"][0]["month"] == "2026-03-01"
        again = visitor.post(
            f"{address}receive/", {"month": "2026-03-14", "received_on": str(TODAY)}, format="json"
        )
        assert "received before" in fields_of(again)["month"]


def test_the_register_names_both_sources(world: World) -> None:
    row = as_person(world[Role.HOST_OFFICER]).get(f"{V1}/register/").json()["results"][0]
    assert row["child"]["id"] == world.child.pk
    assert (row["authority_says"], row["home_says"]) == ("Not told", "Not said")
    home_says(world, at=moment(START + timedelta(days=1)))
    client = as_person(world[Role.HOST_OFFICER])
    assert client.get(f"{V1}/register/?differs=true").json()["count"] == 1
    assert client.get(f"{V1}/register/?differs=false").json()["count"] == 0
