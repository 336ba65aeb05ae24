"""Facts in, deadlines out: what the law requires for one child, without any database."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from backend.deadlines.calendars import BeyondTheCalendar
from backend.deadlines.due import Due, days_late_on, status_on
from workflows.history import (
    TEMPORARY,
    Basis,
    BasisSpell,
    CarePeriod,
    ChildFacts,
    History,
    LegalStatusSpell,
    NoticeFact,
    PlacementFact,
    Policy,
    ReviewFact,
    VisitFact,
    in_order,
)
from workflows.reviews import counting as reviews
from workflows.visits import counting as visits

# fmt: off
LEGAL_STATUSES = frozenset((
    "C1", "C2", "D1", "E1", "V2", "V3", "V4", "L1", "L2", "L3", "J1", "J2", "J3",
))
PLACES = frozenset((
    "A3", "A4", "A5", "A6", "H5", "K1", "K2", "K3", "P1", "P2", "P3", "R1", "R2", "R3", "R5",
    "S1", "T0", "T1", "T2", "T3", "T4", "U1", "U2", "U3", "U4", "U5", "U6",
    "Z1", "Z11", "Z12", "Z13", "Z14",
))
# fmt: on
BASES = tuple(str(basis) for basis in Basis if basis not in (Basis.SECTION_85, Basis.SECTION_86))
ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
OLDEST, NEWEST = date(1900, 1, 1), date(2199, 12, 31)
LONGEST_INPUT = 10_000_000
LONGEST_ID = 200
MOST_LOCAL_DAYS = 3650


class UnableToExplain(ValueError):
    """The facts cannot be counted from; the message names the fact."""


def explain_text(text: str) -> dict[str, Any]:
    """Reads one JSON object of facts and answers with its deadlines."""
    return explain(read_json(text))


def explain(facts: object) -> dict[str, Any]:
    """Every visit and review deadline of one child's facts, in due order."""
    top = Facts.of(facts, "")
    history, as_of = read_history(top)
    try:
        found = [*visits.deadlines_of(history, as_of), *reviews.deadlines_of(history, as_of)]
    except BeyondTheCalendar as reason:
        raise UnableToExplain(f"{name_of(reason.counted_from, facts)}{reason}") from None
    found.sort(key=in_due_order)
    return {"deadlines": [written(due, as_of) for due in found]}


def in_due_order(due: Due) -> tuple[date, date, str, str]:
    """By due date, those without one last."""
    return (due.due_on or date.max, due.counted_from, due.ref, due.key)


def written(due: Due, as_of: date) -> dict[str, Any]:
    """One deadline as others rely on it."""
    return {
        "ref": due.ref,
        "rule": due.rule,
        "placement": due.placement,
        "counted_from": due.counted_from.isoformat(),
        "due_on": iso(due.due_on),
        "plan_by": iso(due.plan_by),
        "status": str(status_on(due, as_of)),
        "met_on": iso(due.met_on),
        "days_late": days_late_on(due, as_of),
        "kind": due.kind,
        "provision": due.provision,
        "local_due_on": iso(due.local_due_on),
        "why": due.why,
    }


def iso(day: date | None) -> str | None:
    return day.isoformat() if day is not None else None


# Reading JSON


def read_json(text: str) -> object:
    """Strict JSON: no key twice, no NaN, nothing too long or too deep to be a child's facts."""
    if len(text) > LONGEST_INPUT:
        raise UnableToExplain(f"the input is longer than {LONGEST_INPUT:,} characters")
    try:
        return json.loads(text, object_pairs_hook=each_key_once, parse_constant=no_such_number)
    except UnableToExplain:
        raise
    except RecursionError:
        raise UnableToExplain("the input is nested too deeply") from None
    except json.JSONDecodeError as reason:
        raise UnableToExplain(
            f"the input is not JSON: {reason.msg} at line {reason.lineno} column {reason.colno}"
        ) from None
    except ValueError:
        raise UnableToExplain("the input holds a number with too many digits") from None


def each_key_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise UnableToExplain(f"the key {shown(key)} is given twice")
        found[key] = value
    return found


def no_such_number(word: str) -> object:
    raise UnableToExplain(f"{word} is not a value in JSON")


