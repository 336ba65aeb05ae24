"""Allegations against adults who work with children."""

from django.apps import AppConfig


class LadoConfig(AppConfig):
    """Allegations against adults who work with children."""

    name = "workflows.lado"
    label = "lado"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from backend.access.grants import install_grants
        from backend.access.matters import install_matters
        from backend.casework.case import authority_in
        from backend.deadlines.clockwork import install_follow_up, install_matter_clock
        from workflows.lado import actions, events, queries, reactions, rules  # noqa: F401
        from workflows.lado.models import AuthorityNotice, Referral

        install_grants("referrals", queries.REFERRAL_GRANTS)
        install_grants("authority-notices", queries.NOTICE_GRANTS)
        install_matters(
            "referrals", people=queries.people_of_referrals, visible_to=queries.referrals_visible_to
        )
        install_matters(
            "receipts", people=queries.people_of_receipts, visible_to=queries.receipts_visible_to
        )
        install_matters(
            "authority-notices",
            people=queries.people_of_notices,
            visible_to=queries.notices_visible_to,
        )
        install_matter_clock(
            "referrals",
            room="lado",
            read=queries.referral_facts,
            count=rules.deadlines_of,
            rules=rules.RULES,
            running=queries.running_referrals,
            answered_in=authority_in(Referral, "authority"),
        )
        install_matter_clock(
            "authority-notices",
            room="lado",
            read=queries.notice_facts,
            count=rules.notice_deadlines_of,
            rules=rules.NOTICE_RULES,
            running=queries.running_notices,
            answered_in=authority_in(AuthorityNotice, "authority"),
        )
        install_follow_up("lado", actions.follow_up)
