"""Forgets the answers that were kept for requests sent twice."""

from django.utils import timezone
from procrastinate.contrib.django import app

from backend.api.models import KeptAnswer


@app.periodic(cron="50 * * * *")
@app.task(queue="nightly", queueing_lock="api.forget_kept_answers")
def forget_kept_answers(timestamp: int) -> None:
    """This will delete the answers whose day is over."""
    KeptAnswer.objects.filter(ends_at__lte=timezone.now()).delete()
