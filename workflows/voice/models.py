"""What a child said, signed or showed, and what came of it."""

from datetime import date

import pghistory
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from backend.access.models import Person
from backend.casework.case import Case, guard, step
from backend.records.codes import CommunicationMode
from backend.records.words import Said
from workflows.voice.table import ANSWERED, TABLE, TOLD


class CameFrom(models.TextChoices):
    """Where somebody heard it."""

    VISIT = "visit", "At a visit"
    REVIEW = "review", "At a review"
    DIRECT = "direct", "The child told us"
    ADVOCATE = "advocate", "Through an advocate"


@pghistory.track()
class View(Case):
    """One thing a child said. Somebody owes an answer, and the child is told what it is."""

    TABLE = TABLE

    said_on = models.DateField()
    came_from = models.CharField(max_length=10, choices=CameFrom)
    reference = models.CharField(
        max_length=60, blank=True, help_text="Where the words are kept, such as visits/12."
    )
    communicated_by = ArrayField(
        models.CharField(max_length=10, choices=CommunicationMode), default=list, blank=True
    )
    helped_by = models.TextField(
        blank=True, help_text="Who helped the child to say it, and how. Empty: nobody."
    )
    own_words = models.TextField(
        blank=True, help_text="The child's own words, signs or choices, as they were."
    )
    paraphrase = models.TextField(blank=True, help_text="What I understood.")
    heard_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )

    action = models.TextField(blank=True, help_text="What will be done.")
    action_owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    action_owner_name = models.CharField(
        max_length=200, blank=True, help_text="Who will do it, when they have no account."
    )
    act_by = models.DateField(null=True, blank=True)
    reason_not = models.TextField(blank=True, help_text="Why it will not, or cannot, be done.")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_on = models.DateField(null=True, blank=True, help_text="The first answer.")
    answer_changed_on = models.DateField(null=True, blank=True)

    told_on = models.DateField(null=True, blank=True)
    told_how = models.TextField(blank=True, help_text="How the child was told, in their own way.")
    told_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    response = models.TextField(blank=True, help_text="What the child said or showed to that.")

    kept_on = models.DateField(null=True, blank=True)
    kept_how = models.TextField(blank=True)
    reason = models.TextField(blank=True, help_text="Why it was entered in error.")

    class Meta:
        ordering = ["-said_on", "-pk"]
        constraints = [
            models.CheckConstraint(
                name="view_has_the_childs_words",
                condition=~Q(own_words="") | ~Q(reference=""),
            ),
            models.CheckConstraint(
                name="view_answer_is_action_or_reason",
                condition=~Q(state__in=[str(ANSWERED), str(TOLD)])
                | (
                    Q(answered_on__isnull=False)
                    & (
                        (
                            ~Q(action="")
                            & Q(act_by__isnull=False)
                            & (Q(action_owner__isnull=False) | ~Q(action_owner_name=""))
                        )
                        | ~Q(reason_not="")
                    )
                ),
            ),
            models.CheckConstraint(
                name="view_told_says_how",
                condition=~Q(state=str(TOLD)) | (Q(told_on__isnull=False) & ~Q(told_how="")),
            ),
            models.CheckConstraint(
                name="view_answered_after_said",
                condition=Q(answered_on__isnull=True) | Q(answered_on__gte=F("said_on")),
            ),
        ]
        indexes = [
            models.Index(fields=["child", "state", "-said_on"]),
            models.Index(fields=["reference"], condition=~Q(reference=""), name="view_reference"),
        ]
        triggers = guard(TABLE)

    #: The words, read from where they are kept; put here by ``with_words``.
    words_elsewhere: Said | None = None

    @property
    def answer_given_on(self) -> date | None:
        """The day of the answer that stands."""
        return self.answer_changed_on or self.answered_on

    @property
    def is_promise(self) -> bool:
        """Whether something was promised, rather than a reason given why not."""
        return bool(self.action)

    @property
    def owner_words(self) -> str:
        """Who will do what was promised."""
        return self.action_owner.name if self.action_owner else self.action_owner_name

    @step(TABLE)
    def hear(self) -> None:
        """What was said stands on the view from the first: there is no view without words."""

    @step(TABLE)
    def answer(
        self,
        *,
        answered_on: date,
        answered_by: Person,
        action: str,
        action_owner: Person | None,
        action_owner_name: str,
        act_by: date | None,
        reason_not: str,
    ) -> None:
        if self.answered_on is None:
            self.answered_on = answered_on
        else:
            self.answer_changed_on = answered_on
        self.answered_by = answered_by
        self.action, self.action_owner = action, action_owner
        self.action_owner_name, self.act_by = action_owner_name, act_by
        self.reason_not = reason_not
        self.told_on, self.told_how, self.told_by, self.response = None, "", None, ""
        self.kept_on, self.kept_how = None, ""

    @step(TABLE)
    def tell(self, *, told_on: date, told_how: str, told_by: Person, response: str) -> None:
        self.told_on, self.told_how = told_on, told_how
        self.told_by, self.response = told_by, response

    @step(TABLE)
    def keep(self, *, kept_on: date, kept_how: str) -> None:
        self.kept_on, self.kept_how = kept_on, kept_how

    @step(TABLE)
    def void(self, *, reason: str) -> None:
        self.reason = reason
