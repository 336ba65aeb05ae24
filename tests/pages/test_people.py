"""An administrator's pages: closed to everybody else, and what they change can be seen at once."""

import re
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from backend.access.models import Person, RoleAssignment
from backend.grammar.roles import Role
from backend.notify.models import OutOfHours
from backend.records.models import Team
from tests.factories import (
    BARKING,
    LEEDS,
    World,
    a_child,
    a_person,
    a_team,
    allocated,
    an_authority,
    plays,
)
from tests.pages.conftest import Enter
from tests.pages.test_counts import asked

EVERY = tuple(role for role in Role if role != Role.CLOCK)
TODAY = {"started_on_day": "2", "started_on_month": "3", "started_on_year": "2026"}
ENDS_TODAY = {"ended_on_day": "2", "ended_on_month": "3", "ended_on_year": "2026"}


@pytest.fixture
def office(world: World, enter: Enter) -> Client:
    """The administrator's browser."""
    return enter(world[Role.ADMINISTRATOR])


def addresses(world: World) -> list[str]:
    manager = world[Role.TEAM_MANAGER]
    part = RoleAssignment.objects.get(person=manager)
    return [
        reverse("people"),
        reverse("person_new"),
        reverse("teams"),
        reverse("team_new"),
        reverse("team_rename", args=[world.team.pk]),
        reverse("team_move", args=[world.team.pk]),
        reverse("policy"),
        reverse("person", args=[manager.pk]),
        reverse("part_give", args=[manager.pk]),
        reverse("part_end", args=[manager.pk, part.pk]),
        reverse("person_left", args=[manager.pk]),
        reverse("person_back", args=[manager.pk]),
    ]


def nia(**answers: str) -> dict[str, str]:
    return {
        "name": "Nia Okafor",
        "email": "nia@example.org",
        "organisation": "Barking and Dagenham",
        "role": "team_manager",
        **TODAY,
        **answers,
    }


@pytest.mark.parametrize("role", EVERY)
def test_pages_are_open_to_administrators_only(world: World, enter: Enter, role: Role) -> None:
    client = enter(world[role])
    for address in addresses(world):
        answer = client.get(address)
        assert answer.status_code == (200 if role == Role.ADMINISTRATOR else 403), address
        if role != Role.ADMINISTRATOR:
            assert "kept by the administrators of an authority" in answer.content.decode()


def test_nobody_looks_without_signing_in(world: World) -> None:
    for address in addresses(world):
        answer = Client().get(address)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/account/login/")


def test_way_there_is_shown_to_administrators_only(world: World, enter: Enter) -> None:
    for role in EVERY:
        page = enter(world[role]).get("/").content.decode()
        assert ('href="/people/"' in page) == (role == Role.ADMINISTRATOR)


def test_another_authority_has_its_own_people_and_teams(world: World, office: Client) -> None:
    stranger = world.stranger
    theirs = RoleAssignment.objects.get(person=stranger)
    manager = world[Role.TEAM_MANAGER]
    for address in (
        reverse("person", args=[stranger.pk]),
        reverse("part_give", args=[stranger.pk]),
        reverse("part_end", args=[stranger.pk, theirs.pk]),
        reverse("part_end", args=[manager.pk, theirs.pk]),
        reverse("person_left", args=[stranger.pk]),
        reverse("person_back", args=[stranger.pk]),
        reverse("team_rename", args=[theirs.team_id]),
        reverse("team_move", args=[theirs.team_id]),
    ):
        assert office.get(address).status_code == 404, address
        assert office.post(address, {"name": "Taken"}).status_code == 404, address
    page = office.get(reverse("people")).content.decode()
    assert manager.name in page
    assert stranger.name not in page
    # A manager of a home in Doncaster is for the administrators of Doncaster.
    assert world[Role.REGISTERED_MANAGER].name not in page


def test_part_of_another_authority_is_not_shown(world: World, office: Client) -> None:
    manager = world[Role.TEAM_MANAGER]
    team = a_team(LEEDS)
    plays(manager, Role.TEAM_MANAGER, team=team)
    for address in (reverse("people"), reverse("person", args=[manager.pk])):
        page = office.get(address).content.decode()
        assert world.team.name in page
        assert team.name not in page


def test_pages_hold_nothing_of_a_child(world: World, office: Client) -> None:
    for address in (*addresses(world), reverse("person", args=[world[Role.SOCIAL_WORKER].pk])):
        page = office.get(address).content.decode()
        assert world.child.name not in page
        assert reverse("child", args=[world.child.pk]) not in page


