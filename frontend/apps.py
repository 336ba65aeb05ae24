"""What people see."""

from django.apps import AppConfig


class FrontendConfig(AppConfig):
    """What people see."""

    name = "frontend"
    label = "frontend"
    default_auto_field = "django.db.models.BigAutoField"
