"""A child's contact with the people who matter to them."""

from django.apps import AppConfig


class ContactConfig(AppConfig):
    """A child's contact with the people who matter to them."""

    name = "workflows.contact"
    label = "contact"
    default_auto_field = "django.db.models.BigAutoField"
