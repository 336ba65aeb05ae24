"""Professional challenge between agencies, carried up until somebody answers."""

from django.apps import AppConfig


class EscalationsConfig(AppConfig):
    """Professional challenge between agencies, carried up until somebody answers."""

    name = "workflows.escalations"
    label = "escalations"
    default_auto_field = "django.db.models.BigAutoField"
