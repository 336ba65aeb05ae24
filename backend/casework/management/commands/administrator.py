"""Makes the first administrator of an authority, who then gives everybody else an account."""

from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from django.utils import timezone

from backend.access.models import Person
from backend.casework.accounts import add_person
from backend.casework.administrators import administrators_of
from backend.casework.errors import UnableTo
from backend.events.record import CLOCK
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.records.models import Authority


class Command(BaseCommand):
    help = "Make the first administrator of an authority, who then gives everybody else an account."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "email", metavar="EMAIL", help="the e-mail address the person will sign in with"
        )
        parser.add_argument("--name", required=True, metavar="NAME", help="the person's full name")
        parser.add_argument(
            "--authority",
            required=True,
            metavar="CODE",
            help="the code of the authority, such as E09000002",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """This will open the account and print where its password is set."""
        authority = self._authority(options["authority"])
        at = timezone.now()
        self._check_is_first(authority, at)
        email = options["email"].strip().lower()
        if Person.objects.filter(email__iexact=email).exists():
            raise CommandError(f"Somebody has an account with {email} already.")
        try:
            person = add_person(
                name=options["name"],
                email=email,
                organisation=authority.name,
                role=Role.ADMINISTRATOR,
                place=authority,
                started_on=day_of(at),
                by=CLOCK,
                at=at,
            )
        except UnableTo as refusal:
            raise CommandError(refusal.reason) from refusal
        self.stdout.write(f"{person.name} is the administrator of {authority.name}.")
        self.stdout.write(
            f"Set the password at {settings.BASE_URL}{reverse('account_reset_password')}"
        )

    def _authority(self, code: str) -> Authority:
        try:
            return Authority.objects.get(pk=code.strip().upper())
        except Authority.DoesNotExist as error:
            raise CommandError(
                f"No authority of England has the code {code}. Codes look like E09000002."
            ) from error

    def _check_is_first(self, authority: Authority, at: datetime) -> None:
        names = sorted(administrators_of(authority, at).values_list("name", flat=True))
        if names:
            raise CommandError(
                f"{authority.name} has an administrator: {', '.join(names)}. "
                f"They add people at {settings.BASE_URL}{reverse('people')}"
            )
