"""Raising a concern, answering it, and settling it between the two sides."""

from datetime import date, datetime
from typing import Any

from django.db import transaction

from backend.access.models import Person
from backend.casework.case import lock_child
from backend.casework.errors import FactRefused, NotAllowed
from backend.casework.facts import check_reason, check_text, in_words
from backend.casework.gate import carry_out, open_case, require_part_in
from backend.events.record import CLOCK, record
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.notify.tell import Telling, tell
from backend.records.models import Authority, Child, Setting
from workflows.escalations import events
from workflows.escalations.actions.climbing import (
    current_stage,
    last_event,
    send_to,
    tell_own_side,
)
from workflows.escalations.actions.directory import ladder_for
from workflows.escalations.checks import (
    check_came_from,
    check_can_skip,
    check_can_take_up,
    check_coming,
    check_is_raiser,
    check_outside,
    check_words,
    sides_of,
    standing_of,
)
from workflows.escalations.ladders import Use
from workflows.escalations.models import (
    USES,
    Escalation,
    Exit,
    Kind,
    Message,
    Note,
    Outside,
    Why,
)
from workflows.escalations.queries import side_of
from workflows.escalations.table import OPEN, READERS


def raise_concern(
    *,
    kind: str,
    concern: str,
    wanted: str,
    by: Person,
    at: datetime,
    child: Child | None = None,
    setting: Setting | None = None,
    wanted_by: date | None = None,
    is_immediate_risk: bool = False,
    risk: str = "",
    came_from: str = "",
    rung: int = 0,
) -> Escalation:
    """This will raise a concern with another agency, and send it to the first level of a ladder
    that is frozen into it. With an immediate risk it may start higher.

    Who asks whom is read from the records, never from what was sent.

    :raises NotAllowed: the person plays no part by which this can be raised here.
    :raises FactRefused: nothing said, or work they may not see named as where it came from.
    """
    if kind not in Kind or kind == Kind.LADO_DECISION:
        raise FactRefused("Choose whom it is raised with.", field="kind")
    sides = sides_of(Kind(kind), standing_of(by, child, setting, day_of(at)))
    check_words(concern, wanted, risk, is_immediate_risk=is_immediate_risk)
    check_coming(wanted_by, at, "wanted_by")
    came_from = check_came_from(came_from, child, by)
    # An advocate's concern is about the home, and stands on no child's record.
    of_child = child if kind != Kind.ADVOCATE_HOST else None
    home = setting or (sides.to_setting or sides.from_setting)
    if kind == Kind.ADVOCATE_HOST and home is None:
        home = standing_of(by, child, setting, day_of(at)).setting
    return _open(
        Escalation(
            kind=kind,
            child=of_child,
            setting=home,
            came_from=came_from,
            raised_by=by,
            concern=concern.strip(),
            wanted=wanted.strip(),
            wanted_by=wanted_by,
            is_immediate_risk=is_immediate_risk,
            risk=risk.strip() if is_immediate_risk else "",
            **vars(sides),
        ),
        by=by,
        at=at,
        rung=rung,
    )


def challenge_lado_decision(
    *,
    about: str,
    authority: Authority,
    words: str,
    by: Person,
    at: datetime,
) -> Escalation:
    """This will take a challenge of a LADO's decision to the named senior of that authority.

    Only those who raised it and those who are asked may read it.

    :raises FactRefused: nothing said.
    """
    check_words(words, words, "", is_immediate_risk=False)
    return _open(
        Escalation(
            kind=Kind.LADO_DECISION,
            came_from=about,
            raised_by=by,
            raised_as="",
            to_authority=authority,
            concern=words.strip(),
            wanted="The decision is looked at again by somebody senior.",
        ),
        by=by,
        at=at,
    )


@transaction.atomic
def _open(case: Escalation, *, by: Person, at: datetime, rung: int = 0) -> Escalation:
    use = USES.get(Kind(case.kind), Use.CHALLENGE)
    ladder = ladder_for(use, case.from_authority, case.to_authority)
    if not 0 <= rung < len(ladder.rungs):
        raise FactRefused("Choose a level of the ladder.", field="rung")
    if rung and not (case.is_immediate_risk or case.kind == Kind.IRO_DISPUTE):
        raise FactRefused(
            "A level is passed over only when there is an immediate risk.", field="rung"
        )
    case.ladder_name, case.ladder_source = ladder.name, ladder.source
    case.ladder_verified = str(ladder.verified)
    case.rungs = [one.frozen() for one in ladder.rungs]
    if case.child_id is not None:
        lock_child(case.child_id)
    carries: dict[str, Any] = {"other": case.to_name}

    def begin(opened: Escalation) -> None:
        send_to(
            opened,
            rung,
            why=Why.RISK if rung and opened.is_immediate_risk else Why.RAISED,
            reason=opened.risk if rung else "",
            at=at,
            counted_from=day_of(at),
            carries=carries,
        )

    opened = open_case(case, "send", by=by, at=at, carries=carries, then=begin)
    tell_own_side(current_stage(opened), last_event(opened), at)
    return opened


