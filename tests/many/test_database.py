"""The database restarts while everybody works, and nobody has to do anything about it."""

import threading
import time
from collections.abc import Iterator
from datetime import datetime
from functools import partial

import pytest

from tests.many.database import RunningDatabase
from tests.many.processes import Installation, Part
from tests.many.redis_server import RunningRedis
from tests.many.waiting import now, until

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def database() -> Iterator[RunningDatabase]:
    """A PostgreSQL of its own: others use that of the tests."""
    database = RunningDatabase()
    yield database
    database.end()


@pytest.fixture(params=["", "1"], ids=["connections of their own", "pool of connections"])
def many(
    request: pytest.FixtureRequest, database: RunningDatabase, redis: RunningRedis
) -> Iterator[Installation]:
    """Two web processes and two workers on that database."""
    installation = Installation(
        REDIS_URL=redis.address, DATABASE_POOL=request.param, **database.settings
    )
    try:
        installation.until_started()
        yield installation
    finally:
        installation.end()


class Load:
    """People who go on asking, whatever they are answered."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.is_over = threading.Event()
        self.answers: list[int] = []
        self.threads = [
            threading.Thread(target=self._ask, args=(web,), daemon=True)
            for web in installation.webs
            for _ in range(2)
        ]

    def _ask(self, web: Part) -> None:
        while not self.is_over.wait(0.05):
            self.answers.append(web.answers("/ready/"))

    def __enter__(self) -> "Load":
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.is_over.set()
        for thread in self.threads:
            thread.join(60)


def test_database_that_restarts_under_load_is_found_again_by_everybody(
    many: Installation, database: RunningDatabase
) -> None:
    until("all is well", lambda: all(web.answers("/ready/") == 200 for web in many.webs))
    with Load(many) as load:
        until("there is load", lambda: len(load.answers) > 20)
        database.stop()
        for web in many.webs:
            until("it says so", partial(says, web, "the database does not answer"))
            assert web.answers("/health/") == 200
        database.start()
        restarted = now()
        until("a worker sweeps again", lambda: has_swept_since(database, restarted))
        until("all is well", lambda: all(web.answers("/ready/") == 200 for web in many.webs))
        time.sleep(1)
        since = len(load.answers)
        until("there is load", lambda: len(load.answers) > since + 20)
        assert set(load.answers[since:]) == {200}
    assert not any(part.has_ended() for part in many.parts)


def says(web: Part, reason: str) -> bool:
    """Whether a web process gives this reason why not all is well."""
    try:
        return reason in web.ask("/ready/")[1]["wrong"]
    except OSError:
        return False


def has_swept_since(database: RunningDatabase, moment: datetime) -> bool:
    """Whether a worker has done its recurring work since."""
    asked = "SELECT count(*) FROM deadlines_heartbeat WHERE job = 'sweep' AND at > %s"
    return bool(database.ask(asked, moment))
