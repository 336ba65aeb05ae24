"""How a concern reads: where it stands, its ladder, and what both sides said, in one thread."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.urls import reverse

from backend.access.matters import is_matter, may_see
from backend.access.models import Person
from backend.access.visibility import depth_of
from backend.events.models import Event
from backend.grammar.clocks import Verified
from backend.grammar.events import KINDS, Depth
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from frontend.pages.children.told import row
from frontend.pages.escalations.asking import Looking
from frontend.pages.notifications.ways import CASES, address
from frontend.parts.words import capital, count_of, listed, long_date
from workflows.escalations import events
from workflows.escalations.ladders import LOCAL_DEFAULT_WORDS
from workflows.escalations.models import Escalation, Side, Stage, Why
from workflows.escalations.table import ACCEPTED, ANSWERED, OPEN, WAITING

PRIMARY = ("receive", "answer", "accept", "resolve")
STEP_WORDS = {
    "receive": "Confirm that you have this",
    "answer": "Answer",
    "accept": "Accept the answer",
    "take_up": "Do not accept: send it higher",
    "resolve": "It is resolved",
    "skip": "Send it higher at once",
    "go_outside": "Take it outside",
    "disagree": "Close with the disagreement recorded",
    "withdraw": "Withdraw it",
    "void": "Entered in error",
}
RAISERS = ("accept", "take_up", "resolve", "skip", "disagree", "withdraw", "void")


def about_words(case: Escalation) -> str:
    """About whom it is, for a list."""
    if case.child is not None:
        return case.child.name
    return case.setting.name if case.setting is not None else "A decision of the LADO"


def where_it_stands(case: Escalation, stages: list[Stage], answer_by: date | None) -> str:
    """Where a concern stands and what comes next, in sentences."""
    stage = stages[-1] if stages else None
    if stage is None or not case.is_open:
        return closed_words(case)
    whom = with_whom(stage)
    if case.state == ANSWERED:
        return (
            f"Answered by {name_of(stage.answered_by)}. {case.raised_by.name} says whether that "
            "is enough."
        )
    if case.state == ACCEPTED:
        when = f" by {long_date(stage.promised_by)}" if stage.promised_by else ""
        return (
            f"{case.raised_by.name} accepted the answer. {stage.promised_by_whom} carries it out"
            f"{when}. It stays open until {case.raised_by.name} says that it is resolved."
        )
    if not stage.found_somebody:
        numbers = any(one.phone or one.email for each in stages for one in each.addressees.all())
        call = "Call them: the numbers are below." if numbers else "No number is kept here."
        return (
            f"Nobody at {case.to_name} could be told here, at any level. {call} It stays open, and "
            "can be taken outside now."
        )
    since = long_date(day_of(stage.started_at))
    if stage.silent_at is not None:
        return f"No reply since {since} from {whom}, at the highest level. It stays open."
    return f"{since_words(stage, stages[:-1], since, whom)} {next_words(case, stage, answer_by)}"


def since_words(stage: Stage, before: list[Stage], since: str, whom: str) -> str:
    """Who has it, since when, and how long those before them were silent."""
    if stage.received_at is not None:
        return f"{name_of(stage.received_by)} has had it since {long_date(stage.received_at)}."
    asked = [one for one in before if one.found_somebody and one.answered_at is None]
    sent = f"Sent to {whom} on {since}."
    if stage.why in (Why.NO_REPLY, Why.NOBODY) and asked:
        silent_since = long_date(day_of(asked[-1].started_at))
        sent = f"No reply since {silent_since}; sent to {whom} on {since}."
    return f"{sent} Nobody has confirmed having it yet."


def next_words(case: Escalation, stage: Stage, answer_by: date | None) -> str:
    if answer_by is None:
        return ""
    above = case.ladder[stage.rung + 1] if stage.rung + 1 < len(case.ladder) else None
    if above is None:
        return f"An answer is expected by {long_date(answer_by)}. This is the highest level."
    return f"If nobody answers by {long_date(answer_by)}, it goes to the {above.words} by itself."


def closed_words(case: Escalation) -> str:
    if case.closed_on is None:
        return ""
    return f"{case.stands_at.label} on {long_date(case.closed_on)}."


def name_of(person: Person | None) -> str:
    return person.name if person is not None else "somebody"


def with_whom(stage: Stage) -> str:
    """Those at a level who were told, by name and job."""
    named = [
        f"{one.name} ({one.job})" if one.job else one.name
        for one in stage.addressees.all()
        if one.side == Side.ANSWERING and one.person_id is not None
    ]
    return listed(named) if named else "nobody"


def line_words(case: Escalation, stage: Stage | None) -> str:
    """Where it stands in one line, for a list."""
    if stage is None or not case.is_open:
        return closed_words(case)
    if case.state == ANSWERED:
        return f"Answered by {name_of(stage.answered_by)} on {long_date(stage.answered_at)}"
    if case.state == ACCEPTED:
        when = f" by {long_date(stage.promised_by)}" if stage.promised_by else ""
        return f"To be carried out by {stage.promised_by_whom}{when}"
    since = long_date(day_of(stage.started_at))
    if not stage.found_somebody:
        return "Nobody could be told"
    if stage.silent_at is not None:
        return f"No reply since {since}; the highest level, {names_at(stage)}"
    silent_since = getattr(case, "silent_since", None)
    if silent_since is not None and stage.why in (Why.NO_REPLY, Why.NOBODY):
        return f"No reply since {long_date(silent_since)}; sent to {names_at(stage)} on {since}"
    return f"Sent to {names_at(stage)} on {since}"


def names_at(stage: Stage) -> str:
    names = [
        one.name
        for one in stage.addressees.all()
        if one.side == Side.ANSWERING and one.person_id is not None
    ]
    return listed(names) if names else "nobody"


def in_a_cell(case: Escalation, stage: Stage | None) -> str:
    """The state and where it stands, for a table or a spreadsheet."""
    return (
        f"{case.stands_at.label}. {line_words(case, stage)}" if case.is_open else closed_words(case)
    )


# The ladder


def ladder_of(
    case: Escalation, stages: list[Stage], answer_by: date | None
) -> list[dict[str, Any]]:
    """Every level in order: what was done, where it is now, what comes next and when."""
    at_rung = {stage.rung: stage for stage in stages}
    now = stages[-1].rung if stages else -1
    return [
        step_of(case, number, rung.words, at_rung.get(number), now, answer_by)
        | {
            "days": f"{count_of(rung.answer_days, 'working day')} to answer",
            "is_local": rung.is_local,
            "note": rung.note,
        }
        for number, rung in enumerate(case.ladder)
    ]


def step_of(
    case: Escalation,
    number: int,
    level: str,
    stage: Stage | None,
    now: int,
    answer_by: date | None,
) -> dict[str, Any]:
    label, colour = standing_words(case, number, stage, now)
    return {
        "number": number + 1,
        "level": capital(level),
        "label": label,
        "colour": colour,
        "is_now": number == now and case.is_open,
        "facts": facts_of(stage) if stage is not None else [],
        "people": [] if stage is None else people_of(stage),
        "when": when_words(case, number, now, answer_by),
    }


def when_words(case: Escalation, number: int, now: int, answer_by: date | None) -> str:
    """When an answer is expected at this level, or when it would come to the next."""
    if answer_by is None or case.state not in WAITING:
        return ""
    if number == now:
        return f"An answer is expected by {long_date(answer_by)}."
    return (
        f"It comes here if nobody answers by {long_date(answer_by)}." if number == now + 1 else ""
    )


def standing_words(case: Escalation, number: int, stage: Stage | None, now: int) -> tuple[str, str]:
    if stage is None:
        if number < now:
            return "Passed over", "grey"
        return ("Next", "grey") if number == now + 1 and case.is_open else ("Not reached", "grey")
    if stage.ended_at is None:
        return ("Now", "blue") if case.is_open else ("It ended here", "green")
    if not stage.found_somebody:
        return "Nobody could be told", "orange"
    if stage.answered_at is not None:
        return "Answered, not accepted", "yellow"
    return "No reply, sent on", "orange"


def facts_of(stage: Stage) -> list[dict[str, Any]]:
    """What came of it at one level, in order."""
    rows = [row("Sent", f"{long_date(stage.started_at)}: {stage.get_why_display().lower()}")]
    if stage.reason:
        rows.append(row("Why", stage.reason))
    if not stage.found_somebody:
        rows.append(row("Nobody available", nobody_words(stage)))
    if stage.found_somebody:
        received = (
            f"{name_of(stage.received_by)}, {long_date(stage.received_at)}"
            if stage.received_at
            else "Not confirmed"
        )
        rows.append(row("Received", received))
    if stage.answered_at:
        rows.append(
            row("Answered", f"{name_of(stage.answered_by)}, {long_date(stage.answered_at)}")
        )
        rows.append(row("What will be done", stage.answer))
        when = f", by {long_date(stage.promised_by)}" if stage.promised_by else ""
        rows.append(row("By whom", f"{stage.promised_by_whom}{when}"))
    return rows


def nobody_words(stage: Stage) -> str:
    """Why nobody could be told at a level, and what became of it there."""
    asked = [one for one in stage.addressees.all() if one.side == Side.ANSWERING]
    if not asked:
        why = "Nobody is named at this level"
    elif any(one.away_until is not None for one in asked):
        why = "Nobody with an account here was at work"
    else:
        why = "Nobody named at this level has an account here: they can only be called"
    return f"{why}. It went on at once." if stage.ended_at else f"{why}. It stays open here."


def people_of(stage: Stage) -> list[str]:
    """Everybody named at a level, with how to reach who has no account here."""
    found = []
    for one in stage.addressees.all():
        side = "asked" if one.side == Side.ANSWERING else "the side that raised it"
        reach = ", ".join(filter(None, (one.phone, one.email)))
        words = f"{one.name}, {one.job} ({side})" if one.job else f"{one.name} ({side})"
        if one.away_until is not None:
            words += f", away until {long_date(one.away_until)}"
        if one.person_id is None:
            words += f": no account here, call {reach}"
        elif reach:
            words += f": {reach}"
        found.append(words)
    return found


# The thread


def thread_of(case: Escalation, said: Iterable[Event]) -> list[dict[str, Any]]:
    """What happened and what both sides wrote, newest first, in one thread."""
    entries = [
        {"title": event.sentence, "by": event.by_name, "at": event.at, "order": (event.at, 0)}
        for event in said
        if event.name != events.WROTE and event.name in KINDS
    ]
    entries += [
        {
            "title": "Message to both sides",
            "by": message.by.name,
            "at": message.at,
            "words": message.words,
            "order": (message.at, 1),
        }
        for message in case.messages.select_related("by")
    ]
    return sorted(entries, key=lambda entry: entry["order"], reverse=True)


# What it is about


def came_from_of(case: Escalation, person: Person) -> dict[str, str] | None:
    """The work it arose from, for those who may open it."""
    room, _, number = case.came_from.partition("/")
    if not number.isdigit():
        return None
    if is_matter(case.came_from):
        is_open = may_see(person, case.came_from)
    else:
        is_open = case.child is not None and depth_of(person, case.child) == Depth.RECORD
    url = address(CASES.get(room, ""), int(number)) if is_open else ""
    words = room.replace("-", " ").removesuffix("s")
    return {"url": url, "words": f"The {words} it arose from"} if url else None


def summary_of(case: Escalation) -> list[dict[str, Any]]:
    """What is asked, of whom, and why."""
    rows = [
        row("About", about_words(case)),
        row(
            "Raised by",
            f"{case.raised_by.name}, {case.raised_as or 'professional'}, {case.from_name}",
        ),
        row("Asked of", case.to_name),
        row("What worries them", case.concern),
        row("What they want", case.wanted),
    ]
    if case.wanted_by:
        rows.append(row("Wanted by", long_date(case.wanted_by)))
    if case.is_immediate_risk:
        rows.append(row("Immediate risk", case.risk))
    if case.changed_for_child:
        rows.append(row("What changed for the child", case.changed_for_child))
    if case.ended_how:
        rows.append(row("How it ended", case.ended_how))
    return rows


def ladder_words(case: Escalation) -> str:
    """Whose ladder it is, and that it is not the law."""
    if case.ladder_source == LOCAL_DEFAULT_WORDS:
        return f"{case.ladder_name}: {LOCAL_DEFAULT_WORDS}, because neither side chose one."
    sure = "" if case.ladder_verified != Verified.UNVERIFIED else ", as the authority wrote it down"
    return f"{case.ladder_name}. {case.ladder_source}{sure}. This is a local standard, not the law."


def steps_of(case: Escalation, looking: Looking, possible: frozenset[str]) -> list[dict[str, Any]]:
    """The one next thing first; the ways out after it."""
    found = []
    is_primary_taken = False
    for name, label in STEP_WORDS.items():
        if name not in possible or not may_say(case, looking, name):
            continue
        if name == "take_up" and stands_highest(case):
            continue
        if name == "skip" and stands_highest(case):
            continue
        is_next = name in PRIMARY and (name != "resolve" or case.state == ACCEPTED)
        is_primary = is_next and not is_primary_taken
        is_primary_taken = is_primary_taken or is_primary
        found.append(
            {
                "name": name,
                "label": label,
                "url": reverse("escalation_step", args=[case.pk, name.replace("_", "-")]),
                "is_primary": is_primary,
            }
        )
    return found


def may_say(case: Escalation, looking: Looking, name: str) -> bool:
    """Whether the reader is the one who says that it is settled, where only one may."""
    if name not in RAISERS or not case.raised_by.is_active:
        return True
    return looking.person.pk == case.raised_by_id


def stands_highest(case: Escalation) -> bool:
    stage = case.stages.filter(ended_at__isnull=True).first()
    return stage is None or (stage.rung + 1 >= len(case.rungs) and stage.found_somebody)


def waits_on(case: Escalation, looking: Looking) -> bool:
    """Whether the next thing is this reader's to do."""
    if case.state in WAITING:
        return Role.SENT_TO in looking.roles
    return case.state in OPEN and Role.RAISED_BY in looking.roles
