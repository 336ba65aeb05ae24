"""Counting open alerts by team, worker, step and age, and week by week."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from statistics import median_high
from typing import Any

from django.db.models import Count, Min, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import TruncWeek

from backend.access.caseload import children_in_part
from backend.access.models import Allocation, Person
from backend.access.parts import current
from backend.alerts.models import NAMES, Alert, Answer, RungReached, Snooze
from backend.alerts.queries import alerts_visible_to
from backend.alerts.table import ANSWERED, OPEN, SNOOZED, WAIVED
from backend.deadlines.queries import STANDING
from backend.events.models import Event
from backend.grammar.moments import LONDON, day_of, end_of
from backend.grammar.roles import Role
from backend.notify.models import Leave
from backend.records.models import Child
from frontend.pages.alerts.told import NOBODY, subject_of
from frontend.parts.charts import Chart, bars_of_counts
from frontend.parts.words import MONTHS, count_of, long_date

MANAGES = (Role.TEAM_MANAGER, Role.SERVICE_MANAGER, Role.IRO_MANAGER, Role.DIRECTOR)
#: How many days ago the first date passed, from and to.
AGES: tuple[tuple[str, int, int | None], ...] = (
    ("Up to 3 days", 0, 3),
    ("4 to 7 days", 4, 7),
    ("8 to 28 days", 8, 28),
    ("Over 28 days", 29, None),
)
STEPS = ("First telling", "Step 1", "Step 2", "Step 3 or later")
NO_TEAM = "No team"
NO_CHILD = "Cases that are no child's"
WEEKS = 12
SLIPPED = "deadlines.slipped"


def children_managed(person: Person, held: Iterable[Role], on: date) -> QuerySet[Child]:
    """The children for whom somebody answers as a manager, in any of their parts."""
    theirs = Q(pk__in=[])
    for role in sorted(set(held) & set(MANAGES)):
        theirs |= Q(pk__in=children_in_part(person, role, on).values("pk"))
    return Child.objects.filter(theirs)


def alerts_managed(person: Person, children: QuerySet[Child]) -> QuerySet[Alert]:
    """The alerts of these children, and of the cases that the person may see."""
    mine = Q(child__in=children.values("pk")) | Q(child__isnull=True)
    return alerts_visible_to(person).filter(mine)


@dataclass(frozen=True)
class Tally:
    """How many alerts stand under one name, by answer, step and age, and the oldest."""

    name: str
    key: str
    alerts: int
    unanswered: int
    answered: int
    put_off: int
    steps: tuple[int, ...]
    ages: tuple[int, ...]
    days: int
    children: int = 0
    dates: int = 0
    away: str = ""


def passed_within(on: date, first: int, last: int | None) -> Q:
    """The alerts whose first date passed from so many to so many days before a day."""
    found = Q(passed_at__lte=end_of(on - timedelta(days=first)))
    if last is not None:
        found &= Q(passed_at__gte=end_of(on - timedelta(days=last)))
    return found if first else found | Q(passed_at__gt=end_of(on))


def counted(on: date) -> dict[str, Any]:
    def number(*only: Q) -> Count:
        return Count("pk", distinct=True, filter=only[0] if only else None)

    steps = {f"step_{n}": number(Q(reached=n)) for n in range(len(STEPS) - 1)}
    ages = {
        f"age_{place}": number(passed_within(on, first, last))
        for place, (_, first, last) in enumerate(AGES)
    }
    return {
        "alerts": number(),
        "unanswered": number(Q(state=str(OPEN))),
        "answered": number(Q(state=str(ANSWERED))),
        "put_off": number(Q(state=str(SNOOZED))),
        **steps,
        "step_last": number(Q(reached__gte=len(STEPS) - 1)),
        **ages,
        "oldest": Min("passed_at"),
    }


def tally_of(name: str, key: object, row: Any, on: date, **more: Any) -> Tally:
    return Tally(
        name=name,
        key=str(key or ""),
        alerts=row["alerts"],
        unanswered=row["unanswered"],
        answered=row["answered"],
        put_off=row["put_off"],
        steps=(*(row[f"step_{n}"] for n in range(len(STEPS) - 1)), row["step_last"]),
        ages=tuple(row[f"age_{n}"] for n in range(len(AGES))),
        days=days_since(row["oldest"], on),
        **more,
    )


def days_since(passed_at: datetime, on: date) -> int:
    """Whole days since a date passed; it passes with the last moment of its day."""
    return max((on - day_of(passed_at - timedelta(minutes=1))).days, 0)


def by_team(standing: QuerySet[Alert], on: date) -> list[Tally]:
    """Team by team, the longest overdue first."""
    rows = (
        standing.order_by()
        .values("child__team", "child__team__name", no_child=Q(child__isnull=True))
        .annotate(**counted(on))
    )
    found = [
        tally_of(
            NO_CHILD if row["no_child"] else row["child__team__name"] or NO_TEAM,
            row["child__team"],
            row,
            on,
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (-one.days, -one.alerts, one.name))


def by_worker(standing: QuerySet[Alert], role: Role, on: date) -> list[Tally]:
    """Worker by worker, the longest overdue first: one absence is one line, with its count."""
    held = Allocation.objects.filter(current(on), child=OuterRef("child"), role=role)
    owed = Q(alerted__deadline__status__in=STANDING, alerted__deadline__told_at__isnull=False)
    rows = list(
        standing.filter(child__isnull=False)
        .order_by()
        .annotate(
            worker=Subquery(held.values("person")[:1]),
            worker_name=Subquery(held.values("person__name")[:1]),
        )
        .values("worker", "worker_name")
        .annotate(
            **counted(on),
            children=Count("child", distinct=True),
            dates=Count("alerted__deadline", distinct=True, filter=owed),
        )
    )
    away = away_on([row["worker"] for row in rows if row["worker"]], on)
    found = [
        tally_of(
            row["worker_name"] or NOBODY,
            row["worker"] or "nobody",
            row,
            on,
            children=row["children"],
            dates=row["dates"],
            away=away.get(row["worker"], ""),
        )
        for row in rows
    ]
    return sorted(found, key=lambda one: (-one.days, -one.children, one.name))


def away_on(people: Sequence[int], on: date) -> dict[int, str]:
    """Who of these is on leave, until when, and who stands in."""
    rows = Leave.objects.filter(
        person__in=people, started_on__lte=on, ended_on__gte=on
    ).select_related("deputy")
    return {
        row.person_id: f"On leave until {long_date(row.ended_on)}, "
        + (f"{row.deputy.name} stands in" if row.deputy else "nobody stands in")
        for row in rows
    }


# What changed


@dataclass(frozen=True)
class Change:
    """One thing that happened to an alert."""

    alert: Alert
    at: datetime
    words: str

    @property
    def subject(self) -> str:
        return subject_of(self.alert)


def start_of_yesterday(on: date) -> datetime:
    return end_of(on - timedelta(days=2))


def changes_since(alerts: QuerySet[Alert], since: datetime, most: int) -> list[Change]:
    """The newest changes of some alerts; a fixed number of queries."""
    mine = alerts.order_by().values("pk")
    whose = "alert__child"
    found = [
        Change(one, one.opened_at, "Opened")
        for one in newest(alerts.filter(opened_at__gte=since), "opened_at", most, "child")
    ]
    found += [
        Change(
            one.alert,
            one.at,
            f"Nobody could be told at step {one.number}; it went up at once"
            if one.reached_nobody
            else f"Sent on, step {one.number}",
        )
        for one in newest(
            RungReached.objects.filter(alert__in=mine, at__gte=since), "at", most, whose
        )
    ]
    found += [
        Change(one.alert, one.at, f"Answered by {one.by.name}: by {long_date(one.by_on)}")
        for one in newest(
            Answer.objects.filter(alert__in=mine, at__gte=since), "at", most, whose, "by"
        )
    ]
    found += [
        Change(one.alert, one.at, f"Put off by {one.by.name} until {long_date(one.until)}")
        for one in newest(
            Snooze.objects.filter(alert__in=mine, at__gte=since), "at", most, whose, "by"
        )
    ]
    found += [
        Change(one, one.ended_at, one.ended_because if one.state == WAIVED else ended_words(one))
        for one in newest(alerts.filter(ended_at__gte=since), "ended_at", most, "child")
        if one.ended_at is not None
    ]
    return sorted(found, key=lambda one: (one.at, one.alert.pk), reverse=True)


def ended_words(alert: Alert) -> str:
    return f"Ended: {alert.ended_because}"


def newest(rows: QuerySet[Any], moment: str, most: int, *related: str) -> list[Any]:
    return list(rows.select_related(*related).order_by(f"-{moment}", "-pk")[:most])


def counted_changes(alerts: QuerySet[Alert], since: datetime) -> list[tuple[str, int]]:
    """How many alerts were opened, sent on, answered, put off and ended since a moment."""
    mine = alerts.order_by().values("pk")
    reached = RungReached.objects.filter(alert__in=mine, at__gte=since)
    return [
        ("Opened", alerts.filter(opened_at__gte=since).count()),
        ("Sent on to the next people", reached.count()),
        ("Reached nobody", reached.filter(reached_nobody=True).count()),
        ("Answers", Answer.objects.filter(alert__in=mine, at__gte=since).count()),
        ("Put off", Snooze.objects.filter(alert__in=mine, at__gte=since).count()),
        ("Ended", alerts.filter(ended_at__gte=since).exclude(state=str(WAIVED)).count()),
        ("Waived", alerts.filter(ended_at__gte=since, state=str(WAIVED)).count()),
    ]


# Week by week


def weeks_until(on: date) -> list[date]:
    """The Mondays of the last weeks, this week's last."""
    monday = on - timedelta(days=on.weekday())
    return [monday - timedelta(weeks=back) for back in reversed(range(WEEKS))]


