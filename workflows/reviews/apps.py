"""Reviews of a child's case."""

from django.apps import AppConfig


class Reviews(AppConfig):
    name = "workflows.reviews"
    label = "reviews"
    default_auto_field = "django.db.models.BigAutoField"
