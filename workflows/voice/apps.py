"""What a child asks for and says."""

from django.apps import AppConfig


class VoiceConfig(AppConfig):
    """What a child asks for and says."""

    name = "workflows.voice"
    label = "voice"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from backend.deadlines.clockwork import install_clock
        from workflows.voice import events, reactions, rules  # noqa: F401

        install_clock("voice", rules.deadlines_of, rules.RULES)
