"""The nouns that all rooms share."""

from django.apps import AppConfig


class Records(AppConfig):
    name = "backend.records"
    label = "records"
    default_auto_field = "django.db.models.BigAutoField"
