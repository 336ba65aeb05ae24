"""Returns that authorities send and receive."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    """Returns that authorities send and receive."""

    name = "backend.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from backend.exchange import events  # noqa: F401
