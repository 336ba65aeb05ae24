"""Concerns through the API: who may ask, what each side sees, and every step."""

from datetime import timedelta
from typing import Any

import pytest

from backend.access.models import ReadLog
from backend.grammar.roles import Role
from tests.api.kit import V1, as_person, fields_of, queries_of, reason_of
from tests.factories import BARKING, DONCASTER, LEEDS, NOW, TODAY, World, a_person, plays
from tests.workflows.escalations.conftest import disputed, raised, stage_of
from workflows.escalations import actions
from workflows.escalations.models import Escalation, NamedContact, SettingMeeting

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

URL = f"{V1}/escalations/"


def sent(world: World, **facts: Any) -> dict[str, Any]:
    return {
        "kind": "host_placing",
        "child": world.child.pk,
        "concern": "Nobody visits.",
        "wanted": "A visit this week.",
        **facts,
    }


def post(client: Any, path: str, **body: Any) -> Any:
    return client.post(f"{V1}/{path}/", body, format="json")


class TestWhoMayAsk:
    @pytest.mark.parametrize(
        "path", ["escalations", "setting-meetings", "named-contacts", "ladders"]
    )
    def test_nobody_who_is_not_signed_in(self, world: World, path: str) -> None:
        assert as_person(None).get(f"{V1}/{path}/").status_code == 401

    @pytest.mark.parametrize(
        ("role", "sees"),
        [
            (Role.HOST_OFFICER, True),
            (Role.SOCIAL_WORKER, True),
            (Role.TEAM_MANAGER, True),
            (Role.SERVICE_MANAGER, True),
            (Role.DIRECTOR, True),
            (Role.IRO, True),
            (Role.ADVOCATE, False),
            (Role.IRO_MANAGER, False),
            (Role.NOMINATED_OFFICER, False),
            (Role.LADO, False),
            (Role.REGISTERED_MANAGER, False),
            (Role.INDEPENDENT_VISITOR, False),
            (Role.ADMINISTRATOR, False),
        ],
    )
    def test_both_sides_see_it_and_nobody_else(self, world: World, role: Role, sees: bool) -> None:
        case = raised(world)
        client = as_person(world[role])
        assert client.get(f"{URL}{case.pk}/").status_code == (200 if sees else 404)
        assert client.get(URL).json()["count"] == int(sees)

    def test_a_reader_of_the_record_without_a_part_sees_nothing_once_it_went_higher(
        self, world: World
    ) -> None:
        case = raised(world, rung=1, is_immediate_risk=True, risk="Now.")
        assert as_person(world[Role.SOCIAL_WORKER]).get(f"{URL}{case.pk}/").status_code == 404
        events = as_person(world[Role.SOCIAL_WORKER]).get(
            f"{V1}/events/?child={world.child.pk}&room=escalations"
        )
        assert events.json()["count"] == 0
        read = as_person(world[Role.IRO]).get(
            f"{V1}/events/?child={world.child.pk}&room=escalations"
        )
        assert read.json()["count"] == 1

    def test_an_advocate_sees_only_what_they_raised(self, world: World) -> None:
        raised(world)
        mine = raised(world, Role.ADVOCATE, kind="advocate_host")
        rows = as_person(world[Role.ADVOCATE]).get(URL).json()["results"]
        assert [row["id"] for row in rows] == [mine.pk]

    def test_a_stranger_gets_the_same_as_for_nothing(self, world: World) -> None:
        case = raised(world)
        client = as_person(world.stranger)
        hidden, absent = client.get(f"{URL}{case.pk}/"), client.get(f"{URL}{case.pk + 99}/")
        assert (hidden.status_code, hidden.content) == (404, absent.content)
        for step in ("receive", "answer", "messages", "notes", "go-outside"):
            assert post(client, f"escalations/{case.pk}/{step}").status_code == 404

    def test_opening_it_is_logged(self, world: World) -> None:
        case = raised(world)
        as_person(world[Role.TEAM_MANAGER]).get(f"{URL}{case.pk}/")
        logged = ReadLog.objects.get(page=case.about)
        assert (logged.depth, logged.because) == ("restricted", "team manager")

    def test_three_take_no_more_queries_than_one(self, world: World) -> None:
        raised(world)
        client = as_person(world[Role.TEAM_MANAGER])
        one = queries_of(lambda: client.get(URL))
        raised(world)
        disputed(world)
        assert client.get(URL).json()["count"] == 3
        assert queries_of(lambda: client.get(URL)) == one


