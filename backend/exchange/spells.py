"""Turns the episodes of a return into periods of care, legal statuses and placements."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from functools import partial
from itertools import pairwise
from typing import Any, Protocol

from backend.exchange import layouts
from backend.exchange.problems import Rule
from backend.exchange.reading import Episode, TimeMissing, Where
from backend.records.codes import ADOPTION_PLACES, TEMPORARY_PLACES, PlacementBasis

Find = Callable[[Rule, str, Where], None]


class Kind(StrEnum):
    """What a return says things about."""

    CHILD = "child"
    CARE = "care"
    LEGAL_STATUS = "legal_status"
    PLACEMENT = "placement"
    MISSING = "missing"


@dataclass
class Spell:
    """Something that a return says lasted from a day to a day."""

    kind: Kind
    where: Where
    started_on: date
    ended_on: date | None
    facts: dict[str, Any] = field(default_factory=dict)
    #: Said by the return and kept beside the record, which has no place for it.
    beside: dict[str, Any] = field(default_factory=dict)
    #: False when the return shows the spell from its middle: it began earlier, or that day.
    is_start_known: bool = True
    #: A temporary stay that nothing in the return surrounds.
    is_alone: bool = False

    @property
    def identity(self) -> tuple[Any, ...]:
        """What stays the same when only the dates of a spell are corrected."""
        if self.kind is Kind.PLACEMENT:
            return identity_of_placement(self.facts, self.beside.get("urn", ""))
        if self.kind is Kind.LEGAL_STATUS:
            return (self.facts["code"],)
        return ()

    def says(self) -> dict[str, Any]:
        """All that the return says of this spell."""
        return {"started_on": self.started_on, "ended_on": self.ended_on, **self.facts}


def identity_of_placement(facts: dict[str, Any], urn: str) -> tuple[Any, ...]:
    return (
        bool(facts["is_temporary"]),
        facts["place"],
        facts["provider_code"],
        urn,
        facts["postcode"],
    )


@dataclass
class Life:
    """One child's spells as a return tells them."""

    care: list[Spell] = field(default_factory=list)
    legal_statuses: list[Spell] = field(default_factory=list)
    placements: list[Spell] = field(default_factory=list)
    missing: list[Spell] = field(default_factory=list)

    def of(self, kind: Kind) -> list[Spell]:
        return {
            Kind.CARE: self.care,
            Kind.LEGAL_STATUS: self.legal_statuses,
            Kind.PLACEMENT: self.placements,
            Kind.MISSING: self.missing,
        }[kind]


def life_of(
    episodes: Sequence[Episode], missing: Sequence[TimeMissing], born: date, find: Find
) -> Life:
    """The spells of one child, and what had to be left out or decided on the way."""
    kept = _without_overlaps(_possible(episodes, born, find), find)
    life = Life(missing=_times_missing(missing, born, find))
    periods = _periods(kept, find)
    for number, period in enumerate(periods):
        care = _care_of(period, is_first=number == 0, find=find)
        is_last = number == len(periods) - 1
        life.care.append(replace(care, ended_on=_care_ended_on(period, is_last, find)))
        life.legal_statuses += _legal_statuses_of(period, is_first=number == 0)
        life.placements += _placements_of(period, number == 0, find)
    for status in life.legal_statuses:
        if status.facts["code"] == "V4":
            words = "LS is V4: the whole episode is kept as one stay under regulation 48."
            find(Rule.BREAKS, words, status.where)
    return life


def _possible(episodes: Sequence[Episode], born: date, find: Find) -> list[Episode]:
    possible = []
    for episode in episodes:
        if episode.decom < born:
            words = f"DECOM is {episode.decom:%d/%m/%Y}; the child was born {born:%d/%m/%Y}."
            find(Rule.BEFORE_BIRTH, words, episode.where)
        elif episode.dec == episode.decom:
            find(Rule.NO_DAYS, "DECOM and DEC are the same day.", episode.where)
        else:
            possible.append(episode)
    return possible


