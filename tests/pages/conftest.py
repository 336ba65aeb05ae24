"""The day on which the pages are looked at, and who looks."""

from collections.abc import Callable

import pytest
from django.test import Client

from backend.access.models import Person


@pytest.fixture(autouse=True)
def on_the_day(today: None) -> None:
    """Everything is asked on that day."""


Enter = Callable[[Person], Client]


@pytest.fixture
def enter(db: None) -> Enter:
    """Somebody's own browser, signed in."""

    def signed_in(person: Person) -> Client:
        client = Client()
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return signed_in