def shown(value: object) -> str:
    """A value as it may stand in a message of one line."""
    try:
        text = json.dumps(value, ensure_ascii=True, default=repr)
    except (RecursionError, ValueError):
        return "a value that cannot be shown"
    return text if len(text) <= 60 else f"{text[:57]}..."


# Reading facts


class Facts:
    """One object of the input: knows its place, and refuses what it does not know."""

    def __init__(self, held: Mapping[str, Any], at: str) -> None:
        self.held = held
        self.at = at

    @classmethod
    def of(cls, value: object, at: str) -> "Facts":
        if not isinstance(value, dict):
            what = at or "the input"
            raise UnableToExplain(f"{what} must be a JSON object, not {shown(value)}")
        return cls(value, at)

    def named(self, key: str) -> str:
        return f"{self.at}.{key}" if self.at else key

    def only(self, *known: str) -> None:
        for key in self.held:
            if key not in known:
                where = f" in {self.at}" if self.at else ""
                raise UnableToExplain(f"unknown key {shown(key)}{where}")

    def needed(self, key: str) -> Any:
        if key not in self.held or self.held[key] is None:
            raise UnableToExplain(f"{self.named(key)} is missing")
        return self.held[key]

    def day(self, key: str) -> date:
        return self._day(key, self.needed(key))

    def optional_day(self, key: str) -> date | None:
        value = self.held.get(key)
        return None if value is None else self._day(key, value)

    def _day(self, key: str, value: object) -> date:
        if isinstance(value, str) and ISO_DATE.fullmatch(value):
            try:
                day = date.fromisoformat(value)
            except ValueError:
                raise UnableToExplain(
                    f"{self.named(key)}: {value} is no day of the calendar"
                ) from None
            if OLDEST <= day <= NEWEST:
                return day
            raise UnableToExplain(f"{self.named(key)}: {value} is out of range")
        raise UnableToExplain(
            f"{self.named(key)} must be a date such as 2026-01-05, not {shown(value)}"
        )

    def flag(self, key: str, *, default: bool | None = None) -> bool:
        value = self.held.get(key, default) if default is not None else self.needed(key)
        if not isinstance(value, bool):
            raise UnableToExplain(f"{self.named(key)} must be true or false, not {shown(value)}")
        return value

    def optional_flag(self, key: str) -> bool | None:
        return None if self.held.get(key) is None else self.flag(key)

    def text(self, key: str) -> str:
        value = self.needed(key)
        if not isinstance(value, str) or not value.strip():
            raise UnableToExplain(f"{self.named(key)} must be text, not {shown(value)}")
        if len(value) > LONGEST_ID:
            raise UnableToExplain(f"{self.named(key)} is longer than {LONGEST_ID} characters")
        return value

    def code(self, key: str, known: frozenset[str] | tuple[str, ...], what: str) -> str:
        value = self.text(key)
        if value not in known:
            raise UnableToExplain(f"{self.named(key)}: {shown(value)} is not {what}")
        return value

    def each(self, key: str, *, needed: bool = False) -> list["Facts"]:
        value = self.needed(key) if needed else self.held.get(key, [])
        if not isinstance(value, list):
            raise UnableToExplain(f"{self.named(key)} must be a list, not {shown(value)}")
        return [Facts.of(item, f"{self.named(key)}[{place}]") for place, item in enumerate(value)]


def read_history(top: Facts) -> tuple[History, date]:
    """The facts as the clocks read them; refuses, naming the fact, what cannot be true."""
    top.only("as_of", "child", "placements", "visits", "reviews", "notices", "policy")
    as_of = top.day("as_of")
    child = read_child(Facts.of(top.needed("child"), "child"), as_of)
    care = child.periods[0]
    placements, statuses = read_placements(top.each("placements", needed=True), care)
    by_id = {placement.id: placement for placement in placements}
    history = History(
        child=child,
        placements=placements,
        legal_statuses=statuses,
        visits=tuple(
            read_visit(each, f"v{place}", by_id, as_of)
            for place, each in enumerate(top.each("visits"))
        ),
        reviews=tuple(
            read_review(each, f"r{place}", care, as_of)
            for place, each in enumerate(top.each("reviews"))
        ),
        notices=tuple(
            read_notice(each, f"n{place}", by_id, as_of)
            for place, each in enumerate(top.each("notices"))
        ),
        policy=read_policy(Facts.of(top.held.get("policy", {}), "policy")),
    )
    return history, as_of


