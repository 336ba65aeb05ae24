"""Proves that everybody who should have been told was: by other, simpler code than tells them.

It never asks the code that tells. It reads what happened (events, what is owed, what people
said) and what reached whom, and names every difference.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Max, Min, Q

from backend.access.models import Allocation, RoleAssignment
from backend.alerts.covering import WAIT, is_closed, may_read
from backend.alerts.events import REMINDED
from backend.alerts.ladder import LONGEST_GAP, Ladder, Rung
from backend.alerts.models import NAMES, Alert, AlertedDeadline, Reminder, RungReached
from backend.alerts.queries import Policies
from backend.deadlines.clockwork import answering_authorities
from backend.deadlines.count import add_working_days
from backend.deadlines.models import Deadline
from backend.events.models import Event
from backend.grammar.moments import LONDON, end_of
from backend.grammar.roles import Role
from backend.notify.models import Delivery, Inbox, Notification, OutOfHours
from backend.records.models import Child

#: What happened within this time may still be under way.
GRACE = timedelta(minutes=15)
#: How long a message may wait before somebody should ask why.
LONGEST_DELIVERY = timedelta(days=1)
#: The longest that a reminder can come ahead, with the weekends and holidays between.
LONGEST_AHEAD = timedelta(days=60)
#: Parts in which a child is given to one person by name.
GIVEN = (Role.SOCIAL_WORKER, Role.IRO)
#: Parts that go with a post in the child's team, its service or its authority.
POSTS = (Role.TEAM_MANAGER, Role.SERVICE_MANAGER, Role.DIRECTOR, Role.IRO_MANAGER)
#: After these, who answered for a child before is not known from how things stand now.
CHANGES_OF_CHILDREN = ("people.allocated", "people.deallocated", "children.corrected")
CHANGES_OF_PEOPLE = ("people.part_given", "people.returned")
LONG_AGO = datetime(1970, 1, 1, tzinfo=LONDON)


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that should be so and is not; nothing personal in it."""

    kind: str
    about: str
    words: str


def audit(*, since: datetime, at: datetime) -> list[Loss]:
    """Every loss in a period, as it stands now."""
    by = at - GRACE
    return [
        *unnoticed(by),
        *not_reminded(by),
        *untold(since, by),
        *passed_over(since, by),
        *unalerted(by),
        *stuck(by),
        *ended_too_early(by),
        *told_twice(since),
        *gaps(),
        *undelivered(since, at),
        *uncovered(since, by),
    ]


def uncovered(since: datetime, by: datetime) -> Iterator[Loss]:
    """Dangers that nobody read while the offices were closed, and that whoever covers never heard.

    Asked of those alone who cover now, for the time since they were named.
    """
    named = OutOfHours.objects.filter(person__is_active=True).select_related("person")
    covers = {one.authority_id: one for one in named}
    urgent = Notification.objects.filter(
        is_urgent=True, event__at__gt=since, event__at__lte=by - WAIT
    ).select_related("event")
    by_event: dict[Event, list[Notification]] = defaultdict(list)
    for row in urgent if covers else ():
        by_event[row.event].append(row)
    children = Child.objects.filter(pk__in={event.child_id for event in by_event})
    authority = dict(children.values_list("pk", "authority_id"))
    of_cases = answering_authorities({event.about for event in by_event if not event.child_id})
    for event, rows in by_event.items():
        ready = event.at + WAIT
        cover = covers.get(authority.get(event.child_id or 0) or of_cases.get(event.about, ""))
        if cover is None or cover.person is None or cover.named_at is None:
            continue
        was_heard = any(
            row.person_id == cover.person_id or (row.read_at and row.read_at <= ready + GRACE)
            for row in rows
        )
        if was_heard or event.at < cover.named_at or not may_read(cover.person, event):
            continue
        if is_closed(ready) and is_closed(ready + GRACE):
            yield Loss("uncovered", event.about, "danger was not read, nor told on")


