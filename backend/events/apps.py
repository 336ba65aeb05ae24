"""What happened, who did it and when, never rewritten."""

from django.apps import AppConfig


class Events(AppConfig):
    name = "backend.events"
    label = "events"
    default_auto_field = "django.db.models.BigAutoField"
