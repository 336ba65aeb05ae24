"""Who agreed to a placement, who was told of it, what the home says, and where they differ."""

from datetime import date, datetime

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from backend.access.models import Person
from backend.casework.case import Case, Matter, guard, step
from backend.records.models import Authority, Child, Placement, Setting
from workflows.notices.table import (
    APPROVALS,
    HOME_NOTICES,
    HOST_NOTICES,
    MISMATCHES,
    NOTICES,
    REPORT_REQUESTS,
)

PERSON = settings.AUTH_USER_MODEL


class Level(models.TextChoices):
    """Who decides: it depends on adjoining areas, never on miles."""

    NOMINATED_OFFICER = "nominated_officer", "nominated officer"
    DIRECTOR = "director", "director of children's services"


class ConditionKind(models.TextChoices):
    """What whoever approves must be satisfied of. The first two come first, always."""

    WISHES = "wishes", "The child's wishes and feelings were found out and considered"
    MOST_APPROPRIATE = "most_appropriate", "The most appropriate placement, as the care plan says"
    RELATIVES = "relatives", "Relatives were consulted, where that was appropriate"
    AREA_AUTHORITY = "area_authority", "The area authority was notified"
    IRO = "iro", "The independent reviewing officer was consulted"


#: What must stand before even an emergency approval; the rest follows within days.
BEFORE_AN_EMERGENCY = (ConditionKind.WISHES, ConditionKind.MOST_APPROPRIATE)
#: At a distance the area authority is not only notified.
CONSULTED = "The area authority was consulted and given a copy of the care plan"


@pghistory.track()
class Approval(Case):
    """The decision to place a child outside the area, before it is put into effect."""

    TABLE = APPROVALS

    setting = models.ForeignKey(
        Setting, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    where = models.CharField(max_length=200, help_text="Where the child is to live.")
    host_authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    level = models.CharField(max_length=20, choices=Level)
    starts_on = models.DateField(help_text="The day the placement is to start, or started.")
    needs = models.TextField(help_text="What the child needs.")
    why_here = models.TextField(help_text="Why this is the most appropriate placement.")
    is_emergency = models.BooleanField(default=False)
    emergency_reason = models.TextField(blank=True)
    asked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    decided_on = models.DateField(null=True, blank=True)
    completed_on = models.DateField(null=True, blank=True)
    was_emergency = models.BooleanField(default=False)
    reason = models.TextField(blank=True, help_text="Why it was refused, withdrawn or in error.")

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["child", "state"]),
            models.Index(fields=["placement"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="approval_decided_by_somebody",
                condition=Q(decided_on__isnull=True) | Q(decided_by__isnull=False),
            ),
            models.CheckConstraint(
                name="approval_emergency_says_why",
                condition=Q(is_emergency=False) | ~Q(emergency_reason=""),
            ),
        ]
        triggers = guard(APPROVALS)

    @property
    def is_by_director(self) -> bool:
        return self.level == Level.DIRECTOR

    @step(APPROVALS)
    def ask(self) -> None:
        """What was asked stands on the case from the first."""

    @step(APPROVALS)
    def ask_director(self) -> None:
        """As ``ask``."""

    @step(APPROVALS)
    def satisfy(self) -> None:
        """What was done stands beside the case."""

    @step(APPROVALS)
    def approve(self, *, decided_by: Person, decided_on: date) -> None:
        self._decide(decided_by, decided_on)

    @step(APPROVALS)
    def approve_distant(self, *, decided_by: Person, decided_on: date) -> None:
        self._decide(decided_by, decided_on)

    @step(APPROVALS)
    def approve_emergency(self, *, decided_by: Person, decided_on: date) -> None:
        self._decide(decided_by, decided_on)
        self.was_emergency = True

    @step(APPROVALS)
    def approve_distant_emergency(self, *, decided_by: Person, decided_on: date) -> None:
        self._decide(decided_by, decided_on)
        self.was_emergency = True

    @step(APPROVALS)
    def complete(self, *, completed_on: date) -> None:
        self.completed_on = completed_on

    @step(APPROVALS)
    def refuse(self, *, decided_by: Person, decided_on: date, reason: str) -> None:
        self._decide(decided_by, decided_on)
        self.reason = reason

    @step(APPROVALS)
    def refuse_distant(self, *, decided_by: Person, decided_on: date, reason: str) -> None:
        self._decide(decided_by, decided_on)
        self.reason = reason

    @step(APPROVALS)
    def withdraw(self, *, reason: str) -> None:
        self.reason = reason

    @step(APPROVALS)
    def void(self, *, reason: str) -> None:
        self.reason = reason

    def _decide(self, decided_by: Person, decided_on: date) -> None:
        self.decided_by, self.decided_on = decided_by, decided_on


