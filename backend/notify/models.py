"""What somebody has been told, by which ways it went to them, and how they wish to be reached."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from backend.events.models import Event
from backend.records.models import Authority, Child


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
    is_urgent = models.BooleanField(
        default=False, help_text="Waits for nobody's quiet hours and asks nobody's preferences."
    )
    on_behalf_of = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Who is on leave, when this went to their deputy or upwards instead.",
    )

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
            models.Index(fields=["child", "person"]),
            models.Index(fields=["event"], name="notification_urgent", condition=Q(is_urgent=True)),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.words}"


class Way(models.TextChoices):
    """How something goes to a person."""

    LIVE = "live", "in the page"
    EMAIL = "email", "e-mail"
    TEXT = "text", "text message"
    PUSH = "push", "push message"


class Sending(models.Model):
    """Something that is on its way: tried again with growing gaps, then it stands as failed."""

    class State(models.TextChoices):
        WAITING = "waiting", "waiting"
        SENT = "sent", "sent"
        FAILED = "failed", "failed"
        SPARED = "spared", "not needed any more"
        NOT_SET_UP = "not_set_up", "not set up here"

    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    failure = models.CharField(max_length=200, blank=True)
    next_try_at = models.DateTimeField(
        null=True, blank=True, help_text="While it waits: empty means at once."
    )
    sent_at = models.DateTimeField(null=True, blank=True)
    reference = models.UUIDField(
        default=uuid.uuid4, help_text="Of the one message; the same however often it is tried."
    )

    class Meta:
        abstract = True


def settled_is_not_tried(name: str) -> models.CheckConstraint:
    """What is settled is never tried again."""
    return models.CheckConstraint(
        name=name, condition=Q(state="waiting") | Q(next_try_at__isnull=True)
    )


class Delivery(Sending):
    """One notification on one way to its person."""

    notification = models.ForeignKey(
        Notification, on_delete=models.CASCADE, related_name="deliveries"
    )
    way = models.CharField(max_length=10, choices=Way.choices)

    class Meta:
        ordering = ["notification_id", "pk"]
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["notification", "way"], name="delivery_once"),
            settled_is_not_tried("delivery_settled"),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="delivery_due", condition=Q(state="waiting")),
            models.Index(fields=["-id"], name="delivery_failed", condition=Q(state="failed")),
        ]

    def __str__(self) -> str:
        return f"{self.get_way_display()}: {self.get_state_display()}"


class Digest(Sending):
    """A summary that was owed to a person on a day, once."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="digests"
    )
    on = models.DateField()

    class Meta:
        ordering = ["-on", "person_id"]
        constraints = [
            models.UniqueConstraint(fields=["person", "on"], name="digest_once_a_day"),
            settled_is_not_tried("digest_settled"),
        ]
        indexes = [
            models.Index(fields=["next_try_at"], name="digest_due", condition=Q(state="waiting"))
        ]

    def __str__(self) -> str:
        return f"Digest of {self.on:%-d %B %Y}"


class Preference(models.Model):
    """How one person wishes to be reached. What is urgent does not ask."""

    class Every(models.TextChoices):
        NEVER = "never", "Never"
        DAY = "day", "Every working day"
        WEEK = "week", "Once a week, on Monday"

    person = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        primary_key=True,
        related_name="preference",
    )
    by_email = models.BooleanField(default=True)
    by_text = models.BooleanField(default=False)
    by_push = models.BooleanField(default=True)
    phone = models.CharField(max_length=16, blank=True, help_text="As +447700900123.")
    #: What is new is told: only what somebody has turned down is left out.
    unwanted = ArrayField(
        models.CharField(max_length=60),
        default=list,
        blank=True,
        help_text="Families of alerts that stay in the page.",
    )
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)
    digest = models.CharField(max_length=5, choices=Every.choices, default=Every.DAY)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="preference_quiet_hours_whole",
                condition=Q(quiet_from__isnull=True, quiet_to__isnull=True)
                | (
                    Q(quiet_from__isnull=False, quiet_to__isnull=False)
                    & ~Q(quiet_from=F("quiet_to"))
                ),
            ),
            models.CheckConstraint(
                name="preference_text_has_phone", condition=Q(by_text=False) | ~Q(phone="")
            ),
        ]

    def __str__(self) -> str:
        return f"Preferences of {self.person_id}"


class PushDevice(models.Model):
    """A browser that a person asked to be woken."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="push_devices"
    )
    endpoint = models.URLField(max_length=600, unique=True)
    p256dh = models.CharField(max_length=120)
    auth = models.CharField(max_length=60)
    name = models.CharField(max_length=100, blank=True)
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["added_at"]

    def __str__(self) -> str:
        return self.name or "A browser"


class CalendarFeed(models.Model):
    """A secret address under which a person's calendar reads what is due."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="calendar_feeds"
    )
    token_hash = models.CharField(max_length=64, unique=True)
    made_at = models.DateTimeField()
    last_read_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person"],
                condition=Q(revoked_at__isnull=True),
                name="calendar_feed_one_open",
            )
        ]

    def __str__(self) -> str:
        return f"Calendar of {self.person_id}"


class Leave(models.Model):
    """Days on which somebody is away, and who is told in their place."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="leaves"
    )
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="deputises",
    )
    started_on = models.DateField()
    ended_on = models.DateField(help_text="The last day away.")
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    entered_at = models.DateTimeField()

    class Meta:
        ordering = ["-started_on"]
        verbose_name_plural = "leave"
        constraints = [
            models.CheckConstraint(
                name="leave_ends_after_start",
                condition=Q(ended_on__gte=F("started_on")),
                violation_error_message="The last day is before the first.",
            ),
            models.CheckConstraint(
                name="leave_deputy_is_another",
                condition=Q(deputy__isnull=True) | ~Q(deputy=F("person")),
                violation_error_message="Somebody else must be the deputy.",
            ),
        ]
        indexes = [models.Index(fields=["person", "ended_on"])]

    def __str__(self) -> str:
        return f"Away from {self.started_on:%-d %B} to {self.ended_on:%-d %B %Y}"


class OutOfHours(models.Model):
    """Who covers an authority when its offices are closed: in words, and whom danger goes to."""

    authority = models.OneToOneField(
        Authority, on_delete=models.CASCADE, primary_key=True, related_name="out_of_hours"
    )
    words = models.CharField(max_length=500, blank=True)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    named_at = models.DateTimeField(
        null=True, blank=True, help_text="Since when this person covers."
    )

    class Meta:
        verbose_name_plural = "out of hours"
        constraints = [
            models.CheckConstraint(
                name="out_of_hours_person_since",
                condition=Q(person__isnull=True) | Q(named_at__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return self.words