class TestNotes:
    def test_the_other_side_never_gets_a_note(self, world: World) -> None:
        case = raised(world)
        mine, theirs = as_person(world[Role.HOST_OFFICER]), as_person(world[Role.SOCIAL_WORKER])
        post(mine, f"escalations/{case.pk}/notes", words="OURS ALONE")
        post(theirs, f"escalations/{case.pk}/notes", words="THEIRS ALONE")
        own = mine.get(f"{URL}{case.pk}/")
        other = theirs.get(f"{URL}{case.pk}/")
        assert [note["words"] for note in own.json()["notes"]] == ["OURS ALONE"]
        assert [note["words"] for note in other.json()["notes"]] == ["THEIRS ALONE"]
        for role in (Role.IRO, Role.DIRECTOR, Role.TEAM_MANAGER):
            answer = as_person(world[role]).get(f"{URL}{case.pk}/").content
            assert b"OURS ALONE" not in answer
        assert b"THEIRS ALONE" in as_person(world[Role.DIRECTOR]).get(f"{URL}{case.pk}/").content
        assert b"ALONE" not in as_person(world[Role.IRO]).get(f"{URL}{case.pk}/").content

    def test_in_a_dispute_the_iro_and_the_managers_are_two_sides(self, world: World) -> None:
        case = disputed(world)
        post(as_person(world[Role.IRO]), f"escalations/{case.pk}/notes", words="IRO ALONE")
        for role, reads in (
            (Role.IRO_MANAGER, True),
            (Role.TEAM_MANAGER, False),
            (Role.DIRECTOR, False),
        ):
            answer = as_person(world[role]).get(f"{URL}{case.pk}/")
            assert answer.status_code == 200
            assert (b"IRO ALONE" in answer.content) is reads

    def test_a_message_is_read_by_both(self, world: World) -> None:
        case = raised(world)
        post(as_person(world[Role.HOST_OFFICER]), f"escalations/{case.pk}/messages", words="When?")
        answer = as_person(world[Role.SOCIAL_WORKER]).get(f"{URL}{case.pk}/").json()
        assert [one["words"] for one in answer["messages"]] == ["When?"]


