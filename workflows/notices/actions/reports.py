"""The host authority's standing request for the independent visitor's monthly reports."""

from datetime import date, datetime

from django.db import transaction

from backend.access.models import Person
from backend.casework.facts import check_reason, check_text, in_words
from backend.casework.gate import carry_out, open_case
from backend.grammar.moments import day_of
from backend.records.models import Setting
from workflows.notices.checks import check_can_ask_reports, check_report
from workflows.notices.models import MonthlyReport, ReportRequest


@transaction.atomic
def ask_for_reports(*, setting: Setting, by: Person, at: datetime, why: str = "") -> ReportRequest:
    """This will ask a home for its independent visitor's reports, every month from now on.

    :raises NotAllowed: the setting is not in the person's area.
    :raises UnableToAskForReports: a request stands already.
    """
    Setting.objects.select_for_update(of=("self",)).get(pk=setting.pk)
    check_can_ask_reports(setting)
    request = ReportRequest(
        setting=setting, asked_by=by, asked_on=day_of(at), why=check_text(why, "why").strip()
    )
    return open_case(request, "ask", by=by, at=at)


def agree_to_reports(
    *, request: ReportRequest, by: Person, at: datetime, expects: int | None = None
) -> ReportRequest:
    """This will agree to send the reports; one is expected for every month from this one.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    """
    return carry_out(
        request, "agree", by=by, at=at, expects=expects, facts={"by": by, "on": day_of(at)}
    )


def refuse_reports(
    *, request: ReportRequest, reason: str, by: Person, at: datetime, expects: int | None = None
) -> ReportRequest:
    """This will refuse to send the reports, with the reason.

    :raises NotAllowed, NotNow, MovedOn, FactRefused: as the gate says; no reason.
    """
    reason = check_reason(reason, "Say why the reports are refused.")
    facts = {"by": by, "on": day_of(at), "reason": reason}
    return carry_out(request, "refuse", by=by, at=at, expects=expects, facts=facts)


def receive_report(
    *,
    request: ReportRequest,
    month: date,
    received_on: date,
    by: Person,
    at: datetime,
    visited_on: date | None = None,
    is_safeguarded: bool | None = None,
    summary: str = "",
    expects: int | None = None,
) -> ReportRequest:
    """This will record that the report for a month came, and what it says in short.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: a month to come, or one that was received before.
    """
    first = check_report(request, month, received_on, visited_on, at)
    check_text(summary, "summary")

    def keep(case: ReportRequest) -> None:
        MonthlyReport.objects.create(
            request=case,
            month=first,
            visited_on=visited_on,
            received_on=received_on,
            is_safeguarded=is_safeguarded,
            summary=summary.strip(),
            by=by,
        )

    return carry_out(
        request,
        "receive",
        by=by,
        at=at,
        expects=expects,
        carries={"month": f"{first:%B %Y}", "on": in_words(received_on)},
        check=lambda case: _check_again(case, first, received_on, visited_on, at),
        then=keep,
    )


def _check_again(
    case: ReportRequest, first: date, received_on: date, visited_on: date | None, at: datetime
) -> None:
    """Once more behind the lock: two may record the same report at once."""
    check_report(case, first, received_on, visited_on, at)


def withdraw_request_for_reports(
    *, request: ReportRequest, reason: str, by: Person, at: datetime, expects: int | None = None
) -> ReportRequest:
    """This will withdraw the request; no more reports are expected.

    :raises NotAllowed, NotNow, MovedOn, FactRefused: as the gate says; no reason.
    """
    reason = check_reason(reason, "Say why the request is withdrawn.")
    facts = {"on": day_of(at), "reason": reason}
    return carry_out(request, "withdraw", by=by, at=at, expects=expects, facts=facts)
