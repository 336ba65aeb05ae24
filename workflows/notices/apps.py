"""Notices of who lives where, agreed by the authority that placed and the one that hosts."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Notices of who lives where, agreed by the authority that placed and the one that hosts."""

    name = "workflows.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"
