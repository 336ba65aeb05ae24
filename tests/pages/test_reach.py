"""Who reaches which page: the whole table, by part."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from backend.access.models import ReadLog
from backend.events.models import Event
from backend.grammar.roles import Role
from tests.factories import NOW, TODAY, World, an_outcome
from tests.pages.conftest import Enter
from workflows.visits import actions
from workflows.visits.models import Visit

READS_RECORD = (
    Role.SOCIAL_WORKER,
    Role.IRO,
    Role.ADVOCATE,
    Role.TEAM_MANAGER,
    Role.SERVICE_MANAGER,
    Role.DIRECTOR,
    Role.IRO_MANAGER,
    Role.NOMINATED_OFFICER,
)
READS_CARD = (Role.HOST_OFFICER, Role.REGISTERED_MANAGER)
VISITS = (Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
PLACES = (*VISITS, Role.SERVICE_MANAGER)
ALLOCATES = (Role.TEAM_MANAGER, Role.SERVICE_MANAGER, Role.IRO_MANAGER, Role.DIRECTOR)
ASKS = (*VISITS, Role.IRO, Role.ADVOCATE, Role.REGISTERED_MANAGER, Role.HOST_OFFICER)
EVERY = tuple(role for role in Role if role != Role.CLOCK)

#: Page, who opens it, and who may know the child and still not do this.
OF_RECORD = (
    "child_timeline",
    "child_visits",
    "child_reviews",
    "child_placements",
    "child_people",
    "child_needs",
    "child_access",
)
DONE_BY = {
    "visit_record": VISITS,
    "visit_arrange": VISITS,
    "visit_attempt": VISITS,
    "placement_start": PLACES,
    "legal_status_change": PLACES,
    "care_end": PLACES,
    "allocate": ALLOCATES,
}


@pytest.fixture
def visit(world: World) -> Visit:
    return actions.record_visit(
        child=world.child,
        outcome=an_outcome(TODAY - timedelta(days=3), own_words="Wants to go home."),
        by=world[Role.SOCIAL_WORKER],
        at=NOW,
    )


@pytest.mark.parametrize("role", EVERY)
def test_everybody_has_a_first_page(world: World, enter: Enter, role: Role) -> None:
    answer = enter(world[role]).get("/")
    assert answer.status_code == 200
    lists_children = {*READS_RECORD, *READS_CARD} - {Role.NOMINATED_OFFICER}
    assert (world.child.name.encode() in answer.content) == (role in lists_children)


@pytest.mark.parametrize("role", EVERY)
def test_child_is_open_to_those_with_a_part(world: World, enter: Enter, role: Role) -> None:
    answer = enter(world[role]).get(reverse("child", args=[world.child.pk]))
    assert answer.status_code == (200 if role in (*READS_RECORD, *READS_CARD) else 404)


@pytest.mark.parametrize("page", OF_RECORD)
@pytest.mark.parametrize("role", EVERY)
def test_record_is_closed_to_readers_of_the_card(
    world: World, enter: Enter, role: Role, page: str
) -> None:
    answer = enter(world[role]).get(reverse(page, args=[world.child.pk]))
    assert answer.status_code == (200 if role in READS_RECORD else 404)


@pytest.mark.parametrize("page", DONE_BY)
@pytest.mark.parametrize("role", EVERY)
def test_step_is_refused_in_words_to_readers_who_may_not(
    world: World, enter: Enter, role: Role, page: str
) -> None:
    answer = enter(world[role]).get(reverse(page, args=[world.child.pk]))
    if role in DONE_BY[page]:
        assert answer.status_code == 200
    elif role in READS_RECORD:
        assert answer.status_code == 403
        assert "This can be done by the child" in answer.content.decode()
    else:
        assert answer.status_code == 404


@pytest.mark.parametrize("role", EVERY)
def test_children_are_registered_by_who_keeps_their_records(
    world: World, enter: Enter, role: Role
) -> None:
    client = enter(world[role])
    expected = 200 if role in PLACES else 404
    assert client.get(reverse("child_register")).status_code == expected
    assert client.post(reverse("child_register"), {}).status_code == expected
    offers = reverse("child_register").encode() in client.get(reverse("children")).content
    assert offers == (role in PLACES)


@pytest.mark.parametrize("role", EVERY)
def test_request_may_be_recorded_from_the_card_too(world: World, enter: Enter, role: Role) -> None:
    answer = enter(world[role]).get(reverse("visit_request", args=[world.child.pk]))
    expected = 404
    if role in (*READS_RECORD, *READS_CARD):
        expected = 200 if role in ASKS else 403
    assert answer.status_code == expected


@pytest.mark.parametrize("role", EVERY)
def test_visit_is_visible_because_its_child_is(
    world: World, enter: Enter, visit: Visit, role: Role
) -> None:
    answer = enter(world[role]).get(reverse("visit", args=[visit.pk]))
    assert answer.status_code == (200 if role in READS_RECORD else 404)


@pytest.mark.parametrize(
    "page", ["visit_rearrange", "visit_attempted", "visit_missed", "visit_amend", "visit_void"]
)
def test_steps_of_a_visit_are_closed_to_strangers_and_to_other_parts(
    world: World, enter: Enter, visit: Visit, page: str
) -> None:
    address = reverse(page, args=[visit.pk])
    assert world.stranger is not None
    assert enter(world.stranger).get(address).status_code == 404
    assert enter(world[Role.IRO]).get(address).status_code == 403
    assert enter(world[Role.SOCIAL_WORKER]).get(address).status_code == 200


def test_card_tells_nothing_of_the_record(world: World, enter: Enter, visit: Visit) -> None:
    child = world.child
    child.home_postcode = "RM10 7XX"
    child.needs_trauma = "Saw her mother hurt."
    child.save()
    secrets = (
        "Wants to go home.",
        child.communication_profile,
        "RM10 7XX",
        "Saw her mother hurt.",
        "At a distance",
        "seen alone",
        "S.I. 2010/959",
    )
    record = enter(world[Role.SOCIAL_WORKER])
    pages = [
        record.get(reverse(name, args=[child.pk])).content.decode()
        for name in ("child", "child_needs", "child_timeline")
    ]
    assert [one for one in secrets if not any(one in page for page in pages)] == []
    for role in READS_CARD:
        page = enter(world[role]).get(reverse("child", args=[child.pk])).content.decode()
        assert [one for one in secrets if one in page] == []
        for address in ("/", "/children/"):
            page = enter(world[role]).get(address).content.decode()
            assert [one for one in secrets if one in page] == []


def test_stranger_learns_of_no_child(world: World, enter: Enter) -> None:
    assert world.stranger is not None
    client = enter(world.stranger)
    assert world.child.name not in client.get("/children/").content.decode()
    for page in ("child", "child_open", *OF_RECORD, *DONE_BY):
        assert client.get(reverse(page, args=[world.child.pk])).status_code == 404
    home = reverse("setting", args=[world.setting.pk])
    assert client.get(home).status_code == 404


@pytest.mark.parametrize("page", ["child", "child_visits", "visit_record", "child_open"])
def test_nobody_looks_without_signing_in(world: World, page: str) -> None:
    answer = Client().get(reverse(page, args=[world.child.pk]))
    assert answer.status_code == 302
    assert answer["Location"].startswith("/account/login/")


def test_looking_changes_nothing_but_the_log(world: World, enter: Enter) -> None:
    before = Event.objects.count()
    client = enter(world[Role.SOCIAL_WORKER])
    for page in ("child", *OF_RECORD):
        client.get(reverse(page, args=[world.child.pk]))
    assert Event.objects.count() == before
    logged = ReadLog.objects.filter(child_id=world.child.pk)
    assert logged.count() == 1 + len(OF_RECORD)
    assert {(one.person_id, one.depth) for one in logged} == {
        (world[Role.SOCIAL_WORKER].pk, "record")
    }
    assert all(one.because.startswith("Social worker since") for one in logged)


def test_looking_at_a_form_about_a_child_is_logged_too(world: World, enter: Enter) -> None:
    client = enter(world[Role.SOCIAL_WORKER])
    address = reverse("child_correct", args=[world.child.pk, "needs"])
    client.get(address)
    client.post(address, {})
    pages = ReadLog.objects.filter(child_id=world.child.pk).values_list("page", flat=True)
    assert list(pages) == ["child correct"]