def test_person_is_added_and_chooses_a_password_by_e_mail(
    world: World, office: Client, enter: Enter
) -> None:
    answer = office.post(reverse("person_new"), nia(place=f"team-{world.team.pk}"))
    person = Person.objects.get(email="nia@example.org")
    assert answer["Location"] == reverse("person", args=[person.pk])
    Client().post(reverse("account_reset_password"), {"email": "nia@example.org"})
    assert [one.to for one in mail.outbox] == [["nia@example.org"]]
    link = re.search(r"https?://[^/\s]+(/account/password/reset/key/\S+)", str(mail.outbox[0].body))
    assert link
    visitor = Client()
    form = visitor.get(link[1], follow=True)
    chosen = "a heron on the quiet water"
    visitor.post(form.request["PATH_INFO"], {"password1": chosen, "password2": chosen}, follow=True)
    person.refresh_from_db()
    assert person.check_password(chosen)
    assert world.child.name in enter(person).get("/children/").content.decode()


def test_what_was_left_out_is_asked_for(office: Client) -> None:
    page = office.post(reverse("person_new"), {}).content.decode()
    for words in (
        "Enter the person&#x27;s full name",
        "Enter an e-mail address",
        "Select a part",
        "Choose a team, the authority or a home",
        "Enter the first day",
    ):
        assert words in page


def test_part_for_the_wrong_place_is_refused_at_the_question(world: World, office: Client) -> None:
    answer = office.post(reverse("person_new"), nia(place="authority"))
    assert answer.status_code == 200
    assert "The part of team manager is played for a team." in answer.content.decode()
    assert not Person.objects.filter(email="nia@example.org").exists()


@pytest.mark.parametrize("kind", ["team", "home"])
def test_place_of_another_authority_cannot_be_chosen(
    world: World, office: Client, kind: str
) -> None:
    place = world.setting.pk if kind == "home" else a_team(LEEDS).pk
    role = "registered_manager" if kind == "home" else "team_manager"
    answer = office.post(reverse("person_new"), nia(place=f"{kind}-{place}", role=role))
    assert "Choose a team, the authority or a home" in answer.content.decode()
    assert not Person.objects.filter(email="nia@example.org").exists()


def test_known_address_offers_the_person_it_belongs_to(
    world: World, office: Client, enter: Enter
) -> None:
    known = world.stranger
    answers = nia(place=f"team-{world.team.pk}", email=known.email.upper())
    page = office.post(reverse("person_new"), answers).content.decode()
    assert f"Give {known.name} this part" in page
    assert not known.assignments.filter(team=world.team).exists()
    office.post(reverse("person_new"), {**answers, "give_to": str(known.pk)})
    assert known.assignments.filter(team=world.team).exists()
    child = reverse("child", args=[world.child.pk])
    assert enter(known).get(child).status_code == 200


def test_new_manager_sees_the_children_on_the_next_page_and_an_ended_one_does_not(
    world: World, office: Client, enter: Enter
) -> None:
    somebody = a_person("Sol Marsh")
    plays(somebody, Role.IRO, authority_id=BARKING)
    child = reverse("child", args=[world.child.pk])
    theirs = enter(somebody)
    assert theirs.get(child).status_code == 404
    office.post(
        reverse("part_give", args=[somebody.pk]),
        {"role": "team_manager", "place": f"team-{world.team.pk}", **TODAY},
    )
    assert theirs.get(child).status_code == 200
    part = RoleAssignment.objects.get(person=somebody, role="team_manager")
    office.post(reverse("part_end", args=[somebody.pk, part.pk]), ENDS_TODAY)
    assert theirs.get(child).status_code == 404


def test_administrator_gives_themselves_nothing(world: World, office: Client) -> None:
    me = world[Role.ADMINISTRATOR]
    answer = office.post(
        reverse("part_give", args=[me.pk]),
        {"role": "team_manager", "place": f"team-{world.team.pk}", **TODAY},
    )
    assert answer.status_code == 403
    assert "Ask another administrator" in answer.content.decode()
    assert me.assignments.count() == 1
    answer = office.post(
        reverse("person_new"),
        nia(place=f"team-{world.team.pk}", email=me.email, give_to=str(me.pk)),
    )
    assert answer.status_code == 403
    assert me.assignments.count() == 1


def test_worker_with_children_is_not_shut_out(world: World, office: Client) -> None:
    worker = world[Role.SOCIAL_WORKER]
    answer = office.post(reverse("person_left", args=[worker.pk]))
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "1 child is allocated" in page
    assert world[Role.TEAM_MANAGER].name in page


def test_person_who_left_is_out_at_once_and_may_come_back(
    world: World, office: Client, enter: Enter
) -> None:
    manager = world[Role.TEAM_MANAGER]
    theirs = enter(manager)
    assert theirs.get("/").status_code == 200
    office.post(reverse("person_left", args=[manager.pk]))
    assert theirs.get("/").status_code == 302
    assert (
        "They cannot sign in" in office.get(reverse("person", args=[manager.pk])).content.decode()
    )
    office.post(reverse("person_back", args=[manager.pk]))
    assert theirs.get("/").status_code == 200
    assert theirs.get(reverse("child", args=[world.child.pk])).status_code == 404