@pghistory.track()
class Condition(models.Model):
    """One thing that must be so before a placement outside the area, with its evidence."""

    approval = models.ForeignKey(Approval, on_delete=models.PROTECT, related_name="conditions")
    kind = models.CharField(max_length=20, choices=ConditionKind)
    evidence = models.TextField(help_text="What was done, by whom, and what was said.")
    was_not_appropriate = models.BooleanField(
        default=False, help_text="Relatives were not consulted because it was not appropriate."
    )
    satisfied_on = models.DateField()
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["approval_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["approval", "kind"], name="condition_once"),
            models.CheckConstraint(name="condition_has_evidence", condition=~Q(evidence="")),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()


class NoticeKind(models.TextChoices):
    PLACEMENT = "placement", "the placement"
    ENDING = "ending", "the end of the placement"


class Recipient(models.TextChoices):
    """Whom the regulations name. The host authority stands first."""

    HOST = "host", "The host authority"
    CHILD = "child", "The child"
    PARENT = "parent", "Parents, and who has parental responsibility"
    CONTACT = "contact", "People with whom a court ordered contact"
    PREVIOUS_CARER = "previous_carer", "Who cared for the child before"
    CARER = "carer", "The carer or home"
    HEALTH_HERE = "health_here", "Health commissioner where the child was living"
    HEALTH_THERE = "health_there", "Health commissioner where the child is placed"
    GP_BEFORE = "gp_before", "The child's GP"
    GP_THERE = "gp_there", "The GP where the child is placed"
    EDUCATION = "education", "School, college or training provider"
    IRO = "iro", "The independent reviewing officer"


#: Those from whom notice may be withheld: to keep the child from significant harm, or, from
#: the child, because of their age and understanding (S.I. 2010/959 reg. 13(2) and (3)).
MAY_BE_WITHHELD = (
    Recipient.CHILD,
    Recipient.PARENT,
    Recipient.CONTACT,
    Recipient.PREVIOUS_CARER,
    Recipient.HEALTH_HERE,
    Recipient.HEALTH_THERE,
)
#: Those who may not exist, or be the same as another.
MAY_BE_NOBODY = (
    Recipient.PARENT,
    Recipient.CONTACT,
    Recipient.PREVIOUS_CARER,
    Recipient.CARER,
    Recipient.HEALTH_THERE,
    Recipient.GP_BEFORE,
    Recipient.GP_THERE,
    Recipient.EDUCATION,
)
#: Only the end of a placement is told to the carer; the one before it is no longer meant then.
OF_A_PLACEMENT = tuple(each for each in Recipient if each != Recipient.CARER)
OF_AN_ENDING = tuple(each for each in Recipient if each != Recipient.PREVIOUS_CARER)


@pghistory.track()
class Notice(Case):
    """The notice that a placement started, or ended: one line for each who must be told."""

    TABLE = NOTICES

    kind = models.CharField(max_length=10, choices=NoticeKind)
    recorded_by = models.CharField(max_length=200, help_text="Who recorded the placement.")
    is_emergency = models.BooleanField(default=False)
    emergency_reason = models.TextField(blank=True)
    care_plan_on = models.DateField(null=True, blank=True)
    placement_plan_on = models.DateField(null=True, blank=True)
    placement_plan_signed_by = models.CharField(max_length=200, blank=True)
    placement_plan_signed_on = models.DateField(null=True, blank=True)
    finished_on = models.DateField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="Why it was in error.")

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["child", "state"])]
        constraints = [
            models.UniqueConstraint(
                fields=["placement", "kind"], condition=~Q(state="void"), name="notice_once"
            ),
            models.CheckConstraint(
                name="notice_names_placement", condition=Q(placement__isnull=False)
            ),
            models.CheckConstraint(
                name="notice_emergency_says_why",
                condition=Q(is_emergency=False) | ~Q(emergency_reason=""),
            ),
        ]
        triggers = guard(NOTICES)

    @property
    def what(self) -> str:
        """What it is notice of, as a sentence has it."""
        return NoticeKind(self.kind).label

    @step(NOTICES)
    def open(self) -> None:
        """Its lines stand beside it."""

    @step(NOTICES)
    def send(self) -> None:
        """The line says whom and when."""

    @step(NOTICES)
    def send_to_host(self) -> None:
        """As ``send``; the host authority has its own notice."""

    @step(NOTICES)
    def withhold(self) -> None:
        """The line says why."""

    @step(NOTICES)
    def leave_out(self) -> None:
        """The line says why."""

    @step(NOTICES)
    def name_recipient(self) -> None:
        """A line more stands beside it."""

    @step(NOTICES)
    def plan(
        self,
        *,
        care_plan_on: date | None,
        placement_plan_on: date | None,
        placement_plan_signed_by: str,
        placement_plan_signed_on: date | None,
    ) -> None:
        self.care_plan_on, self.placement_plan_on = care_plan_on, placement_plan_on
        self.placement_plan_signed_by = placement_plan_signed_by
        self.placement_plan_signed_on = placement_plan_signed_on

    @step(NOTICES)
    def mark_emergency(self, *, reason: str) -> None:
        self.is_emergency, self.emergency_reason = True, reason

    @step(NOTICES)
    def finish(self, *, finished_on: date) -> None:
        self.finished_on = finished_on

    @step(NOTICES)
    def void(self, *, reason: str) -> None:
        self.reason = reason


