"""Starts the real `sightline` program, as a person would."""

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Self

PROGRAM = Path(sys.executable).with_name("sightline")
ROOT = Path(__file__).resolve().parents[1]


def environment(home: Path, **settings: str) -> dict[str, str]:
    """The environment of a newcomer's shell, with the demo's own place to keep things."""
    inherited = ("PATH", "HOME", "LANG", "TMPDIR")
    kept = {name: os.environ[name] for name in inherited if name in os.environ}
    return {**kept, "SIGHTLINE_HOME": str(home), **settings}


def sightline(
    *words: str, home: Path, given: str = "", seconds: float = 300, **settings: str
) -> subprocess.CompletedProcess[str]:
    """This will run one command to its end."""
    return subprocess.run(
        [str(PROGRAM), *words],
        env=environment(home, **settings),
        input=given,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as place:
        place.bind(("127.0.0.1", 0))
        port: int = place.getsockname()[1]
    return port


def postgres_of(home: Path) -> int | None:
    """The PostgreSQL that serves this place, if one runs."""
    try:
        number = int((home / "postgres" / "postmaster.pid").read_text().split()[0])
        state = Path(f"/proc/{number}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except (OSError, ValueError):
        return None
    return None if state == "Z" else number


class RunningDemo:
    """`make run`, in a process group of its own as in a terminal."""

    def __init__(self, home: Path, port: int, **settings: str) -> None:
        self.home, self.port, self.settings = home, port, settings
        self.said = ""

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Self:
        settings = {"DEMO": "1", "DATABASE_POOL": "1", "PORT": str(self.port), **self.settings}
        self.began = time.monotonic()
        self.program = subprocess.Popen(
            [str(PROGRAM), "serve", "--prepare"],
            env=environment(self.home, **settings),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        assert self.program.stdout is not None
        for line in self.program.stdout:
            self.said += line
            if "press Ctrl-C" in line:
                break
        else:
            raise AssertionError(f"it did not start:\n{self.said}")
        self.seconds_to_start = time.monotonic() - self.began
        return self

    def stop(self, number: int = signal.SIGINT) -> int:
        """This will send the signal that a terminal sends to everything in it."""
        if self.program.poll() is None:
            os.killpg(self.program.pid, number)
        rest, _ = self.program.communicate(timeout=180)
        self.said += rest or ""
        return self.program.returncode

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.program.poll() is None:
            self.stop()
