"""Signing in as a demo person: one click in demo mode, and nothing otherwise."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from backend.access.models import Person
from backend.grammar.roles import Role
from tests.factories import World
from tests.pages.conftest import Enter


@pytest.fixture
def amara(world: World) -> Person:
    person = world[Role.SOCIAL_WORKER]
    person.email = "amara@demo.example"
    person.organisation = "Barking and Dagenham"
    person.save()
    return person


def test_people_are_listed_by_part_with_what_they_see(world: World, amara: Person) -> None:
    page = Client().get(reverse("demo_people"))
    parts = page.context["parts"]
    assert [(one["part"].label, one["first"][0].person.name) for one in parts] == [
        ("Social worker", amara.name)
    ]
    assert parts[0]["first"][0].children == 1
    assert "who must be seen by when" in page.content.decode()


def test_one_click_signs_in_and_leads_to_my_work(amara: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    client.get(reverse("demo_people"))
    token = client.cookies["csrftoken"].value
    address = reverse("demo_sign_in", args=[amara.pk])
    answer = client.post(address, {"csrfmiddlewaretoken": token})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    assert client.session["_auth_user_id"] == str(amara.pk)
    assert amara.name in client.get(reverse("your_account")).content.decode()


def test_signing_in_asks_for_the_page_it_was_sent_from(amara: Person) -> None:
    client = Client(enforce_csrf_checks=True)
    assert client.post(reverse("demo_sign_in", args=[amara.pk])).status_code == 403
    assert "_auth_user_id" not in client.session


def test_nobody_but_demo_people_can_be_signed_in_so(world: World, amara: Person) -> None:
    client = Client()
    other = world[Role.IRO]
    assert client.post(reverse("demo_sign_in", args=[other.pk])).status_code == 404
    amara.is_active = False
    amara.save()
    assert client.post(reverse("demo_sign_in", args=[amara.pk])).status_code == 404
    assert "_auth_user_id" not in client.session


def test_none_of_it_exists_when_demo_mode_is_off(amara: Person, settings: Any) -> None:
    settings.DEMO = False
    client = Client()
    assert client.get(reverse("demo_people")).status_code == 404
    assert client.post(reverse("demo_sign_in", args=[amara.pk])).status_code == 404
    assert "_auth_user_id" not in client.session
    assert reverse("demo_people") not in client.get(reverse("account_login")).content.decode()


def test_sign_in_page_leads_to_it_in_demo_mode(amara: Person) -> None:
    assert reverse("demo_people") in Client().get(reverse("account_login")).content.decode()


def test_looking_at_the_list_signs_nobody_in(amara: Person) -> None:
    client = Client()
    assert client.get(reverse("demo_sign_in", args=[amara.pk])).status_code == 405
    assert "_auth_user_id" not in client.session


def test_choosing_another_changes_who_is_signed_in(
    world: World, amara: Person, enter: Enter
) -> None:
    client = enter(world[Role.IRO])
    client.post(reverse("demo_sign_in", args=[amara.pk]))
    assert client.session["_auth_user_id"] == str(amara.pk)
