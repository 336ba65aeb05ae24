"""A mail server and a Notify service on this machine, and what leads the house to them."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from backend.notify.models import Notification
from tests.factories import World
from tests.notify.mail_server import MailServer, Post
from tests.notify.notify_service import KEY, NotifyService


@pytest.fixture
def post(settings: Any) -> Iterator[Post]:
    """What arrives at the mail server that the settings name."""
    with MailServer() as server:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.EMAIL_TIMEOUT = 5
        yield server.post


@pytest.fixture
def service(settings: Any) -> Iterator[NotifyService]:
    """The Notify service, with text messages offered."""
    with NotifyService() as running:
        settings.NOTIFY_URL, settings.NOTIFY_API_KEY = running.url, KEY
        settings.NOTIFY_TEXT_TEMPLATE = "6a1e6f1e-1f0e-4f5b-8e43-3c3f0f9c3c1d"
        settings.NOTIFY_EMAIL_TEMPLATE = "0d5c0a3e-0cbb-4c60-b3e1-3ddc9d7c86cd"
        yield running


@pytest.fixture
def world(standing_world: World, db: None) -> World:
    """A child and everybody around it, with nothing told yet."""
    made = deepcopy(standing_world)
    Notification.objects.all().delete()
    return made
