"""`sightline import-ssda903`: load an authority's return."""

import resource
import sys
import time
from argparse import ArgumentTypeError
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from backend.exchange.loading import Loaded, UnableToLoadReturn, load_return
from backend.exchange.problems import Problems
from backend.exchange.progress import showing
from backend.exchange.reading import Return, UnableToReadReturn, read_return
from backend.exchange.report import summary, write_problems
from backend.grammar.moments import day_of
from backend.records.models import Authority

UNUSABLE = 2


def a_day(written: str) -> date:
    """A day as it is written on the command line."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        words = f"{written!r} is not a day; write it as 2026-03-31"
        raise ArgumentTypeError(words) from None


class Command(BaseCommand):
    """Loads an authority's SSDA903 return."""

    help = (
        "Load an authority's SSDA903 return: children, care, placements and reviews.\n\n"
        "Files are known by their columns, whatever they are called. What cannot be used is "
        "reported row by row and nothing else is lost. Loading a return twice changes nothing; "
        "loading the next one changes only what it says differently."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """What to load, and as of when."""
        parser.add_argument("folder", type=Path, metavar="DIR", help="the folder with the files")
        parser.add_argument(
            "--authority", required=True, metavar="CODE", help="ONS code, such as E08000035"
        )
        parser.add_argument(
            "--as-of",
            type=a_day,
            metavar="DATE",
            help="the day the return was made (2026-03-31); later dates are refused. "
            "Without it: today",
        )
        parser.add_argument(
            "--dry-run", action="store_true", help="try everything, report, write nothing"
        )
        parser.add_argument(
            "--problems", type=Path, metavar="FILE", help="write every problem to this CSV file"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """This will load the return, and say what could not be used."""
        started, at = time.monotonic(), timezone.now()
        as_of = options["as_of"] or day_of(at)
        if as_of > day_of(at):
            raise CommandError(f"--as-of {as_of} lies in the future.", returncode=UNUSABLE)
        authority = self.authority(options["authority"])
        problems = Problems()
        if options["problems"]:
            # Before the work, not after it.
            self.write_problems(problems, options["problems"])
        told = self.read(options["folder"], as_of, problems)
        loaded = self.load(told, authority, problems, as_of=as_of, at=at, options=options)
        for line in summary(loaded, is_dry_run=options["dry_run"]):
            self.stdout.write(line)
        self.stdout.write(
            f"Took {time.monotonic() - started:.0f} seconds and at most "
            f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB of memory."
        )
        if options["problems"]:
            self.write_problems(problems, options["problems"])
            self.stdout.write(f"Every problem, row by row: {options['problems']}")

    def authority(self, code: str) -> Authority:
        """The authority of this code. Raises CommandError in its own words."""
        authority = Authority.objects.filter(pk=code.strip().upper()).first()
        if authority is None:
            raise CommandError(
                f"No authority has the code {code!r}. Use the ONS code, such as E08000035.",
                returncode=UNUSABLE,
            )
        return authority

    def read(self, folder: Path, as_of: date, problems: Problems) -> Return:
        """The rows of the return. Raises CommandError in its own words."""
        try:
            told = read_return(folder, as_of=as_of, problems=problems)
        except UnableToReadReturn as error:
            raise CommandError(str(error), returncode=UNUSABLE) from error
        for layout, files in told.files.items():
            self.stdout.write(f"{layout.capitalize()}: {', '.join(files)}")
        return told

    def load(
        self,
        told: Return,
        authority: Authority,
        problems: Problems,
        *,
        as_of: date,
        at: Any,
        options: dict[str, Any],
    ) -> Loaded:
        """What was loaded. Raises CommandError in its own words."""
        words = "Trying" if options["dry_run"] else "Loading"
        with showing(f"{words} children", len(told.children), sys.stderr) as advance:
            try:
                return load_return(
                    told=told,
                    authority=authority,
                    as_of=as_of,
                    at=at,
                    problems=problems,
                    is_dry_run=options["dry_run"],
                    advance=advance,
                )
            except UnableToLoadReturn as error:
                raise CommandError(str(error)) from error

    def write_problems(self, problems: Problems, path: Path) -> None:
        """This will write the problems down. Raises CommandError in its own words."""
        try:
            write_problems(problems, path)
        except OSError as error:
            words = f"The problems cannot be written to {path}: {error.strerror}."
            raise CommandError(words, returncode=UNUSABLE) from error
