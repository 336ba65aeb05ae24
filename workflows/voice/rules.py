"""By when a child's view is answered and the child told: local standards, never shown as law."""

from collections.abc import Iterator
from datetime import date

from backend.deadlines.answer import Met, answer, in_words
from backend.deadlines.due import Due
from backend.grammar.clocks import (
    Cite,
    Kind,
    NoFixedPeriod,
    Period,
    Rule,
    Rules,
    Verified,
    WorkingDays,
)
from backend.grammar.roles import Role
from workflows.history import History, ViewFact

ROOM = "voice"
LOCAL_STANDARD = "Local standard"
SET_ON = date(2026, 11, 21)
TOLD = (Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.IRO)


def local_rule(
    ref: str, code: str, title: str, span: Period, counted_from: str, *, applies_when: str = ""
) -> Rule:
    return Rule(
        code=f"voice.{code}",
        ref=ref,
        title=title,
        cite=Cite(LOCAL_STANDARD, "for what children say"),
        kind=Kind.LOCAL_STANDARD,
        # Nothing in an instrument is left to be checked: the standard is our own.
        verified=Verified.VERIFIED,
        span=span,
        counted_from=counted_from,
        applies_when=applies_when,
        checked_on=SET_ON,
        in_force_from=date(2000, 1, 1),
        tells=TOLD,
    )


RULES = Rules(
    local_rule(
        "LOC-01", "answer", "Answer what a child said", WorkingDays(10), "the day it was said",
        applies_when="a child said, signed or showed what they want, feel or choose",
    ),
    local_rule(
        "LOC-02", "tell", "Tell the child what came of it", WorkingDays(5),
        "the day of the answer", applies_when="a view has been answered",
    ),
    local_rule(
        "LOC-03", "keep", "Do what the child was promised", NoFixedPeriod(),
        "the day of the answer", applies_when="the answer promises something by a date",
    ),
)  # fmt: skip


def deadlines_of(history: History, as_of: date) -> list[Due]:
    """What is owed for each view of a child: an answer, telling them, keeping a promise.

    A view is owed its answer wherever the child lives by then, and after they are of age.
    """
    return [due for view in history.views for due in owed_for(view, as_of)]


def owed_for(view: ViewFact, as_of: date) -> Iterator[Due]:
    facts = {"Said on": in_words(view.said_on)}
    yield answer(
        RULES.governing("voice.answer", view.said_on),
        room=ROOM,
        key=f"view:{view.id}:answer",
        counted_from=view.said_on,
        why=f"The child gave a view on {in_words(view.said_on)}. By a local standard, which is "
        "not the law, it is answered within ten working days of that day.",
        as_of=as_of,
        placement=view.placement,
        met=met_on(view.answered_on, view),
        facts=facts,
    )
    given_on = view.answer_given_on
    if given_on is None:
        return
    facts = facts | {"Answered on": in_words(given_on)}
    yield answer(
        RULES.governing("voice.tell", given_on),
        room=ROOM,
        key=f"view:{view.id}:tell",
        counted_from=given_on,
        why=f"The view was answered on {in_words(given_on)}. By a local standard, which is not "
        "the law, the child is told within five working days of that day.",
        as_of=as_of,
        placement=view.placement,
        met=met_on(view.told_on, view),
        facts=facts,
    )
    if view.act_by is None:
        return
    yield answer(
        RULES.governing("voice.keep", given_on),
        room=ROOM,
        key=f"view:{view.id}:keep",
        counted_from=given_on,
        due_on=view.act_by,
        why=f"The answer of {in_words(given_on)} promises the child something by "
        f"{in_words(view.act_by)}. The day was set by those who promised, not by the law.",
        as_of=as_of,
        placement=view.placement,
        met=met_on(view.kept_on, view),
        facts=facts | {"Promised for": in_words(view.act_by)},
    )


def met_on(day: date | None, view: ViewFact) -> Met | None:
    return Met(day, view.id) if day is not None else None
