"""An allegation about an adult who works with children, and the notices it sends out."""

from datetime import date, datetime
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from backend.casework.case import Matter, guard, step
from backend.records.models import Authority, Child, Placement, Setting
from workflows.lado.table import ANSWERED, NOTICE_TABLE, TABLE

NEVER_REMOVED = pgtrigger.Protect(name="never_removed", operation=pgtrigger.Delete)
APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


def to_referral(name: str) -> Any:
    return models.ForeignKey("lado.Referral", on_delete=models.PROTECT, related_name=name)


def by_person(**options: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **options
    )


class Sector(models.TextChoices):
    """Where the adult works with children, as the annual report counts it."""

    RESIDENTIAL = "residential", "Children's homes and other residential care"
    FOSTERING = "fostering", "Fostering"
    EDUCATION = "education", "Schools and colleges"
    EARLY_YEARS = "early_years", "Early years and childcare"
    HEALTH = "health", "Health"
    SOCIAL_CARE = "social_care", "Children's social care"
    POLICE = "police", "Police and justice"
    TRANSPORT = "transport", "Transport"
    SPORT = "sport", "Sport, leisure and youth work"
    FAITH = "faith", "Faith"
    OTHER = "other", "Other"


class Source(models.TextChoices):
    """From whom a referral came."""

    SETTING = "setting", "The home or other setting"
    SCHOOL = "school", "A school or college"
    SOCIAL_WORKER = "social_worker", "Social worker"
    PROFESSIONAL = "professional", "Another professional"
    AUTHORITY = "authority", "Another authority"
    PUBLIC = "public", "A member of the public"
    LADO = "lado", "Taken down by the LADO"


class Shift(models.TextChoices):
    DAY = "day", "Day"
    EVENING = "evening", "Evening"
    NIGHT = "night", "Night, awake"
    SLEEPING_IN = "sleeping_in", "Sleeping in"
    NOT_KNOWN = "", "Not known"


class Category(models.TextChoices):
    """What is alleged."""

    PHYSICAL = "physical", "Physical harm"
    RESTRAINT = "restraint", "Restraint"
    CONFINEMENT = "confinement", "Confinement or locking in"
    EMOTIONAL = "emotional", "Emotional harm"
    SEXUAL = "sexual", "Sexual harm"
    NEGLECT = "neglect", "Neglect"
    MEDICATION = "medication", "Medication"
    DIGNITY = "dignity", "Dignity and intimate care"
    DISCRIMINATION = "discrimination", "Discrimination"
    FINANCE = "finance", "Money and belongings"
    CONDUCT = "conduct", "Conduct outside work"
    OTHER = "other", "Other"


class Harm(models.TextChoices):
    """What it did to a child, as far as is known."""

    NOT_KNOWN = "not_known", "Not known"
    NONE = "none", "No harm seen"
    DISTRESS = "distress", "Distress"
    INJURY = "injury", "Injury"
    SERIOUS = "serious", "Serious harm"


class Outcome(models.TextChoices):
    """The five defined outcomes, one for each allegation and never for a person."""

    SUBSTANTIATED = "substantiated", "Substantiated"
    MALICIOUS = "malicious", "Malicious"
    FALSE = "false", "False"
    UNSUBSTANTIATED = "unsubstantiated", "Unsubstantiated"
    UNFOUNDED = "unfounded", "Unfounded"


#: What each outcome means, beside the choice.
OUTCOME_MEANS = {
    Outcome.SUBSTANTIATED: "There is enough evidence to prove the allegation.",
    Outcome.MALICIOUS: "There is enough evidence to disprove it, and a deliberate act to deceive "
    "or cause harm.",
    Outcome.FALSE: "There is enough evidence to disprove it.",
    Outcome.UNSUBSTANTIATED: "There is not enough evidence to prove or disprove it. It says "
    "nothing of guilt or innocence.",
    Outcome.UNFOUNDED: "No evidence or proper basis supports it.",
}

LIMBS = {
    "harmed": "Behaved in a way that has harmed a child, or may have harmed a child",
    "offence": "Possibly committed a criminal offence against or related to a child",
    "poses_risk": "Behaved towards a child or children in a way that indicates they may pose a "
    "risk of harm to children",
    "unsuitable": "Behaved, or may have behaved, in a way that indicates they may not be suitable "
    "to work with children",
}


