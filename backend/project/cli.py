"""The `sightline` command."""

import os
import signal
import sys
from argparse import SUPPRESS, ArgumentParser, Namespace, _SubParsersAction
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from difflib import get_close_matches
from types import FrameType
from typing import NoReturn

from django.core.exceptions import ImproperlyConfigured
from django.core.management import (
    BaseCommand,
    CommandError,
    ManagementUtility,
    get_commands,
    handle_default_options,
    load_command_class,
)

from backend.project import embedded

PROGRAM = "sightline"
FIRST = ("explain", "import-ssda903", "export-ssda903", "sweep", "token", "demo", "serve")
# The server starts the database itself, once it has its port.
WITHOUT_DATABASE = {
    "check",
    "collectstatic",
    "diffsettings",
    "explain",
    "findstatic",
    "help",
    "serve",
    "spectacular",
    "tables",
}
OUR_APPS = ("backend.", "workflows", "frontend")
#: Every Django command takes these; beside what a command is for they are noise.
COMMON_OPTIONS = {
    "version",
    "verbosity",
    "settings",
    "pythonpath",
    "traceback",
    "no_color",
    "force_color",
    "skip_checks",
}


class UnableToRun(Exception):
    """The command cannot run; the message is the one line that a person reads."""

    def __init__(self, message: str, code: int = 1) -> None:
        super().__init__(message)
        self.code = code


class Commands(ManagementUtility):
    """Django's commands and ours, ours first and spelt with hyphens."""

    def main_help_text(self, commands_only: bool = False) -> str:
        """What `sightline --help` prints."""
        ours, theirs = _commands()
        if commands_only:
            return "\n".join(sorted([*ours, *theirs]))
        known = [name for name in FIRST if name in ours]
        known += sorted(set(ours) - set(FIRST))
        width = max((len(name) for name in known), default=0) + 2
        lines = [
            "Sightline keeps every child placed away from home in sight.",
            "",
            f"usage: {PROGRAM} COMMAND [options]",
            f"       {PROGRAM} COMMAND --help   what a command takes",
            "",
            "Commands:",
            *(f"  {name.ljust(width)}{_one_line(name, ours[name])}".rstrip() for name in known),
            "",
            "Django's own:",
        ]
        line = " "
        for name in sorted(theirs):
            if len(line) + len(name) > 90:
                lines.append(line)
                line = " "
            line += f" {name}"
        return "\n".join([*lines, line])

    def fetch_command(self, subcommand: str) -> BaseCommand:
        """The command of this name. Raises UnableToRun with a suggestion."""
        name = subcommand.replace("-", "_")
        place = get_commands().get(name)
        if place is None:
            ours, theirs = _commands()
            near = get_close_matches(subcommand, [*ours, *theirs], n=1)
            hint = f" Did you mean {near[0]}?" if near else ""
            raise UnableToRun(
                f"There is no command {subcommand!r}.{hint} See: {PROGRAM} --help", code=2
            )
        command = place if isinstance(place, BaseCommand) else load_command_class(place, name)
        assert isinstance(command, BaseCommand)
        return command

    def carry_out(self) -> None:
        """This will run the command. Raises CommandError in its own words."""
        import django
        from django.db import connections

        name = self.argv[1]
        if name in ("--help", "-h", "help") and len(self.argv) == 2:
            django.setup()
            print(self.main_help_text())
            return
        if name == "help":
            self.argv = [PROGRAM, self.argv[2], "--help"]
            name = self.argv[1]
        django.setup()
        command = self.fetch_command(name)
        # Django's own switch: wrong options end the program instead of raising.
        setattr(command, "_called_from_command_line", True)  # noqa: B010
        parser = command.create_parser(PROGRAM, name)
        if type(command).__module__.startswith(OUR_APPS):
            _hide_common_options(parser)
        options = vars(parser.parse_args(self.argv[2:]))
        arguments = options.pop("args", ())
        handle_default_options(Namespace(**options))
        try:
            command.execute(*arguments, **options)
        finally:
            with suppress(ImproperlyConfigured):
                connections.close_all()


def _hide_common_options(parser: ArgumentParser) -> None:
    """They still work; the help of a command says what is its own."""
    for option in parser._actions:
        if option.dest in COMMON_OPTIONS:
            option.help = SUPPRESS
        elif isinstance(option, _SubParsersAction):
            for inner in option.choices.values():
                _hide_common_options(inner)


