"""Tokens: printed once by a command, good until they run out or are taken back."""

from datetime import timedelta
from io import StringIO

import pytest
import time_machine
from django.core.management import CommandError, call_command
from knox.models import AuthToken
from rest_framework.test import APIClient

from backend.access.models import Person
from tests.api.kit import V1
from tests.factories import NOW, a_person

pytestmark = pytest.mark.django_db


def token_for(email: str, *options: str) -> tuple[str, str]:
    out, err = StringIO(), StringIO()
    call_command("token", email, *options, stdout=out, stderr=err)
    return out.getvalue().strip(), err.getvalue()


def me(token: str) -> int:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client.get(f"{V1}/me/").status_code


@pytest.fixture
def person() -> Person:
    return a_person("Ada Worker")


def test_the_token_alone_is_printed_and_signs_in(person: Person) -> None:
    token, said = token_for(person.email.upper())
    assert len(token.split()) == 1
    assert me(token) == 200
    assert "Ada Worker, until 31 May 2026" in said
    assert token not in str(AuthToken.objects.values())


def test_a_token_runs_out(person: Person) -> None:
    token, _ = token_for(person.email, "--days", "2")
    with time_machine.travel(NOW + timedelta(days=1, hours=23), tick=False):
        assert me(token) == 200
    with time_machine.travel(NOW + timedelta(days=2, minutes=1), tick=False):
        assert me(token) == 401


def test_tokens_are_taken_back(person: Person) -> None:
    token, _ = token_for(person.email)
    out, said = token_for(person.email, "--revoke")
    assert (out, said.strip()) == ("", "1 token taken back.")
    assert me(token) == 401


def test_nobody_of_that_name(db: None) -> None:
    with pytest.raises(CommandError, match=r"^Nobody signs in with nobody@example\.org\.$"):
        token_for("nobody@example.org")


def test_who_has_left_gets_none(person: Person) -> None:
    person.is_active = False
    person.save()
    with pytest.raises(CommandError, match="has left"):
        token_for(person.email)


@pytest.mark.parametrize("days", ["0", "-1", "99999999"])
def test_days_within_reason(days: str, person: Person) -> None:
    with pytest.raises(CommandError, match="--days takes"):
        token_for(person.email, f"--days={days}")
    assert not AuthToken.objects.exists()