def confirm_receipt(
    *, escalation: Escalation, by: Person, at: datetime, expects: int | None = None
) -> Escalation:
    """This will keep that a named person has the concern. It is not an answer.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    """

    def keep(case: Escalation) -> None:
        stage = current_stage(case)
        stage.received_at, stage.received_by = at, by
        stage.save(update_fields=["received_at", "received_by"])

    return carry_out(escalation, "receive", by=by, at=at, then=keep, expects=expects)


def answer_concern(
    *,
    escalation: Escalation,
    answer: str,
    promised_by_whom: str,
    promised_by: date | None,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Escalation:
    """This will answer a concern: what will be done, by whom and by when.

    It counts as received too. The raiser says whether that is enough.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: nothing said, nobody named, or a day that has passed.
    """
    answer = check_reason(answer, "Say what will be done, or why nothing will be.", "answer")
    whom = check_reason(promised_by_whom, "Say who will do it.", "promised_by_whom")
    check_text(whom, "promised_by_whom", longest=200)
    check_coming(promised_by, at, "promised_by")

    def keep(case: Escalation) -> None:
        stage = current_stage(case)
        if stage.received_at is None:
            stage.received_at, stage.received_by = at, by
        stage.answered_at, stage.answered_by, stage.answer = at, by, answer
        stage.promised_by_whom, stage.promised_by = whom, promised_by
        stage.save()

    return carry_out(
        escalation,
        "answer",
        by=by,
        at=at,
        then=keep,
        expects=expects,
        carries={"by": in_words(promised_by) if promised_by else "no day that was said"},
    )


def accept_answer(
    *, escalation: Escalation, by: Person, at: datetime, expects: int | None = None
) -> Escalation:
    """This will accept an answer; the concern stays open until it is carried out.

    :raises NotAllowed: not the one who raised it.
    :raises NotNow, MovedOn: as the gate says.
    """

    def keep(case: Escalation) -> None:
        stage = current_stage(case)
        stage.decided_at, stage.was_accepted = at, True
        stage.save(update_fields=["decided_at", "was_accepted"])

    return carry_out(
        escalation,
        "accept",
        by=by,
        at=at,
        check=lambda case: check_is_raiser(case, by),
        then=keep,
        expects=expects,
    )


@transaction.atomic
def take_up(
    *, escalation: Escalation, reason: str, by: Person, at: datetime, expects: int | None = None
) -> Escalation:
    """This will send a concern to the next level because its answer is not accepted, or was
    accepted and not carried out.

    :raises NotAllowed: not the one who raised it.
    :raises NotNow: there is no higher level, or the gate says so.
    """
    reason = check_reason(reason, "Say why the answer is not enough.", "reason")
    carries: dict[str, Any] = {}

    def check(case: Escalation) -> None:
        check_is_raiser(case, by)
        check_can_take_up(case, current_stage(case))

    def climb(case: Escalation) -> None:
        stage = current_stage(case)
        if stage.decided_at is None:
            stage.decided_at = at
            stage.save(update_fields=["decided_at"])
        send_to(
            case,
            check_can_take_up(case, stage),
            why=Why.NOT_ACCEPTED,
            reason=reason,
            at=at,
            counted_from=day_of(at),
            carries=carries,
        )

    moved = carry_out(
        escalation,
        "take_up",
        by=by,
        at=at,
        check=check,
        then=climb,
        carries=carries,
        expects=expects,
    )
    tell_own_side(current_stage(moved), last_event(moved), at)
    return moved


@transaction.atomic
def skip_level(
    *,
    escalation: Escalation,
    rung: int,
    reason: str,
    is_risk: bool,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Escalation:
    """This will send a concern straight to a higher level: on immediate risk, or because the IRO
    passes over a stage.

    :raises NotAllowed: not the one who raised it.
    :raises FactRefused: no higher level, no reason, or no risk where there must be one.
    """
    reason = check_reason(reason, "Say why it cannot wait at the level where it is.", "reason")
    carries: dict[str, Any] = {}

    def check(case: Escalation) -> None:
        check_is_raiser(case, by)
        check_can_skip(case, current_stage(case), rung, is_risk=is_risk)

    def climb(case: Escalation) -> None:
        send_to(
            case,
            rung,
            why=Why.RISK if is_risk else Why.BYPASSED,
            reason=reason,
            at=at,
            counted_from=day_of(at),
            carries=carries,
        )

    moved = carry_out(
        escalation,
        "skip",
        by=by,
        at=at,
        check=check,
        then=climb,
        carries=carries,
        expects=expects,
    )
    tell_own_side(current_stage(moved), last_event(moved), at)
    return moved


def go_outside(
    *,
    escalation: Escalation,
    where: str,
    reason: str,
    by: Person,
    at: datetime,
    to_name: str = "",
    expects: int | None = None,
) -> Escalation:
    """This will keep that a concern was taken outside the two agencies; it stays as it is.

    It is possible at any time. Cafcass is the IRO's door, and never closed to them.

    :raises NotAllowed: no part in this concern.
    :raises FactRefused: no such door, or no reason.
    """
    reason = check_reason(reason, "Say why you take it outside.", "reason")
    to_name = check_text(to_name.strip(), "to_name", longest=200)
    roles = sorted(escalation.parts_of(by, day_of(at)))
    if roles:
        check_outside(escalation, where, roles, by)
    label = Outside(where).label if where in Outside.values else where
    return carry_out(
        escalation,
        "go_outside",
        by=by,
        at=at,
        then=lambda case: _keep_exit(case, where, reason, to_name, by, at),
        carries={"where": label},
        expects=expects,
    )


def _keep_exit(
    case: Escalation, where: str, reason: str, to_name: str, by: Person, at: datetime
) -> None:
    Exit.objects.create(escalation=case, where=where, reason=reason, to_name=to_name, by=by, at=at)


def resolve_concern(
    *,
    escalation: Escalation,
    ended_how: str,
    changed_for_child: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Escalation:
    """This will close a concern because the one who raised it says that it is resolved.

    :raises NotAllowed: not the one who raised it.
    :raises FactRefused: nothing said of what changed for the child.
    """
    how = check_reason(ended_how, "Say what was agreed.", "ended_how")
    return _close("resolve", escalation, how, changed_for_child, by, at, expects)


def disagree(
    *,
    escalation: Escalation,
    ended_how: str,
    changed_for_child: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Escalation:
    """This will close a concern with the disagreement recorded.

    :raises NotAllowed: not the one who raised it.
    :raises FactRefused: nothing said of the disagreement, or of what changed for the child.
    """
    how = check_reason(ended_how, "Say what you still disagree about.", "ended_how")
    return _close("disagree", escalation, how, changed_for_child, by, at, expects)


def withdraw_concern(
    *,
    escalation: Escalation,
    reason: str,
    changed_for_child: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Escalation:
    """This will withdraw a concern; it stays on the record with the reason.

    :raises NotAllowed: not the one who raised it.
    :raises FactRefused: no reason, or nothing said of what changed for the child.
    """
    how = check_reason(reason, "Say why you withdraw it.", "reason")
    return _close("withdraw", escalation, how, changed_for_child, by, at, expects)


def _close(
    step: str,
    escalation: Escalation,
    ended_how: str,
    changed_for_child: str,
    by: Person,
    at: datetime,
    expects: int | None,
) -> Escalation:
    return carry_out(
        escalation,
        step,
        by=by,
        at=at,
        check=lambda case: check_is_raiser(case, by),
        facts={
            "ended_how": ended_how,
            "changed_for_child": check_reason(
                changed_for_child,
                "Say what changed for the child, also when that is nothing.",
                "changed_for_child",
            ),
            "on": day_of(at),
        },
        expects=expects,
    )


def void_concern(
    *, escalation: Escalation, reason: str, by: Person, at: datetime, expects: int | None = None
) -> Escalation:
    """This will mark a concern as entered in error; it is kept, and owes nothing.

    :raises NotAllowed: not the one who raised it.
    :raises FactRefused: no reason.
    """
    how = check_reason(reason, "Say what was entered in error.", "reason")
    return carry_out(
        escalation,
        "void",
        by=by,
        at=at,
        check=lambda case: check_is_raiser(case, by),
        facts={"ended_how": how, "on": day_of(at)},
        expects=expects,
    )


@transaction.atomic
def write_message(*, escalation: Escalation, words: str, by: Person, at: datetime) -> Message:
    """This will write to the other side; both sides read it.

    :raises NotAllowed: no part in this concern.
    :raises FactRefused: nothing written.
    """
    require_part_in(escalation, by, READERS, at, "write to the other side here")
    words = check_reason(words, "Write what you want to say.", "words")
    message = Message.objects.create(escalation=escalation, by=by, at=at, words=words)
    event = record(
        events.WROTE,
        by=by,
        at=at,
        about=escalation.about,
        child_id=escalation.child_id,
        setting_id=escalation.setting_id,
        carries={},
    )
    if escalation.state in OPEN:
        roles = (Role.RAISED_BY, Role.SENT_TO)
        tell([Telling(event, roles, about=escalation.about)], at=at)
    return message


def keep_note(*, escalation: Escalation, words: str, by: Person, at: datetime) -> Note:
    """This will keep a note for one's own side, which the other never sees. Nobody is told.

    :raises NotAllowed: on neither side of this concern.
    :raises FactRefused: nothing written.
    """
    require_part_in(escalation, by, READERS, at, "keep a note here")
    side = side_of(by, escalation, escalation.parts_of(by, day_of(at)))
    if side is None:
        raise NotAllowed(
            "You read this concern from neither side, so there is no side to note for."
        )
    words = check_reason(words, "Write the note.", "words")
    return Note.objects.create(escalation=escalation, side=side, by=by, at=at, words=words)


def offer_concern(*, child_id: int, visit: str, on: date, at: datetime) -> None:
    """This will remind the social worker and the IRO that a concern can be raised, after a visit
    that doubts a child's welfare. Nothing is raised by itself."""
    event = record(
        events.OFFERED,
        by=CLOCK,
        at=at,
        about=visit,
        child_id=child_id,
        carries={"on": in_words(on)},
    )
    tell([Telling(event, (Role.SOCIAL_WORKER, Role.IRO))], at=at)