def _commands() -> tuple[dict[str, str], dict[str, str]]:
    ours: dict[str, str] = {}
    theirs: dict[str, str] = {}
    for name, place in get_commands().items():
        mine = str(place).startswith(OUR_APPS)
        (ours if mine else theirs)[name.replace("_", "-") if mine else name] = str(place)
    return ours, theirs


def _one_line(name: str, place: str) -> str:
    words = load_command_class(place, name.replace("-", "_")).help.strip()
    line = words.split("\n", 1)[0].rstrip(".")
    return line[:1].upper() + line[1:] + "."


def run(words: Sequence[str]) -> None:
    """This will run the command that the words after `sightline` name.

    Raises UnableToRun, with one line for the person who asked.
    """
    name = words[0] if words else "--help"
    if name in ("--version", "version"):
        from importlib.metadata import version

        print(f"{PROGRAM} {version(PROGRAM)}")
        return
    asks = name.startswith("-") or name == "help" or bool({"-h", "--help"} & set(words))
    _complete_environment(name, asks=asks)
    _read_settings()
    alone = bool(os.environ.get("DATABASE_URL")) or asks or name in WITHOUT_DATABASE
    try:
        with nullcontext() if alone else embedded.running():
            _execute(words)
    except embedded.UnableToStartDatabase as error:
        raise UnableToRun(str(error)) from error


def _complete_environment(name: str, *, asks: bool) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.project.settings")
    if asks or name == "explain":
        # These read no record and sign nothing, wherever they run.
        os.environ.pop("DATABASE_URL", None)
        os.environ["DEMO"] = "1"
    elif name != "serve" and not os.environ.get("DATABASE_URL"):
        os.environ.setdefault("DEMO", "1")


def _read_settings() -> None:
    from django.conf import settings

    try:
        settings.INSTALLED_APPS  # noqa: B018
    except ImproperlyConfigured as error:
        raise UnableToRun(str(error), code=2) from error


def _execute(words: Sequence[str]) -> None:
    from django.db import InterfaceError, OperationalError, ProgrammingError

    utility = Commands([PROGRAM, *(words or ["--help"])])
    utility.prog_name = PROGRAM
    try:
        utility.carry_out()
    except CommandError as error:
        raise UnableToRun(str(error), code=error.returncode) from error
    except ImproperlyConfigured as error:
        raise UnableToRun(str(error), code=2) from error
    except ProgrammingError as error:
        if getattr(error.__cause__, "sqlstate", "") == "42P01":
            raise UnableToRun(
                f"The database has no tables for this yet. Make them with: {PROGRAM} migrate"
            ) from error
        raise
    except (OperationalError, InterfaceError) as error:
        raise UnableToRun(_why_no_database(error)) from error


def _why_no_database(error: Exception) -> str:
    from django.conf import settings

    words = str(error).strip()
    if getattr(error.__cause__, "sqlstate", "") == "53100" or "No space left" in words:
        return "The disk of the database is full. Make room and start again."
    where = settings.DATABASES["default"]
    line = words.split("\n", 1)[0].removeprefix("connection is bad: ")
    reason = line.removeprefix("connection failed: ").rstrip(".")
    if settings.EMBEDDED:
        return f"The embedded database does not answer: {reason}."
    place = f"{where['HOST'] or 'this machine'}{':' + where['PORT'] if where['PORT'] else ''}"
    return f"The database {where['NAME']} at {place} does not answer: {reason}. Check DATABASE_URL."


def main() -> NoReturn:
    """This will run the command and end the program with its result."""
    words = sys.argv[1:]
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _leave)
    sys.exit(_result(lambda: run(words), with_traceback="--traceback" in words))


def _leave(number: int, frame: FrameType | None) -> None:
    # Leaving in order lets the embedded database stop.
    raise SystemExit(128 + number)


def _result(command: Callable[[], None], *, with_traceback: bool) -> int:
    try:
        command()
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Whoever was reading has seen enough, as in `sightline explain | head`.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except UnableToRun as error:
        if with_traceback:
            raise
        print(f"{PROGRAM}: {error}", file=sys.stderr)
        return error.code
    except OSError as error:
        if with_traceback or error.errno != 28:
            raise
        print(f"{PROGRAM}: The disk is full. Make room and start again.", file=sys.stderr)
        return 1
    return 0
