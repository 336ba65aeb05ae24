"""What the last return said of each child, so that the next one changes only what it says anew."""

from typing import Any

from django.db import models

from backend.records.models import Child


class Said(models.Model):
    """What the last return said of one child, by kind and row of the records.

    What people corrected since stands while the return goes on saying the same.
    """

    child = models.OneToOneField(
        Child, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    says: "models.JSONField[dict[str, Any], dict[str, Any]]" = models.JSONField(default=dict)

    def __str__(self) -> str:
        return f"child {self.pk}"
