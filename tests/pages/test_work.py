"""My work: what comes first, what is counted, and what is remembered."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from backend.access.models import Person
from backend.casework.people import end_allocation
from backend.deadlines.models import Deadline
from backend.deadlines.queries import RANKS, Urgency, counted_by_urgency, standing_for, urgency_on
from backend.grammar.roles import Role
from backend.records.models import Child, Setting
from frontend.parts.spreadsheet import safe_cell
from tests.factories import (
    BARKING,
    NOW,
    TODAY,
    World,
    a_child,
    a_setting,
    allocated,
    placed,
)
from tests.pages.conftest import Enter
from tests.workflows.lado.stages import a_house, opened, sent
from tests.workflows.notices.walks import tell_host, the_notice
from workflows.visits import actions


def given(world: World, name: str, days: int, setting: Setting | None = None) -> Child:
    """Another child of the same social worker, placed so many days ago."""
    child = a_child(team=world.team, name=name)
    for role in (Role.SOCIAL_WORKER, Role.IRO):
        allocated(world[role], role, child)
    placed(child, setting or a_setting(), started_on=TODAY - timedelta(days=days))
    return child


def names(page: Any, slug: str, room: str = "visits") -> list[str]:
    group = next(one for one in page.context["groups"] if one.slug == slug)
    return [row.identity.name for row in group.rows if row.deadline.room == room]


def test_urgency_in_the_database_is_the_urgency_in_words(world: World) -> None:
    for days in (2, 6, 9, 60):
        given(world, f"Child {days}", days)
    actions.request_visit(
        child=world.child,
        asked_by="child",
        asked_on=TODAY - timedelta(days=30),
        how_asked="symbols",
        words="Come.",
        by=world[Role.SOCIAL_WORKER],
        at=NOW,
    )
    seen = set()
    for on in (TODAY - timedelta(days=3), TODAY, TODAY + timedelta(days=200)):
        for deadline in standing_for(Child.objects.values("pk"), on):
            urgency = urgency_on(deadline, on)
            assert deadline.rank == RANKS[urgency], (deadline, on)
            seen.add(urgency)
    assert seen >= {Urgency.OVERDUE, Urgency.SOON, Urgency.LATER, Urgency.PAST}


def test_what_is_not_verified_law_is_never_counted_as_overdue(world: World) -> None:
    Deadline.objects.filter(child=world.child).update(verified="unverified")
    counts = counted_by_urgency(standing_for([world.child.pk], TODAY + timedelta(days=400)))
    assert set(counts) == {Urgency.PAST}


def test_overdue_comes_first_and_every_heading_counts(world: World, enter: Enter) -> None:
    given(world, "Due Soon", 3)
    page = enter(world[Role.SOCIAL_WORKER]).get("/")
    assert next(group.slug for group in page.context["groups"] if group.rows) == "overdue"
    assert names(page, "overdue") == [world.child.name]
    assert names(page, "soon") == ["Due Soon"]
    text = page.content.decode()
    for group in page.context["groups"]:
        shown = f'{group.title} <span class="app-group__count">({group.count})</span>' in text
        assert shown == bool(group.count)
    assert "days overdue)" in text


def test_many_of_a_kind_are_one_line_and_every_one_is_counted(world: World, enter: Enter) -> None:
    for days in (20, 15, 12):
        actions.request_visit(
            child=world.child,
            asked_by="child",
            asked_on=TODAY - timedelta(days=days),
            how_asked="symbols",
            words="Come.",
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
    client = enter(world[Role.SOCIAL_WORKER])
    page = client.get("/")
    past = next(group for group in page.context["groups"] if group.slug == "past")
    asked = [row for row in past.rows if row.deadline.rule == "visits.requested"]
    assert [(row.deadline.counted_from, row.more) for row in asked] == [
        (TODAY - timedelta(days=20), 2)
    ]
    assert past.count == sum(row.more + 1 for row in past.rows)
    assert page.context["all_of_it"] == sum(group.count for group in page.context["groups"])
    assert page.context["page"].paginator.count == page.context["all_of_it"] - 2
    assert "and 2 more of these" in page.content.decode()
    sheet = load_workbook(BytesIO(client.get("/?export=1").content)).active
    assert sheet.max_row - 2 == page.context["all_of_it"]


def test_at_a_distance_comes_first_on_the_same_day(world: World, enter: Enter) -> None:
    given(world, "Aaron Nearby", 3, a_setting(BARKING))
    given(world, "Zoe Faraway", 3)
    assert names(enter(world[Role.SOCIAL_WORKER]).get("/"), "soon") == [
        "Zoe Faraway",
        "Aaron Nearby",
    ]


def test_filters_are_remembered_can_be_taken_away_and_never_hide_the_count(
    world: World, enter: Enter
) -> None:
    given(world, "Due Soon", 3)
    client = enter(world[Role.SOCIAL_WORKER])
    everything = client.get("/").context["all_of_it"]
    client.get("/?filtered=1&urgency=soon&room=visits")
    page = client.get("/")
    assert names(page, "overdue") == []
    assert names(page, "soon") == ["Due Soon"]
    text = page.content.decode()
    assert f"Your filters show 1 of {everything}." in text
    assert "Remove this filter: " in text
    assert client.get("/?filtered=1").context["shown"] == everything
    assert client.get("/").context["shown"] == everything
    other = enter(world[Role.IRO]).get("/")
    assert other.context["shown"] == other.context["all_of_it"]


def test_manager_sees_who_carries_what_and_opens_their_part(world: World, enter: Enter) -> None:
    orphan = a_child(team=world.team, name="No Worker")
    placed(orphan, a_setting(), started_on=TODAY - timedelta(days=30))
    client = enter(world[Role.TEAM_MANAGER])
    page = client.get("/")
    carried = {one.name: one.load.overdue for one in page.context["carried"]}
    assert carried["Nobody allocated"] > 0
    assert carried[world[Role.SOCIAL_WORKER].name] > 0
    worker = world[Role.SOCIAL_WORKER].pk
    narrowed = client.get(f"/?part=team_manager&worker={worker}")
    assert names(narrowed, "overdue") == [world.child.name]
    nobodys = client.get("/?part=team_manager&worker=nobody")
    assert names(nobodys, "overdue") == ["No Worker"]
    assert client.get("/?part=team_manager&worker=abc").status_code == 200


@pytest.mark.parametrize("role", [Role.SERVICE_MANAGER, Role.DIRECTOR])
def test_those_above_see_teams(world: World, enter: Enter, role: Role) -> None:
    page = enter(world[role]).get("/")
    assert [one.name for one in page.context["carried"]] == [world.team.name]


def test_arranged_visit_stands_beside_what_it_will_meet(world: World, enter: Enter) -> None:
    actions.arrange_visit(
        child=world.child,
        arranged_for=NOW + timedelta(days=2),
        by=world[Role.SOCIAL_WORKER],
        at=NOW,
    )
    text = enter(world[Role.SOCIAL_WORKER]).get("/").content.decode()
    assert "4 March 2026 at 10:00" in text
    assert "after the day it is due" not in text


def test_visit_arranged_for_after_its_day_is_said_to_be(world: World, enter: Enter) -> None:
    actions.arrange_visit(
        child=given(world, "Ada", 3),
        arranged_for=NOW + timedelta(days=5),
        by=world[Role.SOCIAL_WORKER],
        at=NOW,
    )
    text = enter(world[Role.SOCIAL_WORKER]).get("/").content.decode()
    assert text.count("after the day it is due") == 1


def test_registered_manager_sees_announced_visits_and_no_others(world: World, enter: Enter) -> None:
    for days, is_unannounced in ((2, False), (5, True)):
        actions.arrange_visit(
            child=world.child,
            arranged_for=NOW + timedelta(days=days),
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
            is_unannounced=is_unannounced,
        )
    for address in ("/", f"/children/{world.child.pk}/"):
        text = enter(world[Role.REGISTERED_MANAGER]).get(address).content.decode()
        assert "4 March 2026 at 10:00" in text
        assert "7 March 2026" not in text


def test_list_goes_to_a_spreadsheet_as_it_is_shown(world: World, enter: Enter) -> None:
    child = given(world, "=HYPERLINK(1)", 3)
    client = enter(world[Role.SOCIAL_WORKER])
    answer = client.get("/?filtered=1&urgency=soon&room=visits&export=1")
    assert answer["Content-Disposition"] == 'attachment; filename="my-work.xlsx"'
    rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
    assert rows[1][0] == "Child"
    assert [row[0] for row in rows[2:]] == ["'=HYPERLINK(1)"]
    assert rows[2][1] == child.local_id
    assert rows[2][7].date() == TODAY + timedelta(days=4)


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+44", "'+44"),
        ("-1", "'-1"),
        ("@cmd", "'@cmd"),
        ("\tx", "'\tx"),
        ("a\x00b", "ab"),
        ("Zoë", "Zoë"),
        (True, "Yes"),
        (3, 3),
        (None, None),
        (date(2026, 3, 2), date(2026, 3, 2)),
    ],
)
def test_cell_is_read_and_never_worked_out(value: Any, cell: Any) -> None:
    assert safe_cell(value) == cell


def test_part_that_was_chosen_is_kept_and_is_no_filter(world: World, enter: Enter) -> None:
    both = world[Role.TEAM_MANAGER]
    allocated(both, Role.ADVOCATE, given(world, "Spoken For", 3))
    client = enter(both)
    assert client.get("/").context["role"] == Role.TEAM_MANAGER
    assert client.get("/?part=advocate").context["role"] == Role.ADVOCATE
    page = client.get("/?filtered=1&urgency=soon")
    assert page.context["role"] == Role.ADVOCATE
    assert page.content.decode().count("Remove this filter: ") == 1
    assert client.get("/?part=director").context["role"] == Role.TEAM_MANAGER


def test_draft_of_a_child_who_is_no_longer_ones_own_is_not_shown(
    world: World, enter: Enter
) -> None:
    worker = world[Role.SOCIAL_WORKER]
    other = given(world, "Handed Over", 3)
    actions.save_draft(child=other, answers={"child:own_words": ["Look"]}, by=worker, at=NOW)
    client = enter(worker)
    assert "You began to record a visit to Handed Over" in client.get("/").content.decode()
    for allocation in other.allocations.filter(person=worker):
        end_allocation(allocation=allocation, ended_on=TODAY, by=world[Role.TEAM_MANAGER], at=NOW)
    assert "Handed Over" not in client.get("/").content.decode()


def test_what_waits_between_agencies_is_said_to_those_for_whom_it_waits(enter: Enter) -> None:
    house = a_house()
    sent(house)
    opened(house)
    world = house.world

    def waiting(person: Person) -> list[str]:
        return [one.words for one in enter(person).get("/").context["waiting"]]

    told = "1 notice of an allegation where your children live to answer"
    assert waiting(house.lado) == ["1 referral to receive"]
    assert waiting(house.leeds[Role.DIRECTOR]) == [told]
    tell_host(world, the_notice(world.placement))
    given = "1 notice from an authority to acknowledge"
    differ = "2 places where an authority and a home do not say the same"
    assert waiting(world[Role.HOST_OFFICER]) == [given, differ]
    for role in (Role.HOST_OFFICER, Role.REGISTERED_MANAGER, Role.SOCIAL_WORKER, Role.ADVOCATE):
        assert not [line for line in waiting(world[role]) if "allegation" in line], role
    assert "1 referral to receive" in enter(house.lado).get("/").content.decode()
