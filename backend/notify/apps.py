"""What each person has been told."""

from django.apps import AppConfig


class Notify(AppConfig):
    name = "backend.notify"
    label = "notify"
    default_auto_field = "django.db.models.BigAutoField"
