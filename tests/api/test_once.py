"""A phone that sends twice does not record twice; who looked at an old version is told so."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from backend.access.grants import derive_for_children
from backend.access.models import Allocation
from backend.api.jobs import forget_kept_answers
from backend.api.models import KeptAnswer
from backend.events.models import Event
from backend.grammar.roles import Role
from tests.api.kit import V1, as_person, reason_of
from tests.factories import NOW, TODAY, World, an_outcome, moment
from workflows.visits.models import Visit

KEY = "0b1c7f0e-2f4e-4f7e-9d0a-1c2d3e4f5a6b"


def outcome(world: World, **facts: Any) -> dict[str, Any]:
    made = an_outcome(TODAY - timedelta(days=1), **facts)
    return {**made, "made_at": made["made_at"].isoformat(), "child": world.child.pk}


def record(client: Any, body: dict[str, Any], key: str = KEY) -> Any:
    headers = {"idempotency-key": key} if key else {}
    return client.post(f"{V1}/visits/record/", body, format="json", headers=headers)


class TestOnce:
    def test_the_second_time_gets_the_first_answer(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        first, second = (record(client, outcome(world)) for _ in range(2))
        assert first.status_code == second.status_code == 201
        assert first.json() == second.json()
        assert first["Location"] == second["Location"] == f"{V1}/visits/{first.json()['id']}/"
        assert first["ETag"] == second["ETag"]
        assert "Idempotent-Replayed" not in first
        assert second["Idempotent-Replayed"] == "true"
        assert Visit.objects.count() == 1
        assert Event.objects.filter(name="visits.made").count() == 1

    def test_without_a_key_the_house_itself_notices(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        codes = [record(client, outcome(world), key="").status_code for _ in range(2)]
        assert codes == [201, 409]

    def test_the_same_key_for_something_else_is_refused(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        record(client, outcome(world))
        other = record(client, outcome(world, next_steps="Something else."))
        assert other.status_code == 422
        assert "new one" in reason_of(other)
        assert Visit.objects.count() == 1

    def test_a_key_belongs_to_one_person_and_one_address(self, world: World) -> None:
        worker, manager = (
            as_person(world[role]) for role in (Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
        )
        body = {
            "child": world.child.pk,
            "arranged_for": moment(TODAY + timedelta(days=3)).isoformat(),
        }
        for client, step in ((worker, "arrange"), (manager, "arrange"), (worker, "plan")):
            answer = client.post(
                f"{V1}/visits/{step}/", body, format="json", headers={"idempotency-key": KEY}
            )
            assert answer.status_code == 201, answer.content
            assert "Idempotent-Replayed" not in answer
        assert Visit.objects.count() == 3

    def test_what_was_refused_is_not_kept(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        refused = record(client, outcome(world, next_steps=""))
        assert refused.status_code == 400
        assert not KeptAnswer.objects.exists()
        assert record(client, outcome(world)).status_code == 201

    def test_a_step_taken_twice_is_taken_once(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        visit = record(client, outcome(world)).json()
        url = f"{V1}/visits/{visit['id']}/void/"
        codes = [
            client.post(
                url, {"reason": "The wrong child."}, format="json", headers={"idempotency-key": "v"}
            ).status_code
            for _ in range(2)
        ]
        assert codes == [200, 200]
        assert Event.objects.filter(name="visits.voided").count() == 1

    def test_a_kept_answer_is_not_given_to_who_may_not_read_it_any_more(self, world: World) -> None:
        worker = world[Role.SOCIAL_WORKER]
        client = as_person(worker)
        assert record(client, outcome(world)).status_code == 201
        Allocation.objects.filter(person=worker).update(ended_on=TODAY - timedelta(days=1))
        derive_for_children([world.child.pk], TODAY)
        again = record(client, outcome(world))
        assert again.status_code == 404
        assert b"garden" not in again.content

    def test_a_key_is_kept_for_a_day(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        record(client, outcome(world))
        with time_machine.travel(NOW + timedelta(hours=23), tick=False):
            forget_kept_answers(timestamp=0)
            assert record(client, outcome(world))["Idempotent-Replayed"] == "true"
        with time_machine.travel(NOW + timedelta(hours=25), tick=False):
            assert record(client, outcome(world)).status_code == 409
            forget_kept_answers(timestamp=0)
        assert not KeptAnswer.objects.exists()

    @pytest.mark.parametrize("key", ["x" * 201, "", "schlüssel", "a\tb"])
    def test_what_is_no_key_is_refused(self, key: str, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        answer = client.post(
            f"{V1}/visits/record/",
            outcome(world),
            format="json",
            headers={"idempotency-key": key},
        )
        assert answer.status_code == 400
        assert "Idempotency-Key" in reason_of(answer)
        assert not Visit.objects.exists()

    def test_a_key_is_no_way_in(self, world: World) -> None:
        answer = record(as_person(None), outcome(world))
        assert answer.status_code == 401
        assert not KeptAnswer.objects.exists()


class TestVersions:
    def void(self, client: Any, number: int, **headers: str) -> Any:
        return client.post(
            f"{V1}/visits/{number}/void/",
            {"reason": "The wrong child."},
            format="json",
            headers=headers,
        )

    def test_who_looked_at_an_old_version_is_told_who_changed_it(self, world: World) -> None:
        worker, manager = (
            as_person(world[role]) for role in (Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
        )
        number = record(worker, outcome(world)).json()["id"]
        seen = manager.get(f"{V1}/visits/{number}/")
        amended = worker.post(
            f"{V1}/visits/{number}/amend/",
            {"changes": {"next_steps": "Sooner."}, "why": "I had the wrong date."},
            format="json",
            headers={"if-match": seen["ETag"]},
        )
        assert amended.status_code == 200, amended.content
        assert amended["ETag"] != seen["ETag"]
        refused = self.void(manager, number, **{"if-match": seen["ETag"]})
        assert refused.status_code == 412
        assert world[Role.SOCIAL_WORKER].name in reason_of(refused)
        assert Visit.objects.get().state == "made"
        assert self.void(manager, number, **{"if-match": amended["ETag"]}).status_code == 200

    @pytest.mark.parametrize(
        ("tag", "code"),
        [("*", 200), ('W/"2"', 200), ("2", 200), ('"x"', 412), ('"9"', 412), ('"2", "3"', 400)],
    )
    def test_tags(self, tag: str, code: int, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        visit = record(client, outcome(world)).json()
        assert visit["version"] == 2
        answer = self.void(client, visit["id"], **{"if-match": tag})
        assert answer.status_code == code
        if code != 200:
            assert reason_of(answer)

    def test_a_step_that_is_over_says_what_happened(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        number = record(client, outcome(world)).json()["id"]
        self.void(client, number)
        again = self.void(client, number)
        assert again.status_code == 409
        assert world[Role.SOCIAL_WORKER].name in reason_of(again)

    def test_actions_are_what_this_person_may_do_now(self, world: World) -> None:
        worker, iro = (as_person(world[role]) for role in (Role.SOCIAL_WORKER, Role.IRO))
        visit = record(worker, outcome(world)).json()
        assert visit["state"] == {"value": "made", "label": "Made"}
        names = {action["name"]: action["url"] for action in visit["actions"]}
        url = f"{V1}/visits/{visit['id']}/"
        assert names == {"amend": f"{url}amend/", "void": f"{url}void/"}
        assert iro.get(url).json()["actions"] == []
        assert self.void(worker, visit["id"]).json()["actions"] == []
        refused = self.void(iro, visit["id"])
        assert refused.status_code == 403
        assert "social worker" in reason_of(refused)
