"""What a child asks for and says."""

from django.apps import AppConfig


class VoiceConfig(AppConfig):
    """What a child asks for and says."""

    name = "workflows.voice"
    label = "voice"
    default_auto_field = "django.db.models.BigAutoField"
