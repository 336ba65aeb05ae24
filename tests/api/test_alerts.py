"""Alerts through the API: who reads them, the whole ladder, the steps, and how ladders are set."""

from datetime import timedelta
from typing import Any

import pytest

from backend.access.models import ReadLog
from backend.alerts.climbing import climb
from backend.alerts.ladder import FAMILIES
from backend.alerts.models import Alert, ChosenLadder, Receipt
from backend.deadlines.recalculate import recalculate
from backend.deadlines.sweep import sweep
from backend.events.models import Event
from backend.events.record import CLOCK
from backend.grammar.roles import Role
from tests.alerts.test_alerts import SEES
from tests.api.kit import V1, as_person, fields_of, queries_of, reason_of
from tests.api.test_every_operation import NONSENSE, send
from tests.factories import BARKING, NOW, TODAY, World, a_child, allocated, placed

ALERTS = f"{V1}/alerts/"
LADDERS = f"{ALERTS}ladders/"
STEP = {"after": 2, "unit": "working_days", "roles": ["director"], "ways": ["live", "email"]}


@pytest.fixture
def alert(world: World) -> Alert:
    recalculate([world.child.pk], by=CLOCK, at=NOW)
    sweep(at=NOW)
    return Alert.objects.get(family="visits", child=world.child)


def one(alert: Alert, step: str = "") -> str:
    return f"{ALERTS}{alert.pk}/{step and step + '/'}"


class TestReading:
    @pytest.mark.parametrize("role", [role for role in Role if role != Role.CLOCK])
    def test_only_professionals_of_the_record_read_it(
        self, world: World, alert: Alert, role: Role
    ) -> None:
        client = as_person(world[role])
        listed = client.get(ALERTS).json()["results"]
        assert (alert.pk in [row["id"] for row in listed]) == (role in SEES)
        assert client.get(one(alert)).status_code == (200 if role in SEES else 404)

    def test_a_stranger_is_told_the_same_of_it_as_of_nothing(
        self, world: World, alert: Alert
    ) -> None:
        client = as_person(world.stranger)
        for step in ("", "receive", "answer"):
            ask = client.post if step else client.get
            hidden = ask(one(alert, step))
            assert hidden.status_code == 404
            assert hidden.content == ask(f"{ALERTS}987654/{step and step + '/'}").content

    def test_the_whole_ladder_is_there_with_who_was_told(self, world: World, alert: Alert) -> None:
        found = as_person(world[Role.DIRECTOR]).get(one(alert)).json()
        reminder, *steps = found["ladder"]
        assert (reminder["is_reminder"], reminder["standing"]) == (True, "not needed")
        standings = [(row["number"], row["standing"]) for row in steps]
        assert standings == [(0, "done"), (1, "done"), (2, "done"), (3, "now"), (3, "next")]
        told = {row["number"]: {h["role"] for h in row["heard"]} for row in steps[:4]}
        assert told[1] == {"social_worker", "team_manager"}
        assert told[3] == {"director", "iro_manager"}
        assert steps[4]["at"] == found["next_at"]
        assert found["dates"] == len(found["deadlines"]) == alert.alerted.count()
        assert found["deadlines"][0]["why"]
        assert "not law" in found["ladder_name"]

    def test_what_comes_next_stands_there_before_it_has_come(self, world: World) -> None:
        child = a_child(team=world.team)
        allocated(world[Role.SOCIAL_WORKER], Role.SOCIAL_WORKER, child)
        placed(child, world.setting, started_on=TODAY - timedelta(days=8))
        sweep(at=NOW)
        alert = Alert.objects.get(family="visits", child=child)
        found = as_person(world[Role.TEAM_MANAGER]).get(one(alert)).json()
        steps = found["ladder"][1:]
        standings = [row["standing"] for row in steps]
        assert standings == ["done", "now", "next", "later"]
        assert [row["name"] for row in steps[0]["heard"]]
        days = [row["at"] for row in steps[1:]]
        assert days == sorted(days)
        assert found["next_at"] == days[1]

    def test_looking_is_logged_with_the_child(self, world: World, alert: Alert) -> None:
        as_person(world[Role.DIRECTOR]).get(one(alert))
        log = ReadLog.objects.get(page=alert.about)
        assert (log.person_id, log.child_id) == (world[Role.DIRECTOR].pk, world.child.pk)

    def test_lists_are_narrowed(self, world: World, alert: Alert) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])

        def count(**asked: Any) -> int:
            answer = client.get(ALERTS, asked)
            assert answer.status_code == 200, answer.content
            return int(answer.json()["count"])

        everything = count()
        assert everything == count(is_standing=True) == count(mine=True) > 0
        assert count(state="ended") == count(is_standing=False) == count(mine=False) == 0
        assert count(family="visits") == 1
        assert count(child=world.child.pk) == everything
        assert count(child=world.child.pk + 99) == 0
        director = as_person(world[Role.NOMINATED_OFFICER])
        assert director.get(ALERTS, {"mine": True}).json()["count"] == 0

    def test_three_take_no_more_queries_than_one(self, world: World, alert: Alert) -> None:
        client = as_person(world[Role.DIRECTOR])
        ask = lambda: client.get(ALERTS, {"page_size": 100})  # noqa: E731
        before, first = ask().json()["count"], queries_of(ask)
        for _ in range(2):
            placed(a_child(team=world.team), world.setting)
        sweep(at=NOW)
        assert ask().json()["count"] >= before + 2
        assert queries_of(ask) == first


