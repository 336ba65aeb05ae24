"""Who may know of a child, how deep, and why."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction
from django.db.models.functions import Now
from django.test.utils import CaptureQueriesContext

from backend.access.grants import compare_children, derive_all, derive_for_children
from backend.access.models import BreakGlass, ChildGrant, ChildGroupGrant
from backend.access.visibility import (
    children_visible_to,
    depth_of,
    readers_of,
    settings_visible_to,
    why_visible,
)
from backend.casework.errors import FactRefused, NotAllowed
from backend.casework.people import break_glass, end_allocation
from backend.casework.placing import end_placement
from backend.events.models import Event
from backend.events.record import CLOCK
from backend.grammar.events import Depth
from backend.grammar.roles import IN_ONE_CASE, Role
from backend.notify.models import Notification
from tests.factories import (
    DONCASTER,
    LEEDS,
    NOW,
    TODAY,
    World,
    a_child,
    a_person,
    a_setting,
    a_world,
    placed,
    plays,
)

pytestmark = pytest.mark.django_db

RECORD = {
    Role.SOCIAL_WORKER,
    Role.IRO,
    Role.ADVOCATE,
    Role.TEAM_MANAGER,
    Role.SERVICE_MANAGER,
    Role.DIRECTOR,
    Role.IRO_MANAGER,
    Role.NOMINATED_OFFICER,
}
CARD = {Role.HOST_OFFICER, Role.REGISTERED_MANAGER}
NOTHING = {Role.LADO, Role.INDEPENDENT_VISITOR, Role.ADMINISTRATOR, *IN_ONE_CASE}
REASON = "Duty call at 22:00: hospital asks about epilepsy medicine."


@pytest.mark.parametrize("role", [role for role in Role if role != Role.CLOCK])
def test_each_role_sees_as_deep_as_it_should_and_no_deeper(world: World, role: Role) -> None:
    a_child(LEEDS)
    expected = Depth.RECORD if role in RECORD else Depth.CARD if role in CARD else None
    assert depth_of(world[role], world.child) == expected
    seen = {
        depth: list(children_visible_to(world[role], depth)) for depth in (Depth.CARD, Depth.RECORD)
    }
    assert seen == {
        Depth.CARD: [world.child] if expected else [],
        Depth.RECORD: [world.child] if expected == Depth.RECORD else [],
    }


def test_every_role_is_in_exactly_one_list() -> None:
    assert set(Role) - {Role.CLOCK} == RECORD | CARD | NOTHING


def test_a_neighbour_sees_nothing(world: World) -> None:
    assert depth_of(world.stranger, world.child) is None
    assert not children_visible_to(world.stranger).exists()


@pytest.mark.parametrize("role", sorted(RECORD | CARD))
def test_everybody_who_sees_can_be_told_why(world: World, role: Role) -> None:
    assert why_visible(world[role], world.child, TODAY)
    assert world[role].name in {reader.name for reader in readers_of(world.child, TODAY)}


def test_nobody_else_is_named_among_the_readers(world: World) -> None:
    named = {reader.person_id for reader in readers_of(world.child, TODAY)}
    assert named == {world[role].pk for role in RECORD | CARD}


def test_somebody_who_left_sees_nothing(world: World) -> None:
    person = world[Role.TEAM_MANAGER]
    person.is_active = False
    person.save()
    assert not children_visible_to(person).exists()


def test_the_end_of_an_allocation_ends_the_sight(world: World) -> None:
    allocation = world.child.allocations.get(role=Role.ADVOCATE)
    end_allocation(allocation=allocation, ended_on=TODAY, by=world[Role.TEAM_MANAGER], at=NOW)
    assert depth_of(world[Role.ADVOCATE], world.child) is None


def test_a_move_takes_the_card_from_the_old_home_and_gives_it_to_the_new(world: World) -> None:
    new = a_setting(LEEDS)
    manager, officer = a_person(), a_person()
    plays(manager, Role.REGISTERED_MANAGER, setting=new)
    plays(officer, Role.HOST_OFFICER, authority_id=LEEDS)
    placed(world.child, new, started_on=TODAY)
    derive_for_children([world.child.pk], TODAY)
    assert depth_of(world[Role.REGISTERED_MANAGER], world.child) is None
    assert depth_of(world[Role.HOST_OFFICER], world.child) is None
    assert depth_of(manager, world.child) == Depth.CARD
    assert depth_of(officer, world.child) == Depth.CARD
    assert depth_of(world[Role.SOCIAL_WORKER], world.child) == Depth.RECORD


def test_a_child_never_leaves_the_placing_authoritys_lists_when_shared(world: World) -> None:
    officer = a_person()
    plays(officer, Role.HOST_OFFICER, authority_id=DONCASTER)
    assert depth_of(world[Role.DIRECTOR], world.child) == Depth.RECORD


def test_the_end_of_a_placement_ends_the_cards(world: World) -> None:
    end_placement(placement=world.placement, ended_on=TODAY, by=world[Role.SOCIAL_WORKER], at=NOW)
    assert depth_of(world[Role.REGISTERED_MANAGER], world.child) is None
    assert depth_of(world[Role.TEAM_MANAGER], world.child) == Depth.RECORD


def test_settings_are_seen_by_host_manager_and_visitor_only(world: World) -> None:
    seeing = {role for role in world.people if settings_visible_to(world[role]).exists()}
    assert seeing == {
        Role.HOST_OFFICER,
        Role.LADO,
        Role.REGISTERED_MANAGER,
        Role.INDEPENDENT_VISITOR,
    }


class TestGrants:
    def test_they_agree_with_the_facts(self, world: World) -> None:
        assert not compare_children([world.child.pk], TODAY)

    def test_the_nightly_check_finds_and_mends_what_was_given_by_hand(self, world: World) -> None:
        grant = ChildGrant.objects.filter(user=world[Role.SOCIAL_WORKER]).get()
        ChildGrant.objects.create(
            user=world.stranger, content_object=world.child, permission=grant.permission
        )
        grant.delete()
        assert depth_of(world.stranger, world.child) == Depth.RECORD
        found = derive_all(TODAY)
        assert found["children"] == 2
        assert depth_of(world.stranger, world.child) is None
        assert depth_of(world[Role.SOCIAL_WORKER], world.child) == Depth.RECORD
        assert derive_all(TODAY) == {"children": 0, "settings": 0, "people": 0, "cases": 0}

    def test_deriving_for_many_children_takes_no_more_queries(self) -> None:
        worlds = [a_world() for _ in range(3)]
        ids = [world.child.pk for world in worlds]
        ChildGroupGrant.objects.all().delete()
        with CaptureQueriesContext(connection) as one:
            derive_for_children(ids[:1], TODAY)
        with CaptureQueriesContext(connection) as two:
            derive_for_children(ids[1:], TODAY)
        assert len(two) == len(one)

    def test_seeing_takes_one_query_that_starts_from_the_persons_own_rows(
        self, world: World
    ) -> None:
        with CaptureQueriesContext(connection) as queries:
            list(children_visible_to(world[Role.SOCIAL_WORKER]))
        assert len(queries) == 1
        assert queries[0]["sql"].count("UNION") == 2


class TestBreakingGlass:
    def test_it_opens_the_record_for_a_while_and_tells_the_owners(self, world: World) -> None:
        glass = break_glass(child=world.child, reason=REASON, by=world[Role.HOST_OFFICER], at=NOW)
        assert glass.ends_at == NOW + timedelta(hours=8)
        assert Event.objects.filter(name="records.opened", child_id=world.child.pk).count() == 1
        told = Notification.objects.filter(event__name="records.opened")
        assert set(told.values_list("person", flat=True)) == {
            world[Role.TEAM_MANAGER].pk,
            world[Role.SOCIAL_WORKER].pk,
        }

    def test_it_ends_by_itself(self, world: World) -> None:
        still, past = a_person(), a_person()
        for person, ends_in in ((still, timedelta(minutes=1)), (past, timedelta(0))):
            BreakGlass.objects.create(
                person=person,
                child=world.child,
                reason=REASON,
                opened_at=Now() - timedelta(hours=1),
                ends_at=Now() + ends_in,
            )
        assert depth_of(still, world.child) == Depth.RECORD
        assert depth_of(past, world.child) is None

    def test_a_reason_in_words_is_needed(self, world: World) -> None:
        with pytest.raises(FactRefused, match="20 characters"):
            break_glass(child=world.child, reason="urgent", by=world[Role.HOST_OFFICER], at=NOW)

    @pytest.mark.parametrize(
        "role", [Role.REGISTERED_MANAGER, Role.INDEPENDENT_VISITOR, Role.ADMINISTRATOR]
    )
    def test_only_professionals_of_the_two_authorities_may(self, world: World, role: Role) -> None:
        with pytest.raises(NotAllowed):
            break_glass(child=world.child, reason=REASON, by=world[role], at=NOW)

    def test_a_stranger_may_not(self, world: World) -> None:
        with pytest.raises(NotAllowed):
            break_glass(child=world.child, reason=REASON, by=world.stranger, at=NOW)

    def test_who_can_see_already_does_not_need_it(self, world: World) -> None:
        with pytest.raises(FactRefused, match="already"):
            break_glass(child=world.child, reason=REASON, by=world[Role.IRO], at=NOW)

    def test_it_cannot_be_rewritten(self, world: World) -> None:
        break_glass(child=world.child, reason=REASON, by=world[Role.LADO], at=NOW)
        with pytest.raises(DatabaseError), transaction.atomic():
            BreakGlass.objects.update(reason="nothing to see here at all")


class TestEvents:
    def test_they_cannot_be_changed_or_removed(self, world: World) -> None:
        with pytest.raises(DatabaseError), transaction.atomic():
            Event.objects.update(by_name="somebody else")
        with pytest.raises(DatabaseError), transaction.atomic():
            Event.objects.all().delete()

    def test_a_reader_of_the_card_reads_no_event_of_the_record(self, world: World) -> None:
        depths = dict(Event.objects.values_list("name", "depth"))
        assert depths["placements.started"] == "card"
        assert depths["care.began"] == "record"

    def test_the_clock_has_a_name(self, world: World) -> None:
        assert CLOCK.name == "the clock"
        assert set(Event.objects.filter(by_id=None).values_list("by_name", flat=True)) == {
            "the clock"
        }
