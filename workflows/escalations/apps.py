"""Professional challenge between agencies, carried up until somebody answers."""

from django.apps import AppConfig


class EscalationsConfig(AppConfig):
    """Professional challenge between agencies, carried up until somebody answers."""

    name = "workflows.escalations"
    label = "escalations"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from backend.access.matters import install_matters
        from backend.casework.case import authority_in
        from backend.deadlines.clockwork import install_follow_up, install_matter_clock
        from workflows.escalations import actions, events, queries, reactions, rules  # noqa: F401
        from workflows.escalations.models import Escalation
        from workflows.escalations.table import MEETINGS, TABLE

        install_matters(
            TABLE.name, people=queries.people_in, visible_to=queries.escalations_visible_to
        )
        install_matters(
            MEETINGS.name, people=queries.people_at_meetings, visible_to=queries.meetings_visible_to
        )
        install_matter_clock(
            TABLE.name,
            room=TABLE.room,
            read=queries.concern_facts,
            count=rules.deadlines_of,
            rules=rules.RULES,
            running=queries.running,
            answered_in=authority_in(Escalation, "from_authority", "to_authority"),
        )
        install_follow_up(TABLE.room, actions.move_up_what_is_silent)
