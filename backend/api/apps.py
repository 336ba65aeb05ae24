"""The door for other systems."""

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """The door for other systems."""

    name = "backend.api"
    label = "api"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from backend.api import checks, schema  # noqa: F401
