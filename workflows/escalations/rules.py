"""The clocks of a concern: the days of its own ladder, and the 20 working days of the IRO."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from backend.deadlines.answer import Met, Stop, answer, in_words
from backend.deadlines.count import add_working_days
from backend.deadlines.due import Due
from backend.grammar.clocks import (
    Cite,
    Kind,
    NoFixedPeriod,
    Rule,
    Rules,
    Verified,
    WorkingDays,
)
from backend.grammar.roles import Role

ROOM = "escalations"
RECEIPT, RESPONSE = "escalations.receipt", "escalations.response"
ACCEPTANCE, PROMISE, CAP = (
    "escalations.acceptance",
    "escalations.promise",
    "escalations.dispute",
)
#: How long the raiser has to say whether an answer is accepted; local, not law.
ACCEPTANCE_DAYS = 5
#: The national limit of an IRO's dispute (IRO-10).
CAP_DAYS = WorkingDays(20)
CHECKED = date(2026, 11, 22)
ALWAYS = date(2000, 1, 1)


def by_ladder(code: str, ref: str, title: str, counted_from: str, *tells: Role) -> Rule:
    """A clock whose days stand in the ladder that was frozen into the case."""
    return Rule(
        code=code,
        ref=ref,
        title=title,
        cite=Cite("Local standard", "in the ladder of this concern"),
        kind=Kind.LOCAL_STANDARD,
        # No instrument is left to be checked: the ladder itself is the standard.
        verified=Verified.VERIFIED,
        span=NoFixedPeriod(),
        counted_from=counted_from,
        checked_on=CHECKED,
        in_force_from=ALWAYS,
        who="whoever it was sent to",
        tells=tells,
    )


RULES = Rules(
    by_ladder(
        RECEIPT,
        "LOC-31",
        "Somebody confirms having received the concern",
        "the day it was sent to this level",
        Role.RAISED_BY,
        Role.SENT_TO,
    ),
    # Its slip tells nobody by itself: the concern goes up at once, and that is told.
    by_ladder(
        RESPONSE,
        "LOC-32",
        "The concern is answered",
        "the day it was sent to this level",
    ),
    by_ladder(
        ACCEPTANCE,
        "LOC-33",
        "The raiser says whether the answer is accepted",
        "the day of the answer",
        Role.RAISED_BY,
    ),
    by_ladder(
        PROMISE,
        "LOC-34",
        "What was promised in the answer is done",
        "the day of the answer",
        Role.RAISED_BY,
        Role.SENT_TO,
    ),
    Rule(
        code=CAP,
        ref="IRO-10",
        title="The whole dispute is settled",
        cite=Cite(
            "IRO Handbook",
            "paras 6.2, 6.4",
            "https://hullchserv.proceduresonline.com/p_icro_escalation.html",
        ),
        kind=Kind.STATUTORY_GUIDANCE,
        verified=Verified.SECONDARY,
        span=CAP_DAYS,
        counted_from="the start of the formal dispute",
        applies_when="an IRO opens a formal dispute",
        checked_on=CHECKED,
        in_force_from=date(2010, 3, 1),
        tells=(Role.RAISED_BY, Role.SENT_TO, Role.IRO_MANAGER, Role.DIRECTOR),
        note="The IRO may skip stages, and may refer to Cafcass at any point.",
    ),
)


@dataclass(frozen=True, slots=True)
class StageFact:
    """One level that a concern was sent to, and what came of it there."""

    number: int
    level: str
    counted_from: date
    receive_days: int
    answer_days: int
    found_somebody: bool = True
    is_formal: bool = True
    received_on: date | None = None
    answered_on: date | None = None
    decided_on: date | None = None
    """The day the raiser accepted the answer, or did not."""
    promised_by: date | None = None
    was_accepted: bool = False
    ended_on: date | None = None


@dataclass(frozen=True, slots=True)
class ConcernFact:
    """A concern as its clocks read it."""

    stages: tuple[StageFact, ...]
    is_dispute: bool = False
    closed_on: date | None = None
    closed_as: str = ""


def deadlines_of(concern: ConcernFact, as_of: date) -> list[Due]:
    """Everything that is owed in one concern, level by level."""
    closed = Stop(concern.closed_on, "the concern was closed") if concern.closed_on else None
    found = [due for stage in concern.stages for due in of_stage(stage, closed, as_of)]
    return [*found, *of_dispute(concern, as_of)]


def of_stage(stage: StageFact, closed: Stop | None, as_of: date) -> Iterator[Due]:
    if not stage.found_somebody:
        return
    sent_on = Stop(stage.ended_on, "it was sent on") if stage.ended_on else None
    stop = sent_on or closed
    began = f"It was sent to this level ({stage.level}) on {in_words(stage.counted_from)}"
    for code, key, days, met_on, words in (
        (RECEIPT, "receipt", stage.receive_days, stage.received_on, "to confirm receipt"),
        (RESPONSE, "response", stage.answer_days, stage.answered_on, "to answer"),
    ):
        yield answer(
            RULES.governing(code, stage.counted_from),
            room=ROOM,
            key=f"{key}:{stage.number}",
            counted_from=stage.counted_from,
            due_on=add_working_days(stage.counted_from, days),
            why=f"{began}; its ladder gives {days} working day{'' if days == 1 else 's'} {words}. "
            "This is a local standard, not the law.",
            as_of=as_of,
            met=Met(met_on) if met_on else None,
            stop=stop,
            facts={"Level": stage.level, "Working days": str(days)},
        )
    if stage.answered_on is not None:
        yield from of_answer(stage, stage.answered_on, closed, stop, as_of)


def of_answer(
    stage: StageFact, answered_on: date, closed: Stop | None, stop: Stop | None, as_of: date
) -> Iterator[Due]:
    """What follows an answer: the raiser's word on it, and what was promised."""
    decided = stage.decided_on or (closed.on if closed else None)
    yield answer(
        RULES.governing(ACCEPTANCE, answered_on),
        room=ROOM,
        key=f"acceptance:{stage.number}",
        counted_from=answered_on,
        due_on=add_working_days(answered_on, ACCEPTANCE_DAYS),
        why=f"It was answered on {in_words(answered_on)}. Local target: the raiser says within "
        f"{ACCEPTANCE_DAYS} working days whether that is enough. This is not the law.",
        as_of=as_of,
        met=Met(decided) if decided else None,
        stop=stop,
    )
    if stage.was_accepted and stage.promised_by is not None:
        yield answer(
            RULES.governing(PROMISE, answered_on),
            room=ROOM,
            key=f"promise:{stage.number}",
            counted_from=answered_on,
            due_on=stage.promised_by,
            why=f"The answer of {in_words(answered_on)} promised it by "
            f"{in_words(stage.promised_by)}, and the raiser accepted that.",
            as_of=as_of,
            met=Met(closed.on) if closed else None,
            stop=stop if not closed else None,
        )


def of_dispute(concern: ConcernFact, as_of: date) -> Iterator[Due]:
    """The national limit on the whole of an IRO's dispute, from its first formal level."""
    formal = next((stage for stage in concern.stages if stage.is_formal), None)
    if not concern.is_dispute or formal is None:
        return
    withdrawn = concern.closed_as in ("withdrawn", "void")
    ended = concern.closed_on
    yield answer(
        RULES.governing(CAP, formal.counted_from),
        room=ROOM,
        key="dispute",
        counted_from=formal.counted_from,
        why=f"The formal dispute began on {in_words(formal.counted_from)}; the whole of it takes "
        "no more than 20 working days.",
        as_of=as_of,
        met=Met(ended) if ended and not withdrawn else None,
        stop=Stop(ended, "the dispute was withdrawn") if ended and withdrawn else None,
    )