def read_child(facts: Facts, as_of: date) -> ChildFacts:
    facts.only("date_of_birth", "looked_after_from", "looked_after_until")
    born = facts.day("date_of_birth")
    started, ended = facts.day("looked_after_from"), facts.optional_day("looked_after_until")
    not_before(facts, "looked_after_from", started, "child.date_of_birth", born)
    if born > as_of:
        raise UnableToExplain(f"child.date_of_birth {born} is after as_of {as_of}")
    if ended is not None:
        not_before(facts, "looked_after_until", ended, "child.looked_after_from", started)
    child = ChildFacts(born, (CarePeriod(started, ended),))
    if started >= child.turns_18_on:
        raise UnableToExplain(
            f"child.looked_after_from {started} is not before the 18th birthday, "
            f"{child.turns_18_on}"
        )
    return child


def read_placements(
    rows: list[Facts], care: CarePeriod
) -> tuple[tuple[PlacementFact, ...], tuple[LegalStatusSpell, ...]]:
    placements: dict[str, PlacementFact] = {}
    statuses: list[LegalStatusSpell] = []
    for facts in rows:
        placement, status = read_placement(facts, care)
        if placement.id in placements:
            raise UnableToExplain(f"{facts.at}.id {shown(placement.id)} is given twice")
        placements[placement.id] = placement
        statuses.append(LegalStatusSpell(status, placement.started_on, placement.ended_on))
    check_one_home_at_a_time([*placements.values()])
    return tuple(placements.values()), tuple(statuses)


def read_placement(facts: Facts, care: CarePeriod) -> tuple[PlacementFact, str]:
    facts.only(
        "id",
        "started_on",
        "ended_on",
        "place",
        "legal_status",
        "intended_until_18",
        "basis",
        "long_term_foster_agreed_on",
        "order_made_on",
    )
    started, ended = facts.day("started_on"), facts.optional_day("ended_on")
    if ended is not None:
        not_before(facts, "ended_on", ended, f"{facts.at}.started_on", started)
    not_before(facts, "started_on", started, "child.looked_after_from", care.started_on)
    if care.ended_on is not None:
        not_after(facts, "started_on", started, "child.looked_after_until", care.ended_on)
    order_made_on = facts.optional_day("order_made_on")
    if order_made_on is not None and ended is not None:
        not_after(facts, "order_made_on", order_made_on, f"{facts.at}.ended_on", ended)
    placement = PlacementFact(
        id=facts.text("id"),
        started_on=started,
        ended_on=ended,
        place=facts.code("place", PLACES, "a place code of the SSDA903 return"),
        bases=read_basis(facts, started, order_made_on),
        intended_until_18=facts.flag("intended_until_18", default=False),
        long_term_foster_agreed_on=facts.optional_day("long_term_foster_agreed_on"),
    )
    status = facts.code("legal_status", LEGAL_STATUSES, "a legal status code of the SSDA903 return")
    return placement, status


def read_basis(facts: Facts, started: date, order_made_on: date | None) -> tuple[BasisSpell, ...]:
    if facts.held.get("basis") is None:
        return ()
    basis = Basis(facts.code("basis", BASES, f"one of {', '.join(BASES)}"))
    if basis is Basis.CARE_ORDER_WITH_PARENT and order_made_on is None:
        raise UnableToExplain(
            f"{facts.named('order_made_on')} is missing: basis care_order_with_parent needs it"
        )
    return (BasisSpell(basis, started, None, order_made_on),)


def check_one_home_at_a_time(placements: Sequence[PlacementFact]) -> None:
    """Refuses two placements over the same days; a temporary stay may lie inside another.

    A placement without an end that another follows ended with that move.
    """
    latest: PlacementFact | None = None
    for placement in in_order(each for each in placements if each.place not in TEMPORARY):
        if latest is not None and latest.ended_on and latest.ended_on > placement.started_on:
            raise UnableToExplain(
                f"placements {shown(latest.id)} (until {latest.ended_on}) and "
                f"{shown(placement.id)} (from {placement.started_on}) overlap"
            )
        latest = placement


