"""A PostgreSQL of its own for one test, which can be restarted under those who use it."""

import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import psycopg

from tests.machine import PROGRAM, environment, postgres_of, sightline
from tests.many.waiting import until

HOLD = (
    "import sys; from backend.project import embedded; embedded.start(durable=False);"
    " print(embedded.socket_folder(), flush=True); sys.stdin.readline(); embedded.stop()"
)


class RunningDatabase:
    """A database with every table and no rows."""

    def __init__(self) -> None:
        self.home = Path(tempfile.mkdtemp(prefix="sightline-database-"))
        self.start()
        self.settings = {
            "DATABASE_URL": f"postgresql://postgres@/sightline?host={self.folder}",
            "DEMO": "1",
        }
        made = sightline("migrate", "-v0", home=self.home, seconds=1800, **self.settings)
        assert made.returncode == 0, made.stderr

    def start(self) -> None:
        """This will start it; whoever used it before finds it at the same place."""
        self.holder = subprocess.Popen(
            [str(PROGRAM.with_name("python")), "-c", HOLD],
            env=environment(self.home),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.holder.stdout is not None
        self.folder = self.holder.stdout.readline().strip()
        assert self.folder, "the database does not start"

    def stop(self) -> None:
        """This will stop it as an upgrade does: whoever uses it is thrown out."""
        number = postgres_of(self.home)
        assert number is not None
        self.holder.kill()
        self.holder.communicate()
        os.kill(number, signal.SIGINT)
        until("the database stops", lambda: postgres_of(self.home) is None)

    def ask(self, words: str, *given: object) -> Any:
        """What one statement of SQL answers."""
        where = {"host": self.folder, "user": "postgres", "dbname": "sightline"}
        with psycopg.connect(**where) as connection:
            answer = connection.execute(words, given).fetchone()
        return answer[0] if answer else None

    def end(self) -> None:
        """This will end it for good, and leave nothing of it."""
        if self.holder.poll() is None:
            self.holder.communicate("go\n", timeout=120)
        shutil.rmtree(self.home, ignore_errors=True)
