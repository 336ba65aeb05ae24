"""Turns facts (allocations, assignments, placements) into grants, and checks that they agree.

Nobody gives a grant by hand. One function says what is owed; another compares it with
what is there, corrects the difference and says what it was.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from backend.access.models import (
    Allocation,
    ChildGrant,
    ChildGroupGrant,
    Person,
    RoleAssignment,
    SettingGrant,
    SettingGroupGrant,
)
from backend.access.parts import current, ties_of
from backend.grammar.events import Depth
from backend.grammar.roles import Role
from backend.records.models import Child, Setting

CARD_ONLY = (Role.HOST_OFFICER, Role.REGISTERED_MANAGER)
PERMISSION = {Depth.CARD: "view_child_card", Depth.RECORD: "view_child_record"}
PICTURE = "view_setting_picture"


@dataclass(frozen=True, order=True)
class Grant:
    """Who may see what: a group's name or a person's id, a thing's id, a permission."""

    holder: str
    thing: int
    permission: str


@dataclass(frozen=True)
class Difference:
    """What was missing and what should not have been there."""

    missing: frozenset[Grant]
    excess: frozenset[Grant]

    def __bool__(self) -> bool:
        return bool(self.missing or self.excess)


@dataclass(frozen=True)
class GrantTables:
    """Where the grants on one kind of case stand, and what the facts of a day call for."""

    by_person: type[Any]
    by_group: type[Any]
    owed: Callable[[Iterable[int], date], frozenset[Grant]]
    every: Callable[[], Iterable[int]]


_cases: dict[str, GrantTables] = {}


def install_grants(name: str, tables: GrantTables) -> None:
    """Says where the grants on the cases called ``name`` stand, and from what they follow."""
    _cases[name] = tables


def group_name(role: str, kind: str, place: object) -> str:
    return f"{role}:{kind}:{place}"


def person_holder(person_id: int) -> str:
    return f"person:{person_id}"


def owed_for_children(children: Iterable[int], on: date) -> frozenset[Grant]:
    """The grants on children that the facts of a day call for."""
    wanted = list(children)
    owed: set[Grant] = set()
    allocated = Allocation.objects.filter(
        current(on), child__in=wanted, person__is_active=True
    ).values_list("person_id", "child_id")
    for person_id, child_id in allocated:
        owed.add(Grant(person_holder(person_id), child_id, PERMISSION[Depth.RECORD]))
    for ties in ties_of(wanted, on):
        for role, kind, place in ties.scopes():
            depth = Depth.CARD if role in CARD_ONLY else Depth.RECORD
            owed.add(Grant(group_name(role, kind, place), ties.child_id, PERMISSION[depth]))
    return frozenset(owed)


def owed_for_settings(settings: Iterable[int], on: date) -> frozenset[Grant]:
    """The grants on settings: their host authority, their manager, their visitors."""
    wanted = list(settings)
    owed: set[Grant] = set()
    hosts = Setting.objects.filter(pk__in=wanted).values_list("pk", "host_authority_id")
    for pk, host in hosts:
        owed.add(Grant(group_name(Role.HOST_OFFICER, "authority", host), pk, PICTURE))
        owed.add(Grant(group_name(Role.LADO, "authority", host), pk, PICTURE))
        owed.add(Grant(group_name(Role.REGISTERED_MANAGER, "setting", pk), pk, PICTURE))
        owed.add(Grant(group_name(Role.INDEPENDENT_VISITOR, "setting", pk), pk, PICTURE))
    return frozenset(owed)


def held(
    things: Iterable[int],
    by_person: type[Any],
    by_group: type[Any],
) -> frozenset[Grant]:
    """The grants that stand in the tables now."""
    wanted = list(things)
    persons = by_person.objects.filter(content_object__in=wanted).values_list(
        "user_id", "content_object_id", "permission__codename"
    )
    groups = by_group.objects.filter(content_object__in=wanted).values_list(
        "group__name", "content_object_id", "permission__codename"
    )
    return frozenset(
        [Grant(person_holder(user), thing, codename) for user, thing, codename in persons]
        + [Grant(name, thing, codename) for name, thing, codename in groups]
    )


def _permissions(by_person: type[Any], difference: Difference) -> dict[str, int]:
    wanted = {grant.permission for grant in difference.missing | difference.excess}
    of = by_person._meta.get_field("content_object").related_model._meta
    return dict(
        Permission.objects.filter(
            codename__in=wanted,
            content_type__app_label=of.app_label,
            content_type__model=of.model_name,
        ).values_list("codename", "pk")
    )


def _groups(names: Iterable[str]) -> dict[str, int]:
    wanted = sorted(set(names))
    Group.objects.bulk_create([Group(name=name) for name in wanted], ignore_conflicts=True)
    return dict(Group.objects.filter(name__in=wanted).values_list("name", "pk"))