def read_visit(
    facts: Facts, number: str, placements: Mapping[str, PlacementFact], as_of: date
) -> VisitFact:
    facts.only("placement", "made_on", "child_seen", "seen_alone")
    placement = placement_of(facts, placements)
    made_on = facts.day("made_on")
    during(facts, "made_on", made_on, placement, as_of)
    return VisitFact(
        id=number,
        placement=placement.id,
        made_on=made_on,
        child_seen=facts.flag("child_seen"),
        seen_alone=facts.optional_flag("seen_alone"),
    )


def read_review(facts: Facts, number: str, care: CarePeriod, as_of: date) -> ReviewFact:
    facts.only("opened_on", "completed_on")
    opened_on, completed_on = facts.day("opened_on"), facts.optional_day("completed_on")
    not_before(facts, "opened_on", opened_on, "child.looked_after_from", care.started_on)
    if care.ended_on is not None:
        not_after(facts, "opened_on", opened_on, "child.looked_after_until", care.ended_on)
    not_after(facts, "opened_on", opened_on, "as_of", as_of)
    if completed_on is not None:
        not_before(facts, "completed_on", completed_on, f"{facts.at}.opened_on", opened_on)
        not_after(facts, "completed_on", completed_on, "as_of", as_of)
    return ReviewFact(id=number, opened_on=opened_on, completed_on=completed_on)


def read_notice(
    facts: Facts, number: str, placements: Mapping[str, PlacementFact], as_of: date
) -> NoticeFact:
    facts.only("kind", "placement", "received_on")
    kind = facts.code("kind", ("s30a",), 'a kind of notice known here ("s30a")')
    placement = placement_of(facts, placements)
    received_on = facts.day("received_on")
    during(facts, "received_on", received_on, placement, as_of)
    return NoticeFact(id=number, placement=placement.id, received_on=received_on, kind=kind)


def read_policy(facts: Facts) -> Policy:
    facts.only("first_day_visit_counts", "local_max_days_between_visits")
    days = facts.held.get("local_max_days_between_visits")
    if days is not None and (
        isinstance(days, bool) or not isinstance(days, int) or not 1 <= days <= MOST_LOCAL_DAYS
    ):
        raise UnableToExplain(
            f"{facts.named('local_max_days_between_visits')} must be a whole number of days "
            f"from 1 to {MOST_LOCAL_DAYS}, not {shown(days)}"
        )
    return Policy(
        first_day_visit_counts=facts.flag("first_day_visit_counts", default=False),
        local_max_days_between_visits=days,
    )


def placement_of(facts: Facts, placements: Mapping[str, PlacementFact]) -> PlacementFact:
    name = facts.text("placement")
    if name not in placements:
        raise UnableToExplain(f"{facts.named('placement')}: there is no placement {shown(name)}")
    return placements[name]


def during(facts: Facts, key: str, day: date, placement: PlacementFact, as_of: date) -> None:
    its = f"placement {shown(placement.id)}"
    not_before(facts, key, day, f"the start of {its}", placement.started_on)
    if placement.ended_on is not None:
        not_after(facts, key, day, f"the end of {its}", placement.ended_on)
    not_after(facts, key, day, "as_of", as_of)


def not_before(facts: Facts, key: str, day: date, other: str, limit: date) -> None:
    if day < limit:
        raise UnableToExplain(f"{facts.named(key)} {day} is before {other} {limit}")


def not_after(facts: Facts, key: str, day: date, other: str, limit: date) -> None:
    if day > limit:
        raise UnableToExplain(f"{facts.named(key)} {day} is after {other} {limit}")


def name_of(day: date | None, facts: object, at: str = "") -> str:
    """Where in the input a day stands, to name the fact a count began from."""
    if day is None:
        return ""
    found = path_to(day.isoformat(), facts, at)
    return f"{found} {day}: " if found else f"counted from {day}: "


def path_to(text: str, value: object, at: str) -> str:
    if isinstance(value, dict):
        for key, held in value.items():
            if key == "as_of":
                continue
            found = path_to(text, held, f"{at}.{key}" if at else key)
            if found:
                return found
    elif isinstance(value, list):
        for place, held in enumerate(value):
            found = path_to(text, held, f"{at}[{place}]")
            if found:
                return found
    elif value == text:
        return at
    return ""
