"""Telling people: a numbered row in each inbox, and one job that delivers the batch."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from backend.access.grants import CARD_ONLY
from backend.access.matters import Playing, is_matter, people_by_about
from backend.access.models import Person
from backend.access.parts import people_by_child
from backend.events.models import Event
from backend.grammar.events import Depth
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.notify.absence import Absences, StandIn, stand_ins
from backend.notify.choosing import deliveries_for
from backend.notify.jobs import deliver
from backend.notify.models import Delivery, Inbox, Notification, Way

#: Who hears of it when nobody plays the parts that should have been told, in this order.
UPWARDS = (Role.TEAM_MANAGER, Role.SERVICE_MANAGER, Role.DIRECTOR)


@dataclass(frozen=True)
class Telling:
    """An event, for the people who play these parts for its child.

    With ``about`` they are instead the people of that case, such as "allegations/12".
    """

    event: Event
    roles: tuple[Role, ...]
    deadline_id: int | None = None
    about: str = ""
    #: Danger: whoever is told is reached at once, whatever they prefer.
    is_urgent: bool = False

    @property
    def may_name_child(self) -> bool:
        """Whether the alert may stand with the child's name: not for a case with own readers."""
        return not self.about


@dataclass(frozen=True)
class Told:
    """Who was told of what, and which events found nobody at all."""

    notifications: list[Notification]
    unheard: list[Event]


def may_hear(role: Role, event: Event) -> bool:
    """Whether a part that was named to be told may read of it.

    A part that reads only cards is not told of what stands in the record; what is restricted
    reaches only professionals, so never an advocate.
    """
    if event.depth == Depth.CARD:
        return True
    if event.depth == Depth.RESTRICTED and role == Role.ADVOCATE:
        return False
    return role not in CARD_ONLY


def tell(tellings: Iterable[Telling], *, at: datetime, also: Collection[Way] = ()) -> Told:
    """Tells everybody who plays the named parts for each event's child or case, each once.

    Where nobody plays any of them, the nearest part above is told instead; an event that
    finds nobody at all is returned as unheard, for the caller to make visible.
    """
    batch = [one for one in tellings if one.roles and (one.about or one.event.child_id)]
    if not batch:
        return Told(notifications=[], unheard=[])
    on = day_of(at)
    of_children = [telling for telling in batch if not telling.about]
    wanted = {role for telling in of_children for role in telling.roles} | set(UPWARDS)
    children = {one.event.child_id for one in of_children if one.event.child_id}
    playing = people_by_child(wanted, children, on)
    in_cases = people_by_about({telling.about for telling in batch if telling.about}, on)
    everybody = [*playing.values(), *in_cases.values()]
    absences = Absences.among(
        {person.pk for found in everybody for person, _ in found},
        on,
        children=children,
        abouts=in_cases,
    )
    rows: list[Notification] = []
    instead: list[tuple[Telling, StandIn]] = []
    unheard: list[Event] = []
    for telling in batch:
        may = _anybody if telling.about else may_hear
        found = (
            in_cases.get(telling.about, ())
            if telling.about
            else playing[telling.event.child_id or 0]
        )
        listeners = _heard(telling, found, may)
        others = _instead(telling, listeners, found, may, absences)
        if not others and all(absences.is_away(person) for person, _ in listeners):
            unheard.append(telling.event)
        rows += [_notification(telling, person, role, at) for person, role in listeners]
        instead += [(telling, one) for one in others]
    rows += [
        _notification(telling, one.person, one.role, at, on_behalf_of=one.on_behalf_of)
        for telling, one in _not_yet_told(instead)
    ]
    return Told(notifications=deliver_later(rows, also=also), unheard=unheard)


def tell_person(
    person: Person,
    event: Event,
    *,
    role: Role,
    at: datetime,
    about: str = "",
    is_urgent: bool = False,
) -> None:
    """Tells one person by name, in the part they play; whoever asked is told of the silence.

    ``about`` is the case with readers of its own that it happened in, if it did.
    """
    telling = Telling(event, (role,), about=about, is_urgent=is_urgent)
    deliver_later([_notification(telling, person, role, at)])


def _instead(
    telling: Telling,
    listeners: Playing,
    playing: Playing,
    may: Callable[[Role, Event], bool],
    absences: Absences,
) -> list[StandIn]:
    """Who stands in for the listeners who are away, each once; they may have been told."""
    found: dict[int, StandIn] = {}
    for person, role in listeners:
        if not absences.is_away(person):
            continue
        for one in stand_ins(
            person,
            role,
            telling.event,
            telling.about,
            absences=absences,
            playing=playing,
            upwards=UPWARDS,
            may=may,
        ):
            found.setdefault(one.person.pk, one)
    at_work = {person.pk for person, _ in listeners if not absences.is_away(person)}
    return [found[pk] for pk in sorted(found) if pk not in at_work]


def _not_yet_told(instead: list[tuple[Telling, StandIn]]) -> list[tuple[Telling, StandIn]]:
    """Whoever did it, or was told of it before, knows already."""
    if not instead:
        return []
    events = {telling.event.pk for telling, _ in instead}
    told = set(Notification.objects.filter(event__in=events).values_list("event_id", "person_id"))
    return [
        (telling, one)
        for telling, one in instead
        if one.person.pk != telling.event.by_id and (telling.event.pk, one.person.pk) not in told
    ]


