"""Who may see and do what, and why."""

from django.apps import AppConfig


class Access(AppConfig):
    name = "backend.access"
    label = "access"
    default_auto_field = "django.db.models.BigAutoField"
