"""Alerts: what slipped, who was told at which step, who has seen it, who does what by when."""

from datetime import date, datetime

from django.conf import settings
from django.db import models
from django.db.models import Q

from backend.access.matters import parts_in
from backend.access.models import Person
from backend.access.parts import parts_of
from backend.alerts.ladder import Ladder, Rung
from backend.alerts.table import STANDING, TABLE
from backend.casework.case import Matter, guard, step
from backend.deadlines.models import Deadline
from backend.events.models import Event
from backend.grammar.roles import Role
from backend.records.models import Authority, Child

PERSON = settings.AUTH_USER_MODEL
NAMES = [str(state) for state in STANDING]


class ChosenLadder(models.Model):
    """How alerts of one family go up in one authority, where it has chosen for itself."""

    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="ladders")
    family = models.CharField(max_length=20)
    ladder = models.JSONField()
    chosen_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()

    class Meta:
        ordering = ["authority_id", "family"]
        constraints = [
            models.UniqueConstraint(fields=["authority", "family"], name="ladder_chosen_once")
        ]

    def __str__(self) -> str:
        return f"{self.authority_id} {self.family}"


class Alert(Matter):
    """What slipped for one child in one family of clocks, or in one case, until it is done.

    The ladder is copied when the alert opens: a change of policy holds for new alerts.
    """

    TABLE = TABLE

    group = models.CharField(max_length=80, help_text="What belongs together: child or case.")
    family = models.CharField(max_length=20)
    child = models.ForeignKey(
        Child, on_delete=models.PROTECT, null=True, blank=True, related_name="alerts"
    )
    matter = models.CharField(max_length=60, blank=True, help_text="Such as referrals/12.")
    passed_at = models.DateTimeField(help_text="When the first date passed.")
    ladder = models.JSONField()
    reached = models.PositiveSmallIntegerField(default=0, help_text="Steps taken so far.")
    repeated = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_because = models.TextField(blank=True)

    class Meta(Matter.Meta):
        abstract = False
        ordering = ["passed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["group"], name="alert_open_once", condition=Q(state__in=["new", *NAMES])
            ),
            models.CheckConstraint(
                name="alert_about_something",
                condition=Q(child__isnull=False, matter="") | (Q(child=None) & ~Q(matter="")),
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], name="alert_next", condition=Q(state__in=NAMES)),
            models.Index(fields=["child", "state"]),
            models.Index(fields=["matter"]),
        ]
        triggers = guard(TABLE)

    @property
    def concerns_child_id(self) -> int | None:
        return self.child_id

    @property
    def hears_as(self) -> str:
        return self.matter

    def parts_of(self, person: Person, on: date) -> frozenset[Role]:
        if self.child is not None:
            return parts_of(person, self.child, on)
        name, _, number = self.matter.partition("/")
        return parts_in(name, person, [int(number)], on)[int(number)]

    @property
    def frozen_ladder(self) -> Ladder:
        return Ladder.from_json(self.ladder)

    @property
    def next_rung(self) -> Rung | None:
        """The step that has not been taken; the last one again when it repeats."""
        rungs = self.frozen_ladder.rungs
        if self.reached < len(rungs):
            return rungs[self.reached]
        return rungs[-1] if rungs[-1].repeats_every else None

    @property
    def is_standing(self) -> bool:
        return self.state in NAMES

    @step(TABLE)
    def begin(self, *, next_at: datetime | None) -> None:
        self.next_at = next_at

    @step(TABLE)
    def receive(self) -> None:
        """A receipt changes nothing of when the alert goes up."""

    @step(TABLE)
    def ask(self) -> None:
        """A question changes nothing of when the alert goes up, until it stays unanswered."""

    @step(TABLE)
    def answer(self, *, next_at: datetime | None) -> None:
        self.next_at = next_at

    @step(TABLE)
    def snooze(self, *, next_at: datetime | None) -> None:
        self.next_at = next_at

    @step(TABLE)
    def climb(self, *, next_at: datetime | None) -> None:
        rungs = self.frozen_ladder.rungs
        if self.reached < len(rungs):
            self.reached += 1
        else:
            self.repeated += 1
        self.next_at = next_at

    @step(TABLE)
    def waive(self, *, reason: str, at: datetime) -> None:
        self._end(reason, at)

    @step(TABLE)
    def end(self, *, because: str, at: datetime) -> None:
        self._end(because, at)

    def _end(self, because: str, at: datetime) -> None:
        self.ended_because, self.ended_at, self.next_at = because, at, None


