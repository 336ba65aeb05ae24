"""Who is away on a day, and who is told in their place."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Q

from backend.access.matters import seen_among
from backend.access.models import Person
from backend.access.visibility import children_visible_to
from backend.events.models import Event
from backend.grammar.events import Depth
from backend.grammar.roles import Role
from backend.notify.models import Leave

Playing = Sequence[tuple[Person, Role]]


def away_on(on: date) -> Q:
    """Leave that covers a day; the last day still counts."""
    return Q(started_on__lte=on, ended_on__gte=on)


@dataclass(frozen=True)
class StandIn:
    """Somebody who is told in the place of a person who is away, and of their part."""

    person: Person
    role: Role
    on_behalf_of: Person


@dataclass
class Absences:
    """Who of many people is away on a day, and what their deputies may read."""

    leaves: Mapping[int, Leave]
    children: frozenset[int]
    abouts: frozenset[str]
    _children_seen: dict[tuple[int, Depth], frozenset[int]] = field(default_factory=dict)
    _cases_seen: dict[int, frozenset[str]] = field(default_factory=dict)

    @classmethod
    def among(
        cls, people: Iterable[int], on: date, *, children: Iterable[int], abouts: Iterable[str]
    ) -> "Absences":
        """Reads the leave of these people and, when somebody is away, of the deputies."""
        away = Leave.objects.filter(away_on(on)).select_related("person", "deputy")
        found = list(away.filter(person__in=set(people)))
        if found:
            found += away.filter(person__in={row.deputy_id for row in found} - {None})
        return cls({row.person_id: row for row in found}, frozenset(children), frozenset(abouts))

    def is_away(self, person: Person) -> bool:
        return person.pk in self.leaves

    def deputy_for(self, person: Person, event: Event, about: str) -> Person | None:
        """The deputy, if they are at work and may read of this event themselves."""
        deputy = self.leaves[person.pk].deputy
        if deputy is None or not deputy.is_active or self.is_away(deputy):
            return None
        return deputy if self._may_read(deputy, event, about) else None

    def _may_read(self, deputy: Person, event: Event, about: str) -> bool:
        if about:
            if deputy.pk not in self._cases_seen:
                self._cases_seen[deputy.pk] = seen_among(deputy, self.abouts)
            return about in self._cases_seen[deputy.pk]
        depth = Depth.CARD if event.depth == Depth.CARD else Depth.RECORD
        if (deputy.pk, depth) not in self._children_seen:
            seen = children_visible_to(deputy, depth).filter(pk__in=self.children)
            self._children_seen[deputy.pk, depth] = frozenset(seen.values_list("pk", flat=True))
        return event.child_id in self._children_seen[deputy.pk, depth]


def stand_ins(
    person: Person,
    role: Role,
    event: Event,
    about: str,
    *,
    absences: Absences,
    playing: Playing,
    upwards: Sequence[Role],
    may: Callable[[Role, Event], bool],
) -> list[StandIn]:
    """Who is told for somebody who is away: the deputy, else the nearest part above at work.

    Nobody at all when even above nobody is at work.
    """
    deputy = absences.deputy_for(person, event, about)
    if deputy is not None:
        return [StandIn(deputy, role, person)]
    above = upwards[upwards.index(role) + 1 :] if role in upwards else upwards
    for part in above:
        found = [
            StandIn(one, part, person)
            for one, plays in playing
            if plays == part and may(part, event) and not absences.is_away(one)
        ]
        if found:
            return found
    return []
