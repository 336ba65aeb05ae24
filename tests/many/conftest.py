"""An installation of many processes, on the database of the tests and a Redis of its own."""

from collections.abc import Iterator

import pytest
from django.db import connection

from tests.many.mail import Mailbox
from tests.many.processes import Installation, address_of_database
from tests.many.redis_server import RunningRedis


@pytest.fixture(scope="module")
def redis() -> Iterator[RunningRedis]:
    """A Redis, running."""
    redis = RunningRedis()
    yield redis
    redis.end()


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server, running."""
    with Mailbox() as mailbox:
        yield mailbox


@pytest.fixture
def many(transactional_db: None, redis: RunningRedis, mailbox: Mailbox) -> Iterator[Installation]:
    """Two web processes and two workers, all at work."""
    forget_jobs()
    installation = Installation(
        DEMO="1",
        DATABASE_URL=address_of_database(),
        REDIS_URL=redis.address,
        EMAIL_URL=mailbox.address,
    )
    try:
        installation.until_started()
        yield installation
    finally:
        installation.end()
        forget_jobs()


def forget_jobs() -> None:
    """Empties the queue, which a test that commits leaves as it is."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE procrastinate_jobs, procrastinate_workers CASCADE")
