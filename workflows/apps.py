"""The casework, one room each."""

from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    """The casework, one room each."""

    name = "workflows"
    label = "workflows"
    default_auto_field = "django.db.models.BigAutoField"
