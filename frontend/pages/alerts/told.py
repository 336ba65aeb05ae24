"""What the pages tell of alerts: whose, since when, whom each was sent to, and the answers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from backend.access.models import Allocation
from backend.access.parts import current
from backend.alerts.ladder import family_words
from backend.alerts.models import Alert, Question
from backend.alerts.story import LadderStep, LastSent, last_sent, with_steps
from backend.alerts.table import ANSWERED, SNOOZED
from backend.casework.authorities import cover_of
from backend.deadlines.clockwork import answering_authorities
from backend.deadlines.queries import STANDING
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.notify.models import Notification
from frontend.pages.notifications.ways import CASES, address
from frontend.parts.words import count_of, days_words, listed, long_date

NOBODY = "Nobody allocated"
#: More names than this are counted.
NAMED = 3


@dataclass(frozen=True)
class Row:
    """One alert in a list, as its reader may see it."""

    alert: Alert
    subject: str
    url: str
    owed: int
    sent: LastSent
    worker: str
    on: date

    @property
    def what(self) -> str:
        return f"{family_words(self.alert.family)}: {count_of(self.owed, 'date')} passed"

    @property
    def passed_on(self) -> date:
        """The last day on which the first of the dates could have been kept."""
        return last_day_of(self.alert)

    @property
    def since(self) -> str:
        return f"{long_date(self.passed_on)} ({days_words(self.passed_on, self.on)})"

    @property
    def days(self) -> int:
        return max((self.on - self.passed_on).days, 0)

    @property
    def sent_words(self) -> str:
        return sent_words(self.sent)

    @property
    def answer_words(self) -> str:
        return answer_words(self.alert)

    @property
    def asked_words(self) -> str:
        """Who waits for an answer to a question, and until when."""
        return "; ".join(
            f"{one.by.name} asked, an answer is awaited by {long_date(one.answer_by)}"
            for one in self.alert.questions.all()
            if one.closed_at is None
        )

    @property
    def step_words(self) -> str:
        return step_words(self.alert)

    @property
    def next_words(self) -> str:
        return next_words(self.alert)


def last_day_of(alert: Alert) -> date:
    """The day that passed: a date passes with the last moment of its day."""
    return day_of(alert.passed_at - timedelta(minutes=1))


def subject_of(alert: Alert) -> str:
    """Whose alert it is: the child's name, or the number of the case."""
    if alert.child is not None:
        return alert.child.name
    number = alert.matter.partition("/")[2]
    return f"{family_words(alert.family)}: number {number}"


def subject_url(alert: Alert) -> str:
    """Where the child or the case is; empty when its page is not installed."""
    if alert.child_id is not None:
        return address("child", alert.child_id)
    name, _, number = alert.matter.partition("/")
    return address(CASES.get(name, ""), int(number))


def names_words(names: Sequence[str]) -> str:
    """The first few names, and how many more."""
    if len(names) <= NAMED:
        return listed(list(names))
    return f"{', '.join(names[:NAMED])} and {len(names) - NAMED} more"


def sent_words(sent: LastSent) -> str:
    day = long_date(sent.at)
    if sent.reached_nobody or not sent.names:
        return f"Nobody could be told on {day}"
    return f"Sent to {names_words(sent.names)} on {day}"


def closed_words(alert: Alert) -> str:
    """Whom to call about an alert when the offices of its authority are closed."""
    if not alert.is_standing:
        return ""
    if alert.child is not None:
        code = alert.child.authority_id
    else:
        code = answering_authorities([alert.matter]).get(alert.matter, "")
    if not code:
        return ""
    cover = cover_of(code)
    reads = f"{cover.person} is told of danger that nobody reads." if cover.person else ""
    return "\n".join(filter(None, (cover.words, reads)))


def answer_words(alert: Alert) -> str:
    """What was answered last, or since when there is no answer; the rows are fetched before."""
    answers, snoozes = list(alert.answers.all()), list(alert.snoozes.all())
    if alert.state == SNOOZED and snoozes:
        return f"Put off until {long_date(snoozes[-1].until)} by {snoozes[-1].by.name}"
    if alert.state == ANSWERED and answers:
        last = answers[-1]
        return f"To be done by {long_date(last.by_on)}, by {last.doer}"
    if not alert.is_standing:
        return f"Ended {long_date(alert.ended_at)}: {alert.ended_because}"
    if answers:
        last = answers[-1]
        return f"Was to be done by {long_date(last.by_on)}, by {last.doer}; it is not"
    return f"No answer since {long_date(alert.opened_at)}"


