"""With whom a child keeps in touch, how it was agreed, and what took place."""

from datetime import date

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from backend.casework.case import Case, guard, step
from backend.records.codes import EvidenceSource
from backend.records.models import Child, Placement, Relative
from workflows.contact.table import TABLE


class Way(models.TextChoices):
    """How people keep in touch. Only one of these lets anybody see the child and the home."""

    IN_PERSON = "in_person", "In person"
    VIDEO = "video", "By video"
    CALL = "call", "By telephone"
    LETTER = "letter", "By letter or message"


class Who(models.TextChoices):
    """Who came or called. Family is one kind among those who can see how a child is."""

    FAMILY = "family", "Family"
    FRIEND = "friend", "Friend"
    ADVOCATE = "advocate", "Advocate"
    INDEPENDENT_VISITOR = "independent_visitor", "Independent visitor"
    HEALTH = "health", "Health"
    SCHOOL = "school", "School"
    POLICE = "police", "Police"
    REGULATOR = "regulator", "Regulator"
    PROFESSIONAL = "professional", "Another professional"


class Where(models.TextChoices):
    SETTING = "setting", "Where the child lives"
    FAMILY_HOME = "family_home", "At the family's home"
    SCHOOL = "school", "At school"
    HOSPITAL = "hospital", "In hospital"
    OUTSIDE = "outside", "Out and about"
    OTHER = "other", "Somewhere else"


class WhyNot(models.TextChoices):
    """Why contact did not take place: whose decision it was matters most."""

    CHILD = "child", "The child did not want it that day"
    FAMILY = "family", "The family or visitor could not"
    SETTING = "setting", "The setting could not or would not arrange it"
    AUTHORITY = "authority", "The authority called it off"
    ILLNESS = "illness", "Illness"
    TRANSPORT = "transport", "Travel or weather"
    NOT_KNOWN = "not_known", "Not known"


class Outcome(models.TextChoices):
    PLANNED = "planned", "Planned"
    DONE = "done", "Took place"
    MISSED = "missed", "Did not take place"
    VOID = "void", "Entered in error"


@pghistory.track()
class ContactPlan(Case):
    """What was agreed about one person in a child's life: which way, how often, by whom."""

    TABLE = TABLE

    relative = models.ForeignKey(Relative, on_delete=models.PROTECT, related_name="contact_plans")
    way = models.CharField(max_length=10, choices=Way)
    every_days = models.PositiveSmallIntegerField(
        help_text="At most so many days between one contact and the next."
    )
    agreed_by = models.TextField(help_text="Who agreed to this, the child among them or not.")
    childs_wish = models.TextField(help_text="What the child says or shows about this contact.")
    is_supervised = models.BooleanField(default=False)
    restricted_by_order = models.BooleanField(default=False)
    restriction = models.TextField(blank=True, help_text="Which order, and what it restricts.")
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="Why it ended, or was entered in error.")

    class Meta:
        ordering = ["-started_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="contact_plan_says_how_often",
                condition=Q(every_days__gte=1) & Q(every_days__lte=366),
            ),
            models.CheckConstraint(
                name="contact_plan_restriction_said",
                condition=Q(restricted_by_order=False) | ~Q(restriction=""),
            ),
            models.CheckConstraint(
                name="contact_plan_ends_after_start",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
            ),
            models.UniqueConstraint(
                fields=["relative", "way"],
                condition=Q(state__in=["agreed", "suspended"]),
                name="contact_plan_once",
            ),
        ]
        indexes = [models.Index(fields=["child", "state"])]
        triggers = guard(TABLE)

    @property
    def whom(self) -> str:
        """Who it is to the child, without a name."""
        return self.relative.relationship.lower()

    @property
    def is_in_person(self) -> bool:
        return self.way == Way.IN_PERSON

    @step(TABLE)
    def agree(self) -> None:
        """What was agreed stands on the plan from the first."""

    @step(TABLE)
    def suspend(self) -> None:
        """Why, and from when, is kept as a suspension beside the plan."""

    @step(TABLE)
    def resume(self) -> None:
        """The suspension beside the plan says until when."""

    @step(TABLE)
    def end(self, *, ended_on: date, reason: str) -> None:
        self.ended_on, self.reason = ended_on, reason

    @step(TABLE)
    def void(self, *, reason: str) -> None:
        self.reason = reason


@pghistory.track()
class Suspension(models.Model):
    """A time during which a plan was set aside, with who decided it and why."""

    plan = models.ForeignKey(ContactPlan, on_delete=models.PROTECT, related_name="suspensions")
    started_on = models.DateField()
    ended_on = models.DateField(null=True, blank=True)
    reason = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["started_on", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["plan"], condition=Q(ended_on__isnull=True), name="suspension_open_once"
            ),
            models.CheckConstraint(
                name="suspension_ends_after_start",
                condition=Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
            ),
            models.CheckConstraint(name="suspension_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"Set aside from {self.started_on:%-d %B %Y}"


@pghistory.track()
class Contact(models.Model):
    """One contact: planned, and then it took place or it did not. Nothing recorded is neither."""

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="contacts")
    placement = models.ForeignKey(
        Placement, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    plan = models.ForeignKey(
        ContactPlan, on_delete=models.PROTECT, null=True, blank=True, related_name="contacts"
    )
    who = models.CharField(max_length=20, choices=Who)
    name = models.CharField(max_length=200, help_text="Who it was, and what they are to the child.")
    way = models.CharField(max_length=10, choices=Way)
    where = models.CharField(max_length=12, choices=Where, blank=True)
    on = models.DateField(help_text="The day it is planned for, took place, or did not.")
    outcome = models.CharField(max_length=10, choices=Outcome)
    how_it_was = models.TextField(blank=True, help_text="What the child showed before and after.")
    was_supervised = models.BooleanField(null=True, blank=True)
    source = models.CharField(
        max_length=12, choices=EvidenceSource, blank=True, help_text="How this is known."
    )
    why_not = models.CharField(max_length=10, choices=WhyNot, blank=True)
    reason = models.TextField(blank=True, help_text="Why it did not happen, or was in error.")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="contact_in_person_says_where",
                condition=~Q(outcome="done") | ~Q(way="in_person") | ~Q(where=""),
            ),
            models.CheckConstraint(
                name="contact_done_says_source",
                condition=~Q(outcome="done") | ~Q(source=""),
            ),
            models.CheckConstraint(
                name="contact_missed_says_why",
                condition=~Q(outcome="missed") | (~Q(why_not="") & ~Q(reason="")),
            ),
        ]
        indexes = [
            models.Index(fields=["child", "outcome", "-on"]),
            models.Index(fields=["plan", "on"], condition=Q(outcome="done"), name="contact_done"),
        ]
        triggers = [
            pgtrigger.FSM(
                name="settled_once",
                field="outcome",
                transitions=[
                    ("planned", "done"),
                    ("planned", "missed"),
                    ("planned", "void"),
                    ("done", "void"),
                    ("missed", "void"),
                ],
            ),
            pgtrigger.Protect(name="never_removed", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.about

    @property
    def about(self) -> str:
        return f"contacts/{self.pk}"

    @property
    def was_in_person(self) -> bool:
        return self.way == Way.IN_PERSON
