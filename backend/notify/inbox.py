"""Reading an inbox: what is new, what is unread, and up to where somebody has seen."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import QuerySet

from backend.access.models import Person
from backend.notify.models import Inbox, Notification


def notifications_of(person: Person) -> QuerySet[Notification]:
    """Everything a person was told that is still theirs, newest first."""
    return Notification.objects.filter(person=person, moved_to__isnull=True).select_related(
        "event", "child", "deadline", "on_behalf_of"
    )


def mark_read(*, person: Person, numbers: Iterable[int], at: datetime) -> int:
    """This will mark the person's own notifications as seen; returns how many were new."""
    return Notification.objects.filter(
        person=person, number__in=list(numbers), read_at__isnull=True
    ).update(read_at=at)


def unread(person: Person) -> int:
    """How many notifications the person has not seen."""
    return Notification.objects.filter(
        person=person, read_at__isnull=True, moved_to__isnull=True
    ).count()


def count_since(person: Person, number: int) -> int:
    """How many notifications came after a cursor."""
    return Notification.objects.filter(
        person=person, number__gt=number, moved_to__isnull=True
    ).count()


def cursor(person: Person) -> int:
    """The number of the newest notification; 0 when there is none."""
    return Inbox.objects.filter(person=person).values_list("last_number", flat=True).first() or 0
