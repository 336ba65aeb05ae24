"""What is owed by when."""

from django.apps import AppConfig


class DeadlinesConfig(AppConfig):
    """What is owed by when."""

    name = "backend.deadlines"
    label = "deadlines"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from backend.deadlines import events  # noqa: F401