def _without_overlaps(episodes: list[Episode], find: Find) -> list[Episode]:
    """A later episode ends an earlier one that ran into it, unless it lies inside it.

    So a child is always where the newest episode says, and one that is still open is never
    lost to a short one that has ended.
    """
    kept: list[Episode] = []
    ends = [episode for episode in episodes if episode.dec is not None]
    latest = max((episode.dec for episode in ends if episode.dec), default=date.min)
    for episode in sorted(
        episodes,
        key=lambda e: (
            e.decom,
            e.dec is not None,
            -(e.dec or latest).toordinal(),
            e.where.file,
            e.where.line,
        ),
    ):
        before = kept[-1] if kept else None
        if before is None or (before.dec is not None and before.dec <= episode.decom):
            kept.append(episode)
            continue
        if replace(episode, where=before.where) == before:
            find(Rule.TWICE, f"As line {before.where.line}.", episode.where)
        elif before.decom == episode.decom or (
            episode.dec is not None and (before.dec is None or episode.dec <= before.dec)
        ):
            words = f"It lies inside the episode of line {before.where.line}, which was kept."
            find(Rule.OVERLAP_OUT, words, episode.where)
        else:
            words = (
                f"It runs into the episode of line {episode.where.line}: "
                f"taken as ended on {episode.decom:%d/%m/%Y}."
            )
            find(Rule.OVERLAP_CUT, words, before.where)
            kept[-1] = replace(before, dec=episode.decom, rec=layouts.GOES_ON)
            kept.append(episode)
    return kept


def _periods(episodes: list[Episode], find: Find) -> list[list[Episode]]:
    """Cuts episodes where care ended: at an end that is not “next episode same day”, or at
    a beginning of care after days without care."""
    periods: list[list[Episode]] = []
    for episode in episodes:
        before = periods[-1][-1] if periods else None
        if before is None or not _goes_on(before, episode, find):
            periods.append([episode])
        else:
            periods[-1].append(episode)
    return periods


def _goes_on(before: Episode, episode: Episode, find: Find) -> bool:
    is_next_day_same = before.dec == episode.decom
    starts = episode.rne == layouts.STARTS_CARE
    if before.rec not in ("", layouts.GOES_ON):
        if not starts:
            words = f"Line {before.where.line} ended care ({before.rec}); this row starts it again."
            find(Rule.WENT_ON, words, episode.where)
        return False
    if before.rec == "" and before.dec is not None:
        find(Rule.NO_REASON, "DEC is given and REC is empty.", before.where)
    if is_next_day_same:
        if starts:
            words = f"RNE is S, but line {before.where.line} goes on the same day: care went on."
            find(Rule.RESTARTED, words, episode.where)
        return True
    words = f"The next episode starts on {episode.decom:%d/%m/%Y} (line {episode.where.line})"
    if starts:
        find(Rule.NEXT_ABSENT, f"{words}, as new care: care ended with this row.", before.where)
        return False
    find(Rule.NEXT_ABSENT, f"{words}: care went on, the days between are unknown.", before.where)
    return True


def _care_of(period: list[Episode], *, is_first: bool, find: Find) -> Spell:
    first = period[0]
    is_known = first.rne == layouts.STARTS_CARE or not is_first
    if not is_known:
        words = f"RNE is {first.rne or 'empty'}: care may have begun before this row."
        find(Rule.BEGAN_EARLIER, words, first.where)
    need = next((episode.need for episode in period if episode.need), "")
    for episode in period:
        if episode.need and episode.need != need:
            words = f"CIN is {episode.need}; the period of care has {need}."
            find(Rule.NEED, words, episode.where)
    end = period[-1].rec if period[-1].dec is not None else ""
    return Spell(
        kind=Kind.CARE,
        where=first.where,
        started_on=first.decom,
        ended_on=None,
        facts={
            "category_of_need": need,
            "start_reason": first.rne,
            "end_reason": "" if end == layouts.GOES_ON else end,
        },
        is_start_known=is_known,
    )


def _care_ended_on(period: list[Episode], is_last: bool, find: Find) -> date | None:
    """Care that “goes on with the next episode” has not ended because that episode is absent."""
    last = period[-1]
    if last.dec is None:
        if last.rec:
            find(Rule.OPEN_REASON, f"REC is {last.rec} and DEC is empty.", last.where)
        return None
    if is_last and last.rec == layouts.GOES_ON:
        words = "REC is X1, but no later episode is there: the period of care stays open."
        find(Rule.NEXT_ABSENT, words, last.where)
        return None
    if is_last and not last.rec:
        words = "DEC is given and REC is empty: the period of care ends."
        find(Rule.NO_REASON, words, last.where)
    return last.dec


def _runs(period: list[Episode], joins: Callable[[Episode, Episode], bool]) -> list[list[Episode]]:
    runs: list[list[Episode]] = []
    for episode in period:
        if runs and runs[-1][-1].dec == episode.decom and joins(runs[-1][-1], episode):
            runs[-1].append(episode)
        else:
            runs.append([episode])
    return runs


