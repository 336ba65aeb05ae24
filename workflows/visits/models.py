"""A visit and what was seen: the child first, the home's account of it second."""

from datetime import date, datetime

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from backend.casework.case import Case, guard, step
from backend.grammar.moments import day_of
from backend.records.codes import CommunicationMode
from backend.records.codes import EvidenceSource as Source
from backend.records.models import Authority, Child, Setting
from workflows.visits.table import MADE, TABLE


class Place(models.TextChoices):
    SETTING = "setting", "Where the child lives"
    SCHOOL = "school", "At school"
    FAMILY = "family", "With family"
    HOSPITAL = "hospital", "In hospital"
    OUTSIDE = "outside", "Out and about"
    OTHER = "other", "Somewhere else"


class NotAlone(models.TextChoices):
    """The three exceptions of regulation 29, and no fourth."""

    REFUSED = "refused", "The child, being of sufficient age and understanding, refused"
    INAPPROPRIATE = "inappropriate", "Inappropriate, given the child's age and understanding"
    UNABLE = "unable", "The visitor was unable to"


class Extent(models.TextChoices):
    YES = "yes", "Yes"
    PARTLY = "partly", "Partly"
    NO = "no", "No"
    NOT_KNOWN = "not_known", "Not known"


class Safe(models.TextChoices):
    """The child's own answer to: do you feel safe here?"""

    YES = "yes", "Yes"
    SOMETIMES = "sometimes", "Sometimes"
    NO = "no", "No"
    DOES_NOT_KNOW = "does_not_know", "Does not know"
    NO_ANSWER = "no_answer", "Asked, and gave no answer I could understand"
    NOT_ASKED = "not_asked", "Not asked"


class Behaviour(models.TextChoices):
    NONE = "none", "No change that I saw or was told of"
    CHANGED = "changed", "Changed since the last visit"
    FIRST = "first", "First visit: nothing to compare with"


class AbuseConsidered(models.TextChoices):
    """The answer to: could this change be a sign of abuse or distress?"""

    EXPLAINED = "explained", "Considered; another explanation is supported by evidence"
    POSSIBLE = "possible", "Possible; to be discussed with the manager today"
    REFERRED = "referred", "Yes; referred for a strategy discussion or to the LADO"


