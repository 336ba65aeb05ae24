"""The recurring work: the sweep each minute, the watchdog behind it, grants at night."""

import logging

from django.utils import timezone
from procrastinate.contrib.django import app

from backend.access.grants import derive_all
from backend.deadlines.recalculate import recalculate_all
from backend.deadlines.sweep import beat, sweep, watch
from backend.events.record import CLOCK
from backend.grammar.moments import day_of

log = logging.getLogger(__name__)


@app.periodic(cron="* * * * *")
@app.task(queue="sweep", queueing_lock="sweep", lock="sweep")
def sweep_deadlines(timestamp: int) -> None:
    """Tells of every deadline whose moment has come."""
    sweep(at=timezone.now())


@app.periodic(cron="*/5 * * * *")
@app.task(queue="sweep", queueing_lock="watchdog")
def watch_sweep(timestamp: int) -> None:
    """Says loudly when the sweep has fallen behind."""
    count = watch(at=timezone.now())
    if count:
        log.error("%s deadlines are past their moment and nobody has looked", count)


@app.periodic(cron="15 2 * * *")
@app.task(queue="nightly", queueing_lock="grants")
def check_grants(timestamp: int) -> None:
    """Compares every grant with the facts it comes from, and puts differences right."""
    now = timezone.now()
    found = derive_all(day_of(now))
    beat("grants", now, found)
    if any(found.values()):
        log.warning("grants differed from the facts and were put right: %s", found)


@app.periodic(cron="35 0 * * *")
@app.task(queue="nightly", queueing_lock="recount")
def count_again(timestamp: int) -> None:
    """Counts every deadline again, for what changes only because a day has passed."""
    now = timezone.now()
    found = recalculate_all(by=CLOCK, at=now)
    beat("recount", now, found)
    if found["left"]:
        log.error("%s children have dates that cannot be counted", found["left"])
