"""Answers kept for a day, so that a phone that sends twice does not record twice."""

from django.conf import settings
from django.db import models


class KeptAnswer(models.Model):
    """The first answer to a request that carried a key of its own."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    path = models.CharField(max_length=200)
    fingerprint = models.CharField(max_length=64, help_text="Of what was sent.")
    status = models.PositiveSmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    body = models.JSONField(null=True, help_text="As personal as the record it answers about.")
    kept_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["person", "key", "path"], name="answer_kept_once")
        ]
        indexes = [models.Index(fields=["ends_at"])]

    def __str__(self) -> str:
        return f"Answer to {self.path}"