def _anybody(role: Role, event: Event) -> bool:
    """Who plays a part in a case of its own may read what happens in it."""
    return True


def _heard(
    telling: Telling, playing: Playing, may: Callable[[Role, Event], bool]
) -> list[tuple[Person, Role]]:
    for wanted in (telling.roles, *((role,) for role in UPWARDS)):
        found = {
            person.pk: (person, role)
            for person, role in reversed(playing)
            if role in wanted and may(role, telling.event) and person.pk != telling.event.by_id
        }
        if found or any(
            role in wanted and person.pk == telling.event.by_id for person, role in playing
        ):
            return [found[pk] for pk in sorted(found)]
    return []


def _notification(
    telling: Telling,
    person: Person,
    role: Role,
    at: datetime,
    *,
    on_behalf_of: Person | None = None,
) -> Notification:
    event = telling.event
    return Notification(
        person=person,
        event=event,
        child_id=event.child_id if telling.may_name_child else None,
        deadline_id=telling.deadline_id,
        about=event.about,
        words=event.kind.alert or event.kind.sentence.split("{")[0].strip() or event.name,
        role=role,
        told_at=at,
        on_behalf_of=on_behalf_of,
        is_urgent=telling.is_urgent or event.kind.is_urgent,
    )


def deliver_later(rows: list[Notification], *, also: Collection[Way] = ()) -> list[Notification]:
    """Numbers the rows per person, writes them, and owes their delivery in one job.

    ``also`` are ways they take besides those that each person prefers.
    """
    if not rows:
        return []
    with transaction.atomic():
        _number(rows)
        written = Notification.objects.bulk_create(rows)
        Delivery.objects.bulk_create(deliveries_for(written, also=also))
        deliver.defer(notifications=[row.pk for row in written])
    return written


def _number(rows: list[Notification]) -> None:
    by_person: dict[int, list[Notification]] = defaultdict(list)
    for row in rows:
        by_person[row.person_id].append(row)
    people = sorted(by_person)
    Inbox.objects.bulk_create([Inbox(person_id=pk) for pk in people], ignore_conflicts=True)
    inboxes = list(Inbox.objects.select_for_update().filter(pk__in=people).order_by("pk"))
    for inbox in inboxes:
        for row in by_person[inbox.person_id]:
            inbox.last_number += 1
            row.number = inbox.last_number
    Inbox.objects.bulk_update(inboxes, ["last_number"])


def move_alerts(
    *,
    leaver: Person,
    role: Role,
    event: Event,
    at: datetime,
    child_id: int | None = None,
    about: str = "",
) -> list[Notification]:
    """Open alerts of somebody who no longer plays a part go to whoever does now, or upwards:
    those of a child, or of a case of its own such as "mismatches/12".

    An alert is open while it is unread, or while the deadline it speaks of still stands.
    """
    mine = Q(child__isnull=True, about=about) if about else Q(child=child_id)
    open_rows = list(
        Notification.objects.select_for_update(of=("self",))
        .filter(mine, person=leaver, role=role, moved_to__isnull=True)
        .exclude(read_at__isnull=False, deadline__isnull=True)
        .exclude(read_at__isnull=False, deadline__status__in=["met", "met_late", "superseded"])
        .select_related("event")
        .order_by("number")
    )
    if not open_rows:
        return []
    on = day_of(at)
    playing: Playing = (
        people_by_about([about], on).get(about, ())
        if about
        else people_by_child({role, *UPWARDS}, [child_id or 0], on)[child_id or 0]
    )
    takers: list[tuple[Person, Role]] = []
    for wanted in (role, *UPWARDS):
        takers = [(p, r) for p, r in playing if r == wanted and p.pk != leaver.pk]
        if takers:
            break
    moved: list[Notification] = []
    for old in open_rows:
        known = set(
            Notification.objects.filter(event=old.event).values_list("person_id", flat=True)
        )
        moved += deliver_later(
            [
                _notification(
                    Telling(old.event, (part,), old.deadline_id, about=about), person, part, at
                )
                for person, part in takers
                if person.pk not in known
            ]
        )
        target = Notification.objects.filter(
            event=old.event, person__in=[person for person, _ in takers]
        ).first()
        if target:
            Notification.objects.filter(pk=old.pk).update(moved_to=target)
    return moved


def move_alerts_of_cases(*, leaver: Person, role: Role, event: Event, at: datetime) -> list[str]:
    """The same for every case of its own in which somebody no longer plays a part; returns them."""
    waiting = Notification.objects.filter(
        person=leaver, role=role, child__isnull=True, moved_to__isnull=True
    )
    abouts = {about for about in waiting.values_list("about", flat=True) if is_matter(about)}
    playing = people_by_about(abouts, day_of(at))
    gone = sorted(about for about in abouts if (leaver, role) not in playing.get(about, ()))
    for about in gone:
        move_alerts(about=about, leaver=leaver, role=role, event=event, at=at)
    return gone
