"""How a person is reached and when they are away, as programs change it."""

from datetime import timedelta
from typing import Any

import pytest

from backend.casework.preferences import Wishes, wishes_of
from backend.grammar.roles import Role
from backend.notify.models import Leave
from tests.api.kit import V1, as_person, fields_of, reason_of
from tests.factories import TODAY, World

pytestmark = pytest.mark.django_db
PREFERENCES, LEAVE = f"{V1}/me/preferences/", f"{V1}/leave/"
WORKER = Role.SOCIAL_WORKER


def in_days(days: int) -> str:
    return (TODAY + timedelta(days=days)).isoformat()


class TestPreferences:
    def test_they_are_read_and_changed_one_at_a_time(self, world: World) -> None:
        client = as_person(world[WORKER])
        before = client.get(PREFERENCES).json()
        assert before["by_email"] is True
        assert {"value": "visits", "label": "Visits"} in before["families"]
        assert {"live", "email"} <= set(before["offered"])
        answer = client.patch(
            PREFERENCES,
            {"unwanted": ["visits"], "quiet_from": "20:00", "quiet_to": "07:30"},
            format="json",
        )
        assert answer.status_code == 200
        after = client.get(PREFERENCES).json()
        assert {name for name in after if after[name] != before[name]} == {
            "unwanted",
            "quiet_from",
            "quiet_to",
        }
        assert wishes_of(world[Role.IRO]) == Wishes()

    @pytest.mark.parametrize(
        ("sent", "field"),
        [
            ({"phone": "frog"}, "phone"),
            ({"quiet_from": "20:00"}, "quiet_to"),
            ({"unwanted": ["frogs"]}, "unwanted"),
            ({"colour": "blue"}, "colour"),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, world: World, sent: dict[str, Any], field: str
    ) -> None:
        answer = as_person(world[WORKER]).patch(PREFERENCES, sent, format="json")
        assert answer.status_code == 400
        assert list(fields_of(answer)) == [field]
        assert wishes_of(world[WORKER]) == Wishes()

    def test_nothing_is_no_change(self, world: World) -> None:
        answer = as_person(world[WORKER]).patch(PREFERENCES, {}, format="json")
        assert "Say what is to change." in reason_of(answer)


class TestLeave:
    def enter(self, world: World, **changed: Any) -> Any:
        sent = {"started_on": in_days(0), "ended_on": in_days(5), "deputy": None, **changed}
        return as_person(world[WORKER]).post(LEAVE, sent, format="json")

    def test_it_is_entered_read_and_ended(self, world: World) -> None:
        answer = self.enter(world, deputy=world[Role.IRO].pk)
        assert answer.status_code == 201
        client = as_person(world[WORKER])
        rows = client.get(LEAVE).json()["results"]
        assert [row["deputy"]["id"] for row in rows] == [world[Role.IRO].pk]
        assert client.post(f"{LEAVE}{rows[0]['id']}/end/").status_code == 204
        assert not Leave.objects.exists()

    def test_another_ones_is_not_there(self, world: World) -> None:
        number = self.enter(world).json()["id"]
        for role in (Role.IRO, Role.TEAM_MANAGER):
            client = as_person(world[role])
            assert client.get(LEAVE).json()["count"] == 0
            assert client.post(f"{LEAVE}{number}/end/").status_code == 404
        assert Leave.objects.exists()

    def test_deputy_is_a_colleague(self, world: World) -> None:
        assert world.stranger is not None
        for deputy in (world.stranger.pk, 987_654, 2**70):
            answer = self.enter(world, deputy=deputy)
            assert answer.status_code == 400
            assert list(fields_of(answer)) == ["deputy"]

    def test_days_that_cannot_be_are_refused(self, world: World) -> None:
        answer = self.enter(world, ended_on=in_days(-1))
        assert fields_of(answer) == {"ended_on": "The last day away is before the first."}
