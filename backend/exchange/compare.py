"""Compares what a return says of one child with the records, and says what must change."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from typing import Any

from backend.exchange.loaders import ReviewRow
from backend.exchange.models import Said
from backend.exchange.problems import Rule
from backend.exchange.reading import ChildRows
from backend.exchange.spells import Find, Kind, Life, Spell, basis_of, identity_of_placement
from backend.records.codes import NOT_LOOKED_AFTER
from backend.records.models import (
    Child,
    LegalStatus,
    MissingEpisode,
    PeriodOfCare,
    Placement,
    Setting,
)

MODELS: dict[Kind, Any] = {
    Kind.CARE: PeriodOfCare,
    Kind.LEGAL_STATUS: LegalStatus,
    Kind.PLACEMENT: Placement,
    Kind.MISSING: MissingEpisode,
}
SPELLS = tuple(MODELS)
#: Where reviews are kept among what a return said: the day held and the participation code.
REVIEWS = "reviews"
#: People read of these when the record was corrected and the return still says otherwise.
SHOWN = ("started_on", "ended_on", "code", "place", "date_of_birth", "upn")
LABELS = {
    "basis": "regime",
    "basis_ended_on": "end of the regime",
    "category_of_need": "category of need",
    "change_reason": "reason for the move",
    "code": "legal status",
    "date_of_birth": "date of birth",
    "end_code": "reason for the end",
    "end_reason": "reason for the end",
    "ended_on": "end",
    "ethnicity": "ethnicity",
    "gender": "sex",
    "home_postcode": "home postcode",
    "is_away": "missing or away",
    "is_mother": "is a mother",
    "is_temporary": "temporary or not",
    "is_unaccompanied": "unaccompanied or not",
    "mothers_child_born_on": "birth of the mother's child",
    "order_made_on": "day of the order",
    "place": "kind of place",
    "postcode": "postcode",
    "provider_code": "provider",
    "setting": "home",
    "start_code": "reason for the start",
    "start_reason": "reason for the start",
    "started_on": "start",
    "unaccompanied_until": "end of unaccompanied status",
    "upn": "UPN",
}


class ChildRefused(Exception):
    """Nothing of this child can be loaded, because of what people recorded."""


@dataclass
class Change:
    """New values for one row, with those it had."""

    row: Any
    old: dict[str, Any] = field(default_factory=dict)
    new: dict[str, Any] = field(default_factory=dict)
    #: Columns that follow from these and are written with them.
    also: set[str] = field(default_factory=set)

    def put(self, name: str, value: Any) -> None:
        old = getattr(self.row, name)
        if old != value:
            self.old.setdefault(name, old)
            self.new[name] = value
            setattr(self.row, name, value)

    @property
    def has_ended(self) -> bool:
        return self.old.get("ended_on", ...) is None

    def words(self) -> str:
        """What changed, with the days but without other values."""
        passed_over = ("ended_on", "end_code", "end_reason", "change_reason")
        names = [name for name in self.new if not (self.has_ended and name in passed_over)]
        return "; ".join(
            f"{LABELS[name]}{_from_to(self.old[name], self.new[name])}"
            for name in names
            if name in LABELS
        )


def _from_to(old: Any, new: Any) -> str:
    if not (isinstance(old, date) or isinstance(new, date)):
        return ""
    return f" from {_day(old)} to {_day(new)}"


def _day(value: date | None) -> str:
    return f"{value:%-d %B %Y}" if value else "none"


@dataclass(frozen=True)
class Told:
    """What the last return said of one row."""

    says: dict[str, Any]
    #: Said by the return, where the records have no place for it.
    beside: dict[str, Any] = field(default_factory=dict)
    #: A later return no longer has it.
    is_withdrawn: bool = False


@dataclass
class Standing:
    """One row of the records, and what the last return said of it."""

    row: Any
    said: Told | None = None

    @property
    def started_on(self) -> date:
        return self._said_day("started_on") or self.row.started_on

    @property
    def ended_on(self) -> date | None:
        return self._said_day("ended_on") if self.said else self.row.ended_on

    def _said_day(self, name: str) -> date | None:
        written = self.said.says.get(name) if self.said else None
        return date.fromisoformat(written) if written else None

    @property
    def identity(self) -> tuple[Any, ...]:
        row = self.row
        if isinstance(row, Placement):
            if self.said is not None:
                return identity_of_placement(self.said.says, self.said.beside.get("urn", ""))
            urn = row.setting.urn if row.setting else ""
            return identity_of_placement(
                {name: getattr(row, name) for name in PLACEMENT_IDENTITY}, urn or ""
            )
        return (row.code,) if isinstance(row, LegalStatus) else ()


PLACEMENT_IDENTITY = ("is_temporary", "place", "provider_code", "postcode")


@dataclass
class Difference:
    """What must change for one child, by kind."""

    added: dict[Kind, list[tuple[Any, Spell]]] = field(
        default_factory=lambda: {kind: [] for kind in SPELLS}
    )
    changed: dict[Kind, list[Change]] = field(default_factory=lambda: {kind: [] for kind in SPELLS})
    #: Rows that belong to another period of care now; nobody need read of it.
    moved: dict[Kind, list[Change]] = field(default_factory=lambda: {kind: [] for kind in SPELLS})
    withdrawn: dict[Kind, list[Standing]] = field(
        default_factory=lambda: {kind: [] for kind in SPELLS}
    )
    #: Rows that stand when all is done, changed or not, without the added ones.
    kept: dict[Kind, list[Any]] = field(default_factory=lambda: {kind: [] for kind in SPELLS})
    #: What this return says of rows that stood before it.
    told: dict[Kind, dict[int, Told]] = field(default_factory=lambda: {kind: {} for kind in SPELLS})

    def __bool__(self) -> bool:
        return any(
            rows
            for by_kind in (self.added, self.changed, self.withdrawn)
            for rows in by_kind.values()
        )

    def final(self, kind: Kind) -> list[Any]:
        return [*self.kept[kind], *(row for row, _ in self.added[kind])]


@dataclass
class ChildLoad:
    """One child on the way into the records."""

    rows: ChildRows
    child: Child
    is_new: bool
    life: Life
    find: Find
    #: What earlier returns said; None when none did.
    said: Said | None = None
    #: What this one says of the child herself.
    says: dict[str, Any] = field(default_factory=dict)
    change: Change | None = None
    difference: Difference = field(default_factory=Difference)
    reviews: list[ReviewRow] = field(default_factory=list)

    @property
    def is_first_load(self) -> bool:
        return self.said is None

    @property
    def new_reviews(self) -> list[ReviewRow]:
        """The reviews that the last return did not have, or not with this code."""
        before = self.said.says.get(REVIEWS, {}) if self.said else {}
        return [
            row for row in self.reviews if before.get(row.held_on.isoformat()) != row.participation
        ]


def compare(
    child_id: int,
    life: Life,
    standing: Mapping[Kind, Sequence[Standing]],
    settings: Mapping[str, Setting],
    *,
    may_withdraw: bool,
    find: Find,
) -> Difference:
    """What the return changes in the spells of one child.

    What ended before the return begins stands, and so does what people recorded and the
    return does not know.

    :raises ChildRefused: the result would have the child in two places or statuses at once.
    """
    if may_withdraw:
        _resume_interrupted(life, standing[Kind.PLACEMENT])
    window = min((spell.started_on for spell in life.care), default=date.max)
    found = Difference()
    for kind in SPELLS:
        pairs, new, others = _match(life.of(kind), standing[kind])
        if kind is Kind.PLACEMENT:
            for spell in life.placements:
                spell.facts |= basis_of(spell, found.final(Kind.LEGAL_STATUS))
        for spell, stands in pairs:
            change = _merge(stands, spell, settings, find)
            found.kept[kind].append(stands.row)
            if change.new:
                found.changed[kind].append(change)
            told = Told(as_said(spell.says()), dict(spell.beside))
            found.told[kind][stands.row.pk] = told
        for spell in new:
            found.added[kind].append((_new_row(child_id, spell, settings), spell))
        for stands in others:
            if may_withdraw and _is_withdrawn(kind, stands, window):
                found.withdrawn[kind].append(stands)
            else:
                found.kept[kind].append(stands.row)
        _refuse_overlaps(kind, found.final(kind))
    return found


def as_said(says: Mapping[str, Any]) -> dict[str, Any]:
    """Facts as they are kept: days in ISO form."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in says.items()
    }