class AlertedDeadline(models.Model):
    """A deadline that an alert speaks of: an alert groups, and never hides a count."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="alerted")
    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="alerted")
    joined_at = models.DateTimeField()

    class Meta:
        ordering = ["joined_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["alert", "deadline"], name="alert_names_deadline_once")
        ]

    def __str__(self) -> str:
        return f"{self.alert_id} {self.deadline_id}"


class RungReached(models.Model):
    """One step that an alert took: when, for whom it was meant, and whether anybody heard."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="rungs_reached")
    number = models.PositiveSmallIntegerField()
    repeat = models.PositiveSmallIntegerField(default=0)
    at = models.DateTimeField()
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    reached_nobody = models.BooleanField(default=False)

    class Meta:
        ordering = ["number", "repeat"]
        constraints = [
            models.UniqueConstraint(fields=["alert", "number", "repeat"], name="rung_reached_once")
        ]

    def __str__(self) -> str:
        return f"{self.alert_id} step {self.number}"


class Reminder(models.Model):
    """A date to come of which somebody is reminded, by a ladder fixed at the first reminder.

    A date that moves is another date, and is reminded of anew.
    """

    deadline = models.ForeignKey(Deadline, on_delete=models.PROTECT, related_name="reminders")
    passes_at = models.DateTimeField(help_text="When the date passes.")
    ladder = models.JSONField()
    reached = models.PositiveSmallIntegerField(default=0, help_text="The last one that was sent.")
    next_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["passes_at", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["deadline", "passes_at"], name="reminder_of_date_once")
        ]
        indexes = [
            models.Index(
                fields=["next_at"], name="reminder_next", condition=Q(next_at__isnull=False)
            )
        ]

    def __str__(self) -> str:
        return f"{self.deadline_id} {self.passes_at:%-d %B %Y}"

    @property
    def frozen_ladder(self) -> Ladder:
        return Ladder.from_json(self.ladder)


class Question(models.Model):
    """Somebody asked those who do it what is being done, and by when they should have answered."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="questions")
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="+")
    answer_by = models.DateTimeField()
    closed_at = models.DateTimeField(
        null=True, blank=True, help_text="When it was answered, or its silence was told."
    )
    was_answered = models.BooleanField(default=False)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["alert", "by"], name="question_open_once", condition=Q(closed_at=None)
            )
        ]
        indexes = [
            models.Index(
                fields=["answer_by"], name="question_open", condition=Q(closed_at__isnull=True)
            )
        ]

    def __str__(self) -> str:
        return f"{self.alert_id} asked"


class Receipt(models.Model):
    """Somebody has seen an alert: by name, and no answer."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="receipts")
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [models.UniqueConstraint(fields=["alert", "by"], name="receipt_once")]

    def __str__(self) -> str:
        return f"{self.alert_id} seen"


class Answer(models.Model):
    """What will be done about an alert, by whom, by when."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="answers")
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    what = models.TextField()
    doer = models.CharField(max_length=200)
    by_on = models.DateField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(name="answer_says_what", condition=~Q(what="")),
        ]

    def __str__(self) -> str:
        return f"{self.alert_id} by {self.by_on:%-d %B %Y}"


class Snooze(models.Model):
    """An alert put off for a while, with the reason."""

    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="snoozes")
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    until = models.DateField()
    reason = models.TextField()

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(name="snooze_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"{self.alert_id} until {self.until:%-d %B %Y}"