class TestSteps:
    def test_a_receipt_names_who_sent_it_and_another_name_adds_to_it(
        self, world: World, alert: Alert
    ) -> None:
        for role in (Role.DIRECTOR, Role.SOCIAL_WORKER):
            answer = as_person(world[role]).post(one(alert, "receive"))
            assert answer.status_code == 200
        assert [row["by"]["name"] for row in answer.json()["receipts"]] == [
            world[Role.DIRECTOR].name,
            world[Role.SOCIAL_WORKER].name,
        ]
        assert answer.json()["state"]["value"] == "open"

    def test_an_answer_is_kept_once_however_often_it_is_sent(
        self, world: World, alert: Alert
    ) -> None:
        client = as_person(world[Role.TEAM_MANAGER])
        body = {"what": "I go today.", "doer": "A. Worker", "by_on": f"{TODAY}"}
        for _ in range(2):
            answer = client.post(
                one(alert, "answer"), body, format="json", headers={"Idempotency-Key": "once"}
            )
            assert answer.status_code == 200, answer.content
        assert [row["doer"] for row in answer.json()["answers"]] == ["A. Worker"]
        assert answer.json()["state"]["value"] == "answered"

    def test_what_changed_since_it_was_read_is_said(self, world: World, alert: Alert) -> None:
        seen = as_person(world[Role.TEAM_MANAGER]).get(one(alert))["ETag"]
        as_person(world[Role.DIRECTOR]).post(one(alert, "receive"))
        body = {"what": "I go.", "doer": "Me", "by_on": f"{TODAY}"}
        late = as_person(world[Role.TEAM_MANAGER]).post(
            one(alert, "answer"), body, format="json", headers={"If-Match": seen}
        )
        assert late.status_code == 412
        assert world[Role.DIRECTOR].name in reason_of(late)
        assert not alert.answers.exists()

    def test_putting_off_has_its_limit_and_needs_its_reason(
        self, world: World, alert: Alert
    ) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        far = {"until": f"{TODAY + timedelta(days=20)}", "reason": "Snow."}
        assert fields_of(client.post(one(alert, "snooze"), far, format="json")).keys() == {"until"}
        near = {"until": f"{TODAY + timedelta(days=1)}", "reason": ""}
        assert fields_of(client.post(one(alert, "snooze"), near, format="json")).keys() == {
            "reason"
        }
        good = client.post(one(alert, "snooze"), {**near, "reason": "Snow."}, format="json")
        assert good.json()["snoozes"][0]["reason"] == "Snow."
        again = client.post(one(alert, "snooze"), {**near, "reason": "Snow."}, format="json")
        assert again.status_code == 409

    def test_waiving_is_for_those_above(self, world: World, alert: Alert) -> None:
        body = {"reason": "He moved abroad."}
        for role in (Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.IRO, Role.NOMINATED_OFFICER):
            answer = as_person(world[role]).post(one(alert, "waive"), body, format="json")
            assert answer.status_code == 403
            assert "service manager" in reason_of(answer)
        answer = as_person(world[Role.SERVICE_MANAGER]).post(
            one(alert, "waive"), body, format="json"
        )
        assert answer.json()["state"]["value"] == "waived"
        assert answer.json()["actions"] == []

    def test_actions_are_those_that_the_reader_may_take(self, world: World, alert: Alert) -> None:
        def names(role: Role) -> set[str]:
            found = as_person(world[role]).get(one(alert)).json()["actions"]
            return {row["name"] for row in found}

        assert names(Role.SOCIAL_WORKER) == {"receive", "answer", "snooze"}
        assert names(Role.DIRECTOR) == {"receive", "answer", "ask", "snooze", "waive"}

    def test_a_question_stands_on_the_alert_until_it_is_answered(
        self, world: World, alert: Alert
    ) -> None:
        client = as_person(world[Role.DIRECTOR])
        (asked,) = client.post(one(alert, "ask"), {}, format="json").json()["questions"]
        assert asked["by"]["name"] == world[Role.DIRECTOR].name
        assert asked["closed_at"] is None
        again = client.post(one(alert, "ask"), {}, format="json")
        assert again.status_code == 409
        assert "An answer is awaited by" in reason_of(again)
        assert as_person(world[Role.SOCIAL_WORKER]).post(one(alert, "ask")).status_code == 403

    @pytest.mark.parametrize("step", ["receive", "answer", "snooze", "waive"])
    def test_nonsense_is_refused_and_nothing_is_written(
        self, world: World, alert: Alert, step: str
    ) -> None:
        client = as_person(world[Role.DIRECTOR])
        names = {
            "receive": ["something"],
            "answer": ["what", "doer", "by_on"],
            "snooze": ["until", "reason"],
            "waive": ["reason"],
        }[step]
        before = (Event.objects.count(), Receipt.objects.count())
        for nonsense in NONSENSE:
            if step == "waive" and isinstance(nonsense, str) and nonsense.isprintable():
                continue  # a strange text is a text
            answer = send(client, "post", one(alert, step), dict.fromkeys(names, nonsense))
            assert 400 <= answer.status_code < 500, (nonsense, answer.content)
            assert reason_of(answer)
        assert (Event.objects.count(), Receipt.objects.count()) == before


