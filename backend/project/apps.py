"""How the whole house is put together and started."""

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """How the whole house is put together and started."""

    name = "backend.project"
    label = "project"
    default_auto_field = "django.db.models.BigAutoField"
