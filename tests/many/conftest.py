"""An installation of many processes, on the database of the tests and a Redis of its own."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection

from tests.conftest import put_back_authorities
from tests.many.mail import Mailbox
from tests.many.processes import Installation, address_of_database
from tests.many.redis_server import RunningRedis


@pytest.fixture(scope="module")
def redis() -> Iterator[RunningRedis]:
    """A Redis, running."""
    redis = RunningRedis()
    yield redis
    redis.end()


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    """A mail server, running."""
    with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture(scope="module")
def shared_rows(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The database of the tests, in which other programs see what a test writes."""
    with django_db_blocker.unblock():
        # It is made for tests that are marked as using it, and these are not.
        name = connection.settings_dict["NAME"]
        assert name.startswith("test_"), f"{name} is not of the tests: run the whole file"
        forget_jobs()
        put_back_authorities()
        yield
        forget_jobs()
        call_command("flush", verbosity=0, interactive=False)
        put_back_authorities()


@pytest.fixture(scope="module")
def installation(
    shared_rows: None, redis: RunningRedis, mailbox: Mailbox
) -> Iterator[Installation]:
    """Two web processes and two workers."""
    installation = Installation(
        DEMO="1",
        DATABASE_URL=address_of_database(),
        REDIS_URL=redis.address,
        EMAIL_URL=mailbox.address,
    )
    yield installation
    installation.end()


@pytest.fixture
def many(installation: Installation) -> Installation:
    """All four, at work, also after a test that ended one."""
    installation.until_started()
    return installation


def forget_jobs() -> None:
    """Empties the queue, which nothing else empties."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")
