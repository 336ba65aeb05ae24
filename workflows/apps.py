"""The casework, one room each."""

from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    """The casework, one room each."""

    name = "workflows"
    label = "workflows"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from backend.deadlines.clockwork import install_reader
        from workflows.reading import read_histories

        install_reader(read_histories)
