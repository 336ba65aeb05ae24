"""The home's own notice that a child came or left, and matching it with who placed them."""

from datetime import date, datetime

from django.db import transaction

from backend.access.models import Person
from backend.casework.facts import check_reason, in_words
from backend.casework.gate import By, carry_out, open_case
from backend.events.record import CLOCK
from backend.grammar.moments import day_of
from backend.records.models import Authority, Placement, Setting
from workflows.notices.actions.reconciling import placement_for, reconcile
from workflows.notices.checks import check_can_match, check_home_notice, check_name
from workflows.notices.models import HasPlan, HomeNotice, HomeNoticeKind


@transaction.atomic
def send_home_notice(
    *,
    setting: Setting,
    kind: str,
    name: str,
    date_of_birth: date,
    happened_on: date,
    basis: str,
    authority_contact: str,
    iro_contact: str,
    has_ehc_plan: str,
    by: Person,
    at: datetime,
    placing_authority: Authority | None = None,
    ehc_authority: Authority | None = None,
    sent_on: date | None = None,
    came_on_paper: bool = False,
) -> HomeNotice:
    """This will give the host authority the home's notice that a child came or left, match it
    with the child where exactly one fits, and compare the two sources.

    :raises NotAllowed: the person neither runs this home nor keeps the register of its area.
    :raises FactRefused: something that the notice must say is missing, or cannot be true.
    """
    said_on = sent_on or day_of(at)
    check_home_notice(
        setting,
        kind=kind,
        date_of_birth=date_of_birth,
        happened_on=happened_on,
        sent_on=said_on,
        basis=basis,
        has_ehc_plan=has_ehc_plan,
        ehc_authority=ehc_authority,
        at=at,
    )
    notice = HomeNotice(
        setting=setting,
        kind=kind,
        name=check_name(name, "Enter the child's name.", "name"),
        date_of_birth=date_of_birth,
        happened_on=happened_on,
        basis=basis,
        placing_authority=placing_authority,
        authority_contact=check_name(
            authority_contact,
            "Say whom to call there, and how.",
            "authority_contact",
            300,
        ),
        iro_contact=check_name(
            iro_contact, "Say how to reach the independent reviewing officer.", "iro_contact", 300
        ),
        has_ehc_plan=has_ehc_plan,
        ehc_authority=ehc_authority if has_ehc_plan == HasPlan.YES else None,
        sent_on=said_on,
        sent_by=by,
        came_on_paper=came_on_paper,
    )
    carries = {"what": HomeNoticeKind(kind).label, "on": in_words(said_on)}
    sent = open_case(notice, "send", by=by, at=at, carries=carries)
    placement = placement_for(sent)
    if placement is not None:
        sent = _match(sent, placement, CLOCK, at)
    reconcile([setting.pk], at=at)
    return sent


def _match(
    notice: HomeNotice, placement: Placement, by: By, at: datetime, expects: int | None = None
) -> HomeNotice:
    return carry_out(
        notice,
        "match",
        by=by,
        at=at,
        expects=expects,
        facts={"placement": placement},
        carries={"what": notice.what},
        check=lambda case: check_can_match(case, placement),
    )


@transaction.atomic
def match_home_notice(
    *,
    notice: HomeNotice,
    placement: Placement,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> HomeNotice:
    """This will say which placed child the home's notice is about.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused, UnableToMatch: another home, or another notice says the same.
    """
    matched = _match(notice, placement, by, at, expects)
    reconcile([notice.setting_id], at=at)
    return matched


@transaction.atomic
def unmatch_home_notice(
    *, notice: HomeNotice, by: Person, at: datetime, expects: int | None = None
) -> HomeNotice:
    """This will say that the home's notice is about somebody else.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    """
    unmatched = carry_out(notice, "unmatch", by=by, at=at, expects=expects)
    reconcile([notice.setting_id], at=at, matches=False)
    return unmatched


def acknowledge_home_notice(
    *, notice: HomeNotice, by: Person, at: datetime, expects: int | None = None
) -> HomeNotice:
    """This will keep that somebody of the host authority has the home's notice, by name.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    """
    return carry_out(
        notice,
        "acknowledge",
        by=by,
        at=at,
        expects=expects,
        facts={"acknowledged_by": by, "acknowledged_at": at},
        carries={"by": by.name},
    )


@transaction.atomic
def void_home_notice(
    *, notice: HomeNotice, reason: str, by: Person, at: datetime, expects: int | None = None
) -> HomeNotice:
    """This will mark the home's notice as entered in error, and compare the sources again.

    :raises NotAllowed, NotNow, MovedOn, FactRefused: as the gate says; no reason.
    """
    reason = check_reason(reason, "Say what was entered in error.")
    voided = carry_out(notice, "void", by=by, at=at, expects=expects, facts={"reason": reason})
    reconcile([notice.setting_id], at=at)
    return voided