@pghistory.track()
class Adult(models.Model):
    """The adult, as one referral names them. Kept apart, so that few queries ever reach a name."""

    name = models.CharField(max_length=200)
    date_of_birth = models.DateField(null=True, blank=True)
    employer = models.CharField(max_length=200, blank=True)
    job = models.CharField(max_length=200, blank=True)
    sector = models.CharField(max_length=20, choices=Sector)
    home_authority = models.ForeignKey(
        Authority, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    other_work = models.TextField(
        blank=True, help_text="Other work, or children at home: where risk may go with them."
    )
    name_key = models.CharField(max_length=200, editable=False)
    surname_key = models.CharField(max_length=200, editable=False)
    #: The same for everybody whom a person confirmed to be one adult.
    same_as = models.BigIntegerField(null=True, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["name_key"]),
            models.Index(fields=["surname_key", "date_of_birth"]),
            models.Index(fields=["date_of_birth"]),
            models.Index(fields=["same_as"]),
        ]
        triggers = [NEVER_REMOVED]

    def __str__(self) -> str:
        return f"Adult {self.pk}"


@pghistory.track()
class Referral(Matter):
    """One referral to a LADO about one adult, from the first word to the closing."""

    TABLE = TABLE

    reference = models.CharField(max_length=14, unique=True)
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    setting = models.ForeignKey(
        Setting, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    workplace = models.CharField(max_length=200, blank=True)
    unit = models.CharField(max_length=100, blank=True, help_text="Which house, wing or flat.")
    shift = models.CharField(max_length=12, choices=Shift, blank=True, default="")
    adult = models.OneToOneField(Adult, on_delete=models.PROTECT, related_name="referral")
    is_about_manager = models.BooleanField(
        default=False, help_text="The adult runs the setting: go to the provider, not to them."
    )
    source = models.CharField(max_length=14, choices=Source)
    referred_by = by_person(null=True, blank=True)
    sender_name = models.CharField(max_length=200, blank=True)
    sender_contact = models.CharField(max_length=200, blank=True)
    sender_role = models.CharField(max_length=200, blank=True)
    what_happened = models.TextField()
    children_in_words = models.TextField(blank=True)
    made_safe = models.TextField(
        blank=True, help_text="What was done at once to keep children safe."
    )
    is_consultation = models.BooleanField(
        default=False, help_text="The sender is not sure and asks for a view: always welcome."
    )
    is_child_at_risk = models.BooleanField(
        default=False,
        help_text="A child may be at risk now: whoever has to know is reached at once.",
    )
    is_clear_at_once = models.BooleanField(
        default=False,
        help_text="Clear from the first to be unsubstantiated, unfounded, false or malicious.",
    )
    happened_on = models.DateField(null=True, blank=True)
    happened_in_words = models.CharField(max_length=200, blank=True)
    employer_knew_on = models.DateField(null=True, blank=True)
    manager_knew_on = models.DateField(null=True, blank=True)
    referred_on = models.DateField()
    received_at = models.DateTimeField(null=True, blank=True)
    led_by = by_person(null=True, blank=True)
    decided_on = models.DateField(null=True, blank=True)
    threshold_met_on = models.DateField(null=True, blank=True)
    is_fortnightly = models.BooleanField(default=False)
    left_work_on = models.DateField(null=True, blank=True)
    barring_settled_on = models.DateField(null=True, blank=True)
    was_referred_to_dbs = models.BooleanField(null=True, blank=True)
    barring_words = models.TextField(blank=True)
    concluded_on = models.DateField(null=True, blank=True)
    closed_on = models.DateField(null=True, blank=True)
    closing_words = models.TextField(blank=True)
    pension_age = models.PositiveSmallIntegerField(null=True, blank=True)
    keep_until = models.DateField(null=True, blank=True)
    void_on = models.DateField(null=True, blank=True)
    void_reason = models.TextField(blank=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        indexes = [
            models.Index(fields=["authority", "state", "-opened_at"]),
            models.Index(fields=["setting", "state"]),
            models.Index(fields=["referred_by", "-opened_at"]),
            models.Index(fields=["authority", "referred_on"]),
        ]
        constraints = [
            models.CheckConstraint(
                name="referral_names_workplace",
                condition=Q(setting__isnull=False) | ~Q(workplace=""),
            ),
            models.CheckConstraint(
                name="referral_says_what_happened", condition=~Q(what_happened="")
            ),
            models.CheckConstraint(
                name="referral_open_was_decided",
                condition=~Q(state="open") | Q(threshold_met_on__isnull=False),
            ),
            models.CheckConstraint(
                name="referral_closed_has_day",
                condition=~Q(state="closed") | Q(closed_on__isnull=False),
            ),
        ]
        triggers = guard(TABLE)

    @property
    def receipt(self) -> str:
        """What the sender may know: that it was sent, and that it was received."""
        return f"receipts/{self.pk}"

    @property
    def works_at(self) -> str:
        return self.setting.name if self.setting else self.workplace

    @step(TABLE)
    def refer(self) -> None:
        """What was told stands in the referral from the first."""

    @step(TABLE)
    def take_in(self) -> None:
        """What was told stands in the referral from the first."""

    @step(TABLE)
    def receive(self, *, received_at: datetime, led_by: Any) -> None:
        self.received_at, self.led_by = received_at, led_by

    @step(TABLE)
    def advise(self, *, decided_on: date, is_clear_at_once: bool) -> None:
        self.decided_on, self.is_clear_at_once = decided_on, is_clear_at_once

    @step(TABLE)
    def keep(self, *, decided_on: date, is_clear_at_once: bool) -> None:
        self.decided_on, self.is_clear_at_once = decided_on, is_clear_at_once

    @step(TABLE)
    def open(self, *, decided_on: date, is_clear_at_once: bool) -> None:
        self.decided_on = self.threshold_met_on = decided_on
        self.is_clear_at_once = is_clear_at_once

    @step(TABLE)
    def reconsider(self) -> None:
        """The decision that stood is kept; another is made beside it."""

    @step(TABLE)
    def give_opinion(self) -> None:
        """The opinion stands beside the decision."""

    @step(TABLE)
    def name_child(self) -> None:
        """The child stands beside the referral."""

    @step(TABLE)
    def allege(self) -> None:
        """The allegation stands beside the referral."""

    @step(TABLE)
    def correct(self, **facts: Any) -> None:
        for name, value in facts.items():
            setattr(self, name, value)

    @step(TABLE)
    def meet(self, *, is_fortnightly: bool) -> None:
        self.is_fortnightly = is_fortnightly

    @step(TABLE)
    def add_task(self) -> None:
        """The task stands beside the meeting that asked for it."""

    @step(TABLE)
    def finish_task(self) -> None:
        """The task says when it was done, and what shows it."""

    @step(TABLE)
    def follow_track(self) -> None:
        """The track says how it stands."""

    @step(TABLE)
    def set_work(self, *, left_work_on: date | None) -> None:
        if left_work_on is not None:
            self.left_work_on, self.barring_settled_on = left_work_on, None
            self.was_referred_to_dbs, self.barring_words = None, ""

    @step(TABLE)
    def set_discipline(self) -> None:
        """What the employer does stands beside the referral."""

    @step(TABLE)
    def settle_barring(self, *, settled_on: date, was_referred: bool, words: str) -> None:
        self.barring_settled_on, self.was_referred_to_dbs = settled_on, was_referred
        self.barring_words = words

    @step(TABLE)
    def settle(self) -> None:
        """The allegation has its own outcome."""

    @step(TABLE)
    def tell_outside(self) -> None:
        """Who was told stands beside the referral."""

    @step(TABLE)
    def share(self) -> None:
        """With whom it is shared stands beside the referral."""

    @step(TABLE)
    def unshare(self) -> None:
        """The share says until when."""

    @step(TABLE)
    def tell_home(self) -> None:
        """The notice says what the home authority was told."""

    @step(TABLE)
    def conclude(self, *, concluded_on: date) -> None:
        self.concluded_on = concluded_on

    @step(TABLE)
    def close(
        self, *, closed_on: date, words: str, pension_age: int, keep_until: date | None
    ) -> None:
        self.closed_on, self.closing_words = closed_on, words
        self.pension_age, self.keep_until = pension_age, keep_until

    @step(TABLE)
    def reopen(self) -> None:
        self.concluded_on = self.closed_on = self.keep_until = None

    @step(TABLE)
    def void(self, *, void_on: date, reason: str) -> None:
        self.void_on, self.void_reason = void_on, reason


class ReferralGrant(UserObjectPermissionBase):
    """A person may see this referral. Derived from facts, never given by hand."""

    content_object = models.ForeignKey(Referral, on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        indexes = [models.Index(fields=["user", "content_object"])]


class ReferralGroupGrant(GroupObjectPermissionBase):
    """A group of people may see this referral. Derived from facts."""

    content_object = models.ForeignKey(Referral, on_delete=models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        indexes = [models.Index(fields=["group", "content_object"])]


class OfReferral(models.Model):
    """What stands beside a referral, written by somebody at a moment."""

    by = by_person()
    at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"


@pghistory.track()
class NamedChild(OfReferral):
    """A child whom a referral names: on the register, or only in words."""

    referral = to_referral("named_children")
    child = models.ForeignKey(
        Child, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    words = models.CharField(max_length=200, blank=True)

    class Meta(OfReferral.Meta):
        constraints = [
            models.UniqueConstraint(fields=["referral", "child"], name="child_named_once"),
            models.CheckConstraint(
                name="named_child_is_somebody", condition=Q(child__isnull=False) | ~Q(words="")
            ),
        ]


@pghistory.track()
class Decision(OfReferral):
    """What was decided on the four limbs, each with its reason. None is ever changed."""

    class Result(models.TextChoices):
        OPEN = "open", "Threshold met"
        ADVISE = "advise", "Advice only"
        KEEP = "keep", "Below the threshold, kept as a low-level concern"

    referral = to_referral("decisions")
    harmed = models.BooleanField()
    harmed_reason = models.TextField()
    offence = models.BooleanField()
    offence_reason = models.TextField()
    poses_risk = models.BooleanField()
    poses_risk_reason = models.TextField()
    unsuitable = models.BooleanField()
    unsuitable_reason = models.TextField()
    result = models.CharField(max_length=10, choices=Result)
    reason = models.TextField()
    advice = models.TextField(blank=True)

    class Meta(OfReferral.Meta):
        triggers = [APPEND_ONLY]

    @property
    def limbs(self) -> list[tuple[str, bool, str]]:
        """Each limb in words, whether it is met, and why."""
        return [
            (words, getattr(self, name), getattr(self, f"{name}_reason"))
            for name, words in LIMBS.items()
        ]


@pghistory.track()
class Opinion(OfReferral):
    """What a second person thinks of a decision; dissent stays beside it."""

    referral = to_referral("opinions")
    decision = models.ForeignKey(Decision, on_delete=models.PROTECT, related_name="opinions")
    agrees = models.BooleanField()
    words = models.TextField()

    class Meta(OfReferral.Meta):
        triggers = [APPEND_ONLY]


@pghistory.track()
class DecisionChallenge(OfReferral):
    """Somebody disagrees with the decision, and says why."""

    referral = to_referral("challenges")
    words = models.TextField()

    class Meta(OfReferral.Meta):
        triggers = [APPEND_ONLY]


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

    class Meta(OfReferral.Meta):
        ordering = ["held_on", "pk"]


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


@pghistory.track()
class AuthorityNotice(Matter):
    """What one authority is told: that a child of theirs may be affected, and what to do."""

    TABLE = NOTICE_TABLE

    class Kind(models.TextChoices):
        CHILDREN = "children", "Your children live there"
        HOME = "home", "The adult lives, or also works with children, in your area"

    referral = models.ForeignKey(Referral, on_delete=models.PROTECT, related_name="notices")
    authority = models.ForeignKey(Authority, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=10, choices=Kind)
    sent_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    received_by = by_person(null=True, blank=True)
    #: Who the adult is, only once the LADO who leads has shared it, with the reason.
    adult_named_at = models.DateTimeField(null=True, blank=True)
    adult_named_reason = models.TextField(blank=True)
    their_role = models.TextField(blank=True, help_text="The adult's role with children there.")
    receipt_went_up_at = models.DateTimeField(null=True, blank=True)
    answer_went_up_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome_told = models.TextField(blank=True)

    class Meta:
        ordering = ["-opened_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["referral", "authority", "kind"], name="authority_told_once"
            ),
            models.CheckConstraint(
                name="adult_named_with_reason",
                condition=Q(adult_named_at__isnull=True) | ~Q(adult_named_reason=""),
            ),
        ]
        indexes = [
            models.Index(fields=["authority", "state", "-opened_at"]),
            models.Index(fields=["state", "sent_at"]),
        ]
        triggers = guard(NOTICE_TABLE)

    @step(NOTICE_TABLE)
    def send(self, *, sent_at: datetime) -> None:
        self.sent_at = sent_at

    @step(NOTICE_TABLE)
    def widen(self, *, sent_at: datetime) -> None:
        self._sent_again(sent_at)

    @step(NOTICE_TABLE)
    def resume(self, *, sent_at: datetime) -> None:
        self._sent_again(sent_at)

    def _sent_again(self, sent_at: datetime) -> None:
        self.sent_at, self.received_at, self.received_by = sent_at, None, None
        self.receipt_went_up_at = self.answer_went_up_at = self.closed_at = None

    @step(NOTICE_TABLE)
    def receive(self, *, received_at: datetime, received_by: Any) -> None:
        self.received_at, self.received_by = received_at, received_by

    @step(NOTICE_TABLE)
    def answer(self) -> None:
        """What was done stands beside the child."""

    @step(NOTICE_TABLE)
    def complete(self) -> None:
        """What was done stands beside the last child."""

    @step(NOTICE_TABLE)
    def share(self) -> None:
        """With whom it is shared stands beside the notice."""

    @step(NOTICE_TABLE)
    def unshare(self) -> None:
        """The share says until when."""

    @step(NOTICE_TABLE)
    def name_adult(self, *, named_at: datetime, reason: str) -> None:
        self.adult_named_at, self.adult_named_reason = named_at, reason

    @step(NOTICE_TABLE)
    def go_up(self, *, went_up_at: datetime) -> None:
        if self.received_at is None:
            self.receipt_went_up_at = went_up_at
        else:
            self.answer_went_up_at = went_up_at

    @step(NOTICE_TABLE)
    def close(self, *, closed_at: datetime, outcome_told: str) -> None:
        self.closed_at, self.outcome_told = closed_at, outcome_told

    @step(NOTICE_TABLE)
    def void(self, *, closed_at: datetime, reason: str) -> None:
        self.closed_at, self.outcome_told = closed_at, reason

    @property
    def is_answered(self) -> bool:
        return self.state == ANSWERED


class NoticeGrant(UserObjectPermissionBase):
    """A person may see this notice. Derived from facts, never given by hand."""

    content_object = models.ForeignKey(AuthorityNotice, on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        indexes = [models.Index(fields=["user", "content_object"])]


class NoticeGroupGrant(GroupObjectPermissionBase):
    """A group of people may see this notice. Derived from facts."""

    content_object = models.ForeignKey(AuthorityNotice, on_delete=models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        indexes = [models.Index(fields=["group", "content_object"])]


@pghistory.track()
class NoticeChild(models.Model):
    """A child of the authority who may be affected, and what was done about them."""

    notice = models.ForeignKey(AuthorityNotice, on_delete=models.PROTECT, related_name="children")
    child = models.ForeignKey(Child, on_delete=models.PROTECT, related_name="+")
    placement = models.ForeignKey(
        Placement, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    named_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_by = by_person(null=True, blank=True)
    was_seen_on = models.DateField(null=True, blank=True)
    what_was_done = models.TextField(blank=True)

    class Meta:
        ordering = ["notice_id", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "child"], name="notice_names_child_once"),
            models.CheckConstraint(
                name="notice_answer_has_words",
                condition=Q(answered_at__isnull=True) | ~Q(what_was_done=""),
            ),
        ]
        triggers = [NEVER_REMOVED]

    def __str__(self) -> str:
        return f"Child {self.child_id} in notice {self.notice_id}"


@pghistory.track()
class NoticeShare(models.Model):
    """A person of the authority with whom its notice was shared, why, and until when."""

    notice = models.ForeignKey(AuthorityNotice, on_delete=models.PROTECT, related_name="shares")
    person = by_person()
    reason = models.TextField()
    by = by_person()
    at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "person"],
                condition=Q(ended_at__isnull=True),
                name="notice_shared_once",
            ),
            models.CheckConstraint(name="notice_share_has_reason", condition=~Q(reason="")),
        ]

    def __str__(self) -> str:
        return f"Share of notice {self.notice_id}"


@pghistory.track()
class AdultMatch(models.Model):
    """Two referrals may be about one adult. A person says so; the machine only suggests."""

    class Answer(models.TextChoices):
        WAITING = "waiting", "Nobody has looked yet"
        SAME = "same", "The same person"
        OTHER = "other", "Somebody else"

    one = models.ForeignKey(Adult, on_delete=models.PROTECT, related_name="+")
    other = models.ForeignKey(Adult, on_delete=models.PROTECT, related_name="+")
    because = models.CharField(max_length=200)
    answer = models.CharField(max_length=10, choices=Answer, default=Answer.WAITING)
    reason = models.TextField(blank=True)
    by = by_person(null=True, blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["one", "other"], name="adults_compared_once"),
            models.CheckConstraint(
                name="adults_compared_in_order", condition=Q(one__lt=F("other"))
            ),
            models.CheckConstraint(
                name="adults_answer_has_reason", condition=Q(answer="waiting") | ~Q(reason="")
            ),
        ]
        indexes = [models.Index(fields=["other"])]
        triggers = [NEVER_REMOVED]

    def __str__(self) -> str:
        return f"Match {self.pk}"


@pghistory.track()
class HomeNotification(models.Model):
    """What a home told the regulator and others of under regulation 40."""

    class Kind(models.TextChoices):
        EXPLOITATION = "exploitation", "Sexual exploitation, involved or suspected"
        POLICE = "police", "A serious incident that called for the police"
        ALLEGATION = "allegation", "An allegation of abuse against the home or a worker"
        ENQUIRY = "enquiry", "A child protection enquiry began or ended"
        DBS = "dbs", "A worker was referred to the Disclosure and Barring Service"
        DEATH = "death", "The death of a child"
        OTHER = "other", "Another serious incident"

    class Recipient(models.TextChoices):
        OFSTED = "ofsted", "Ofsted"
        PLACING = "placing", "Placing authority"
        HOST = "host", "Authority where the home is"
        HEALTH = "health", "Integrated care board"
        POLICE = "police", "Police"
        OTHER = "other", "Others"

    class SeenBy(models.TextChoices):
        HOME = "home", "Recorded by the home"
        LADO = "lado", "Seen by the LADO"

    setting = models.ForeignKey(Setting, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=Kind)
    happened_at = models.DateTimeField()
    notified_at = models.DateTimeField()
    recipients = ArrayField(models.CharField(max_length=10, choices=Recipient))
    words = models.TextField(blank=True)
    seen_by = models.CharField(max_length=5, choices=SeenBy)
    recorded_by = by_person()
    recorded_at = models.DateTimeField()
    #: Which referral it belongs to; said by the LADO and unseen by the home.
    referral = models.ForeignKey(
        Referral, on_delete=models.PROTECT, null=True, blank=True, related_name="home_notifications"
    )

    class Meta:
        ordering = ["-happened_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="home_notified_after_event", condition=Q(notified_at__gte=F("happened_at"))
            )
        ]
        indexes = [models.Index(fields=["setting", "-happened_at"])]
        triggers = [NEVER_REMOVED]

    def __str__(self) -> str:
        return f"Notification {self.pk}"

    @property
    def told(self) -> list[str]:
        """Who was notified, in words."""
        return [str(self.Recipient(one).label) for one in self.recipients]


#: What a home tells of when it is about an adult who works there.
ABOUT_ADULTS = (HomeNotification.Kind.ALLEGATION, HomeNotification.Kind.DBS)
