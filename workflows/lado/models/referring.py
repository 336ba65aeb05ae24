"""A referral about one adult, and the children whom it names."""

from datetime import date, datetime
from typing import Any

import pghistory
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from backend.casework.case import Matter, guard, step
from backend.records.models import Authority, Child, Setting
from workflows.lado.models.choices import AlsoRaisedAs, Sector, Shift, Source
from workflows.lado.models.kept import NEVER_REMOVED, OfReferral, by_person, to_referral
from workflows.lado.table import TABLE


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
        help_text="A child may be at risk now: those who must know hear at once.",
    )
    also_raised_as = ArrayField(
        models.CharField(max_length=14, choices=AlsoRaisedAs),
        default=list,
        blank=True,
        help_text="Other ways by which the same conduct was raised, as far as is known.",
    )
    also_raised_words = models.CharField(
        max_length=200, blank=True, help_text="Where those are found: who has them, which number."
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
