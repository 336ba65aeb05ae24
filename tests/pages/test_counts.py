"""A page asks the database as often for three rows as for one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from backend.grammar.roles import Role
from tests.factories import (
    NOW,
    TODAY,
    World,
    a_child,
    a_setting,
    allocated,
    an_outcome,
    moment,
    placed,
)
from tests.pages.conftest import Enter
from workflows.visits import actions


def asked(client: Client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get(address)
    assert answer.status_code == 200
    return len(queries)


def another_child(world: World) -> None:
    child = a_child(team=world.team)
    for role in (Role.SOCIAL_WORKER, Role.IRO):
        allocated(world[role], role, child)
    placed(child, a_setting())
    actions.arrange_visit(
        child=child,
        arranged_for=NOW + timedelta(days=2),
        by=world[Role.SOCIAL_WORKER],
        at=NOW,
    )


def another_visit(world: World, number: int) -> None:
    day = TODAY - timedelta(days=40 - 10 * number)
    actions.record_visit(
        child=world.child,
        outcome=an_outcome(day),
        by=world[Role.SOCIAL_WORKER],
        at=moment(day, 18),
        accounts=[{"source": "home", "who": "Key worker", "said": "Settled."}],
    )
    actions.request_visit(
        child=world.child,
        asked_by="child",
        asked_on=day,
        how_asked="symbols",
        words="Come.",
        by=world[Role.SOCIAL_WORKER],
        at=NOW,
    )


@pytest.mark.parametrize(
    ("role", "address"),
    [
        (Role.SOCIAL_WORKER, "/"),
        (Role.IRO, "/"),
        (Role.TEAM_MANAGER, "/"),
        (Role.DIRECTOR, "/"),
        (Role.IRO_MANAGER, "/"),
        (Role.HOST_OFFICER, "/"),
        (Role.SOCIAL_WORKER, "/children/"),
        (Role.DIRECTOR, "/children/"),
        (Role.HOST_OFFICER, "/children/"),
        (Role.SOCIAL_WORKER, "/settings/"),
        (Role.HOST_OFFICER, "/settings/"),
    ],
)
def test_list_of_children_asks_as_often_for_three_as_for_one(
    world: World, enter: Enter, role: Role, address: str
) -> None:
    client = enter(world[role])
    # A second child first, so that every question of the list is asked from the start.
    another_child(world)
    few = asked(client, address)
    another_child(world)
    another_child(world)
    assert asked(client, address) == few


@pytest.mark.parametrize(
    "page", ["child", "child_timeline", "child_visits", "child_needs", "child_access"]
)
def test_page_of_a_child_asks_as_often_for_three_visits_as_for_one(
    world: World, enter: Enter, page: str
) -> None:
    client = enter(world[Role.SOCIAL_WORKER])
    address = reverse(page, args=[world.child.pk])
    another_visit(world, 0)
    one = asked(client, address)
    another_visit(world, 1)
    another_visit(world, 2)
    assert asked(client, address) == one


def test_page_of_a_visit_asks_as_often_for_many_accounts(world: World, enter: Enter) -> None:
    client = enter(world[Role.SOCIAL_WORKER])

    def recorded(day_before: int, number: int) -> str:
        day = TODAY - timedelta(days=day_before)
        visit = actions.record_visit(
            child=world.child,
            outcome=an_outcome(day),
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
            accounts=[
                {"source": "home", "who": f"Person {one}", "said": "Settled."}
                for one in range(number)
            ],
        )
        return reverse("visit", args=[visit.pk])

    assert asked(client, recorded(5, 1)) == asked(client, recorded(3, 3))
