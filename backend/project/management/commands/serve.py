"""`sightline serve`: everything in one process, or one part of it in each of many."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper

from backend.project import embedded
from backend.project.health import lacks_migrations
from backend.project.serve import UnableToServe, serve, take_port


def connect_once() -> None:
    """This will connect once outside the pool, which would try for long and not say what is wrong.

    :raises OperationalError: the database does not answer, and why.
    """
    database = connections["default"]
    assert isinstance(database, DatabaseWrapper)
    with database.wrap_database_errors:
        database.Database.connect(**database.get_connection_params()).close()


class Command(BaseCommand):
    """Serves pages, API, live messages and background work."""

    help = "Serve pages, API, live messages and background work, or only a part of that."

    def add_arguments(self, parser: CommandParser) -> None:
        """The choices of whoever starts the server."""
        parser.add_argument(
            "--host",
            default=os.environ.get("LISTEN_ON", "127.0.0.1"),
            help="the address to answer at (LISTEN_ON; 127.0.0.1 when neither is said)",
        )
        parser.add_argument(
            "--port",
            default=settings.PORT,
            help="the port to answer at (PORT; 8000 when neither is said)",
        )
        parser.add_argument(
            "--prepare",
            action="store_true",
            help="first bring the database up to date and, in demo mode, load the demo world once",
        )
        parser.add_argument(
            "--only",
            choices=["web", "worker"],
            help="serve only pages, API and live messages, or do only background work",
        )
        parser.add_argument(
            "--trusted-proxies",
            metavar="ADDRESSES",
            default=os.environ.get("TRUSTED_PROXIES", ""),
            help="addresses of the proxies in front, whose word on the visitor's address counts",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """This will serve until it is told to stop."""
        with self.place(options) as place, self.database():
            if options["prepare"]:
                self.prepare()
            elif lacks_migrations():
                raise CommandError(
                    "The database is not up to date. Bring it up to date with: sightline migrate"
                )
            serve(
                place=place,
                with_jobs=options["only"] != "web",
                trusted_proxies=options["trusted_proxies"],
                when_ready=lambda: self.announce(options),
            )
        self.say("Stopped.")

    @contextmanager
    def place(self, options: dict[str, Any]) -> Iterator[socket.socket | None]:
        """The port to answer at, taken before anything else; none for a worker."""
        if options["only"] == "worker":
            yield None
            return
        try:
            place = take_port(host=options["host"], port=int(options["port"]))
        except ValueError as error:
            raise CommandError(f"PORT must be a number, not {options['port']!r}.") from error
        except UnableToServe as error:
            raise CommandError(str(error)) from error
        with place:
            yield place

    @contextmanager
    def database(self) -> Iterator[None]:
        """The embedded database where no other is named, for as long as it is needed."""
        if not settings.EMBEDDED:
            connect_once()
            yield
            return
        with embedded.running():
            embedded.warn_once()
            try:
                yield
            finally:
                connections.close_all()

    def prepare(self) -> None:
        """This will bring the database up to date, and fill an empty one with the demo world."""
        if lacks_migrations():
            self.say("Preparing the database ...")
            call_command("migrate", verbosity=0, interactive=False)
        if settings.DEMO:
            call_command("demo", "load")

    def announce(self, options: dict[str, Any]) -> None:
        """This will say where Sightline is, or that it works unseen, and how to stop it."""
        host = f"[{options['host']}]" if ":" in options["host"] else options["host"]
        where = (
            "A worker of Sightline is at work"
            if options["only"] == "worker"
            else f"Sightline is at http://{host}:{options['port']}"
        )
        self.say(f"{where}  (press Ctrl-C to stop)")

    def say(self, words: str) -> None:
        """This will print a line at once, also into a file."""
        self.stdout.write(words)
        sys.stdout.flush()
