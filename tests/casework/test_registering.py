"""A child who comes into care today is on the register today, once, and somebody knows it."""

from datetime import date, timedelta
from typing import Any

import pytest

from backend.access.models import Person
from backend.access.visibility import children_visible_to
from backend.casework.children import register_child
from backend.casework.errors import FactRefused, NotAllowed
from backend.casework.placing import place_child
from backend.deadlines.models import Deadline
from backend.events.models import Event
from backend.grammar.events import Depth
from backend.grammar.roles import Role
from backend.records.models import Child
from tests.factories import LEEDS, NOW, TODAY, World, a_child, a_team

BORN = date(2014, 6, 5)


def registered(world: World, by: Person, **facts: Any) -> Child:
    return register_child(
        **{
            "team": world.team,
            "local_id": "N77",
            "name": "Wren  Hollis ",
            "date_of_birth": BORN,
            "by": by,
            "at": NOW,
            **facts,
        }
    )


class TestRegistering:
    def test_a_social_worker_has_the_child_at_once_and_their_manager_is_told(
        self, world: World
    ) -> None:
        worker = world[Role.SOCIAL_WORKER]
        child = registered(world, worker, communicates_by=["sign"])
        assert (child.name, child.authority_id) == ("Wren Hollis", world.team.authority_id)
        assert child.followed_from is None
        given = child.allocations.get()
        assert (given.person, given.role, given.started_on) == (worker, Role.SOCIAL_WORKER, TODAY)
        assert child in children_visible_to(worker, Depth.RECORD)
        event = Event.objects.get(child_id=child.pk, name="children.registered")
        told = world[Role.TEAM_MANAGER].notifications.get(event=event)
        assert "Wren" not in told.words

    @pytest.mark.parametrize("role", [Role.TEAM_MANAGER, Role.SERVICE_MANAGER])
    def test_a_manager_registers_and_allocates_afterwards(self, world: World, role: Role) -> None:
        child = registered(world, world[role])
        assert not child.allocations.exists()
        assert child in children_visible_to(world[role], Depth.RECORD)

    def test_visits_and_reviews_are_owed_once_the_child_is_placed(self, world: World) -> None:
        worker = world[Role.SOCIAL_WORKER]
        child = registered(world, worker)
        assert not Deadline.objects.filter(child=child).exists()
        place_child(
            child=child, started_on=TODAY, place="K2", legal_status="V2", setting=world.setting,
            by=worker, at=NOW,
        )  # fmt: skip
        refs = set(Deadline.objects.filter(child=child).values_list("ref", flat=True))
        assert {"VIS-01", "REV-01"} <= refs

    @pytest.mark.parametrize(
        "role", [Role.IRO, Role.DIRECTOR, Role.ADVOCATE, Role.ADMINISTRATOR, Role.HOST_OFFICER]
    )
    def test_nobody_else_registers(self, world: World, role: Role) -> None:
        with pytest.raises(NotAllowed, match="a team that you work in or manage"):
            registered(world, world[role])

    def test_not_with_the_team_of_others(self, world: World) -> None:
        for team in (a_team(), a_team(LEEDS)):
            with pytest.raises(NotAllowed):
                registered(world, world[Role.SOCIAL_WORKER], team=team)

    @pytest.mark.parametrize(
        ("facts", "field", "words"),
        [
            ({"date_of_birth": TODAY + timedelta(days=1)}, "date_of_birth", "in the future"),
            ({"date_of_birth": date(1914, 6, 5)}, "date_of_birth", "would be 111. Check the year"),
            ({"local_id": "  "}, "local_id", "blank"),
            ({"local_id": "12345678901"}, "local_id", "at most 10"),
            ({"name": "Wren\x00"}, "name", "cannot be stored"),
            ({"communicates_by": ["shouting"]}, "communicates_by", "not a valid choice"),
            ({"home_postcode": "far too long"}, "home_postcode", "at most 8"),
        ],
    )
    def test_what_cannot_be_is_refused_in_words(
        self, world: World, facts: dict[str, Any], field: str, words: str
    ) -> None:
        before = Child.objects.count()
        with pytest.raises(FactRefused, match=words) as refused:
            registered(world, world[Role.SOCIAL_WORKER], **facts)
        assert refused.value.field == field
        assert Child.objects.count() == before

    def test_a_child_has_one_record(self, world: World) -> None:
        manager = world[Role.TEAM_MANAGER]
        registered(world, manager)
        with pytest.raises(FactRefused, match="with the number n77") as refused:
            registered(world, manager, local_id="n77", name="Somebody Else")
        assert refused.value.field == "local_id"
        with pytest.raises(FactRefused, match="this name and date of birth") as refused:
            registered(world, manager, local_id="N78", name="wren hollis")
        assert refused.value.field == "name"

    def test_another_authority_may_know_the_same_number(self, world: World) -> None:
        a_child(LEEDS, local_id="N77", name="Wren Hollis", date_of_birth=BORN)
        assert registered(world, world[Role.TEAM_MANAGER]).local_id == "N77"
