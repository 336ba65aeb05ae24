"""The invented world, for showing and trying out Sightline."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from rich.console import Console
from rich.progress import Progress

from backend.alerts.audit import in_words
from workflows.demo import slip, world, year


class Command(BaseCommand):
    help = "Fill an empty database with an invented world, or make a date slip in it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        steps = parser.add_subparsers(dest="step", required=True, metavar="load|slip|year")
        steps.add_parser("load", help="fill an empty database; a filled one stays as it is")
        steps.add_parser("slip", help="make one date pass now, and see who is told")
        lived = steps.add_parser(
            "year", help="live through a year with people who forget and leave, and audit it"
        )
        lived.add_argument("--children", type=int, default=100, help="how many; 100 when not said")
        lived.add_argument("--days", type=int, default=365, help="how many; 365 when not said")
        lived.add_argument("--seed", type=int, default=1, help="the same seed, the same year")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The invented world is for demo mode only: set DEMO=1.")
        if options["step"] == "load":
            self.load()
        elif options["step"] == "slip":
            self.slip()
        else:
            self.live(options["children"], options["days"], options["seed"])

    def load(self) -> None:
        if world.is_loaded():
            return
        console = Console(stderr=True)
        if not console.is_terminal:
            self.stdout.write("Loading the demo world (a minute or two) ...")
            self.stdout.flush()
        with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
            task = bar.add_task("Loading the demo world", total=None)
            made = world.load(
                now=timezone.now(),
                progress=lambda done, total: bar.update(task, completed=done, total=total),
            )
        self.stdout.write(
            f"The demo world has {len(made.children)} children, {len(made.settings)} settings and "
            f"{len(made.people)} people."
        )

    def slip(self) -> None:
        try:
            slipped = slip.make_one_slip(at=timezone.now())
        except slip.NothingLeftToSlip as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{slipped.title} for {slipped.child.name} was due on {slipped.due_on:%-d %B %Y} and "
            f"has now slipped. Told: {', '.join(slipped.told)}."
        )

    def live(self, children: int, days: int, seed: int) -> None:
        console = Console(stderr=True)
        if not console.is_terminal:
            self.stdout.write(f"Living through {days} days of {children} children ...")
            self.stdout.flush()
        try:
            with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
                task = bar.add_task("Living through the year", total=days)
                lived = year.live_a_year(
                    children=children,
                    days=days,
                    seed=seed,
                    until=timezone.now(),
                    tick=lambda day: bar.update(task, completed=day),
                )
        except ValueError as error:
            raise CommandError(str(error)) from error
        for line in lived.lines():
            self.stdout.write(line)
        for words in in_words(lived.losses):
            self.stdout.write(words)
        if lived.losses:
            raise CommandError("Somebody was lost. Nothing of the year is kept.")
        self.stdout.write("Nobody was lost. Nothing of the year is kept.")
