"""Cases that are nobody's child: who plays a part in each, and who may know that it exists.

An allegation, or a disagreement between two authorities, is not visible because a child is.
Its room says here who plays which part in which case, and which cases a person may see; the
machinery (who may take a step, who is told, what a timeline shows) asks here.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import CharField, Q, QuerySet, Value
from django.db.models.functions import Cast, Concat

from backend.access.models import Person
from backend.grammar.roles import Role

Playing = Sequence[tuple[Person, Role]]
#: Everybody with a part in each of many cases on a day, once for each part.
People = Callable[[Sequence[int], date], Mapping[int, Playing]]
#: The cases that a person may know of.
VisibleTo = Callable[[Person], QuerySet[Any]]


@dataclass(frozen=True)
class Matters:
    """What a room says of one kind of its cases."""

    people: People
    visible_to: VisibleTo


_matters: dict[str, Matters] = {}


def install_matters(name: str, *, people: People, visible_to: VisibleTo) -> None:
    """Says who plays a part in the cases called ``name`` (as in "allegations/12"), and who may
    see them. Whoever plays a part must be able to see."""
    _matters[name] = Matters(people, visible_to)


def is_matter(about: str) -> bool:
    return about.partition("/")[0] in _matters


def kinds_of_matters() -> tuple[str, ...]:
    return tuple(sorted(_matters))


def people_of(name: str, ids: Iterable[int], on: date) -> Mapping[int, Playing]:
    """Everybody with a part in each of these cases on a day."""
    wanted = sorted(set(ids))
    return _matters[name].people(wanted, on) if wanted else {}


def people_by_about(abouts: Iterable[str], on: date) -> dict[str, Playing]:
    """The same for cases of many kinds, by what they are called."""
    by_name: dict[str, list[int]] = {}
    for about in set(abouts):
        name, _, number = about.partition("/")
        by_name.setdefault(name, []).append(int(number))
    return {
        f"{name}/{pk}": playing
        for name, ids in sorted(by_name.items())
        for pk, playing in people_of(name, ids, on).items()
    }


def parts_in(name: str, person: Person, ids: Iterable[int], on: date) -> dict[int, frozenset[Role]]:
    """The parts a person plays in each of these cases on a day."""
    wanted = list(ids)
    playing = people_of(name, wanted, on)
    return {
        pk: frozenset(role for one, role in playing.get(pk, ()) if one.pk == person.pk)
        for pk in wanted
    }


def matters_visible_to(name: str, person: Person) -> QuerySet[Any]:
    """The cases of one kind that a person may know of; none for a person who has left."""
    rows = _matters[name].visible_to(person)
    return rows if person.is_active else rows.none()


def may_see(person: Person, about: str) -> bool:
    """Whether a person may know of one case, such as "allegations/12"."""
    name, _, number = about.partition("/")
    return (
        name in _matters
        and number.isdigit()
        and matters_visible_to(name, person).filter(pk=int(number)).exists()
    )


def seen_among(person: Person, abouts: Iterable[str]) -> frozenset[str]:
    """Those of these cases that a person may know of; a query for each kind."""
    by_name: dict[str, list[int]] = {}
    for about in set(abouts):
        name, _, number = about.partition("/")
        if name in _matters and number.isdigit():
            by_name.setdefault(name, []).append(int(number))
    return frozenset(
        f"{name}/{pk}"
        for name, ids in by_name.items()
        for pk in matters_visible_to(name, person).filter(pk__in=ids).values_list("pk", flat=True)
    )


def about_matters_of(person: Person, field: str = "about", *, leaving_out: Sequence[str] = ()) -> Q:
    """Rows of which a field names a case that the person may know of."""
    seen = Q(pk__in=[])
    for name in kinds_of_matters():
        if name in leaving_out:
            continue
        called = Concat(Value(f"{name}/"), Cast("pk", CharField()), output_field=CharField())
        rows = matters_visible_to(name, person).order_by().annotate(called=called)
        seen |= Q(**{f"{field}__in": rows.values("called")})
    return seen
