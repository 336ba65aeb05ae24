from django.apps import AppConfig


class Visits(AppConfig):
    name = "workflows.visits"
    label = "visits"
    default_auto_field = "django.db.models.BigAutoField"