class TestSteps:
    def test_a_concern_from_raising_to_resolving(self, world: World) -> None:
        asks, asked = as_person(world[Role.HOST_OFFICER]), as_person(world[Role.SOCIAL_WORKER])
        opened = post(asks, "escalations/send", **sent(world))
        assert opened.status_code == 201, opened.content
        number = opened.json()["id"]
        offered = {one["name"] for one in asked.get(f"{URL}{number}/").json()["actions"]}
        assert offered == {"receive", "answer", "go_outside"}
        received = post(asked, f"escalations/{number}/receive")
        assert received.json()["stages"][0]["received_by"]["name"] == (
            world[Role.SOCIAL_WORKER].name
        )
        answered = post(
            asked,
            f"escalations/{number}/answer",
            answer="Thursday.",
            promised_by_whom="Amara",
            promised_by=str(TODAY + timedelta(days=3)),
        )
        assert answered.json()["state"]["value"] == "answered"
        assert post(asks, f"escalations/{number}/accept").json()["state"]["value"] == "accepted"
        closed = post(
            asks,
            f"escalations/{number}/resolve",
            ended_how="She came.",
            changed_for_child="He was seen.",
        )
        assert closed.json()["state"]["value"] == "resolved"
        again = post(asks, f"escalations/{number}/accept")
        assert again.status_code == 409

    def test_wrong_part_is_403_and_wrong_version_412(self, world: World) -> None:
        case = raised(world)
        refused = post(as_person(world[Role.TEAM_MANAGER]), f"escalations/{case.pk}/receive")
        assert refused.status_code == 403
        assert "the person it was sent to" in reason_of(refused)
        stale = as_person(world[Role.SOCIAL_WORKER], HTTP_IF_MATCH='"99"')
        assert post(stale, f"escalations/{case.pk}/receive").status_code == 412

    def test_what_is_missing_is_named(self, world: World) -> None:
        case = raised(world)
        answer = post(as_person(world[Role.SOCIAL_WORKER]), f"escalations/{case.pk}/answer")
        assert answer.status_code == 400
        assert set(fields_of(answer)) == {"answer", "promised_by_whom"}

    def test_no_part_for_the_child_raises_nothing(self, world: World) -> None:
        refused = post(as_person(world.stranger), "escalations/send", **sent(world))
        assert refused.status_code == 400
        assert not Escalation.objects.exists()

    def test_go_outside_skip_take_up_withdraw_and_void(self, world: World) -> None:
        asks = as_person(world[Role.HOST_OFFICER])
        case = raised(world)
        path = f"escalations/{case.pk}"
        out = post(asks, f"{path}/go-outside", where="ofsted", reason="Nobody acts.")
        assert out.json()["exits"][0]["where"] == "ofsted"
        cafcass = {"where": "cafcass", "reason": "A breach."}
        assert fields_of(post(asks, f"{path}/go-outside", **cafcass)).keys() == {"where"}
        iro = as_person(world[Role.IRO])
        assert post(iro, f"{path}/go-outside", **cafcass).status_code == 200
        higher = post(asks, f"{path}/skip", rung=2, reason="Now.", is_risk=True)
        assert higher.json()["level"] == "head of service"
        gone = {"reason": "Settled.", "changed_for_child": "Nothing."}
        assert post(asks, f"{path}/withdraw", **gone).status_code == 200
        other = raised(world)
        assert post(asks, f"escalations/{other.pk}/void", reason="Twice.").status_code == 200

    def test_what_waits_on_me_is_found(self, world: World) -> None:
        case = raised(world)
        ask = as_person(world[Role.SOCIAL_WORKER])
        assert ask.get(f"{URL}?is_waiting_on_me=true").json()["count"] == 1
        actions.answer_concern(
            escalation=case,
            answer="Yes.",
            promised_by_whom="Me",
            promised_by=None,
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        assert ask.get(f"{URL}?is_waiting_on_me=true").json()["count"] == 0
        asks = as_person(world[Role.HOST_OFFICER])
        assert asks.get(f"{URL}?is_waiting_on_me=true").json()["count"] == 1


@pytest.fixture
def keeper(world: World) -> Any:
    person = a_person("Ann Administrator")
    plays(person, Role.ADMINISTRATOR, authority_id=DONCASTER)
    return person


class TestWhomToCall:
    def named(self, keeper: Any, **facts: Any) -> Any:
        return post(
            as_person(keeper),
            "named-contacts",
            **{
                "authority": DONCASTER,
                "level": "duty",
                "name": "Duty desk",
                "phone": "01302 111111",
                **facts,
            },
        )

    def test_every_professional_reads_it_and_confirms_it(self, world: World, keeper: Any) -> None:
        row = self.named(keeper)
        assert row.status_code == 201, row.content
        reader = as_person(world[Role.REGISTERED_MANAGER])
        assert reader.get(f"{V1}/named-contacts/").json()["count"] == 1
        number = row.json()["id"]
        doubted = post(reader, f"named-contacts/{number}/doubt").json()
        assert doubted["doubted_by"]["name"] == world[Role.REGISTERED_MANAGER].name
        confirmed = post(reader, f"named-contacts/{number}/confirm").json()
        assert confirmed["doubted_by"] is None
        assert confirmed["confirmed_by"]["name"] == world[Role.REGISTERED_MANAGER].name

    def test_somebody_without_any_part_reads_nothing(self, world: World, keeper: Any) -> None:
        self.named(keeper)
        assert as_person(a_person()).get(f"{V1}/named-contacts/").json()["count"] == 0

    def test_only_that_authority_changes_it(self, world: World, keeper: Any) -> None:
        number = self.named(keeper).json()["id"]
        other = as_person(world[Role.ADMINISTRATOR])
        refused = post(other, f"named-contacts/{number}/change", name="Me", phone="1")
        assert refused.status_code == 403
        assert post(other, f"named-contacts/{number}/remove").status_code == 403
        changed = post(
            as_person(keeper), f"named-contacts/{number}/change", name="New desk", phone="2"
        )
        assert changed.json()["name"] == "New desk"
        assert post(as_person(keeper), f"named-contacts/{number}/remove").status_code == 204
        assert NamedContact.objects.get().removed_at is not None

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"phone": "", "email": ""}, "phone"),
            ({"email": "not one"}, "email"),
            ({"person": 10**9}, "person"),
            ({"authority": "E00000000"}, "authority"),
            ({"name": " "}, "name"),
        ],
    )
    def test_what_reaches_nobody_is_refused(
        self, world: World, keeper: Any, facts: dict[str, Any], field: str
    ) -> None:
        refused = self.named(keeper, **facts)
        assert refused.status_code == 400
        assert field in fields_of(refused)

    def test_an_account_elsewhere_is_not_named(self, world: World, keeper: Any) -> None:
        stranger = world.stranger
        assert fields_of(self.named(keeper, person=stranger.pk)).keys() == {"person"}


