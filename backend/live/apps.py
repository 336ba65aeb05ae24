from django.apps import AppConfig


class Live(AppConfig):
    name = "backend.live"
    label = "live"
    default_auto_field = "django.db.models.BigAutoField"
