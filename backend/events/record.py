"""Writing events down, and letting the rooms that care react in the same transaction."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.db import transaction

from backend.events.models import Event
from backend.grammar.events import KINDS
from backend.grammar.roles import Role


class Actor(Protocol):
    """Somebody who does things: a person, or the clock."""

    @property
    def pk(self) -> int | None: ...

    @property
    def name(self) -> str: ...


@dataclass(frozen=True)
class Clock:
    """The system itself, when a moment passes; an actor with a name, never nobody."""

    pk: None = None
    name: str = Role.CLOCK.label


CLOCK = Clock()

Reaction = Callable[[Event], None]
_reactions: dict[str, list[Reaction]] = defaultdict(list)


class FactsMissing(ValueError):
    """The event's sentence needs facts that were not given."""


def reacts_to(*names: str) -> Callable[[Reaction], Reaction]:
    """Registers a function that runs, in the same transaction, when such an event is recorded."""

    def register(reaction: Reaction) -> Reaction:
        for name in names:
            if reaction not in _reactions[name]:
                _reactions[name].append(reaction)
        return reaction

    return register


def reactions() -> Mapping[str, list[Reaction]]:
    """Who reacts to what, for the generated index."""
    return _reactions


def compose(
    name: str,
    *,
    by: Actor,
    at: datetime,
    about: str,
    child_id: int | None = None,
    setting_id: int | None = None,
    carries: Mapping[str, Any] | None = None,
) -> Event:
    """An event, not yet written down.

    :raises LookupError: no room describes an event of that name.
    :raises FactsMissing: the facts given are not those its sentence carries.
    """
    kind = KINDS[name]
    facts = {key: str(value) for key, value in (carries or {}).items()}
    if set(facts) != set(kind.carries):
        raise FactsMissing(f"{name} carries {kind.carries}, not {tuple(facts)}")
    return Event(
        name=name,
        at=at,
        by_id=by.pk,
        by_name=by.name,
        child_id=child_id,
        setting_id=setting_id,
        about=about,
        carries=facts,
        depth=kind.depth,
    )


def record(name: str, **facts: Any) -> Event:
    """Writes one event down and lets the rooms react, all in the caller's transaction."""
    return record_all([compose(name, **facts)])[0]


def record_all(events: Iterable[Event]) -> list[Event]:
    """Writes many events down at once, then lets the rooms react to each."""
    with transaction.atomic():
        written = Event.objects.bulk_create(list(events), batch_size=1000)
        for event in written:
            for reaction in _reactions[event.name]:
                reaction(event)
    return written
