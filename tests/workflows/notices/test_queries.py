"""Who may know of what: everybody who plays a part sees, and nobody else does."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.access.matters import matters_visible_to, people_of
from backend.grammar.roles import Role
from tests.factories import (
    LEEDS,
    NOW,
    TODAY,
    World,
    a_child,
    a_person,
    a_setting,
    allocated,
    placed,
    plays,
)
from tests.workflows.notices.walks import home_says, tell_host, the_notice
from workflows.notices import actions
from workflows.notices.models import HostNotice, Mismatch
from workflows.notices.queries import (
    known_to_homes_only,
    register_of,
    sources_of,
    waiting_for,
)

pytestmark = pytest.mark.django_db
KINDS = ["host-notices", "home-notices", "mismatches", "report-requests"]


@pytest.fixture
def full(world: World) -> World:
    """One case of each kind."""
    tell_host(world, the_notice(world.placement))
    home_says(world, world.placement.started_on + timedelta(days=1))
    actions.ask_for_reports(setting=world.setting, by=world[Role.HOST_OFFICER], at=NOW)
    return world


@pytest.mark.parametrize("kind", KINDS)
def test_whoever_plays_a_part_sees_and_a_stranger_does_not(full: World, kind: str) -> None:
    rows = matters_visible_to(kind, full[Role.HOST_OFFICER])
    pk = rows.order_by("pk")[0].pk
    playing = people_of(kind, [pk], TODAY)[pk]
    assert playing
    for person, _ in playing:
        assert matters_visible_to(kind, person).filter(pk=pk).exists(), person
    assert not matters_visible_to(kind, full.stranger).exists()


@pytest.mark.parametrize("kind", KINDS)
def test_the_parts_of_three_take_as_many_queries_as_of_one(full: World, kind: str) -> None:
    pk = matters_visible_to(kind, full[Role.HOST_OFFICER]).order_by("pk")[0].pk

    def queries(ids: list[int]) -> int:
        with CaptureQueriesContext(connection) as found:
            people_of(kind, ids, TODAY)
        return len(found)

    assert queries([pk]) == queries([pk, pk + 1, pk + 2])


def test_another_areas_officer_sees_nothing(full: World) -> None:
    other = a_person("Officer of Leeds")
    plays(other, Role.HOST_OFFICER, authority_id=LEEDS)
    for kind in KINDS:
        assert not matters_visible_to(kind, other).exists()
    assert not register_of(other, TODAY).exists()


def test_an_unmatched_child_is_known_to_the_officers_of_the_authority_named(world: World) -> None:
    officer = a_person("Nominated officer of Leeds")
    plays(officer, Role.NOMINATED_OFFICER, authority_id=LEEDS)
    from backend.records.models import Authority

    home_says(world, name="Unknown Child", placing_authority=Authority.objects.get(pk=LEEDS))
    mismatch = Mismatch.objects.get(kind="not_placed")
    assert matters_visible_to("mismatches", officer).get() == mismatch
    assert (officer, Role.NOMINATED_OFFICER) in people_of("mismatches", [mismatch.pk], TODAY)[
        mismatch.pk
    ]
    assert not matters_visible_to("home-notices", officer).exists()
    assert not matters_visible_to("mismatches", world[Role.NOMINATED_OFFICER]).filter(
        pk=mismatch.pk
    )


class TestRegister:
    def test_from_both_sources(self, world: World) -> None:
        officer = world[Role.HOST_OFFICER]
        row = register_of(officer, TODAY).get()
        assert (row.child, sources_of(row).authority, sources_of(row).home) == (
            world.child,
            "Not told",
            "Not said",
        )
        tell_host(world, the_notice(world.placement))
        home_says(world)
        said = sources_of(register_of(officer, TODAY).get())
        assert (said.authority, said.home) == ("Told", "Said")
        actions.acknowledge_notice(notice=HostNotice.objects.get(), by=officer, at=NOW)
        row = register_of(officer, TODAY).get()
        assert (sources_of(row).authority, row.differs) == ("Acknowledged", False)

    def test_differs_while_a_mismatch_stands(self, world: World) -> None:
        home_says(world)
        assert register_of(world[Role.HOST_OFFICER], TODAY).get().differs

    def test_a_child_who_left_is_not_on_it(self, world: World) -> None:
        placed(world.child, a_setting(host=LEEDS), started_on=TODAY)
        assert not register_of(world[Role.HOST_OFFICER], TODAY).exists()

    def test_a_home_alone_speaks_of_a_child(self, world: World) -> None:
        home_says(world, name="Unknown Child")
        assert known_to_homes_only(world[Role.HOST_OFFICER]).get().name == "Unknown Child"
        assert not known_to_homes_only(world[Role.REGISTERED_MANAGER]).exists()

    def test_a_manager_of_a_home_reads_no_register(self, world: World) -> None:
        assert not register_of(world[Role.REGISTERED_MANAGER], TODAY).exists()


def test_decisions_wait_for_whoever_may_take_them(world: World) -> None:
    actions.ask_approval(
        child=world.child,
        placement=world.placement,
        needs="x",
        why_here="y",
        by=world[Role.SOCIAL_WORKER],
        at=NOW,
    )
    assert waiting_for(world[Role.DIRECTOR], TODAY).count() == 1
    assert not waiting_for(world[Role.NOMINATED_OFFICER], TODAY).exists()
    other = a_child(date_of_birth=date(2013, 1, 1))
    allocated(world[Role.SOCIAL_WORKER], Role.SOCIAL_WORKER, other)
    assert waiting_for(world[Role.SOCIAL_WORKER], TODAY).count() == 0