class Outcome(models.TextChoices):
    """What became of one line of a notice. What nobody settled is not known to be done."""

    WAITING = "waiting", "Not told yet"
    SENT = "sent", "Told"
    WITHHELD = "withheld", "Withheld"
    NOBODY = "nobody", "Nobody to tell"


@pghistory.track()
class Line(models.Model):
    """One who must be told: when, in what way and by whom, or why not."""

    notice = models.ForeignKey(Notice, on_delete=models.PROTECT, related_name="lines")
    recipient = models.CharField(max_length=20, choices=Recipient)
    name = models.CharField(max_length=200, blank=True, help_text="Who exactly.")
    outcome = models.CharField(max_length=10, choices=Outcome, default=Outcome.WAITING)
    settled_on = models.DateField(null=True, blank=True)
    reason = models.TextField(blank=True)
    by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    class Meta:
        ordering = ["notice_id", "pk"]
        constraints = [
            models.CheckConstraint(
                name="line_settled_by_somebody",
                condition=Q(outcome="waiting", settled_on__isnull=True)
                | (~Q(outcome="waiting") & Q(settled_on__isnull=False, by__isnull=False)),
            ),
            models.CheckConstraint(
                name="line_left_says_why",
                condition=~Q(outcome__in=["withheld", "nobody"]) | ~Q(reason=""),
            ),
            models.UniqueConstraint(
                fields=["notice"], condition=Q(recipient="host"), name="line_one_host"
            ),
        ]

    def __str__(self) -> str:
        return self.get_recipient_display()

    @property
    def whom(self) -> str:
        """Who it is, without a name: as an event may say it."""
        return Recipient(self.recipient).label.lower()