def _legal_statuses_of(period: list[Episode], *, is_first: bool) -> list[Spell]:
    runs = _runs(period, lambda before, episode: before.legal_status == episode.legal_status)
    return [
        Spell(
            kind=Kind.LEGAL_STATUS,
            where=run[0].where,
            started_on=run[0].decom,
            ended_on=run[-1].dec,
            facts={"code": run[0].legal_status},
            is_start_known=not (is_first and number == 0) or run[0].rne in layouts.CHANGES_LAW,
        )
        for number, run in enumerate(runs)
    ]


def _stays_on(before: Episode, episode: Episode, find: Find) -> bool:
    """Whether an episode only changes the law of a placement that goes on."""
    same = before.lives == episode.lives
    if episode.rne == layouts.LEGAL_ONLY:
        if same and before.legal_status == episode.legal_status:
            words = f"As line {before.where.line}, with the same legal status."
            find(Rule.NO_CHANGE, words, episode.where)
        return same
    return same and episode.rne in ("", layouts.STARTS_CARE)


@dataclass
class _Stay:
    """A run of episodes in one place, or a placement that temporary stays interrupt."""

    episodes: list[Episode]
    is_temporary: bool = False
    ended_on: date | None = None
    end_code: str = ""
    reason: str = ""
    reason_before: str = ""
    start_code: str = ""
    is_alone: bool = False
    is_start_known: bool = True

    def __post_init__(self) -> None:
        last = self.episodes[-1]
        self.start_code = self.first.rne
        self.ended_on = last.dec
        self.end_code = last.rec if last.dec is not None else ""
        self.reason = last.reason

    @property
    def first(self) -> Episode:
        return self.episodes[0]

    @property
    def goes_temporary(self) -> bool:
        return self.first.place in TEMPORARY_PLACES

    def takes_in(self, other: "_Stay") -> None:
        """Lasts as long as the other."""
        self.ended_on, self.end_code, self.reason = other.ended_on, other.end_code, other.reason


def _placements_of(period: list[Episode], is_first: bool, find: Find) -> list[Spell]:
    runs = _runs(period, partial(_stays_on, find=find))
    stays = [_Stay(run) for run in runs]
    stays[-1].reason = ""
    stays[0].is_start_known = not is_first or stays[0].first.rne in layouts.CHANGES_PLACE
    for earlier, stay in pairwise(stays):
        stay.start_code = _start_code(earlier.episodes[-1], stay.first, find)
    found = _around_temporary_stays(stays, find)
    _report_idle_reasons(period, stays, find)
    return [_placement_of(stay) for stay in found]


def _start_code(before: Episode, episode: Episode, find: Find) -> str:
    """The reason for a new episode that fits what changed; who cares is taken from the row."""
    fits = layouts.reason_new(
        law_changed=before.legal_status != episode.legal_status,
        same_carer=episode.rne in layouts.SAME_CARER,
    )
    if episode.rne not in ("", layouts.STARTS_CARE, fits):
        words = f"RNE is {episode.rne}; after line {before.where.line} it should be {fits}."
        find(Rule.NEW_REASON, words, episode.where)
    return fits


def _around_temporary_stays(stays: list[_Stay], find: Find) -> list[_Stay]:
    """Lays temporary stays (T0 to T4) inside the placement they interrupt.

    The placement before a temporary stay lasts until the child moves elsewhere. A temporary
    stay that nothing precedes is where the child lives: it stands as a placement, so that
    its clocks run.
    """
    found: list[_Stay] = []
    main: _Stay | None = None
    before: _Stay | None = None
    for stay in stays:
        follows = before is not None and before.episodes[-1].dec == stay.first.decom
        if not follows:
            main = None
        if stay.goes_temporary:
            if main is None:
                words = f"{stay.first.place} begins with no placement around it: kept as placement."
                find(Rule.TEMPORARY, words, stay.first.where)
                stay.is_alone = True
            else:
                stay.is_temporary = True
                if before is main or (before and before.first.lives == main.first.lives):
                    stay.reason_before = before.episodes[-1].reason
                main.takes_in(stay)
            found.append(stay)
        elif main is not None and before is not main and main.first.lives == stay.first.lives:
            if before is not None and before.goes_temporary:
                main.takes_in(stay)
                main.episodes = [*main.episodes, *stay.episodes]
            else:
                main = stay
                found.append(stay)
        else:
            main = stay
            found.append(stay)
        before = stay
    return found