class TestLadders:
    def test_a_chosen_ladder_holds_for_new_concerns_only(self, world: World, keeper: Any) -> None:
        before = raised(world)
        chosen = post(
            as_person(keeper), "ladders", authority=DONCASTER, use="challenge", code="darlington"
        )
        assert chosen.status_code == 201, chosen.content
        after = raised(world)
        before.refresh_from_db()
        assert (before.ladder_name, after.ladder_name) == (
            "Local default (1, 3, 5, 10 working days)",
            "Darlington Safeguarding Partnership",
        )

    def test_an_own_ladder_is_frozen_into_the_case(self, world: World, keeper: Any) -> None:
        facts: dict[str, Any] = {
            "authority": DONCASTER,
            "use": "challenge",
            "name": "Ours",
            "source": "Partnership procedures, chapter 9",
            "rungs": [{"levels": ["director"], "answer_days": 2}],
        }
        assert post(as_person(keeper), "ladders", **facts).status_code == 201
        case = raised(world)
        facts["rungs"] = [{"levels": ["director"], "answer_days": 30}]
        assert post(as_person(keeper), "ladders", **facts).status_code == 201
        case.refresh_from_db()
        assert (case.ladder[0].answer_days, stage_of(case).answer_days) == (2, 2)

    @pytest.mark.parametrize(
        "rungs",
        [
            [],
            [{"levels": ["practitioner"], "answer_days": 2}],
            [{"levels": ["director"], "answer_days": 1, "receive_days": 5}],
            [{"levels": ["director"], "answer_days": 1}] * 9,
        ],
    )
    def test_a_ladder_that_leads_nowhere_is_refused(
        self, world: World, keeper: Any, rungs: Any
    ) -> None:
        refused = post(
            as_person(keeper),
            "ladders",
            authority=DONCASTER,
            use="challenge",
            name="Ours",
            source="Ours",
            rungs=rungs,
        )
        assert refused.status_code == 400
        assert "rungs" in fields_of(refused)

    def test_nobody_else_chooses_it(self, world: World, keeper: Any) -> None:
        refused = post(
            as_person(keeper), "ladders", authority=BARKING, use="challenge", code="darlington"
        )
        assert refused.status_code == 403


