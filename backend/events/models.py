"""What happened, to whom, by whom and when: written once, never changed, never removed."""

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from backend.grammar.events import KINDS, Depth, EventKind


class Event(models.Model):
    """One thing that happened. No foreign keys: it outlives what it speaks of."""

    name = models.CharField(max_length=60)
    at = models.DateTimeField(help_text="When it was done.")
    recorded_at = models.DateTimeField(db_default=Now(), editable=False)
    by_id = models.BigIntegerField(null=True, help_text="Empty for the clock.")
    by_name = models.CharField(max_length=200)
    child_id = models.BigIntegerField(null=True)
    setting_id = models.BigIntegerField(null=True)
    about = models.CharField(max_length=60, help_text="Room and number, such as visits/12.")
    carries = models.JSONField(default=dict)
    depth = models.CharField(max_length=10, choices=[(d.value, d.value) for d in Depth])

    class Meta:
        ordering = ["at", "pk"]
        indexes = [
            models.Index(fields=["child_id", "-at"]),
            models.Index(fields=["setting_id", "-at"]),
            models.Index(fields=["about", "name"]),
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.about}"

    @property
    def kind(self) -> EventKind:
        return KINDS[self.name]

    @property
    def sentence(self) -> str:
        """The event in words, as the timeline shows it."""
        return self.kind.sentence.format_map({"who": self.by_name, **self.carries})
