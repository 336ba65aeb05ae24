"""Writes the records of an authority's children as the files of an SSDA903 return."""

import csv
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from backend.exchange import layouts
from backend.exchange.loaders import read_reviews
from backend.exchange.models import Said
from backend.exchange.report import private
from backend.exchange.spells import Kind
from backend.records.codes import NOT_LOOKED_AFTER
from backend.records.models import (
    Authority,
    Child,
    LegalStatus,
    MissingEpisode,
    PeriodOfCare,
    Placement,
)

BATCH = 500
Cells = list[str]


class UnableToWriteReturn(Exception):
    """The return cannot be written; the message is for the person who asked."""


@dataclass
class Written:
    """How many rows went into each file, and which days of care could not be told."""

    rows: dict[str, int] = field(default_factory=lambda: dict.fromkeys(layouts.LAYOUTS, 0))
    untold: list[str] = field(default_factory=list)


@dataclass
class ChildRecord:
    """One child's rows of the records."""

    child: Child
    care: list[PeriodOfCare] = field(default_factory=list)
    legal_statuses: list[LegalStatus] = field(default_factory=list)
    placements: list[Placement] = field(default_factory=list)
    missing: list[MissingEpisode] = field(default_factory=list)
    #: What the last return said of a placement and the records have no place for.
    beside: dict[int, dict[str, Any]] = field(default_factory=dict)


@dataclass
class Piece:
    """Days of care under one legal status in one place: an episode in the making."""

    care: PeriodOfCare
    status: LegalStatus
    placement: Placement
    started_on: date
    ended_on: date | None


def write_return(*, authority: Authority, folder: Path, may_replace: bool = False) -> Written:
    """This will write the five files of the return into a folder, readable by its owner only.

    :raises UnableToWriteReturn: the folder cannot be written to, or holds such files already.
    """
    paths = {layout: folder / f"{layout}.csv" for layout in layouts.LAYOUTS}
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        there = [path.name for path in paths.values() if path.exists()]
        if there and not may_replace:
            raise UnableToWriteReturn(
                f"{folder} holds {', '.join(there)} already. Name an empty folder, or --replace."
            )
        return _write_files(authority, paths)
    except OSError as error:
        raise UnableToWriteReturn(f"{folder} cannot be written to: {error.strerror}.") from error


def _write_files(authority: Authority, paths: dict[str, Path]) -> Written:
    written = Written()
    # Beside the final name first: a return half written must not look like one.
    drafts = {layout: path.with_suffix(".part") for layout, path in paths.items()}
    files = {
        layout: open(path, "w", encoding="utf-8", newline="", opener=private)  # noqa: SIM115
        for layout, path in drafts.items()
    }
    try:
        writers = {layout: csv.writer(file) for layout, file in files.items()}
        for layout, columns in layouts.LAYOUTS.items():
            writers[layout].writerow(columns)
        for records in _batches(authority):
            for layout, rows in _rows(records, written).items():
                writers[layout].writerows(rows)
                written.rows[layout] += len(rows)
        for layout, file in files.items():
            file.close()
            os.replace(drafts[layout], paths[layout])
    finally:
        for layout, file in files.items():
            file.close()
            drafts[layout].unlink(missing_ok=True)
    return written


def _batches(authority: Authority) -> Iterator[list[ChildRecord]]:
    ids = list(
        Child.objects.filter(authority=authority).order_by("local_id").values_list("pk", flat=True)
    )
    for start in range(0, len(ids), BATCH):
        yield _records(ids[start : start + BATCH])


def _records(ids: Sequence[int]) -> list[ChildRecord]:
    found = {
        child.pk: ChildRecord(child)
        for child in Child.objects.filter(pk__in=ids).order_by("local_id")
    }
    for period in PeriodOfCare.objects.filter(child__in=ids).order_by("started_on", "pk"):
        found[period.child_id].care.append(period)
    for status in LegalStatus.objects.filter(child__in=ids).order_by("started_on", "pk"):
        found[status.child_id].legal_statuses.append(status)
    looked_after = Placement.objects.filter(child__in=ids).exclude(basis__in=NOT_LOOKED_AFTER)
    for placement in looked_after.select_related("setting").order_by("started_on", "pk"):
        if placement.started_on != placement.ended_on:
            found[placement.child_id].placements.append(placement)
    for missing in MissingEpisode.objects.filter(child__in=ids).order_by("started_on", "pk"):
        found[missing.child_id].missing.append(missing)
    for said in Said.objects.filter(child__in=ids):
        for pk, told in said.says.get(Kind.PLACEMENT, {}).items():
            found[said.child_id].beside[int(pk)] = told["beside"]
    return list(found.values())