def _report_idle_reasons(period: list[Episode], stays: list[_Stay], find: Find) -> None:
    """A reason for a change of placement belongs on the last row before a change."""
    last_rows = {id(stay.episodes[-1]) for stay in stays[:-1]}
    for episode in period:
        if episode.reason and id(episode) not in last_rows:
            words = f"REASON_PLACE_CHANGE is {episode.reason}, but no change of placement follows."
            find(Rule.MOVE_REASON, words, episode.where)


def _placement_of(stay: _Stay) -> Spell:
    first = stay.first
    return Spell(
        kind=Kind.PLACEMENT,
        where=first.where,
        started_on=first.decom,
        ended_on=stay.ended_on,
        facts={
            "is_temporary": stay.is_temporary,
            "place": first.place,
            "provider_code": first.provider,
            "postcode": first.postcode,
            "home_postcode": stay.episodes[-1].home_postcode,
            "start_code": stay.start_code,
            "end_code": stay.end_code,
            "change_reason": stay.reason,
        },
        beside={"urn": first.urn, "reason_before": stay.reason_before},
        is_start_known=stay.is_start_known,
        is_alone=stay.is_alone,
    )


class LegalSpan(Protocol):
    """A legal status during a spell of days."""

    code: str
    started_on: date
    ended_on: date | None


def basis_of(placement: Spell, legal_statuses: Sequence[LegalSpan]) -> dict[str, Any]:
    """The special regime of a placement, from its place and the legal statuses under it.

    A placement keeps one regime: the last, when the law changed within it; a first one that
    ended keeps its end.
    """
    none = {"basis": "", "basis_ended_on": None, "order_made_on": None}
    if placement.facts["is_temporary"]:
        return none
    regimes: list[tuple[str, LegalSpan]] = []
    for status in sorted(legal_statuses, key=lambda status: status.started_on):
        if _meet(placement, status):
            regime = _regime(placement.facts["place"], status.code)
            if not regimes or regimes[-1][0] != regime:
                regimes.append((regime, status))
    if not regimes:
        return none
    (first, first_status), (last, last_status) = regimes[0], regimes[-1]
    if last and (len(regimes) == 1 or last != PlacementBasis.REG_48):
        return _basis(last, None, last_status)
    if first and first != last:
        return _basis(first, regimes[1][1].started_on, first_status)
    return none


def _basis(regime: str, ended_on: date | None, status: LegalSpan) -> dict[str, Any]:
    # CPPCR reg. 28(5) counts from the making of the care order, not from the move.
    with_order = regime == PlacementBasis.CARE_ORDER_WITH_PARENT
    return {
        "basis": str(regime),
        "basis_ended_on": ended_on,
        "order_made_on": status.started_on if with_order else None,
    }


def _meet(placement: Spell, status: LegalSpan) -> bool:
    return (placement.ended_on is None or status.started_on < placement.ended_on) and (
        status.ended_on is None or placement.started_on < status.ended_on
    )


def _regime(place: str, legal_status: str) -> str:
    if place in ADOPTION_PLACES:
        return PlacementBasis.ADOPTION
    if legal_status in layouts.SHORT_BREAKS:
        return PlacementBasis.REG_48
    if place == "P1" and legal_status == "C1":
        return PlacementBasis.INTERIM_ORDER_WITH_PARENT
    if place == "P1" and legal_status == "C2":
        return PlacementBasis.CARE_ORDER_WITH_PARENT
    return ""


def _times_missing(rows: Sequence[TimeMissing], born: date, find: Find) -> list[Spell]:
    kept: list[Spell] = []
    for row in sorted(rows, key=lambda row: (row.started_on, row.where.file, row.where.line)):
        if row.started_on < born:
            find(Rule.BEFORE_BIRTH, f"MIS_START is {row.started_on:%d/%m/%Y}.", row.where)
            continue
        before = kept[-1] if kept else None
        if before and (before.ended_on is None or row.started_on < before.ended_on):
            words = f"It overlaps with line {before.where.line}, which was kept."
            find(Rule.MISSING_OVERLAP, words, row.where)
            continue
        kept.append(
            Spell(
                kind=Kind.MISSING,
                where=row.where,
                started_on=row.started_on,
                ended_on=row.ended_on,
                facts={"is_away": row.is_away},
            )
        )
    return kept