def unnoticed(by: datetime) -> Iterator[Loss]:
    """Dates that passed, are still owed, and that nobody looked at."""
    day = (by - timedelta(days=1)).date()
    passed = Q(due_on__lt=day) | Q(due_on__isnull=True, local_due_on__lt=day) | Q(due_at__lt=by)
    rows = Deadline.objects.filter(passed, status__in=["open", "waiting"], slipped_at__isnull=True)
    for row in rows.only("pk", "ref"):
        yield Loss("unnoticed", f"deadlines/{row.pk}", f"{row.ref} passed its date unnoticed")


def not_reminded(by: datetime) -> Iterator[Loss]:
    """Dates to come of which somebody should have been reminded by now.

    What happened to the child or the case within the last minutes may have brought the date near.
    """
    policies = Policies()
    known = set(Reminder.objects.values_list("deadline", "passes_at"))
    recent = Event.objects.filter(at__gt=by)
    children = set(recent.filter(child_id__isnull=False).values_list("child_id", flat=True))
    cases = set(recent.values_list("about", flat=True))
    rows = [
        row
        for row in Deadline.objects.filter(
            status__in=["open", "waiting"],
            slipped_at__isnull=True,
            next_moment_at__gt=by + GRACE,
            next_moment_at__lt=by + LONGEST_AHEAD,
        ).select_related("child")
        if row.child_id not in children and (not row.about or row.about not in cases)
    ]
    ladders = policies.of(rows)
    for row in rows:
        passes_at = row.next_moment_at
        reminders = ladders[row.pk].reminders
        if not reminders or passes_at is None or (row.pk, passes_at) in known:
            continue
        if reminders[0].moment(passes_at) <= by:
            yield Loss("not reminded", f"deadlines/{row.pk}", f"nobody was reminded of {row.ref}")


def untold(since: datetime, by: datetime) -> Iterator[Loss]:
    """Dates that slipped, with nobody told and nobody recorded as missing.

    A rule that names nobody is told of by its alert, and not by the slip.
    """
    slips = Event.objects.filter(name="deadlines.slipped", at__gte=since, at__lte=by)
    for_nobody = {
        (about or f"deadlines/{pk}", ref)
        for pk, about, ref in Deadline.objects.filter(tells=[], told_at__isnull=False).values_list(
            "pk", "about", "ref"
        )
    }
    silent = {
        pk: about
        for pk, about, ref in slips.filter(notifications__isnull=True).values_list(
            "pk", "about", "carries__ref"
        )
        if (about, ref) not in for_nobody
    }
    unheard = Counter(
        Event.objects.filter(name="deadlines.unheard", about__in=set(silent.values())).values_list(
            "about", flat=True
        )
    )
    for pk, about in sorted(silent.items()):
        if unheard[about]:
            unheard[about] -= 1
            continue
        yield Loss("untold", about, f"nobody was told of what slipped (event {pk})")


def passed_over(since: datetime, by: datetime) -> Iterator[Loss]:
    """People whom a telling about a child named, by a part they hold, and did not reach.

    Where the child, the teams or somebody's part changed since, who held it then is not asked.
    """
    named = dict(
        Notification.objects.filter(
            event__name="deadlines.slipped",
            event__at__gte=since,
            event__at__lte=by,
            deadline__about="",
        ).values_list("event", "deadline__tells")
    )
    for step in RungReached.objects.filter(
        at__gte=since, at__lte=by, alert__matter=""
    ).select_related("alert"):
        named[step.event_id] = step.alert.ladder["rungs"][step.number - 1]["roles"]
    told = set(Notification.objects.filter(event__in=named).values_list("event", "person"))
    events = list(Event.objects.filter(pk__in=named, child_id__isnull=False).order_by("pk"))
    children = {event.child_id for event in events if event.child_id}
    holders, changed = holders_of(children), last_changes(children)
    for event in events:
        if max(changed["teams"], changed[f"children/{event.child_id}"]) > event.at:
            continue
        for person, role, started_on in holders[event.child_id or 0]:
            is_new = started_on >= event.at.date() or changed[f"people/{person}"] > event.at
            if role in named[event.pk] and not is_new and (event.pk, person) not in told:
                yield Loss("passed over", event.about, f"the {role} was named and was not told")


