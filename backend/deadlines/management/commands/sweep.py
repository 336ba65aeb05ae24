"""Tells the responsible people of every deadline that has passed."""

import time
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime

from backend.deadlines.models import Heartbeat
from backend.deadlines.sweep import sweep, watch
from backend.grammar.moments import LONDON

EVERY = 60


def read_moment(text: str) -> datetime:
    """A moment as people write it; a day alone means the first moment of that day in England.

    :raises CommandError: it is neither a day nor a moment.
    """
    try:
        moment = parse_datetime(text)
        day = parse_date(text) if moment is None else None
    except ValueError as error:
        raise CommandError(f"{text} is no real date: {error}.") from error
    if moment is None and day is not None:
        moment = datetime(day.year, day.month, day.day, tzinfo=LONDON)
    if moment is None:
        raise CommandError(f"{text!r} is not a moment. Write it like 2026-03-02T18:00.")
    return moment if moment.tzinfo else moment.replace(tzinfo=LONDON)


class Command(BaseCommand):
    help = "Tell the responsible people of every deadline that has passed."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--at",
            metavar="MOMENT",
            help="sweep as of this moment (2026-03-02T18:00, English time) instead of now",
        )
        parser.add_argument(
            "--once", action="store_true", help="sweep once and stop (always so with --at)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["at"]:
            self.sweep_once(read_moment(options["at"]))
            return
        self.sweep_once(timezone.now())
        while not options["once"]:
            time.sleep(EVERY)
            self.sweep_once(timezone.now())

    def sweep_once(self, at: datetime) -> None:
        slipped = sweep(at=at)
        left = watch(at=at)
        words = "1 deadline" if slipped == 1 else f"{slipped} deadlines"
        unheard = Heartbeat.objects.get(job="sweep").found["unheard"]
        nobody = f" Nobody could be told of {unheard}." if unheard else ""
        self.stdout.write(f"{words} slipped.{nobody} {left} left unhandled.")
