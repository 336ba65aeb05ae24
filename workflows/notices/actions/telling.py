"""Telling everybody whom the regulations name that a placement started, or ended."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from backend.access.models import Person
from backend.casework.errors import FactRefused
from backend.casework.facts import check_reason, check_text, in_words
from backend.casework.gate import carry_out, open_case
from backend.deadlines.recalculate import recalculate
from backend.events.record import CLOCK
from backend.grammar.moments import day_of
from backend.records.models import Placement, Relative
from workflows.notices.actions.reconciling import reconcile
from workflows.notices.checks import (
    LONGEST_NAME,
    check_may_leave_out,
    check_may_withhold,
    check_plans,
    check_tells_host,
    check_tells_somebody,
    check_told_on,
    check_waits,
)
from workflows.notices.models import (
    OF_A_PLACEMENT,
    OF_AN_ENDING,
    HostNotice,
    Line,
    Notice,
    NoticeKind,
    Outcome,
    Recipient,
)
from workflows.notices.table import TOLD


def open_notice(
    *, placement: Placement, kind: NoticeKind, recorded_by: str, at: datetime
) -> Notice:
    """This will open the notice of a placement, or of its end, with a line for each who must
    be told: the host authority first when the child is out of area."""
    notice = Notice(
        child_id=placement.child_id, placement=placement, kind=kind, recorded_by=recorded_by
    )
    lines = lines_for(placement, kind)

    def draw_up(case: Notice) -> None:
        for line in lines:
            line.notice = case
        Line.objects.bulk_create(lines)

    return open_case(
        notice,
        "open",
        by=CLOCK,
        at=at,
        carries={"what": kind.label, "count": len(lines)},
        then=draw_up,
    )


def lines_for(placement: Placement, kind: NoticeKind) -> list[Line]:
    """Whom the regulations name, for this child and this placement."""
    recipients = OF_A_PLACEMENT if kind == NoticeKind.PLACEMENT else OF_AN_ENDING
    parents = list(
        Relative.objects.filter(child_id=placement.child_id, has_parental_responsibility=True)
    )
    lines: list[Line] = []
    for recipient in recipients:
        if recipient == Recipient.HOST and not is_out_of_area(placement):
            continue
        if recipient == Recipient.PARENT and parents:
            lines += [Line(recipient=recipient, name=each.name) for each in parents]
            continue
        lines.append(Line(recipient=recipient, name=name_of(recipient, placement)))
    return lines


def name_of(recipient: Recipient, placement: Placement) -> str:
    if recipient == Recipient.HOST and placement.host_authority:
        return placement.host_authority.name
    if recipient == Recipient.CARER:
        return placement.where
    return ""


def is_out_of_area(placement: Placement) -> bool:
    return placement.is_in_area is False and placement.host_authority_id is not None


@transaction.atomic
def send_notice(
    *,
    notice: Notice,
    lines: Sequence[Line],
    sent_on: date,
    by: Person,
    at: datetime,
    name: str = "",
    expects: int | None = None,
) -> Notice:
    """This will record who was told in writing on a day: one, or several at once.

    ``name`` says who exactly it was, where it was one.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises UnableToSettleLine: somebody recorded one of them before.
    :raises FactRefused: nobody was named, a day that cannot be, or the host authority, who is
        sent the notice itself.
    """
    check_tells_somebody(lines)
    check_told_on(notice, sent_on, at)
    check_text(name, "name", longest=LONGEST_NAME)
    whom = ", ".join(dict.fromkeys(line.whom for line in lines))
    carries = {"what": notice.what, "on": in_words(sent_on), "whom": whom}
    return _settle(
        notice,
        lines,
        "send",
        Outcome.SENT,
        sent_on,
        by,
        at,
        expects,
        carries,
        name=name if len(lines) == 1 else "",
    )


@transaction.atomic
def send_to_host(
    *,
    notice: Notice,
    sent_on: date,
    by: Person,
    at: datetime,
    needs: str = "",
    why_here: str = "",
    has_care_plan: bool = False,
    expects: int | None = None,
) -> Notice:
    """This will send the host authority its notice, with the assessment of need and why this is
    the most appropriate placement, and wait for them to acknowledge it by name.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises UnableToSettleLine: it was sent before.
    :raises FactRefused: the child is not out of area, or the notice does not say enough.
    """
    line = notice.lines.filter(recipient=Recipient.HOST).first()
    if line is None:
        raise FactRefused("This placement is within the authority's own area.")
    check_told_on(notice, sent_on, at)
    check_tells_host(needs, why_here, notice.kind)
    placement = notice.placement
    assert placement is not None
    assert placement.host_authority is not None
    carries = {"what": notice.what, "on": in_words(sent_on)}
    told = _settle(notice, [line], "send_to_host", Outcome.SENT, sent_on, by, at, expects, carries)
    open_case(
        HostNotice(
            notice=told,
            child_id=notice.child_id,
            placement=placement,
            host_authority=placement.host_authority,
            needs=needs.strip(),
            why_here=why_here.strip(),
            has_care_plan=has_care_plan,
            sent_on=sent_on,
            sent_by=by,
        ),
        "send",
        by=by,
        at=at,
        carries={"what": notice.what},
    )
    if placement.setting_id:
        reconcile([placement.setting_id], at=at)
    return told


@transaction.atomic
def withhold_notice(
    *,
    notice: Notice,
    line: Line,
    reason: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Notice:
    """This will keep that somebody is not told, and why: only those whom the law lets it be
    withheld from.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises UnableToSettleLine: somebody recorded it before.
    :raises FactRefused: the law has them told, or no reason is given.
    """
    reason = check_may_withhold(line, reason)
    carries = {"what": notice.what, "whom": line.whom}
    return _settle(
        notice, [line], "withhold", Outcome.WITHHELD, day_of(at), by, at, expects, carries, reason
    )


@transaction.atomic
def leave_out_recipient(
    *,
    notice: Notice,
    line: Line,
    reason: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Notice:
    """This will keep that there is nobody of that kind to tell, and why.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises UnableToSettleLine: somebody recorded it before.
    :raises FactRefused: there always is one, or no reason is given.
    """
    reason = check_may_leave_out(line, reason)
    carries = {"what": notice.what, "whom": line.whom}
    return _settle(
        notice, [line], "leave_out", Outcome.NOBODY, day_of(at), by, at, expects, carries, reason
    )


def _settle(
    notice: Notice,
    lines: Sequence[Line],
    step: str,
    outcome: Outcome,
    settled_on: date,
    by: Person,
    at: datetime,
    expects: int | None,
    carries: dict[str, str],
    reason: str = "",
    name: str = "",
) -> Notice:
    """Settles these lines, and closes the notice when they were the last."""

    def check(case: Notice) -> None:
        for line in lines:
            line.refresh_from_db()
            check_waits(line, case)

    def keep(case: Notice) -> None:
        for line in lines:
            line.outcome, line.settled_on = outcome, settled_on
            line.reason, line.by = reason, by
            line.name = name.strip() or line.name
            line.save()

    told = carry_out(
        notice, step, by=by, at=at, expects=expects, carries=carries, check=check, then=keep
    )
    return finish_notice(told, at)


def finish_notice(notice: Notice, at: datetime) -> Notice:
    """This will close a notice once nobody is left to be told."""
    if notice.state == TOLD or notice.lines.filter(outcome=Outcome.WAITING).exists():
        return notice
    days = [line.settled_on for line in notice.lines.all() if line.settled_on is not None]
    return carry_out(
        notice,
        "finish",
        by=CLOCK,
        at=at,
        facts={"finished_on": max(days, default=day_of(at))},
        carries={"what": notice.what},
    )


def name_recipient(
    *,
    notice: Notice,
    recipient: str,
    name: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Notice:
    """This will add somebody who must be told as well: a second parent, another school.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: nobody of the kind the regulations name, or no name.
    """
    if recipient not in Recipient.values or recipient == Recipient.HOST:
        raise FactRefused("Say who it is to the child.", field="recipient")
    name = check_text(check_reason(name, "Enter a name.", "name"), "name", longest=LONGEST_NAME)

    def add(case: Notice) -> None:
        Line.objects.create(notice=case, recipient=recipient, name=name)

    return carry_out(
        notice,
        "name_recipient",
        by=by,
        at=at,
        expects=expects,
        carries={"what": notice.what, "whom": Recipient(recipient).label.lower()},
        then=add,
    )


def record_plans(
    *,
    notice: Notice,
    by: Person,
    at: datetime,
    care_plan_on: date | None = None,
    placement_plan_on: date | None = None,
    placement_plan_signed_by: str = "",
    placement_plan_signed_on: date | None = None,
    expects: int | None = None,
) -> Notice:
    """This will record when the care plan and the placement plan were prepared, and who signed.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: nothing said, or days that cannot be.
    """
    check_plans(
        notice,
        care_plan_on=care_plan_on,
        placement_plan_on=placement_plan_on,
        signed_by=placement_plan_signed_by,
        signed_on=placement_plan_signed_on,
        at=at,
    )
    said = [
        f"{what} of {in_words(day)}"
        for what, day in (("care plan", care_plan_on), ("placement plan", placement_plan_on))
        if day is not None
    ]
    return carry_out(
        notice,
        "plan",
        by=by,
        at=at,
        expects=expects,
        facts={
            "care_plan_on": care_plan_on,
            "placement_plan_on": placement_plan_on,
            "placement_plan_signed_by": placement_plan_signed_by.strip(),
            "placement_plan_signed_on": placement_plan_signed_on,
        },
        carries={"what": ", ".join(said)},
    )


def mark_emergency(
    *, notice: Notice, reason: str, by: Person, at: datetime, expects: int | None = None
) -> Notice:
    """This will record that the placement was made in an emergency: notice may follow it.

    :raises NotAllowed, NotNow, MovedOn, FactRefused: as the gate says; no reason.
    """
    if notice.kind != NoticeKind.PLACEMENT:
        raise FactRefused("Only the making of a placement can be an emergency here.")
    reason = check_reason(reason, "Say why the placement was made in an emergency.")
    return carry_out(
        notice, "mark_emergency", by=by, at=at, expects=expects, facts={"reason": reason}
    )


def void_notice(
    *, notice: Notice, reason: str, by: Person, at: datetime, expects: int | None = None
) -> Notice:
    """This will mark a notice as entered in error; nothing is owed on it any more.

    :raises NotAllowed, NotNow, MovedOn, FactRefused: as the gate says; no reason.
    """
    reason = check_reason(reason, "Say what was entered in error.")
    return carry_out(notice, "void", by=by, at=at, expects=expects, facts={"reason": reason})


def acknowledge_notice(
    *, notice: HostNotice, by: Person, at: datetime, expects: int | None = None
) -> HostNotice:
    """This will keep that somebody of the host authority has the notice, by name.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    """
    return carry_out(
        notice,
        "acknowledge",
        by=by,
        at=at,
        expects=expects,
        facts={"acknowledged_by": by, "acknowledged_at": at},
        carries={"by": by.name, "what": notice.notice.what},
    )


@transaction.atomic
def follow_placement(placement: Placement, *, recorded_by: str, at: datetime) -> None:
    """This will bring the notices of a placement into line with what it now says: its start,
    its end, and whether it is out of area."""
    started = _standing(placement, NoticeKind.PLACEMENT)
    if started is None:
        open_notice(placement=placement, kind=NoticeKind.PLACEMENT, recorded_by=recorded_by, at=at)
    else:
        _follow_area(started, placement, at)
    follow_ending(placement, recorded_by=recorded_by, at=at)


def follow_ending(placement: Placement, *, recorded_by: str, at: datetime) -> None:
    """This will open the notice of an end, or take it back when the end was an error."""
    ending = _standing(placement, NoticeKind.ENDING)
    if placement.ended_on is not None and ending is None:
        open_notice(placement=placement, kind=NoticeKind.ENDING, recorded_by=recorded_by, at=at)
    elif placement.ended_on is None and ending is not None:
        carry_out(
            ending,
            "void",
            by=CLOCK,
            at=at,
            facts={"reason": "The placement was corrected: it has not ended."},
        )


def _standing(placement: Placement, kind: NoticeKind) -> Notice | None:
    return Notice.objects.filter(placement=placement, kind=kind).exclude(state="void").first()


def _follow_area(notice: Notice, placement: Placement, at: datetime) -> None:
    host = notice.lines.filter(recipient=Recipient.HOST).first()
    if is_out_of_area(placement) and host is None:
        name = placement.host_authority.name if placement.host_authority else ""
        carry_out(
            notice,
            "name_recipient",
            by=CLOCK,
            at=at,
            carries={"what": notice.what, "whom": Recipient.HOST.label.lower()},
            then=lambda case: _add_host(case, name),
        )
    elif not is_out_of_area(placement) and host is not None and host.outcome == Outcome.WAITING:
        host.delete()
        finish_notice(notice, at)
        recalculate([placement.child_id], by=CLOCK, at=at)


def _add_host(notice: Notice, name: str) -> None:
    Line.objects.create(notice=notice, recipient=Recipient.HOST, name=name)
