from django.apps import AppConfig


class Deadlines(AppConfig):
    name = "backend.deadlines"
    label = "deadlines"
    default_auto_field = "django.db.models.BigAutoField"
