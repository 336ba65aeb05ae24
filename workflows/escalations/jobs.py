"""The recurring look behind the clock of concerns."""

from django.utils import timezone
from procrastinate.contrib.django import app

from workflows.escalations.audit import audit


@app.periodic(cron="*/15 * * * *")
@app.task(queue="sweep", queueing_lock="ladders")
def look_at_ladders(timestamp: int) -> None:
    """Reports every open concern that is not where its ladder says it should be."""
    audit(at=timezone.now())
