"""What each person has been told."""

from django.apps import AppConfig


class Notify(AppConfig):
    name = "backend.notify"
    label = "notify"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from backend.notify import events  # noqa: F401