class TestLadders:
    def test_the_default_is_shown_as_such(self, world: World) -> None:
        answer = as_person(world[Role.SOCIAL_WORKER]).get(LADDERS).json()
        rows = answer["results"]
        assert answer["count"] == len(rows) == len(FAMILIES)
        assert {row["authority"]["code"] for row in rows} == {BARKING}
        assert all(row["is_default"] and "not law" in row["name"] for row in rows)
        visits = next(row for row in rows if row["family"] == "visits")
        assert [(rung["after"], rung["is_before"]) for rung in visits["rungs"]] == [
            (3, True),
            *((1, False), (3, False), (5, False)),
        ]

    def test_ladders_come_in_pages_and_by_family(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        page = client.get(LADDERS, {"page_size": 2, "page": 2}).json()
        assert (page["count"], len(page["results"])) == (len(FAMILIES), 2)
        (one,) = client.get(LADDERS, {"family": "lado"}).json()["results"]
        assert one["family_words"] == "Allegations"
        assert client.get(LADDERS, {"family": "weather"}).status_code == 400
        assert client.get(LADDERS, {"wether": "wet"}).status_code == 400

    def test_a_director_chooses_and_new_alerts_go_up_by_it(
        self, world: World, alert: Alert
    ) -> None:
        body = {"authority": BARKING, "family": "visits", "rungs": [STEP]}
        answer = as_person(world[Role.DIRECTOR]).post(LADDERS, body, format="json")
        assert answer.status_code == 200, answer.content
        assert answer.json()["chosen_by"]["name"] == world[Role.DIRECTOR].name
        assert Event.objects.filter(name="alerts.ladder_chosen").exists()
        child = a_child(team=world.team)
        placed(child, world.setting)
        sweep(at=NOW)
        climb(NOW)
        new = Alert.objects.get(family="visits", child=child)
        assert [rung["roles"] for rung in new.ladder["rungs"]] == [["director"]]
        alert.refresh_from_db()
        assert len(alert.ladder["rungs"]) == 3

    @pytest.mark.parametrize("role", [Role.TEAM_MANAGER, Role.SOCIAL_WORKER, Role.IRO])
    def test_others_do_not(self, world: World, role: Role) -> None:
        body = {"authority": BARKING, "family": "visits", "rungs": [STEP]}
        answer = as_person(world[role]).post(LADDERS, body, format="json")
        assert answer.status_code in (400, 403)
        assert not ChosenLadder.objects.exists()

    def test_a_stranger_neither_reads_nor_chooses(self, world: World) -> None:
        client = as_person(world.stranger)
        assert client.get(LADDERS, {"authority": BARKING}).status_code == 404
        body = {"authority": BARKING, "family": "visits", "rungs": [STEP]}
        answer = client.post(LADDERS, body, format="json")
        assert fields_of(answer) == {"authority": "You play no part in this authority."}

    @pytest.mark.parametrize(
        ("rungs", "words"),
        [
            ([], ""),
            ([{**STEP, "roles": []}], ""),
            ([{**STEP, "roles": ["clock"]}], ""),
            ([{**STEP, "after": 200}], "Step 1 waits 200 working days"),
            ([{**STEP, "after": 5}, STEP], "A later step"),
            ([{**STEP, "repeats_every": 2}, STEP], "Only the last step"),
            ("abc", ""),
            ([None], ""),
        ],
    )
    def test_steps_that_make_no_ladder_are_refused_in_words(
        self, world: World, rungs: Any, words: str
    ) -> None:
        body = {"authority": BARKING, "family": "visits", "rungs": rungs}
        answer = as_person(world[Role.DIRECTOR]).post(LADDERS, body, format="json")
        assert answer.status_code == 400, answer.content
        assert words in reason_of(answer)
        assert not ChosenLadder.objects.exists()