def week_words(monday: date) -> str:
    return f"{monday.day} {MONTHS[monday.month - 1][:3]} {monday.year}"


def slips_by_week(children: QuerySet[Child], on: date) -> Chart:
    """How many dates passed with nothing recorded, in each week: what was recorded later does
    not take them away."""
    weeks = weeks_until(on)
    rows = (
        Event.objects.filter(
            name=SLIPPED, child_id__in=children.values("pk"), at__gte=end_of(before(weeks[0]))
        )
        .order_by()
        .annotate(week=TruncWeek("at", tzinfo=LONDON))
        .values("week")
        .annotate(number=Count("pk"))
    )
    found = {day_of(row["week"]): row["number"] for row in rows}
    counts = [(week_words(week), found.get(week, 0)) for week in weeks]
    total = sum(number for _, number in counts)
    return bars_of_counts(
        "Dates that passed with nothing recorded, week by week",
        counts,
        f"{count_of(total, 'date')} in {WEEKS} weeks, by the Monday of the week. Local targets and "
        "rules not yet verified are among them."
        if total
        else f"No date passed in {WEEKS} weeks.",
        counted="Dates that passed",
        unit="Week of",
    )


def before(day: date) -> date:
    return day - timedelta(days=1)


def answers_by_week(alerts: QuerySet[Alert], on: date) -> Chart:
    """How long alerts waited for their first answer, by the week in which it came."""
    weeks = weeks_until(on)
    rows = (
        alerts.order_by()
        .annotate(first=Min("answers__at"))
        .filter(first__gte=end_of(before(weeks[0])))
        .values_list("opened_at", "first")
    )
    waits: dict[date, list[int]] = defaultdict(list)
    for opened_at, first in rows:
        day = day_of(first)
        waits[day - timedelta(days=day.weekday())].append((day - day_of(opened_at)).days)
    every = [wait for week in waits.values() for wait in week]
    counts = [(week_words(week), median_high(waits[week]) if waits[week] else 0) for week in weeks]
    title = "Days until the first answer, week by week"
    summary = (
        f"{count_of(len(every), 'alert')} got a first answer in {WEEKS} weeks, half of them "
        f"within {count_of(median_high(every), 'day')} of being opened. A week without an answer "
        "has no bar."
        if every
        else f"No alert got its first answer in {WEEKS} weeks."
    )
    chart = bars_of_counts(
        title, counts, summary, counted="Half were answered within so many days", unit="Week of"
    )
    table = tuple(
        (
            week_words(week),
            str(len(waits[week])),
            str(median_high(waits[week])) if waits[week] else "none",
            str(max(waits[week])) if waits[week] else "none",
        )
        for week in weeks
    )
    columns = ("Week of", "First answers", "Half within, days", "Longest, days")
    return replace(chart, columns=columns, rows=table, is_empty=not every)


def standing_of(alerts: QuerySet[Alert]) -> QuerySet[Alert]:
    return alerts.filter(state__in=NAMES)
