"""Looks behind the clock: does each open concern stand where its frozen ladder says it should?

It shares no counting with the clock. It reads what was recorded and the rungs kept with the case,
and counts the days one by one.
"""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from backend.deadlines.calendars import england_and_wales
from backend.deadlines.sweep import beat
from backend.events.models import Event
from backend.events.record import CLOCK, record
from backend.grammar.moments import day_of, end_of
from workflows.escalations import events
from workflows.escalations.models import Escalation
from workflows.escalations.table import OPEN

log = logging.getLogger(__name__)

JOB = "ladders"
#: The sweep runs each minute; a concern that waits longer than this after its day is stuck.
PATIENCE = timedelta(hours=1)
ONE_DAY = timedelta(days=1)
SENT = (
    "escalations.raised",
    "escalations.taken_up",
    "escalations.moved_up",
    "escalations.skipped",
)
REPLIED = ("escalations.answered", "escalations.accepted")
SILENT = "escalations.stayed_silent"


@dataclass(frozen=True)
class Stuck:
    """A concern that is not where it should be, and why, without a word of what it is about."""

    escalation: Escalation
    because: str


def audit(*, at: datetime) -> list[Stuck]:
    """This will look at every open concern, and report each that is not where it should be: in
    the log, as an event of the case, and on the health page."""
    found = list(stuck_at(at))
    for one in found:
        log.error("%s is not where its ladder says: %s", one.escalation.about, one.because)
        _report(one, at)
    beat(JOB, at, {"stuck": len(found)})
    return found


def stuck_at(at: datetime) -> Iterator[Stuck]:
    cases = list(Escalation.objects.filter(state__in=[str(state) for state in OPEN]))
    said: dict[str, list[Event]] = {case.about: [] for case in cases}
    rows = Event.objects.filter(about__in=list(said), name__startswith="escalations.")
    for event in rows.order_by("pk"):
        said[event.about].append(event)
    stands_on = dict(
        Escalation.objects.filter(
            pk__in=[case.pk for case in cases], stages__ended_at__isnull=True
        ).values_list("pk", "stages__rung")
    )
    for case in cases:
        because = _fault(case, said[case.about], stands_on.get(case.pk), at)
        if because:
            yield Stuck(case, because)


def _fault(case: Escalation, said: list[Event], stands_on: int | None, at: datetime) -> str:
    """What is wrong with one open concern, in words; empty when nothing is."""
    sent = [event for event in said if event.name in SENT]
    if not sent:
        return "it is open and was never sent to anybody"
    last = sent[-1]
    rung = int(last.carries["rung"])
    if rung != stands_on:
        return f"it was sent to rung {rung} and stands on rung {stands_on}"
    since = {event.name for event in said if event.pk > last.pk}
    if since & {*REPLIED, SILENT}:
        return ""
    last_day = _last_day(_first_day(last), case.rungs[rung]["answer_days"])
    if at <= end_of(last_day) + PATIENCE:
        return ""
    if rung + 1 < len(case.rungs):
        return f"nobody replied by {last_day} and it did not go up"
    return f"nobody replied by {last_day} at the highest level and nobody was told"


def _first_day(sent: Event) -> date:
    """The day from which the days are counted: the day before, when the clock sent it on."""
    day = day_of(sent.at)
    return day - ONE_DAY if sent.name == "escalations.moved_up" else day


def _last_day(day: date, working_days: int) -> date:
    calendar = england_and_wales()
    while working_days:
        day += ONE_DAY
        working_days -= calendar.is_working_day(day)
    return day


def _report(stuck: Stuck, at: datetime) -> None:
    """Keeps it once: not again until the concern has gone somewhere else."""
    rows = Event.objects.filter(about=stuck.escalation.about, name__in=(*SENT, events.STUCK))
    last = rows.order_by("-pk").first()
    if last is not None and last.name == events.STUCK:
        return
    record(
        events.STUCK,
        by=CLOCK,
        at=at,
        about=stuck.escalation.about,
        child_id=stuck.escalation.child_id,
        setting_id=stuck.escalation.setting_id,
        carries={},
    )