@pghistory.track()
class Visit(Case):
    """One visit: arranged, attempted or made."""

    TABLE = TABLE

    visitor = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    arranged_for = models.DateTimeField(null=True, blank=True)
    is_unannounced = models.BooleanField(default=False)
    made_at = models.DateTimeField(null=True, blank=True)
    recorded_at = models.DateTimeField(null=True, blank=True)
    is_remote = models.BooleanField(default=False, help_text="By telephone or video.")
    place = models.CharField(max_length=10, choices=Place, blank=True)
    place_detail = models.CharField(max_length=200, blank=True)
    reason = models.TextField(blank=True, help_text="Why not seen, did not happen, or in error.")

    was_seen_alone = models.BooleanField(null=True, blank=True)
    not_alone = models.CharField(max_length=15, choices=NotAlone, blank=True)
    not_alone_why = models.TextField(blank=True)
    was_bedroom_seen = models.BooleanField(null=True, blank=True)
    communicated_by = ArrayField(
        models.CharField(max_length=10, choices=CommunicationMode), default=list, blank=True
    )
    communication_help = models.TextField(blank=True)
    own_words = models.TextField(
        blank=True, help_text="The child's own words, signs or choices, as they were."
    )
    paraphrase = models.TextField(blank=True, help_text="What I understood.")
    feels_safe = models.CharField(max_length=15, choices=Safe, blank=True)

    behaviour = models.CharField(max_length=10, choices=Behaviour, blank=True)
    behaviour_detail = models.TextField(blank=True)
    abuse_considered = models.CharField(max_length=10, choices=AbuseConsidered, blank=True)
    abuse_considered_why = models.TextField(blank=True)
    practice_observed = models.TextField(
        blank=True, help_text="What I saw staff do, not what the records say."
    )
    matches_records = models.CharField(max_length=10, choices=Extent, blank=True)
    matches_records_detail = models.TextField(blank=True)
    plan_followed = models.JSONField(
        default=dict, blank=True, help_text="Each element of the care plan: yes, no or not seen."
    )
    culture_respected = models.CharField(max_length=10, choices=Extent, blank=True)
    culture_detail = models.TextField(blank=True)
    family_contact = models.CharField(max_length=10, choices=Extent, blank=True)
    family_contact_detail = models.TextField(blank=True)
    is_welfare_safeguarded = models.BooleanField(null=True, blank=True)
    welfare_detail = models.TextField(blank=True)
    next_steps = models.TextField(blank=True)

    class Meta:
        ordering = ["-made_at", "-arranged_for", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="visit_made_has_outcome",
                condition=~Q(state=str(MADE))
                | (
                    Q(made_at__isnull=False, was_seen_alone__isnull=False)
                    & Q(is_welfare_safeguarded__isnull=False)
                    & ~Q(next_steps="")
                    & (Q(was_seen_alone=True) | ~Q(not_alone=""))
                    & (~Q(behaviour="changed") | ~Q(abuse_considered=""))
                ),
            ),
        ]
        indexes = [
            models.Index(fields=["child", "state", "-made_at"]),
            models.Index(fields=["arranged_for"], condition=Q(state="arranged"), name="arranged"),
        ]
        triggers = guard(TABLE)

    @property
    def happened_on(self) -> date | None:
        """The day it was made or attempted, or else the day it is arranged for."""
        moment = self.made_at or self.arranged_for
        return day_of(moment) if moment else None

    @property
    def days_to_record(self) -> int:
        """Days between the visit and its record; 0 when it was written up the same day."""
        if self.made_at is None or self.recorded_at is None:
            return 0
        return (day_of(self.recorded_at) - day_of(self.made_at)).days

    @step(TABLE)
    def arrange(self, *, arranged_for: datetime, visitor_id: int) -> None:
        self.arranged_for, self.visitor_id, self.is_unannounced = arranged_for, visitor_id, False

    @step(TABLE)
    def plan(self, *, arranged_for: datetime, visitor_id: int) -> None:
        self.arranged_for, self.visitor_id, self.is_unannounced = arranged_for, visitor_id, True

    @step(TABLE)
    def record(self, **outcome: object) -> None:
        for name, value in outcome.items():
            setattr(self, name, value)

    @step(TABLE)
    def attempt(
        self, *, made_at: datetime, reason: str, recorded_at: datetime, visitor_id: int
    ) -> None:
        self.made_at, self.reason = made_at, reason
        self.recorded_at, self.visitor_id = recorded_at, visitor_id

    @step(TABLE)
    def miss(self, *, reason: str) -> None:
        self.reason = reason

    @step(TABLE)
    def amend(self, **changes: object) -> None:
        for name, value in changes.items():
            setattr(self, name, value)

    @step(TABLE)
    def void(self, *, reason: str) -> None:
        self.reason = reason