def _apply(
    difference: Difference,
    by_person: type[Any],
    by_group: type[Any],
) -> None:
    permissions = _permissions(by_person, difference)
    for grant in difference.excess:
        holder, _, number = grant.holder.partition(":")
        if holder == "person":
            by_person.objects.filter(
                user_id=int(number),
                content_object_id=grant.thing,
                permission_id=permissions[grant.permission],
            ).delete()
        else:
            by_group.objects.filter(
                group__name=grant.holder,
                content_object_id=grant.thing,
                permission_id=permissions[grant.permission],
            ).delete()
    persons = [g for g in difference.missing if g.holder.startswith("person:")]
    groups = [g for g in difference.missing if not g.holder.startswith("person:")]
    by_person.objects.bulk_create(
        [
            by_person(
                user_id=int(g.holder.partition(":")[2]),
                content_object_id=g.thing,
                permission_id=permissions[g.permission],
            )
            for g in sorted(persons)
        ],
        ignore_conflicts=True,
    )
    ids = _groups(g.holder for g in groups)
    by_group.objects.bulk_create(
        [
            by_group(
                group_id=ids[g.holder],
                content_object_id=g.thing,
                permission_id=permissions[g.permission],
            )
            for g in sorted(groups)
        ],
        ignore_conflicts=True,
    )


def compare_children(children: Iterable[int], on: date) -> Difference:
    wanted = list(children)
    owed = owed_for_children(wanted, on)
    there = held(wanted, ChildGrant, ChildGroupGrant)
    return Difference(missing=owed - there, excess=there - owed)


def derive_for_children(children: Iterable[int], on: date) -> Difference:
    """Makes the grants on these children what the facts call for; says what differed."""
    wanted = list(children)
    with transaction.atomic():
        difference = compare_children(wanted, on)
        if difference:
            _apply(difference, ChildGrant, ChildGroupGrant)
    return difference


def derive_for_settings(settings: Iterable[int], on: date) -> Difference:
    """Makes the grants on these settings what the facts call for; says what differed."""
    wanted = list(settings)
    with transaction.atomic():
        owed = owed_for_settings(wanted, on)
        there = held(wanted, SettingGrant, SettingGroupGrant)
        difference = Difference(missing=owed - there, excess=there - owed)
        if difference:
            _apply(difference, SettingGrant, SettingGroupGrant)
    return difference


def derive_for_cases(name: str, ids: Iterable[int], on: date) -> Difference:
    """Makes the grants on these cases what the facts call for; says what differed."""
    tables, wanted = _cases[name], list(ids)
    with transaction.atomic():
        owed = tables.owed(wanted, on)
        there = held(wanted, tables.by_person, tables.by_group)
        difference = Difference(missing=owed - there, excess=there - owed)
        if difference:
            _apply(difference, tables.by_person, tables.by_group)
    return difference


def derive_groups(people: Iterable[int], on: date) -> bool:
    """Puts people into the groups of the parts they play, and out of all others.

    Returns whether anything differed.
    """
    wanted = list(people)
    rows = RoleAssignment.objects.filter(
        current(on), person__in=wanted, person__is_active=True
    ).values_list("person_id", "role", "team_id", "authority_id", "setting_id")
    owed: set[tuple[int, str]] = set()
    for person_id, role, team, authority, setting in rows:
        kind, place = next(
            (kind, place)
            for kind, place in (("team", team), ("authority", authority), ("setting", setting))
            if place is not None
        )
        owed.add((person_id, group_name(role, kind, place)))
    membership = Person.groups.through
    there = set(
        membership.objects.filter(person_id__in=wanted).values_list("person_id", "group__name")
    )
    for person_id, name in there - owed:
        membership.objects.filter(person_id=person_id, group__name=name).delete()
    ids = _groups(name for _, name in owed - there)
    membership.objects.bulk_create(
        [membership(person_id=person_id, group_id=ids[name]) for person_id, name in owed - there],
        ignore_conflicts=True,
    )
    return owed != there


def derive_all(on: date, batch: int = 500) -> dict[str, int]:
    """The nightly check: compares every grant with the facts, corrects and counts differences."""
    found = {"children": 0, "settings": 0, "people": 0, "cases": 0}
    found["people"] += int(derive_groups(Person.objects.values_list("pk", flat=True), on))
    for ids in _batches(Child.objects.order_by("pk").values_list("pk", flat=True), batch):
        difference = derive_for_children(ids, on)
        found["children"] += len(difference.missing) + len(difference.excess)
    for ids in _batches(Setting.objects.order_by("pk").values_list("pk", flat=True), batch):
        difference = derive_for_settings(ids, on)
        found["settings"] += len(difference.missing) + len(difference.excess)
    for name, tables in sorted(_cases.items()):
        for ids in _batches(sorted(tables.every()), batch):
            difference = derive_for_cases(name, ids, on)
            found["cases"] += len(difference.missing) + len(difference.excess)
    return found


def _batches(ids: Iterable[int], size: int) -> Iterable[list[int]]:
    batch: list[int] = []
    for pk in ids:
        batch.append(pk)
        if len(batch) == size:
            yield batch
            batch = []
    if batch:
        yield batch
