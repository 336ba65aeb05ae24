"""Looks whether every open concern stands where its ladder says it should."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from workflows.escalations.audit import audit


class Command(BaseCommand):
    help = "Say which open concerns between agencies are not where their ladder says."

    def handle(self, *args: Any, **options: Any) -> None:
        found = audit(at=timezone.now())
        for one in found:
            self.stdout.write(f"{one.escalation.about}: {one.because}")
        if found:
            raise CommandError(f"{len(found)} not where the ladder says.")
        self.stdout.write("Every open concern is where its ladder says.")
