"""Two referrals that may be about one adult."""

import pghistory
from django.db import models
from django.db.models import F, Q

from workflows.lado.models.kept import NEVER_REMOVED, by_person
from workflows.lado.models.referring import Adult


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
