"""Prints everything that should have been told and was not."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from backend.alerts.audit import audit, in_words
from backend.deadlines.management.commands.sweep import read_moment

LOOKS_BACK = timedelta(days=30)


class Command(BaseCommand):
    help = "Compare what should have been told to whom with what was, and print each difference."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--since",
            metavar="DAY",
            help="look at what happened from this day on (2026-03-02); 30 days when not said",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        since = read_moment(options["since"]) if options["since"] else now - LOOKS_BACK
        if since > now:
            raise CommandError("That day has not come yet. Choose a day that has passed.")
        losses = audit(since=since, at=now)
        for words in in_words(losses):
            self.stdout.write(words)
        if losses:
            count = "1 difference" if len(losses) == 1 else f"{len(losses)} differences"
            raise CommandError(f"{count} between what should have been told and what was.")
        self.stdout.write(f"Everything since {since:%-d %B %Y} was told as it should have been.")