def merge(row: Any, said: Told | None, says: Mapping[str, Any]) -> tuple[Change, list[str]]:
    """Puts on a row what the return says anew; names what it goes on saying otherwise.

    What the return leaves empty never empties what people wrote.
    """
    change, differs = Change(row), []
    for name, value in says.items():
        if said is not None and name in said.says:
            if said.says[name] == as_said({name: value})[name]:
                if getattr(row, name) != value:
                    differs.append(name)
                continue
        elif not value or (name == "gender" and value == "U"):
            continue
        change.put(name, value)
    return change, differs


def _resume_interrupted(life: Life, standing: Sequence[Standing]) -> None:
    """A return that opens in the middle of a temporary stay goes on with the placement that
    the records know around it."""
    first = life.placements[0] if life.placements else None
    if first is None or not first.is_alone:
        return
    around = next(
        (
            stands
            for stands in standing
            if stands.said is not None
            and not stands.row.is_temporary
            and stands.started_on < first.started_on
            and (stands.ended_on is None or stands.ended_on >= first.started_on)
        ),
        None,
    )
    if around is None or around.said is None:
        return
    alone = [spell for spell in life.placements if spell.is_alone]
    after = [spell for spell in life.placements if not spell.is_alone]
    for spell in alone:
        spell.facts["is_temporary"] = True
    last = alone[-1]
    if after and after[0].identity == around.identity and after[0].started_on == last.ended_on:
        after[0].is_start_known = False
        return
    facts = {
        name: value
        for name, value in around.said.says.items()
        if name not in ("started_on", "ended_on")
    }
    going_on = Spell(
        kind=Kind.PLACEMENT,
        where=first.where,
        started_on=around.started_on,
        ended_on=last.ended_on,
        facts=facts | {"end_code": last.facts["end_code"]},
        beside=dict(around.said.beside),
    )
    life.placements.insert(0, going_on)


