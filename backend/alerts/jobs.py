"""The audit that runs by itself each hour, and says loudly what it finds."""

import logging
from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from backend.alerts.audit import audit, in_words
from backend.deadlines.sweep import beat

log = logging.getLogger(__name__)
LOOKS_BACK = timedelta(days=7)


@app.periodic(cron="20 * * * *")
@app.task(queue="audit", queueing_lock="audit")
def audit_everything(timestamp: int) -> None:
    """Compares what should have been told with what was."""
    now = timezone.now()
    losses = audit(since=now - LOOKS_BACK, at=now)
    beat("audit", now, {"losses": len(losses)})
    for words in in_words(losses):
        log.error("audit: %s", words)