def holders_of(children: Collection[int]) -> dict[int, list[tuple[int, str, date]]]:
    """Who holds each part for these children now, and since when: by name, or by their post."""
    found: dict[int, list[tuple[int, str, date]]] = defaultdict(list)
    given = Allocation.objects.filter(
        child__in=children, role__in=GIVEN, ended_on=None, person__is_active=True
    )
    for one in given:
        found[one.child_id].append((one.person_id, one.role, one.started_on))
    posts: dict[tuple[str, str, object], list[tuple[int, date]]] = defaultdict(list)
    held = RoleAssignment.objects.filter(role__in=POSTS, ended_on=None, person__is_active=True)
    for post in held:
        for place, number in (("team", post.team_id), ("authority", post.authority_id)):
            posts[post.role, place, number].append((post.person_id, post.started_on))
    belongs = Child.objects.filter(pk__in=children)
    for pk, team, service, authority in belongs.values_list(
        "pk", "team", "team__service", "authority"
    ):
        seats: list[tuple[Role, str, object]] = [
            (Role.TEAM_MANAGER, "team", team),
            (Role.SERVICE_MANAGER, "team", service),
            *((role, "authority", authority) for role in POSTS if role != Role.TEAM_MANAGER),
        ]
        for role, place, where in seats:
            holding = posts[str(role), place, where] if where else []
            found[pk] += [(person, str(role), since) for person, since in holding]
    return found


def last_changes(children: Collection[int]) -> dict[str, datetime]:
    """When each of these children, the teams and anybody's parts last changed."""
    found: dict[str, datetime] = defaultdict(lambda: LONG_AGO)
    of_children = Event.objects.filter(name__in=CHANGES_OF_CHILDREN, child_id__in=children)
    for child, at in of_children.order_by().values_list("child_id").annotate(last=Max("at")):
        found[f"children/{child}"] = at
    of_people = Event.objects.filter(name__in=CHANGES_OF_PEOPLE).order_by()
    found.update(of_people.values_list("about").annotate(last=Max("at")))
    moved = Event.objects.filter(name="teams.moved").aggregate(last=Max("at"))["last"]
    found["teams"] = moved or LONG_AGO
    return found


def unalerted(by: datetime) -> Iterator[Loss]:
    """Dates that people were told of and that no alert follows."""
    told = dict(
        Deadline.objects.filter(status__in=["open", "waiting"], told_at__lte=by).values_list(
            "pk", "told_at"
        )
    )
    joined = dict(
        AlertedDeadline.objects.filter(deadline__in=told)
        .values("deadline")
        .annotate(last=Max("joined_at"))
        .values_list("deadline", "last")
    )
    for pk, told_at in sorted(told.items()):
        if pk not in joined or joined[pk] < told_at:
            yield Loss("unalerted", f"deadlines/{pk}", "no alert speaks of what slipped")


def stuck(by: datetime) -> Iterator[Loss]:
    """Alerts that should be higher on their ladder than they are."""
    rows = Alert.objects.filter(state__in=NAMES).annotate(
        promised=Max("answers__by_on"), put_off=Max("snoozes__until")
    )
    taken: dict[int, RungReached] = {}
    for one in RungReached.objects.filter(alert__in=rows.values("pk")).order_by("number", "repeat"):
        taken[one.alert_id] = one
    for alert in rows:
        waits = [end_of(day) for day in (alert.promised, alert.put_off) if day is not None]
        if waits and max(waits) > by:
            continue
        rungs = Ladder.from_json(alert.ladder).rungs
        due = sum(rung.moment(alert.passed_at) <= by for rung in rungs)
        last = taken.get(alert.pk)
        top = last.number if last else 0
        if top < due:
            words = f"step {due} was due and only step {top} was taken"
            yield Loss("stuck", alert.about, words)
        elif last is not None and top == len(rungs) and is_silent(last, rungs[-1], waits, by):
            yield Loss("silent", alert.about, f"step {top} was to be told again and was not")