class TestMeetings:
    def called(self, world: World, **facts: Any) -> Any:
        return post(
            as_person(world[Role.HOST_OFFICER]),
            "setting-meetings/call",
            **{
                "setting": world.setting.pk,
                "purpose": "Night staffing.",
                "meets_at": "2026-03-09T10:00:00Z",
                "is_ofsted_invited": True,
                **facts,
            },
        )

    @pytest.mark.parametrize(
        ("role", "sees"),
        [
            (Role.HOST_OFFICER, True),
            (Role.LADO, True),
            (Role.TEAM_MANAGER, True),
            (Role.SERVICE_MANAGER, True),
            (Role.DIRECTOR, True),
            (Role.SOCIAL_WORKER, False),
            (Role.IRO, False),
            (Role.ADVOCATE, False),
            (Role.REGISTERED_MANAGER, False),
        ],
    )
    def test_the_host_and_every_placing_authority_see_it(
        self, world: World, role: Role, sees: bool
    ) -> None:
        made = self.called(world)
        assert made.status_code == 201, made.content
        answer = as_person(world[role]).get(f"{V1}/setting-meetings/{made.json()['id']}/")
        assert answer.status_code == (200 if sees else 404)

    def test_an_authority_without_a_child_there_sees_nothing(self, world: World) -> None:
        self.called(world)
        director = a_person()
        plays(director, Role.DIRECTOR, authority_id=LEEDS)
        assert as_person(director).get(f"{V1}/setting-meetings/").json()["count"] == 0

    def test_an_advocate_who_is_invited_by_name_sees_it(self, world: World) -> None:
        advocate = world[Role.ADVOCATE]
        self.called(world, invited=[advocate.pk])
        assert as_person(advocate).get(f"{V1}/setting-meetings/").json()["count"] == 1
        assert advocate.notifications.filter(about__startswith="setting-meetings/").exists()

    def test_the_placing_side_calls_none(self, world: World) -> None:
        refused = post(
            as_person(world[Role.TEAM_MANAGER]),
            "setting-meetings/call",
            setting=world.setting.pk,
            purpose="x",
            meets_at="2026-03-09T10:00:00Z",
        )
        assert refused.status_code == 403

    def test_minutes_actions_and_closing(self, world: World) -> None:
        host_officer = as_person(world[Role.HOST_OFFICER])
        number = self.called(world).json()["id"]
        path = f"setting-meetings/{number}"
        held = post(
            host_officer,
            f"{path}/hold",
            held_on=str(TODAY),
            attended="Doncaster; Barking",
            minutes="Two awake at night from now.",
        )
        assert held.status_code == 200, held.content
        agreed = post(
            host_officer,
            f"{path}/add-action",
            what="Visit at night.",
            authority=BARKING,
            owner_name="Helen Marsh",
            due_on=str(TODAY + timedelta(days=7)),
        ).json()["agreed"]
        refused = post(host_officer, f"{path}/close", reason="Enough.")
        assert refused.status_code == 409
        assert "1 action is not yet done" in reason_of(refused)
        done = post(
            as_person(world[Role.TEAM_MANAGER]),
            f"{path}/complete",
            action=agreed[0]["id"],
            done_how="Went on Tuesday.",
        )
        assert done.json()["agreed"][0]["done_by"]["name"] == world[Role.TEAM_MANAGER].name
        assert post(host_officer, f"{path}/close", reason="Enough.").status_code == 200
        assert SettingMeeting.objects.get().state == "done"

    def test_three_take_no_more_queries_than_one(self, world: World) -> None:
        self.called(world)
        client = as_person(world[Role.TEAM_MANAGER])
        ask = lambda: client.get(f"{V1}/setting-meetings/")  # noqa: E731
        one = queries_of(ask)
        self.called(world)
        self.called(world)
        assert queries_of(ask) == one
