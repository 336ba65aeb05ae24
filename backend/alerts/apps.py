"""What happens after a deadline slipped: a ladder of people, until somebody acts."""

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """What happens after a deadline slipped."""

    name = "backend.alerts"
    label = "alerts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from backend.access.matters import install_matters
        from backend.alerts import events, queries
        from backend.alerts.climbing import follow_up
        from backend.alerts.summary import unanswered
        from backend.casework.digest import install_part
        from backend.deadlines.clockwork import install_follow_up

        assert events
        install_matters(
            "alerts", people=queries.people_of_alerts, visible_to=queries.alerts_visible_to
        )
        install_follow_up("alerts", follow_up)
        install_part("alerts", unanswered)
