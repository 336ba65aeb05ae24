"""Whoever has a part in a concern can see it, and the number of queries does not grow."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.access.matters import may_see, people_of
from backend.events.models import Event
from backend.grammar.events import KINDS
from backend.grammar.roles import Role
from tests.factories import NOW, TODAY, World, a_person, moment
from tests.workflows.escalations.conftest import disputed, host_director, nights, raised
from workflows.escalations import actions
from workflows.escalations.models import Escalation
from workflows.escalations.queries import escalations_visible_to, people_in

pytestmark = pytest.mark.django_db


def of_every_kind(world: World) -> list[Escalation]:
    host_director(world)
    return [
        raised(world),
        raised(world, Role.SOCIAL_WORKER, kind="placing_host"),
        raised(world, Role.REGISTERED_MANAGER, kind="home_placing"),
        raised(world, Role.ADVOCATE, kind="advocate_host"),
        raised(world, Role.TEAM_MANAGER, kind="professional"),
        raised(world, child=None, setting=world.setting, kind="professional"),
        disputed(world),
    ]


def test_everybody_with_a_part_can_see_it_at_every_level(world: World) -> None:
    cases = of_every_kind(world)
    for day in (0, 2, 7, 14, 40):
        nights(day, day)
        for case in cases:
            playing = people_of("escalations", [case.pk], TODAY)[case.pk]
            assert playing
            for person, role in playing:
                assert may_see(person, case.about), (case.kind, role)


def test_everybody_at_a_meeting_can_see_it(world: World) -> None:
    meeting = actions.call_meeting(
        setting=world.setting,
        purpose="Night staffing.",
        meets_at=moment(TODAY + timedelta(days=7)),
        invited=[world[Role.ADVOCATE]],
        by=world[Role.HOST_OFFICER],
        at=NOW,
    )
    playing = people_of("setting-meetings", [meeting.pk], TODAY)[meeting.pk]
    assert {role for _, role in playing} == {
        Role.RAISED_BY,
        Role.HOST_OFFICER,
        Role.LADO,
        Role.TEAM_MANAGER,
        Role.SERVICE_MANAGER,
        Role.DIRECTOR,
        Role.SENT_TO,
    }
    for person, role in playing:
        assert may_see(person, meeting.about), role


def test_those_who_were_asked_before_go_on_seeing_it_and_may_no_longer_answer(
    world: World,
) -> None:
    case = raised(world)
    nights(2, 2)
    worker = world[Role.SOCIAL_WORKER]
    assert may_see(worker, case.about)
    assert Role.SENT_TO not in case.parts_of(worker, TODAY)
    assert Role.SENT_TO in case.parts_of(world[Role.TEAM_MANAGER], TODAY)


def test_somebody_who_left_sees_nothing(world: World) -> None:
    case = raised(world)
    manager = world[Role.TEAM_MANAGER]
    manager.is_active = False
    manager.save()
    assert not may_see(manager, case.about)
    playing = people_of("escalations", [case.pk], TODAY)[case.pk]
    assert manager.pk not in {person.pk for person, _ in playing}


def test_another_home_and_another_authority_see_nothing(world: World) -> None:
    of_every_kind(world)
    assert not escalations_visible_to(world.stranger).exists()
    assert not escalations_visible_to(a_person()).exists()


def test_many_take_no_more_queries_than_one(world: World) -> None:
    ids = [case.pk for case in of_every_kind(world)]

    def asked(wanted: list[int]) -> int:
        with CaptureQueriesContext(connection) as found:
            people_in(wanted, TODAY)
        return len(found)

    assert asked(ids) == asked(ids[:1])


#: What a date brings with it; it stands on no child, so that only readers of the case see it.
BY_THE_CLOCK = [kind.name for kind in KINDS if kind.name.startswith(("deadlines.", "alerts."))]


def test_every_event_of_a_concern_is_for_its_readers_alone(world: World) -> None:
    for case in of_every_kind(world):
        actions.go_outside(escalation=case, where="ofsted", reason="x", by=case.raised_by, at=NOW)
    nights(1, 40)
    said = Event.objects.filter(about__startswith="escalations/").exclude(name__in=BY_THE_CLOCK)
    assert set(said.values_list("depth", flat=True)) == {"restricted"}


def test_what_the_clock_says_of_a_concern_stands_on_no_child(world: World) -> None:
    disputed(world)
    nights(1, 40)
    said = Event.objects.filter(about__startswith="escalations/", name__in=BY_THE_CLOCK)
    assert {"deadlines.slipped", "alerts.reminded"} <= set(said.values_list("name", flat=True))
    assert not said.exclude(child_id=None, setting_id=None).exists()
