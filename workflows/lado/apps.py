"""Allegations against adults who work with children."""

from django.apps import AppConfig


class LadoConfig(AppConfig):
    """Allegations against adults who work with children."""

    name = "workflows.lado"
    label = "lado"
    default_auto_field = "django.db.models.BigAutoField"
