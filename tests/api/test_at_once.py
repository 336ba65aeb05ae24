"""Two requests at the same moment: one is carried out, the other is told, nothing is doubled."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connections

from backend.api.models import KeptAnswer
from backend.events.models import Event
from backend.grammar.roles import Role
from tests.api.kit import as_person, reason_of
from tests.api.test_once import KEY, outcome, record
from tests.factories import World, a_world
from workflows.visits.models import Visit

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def world(transactional_db: None) -> World:
    return a_world()


def both(*asked: Any) -> list[Any]:
    def ask(one: Any) -> Any:
        try:
            return one()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(asked)) as pool:
        return list(pool.map(ask, asked))


def test_the_same_key_four_times_at_once_records_once(world: World) -> None:
    client = as_person(world[Role.SOCIAL_WORKER])
    body = outcome(world)
    answers = both(*[lambda: record(client, body)] * 4)
    assert [answer.status_code for answer in answers] == [201] * 4
    assert len({answer.json()["id"] for answer in answers}) == 1
    assert sum("Idempotent-Replayed" in answer for answer in answers) == 3
    assert Visit.objects.count() == KeptAnswer.objects.count() == 1
    assert Event.objects.filter(name="visits.made").count() == 1


def test_two_people_at_once_one_is_told_by_whom(world: World) -> None:
    people = [world[Role.SOCIAL_WORKER], world[Role.TEAM_MANAGER]]
    clients = [as_person(person) for person in people]
    body = outcome(world)
    answers = both(*[lambda c=client: record(c, body, key=KEY) for client in clients])
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    first = next(n for n, answer in enumerate(answers) if answer.status_code == 201)
    assert people[first].name in reason_of(answers[1 - first])
    assert Visit.objects.count() == 1
