"""The shared life of a case."""

from django.apps import AppConfig


class CaseworkConfig(AppConfig):
    """The shared life of a case."""

    name = "backend.casework"
    label = "casework"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from backend.casework import checks, events  # noqa: F401
