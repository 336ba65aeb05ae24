"""Notices of who lives where, agreed by the authority that placed and the one that hosts."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Notices of who lives where, agreed by the authority that placed and the one that hosts."""

    name = "workflows.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from backend.deadlines.clockwork import install_clock, install_follow_up
        from workflows.notices import actions, events, reactions, rules  # noqa: F401

        install_clock("notices", rules.deadlines_of, rules.RULES)
        install_follow_up("notices", actions.compare_registers)
        self.name_people()
        self.hang_up_clocks()

    def name_people(self) -> None:
        """Says who plays a part in what is no child's, and who may see it."""
        from backend.access.matters import install_matters
        from workflows.notices import queries

        install_matters(
            "host-notices",
            people=queries.people_of_host_notices,
            visible_to=queries.host_notices_visible_to,
        )
        install_matters(
            "home-notices",
            people=queries.people_of_home_notices,
            visible_to=queries.home_notices_visible_to,
        )
        install_matters(
            "mismatches",
            people=queries.people_of_mismatches,
            visible_to=queries.mismatches_visible_to,
        )
        install_matters(
            "report-requests",
            people=queries.people_of_report_requests,
            visible_to=queries.report_requests_visible_to,
        )

    def hang_up_clocks(self) -> None:
        from backend.casework.case import authority_in
        from backend.deadlines.clockwork import install_matter_clock
        from workflows.notices import queries, rules
        from workflows.notices.models import HomeNotice, HostNotice, Mismatch, ReportRequest

        install_matter_clock(
            "host-notices",
            room="notices",
            read=queries.host_notice_facts,
            count=rules.host_notice_deadlines,
            rules=rules.HOST_NOTICE_RULES,
            running=queries.unacknowledged,
            answered_in=authority_in(HostNotice, "host_authority"),
        )
        install_matter_clock(
            "home-notices",
            room="notices",
            read=queries.home_notice_facts,
            count=rules.home_notice_deadlines,
            rules=rules.HOME_NOTICE_RULES,
            running=queries.unmatched,
            answered_in=authority_in(HomeNotice, "setting__host_authority"),
        )
        install_matter_clock(
            "mismatches",
            room="notices",
            read=queries.mismatch_facts,
            count=rules.mismatch_deadlines,
            rules=rules.MISMATCH_RULES,
            running=queries.unsettled,
            answered_in=authority_in(Mismatch, "child__authority", "setting__host_authority"),
        )
        install_matter_clock(
            "report-requests",
            room="notices",
            read=queries.report_request_facts,
            count=rules.report_deadlines,
            rules=rules.REPORT_RULES,
            running=queries.requests_running,
            answered_in=authority_in(ReportRequest, "setting__host_authority"),
        )
