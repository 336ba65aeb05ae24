"""A child's contact with the people who matter to them."""

from django.apps import AppConfig


class ContactConfig(AppConfig):
    """A child's contact with the people who matter to them."""

    name = "workflows.contact"
    label = "contact"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from backend.deadlines.clockwork import install_clock
        from backend.records.footfall import install_footfall
        from workflows.contact import events, queries, reactions, rules  # noqa: F401

        install_clock("contact", rules.deadlines_of, rules.RULES)
        install_footfall("contact", queries.seen_by_contact)
