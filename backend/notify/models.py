"""What somebody has been told: a durable inbox, one numbered row per person and event."""

from django.conf import settings
from django.db import models
from django.db.models import Q

from backend.events.models import Event
from backend.records.models import Child


class Inbox(models.Model):
    """The last number given out to one person.

    Numbers are given under a lock on this row, so a reader who has seen number 7 has
    been offered everything up to 7: a later commit can never slip in below.
    """

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="inbox"
    )
    last_number = models.BigIntegerField(default=0)

    class Meta:
        verbose_name_plural = "inboxes"

    def __str__(self) -> str:
        return f"Inbox up to {self.last_number}"


class Notification(models.Model):
    """One person was told of one event, in the part they play."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="notifications"
    )
    number = models.BigIntegerField()
    event = models.ForeignKey(Event, on_delete=models.PROTECT, related_name="notifications")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, null=True, related_name="+")
    deadline = models.ForeignKey(
        "deadlines.Deadline",
        on_delete=models.PROTECT,
        null=True,
        related_name="notifications",
    )
    about = models.CharField(max_length=60)
    words = models.CharField(max_length=200, help_text="Without personal facts; goes into e-mail.")
    role = models.CharField(max_length=20)
    told_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)
    moved_to = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="moved_from"
    )
    delivered_at = models.DateTimeField(null=True, blank=True)
    emailed_at = models.DateTimeField(null=True, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=200, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["person", "number"], name="notification_numbered"),
            models.UniqueConstraint(fields=["person", "event"], name="notification_told_once"),
        ]
        indexes = [
            models.Index(
                fields=["person"], name="notification_unread", condition=Q(read_at__isnull=True)
            ),
            models.Index(
                fields=["told_at"],
                name="notification_undelivered",
                condition=Q(delivered_at__isnull=True),
            ),
            models.Index(fields=["child", "person"]),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.words}"
