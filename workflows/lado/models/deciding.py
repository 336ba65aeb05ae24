"""What was decided on the four limbs, and who thinks otherwise."""

import pghistory
from django.db import models

from workflows.lado.models.choices import LIMBS
from workflows.lado.models.kept import APPEND_ONLY, OfReferral, to_referral


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
