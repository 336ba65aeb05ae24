"""Delivery: a live nudge and an e-mail for each batch, and a sweep for what was lost."""

import logging
from collections import defaultdict
from datetime import timedelta

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from backend.access.models import Person
from backend.notify.inbox import cursor, unread
from backend.notify.models import Notification

log = logging.getLogger(__name__)
LOST_AFTER = timedelta(minutes=2)
BATCH = 500


def group_of(person_id: int) -> str:
    """The channel group that reaches every open page of a person."""
    return f"inbox.{person_id}"


@app.task(queue="deliver", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def deliver(notifications: list[int]) -> None:
    """Nudges open pages and sends one e-mail per person; what was delivered is not sent again."""
    with transaction.atomic():
        rows = list(
            Notification.objects.select_for_update(of=("self",), skip_locked=True)
            .filter(pk__in=notifications, delivered_at__isnull=True)
            .select_related("person")
            .order_by("pk")
        )
        by_person: dict[int, list[Notification]] = defaultdict(list)
        for row in rows:
            by_person[row.person_id].append(row)
        for mine in by_person.values():
            _deliver_to(mine[0].person, mine)
    failed = [row for row in rows if row.failure]
    if failed:
        raise UnableToDeliver(f"{len(failed)} of {len(rows)} notifications were not e-mailed")


class UnableToDeliver(RuntimeError):
    """Some of a batch could not be sent; the job is tried again with growing gaps."""


def _deliver_to(person: Person, rows: list[Notification]) -> None:
    now = timezone.now()
    _nudge(person, rows)
    failure = _e_mail(person, rows)
    for row in rows:
        row.tries += 1
        row.failure = failure
        if not failure:
            row.delivered_at = now
            row.emailed_at = now
    Notification.objects.bulk_update(rows, ["tries", "failure", "delivered_at", "emailed_at"])


def _nudge(person: Person, rows: list[Notification]) -> None:
    """The message names the thing, never the child: the page asks again, with permission."""
    layer = get_channel_layer()
    message = {
        "type": "inbox.nudge",
        "about": rows[-1].about,
        "unread": unread(person),
        "cursor": cursor(person),
    }
    try:
        async_to_sync(layer.group_send)(group_of(person.pk), message)
    except Exception as error:  # the inbox is durable: a lost nudge is caught up by cursor
        log.warning("a live nudge was not sent: %s", type(error).__name__)


def _e_mail(person: Person, rows: list[Notification]) -> str:
    """Sends one message for the batch; returns why it failed, or an empty text."""
    lines = [f"- {row.words}" for row in rows]
    count = len(rows)
    subject = "Sightline: 1 new alert" if count == 1 else f"Sightline: {count} new alerts"
    body = "\n".join(
        [*lines, "", f"Sign in to read and answer: {settings.BASE_URL}/notifications/"]
    )
    # The same identifier on a retry lets the receiving side drop a duplicate.
    identifier = f"<notification-{rows[0].pk}-{count}@sightline>"
    message = EmailMessage(subject, body, to=[person.email], headers={"Message-ID": identifier})
    try:
        message.send()
    except OSError as error:
        return type(error).__name__
    return ""


@app.periodic(cron="* * * * *")
@app.task(queue="deliver", queueing_lock="deliver-lost", pass_context=False)
def deliver_lost(timestamp: int) -> None:
    """Sweeps up notifications whose delivery job was lost."""
    before = timezone.now() - LOST_AFTER
    lost = list(
        Notification.objects.filter(delivered_at__isnull=True, told_at__lt=before, tries__lt=8)
        .order_by("pk")
        .values_list("pk", flat=True)[:BATCH]
    )
    if lost:
        deliver.defer(notifications=lost)