def test_looking_changes_nothing(world: World, office: Client) -> None:
    for address in addresses(world):
        office.get(address)
    manager = Person.objects.get(pk=world[Role.TEAM_MANAGER].pk)
    assert manager.is_active
    assert manager.assignments.get().ended_on is None


def test_people_are_found_by_name_and_address_and_by_whether_they_left(
    world: World, office: Client
) -> None:
    plays(a_person("Zora Quill", is_active=False), Role.IRO, authority_id=BARKING)
    manager = world[Role.TEAM_MANAGER]

    def listed(query: dict[str, Any]) -> list[str]:
        page = office.get(reverse("people"), {"filtered": "1", **query})
        return [row["person"].name for row in page.context["rows"]]

    assert listed({"name": "zora q"}) == ["Zora Quill"]
    assert listed({"name": manager.email.upper()}) == [manager.name]
    assert listed({"standing": "left"}) == ["Zora Quill"]
    assert "Zora Quill" not in listed({"standing": "here"})


def test_list_shows_twenty_five_on_a_page(world: World, office: Client) -> None:
    for _ in range(30):
        plays(a_person(), Role.IRO, authority_id=BARKING)
    page = office.get(reverse("people"))
    assert len(page.context["rows"]) == 25
    assert page.context["page"].paginator.count == page.context["total"] > 30


def test_teams_are_added_renamed_and_moved(world: World, office: Client) -> None:
    office.post(reverse("team_new"), {"name": "North", "service": str(world.team.service_id)})
    team = Team.objects.get(name="North")
    assert (team.authority_id, team.service_id) == (BARKING, world.team.service_id)
    office.post(reverse("team_rename", args=[team.pk]), {"name": "South"})
    office.post(reverse("team_move", args=[team.pk]), {"service": ""})
    team.refresh_from_db()
    assert (team.name, team.service) == ("South", None)
    answer = office.post(reverse("team_rename", args=[team.pk]), {"name": world.team.name})
    assert "Another team has this name." in answer.content.decode()


def test_policy_is_changed_and_never_looser_than_the_law(world: World, office: Client) -> None:
    answers = {
        "first_day_visit_counts": "yes",
        "local_days_between_visits": "43",
        "request_target_days": "3",
    }
    page = office.post(reverse("policy"), answers).content.decode()
    assert "can only be tighter than the law" in page
    assert not an_authority().first_day_visit_counts
    answer = office.post(reverse("policy"), {**answers, "local_days_between_visits": "28"})
    assert answer.status_code == 302
    assert an_authority().local_days_between_visits == 28
    assert "at most 28" in office.get(reverse("policy")).content.decode()


def test_who_covers_is_named_by_address_and_must_play_a_part(world: World, office: Client) -> None:
    answers = {"first_day_visit_counts": "no", "request_target_days": "5"}
    stranger = {**answers, "covered_by": world.stranger.email}
    assert "plays a part for Barking" in office.post(reverse("policy"), stranger).content.decode()
    assert not OutOfHours.objects.exists()
    covers = world[Role.DIRECTOR]
    answer = office.post(reverse("policy"), {**answers, "covered_by": covers.email})
    assert answer.status_code == 302
    assert OutOfHours.objects.get().person == covers
    shown = office.get(reverse("policy")).content.decode()
    assert f'value="{covers.email}"' in shown
    assert f"danger that nobody reads then goes to: {covers.email}" in shown


def test_administrator_of_two_authorities_chooses_one(
    world: World, office: Client, enter: Enter
) -> None:
    plays(world[Role.ADMINISTRATOR], Role.ADMINISTRATOR, authority_id=LEEDS)
    page = office.get(reverse("people"), {"authority": LEEDS}).content.decode()
    assert world.stranger.name in page
    assert office.get(reverse("person", args=[world.stranger.pk])).status_code == 200
    page = office.get(reverse("people"), {"authority": "E08000017"}).content.decode()
    assert world[Role.HOST_OFFICER].name not in page


@pytest.mark.parametrize("name", ["people", "teams"])
def test_list_asks_as_often_for_three_as_for_one(world: World, office: Client, name: str) -> None:
    def another() -> None:
        plays(a_person(), Role.TEAM_MANAGER, team=a_team(service=world.team.service))

    another()
    few = asked(office, reverse(name))
    another()
    another()
    assert asked(office, reverse(name)) == few


def test_page_of_a_person_asks_as_often_for_three_parts_as_for_one(
    world: World, office: Client
) -> None:
    somebody = a_person()
    plays(somebody, Role.TEAM_MANAGER, team=a_team())
    few = asked(office, reverse("person", args=[somebody.pk]))
    plays(somebody, Role.TEAM_MANAGER, team=a_team())
    plays(somebody, Role.DIRECTOR, authority_id=BARKING)
    allocated(somebody, Role.ADVOCATE, a_child(team=world.team))
    assert asked(office, reverse("person", args=[somebody.pk])) == few
