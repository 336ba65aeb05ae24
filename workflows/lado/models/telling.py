"""What each authority is told, and what it did about its children."""

from datetime import datetime
from typing import Any

import pghistory
from django.db import models
from django.db.models import Q
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from backend.casework.case import Matter, guard, step
from backend.records.models import Authority, Child, Placement
from workflows.lado.models.kept import NEVER_REMOVED, by_person
from workflows.lado.models.referring import Referral
from workflows.lado.table import ANSWERED, NOTICE_TABLE


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