Match = tuple[list[tuple[Spell, Standing]], list[Spell], list[Standing]]


def _match(spells: Sequence[Spell], standing: Sequence[Standing]) -> Match:
    """Finds for each spell the row it speaks of: by its start; by going on from before the
    return; by being the same thing with corrected dates."""
    pairs: list[tuple[Spell, Standing]] = []
    left, others = list(spells), list(standing)
    for is_same in (_starts_alike, _goes_on_from, _is_corrected):
        for spell in list(left):
            stands = next((other for other in others if is_same(spell, other)), None)
            if stands is None or _is_not_looked_after(stands.row):
                continue
            pairs.append((spell, stands))
            left.remove(spell)
            others.remove(stands)
    return pairs, left, others


def _is_not_looked_after(row: Any) -> bool:
    return isinstance(row, Placement) and row.basis in NOT_LOOKED_AFTER


def _starts_alike(spell: Spell, stands: Standing) -> bool:
    same_sort = spell.kind is not Kind.PLACEMENT or (
        bool(spell.facts["is_temporary"]) == stands.row.is_temporary
    )
    return same_sort and spell.started_on == stands.started_on


def _goes_on_from(spell: Spell, stands: Standing) -> bool:
    is_same = (
        not spell.is_start_known
        and spell.identity == stands.identity
        and stands.started_on <= spell.started_on
        and (stands.ended_on is None or spell.started_on < stands.ended_on)
    )
    if is_same:
        spell.started_on = stands.started_on
        for name in ("start_reason", "start_code"):
            if name in spell.facts and stands.said is not None:
                spell.facts[name] = stands.said.says.get(name, spell.facts[name])
    return is_same


def _is_corrected(spell: Spell, stands: Standing) -> bool:
    if spell.kind is Kind.MISSING or stands.said is None:
        return False
    return (
        spell.identity == stands.identity
        and (stands.ended_on is None or spell.started_on < stands.ended_on)
        and (spell.ended_on is None or stands.started_on < spell.ended_on)
    )


def _merge(stands: Standing, spell: Spell, settings: Mapping[str, Setting], find: Find) -> Change:
    change, differs = merge(stands.row, stands.said, spell.says())
    for name in differs:
        if name in SHOWN:
            find(
                Rule.DIFFERS,
                f"The {LABELS[name]} was corrected in the record; the return still says otherwise.",
                spell.where,
            )
    if spell.kind is Kind.PLACEMENT:
        _merge_setting(change, stands, spell, settings)
    return change


def _merge_setting(
    change: Change, stands: Standing, spell: Spell, settings: Mapping[str, Setting]
) -> None:
    urn = spell.beside["urn"]
    is_new = stands.said is None or stands.said.beside.get("urn", "") != urn
    setting = settings.get(urn)
    if (setting and (is_new or stands.row.setting_id is None)) or (
        is_new and stands.said is not None and not setting
    ):
        change.put("setting", setting)


def _new_row(child_id: int, spell: Spell, settings: Mapping[str, Setting]) -> Any:
    row = MODELS[spell.kind](child_id=child_id, **spell.says())
    if isinstance(row, Placement):
        row.setting = settings.get(spell.beside["urn"])
    return row


def _is_withdrawn(kind: Kind, stands: Standing, window: date) -> bool:
    if kind is Kind.MISSING or stands.said is None:
        return False
    return stands.ended_on is None or stands.ended_on > window


def _refuse_overlaps(kind: Kind, rows: Iterable[Any]) -> None:
    lasting = sorted(
        (
            row
            for row in rows
            if row.started_on != row.ended_on and not getattr(row, "is_temporary", False)
        ),
        key=lambda row: row.started_on,
    )
    for before, row in pairwise(lasting):
        if before.ended_on is None or row.started_on < before.ended_on:
            raise ChildRefused(
                f"The record would have {NOUNS[kind]} from {_day(before.started_on)} "
                f"to {_day(before.ended_on)} and another from {_day(row.started_on)}. "
                "Correct the record or the return, and load it again."
            )


NOUNS = {
    Kind.CARE: "a period of care",
    Kind.LEGAL_STATUS: "a legal status",
    Kind.PLACEMENT: "a placement",
    Kind.MISSING: "a time missing",
}


def words_for(row: Any) -> str:
    """What a sentence calls a row."""
    if isinstance(row, Placement):
        return f"the {'temporary stay' if row.is_temporary else 'placement'} ({row.where})"
    if isinstance(row, LegalStatus):
        return f"the legal status ({row.get_code_display()})"
    if isinstance(row, MissingEpisode):
        return "a time away" if row.is_away else "a time missing"
    return "a period of care"
