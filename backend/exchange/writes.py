"""Writes what a return changes, many rows at once, in an order the database can accept."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from backend.exchange.compare import MODELS, REVIEWS, SPELLS, Change, ChildLoad, Told, as_said
from backend.exchange.loaders import takes_reviews
from backend.exchange.models import Said
from backend.exchange.spells import Kind
from backend.records.geography import Spot, put_distances_on
from backend.records.models import Child, LegalStatus, PeriodOfCare, Placement

PLACED_BY = ("postcode", "home_postcode", "setting")
DISTANCES = ("postcode", "host_authority", "distance_miles", "is_in_area", "is_at_a_distance")


def write_children(children: Sequence[ChildLoad]) -> None:
    """The facts of the children themselves."""
    changes = [one.change for one in children if one.change and one.change.new and not one.is_new]
    _update(Child, changes)


def write_spells(children: Sequence[ChildLoad], spots: Mapping[str, Spot]) -> None:
    """Periods of care first, because the others belong to them."""
    for kind in SPELLS:
        _withdraw(kind, children)
    _write(Kind.CARE, children)
    for one in children:
        _put_periods_on(one)
    _put_distances(children, spots)
    for kind in SPELLS[1:]:
        _write(kind, children)
    _remove_withdrawn_care(children)


def _withdraw(kind: Kind, children: Sequence[ChildLoad]) -> None:
    """A placement that never was becomes a spell of no days: duties may have hung on it."""
    gone = [stands for one in children for stands in one.difference.withdrawn[kind]]
    if not gone:
        return
    rows = [stands.row for stands in gone]
    if kind in (Kind.CARE, Kind.PLACEMENT):
        for row in rows:
            row.ended_on = row.started_on
        MODELS[kind]._default_manager.bulk_update(rows, ["ended_on"])
    else:
        MODELS[kind]._default_manager.filter(pk__in=[row.pk for row in rows]).delete()


def _remove_withdrawn_care(children: Sequence[ChildLoad]) -> None:
    gone = [stands.row.pk for one in children for stands in one.difference.withdrawn[Kind.CARE]]
    if gone:
        Placement.objects.filter(period_of_care__in=gone).update(period_of_care=None)
        LegalStatus.objects.filter(period_of_care__in=gone).update(period_of_care=None)
        PeriodOfCare.objects.filter(pk__in=gone).delete()


def _write(kind: Kind, children: Sequence[ChildLoad]) -> None:
    _update_spells(kind, [c for one in children for c in one.difference.changed[kind]])
    _update(MODELS[kind], [c for one in children for c in one.difference.moved[kind]])
    added = [pair for one in children for pair in one.difference.added[kind]]
    MODELS[kind]._default_manager.bulk_create([row for row, _ in added], batch_size=500)


def write_said(children: Sequence[ChildLoad]) -> None:
    """What this return said, for the next one to differ from."""
    new, changed = [], []
    for one in children:
        before = one.said.says if one.said else {}
        says = _said_now(one, before)
        if one.said is None:
            new.append(Said(child=one.child, says=says))
        elif says != before:
            one.said.says = says
            changed.append(one.said)
    Said.objects.bulk_create(new)
    Said.objects.bulk_update(changed, ["says"])


def _said_now(one: ChildLoad, before: Mapping[str, Any]) -> dict[str, Any]:
    says: dict[str, Any] = {**before, Kind.CHILD: {**before.get(Kind.CHILD, {}), **one.says}}
    for kind in SPELLS:
        rows = dict(before.get(kind, {}))
        difference = one.difference
        for stands in difference.withdrawn[kind]:
            told = rows.pop(str(stands.row.pk), None)
            if told is not None and kind is Kind.PLACEMENT:
                rows[str(stands.row.pk)] = {**told, "is_withdrawn": True}
        for pk, told in difference.told[kind].items():
            rows[str(pk)] = asdict(told)
        for row, spell in difference.added[kind]:
            rows[str(row.pk)] = asdict(Told(as_said(spell.says()), spell.beside))
        says[kind] = rows
    if takes_reviews():
        reviews = {row.held_on.isoformat(): row.participation for row in one.reviews}
        says[REVIEWS] = {**before.get(REVIEWS, {}), **reviews}
    return says


def _update_spells(kind: Kind, changes: Sequence[Change]) -> None:
    """First every spell shrinks to the days it keeps, then it grows: so that no two spells
    meet on the way, whatever the order."""
    shrinking: list[tuple[Change, tuple[date, date | None]]] = []
    for change in changes:
        row = change.row
        old = (change.old.get("started_on", row.started_on), _old_end(change))
        both = _days_kept(old, (row.started_on, row.ended_on))
        if both != old:
            shrinking.append((change, both))
    finals = {id(change): (change.row.started_on, change.row.ended_on) for change in changes}
    for change, days in shrinking:
        change.row.started_on, change.row.ended_on = days
    rows = [change.row for change, _ in shrinking]
    MODELS[kind]._default_manager.bulk_update(rows, ["started_on", "ended_on"], batch_size=500)
    for change in changes:
        change.row.started_on, change.row.ended_on = finals[id(change)]
    _update(MODELS[kind], changes)


def _old_end(change: Change) -> date | None:
    end: date | None = change.old.get("ended_on", change.row.ended_on)
    return end


def _days_kept(
    old: tuple[date, date | None], new: tuple[date, date | None]
) -> tuple[date, date | None]:
    start = max(old[0], new[0])
    ends = [end for end in (old[1], new[1]) if end is not None]
    end = min(ends) if ends else None
    if end is not None and end < start:
        return old[0], old[0]
    return start, end


def _update(model: Any, changes: Iterable[Change]) -> None:
    changed = [change for change in changes if change.new or change.also]
    names = sorted({name for change in changed for name in {*change.new, *change.also}})
    if names:
        model._default_manager.bulk_update(
            [change.row for change in changed], names, batch_size=500
        )


def _put_periods_on(one: ChildLoad) -> None:
    """Placements and legal statuses belong to the period of care they begin in."""
    care = one.difference.final(Kind.CARE)
    for kind in (Kind.LEGAL_STATUS, Kind.PLACEMENT):
        changes = {id(change.row): change for change in one.difference.changed[kind]}
        new = {id(row) for row, _ in one.difference.added[kind]}
        for row in one.difference.final(kind):
            period = next((spell.pk for spell in care if _begins_in(row, spell)), None)
            if period is None or row.period_of_care_id == period:
                continue
            if id(row) in new:
                row.period_of_care_id = period
            else:
                change = changes.get(id(row))
                if change is None:
                    change = Change(row)
                    one.difference.moved[kind].append(change)
                change.also.add("period_of_care")
                row.period_of_care_id = period


def _begins_in(row: Any, spell: PeriodOfCare) -> bool:
    return spell.started_on <= row.started_on and (
        spell.ended_on is None or row.started_on < spell.ended_on
    )


def _put_distances(children: Sequence[ChildLoad], spots: Mapping[str, Spot]) -> None:
    rows = []
    for one in children:
        for row, _ in one.difference.added[Kind.PLACEMENT]:
            row.child = one.child
            rows.append(row)
        for change in one.difference.changed[Kind.PLACEMENT]:
            if any(name in change.new for name in PLACED_BY):
                change.row.child = one.child
                rows.append(change.row)
                change.also |= set(DISTANCES)
    if rows:
        put_distances_on(rows, spots)
