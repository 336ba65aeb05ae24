"""How what stands beside a referral is kept: by whom, when, and never removed."""

from typing import Any

import pgtrigger
from django.conf import settings
from django.db import models

NEVER_REMOVED = pgtrigger.Protect(name="never_removed", operation=pgtrigger.Delete)
APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


def to_referral(name: str) -> Any:
    return models.ForeignKey("lado.Referral", on_delete=models.PROTECT, related_name=name)


def by_person(**options: Any) -> Any:
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", **options
    )


class OfReferral(models.Model):
    """What stands beside a referral, written by somebody at a moment."""

    by = by_person()
    at = models.DateTimeField()

    class Meta:
        abstract = True
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
