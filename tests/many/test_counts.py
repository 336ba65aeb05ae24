"""How often somebody asks is counted together, and goes on being counted while Redis is away."""

from collections.abc import Iterator

import pytest

from backend.project.cache import CountsThatHold
from tests.many.redis_server import RunningRedis

OPTIONS = {"OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1}}


@pytest.fixture
def two(redis: RunningRedis) -> Iterator[list[CountsThatHold]]:
    """The counts of two processes."""
    two = [CountsThatHold(redis.address, OPTIONS) for _ in range(2)]
    two[0].clear()
    yield two
    for counts in two:
        counts.here.clear()
        counts.close()


def test_what_one_process_counts_another_knows(two: list[CountsThatHold]) -> None:
    one, other = two
    one.set("asked", [1, 2])
    assert other.get("asked") == [1, 2]
    assert other.add("asked", []) is False
    other.delete("asked")
    assert one.get("asked") is None


def test_counts_hold_while_redis_is_away_and_are_shared_when_it_is_back(
    two: list[CountsThatHold], redis: RunningRedis
) -> None:
    one, other = two
    redis.kill()
    try:
        one.set("asked", 1)
        assert one.incr("asked") == 2
        assert one.get_many(["asked"]) == {"asked": 2}
    finally:
        redis.start()
    other.set("asked", 7)
    assert one.get("asked") == 7
