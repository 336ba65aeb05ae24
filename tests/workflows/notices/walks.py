"""Ways to where a notice, a decision or a difference stands, by taking the real steps."""

from datetime import date, datetime, timedelta
from typing import Any

from backend.access.models import Person
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.records.models import Placement
from tests.factories import NOW, TODAY, World, moment
from workflows.notices import actions
from workflows.notices.models import (
    MAY_BE_NOBODY,
    Approval,
    ConditionKind,
    HomeNotice,
    Line,
    Notice,
    Recipient,
)

START = TODAY - timedelta(days=56)


def the_notice(placement: Placement, kind: str = "placement") -> Notice:
    return Notice.objects.get(placement=placement, kind=kind)


def line_of(notice: Notice, recipient: str) -> Line:
    return Line.objects.filter(notice=notice, recipient=recipient).first()  # type: ignore[return-value]


def tell_host(world: World, notice: Notice, at: datetime = NOW, **facts: Any) -> Notice:
    given: dict[str, Any] = {
        "sent_on": day_of(at),
        "needs": "Waking night staff; signs.",
        "why_here": "No nearer home has waking nights.",
        "has_care_plan": True,
        **facts,
    }
    return actions.send_to_host(notice=notice, by=world[Role.SOCIAL_WORKER], at=at, **given)


def tell_everybody(
    world: World, notice: Notice, at: datetime = NOW, *, host: bool = True
) -> Notice:
    """Settles every line: those who may not exist are nobody, the rest are told."""
    by = world[Role.SOCIAL_WORKER]
    for line in notice.lines.filter(outcome="waiting"):
        if line.recipient == Recipient.HOST:
            if host:
                notice = tell_host(world, notice, at)
        elif line.recipient in MAY_BE_NOBODY:
            notice = actions.leave_out_recipient(
                notice=notice, line=line, reason="None known.", by=by, at=at
            )
        else:
            notice = actions.send_notice(
                notice=notice, lines=[line], sent_on=day_of(at), by=by, at=at
            )
    return Notice.objects.get(pk=notice.pk)


def asked(world: World, at: datetime = NOW, **facts: Any) -> Approval:
    given: dict[str, Any] = {
        "child": world.child,
        "placement": world.placement,
        "needs": "Waking night staff.",
        "why_here": "No nearer home has waking nights.",
        **facts,
    }
    return actions.ask_approval(by=world[Role.SOCIAL_WORKER], at=at, **given)


def satisfied(world: World, approval: Approval, *kinds: str, at: datetime = NOW) -> Approval:
    for kind in kinds or ConditionKind.values:
        approval = actions.satisfy_condition(
            approval=approval,
            kind=kind,
            evidence="Talked through on the day.",
            satisfied_on=day_of(at),
            by=world[Role.SOCIAL_WORKER],
            at=at,
        )
    return approval


def home_says(
    world: World,
    happened_on: date = START,
    kind: str = "admission",
    at: datetime | None = None,
    by: Person | None = None,
    **facts: Any,
) -> HomeNotice:
    given: dict[str, Any] = {
        "setting": world.setting,
        "name": world.child.name,
        "date_of_birth": world.child.date_of_birth,
        "basis": "s31",
        "authority_contact": "Duty desk, 020 7946 0000",
        "iro_contact": "020 7946 0001",
        "has_ehc_plan": "no",
        **facts,
    }
    return actions.send_home_notice(
        kind=kind,
        happened_on=happened_on,
        by=by or world[Role.REGISTERED_MANAGER],
        at=at or moment(happened_on, 15),
        **given,
    )
