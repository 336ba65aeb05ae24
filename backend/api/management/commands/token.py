"""Gives a person a token for the API."""

from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from knox.models import AuthToken

from backend.access.models import Person

DAYS = 90
MOST_DAYS = 3650


class Command(BaseCommand):
    help = "Print a new API token for a person."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "email", metavar="EMAIL", help="the e-mail address the person signs in with"
        )
        parser.add_argument(
            "--days",
            type=int,
            default=DAYS,
            help=f"days until the token runs out (1 to {MOST_DAYS}; {DAYS} if not said)",
        )
        parser.add_argument(
            "--revoke", action="store_true", help="take back all tokens of the person instead"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """This will print a token, and nothing but the token, on standard output."""
        person = self._person(options["email"])
        if options["revoke"]:
            count, _ = AuthToken.objects.filter(user=person).delete()
            self.stderr.write(f"{count} token{'' if count == 1 else 's'} taken back.")
            return
        days = options["days"]
        if not 1 <= days <= MOST_DAYS:
            raise CommandError(f"--days takes a number from 1 to {MOST_DAYS}.")
        if not person.is_active:
            raise CommandError(f"{person.email} has left: the account is closed.")
        _, token = AuthToken.objects.create(person, expiry=timedelta(days=days))
        self.stdout.write(token)
        ends = timezone.localtime(timezone.now() + timedelta(days=days))
        self.stderr.write(
            f"For {person.name}, until {ends:%-d %B %Y}. It is shown once. "
            "Send it as: Authorization: Bearer ..."
        )

    def _person(self, email: str) -> Person:
        try:
            return Person.objects.get_by_natural_key(email)
        except Person.DoesNotExist as error:
            raise CommandError(f"Nobody signs in with {email}.") from error
