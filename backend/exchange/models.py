"""What the last return said of each child, so that the next one changes only what it says anew."""

from django.db import models

from backend.exchange.spells import Kind
from backend.records.models import Child


class Said(models.Model):
    """What the last return said of one row of the records.

    What people corrected since stands while the return goes on saying the same.
    """

    child = models.ForeignKey(Child, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=12, choices=[(kind.value, kind.value) for kind in Kind])
    row_id = models.BigIntegerField(help_text="The row of the records that this speaks of.")
    says = models.JSONField(default=dict)
    beside = models.JSONField(
        default=dict, help_text="What the return says and the records have no place for."
    )
    is_withdrawn = models.BooleanField(default=False, help_text="A later return no longer has it.")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["kind", "row_id"], name="said_once_of_a_row"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.row_id}"
