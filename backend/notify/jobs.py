"""Delivery: each message at its moment, again when it failed, and a sweep for what was lost."""

import logging

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from backend.notify.sending import deliver_to, owed_to_people
from backend.notify.ways.live import group_of

__all__ = ["deliver", "deliver_due", "group_of"]

log = logging.getLogger(__name__)


@app.task(queue="deliver", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def deliver(notifications: list[int]) -> None:
    """Sends what is owed for these notifications; what was sent is not sent again."""
    _deliver(notifications)


@app.periodic(cron="* * * * *")
@app.task(queue="deliver", queueing_lock="deliver-due", pass_context=False)
def deliver_due(timestamp: int) -> None:
    """Sends what failed and is to be tried again, what waited for the morning, what was lost."""
    _deliver(None)


def _deliver(notifications: list[int] | None) -> None:
    failed = 0
    for person, way in owed_to_people(timezone.now(), among=notifications):
        failed += deliver_to(person, way, at=timezone.now())
    if failed:
        log.warning("%s notifications could not be delivered this time", failed)
