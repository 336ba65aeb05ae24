"""What is done while a case is open, and what came of each allegation."""

import pghistory
from django.db import models
from django.db.models import F, Q

from workflows.lado.models.choices import Category, Harm, Outcome
from workflows.lado.models.kept import (
    APPEND_ONLY,
    NEVER_REMOVED,
    OfReferral,
    by_person,
    to_referral,
)
from workflows.lado.models.referring import NamedChild


@pghistory.track()
class Allegation(OfReferral):
    """One thing that is alleged, with an outcome of its own."""

    referral = to_referral("allegations")
    category = models.CharField(max_length=15, choices=Category)
    harm = models.CharField(max_length=10, choices=Harm, default=Harm.NOT_KNOWN)
    words = models.TextField()
    child = models.ForeignKey(
        NamedChild, on_delete=models.PROTECT, null=True, blank=True, related_name="allegations"
    )
    outcome = models.CharField(max_length=15, choices=Outcome, blank=True)
    outcome_on = models.DateField(null=True, blank=True)
    outcome_reason = models.TextField(blank=True)

    class Meta(OfReferral.Meta):
        constraints = [
            models.CheckConstraint(
                name="allegation_outcome_has_reason",
                condition=Q(outcome="") | (Q(outcome_on__isnull=False) & ~Q(outcome_reason="")),
            )
        ]
        triggers = [NEVER_REMOVED]


@pghistory.track()
class Meeting(OfReferral):
    """A meeting on the allegation, or a review of progress, with who was there."""

    class Kind(models.TextChoices):
        INITIAL = "initial", "Allegations management meeting"
        PROGRESS = "progress", "Review of progress"
        FINAL = "final", "Final meeting"

    referral = to_referral("meetings")
    kind = models.CharField(max_length=10, choices=Kind)
    held_on = models.DateField()
    attendees = models.TextField(help_text="Who was there, with their agencies, one a line.")
    absent = models.TextField(blank=True, help_text="Who was invited and did not come.")
    summary = models.TextField()
    was_advocate_invited = models.BooleanField(
        null=True, blank=True, help_text="Asked wherever the case names a child."
    )
    advocate_why_not = models.TextField(blank=True)

    class Meta(OfReferral.Meta):
        ordering = ["held_on", "pk"]
        constraints = [
            models.CheckConstraint(
                name="meeting_without_advocate_has_reason",
                condition=~Q(was_advocate_invited=False) | ~Q(advocate_why_not=""),
            )
        ]


@pghistory.track()
class Task(OfReferral):
    """What a meeting asked of somebody: owner, day, and what shows that it was done."""

    referral = to_referral("tasks")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, related_name="tasks")
    what = models.TextField()
    owner = models.CharField(max_length=200)
    due_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)
    evidence = models.TextField(blank=True)

    class Meta(OfReferral.Meta):
        constraints = [
            models.CheckConstraint(
                name="task_done_has_evidence",
                condition=Q(done_on__isnull=True) | ~Q(evidence=""),
            )
        ]


@pghistory.track()
class Track(OfReferral):
    """An enquiry that runs beside the LADO's: each has its own state."""

    class Kind(models.TextChoices):
        POLICE = "police", "Police investigation"
        SECTION_47 = "section_47", "Child protection enquiry (section 47)"
        EMPLOYER = "employer", "Employer's investigation"

    class Stands(models.TextChoices):
        NOT_STARTED = "not_started", "Not started"
        NOT_NEEDED = "not_needed", "Not needed"
        RUNNING = "running", "Running"
        FINISHED = "finished", "Finished"

    referral = to_referral("tracks")
    kind = models.CharField(max_length=10, choices=Kind)
    stands = models.CharField(max_length=12, choices=Stands, default=Stands.NOT_STARTED)
    since = models.DateField()
    words = models.TextField(blank=True)

    class Meta(OfReferral.Meta):
        ordering = ["referral_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["referral", "kind"], name="track_of_a_kind_once")
        ]
        triggers = [NEVER_REMOVED]


@pghistory.track()
class WorkStatus(OfReferral):
    """Whether the adult is at work, from a day, and who decided that."""

    class Status(models.TextChoices):
        WORKING = "working", "Working as before"
        MOVED = "moved", "Moved away from children"
        SUSPENDED = "suspended", "Suspended"
        DISMISSED = "dismissed", "Dismissed"
        REMOVED = "removed", "Removed from work with children"
        RESIGNED = "resigned", "Resigned while under allegation"
        RETURNED = "returned", "Returned to work"

    referral = to_referral("work_statuses")
    status = models.CharField(max_length=10, choices=Status)
    from_on = models.DateField()
    decided_by = models.CharField(max_length=200)
    reason = models.TextField()

    class Meta(OfReferral.Meta):
        ordering = ["from_on", "pk"]
        triggers = [APPEND_ONLY]


#: After these the employer's duty to refer to the Disclosure and Barring Service is considered.
LEFT_WORK = (WorkStatus.Status.DISMISSED, WorkStatus.Status.REMOVED, WorkStatus.Status.RESIGNED)


@pghistory.track()
class Discipline(OfReferral):
    """What the employer's own discipline comes to; the last that was recorded is what holds."""

    class Course(models.TextChoices):
        NO_FORMAL = "no_formal", "Action short of formal discipline"
        HEARING = "hearing", "A hearing, with nothing more to find out first"
        INVESTIGATE = "investigate", "More is to be found out first"
        NOTHING = "nothing", "No action"

    referral = to_referral("disciplines")
    course = models.CharField(max_length=11, choices=Course)
    decided_on = models.DateField()
    done_on = models.DateField(null=True, blank=True)
    words = models.TextField()

    class Meta(OfReferral.Meta):
        constraints = [
            models.CheckConstraint(
                name="discipline_done_after_decision",
                condition=Q(done_on__isnull=True) | Q(done_on__gte=F("decided_on")),
            )
        ]
        triggers = [APPEND_ONLY]


@pghistory.track()
class OutsideTelling(OfReferral):
    """Somebody outside who was told, when, and what."""

    class Whom(models.TextChoices):
        OFSTED = "ofsted", "Ofsted"
        EMPLOYER = "employer", "The employer"
        PROVIDER = "provider", "The setting's provider"
        REFERRER = "referrer", "Whoever made the referral"
        POLICE = "police", "Police"
        ADULT = "adult", "The adult"
        FAMILY = "family", "The child's family"
        CHILD = "child", "The child"
        REGULATOR = "regulator", "A professional regulator"
        OTHER = "other", "Somebody else"

    referral = to_referral("tellings")
    whom = models.CharField(max_length=10, choices=Whom)
    told_on = models.DateField()
    words = models.TextField()

    class Meta(OfReferral.Meta):
        ordering = ["told_on", "pk"]
        triggers = [APPEND_ONLY]


@pghistory.track()
class ReferralShare(OfReferral):
    """A person with whom the LADO shared a case, why, and until when."""

    referral = to_referral("shares")
    person = by_person()
    reason = models.TextField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta(OfReferral.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "person"],
                condition=Q(ended_at__isnull=True),
                name="referral_shared_once",
            ),
            models.CheckConstraint(name="referral_share_has_reason", condition=~Q(reason="")),
        ]