def is_silent(last: RungReached, rung: Rung, waits: list[datetime], by: datetime) -> bool:
    """Whether the last people should have been told again by now."""
    if not rung.repeats_every:
        return False
    gap = min(rung.repeats_every * 2 ** min(last.repeat, 9), max(rung.repeats_every, LONGEST_GAP))
    # Counted from the next morning at the latest, and from the day an answer had promised.
    from_day = max([last.at, *waits]).date()
    return add_working_days(from_day, gap + 1) < by.date()


def ended_too_early(by: datetime) -> Iterator[Loss]:
    """Alerts that ended, though what they speak of is still owed and past its date."""
    rows = AlertedDeadline.objects.filter(
        alert__state="ended",
        alert__ended_at__lte=by,
        joined_at__lte=F("alert__ended_at"),
        deadline__status__in=["open", "waiting"],
        deadline__told_at__lte=F("alert__ended_at"),
    ).values_list("alert", "deadline")
    followed = set(
        AlertedDeadline.objects.filter(alert__state__in=NAMES).values_list("deadline", flat=True)
    )
    for alert, deadline in rows:
        if deadline not in followed:
            yield Loss("ended too early", f"alerts/{alert}", f"deadline {deadline} is still owed")


def told_twice(since: datetime) -> Iterator[Loss]:
    """People who were told more than once of one date, or of one step of one alert."""
    rows = Notification.objects.filter(
        event__name__in=["deadlines.slipped", REMINDED],
        event__at__gte=since,
        moved_from__isnull=True,
    )
    told = Counter(
        (about, name, carries.get("number"), carries["ref"], carries["due_on"], deadline, person)
        for about, name, carries, deadline, person in rows.values_list(
            "event__about", "event__name", "event__carries", "deadline", "person"
        )
    )
    for (about, _, _, ref, *_), count in sorted(told.items(), key=str):
        if count > 1:
            yield Loss("told twice", about, f"somebody was told {count} times of {ref}")
    said = Counter(
        Event.objects.filter(name="alerts.climbed", at__gte=since).values_list("about", flat=True)
    )
    steps = Counter(
        f"alerts/{pk}"
        for pk in RungReached.objects.filter(at__gte=since).values_list("alert", flat=True)
    )
    for about, count in sorted((said - steps).items()):
        yield Loss("told twice", about, f"{count} of its steps were told and not counted")


def gaps() -> Iterator[Loss]:
    """Inboxes whose numbers have gaps: something that was told is gone."""
    rows = (
        Notification.objects.values("person")
        .annotate(count=Count("pk"), first=Min("number"), last=Max("number"))
        .order_by("person")
    )
    lasts = dict(Inbox.objects.values_list("person", "last_number"))
    for row in rows:
        last = lasts.pop(row["person"], 0)
        if (row["first"], row["last"], row["count"]) != (1, last, last):
            yield Loss("gap", f"people/{row['person']}", "an inbox lacks some of its numbers")
    for person, last in sorted(lasts.items()):
        if last:
            yield Loss("gap", f"people/{person}", "an inbox lacks everything it was given")


def undelivered(since: datetime, at: datetime) -> Iterator[Loss]:
    """Messages that were never sent, and those that nobody owes any more."""
    waiting = Delivery.objects.filter(
        Q(next_try_at__isnull=True) | Q(next_try_at__lt=at - GRACE),
        state="waiting",
        notification__told_at__gte=since,
        notification__told_at__lt=at - LONGEST_DELIVERY,
    )
    for pk in waiting.values_list("notification", flat=True).distinct():
        yield Loss("undelivered", f"notifications/{pk}", "a message was due and has not been sent")
    without = Notification.objects.filter(
        told_at__gte=since, told_at__lt=at - GRACE, deliveries__isnull=True
    )
    for pk in without.values_list("pk", flat=True):
        yield Loss("undelivered", f"notifications/{pk}", "no way of delivery was ever owed")


def in_words(losses: Iterable[Loss]) -> list[str]:
    return [f"{loss.kind}: {loss.about}: {loss.words}" for loss in losses]
