"""Says at once on an open page that something changed."""

from django.apps import AppConfig


class Live(AppConfig):
    name = "backend.live"
    label = "live"
    default_auto_field = "django.db.models.BigAutoField"
