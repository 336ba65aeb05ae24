"""How a person wishes to be reached: what, by which way, when not, and how often in sum."""

import base64
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, time

from django.db import transaction

from backend.access.models import Person
from backend.casework.errors import FactRefused
from backend.notify.choosing import families, preference_of
from backend.notify.models import Preference, PushDevice, Way
from backend.notify.ways import offered
from backend.notify.ways.push import is_push_service

MOBILE = re.compile(r"\+447[1-57-9][0-9]{8}")
#: More browsers than anybody uses.
MOST_BROWSERS = 10
HOW_TO_TYPE = "Enter a UK mobile number, like 07700 900 123"


@dataclass(frozen=True)
class Wishes:
    """What somebody answers when asked how they wish to be reached."""

    by_email: bool = True
    by_text: bool = False
    by_push: bool = True
    phone: str = ""
    unwanted: Collection[str] = field(default_factory=tuple)
    quiet_from: time | None = None
    quiet_to: time | None = None
    digest: str = Preference.Every.DAY


def mobile_number(typed: str) -> str:
    """A UK mobile number as it is kept, however it was typed; nothing for nothing.

    :raises FactRefused: it is none.
    """
    if not typed.strip():
        return ""
    number = re.sub(r"[\s().\-]", "", typed.replace("(0)", ""))
    number = re.sub(r"^(0044|44|0)(?=7)", "+44", number)
    if not MOBILE.fullmatch(number):
        raise FactRefused(HOW_TO_TYPE, field="phone")
    return number


@transaction.atomic
def set_preferences(*, person: Person, wishes: Wishes) -> Preference:
    """This will change how a person is reached from now on. What is urgent never asks.

    :raises FactRefused: no such number, quiet hours that are not whole, or a way or family
        that is not there.
    """
    phone = mobile_number(wishes.phone)
    if wishes.by_text and Way.TEXT not in offered():
        raise FactRefused("Text messages are not set up here.", field="by_text")
    if wishes.by_text and not phone:
        raise FactRefused(HOW_TO_TYPE, field="phone")
    _check_quiet_hours(wishes)
    strange = sorted(set(wishes.unwanted) - set(families()))
    if strange:
        raise FactRefused("Choose from the alerts that there are.", field="unwanted")
    if wishes.digest not in Preference.Every.values:
        raise FactRefused("Choose how often a summary is sent.", field="digest")
    return Preference.objects.update_or_create(
        person=person,
        defaults={
            "by_email": wishes.by_email,
            "by_text": wishes.by_text,
            "by_push": wishes.by_push,
            "phone": phone,
            "unwanted": sorted(set(wishes.unwanted)),
            "quiet_from": wishes.quiet_from,
            "quiet_to": wishes.quiet_to,
            "digest": wishes.digest,
        },
    )[0]


def _check_quiet_hours(wishes: Wishes) -> None:
    if (wishes.quiet_from is None) != (wishes.quiet_to is None):
        missing = "quiet_from" if wishes.quiet_from is None else "quiet_to"
        raise FactRefused("Say both when quiet hours begin and when they end.", field=missing)
    if wishes.quiet_from is not None and wishes.quiet_from == wishes.quiet_to:
        raise FactRefused("Quiet hours must end at another time than they begin.", field="quiet_to")


def wishes_of(person: Person) -> Wishes:
    """How a person wishes to be reached now."""
    kept = preference_of(person)
    return Wishes(
        by_email=kept.by_email,
        by_text=kept.by_text,
        by_push=kept.by_push,
        phone=kept.phone,
        unwanted=tuple(kept.unwanted),
        quiet_from=kept.quiet_from,
        quiet_to=kept.quiet_to,
        digest=kept.digest,
    )


@transaction.atomic
def add_browser(
    *, person: Person, endpoint: str, p256dh: str, auth: str, name: str, at: datetime
) -> PushDevice:
    """This will wake a browser from now on when the person is told of something.

    A browser is one person's: whoever signs in and adds it takes it over.

    :raises FactRefused: push messages are not set up, it is no browser maker's address, the keys
        are none, or there are too many already.
    """
    if Way.PUSH not in offered():
        raise FactRefused("Push messages are not set up here.", field="endpoint")
    if not is_push_service(endpoint) or len(endpoint) > 600:
        raise FactRefused("This is not the address of a browser's push service.", field="endpoint")
    for field_name, key, length in (("p256dh", p256dh, 65), ("auth", auth, 16)):
        if not _is_key(key, length):
            raise FactRefused("This is not a key that a browser gives.", field=field_name)
    Person.objects.select_for_update().get(pk=person.pk)
    others = PushDevice.objects.filter(person=person).exclude(endpoint=endpoint)
    if others.count() >= MOST_BROWSERS:
        raise FactRefused("Remove a browser first: ten is the most.", field="endpoint")
    return PushDevice.objects.update_or_create(
        endpoint=endpoint,
        defaults={
            "person": person,
            "p256dh": p256dh,
            "auth": auth,
            "name": name.replace("\x00", "")[:100],
            "added_at": at,
        },
    )[0]


def _is_key(key: str, length: int) -> bool:
    """Whether a text is a key of so many bytes, as browsers write keys."""
    bare = key.rstrip("=")
    try:
        return len(base64.urlsafe_b64decode(bare + "=" * (-len(bare) % 4))) == length
    except ValueError:
        return False


def remove_browser(*, person: Person, number: int) -> bool:
    """This will wake a browser no more; answers whether there was one."""
    return bool(PushDevice.objects.filter(person=person, pk=number).delete()[0])
