"""Writes the pages that are generated from the rooms."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from backend.casework.pages import ROOT, pages


class Command(BaseCommand):
    help = "Write the pages that are generated from the rooms."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--check", action="store_true", help="write nothing; fail when a page is out of date"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        stale = [
            (path, text)
            for path, text in pages().items()
            if not path.exists() or path.read_text(encoding="utf-8") != text
        ]
        if options["check"]:
            if stale:
                names = ", ".join(str(path.relative_to(ROOT)) for path, _ in stale)
                raise CommandError(f"Out of date: {names}. Run make tables.")
            self.stdout.write("All generated pages are up to date.")
            return
        for path, text in stale:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            self.stdout.write(f"wrote {path.relative_to(ROOT)}")