def step_words(alert: Alert) -> str:
    """Which step it has reached, of how many."""
    if not alert.reached:
        return "First telling"
    again = f", told {alert.repeated + 1} times" if alert.repeated else ""
    return f"Step {alert.reached} of {len(alert.frozen_ladder.rungs)}{again}"


def next_words(alert: Alert) -> str:
    if alert.next_at is None or alert.next_rung is None:
        return "No step follows" if alert.is_standing else ""
    return f"{long_date(alert.next_at)}: {alert.next_rung.people}"


@dataclass(frozen=True)
class Asked:
    """What somebody asked about an alert, of whom, and what came of it."""

    by: str
    asked: str
    at: datetime
    stands: str


def questions_of(alert: Alert) -> list[Asked]:
    """Everything that was asked about an alert, in order."""
    rows = list(alert.questions.select_related("by"))
    told: dict[int, list[str]] = {}
    heard = Notification.objects.filter(event__in=[row.event_id for row in rows], moved_to=None)
    for event, name in heard.order_by("person__name").values_list("event", "person__name"):
        told.setdefault(event, []).append(name)
    return [
        Asked(row.by.name, listed(told.get(row.event_id, [])), row.at, stands_words(row))
        for row in rows
    ]


def stands_words(question: Question) -> str:
    by_day = long_date(question.answer_by)
    if question.closed_at is None:
        return f"An answer is awaited by {by_day}. Without one the alert goes up at once."
    if question.was_answered:
        return f"Answered on {long_date(question.closed_at)}."
    return f"Nobody answered by {by_day}."


@dataclass(frozen=True)
class Shown:
    """One step as the page shows it, with the repeats before it that are folded away."""

    step: LadderStep
    between: tuple[LadderStep, ...] = ()


def folded(steps: Sequence[LadderStep]) -> list[Shown]:
    """Every step in order; of a step that was repeated, the repeats before the last one folded.

    Ninety tellings of one step would push everything else out of sight.
    """
    again = [one for one in steps if one.repeat and one.is_taken]
    return [
        Shown(one, tuple(again[:-1]) if again and one is again[-1] else ())
        for one in steps
        if one not in again[:-1]
    ]


def for_lists(rows: QuerySet[Alert]) -> QuerySet[Alert]:
    """The alerts with everything that a line of a list shows; a fixed number of queries."""
    owed = Q(alerted__deadline__status__in=STANDING, alerted__deadline__told_at__isnull=False)
    return (
        with_steps(rows)
        .annotate(dates=Count("alerted"), owed=Count("alerted", filter=owed))
        .select_related("child__authority", "child__team")
        .prefetch_related("answers__by", "snoozes__by", "questions__by")
    )


def rows_of(alerts: Sequence[Alert], on: date) -> list[Row]:
    """The lines of some alerts that ``for_lists`` fetched."""
    sent = last_sent(alerts)
    ids = [alert.child_id for alert in alerts if alert.child_id]
    workers = dict(
        Allocation.objects.filter(current(on), child__in=ids, role=Role.SOCIAL_WORKER).values_list(
            "child", "person__name"
        )
    )
    return [
        Row(
            alert=alert,
            subject=subject_of(alert),
            url=subject_url(alert),
            owed=alert.owed if alert.is_standing else alert.dates,  # type: ignore[attr-defined]
            sent=sent[alert.pk],
            worker=workers.get(alert.child_id, NOBODY) if alert.child_id else "",
            on=on,
        )
        for alert in alerts
    ]


EXPORT_COLUMNS = (
    "Whose",
    "About",
    "Dates passed",
    "First passed on",
    "Days since",
    "How it stands",
    "Step",
    "Sent to",
    "Answer",
    "Asked",
    "Next",
    "Team",
    "Social worker",
)


def export_row(row: Row) -> tuple[object, ...]:
    team = row.alert.child.team if row.alert.child else None
    return (
        row.subject,
        family_words(row.alert.family),
        row.owed,
        row.passed_on,
        row.days,
        row.alert.stands_at.label,
        row.step_words,
        row.sent_words,
        row.answer_words,
        row.asked_words,
        row.next_words,
        team.name if team else "",
        row.worker,
    )
