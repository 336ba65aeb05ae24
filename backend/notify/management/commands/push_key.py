"""Prints a new key with which this installation signs its push messages."""

import base64
from typing import Any

from django.core.management.base import BaseCommand
from py_vapid import Vapid02


class Command(BaseCommand):
    """`sightline push_key`: the line for the settings; the key is kept nowhere else."""

    help = "Print a new key for push messages"

    def handle(self, *args: Any, **options: Any) -> None:
        made = Vapid02()
        made.generate_keys()
        number = made.private_key.private_numbers().private_value
        raw = base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()
        self.stdout.write(f"VAPID_PRIVATE_KEY={raw}")
