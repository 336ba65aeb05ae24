"""Danger that nobody reads while the offices are closed goes to whoever covers the authority."""

from datetime import datetime, time, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from backend.access.matters import seen_among
from backend.access.models import Person
from backend.access.parts import roles_held
from backend.access.visibility import children_visible_to
from backend.deadlines.clockwork import answering_authorities
from backend.deadlines.count import is_working_day
from backend.events.models import Event
from backend.grammar.events import Depth
from backend.grammar.moments import LONDON, day_of
from backend.notify.models import Notification, OutOfHours
from backend.notify.tell import tell_person
from backend.records.models import Child

#: How long those who were told of danger have, before it goes to whoever covers.
WAIT = timedelta(minutes=30)
#: From the last evening before the longest run of days on which offices are closed.
LOOKS_BACK = timedelta(days=6)
OPENS, CLOSES = time(9), time(17)


def is_closed(at: datetime) -> bool:
    """Whether the offices are closed: at night, at weekends and on bank holidays."""
    here = at.astimezone(LONDON)
    return not (is_working_day(here.date()) and OPENS <= here.time() < CLOSES)


def cover(at: datetime) -> int:
    """This will tell those who cover of danger that nobody has read in time; returns how many.

    While the offices are open nothing goes to them: those who were told are there, and what is
    owed goes up its own ladder.
    """
    if not is_closed(at):
        return 0
    covers = OutOfHours.objects.filter(person__is_active=True)
    codes = sorted(covers.values_list("pk", flat=True))
    if not codes:
        return 0
    unread = list(unread_dangers(since=at - LOOKS_BACK, by=at - WAIT))
    if not unread:
        return 0
    answers = authorities_of(unread)
    return sum(
        _cover_one(code, [event for event in unread if answers.get(event.pk) == code], at)
        for code in codes
    )


@transaction.atomic
def _cover_one(code: str, dangers: list[Event], at: datetime) -> int:
    """One authority; whoever else does the same at this moment waits here, and finds it done."""
    cover = OutOfHours.objects.select_for_update(of=("self",)).select_related("person").get(pk=code)
    person = cover.person
    if person is None or not dangers:
        return 0
    told = set(
        Notification.objects.filter(person=person, event__in=dangers).values_list(
            "event", flat=True
        )
    )
    waiting = [event for event in dangers if event.pk not in told and may_read(person, event)]
    for event in waiting:
        role = min(roles_held(person, day_of(at)))
        about = "" if event.child_id else event.about
        tell_person(person, event, role=role, at=at, about=about, is_urgent=True)
    return len(waiting)


def unread_dangers(*, since: datetime, by: datetime) -> QuerySet[Event]:
    """Dangers that people were told of in a period and that none of them has read."""
    told = Notification.objects.filter(event=OuterRef("pk"), is_urgent=True)
    return (
        Event.objects.filter(at__gt=since, at__lte=by)
        .filter(Exists(told))
        .exclude(Exists(told.filter(read_at__isnull=False)))
        .order_by("pk")
    )


def authorities_of(dangers: list[Event]) -> dict[int, str]:
    """The authority that answers in each of these: the child's, or that of the case."""
    children = Child.objects.filter(pk__in={event.child_id for event in dangers})
    of_children = dict(children.values_list("pk", "authority_id"))
    of_cases = answering_authorities({one.about for one in dangers if one.child_id is None})
    return {
        one.pk: of_children.get(one.child_id or 0) or of_cases.get(one.about, "") for one in dangers
    }


def may_read(person: Person, event: Event) -> bool:
    """Whether somebody may read what they would be told of."""
    if event.child_id is None:
        return bool(seen_among(person, {event.about}))
    depth = Depth.CARD if event.depth == Depth.CARD else Depth.RECORD
    return (
        event.depth != Depth.RESTRICTED
        and children_visible_to(person, depth).filter(pk=event.child_id).exists()
    )