def _rows(records: Sequence[ChildRecord], written: Written) -> dict[str, list[Cells]]:
    rows: dict[str, list[Cells]] = defaultdict(list)
    reviews = read_reviews([record.child.pk for record in records])
    for record in records:
        child = record.child
        born = _day(child.date_of_birth)
        rows[layouts.HEADER].append(_header(child))
        rows[layouts.EPISODES] += _episodes(record, written)
        rows[layouts.REVIEWS] += [
            [child.local_id, born, _day(review.held_on), review.participation]
            for review in reviews.get(child.pk, ())
        ]
        rows[layouts.MISSING] += [
            [
                child.local_id,
                born,
                "A" if missing.is_away else "M",
                _day(missing.started_on),
                _day(missing.ended_on),
            ]
            for missing in record.missing
        ]
        if child.is_unaccompanied:
            until = _day(child.unaccompanied_until)
            rows[layouts.UASC].append([child.local_id, child.gender, born, until])
    return rows


def _header(child: Child) -> Cells:
    return [
        child.local_id,
        child.gender,
        _day(child.date_of_birth),
        child.ethnicity,
        child.upn,
        "1" if child.is_mother else "",
        _day(child.mothers_child_born_on),
    ]


def _episodes(record: ChildRecord, written: Written) -> list[Cells]:
    pieces: list[Piece] = []
    for care in record.care:
        cut, untold = _pieces(record, care)
        pieces += cut
        written.untold += untold
    earlier: list[Piece | None] = [None, *pieces]
    later: list[Piece | None] = [*pieces[1:], None]
    return [
        _episode(record, piece, before, after)
        for before, piece, after in zip(earlier, pieces, later, strict=False)
    ]


def _pieces(record: ChildRecord, care: PeriodOfCare) -> tuple[list[Piece], list[str]]:
    """Cuts a period of care wherever the law or the place changes."""
    inside: list[Any] = [
        spell
        for spell in (*record.legal_statuses, *record.placements)
        if _overlaps(spell, care.started_on, care.ended_on)
    ]
    edges = {care.started_on, *(spell.started_on for spell in inside)}
    edges |= {spell.ended_on for spell in inside if spell.ended_on}
    if care.ended_on:
        edges.add(care.ended_on)
    days = sorted(
        day
        for day in edges
        if day >= care.started_on and (care.ended_on is None or day <= care.ended_on)
    )
    spans: list[tuple[date, date | None]] = list(pairwise(days))
    if care.ended_on is None:
        spans.append((days[-1], None))
    pieces, untold = [], []
    for start, end in spans:
        status = _at(record.legal_statuses, start)
        placement = _at([p for p in record.placements if p.is_temporary], start) or _at(
            [p for p in record.placements if not p.is_temporary], start
        )
        if status is None or placement is None:
            lacks = "legal status" if status is None else "placement"
            until = _day(end) or "today"
            untold.append(
                f"{record.child.local_id}: no {lacks} from {_day(start)} to {until}: no episode"
            )
            continue
        pieces.append(Piece(care, status, placement, start, end))
    return pieces, untold


def _overlaps(spell: Any, start: date, end: date | None) -> bool:
    return (spell.ended_on is None or spell.ended_on > start) and (
        end is None or spell.started_on < end
    )


def _at(spells: Sequence[Any], day: date) -> Any:
    return next(
        (
            spell
            for spell in spells
            if spell.started_on <= day and (spell.ended_on is None or day < spell.ended_on)
        ),
        None,
    )


def _episode(record: ChildRecord, piece: Piece, before: Piece | None, after: Piece | None) -> Cells:
    placement = piece.placement
    beside = record.beside.get(placement.pk, {})
    goes_on = after is not None and after.care.pk == piece.care.pk
    moves = goes_on and after is not None and after.placement.pk != placement.pk
    urn = (placement.setting.urn if placement.setting else "") or beside.get("urn", "")
    return [
        record.child.local_id,
        _day(piece.started_on),
        _rne(piece, before),
        piece.status.code,
        piece.care.category_of_need,
        placement.place,
        placement.provider_code,
        _day(piece.ended_on),
        _rec(piece, goes_on),
        _reason(record, piece, after) if moves and after is not None else "",
        placement.home_postcode,
        placement.postcode,
        urn,
    ]


def _rne(piece: Piece, before: Piece | None) -> str:
    """Why the episode begins: as it was given where care begins, else from what changed."""
    if before is None or before.care.pk != piece.care.pk:
        return piece.care.start_reason or layouts.STARTS_CARE
    law = before.status.pk != piece.status.pk
    if before.placement.pk == piece.placement.pk:
        return layouts.LEGAL_ONLY
    start = piece.placement.start_code
    if before.placement.is_temporary and piece.started_on > piece.placement.started_on:
        # Back from a temporary stay, with the same carer if they went with the child.
        start = before.placement.start_code
    return layouts.reason_new(law_changed=law, same_carer=start in layouts.SAME_CARER)


def _rec(piece: Piece, goes_on: bool) -> str:
    if piece.ended_on is None:
        return ""
    if goes_on or piece.care.ended_on is None:
        return layouts.GOES_ON
    return piece.care.end_reason


def _reason(record: ChildRecord, piece: Piece, after: Piece) -> str:
    if after.placement.is_temporary and not piece.placement.is_temporary:
        return str(record.beside.get(after.placement.pk, {}).get("reason_before", ""))
    return piece.placement.change_reason


def _day(day: date | None) -> str:
    return f"{day:%d/%m/%Y}" if day else ""
