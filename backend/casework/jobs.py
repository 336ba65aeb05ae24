"""Work that follows from a decision and takes longer than a page may."""

import logging

from django.utils import timezone
from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from backend.access.models import Person
from backend.casework.digest import owe_digests, owed_digests, send_digest
from backend.deadlines.recalculate import recalculate
from backend.events.record import CLOCK
from backend.records.models import Child

log = logging.getLogger(__name__)
BATCH = 200


@app.task(queue="recount", retry=RetryStrategy(max_attempts=8, exponential_wait=4))
def recount_authority(authority: str, person: int | None) -> None:
    """Counts the deadlines of an authority's children again after its policy changed.

    Each batch is a transaction of its own; one that is begun again finds nothing to change.
    """
    by = CLOCK if person is None else Person.objects.get(pk=person)
    rows = Child.objects.filter(authority=authority).order_by("pk").values_list("pk", flat=True)
    last = 0
    while ids := list(rows.filter(pk__gt=last)[:BATCH]):
        done = recalculate(ids, by=by, at=timezone.now())
        if done.left:
            log.error("%s children have dates that cannot be counted", len(done.left))
        last = ids[-1]


@app.periodic(cron="*/5 * * * *")
@app.task(queue="deliver", queueing_lock="digests", pass_context=False)
def send_digests(timestamp: int) -> None:
    """Sends today's summaries, each once, and again those that did not go."""
    owe_digests(timezone.now())
    for digest in owed_digests(timezone.now()):
        send_digest(digest, at=timezone.now())
