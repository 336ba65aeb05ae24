"""`sightline export-ssda903`: write an authority's return."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.exchange.writing import UnableToWriteReturn, write_return
from backend.records.models import Authority

UNUSABLE = 2


class Command(BaseCommand):
    """Writes an authority's SSDA903 return."""

    help = (
        "Write an authority's SSDA903 return: the same five files that it loads.\n\n"
        "The files name children: they are readable by you only. Keep them safe."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Whose return, and where to."""
        parser.add_argument("folder", type=Path, metavar="DIR", help="the folder to write to")
        parser.add_argument(
            "--authority", required=True, metavar="CODE", help="ONS code, such as E08000035"
        )
        parser.add_argument(
            "--replace", action="store_true", help="replace the files of an earlier return"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """This will write the return and say how many rows it has."""
        code = options["authority"]
        authority = Authority.objects.filter(pk=code.strip().upper()).first()
        if authority is None:
            raise CommandError(
                f"No authority has the code {code!r}. Use the ONS code, such as E08000035.",
                returncode=UNUSABLE,
            )
        try:
            written = write_return(
                authority=authority, folder=options["folder"], may_replace=options["replace"]
            )
        except UnableToWriteReturn as error:
            raise CommandError(str(error), returncode=UNUSABLE) from error
        for layout, rows in written.rows.items():
            self.stdout.write(f"{options['folder'] / layout}.csv: {rows} rows")
        for words in written.untold:
            self.stdout.write(words)
