"""A throwaway database for one test run, started when the first test needs it."""

import fcntl
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from backend.project import embedded

PREFIX = "sightline-tests-"
SECONDS_UNTIL_STALE = 3600

os.environ.setdefault("DEMO", "1")
OWN_DATABASE = bool(os.environ.get("DATABASE_URL"))
IS_WORKER = bool(os.environ.get("PYTEST_XDIST_WORKER"))
if not IS_WORKER:
    os.environ["SIGHTLINE_HOME"] = tempfile.mkdtemp(prefix=PREFIX)


def start() -> None:
    """Starts the cluster of this run, unless tests use a database of their own."""
    if not OWN_DATABASE:
        embedded.start(durable=False)


def pytest_configure(config: Any) -> None:
    """Clears away what a killed run left behind."""
    if not IS_WORKER:
        _clear_abandoned()


def pytest_unconfigure(config: Any) -> None:
    """Stops the cluster, and removes it when the whole run is over."""
    embedded.stop()
    if not IS_WORKER:
        embedded.remove()


def _clear_abandoned() -> None:
    own = os.environ["SIGHTLINE_HOME"]
    for folder in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        users = folder / "postgres.users"
        if str(folder) == own:
            continue
        if not users.exists():
            # A run that is only now beginning has no users yet either.
            # Another run may be clearing the same folder away.
            with suppress(FileNotFoundError):
                if time.time() - folder.stat().st_mtime > SECONDS_UNTIL_STALE:
                    shutil.rmtree(folder, ignore_errors=True)
            continue
        try:
            with users.open("a") as held:
                fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.environ["SIGHTLINE_HOME"] = str(folder)
                embedded.remove()
        except OSError:
            continue
        finally:
            os.environ["SIGHTLINE_HOME"] = own
        shutil.rmtree(folder, ignore_errors=True)
