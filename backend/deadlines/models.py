"""What is owed to a child, or in a case, and by when: computed from facts, with its reasons."""

from datetime import date

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from backend.deadlines.due import Due
from backend.records.models import Child, Placement


class Deadline(models.Model):
    """One duty with its date. Rows are written by ``recalculate`` and by the sweep only."""

    child = models.ForeignKey(
        Child, on_delete=models.PROTECT, null=True, blank=True, related_name="deadlines"
    )
    about = models.CharField(
        max_length=60, blank=True, help_text="The case it is owed in, when that is no child's."
    )
    key = models.CharField(max_length=120, help_text="Which duty this is, whatever its date.")
    room = models.CharField(max_length=20)
    placement = models.ForeignKey(
        Placement, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    rule = models.CharField(max_length=60)
    ref = models.CharField(max_length=10)
    title = models.CharField(max_length=200)
    provision = models.CharField(max_length=200)
    link = models.URLField(max_length=300, blank=True)
    kind = models.CharField(max_length=20)
    verified = models.CharField(max_length=10)
    counted_from = models.DateField()
    due_on = models.DateField(null=True, blank=True)
    due_at = models.DateTimeField(null=True, blank=True)
    plan_by = models.DateField(null=True, blank=True)
    local_due_on = models.DateField(null=True, blank=True)
    status = models.CharField(max_length=10)
    met_on = models.DateField(null=True, blank=True)
    days_late = models.PositiveIntegerField(default=0)
    why = models.TextField()
    facts = models.JSONField(default=dict)
    alternative = models.JSONField(null=True, blank=True)
    rule_version = models.DateField()
    calendar_version = models.CharField(max_length=20)
    tells = ArrayField(models.CharField(max_length=20), default=list)
    next_moment_at = models.DateTimeField(
        null=True, blank=True, help_text="When the sweep must look at this; empty when settled."
    )
    slipped_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(
        null=True,
        blank=True,
        help_text="When the sweep told of it; empty for what had passed before it was brought in.",
    )

    class Meta:
        ordering = ["due_on", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["child", "key"], name="deadline_once"),
            models.UniqueConstraint(
                fields=["about", "key"], name="deadline_once_in_case", condition=~Q(about="")
            ),
            models.CheckConstraint(
                name="deadline_owed_somewhere",
                condition=Q(child__isnull=False, about="") | (Q(child__isnull=True) & ~Q(about="")),
            ),
        ]
        indexes = [
            models.Index(
                fields=["next_moment_at"],
                name="deadline_next_moment",
                condition=Q(next_moment_at__isnull=False),
            ),
            models.Index(
                fields=["child", "due_on"],
                name="deadline_standing",
                condition=Q(status__in=["open", "waiting"]),
            ),
            models.Index(fields=["room", "due_on"]),
            models.Index(
                fields=["told_at"],
                name="deadline_told_of",
                condition=Q(status__in=["open", "waiting"], told_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.ref} {self.key}"

    @property
    def childs_id(self) -> int:
        """The child it is owed to; asked only of rows that are a child's."""
        assert self.child_id is not None, f"{self.about} is no child's"
        return self.child_id

    @property
    def owed_to(self) -> Child:
        """The child themselves; asked only of rows that are a child's."""
        assert self.child is not None, f"{self.about} is no child's"
        return self.child

    @property
    def is_standing(self) -> bool:
        return self.status in ("open", "waiting")

    @property
    def last_day(self) -> date | None:
        """The day after which this has slipped."""
        return self.due_on or self.local_due_on

    def take(self, due: Due) -> None:
        """Puts what the rules say on this row."""
        for name in TAKEN:
            setattr(self, name, getattr(due, name))
        self.placement_id = int(due.placement) if due.placement else None
        self.tells = [str(role) for role in due.tells]


#: What a row takes over unchanged from the rules' answer.
TAKEN = (
    "key",
    "room",
    "rule",
    "ref",
    "title",
    "provision",
    "link",
    "kind",
    "verified",
    "counted_from",
    "due_on",
    "due_at",
    "plan_by",
    "local_due_on",
    "status",
    "met_on",
    "days_late",
    "why",
    "facts",
    "alternative",
    "rule_version",
    "calendar_version",
)


class Heartbeat(models.Model):
    """When each recurring job last finished: its silence must be visible."""

    job = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()
    found = models.JSONField(default=dict)

    def __str__(self) -> str:
        return self.job
