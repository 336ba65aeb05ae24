"""What a person may know exists: deny unless a grant says otherwise."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from backend.access.grants import CARD_ONLY, PERMISSION, PICTURE
from backend.access.matters import about_matters_of
from backend.access.models import (
    Allocation,
    BreakGlass,
    ChildGrant,
    ChildGroupGrant,
    Person,
    RoleAssignment,
    SettingGrant,
    SettingGroupGrant,
)
from backend.access.parts import current, ties_of
from backend.grammar.events import Depth
from backend.grammar.roles import LABELS, Role
from backend.records.models import Child, Setting

#: A reader of the record may read the card.
REACHES = {
    Depth.CARD: (PERMISSION[Depth.CARD], PERMISSION[Depth.RECORD]),
    Depth.RECORD: (PERMISSION[Depth.RECORD],),
}


def child_ids_visible_to(person: Person, depth: Depth = Depth.CARD) -> QuerySet[Any, Any]:
    """Ids of the children a person may see: own grants, their groups' grants, opened records.

    The union starts from the person's own rows, so it stays quick however many children
    the country has.
    """
    codenames = REACHES[depth]
    own = ChildGrant.objects.filter(user=person, permission__codename__in=codenames).values_list(
        "content_object_id"
    )
    groups = ChildGroupGrant.objects.filter(
        group__in=person.groups.values("pk"), permission__codename__in=codenames
    ).values_list("content_object_id")
    opened = BreakGlass.objects.filter(person=person, ends_at__gt=Now()).values_list("child_id")
    return own.order_by().union(groups.order_by(), opened.order_by())


def children_visible_to(person: Person, depth: Depth = Depth.CARD) -> QuerySet[Child]:
    """The children a person may see, to the given depth."""
    if not person.is_active:
        return Child.objects.none()
    return Child.objects.filter(pk__in=child_ids_visible_to(person, depth))


def settings_visible_to(person: Person) -> QuerySet[Setting]:
    """The settings whose picture a person may see."""
    if not person.is_active:
        return Setting.objects.none()
    own = SettingGrant.objects.filter(user=person, permission__codename=PICTURE).values_list(
        "content_object_id"
    )
    groups = SettingGroupGrant.objects.filter(
        group__in=person.groups.values("pk"), permission__codename=PICTURE
    ).values_list("content_object_id")
    return Setting.objects.filter(pk__in=own.order_by().union(groups.order_by()))


def depth_of(person: Person, child: Child) -> Depth | None:
    """How deep a person may read about a child; None when they may not know of the child."""
    for depth in (Depth.RECORD, Depth.CARD):
        if children_visible_to(person, depth).filter(pk=child.pk).exists():
            return depth
    return None


def depths_within(depth: Depth) -> tuple[Depth, ...]:
    """What a reader of this depth may read of a timeline."""
    return (Depth.CARD, Depth.RECORD) if depth == Depth.RECORD else (Depth.CARD,)


def readable_by(person: Person, depth: Depth) -> Q:
    """The events of a child that a person of this depth may read: with them, in the same thread,
    those of cases with their own readers of whom the person is one."""
    return Q(depth__in=depths_within(depth)) | (
        Q(depth=Depth.RESTRICTED) & about_matters_of(person)
    )


ANYBODY, NOBODY = Q(), Q(pk__in=())


@dataclass(frozen=True)
class Reader:
    """Somebody who can see a child, how deep, and why."""

    person_id: int
    name: str
    depth: Depth
    because: str


def readers_of(child: Child, on: date, who: Q = ANYBODY) -> list[Reader]:
    """Everybody who can see this child, and why: the answer to "who can see this?"."""
    return [
        *_by_allocation(child, on, who),
        *_by_role(child, on, who),
        *_by_reason(child, who),
    ]


def _by_allocation(child: Child, on: date, who: Q) -> Iterator[Reader]:
    """Those whose own child this is."""
    rows = Allocation.objects.filter(current(on), who, child=child, person__is_active=True)
    for row in rows.select_related("person"):
        since = f"since {row.started_on:%-d %B %Y}"
        because = f"{_capital(LABELS[Role(row.role)])} {since}"
        yield Reader(row.person_id, row.person.name, Depth.RECORD, because)


def _by_role(child: Child, on: date, who: Q) -> Iterator[Reader]:
    """Those with a part where the child belongs or lives."""
    scopes = ties_of([child.pk], on)[0].scopes()
    played = [Q(role=role, **{f"{kind}_id": place}) for role, kind, place in scopes]
    rows = RoleAssignment.objects.filter(
        current(on), who, reduce(or_, played, NOBODY), person__is_active=True
    ).select_related("person", "team__authority", "authority", "setting")
    places = {role: number for number, (role, _, _) in reversed(list(enumerate(scopes)))}
    for row in sorted(rows, key=lambda row: (places[Role(row.role)], row.pk)):
        depth = Depth.CARD if row.role in CARD_ONLY else Depth.RECORD
        because = f"{_capital(LABELS[Role(row.role)])}, {row.team or row.authority or row.setting}"
        yield Reader(row.person_id, row.person.name, depth, because)


def _by_reason(child: Child, who: Q) -> Iterator[Reader]:
    """Those who opened the record for a time, with a reason."""
    rows = BreakGlass.objects.filter(who, child=child, ends_at__gt=Now())
    for row in rows.select_related("person"):
        because = f"Opened the record with a reason; access ends {row.ends_at:%-d %B %H:%M}"
        yield Reader(row.person_id, row.person.name, Depth.RECORD, because)


def why_visible(person: Person, child: Child, on: date) -> list[str]:
    """Why this person can see this child; an empty list when they cannot."""
    return [reader.because for reader in readers_of(child, on, Q(person=person))]


def _capital(words: str) -> str:
    """With a capital first letter; LADO and IRO stay as they are."""
    return f"{words[:1].upper()}{words[1:]}"
