"""Leave: when somebody is away, and who is told in their place."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet

from backend.access.models import Person, RoleAssignment
from backend.access.parts import current
from backend.casework.administrators import administered_by, people_of
from backend.casework.errors import FactRefused, NotAllowed, NotNow
from backend.casework.facts import in_words
from backend.events.record import record
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.notify.models import Leave
from backend.records.models import Authority

#: Somebody who fell ill may be entered a little late; nothing is entered for longer than a year.
FURTHEST_BACK = timedelta(days=31)
LONGEST = timedelta(days=366)
NOBODY = "whoever is above"


def leave_of(person: Person, on: date) -> QuerySet[Leave]:
    """The leave of a person that is going on or still to come, the next first."""
    rows = Leave.objects.filter(person=person, ended_on__gte=on)
    return rows.select_related("deputy", "entered_by").order_by("started_on")


def authorities_of(person: Person, on: date) -> QuerySet[Authority]:
    """The authorities for which somebody plays a part on a day."""
    held = RoleAssignment.objects.filter(current(on), person=person)
    places = Q(pk__in=held.values("authority")) | Q(teams__in=held.values("team"))
    return Authority.objects.filter(places).distinct()


def possible_deputies(person: Person, on: date) -> QuerySet[Person]:
    """Colleagues: everybody else who plays a part for an authority that the person works for."""
    mine = authorities_of(person, on).values("pk")
    held = RoleAssignment.objects.filter(current(on))
    there = held.filter(Q(authority__in=mine) | Q(team__authority__in=mine))
    return Person.objects.filter(pk__in=there.values("person"), is_active=True).exclude(
        pk=person.pk
    )


def people_managed_by(person: Person, on: date) -> QuerySet[Person]:
    """Everybody else who plays a part in a team that a person manages, or in its service."""
    held = RoleAssignment.objects.filter(current(on))
    mine = held.filter(person=person, team__isnull=False)
    teams = Q(team__in=mine.filter(role=Role.TEAM_MANAGER).values("team")) | Q(
        team__service__in=mine.filter(role=Role.SERVICE_MANAGER).values("team")
    )
    people = Person.objects.filter(pk__in=held.filter(teams).values("person"), is_active=True)
    return people.exclude(pk=person.pk)


def may_enter_for(by: Person, person: Person, on: date) -> bool:
    """One's own leave; that of the people one manages; that of those one keeps accounts for."""
    if by.pk == person.pk:
        return True
    if people_managed_by(by, on).filter(pk=person.pk).exists():
        return True
    return any(
        people_of(authority).filter(pk=person.pk).exists() for authority in administered_by(by, on)
    )


@transaction.atomic
def enter_leave(
    *,
    person: Person,
    started_on: date,
    ended_on: date,
    deputy: Person | None,
    by: Person,
    at: datetime,
) -> Leave:
    """This will write down that somebody is away, and who is told in their place.

    The deputy is told only of what they may read themselves; of everything else, and without
    a deputy, the part above is told at once.

    :raises NotAllowed: neither the person, nor their manager, nor an administrator.
    :raises FactRefused: days that cannot be, leave that is entered already, or a deputy who
        is not a colleague or is away too.
    """
    on = day_of(at)
    if not may_enter_for(by, person, on):
        raise NotAllowed(
            "Leave is entered by the person, their team or service manager, or an administrator."
        )
    person = Person.objects.select_for_update().get(pk=person.pk)
    _check_days(person, started_on, ended_on, on)
    if deputy is not None:
        _check_deputy(person, deputy, started_on, ended_on, on)
    leave = Leave.objects.create(
        person=person,
        deputy=deputy,
        started_on=started_on,
        ended_on=ended_on,
        entered_by=by,
        entered_at=at,
    )
    record(
        "people.leave_entered",
        by=by,
        at=at,
        about=f"people/{person.pk}",
        carries={
            "name": person.name,
            "start": in_words(started_on),
            "end": in_words(ended_on),
            "deputy": deputy.name if deputy else NOBODY,
        },
    )
    return leave


def _check_days(person: Person, started_on: date, ended_on: date, on: date) -> None:
    if ended_on < started_on:
        raise FactRefused("The last day away is before the first.", field="ended_on")
    if ended_on < on:
        raise FactRefused("This leave is over already.", field="ended_on")
    if started_on < on - FURTHEST_BACK:
        raise FactRefused("This began more than a month ago.", field="started_on")
    if ended_on - started_on > LONGEST:
        raise FactRefused(
            "This is longer than a year. End the person's parts instead, so that somebody else "
            "takes them.",
            field="ended_on",
        )
    same = Leave.objects.filter(
        person=person, started_on__lte=ended_on, ended_on__gte=started_on
    ).first()
    if same is not None:
        raise FactRefused(
            f"Leave from {in_words(same.started_on)} to {in_words(same.ended_on)} is entered "
            "already.",
            field="started_on",
        )


def _check_deputy(
    person: Person, deputy: Person, started_on: date, ended_on: date, on: date
) -> None:
    if deputy.pk == person.pk:
        raise FactRefused("Choose somebody else as the deputy.", field="deputy")
    if not possible_deputies(person, on).filter(pk=deputy.pk).exists():
        raise FactRefused("Choose a colleague who works for the same authority.", field="deputy")
    away = Leave.objects.filter(
        person=deputy, started_on__lte=ended_on, ended_on__gte=started_on
    ).first()
    if away is not None:
        raise FactRefused(
            f"{deputy.name} is away too, from {in_words(away.started_on)} to "
            f"{in_words(away.ended_on)}.",
            field="deputy",
        )


@transaction.atomic
def end_leave(*, leave: Leave, by: Person, at: datetime) -> None:
    """This will end leave today, or strike out what has not begun; the person is back.

    :raises NotAllowed: neither the person, nor their manager, nor an administrator.
    :raises NotNow: it is over already.
    """
    on = day_of(at)
    if not may_enter_for(by, leave.person, on):
        raise NotAllowed(
            "Leave is ended by the person, their team or service manager, or an administrator."
        )
    kept = Leave.objects.select_for_update().filter(pk=leave.pk, ended_on__gte=on).first()
    if kept is None:
        raise NotNow("This leave is over already.")
    if kept.started_on >= on:
        kept.delete()
    else:
        kept.ended_on = on - timedelta(days=1)
        kept.save(update_fields=["ended_on"])
    record(
        "people.leave_ended",
        by=by,
        at=at,
        about=f"people/{leave.person_id}",
        carries={
            "name": leave.person.name,
            "start": in_words(leave.started_on),
            "end": in_words(leave.ended_on),
        },
    )