class Account(models.Model):
    """What somebody else said at a visit, and who they are to the child."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="accounts")
    source = models.CharField(max_length=12, choices=Source)
    who = models.CharField(max_length=200)
    said = models.TextField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.get_source_display()


class Concern(models.Model):
    """Something that worried the visitor, with its kind, severity and the harm it did."""

    class Kind(models.TextChoices):
        PHYSICAL = "physical", "Physical harm"
        EMOTIONAL = "emotional", "Emotional harm"
        SEXUAL = "sexual", "Sexual harm"
        NEGLECT = "neglect", "Neglect"
        MEDICATION = "medication", "Medication"
        RESTRAINT = "restraint", "Restraint"
        CONFINEMENT = "confinement", "Confinement or isolation"
        DIGNITY = "dignity", "Dignity"
        DISCRIMINATION = "discrimination", "Discrimination"
        FINANCE = "finance", "Money and belongings"
        CULTURE = "culture", "Culture of the setting"
        OTHER = "other", "Something else"

    class Severity(models.TextChoices):
        LOW = "low", "Low"
        MODERATE = "moderate", "Moderate"
        HIGH = "high", "High"
        IMMEDIATE = "immediate", "Immediate danger"

    class Harm(models.TextChoices):
        NONE = "none", "No harm found"
        POSSIBLE = "possible", "Harm possible"
        ACTUAL = "actual", "Harm done"
        NOT_KNOWN = "not_known", "Not known"

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="concerns")
    kind = models.CharField(max_length=15, choices=Kind)
    severity = models.CharField(max_length=10, choices=Severity)
    harm = models.CharField(max_length=10, choices=Harm)
    source = models.CharField(max_length=12, choices=Source)
    detail = models.TextField()

    class Meta:
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.get_kind_display()


class Amendment(models.Model):
    """A text as it stood before it was amended; never changed, never removed."""

    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, related_name="amendments")
    field = models.CharField(max_length=40)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    why = models.TextField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["at", "pk"]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.field}, {self.at:%-d %B %Y}"


class Draft(models.Model):
    """A half-written record: kept at every pause, so that a lost connection loses nothing."""

    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="visit_drafts"
    )
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="+")
    visit = models.ForeignKey(Visit, on_delete=models.PROTECT, null=True, related_name="+")
    answers = models.JSONField(default=dict)
    saved_at = models.DateTimeField()

    class Meta:
        ordering = ["-saved_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["person", "child", "visit"],
                name="visit_draft_once",
                nulls_distinct=False,
            )
        ]

    def __str__(self) -> str:
        return f"Draft of {self.saved_at:%-d %B %Y %H:%M}"


@pghistory.track()
class Request(models.Model):
    """Somebody asked for a visit. The law gives no number of days; the authority has a target."""

    class By(models.TextChoices):
        CHILD = "child", "The child"
        CARER = "carer", "Carer or setting"
        FAMILY = "family", "Family"
        ADVOCATE = "advocate", "Advocate"
        AUTHORITY = "authority", "The authority"
        OTHER = "other", "Somebody else"

    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="visit_requests")
    asked_by = models.CharField(max_length=10, choices=By)
    asked_on = models.DateField()
    how_asked = models.CharField(max_length=10, choices=CommunicationMode)
    words = models.TextField(blank=True, help_text="As it was said, signed or shown.")
    refused_on = models.DateField(null=True, blank=True)
    refusal_reason = models.TextField(blank=True)
    answered_on = models.DateField(null=True, blank=True)
    answered_who = models.CharField(
        max_length=200, blank=True, help_text="Who told the child, or whoever asked."
    )
    answered_how = models.CharField(max_length=10, choices=CommunicationMode, blank=True)
    answered_words = models.TextField(blank=True, help_text="What they were told.")

    class Meta:
        ordering = ["-asked_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="visit_answer_is_whole",
                condition=Q(answered_on__isnull=True)
                | (~Q(answered_words="") & ~Q(answered_who="") & ~Q(answered_how="")),
            ),
            models.CheckConstraint(
                name="visit_answered_after_asked",
                condition=Q(answered_on__isnull=True) | Q(answered_on__gte=F("asked_on")),
            ),
            models.CheckConstraint(
                name="visit_refusal_has_reason",
                condition=Q(refused_on__isnull=True) | ~Q(refusal_reason=""),
            ),
            models.CheckConstraint(
                name="visit_refused_after_asked",
                condition=Q(refused_on__isnull=True) | Q(refused_on__gte=F("asked_on")),
            ),
        ]

    def __str__(self) -> str:
        return f"Asked {self.asked_on:%-d %B %Y}"


class RegulatorNotice(models.Model):
    """A notice under section 30A about a setting: every child placed there is to be visited."""

    setting = models.ForeignKey(Setting, on_delete=models.PROTECT, related_name="notices")
    received_on = models.DateField()
    summary = models.TextField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["-received_on"]
        constraints = [
            models.UniqueConstraint(
                fields=["setting", "received_on"],
                name="regulator_notice_once",
                violation_error_message="A notice received that day is already recorded.",
            )
        ]

    def __str__(self) -> str:
        return f"Notice of {self.received_on:%-d %B %Y}"


@pghistory.track()
class NoticeReceipt(models.Model):
    """The day on which one placing authority itself received a regulator's notice."""

    notice = models.ForeignKey(RegulatorNotice, on_delete=models.PROTECT, related_name="receipts")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    received_on = models.DateField()
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField()

    class Meta:
        ordering = ["authority__name"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "authority"], name="notice_received_once_by_authority"
            )
        ]

    def __str__(self) -> str:
        return f"Received {self.received_on:%-d %B %Y}"
