"""Reading what became of a notification: by which ways it went, and whom nothing reached."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce

from backend.notify.models import Delivery, Notification, Sending, Way

#: So long after its moment, what still waits has been overlooked.
LATE = timedelta(minutes=10)


def deliveries_of(notifications: Iterable[int]) -> dict[int, list[Delivery]]:
    """The deliveries of many notifications, in one query."""
    wanted = list(notifications)
    found: dict[int, list[Delivery]] = {pk: [] for pk in wanted}
    for row in Delivery.objects.filter(notification__in=wanted).order_by("notification", "pk"):
        found[row.notification_id].append(row)
    return found


def failed_deliveries(notifications: Iterable[int] | None = None) -> QuerySet[Delivery]:
    """The deliveries that stand as failed: of these notifications, or of all."""
    rows = Delivery.objects.filter(state=Sending.State.FAILED).select_related(
        "notification__person"
    )
    return rows if notifications is None else rows.filter(notification__in=list(notifications))


def reached_nobody(notifications: Iterable[int]) -> QuerySet[Notification]:
    """Those of which every way beyond the page failed: nobody can be taken to know.

    A way that is not set up reached nobody either, but is no failure by itself. What was read
    all the same has reached somebody.
    """
    beyond = Delivery.objects.filter(notification=OuterRef("pk")).exclude(way=Way.LIVE)
    failed = beyond.filter(state=Sending.State.FAILED)
    return Notification.objects.filter(
        Exists(failed),
        ~Exists(beyond.exclude(state__in=[Sending.State.FAILED, Sending.State.NOT_SET_UP])),
        pk__in=list(notifications),
        read_at__isnull=True,
    )


def overlooked(*, at: datetime) -> int:
    """How many deliveries are well past their moment and nobody has tried them."""
    waiting = Delivery.objects.filter(state=Sending.State.WAITING)
    since = Coalesce("next_try_at", "notification__told_at")
    return waiting.annotate(since=since).filter(since__lt=at - LATE).count()