@pghistory.track()
class HostNotice(Matter):
    """A notice as the host authority was given it, word for word, and who has read it."""

    TABLE = HOST_NOTICES

    notice = models.OneToOneField(Notice, on_delete=models.PROTECT, related_name="host_notice")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="host_notices")
    placement = models.ForeignKey(Placement, on_delete=models.PROTECT, related_name="+")
    host_authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    needs = models.TextField(blank=True, help_text="The assessment of the child's needs.")
    why_here = models.TextField(blank=True, help_text="Why this is the most appropriate place.")
    has_care_plan = models.BooleanField(
        default=False, help_text="The care plan goes with it, or was given before."
    )
    sent_on = models.DateField()
    sent_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    acknowledged_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-sent_on", "-pk"]
        indexes = [
            models.Index(fields=["host_authority", "state"]),
            models.Index(fields=["child"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="host_notice_acknowledged_by_name",
                condition=Q(acknowledged_at__isnull=True) | Q(acknowledged_by__isnull=False),
            )
        ]
        triggers = guard(HOST_NOTICES)

    @property
    def concerns_child_id(self) -> int | None:
        return self.child_id

    @property
    def concerns_setting_id(self) -> int | None:
        return self.placement.setting_id

    @step(HOST_NOTICES)
    def send(self) -> None:
        """What was sent stands on it from the first."""

    @step(HOST_NOTICES)
    def acknowledge(self, *, acknowledged_by: Person, acknowledged_at: datetime) -> None:
        self.acknowledged_by, self.acknowledged_at = acknowledged_by, acknowledged_at


class HomeNoticeKind(models.TextChoices):
    ADMISSION = "admission", "a child's arrival"
    DISCHARGE = "discharge", "a child's leaving"


class Basis(models.TextChoices):
    """Under what the child is accommodated, as the home's notice must say."""

    ACCOMMODATED = "s20_21", "Accommodated under section 20 or 21"
    CARE_ORDER = "s31", "Under an order made under section 31"
    NEITHER = "neither", "Neither"
    NOT_KNOWN = "not_known", "The home does not know"


class HasPlan(models.TextChoices):
    YES = "yes", "Yes"
    NO = "no", "No"
    NOT_KNOWN = "not_known", "The home does not know"


@pghistory.track()
class HomeNotice(Matter):
    """The home's own notice to the host authority that a child came, or left (CHR reg. 41)."""

    TABLE = HOME_NOTICES

    kind = models.CharField(max_length=10, choices=HomeNoticeKind)
    setting = models.ForeignKey(Setting, on_delete=models.PROTECT, related_name="home_notices")
    name = models.CharField(max_length=200)
    date_of_birth = models.DateField()
    happened_on = models.DateField(help_text="The day the child came, or left.")
    basis = models.CharField(max_length=10, choices=Basis)
    placing_authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    authority_contact = models.CharField(max_length=300, help_text="Who to call there, and how.")
    iro_contact = models.CharField(max_length=300)
    has_ehc_plan = models.CharField(max_length=10, choices=HasPlan)
    ehc_authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sent_on = models.DateField(help_text="The day the home gave this notice.")
    sent_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    came_on_paper = models.BooleanField(
        default=False, help_text="Entered by the host authority from a letter or message."
    )
    child = models.ForeignKey(
        Child, on_delete=models.PROTECT, null=True, blank=True, related_name="home_notices"
    )
    placement = models.ForeignKey(
        Placement, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    acknowledged_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    acknowledged_at = models.DateTimeField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="Why it was in error.")

    class Meta:
        ordering = ["-happened_on", "-pk"]
        indexes = [
            models.Index(fields=["setting", "state"]),
            models.Index(fields=["placement", "kind"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["placement", "kind"],
                condition=Q(state="matched"),
                name="home_notice_matched_once",
            ),
            models.CheckConstraint(
                name="home_notice_matched_with_child",
                condition=~Q(state="matched") | Q(child__isnull=False, placement__isnull=False),
            ),
            models.CheckConstraint(
                name="home_notice_plan_says_authority",
                condition=~Q(has_ehc_plan="yes") | Q(ehc_authority__isnull=False),
            ),
        ]
        triggers = guard(HOME_NOTICES)

    @property
    def what(self) -> str:
        return HomeNoticeKind(self.kind).label

    @property
    def is_admission(self) -> bool:
        return self.kind == HomeNoticeKind.ADMISSION

    @property
    def concerns_child_id(self) -> int | None:
        return self.child_id

    @property
    def concerns_setting_id(self) -> int | None:
        return self.setting_id

    @step(HOME_NOTICES)
    def send(self) -> None:
        """What the home says stands on it from the first."""

    @step(HOME_NOTICES)
    def match(self, *, placement: Placement) -> None:
        self.placement, self.child_id = placement, placement.child_id

    @step(HOME_NOTICES)
    def unmatch(self) -> None:
        self.placement = self.child = None

    @step(HOME_NOTICES)
    def acknowledge(self, *, acknowledged_by: Person, acknowledged_at: datetime) -> None:
        self.acknowledged_by, self.acknowledged_at = acknowledged_by, acknowledged_at

    @step(HOME_NOTICES)
    def void(self, *, reason: str) -> None:
        self.reason = reason


class MismatchKind(models.TextChoices):
    """In what an authority and a home do not say the same."""

    HOME_SILENT = "home_silent", "The authority says placed, the home has not said so"
    NOT_PLACED = "not_placed", "The home says a child came, no authority says placed"
    HOST_NOT_TOLD = "host_not_told", "The home told the host authority, the placing one did not"
    START_DIFFERS = "start_differs", "They give different days of arrival"
    END_DIFFERS = "end_differs", "They give different days of leaving"
    DISCHARGE_MISSING = "discharge_missing", "The authority says it ended, the home has not"
    END_MISSING = "end_missing", "The home says the child left, the authority has not"
    UNKNOWN_DISCHARGE = "unknown_discharge", "The home says a child left whom nobody placed there"


@pghistory.track()
class Mismatch(Matter):
    """Two sources that do not say the same about where a child lives, with owners on both sides."""

    TABLE = MISMATCHES

    kind = models.CharField(max_length=20, choices=MismatchKind)
    #: The kind with the facts that differ: the same difference is never raised twice.
    key = models.CharField(max_length=100, unique=True)
    setting = models.ForeignKey(Setting, on_delete=models.PROTECT, related_name="mismatches")
    child = models.ForeignKey(
        Child, on_delete=models.PROTECT, null=True, blank=True, related_name="mismatches"
    )
    placement = models.ForeignKey(
        Placement, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    home_notice = models.ForeignKey(
        HomeNotice, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    found_on = models.DateField()
    answered_on = models.DateField(null=True, blank=True)
    settled_on = models.DateField(null=True, blank=True)
    settled_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.TextField(blank=True, help_text="How it was settled.")

    class Meta:
        ordering = ["-found_on", "-pk"]
        verbose_name_plural = "mismatches"
        indexes = [
            models.Index(fields=["setting", "state"]),
            models.Index(fields=["child", "state"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="mismatch_settled_says_how",
                condition=~Q(state="settled") | (~Q(reason="") & Q(settled_on__isnull=False)),
            ),
            models.CheckConstraint(
                name="mismatch_is_about_something",
                condition=Q(placement__isnull=False) | Q(home_notice__isnull=False),
            ),
        ]
        triggers = guard(MISMATCHES)

    @property
    def what(self) -> str:
        label = MismatchKind(self.kind).label
        return f"{label[:1].lower()}{label[1:]}"

    @property
    def concerns_child_id(self) -> int | None:
        return self.child_id

    @property
    def concerns_setting_id(self) -> int | None:
        return self.setting_id

    @step(MISMATCHES)
    def raise_it(self) -> None:
        """What differs stands on it from the first."""

    @step(MISMATCHES)
    def explain(self, *, on: date) -> None:
        self.answered_on = self.answered_on or on

    @step(MISMATCHES)
    def settle(self, *, by: Person, on: date, reason: str) -> None:
        self.settled_by, self.settled_on, self.reason = by, on, reason

    @step(MISMATCHES)
    def agree(self, *, on: date, reason: str) -> None:
        self.settled_by, self.settled_on, self.reason = None, on, reason

    @step(MISMATCHES)
    def reopen(self, *, on: date) -> None:
        self.found_on = on
        self.answered_on = self.settled_on = self.settled_by = None
        self.reason = ""


@pghistory.track()
class Explanation(models.Model):
    """What somebody on one side knows of why two sources differ."""

    mismatch = models.ForeignKey(Mismatch, on_delete=models.PROTECT, related_name="explanations")
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    words = models.TextField()
    corrects = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="correction",
        help_text="What the same person said before, by mistake; it is kept.",
    )

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(name="explanation_has_words", condition=~Q(words="")),
        ]
        triggers = [
            pgtrigger.Protect(name="never_changed", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"Explanation of {self.mismatch_id}"


@pghistory.track()
class ReportRequest(Matter):
    """The host authority's standing request for the independent visitor's monthly reports."""

    TABLE = REPORT_REQUESTS

    setting = models.ForeignKey(Setting, on_delete=models.PROTECT, related_name="report_requests")
    asked_by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")
    asked_on = models.DateField()
    why = models.TextField(blank=True, help_text="Why the host authority asks.")
    answered_by = models.ForeignKey(
        PERSON, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    answered_on = models.DateField(null=True, blank=True)
    agreed_on = models.DateField(null=True, blank=True)
    ended_on = models.DateField(null=True, blank=True)
    reason = models.TextField(blank=True, help_text="Why it was refused, or withdrawn.")

    class Meta:
        ordering = ["-asked_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["setting"],
                condition=Q(state__in=["asked", "agreed", "refused"]),
                name="report_request_once",
            ),
        ]
        triggers = guard(REPORT_REQUESTS)

    @property
    def concerns_setting_id(self) -> int | None:
        return self.setting_id

    @step(REPORT_REQUESTS)
    def ask(self) -> None:
        """What was asked stands on it from the first."""

    @step(REPORT_REQUESTS)
    def agree(self, *, by: Person, on: date) -> None:
        self.answered_by, self.agreed_on, self.reason = by, on, ""
        self.answered_on = self.answered_on or on

    @step(REPORT_REQUESTS)
    def refuse(self, *, by: Person, on: date, reason: str) -> None:
        self.answered_by, self.answered_on, self.reason = by, on, reason

    @step(REPORT_REQUESTS)
    def receive(self) -> None:
        """The report stands beside it."""

    @step(REPORT_REQUESTS)
    def withdraw(self, *, on: date, reason: str) -> None:
        self.ended_on, self.reason = on, reason


@pghistory.track()
class MonthlyReport(models.Model):
    """One month's report by the independent visitor, as the host authority received it."""

    request = models.ForeignKey(ReportRequest, on_delete=models.PROTECT, related_name="reports")
    month = models.DateField(help_text="The first day of the month that it is about.")
    visited_on = models.DateField(null=True, blank=True)
    received_on = models.DateField()
    is_safeguarded = models.BooleanField(
        null=True, help_text="The visitor's opinion: are the children effectively safeguarded?"
    )
    summary = models.TextField(blank=True)
    by = models.ForeignKey(PERSON, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-month"]
        constraints = [
            models.UniqueConstraint(fields=["request", "month"], name="monthly_report_once"),
            models.CheckConstraint(name="monthly_report_of_whole_month", condition=Q(month__day=1)),
        ]

    def __str__(self) -> str:
        return f"Report for {self.month:%B %Y}"
