"""Statutory visits."""

from django.apps import AppConfig


class VisitsConfig(AppConfig):
    """Statutory visits."""

    name = "workflows.visits"
    label = "visits"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from backend.casework.diary import install_diary
        from backend.deadlines.clockwork import install_clock
        from backend.records.footfall import install_footfall
        from backend.records.words import install_words
        from workflows.visits import counting, events, queries, reactions, rules  # noqa: F401

        install_clock("visits", counting.deadlines_of, rules.RULES)
        install_diary("visits", queries.arranged_with)
        install_words("visits", queries.words_of)
        install_footfall("visits", queries.seen_at_visits)
