"""How long a child may go without contact that was agreed: a local standard, never law."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from backend.deadlines.answer import Met, Stop, answer, in_words
from backend.deadlines.count import add_days
from backend.deadlines.due import Due
from backend.grammar.clocks import Cite, Kind, Mode, NoFixedPeriod, Rule, Rules, Verified
from backend.grammar.roles import Role
from workflows.history import ContactFact, ContactPlanFact, History

ROOM = "contact"
CODE = "contact.agreed"

RULES = Rules(
    Rule(
        code=CODE,
        ref="LOC-04",
        title="Contact as agreed in the plan",
        cite=Cite("Local standard", "in the child's contact plan"),
        kind=Kind.LOCAL_STANDARD,
        # Nothing in an instrument is left to be checked: the plan itself is the standard.
        verified=Verified.VERIFIED,
        span=NoFixedPeriod(),
        counted_from="the last contact that took place",
        mode=Mode.ROLLING,
        applies_when="a contact plan is agreed and not set aside",
        checked_on=date(2026, 11, 21),
        in_force_from=date(2000, 1, 1),
        tells=(Role.SOCIAL_WORKER, Role.TEAM_MANAGER),
        note="The plan says how many days may lie between one contact and the next.",
    ),
)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time during which a plan was in force, and what began and ended it."""

    key: str
    began: str
    started_on: date
    stop: Stop | None
    after: date | None = None
    """The day the plan was set aside before this; contact on that day came before the pause."""


def deadlines_of(history: History, as_of: date) -> list[Due]:
    """Every contact that was owed to a child under their plans, up to the open ones."""
    home = home_again(history)
    return [
        due
        for plan in history.contact_plans
        for stretch in stretches_of(plan, home)
        for due in owed_in(plan, stretch, as_of)
    ]


def home_again(history: History) -> Stop | None:
    """The day the child's last placement ended; none while they live away."""
    ends = [stay.ended_on for stay in history.placements]
    if not ends or None in ends:
        return None
    return Stop(max(day for day in ends if day is not None), "the placement ended")


def stretches_of(plan: ContactPlanFact, home: Stop | None) -> Iterator[Stretch]:
    """The times a plan was in force: from its start, and from the end of every pause."""
    after: date | None
    ended = Stop(plan.ended_on, "the plan ended") if plan.ended_on else None
    ends = [stop for stop in (ended, home) if stop is not None]
    last = min(ends, key=lambda stop: stop.on) if ends else None
    key, began, starts, after = "start", "was agreed", plan.started_on, None
    for pause in sorted(plan.pauses, key=lambda each: (each.started_on, each.id)):
        paused = Stop(pause.started_on, "contact was set aside")
        if last is not None and last.on <= pause.started_on:
            break
        yield Stretch(key, began, starts, paused, after)
        if pause.ended_on is None:
            return
        key, began = f"resumed:{pause.id}", "was taken up again"
        starts, after = pause.ended_on, pause.started_on
    if last is None or starts <= last.on:
        yield Stretch(key, began, starts, last, after)


def owed_in(plan: ContactPlanFact, stretch: Stretch, as_of: date) -> Iterator[Due]:
    """The first contact of a stretch, then one after every contact that took place."""
    met = [each for each in contacts_of(plan) if falls_in(stretch, each.happened_on)]
    yield owed_after(
        plan,
        f"contact:{plan.id}:{stretch.key}",
        stretch.started_on,
        f"The plan for contact with the child's {plan.whom} {stretch.began} on "
        f"{in_words(stretch.started_on)}",
        met[0] if met else None,
        stretch,
        as_of,
    )
    for position, last in enumerate(met):
        yield owed_after(
            plan,
            f"contact:{plan.id}:after:{last.id}",
            last.happened_on,
            f"The last contact with the child's {plan.whom} was on {in_words(last.happened_on)}",
            met[position + 1] if position + 1 < len(met) else None,
            stretch,
            as_of,
        )


def owed_after(
    plan: ContactPlanFact,
    key: str,
    counted_from: date,
    began: str,
    met: ContactFact | None,
    stretch: Stretch,
    as_of: date,
) -> Due:
    in_person = "in person " if plan.in_person else ""
    days = f"{plan.every_days} day{'' if plan.every_days == 1 else 's'}"
    return answer(
        RULES.governing(CODE, counted_from),
        room=ROOM,
        key=key,
        counted_from=counted_from,
        due_on=add_days(counted_from, plan.every_days),
        why=f"{began}; the plan agrees contact {in_person}at least every {days}. This is what was "
        "agreed for the child, not the law.",
        as_of=as_of,
        met=Met(met.happened_on, met.id) if met is not None else None,
        stop=stretch.stop,
        facts={"With": plan.whom, "Agreed": f"at least every {days}"},
    )


def contacts_of(plan: ContactPlanFact) -> list[ContactFact]:
    """What meets the plan, one a day: a plan to meet in person is not met from afar."""
    days: dict[date, ContactFact] = {}
    for each in sorted(plan.contacts, key=lambda contact: (contact.happened_on, contact.id)):
        if each.was_in_person or not plan.in_person:
            days.setdefault(each.happened_on, each)
    return list(days.values())


def falls_in(stretch: Stretch, day: date) -> bool:
    if day < stretch.started_on or (stretch.after is not None and day <= stretch.after):
        return False
    return stretch.stop is None or day <= stretch.stop.on
