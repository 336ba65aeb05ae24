"""A year of a hundred children in accelerated time, with people who forget, leave and answer late.

Everything goes through the real gate, and at the end the audit says whether anybody was lost.
Nothing of it is kept.
"""

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from django.db import transaction

from backend.access.grants import derive_for_settings, derive_groups
from backend.access.models import Allocation, Person, RoleAssignment
from backend.alerts.actions import answer_alert, ask_about_alert, receive_alert, waive_alert
from backend.alerts.audit import Loss, audit
from backend.alerts.checks import UnableToAsk
from backend.alerts.models import Alert, RungReached
from backend.alerts.queries import alerts_visible_to, standing_alerts
from backend.alerts.story import at_top
from backend.casework.errors import FactRefused
from backend.casework.leave import enter_leave, leave_of
from backend.casework.people import allocate, end_allocation
from backend.casework.placing import place_child
from backend.deadlines.models import Deadline
from backend.deadlines.queries import STANDING
from backend.deadlines.sweep import sweep
from backend.events.models import Event
from backend.events.record import CLOCK
from backend.grammar.moments import LONDON, day_of
from backend.grammar.roles import Role
from backend.notify.absence import away_on
from backend.notify.models import Delivery, Notification
from backend.records.models import Authority, Child, Provider, Setting, Team
from workflows.visits.actions import record_visit

PLACING, HOST = "E09000002", "E08000017"
EACH_WORKER = 12
#: Chances in a day, for each worker or alert.
FORGETS, LEAVES, ANSWERS, KEEPS_WORD = 0.25, 0.002, 0.3, 0.7
GOES_AWAY, ASKS, HAS_DEPUTY, WAIVES = 0.006, 0.05, 0.6, 0.3
#: How many days before its date a visit is made by somebody who does not forget.
AHEAD = 6


@dataclass
class Year:
    """What came of it."""

    days: int = 0
    visits: int = 0
    slipped: int = 0
    alerts: int = 0
    steps: int = 0
    answers: int = 0
    leavers: int = 0
    absences: int = 0
    reminders: int = 0
    questions: int = 0
    waivers: int = 0
    notifications: int = 0
    losses: list[Loss] = field(default_factory=list)

    def lines(self) -> list[str]:
        return [
            f"{self.days} days, {self.visits} visits, {self.reminders} reminders, "
            f"{self.slipped} dates slipped.",
            f"{self.alerts} alerts took {self.steps} steps up; {self.answers} answers, "
            f"{self.questions} questions and {self.waivers} waivers.",
            f"{self.leavers} workers left and {self.absences} went on leave; "
            f"{self.notifications} notifications were written.",
            f"{len(self.losses)} losses found by the audit.",
        ]


class NothingIsKept(Exception):
    """Ends the transaction in which the year was lived."""


def live_a_year(
    *,
    children: int,
    days: int,
    seed: int,
    until: datetime,
    tick: Callable[[int], None] = lambda day: None,
) -> Year:
    """This will live through the days before a moment, audit each week, and keep nothing.

    :raises ValueError: no children or no days.
    """
    if children < 1 or days < 1:
        raise ValueError("A year needs at least one child and one day.")
    year = Year()
    try:
        with transaction.atomic():
            chance = random.Random(seed)  # noqa: S311 - to be lived through again, not to be secret
            _Life(year, chance, children, days, until).live(tick)
            raise NothingIsKept
    except NothingIsKept:
        return year


class _Life:
    """One world and its days."""

    def __init__(
        self, year: Year, chance: random.Random, children: int, days: int, until: datetime
    ) -> None:
        self.year, self.chance, self.days = year, chance, days
        self.first = day_of(until) - timedelta(days=days)
        self.begun = self.at(self.first, 0)
        self.numbers = 0
        self.team = self._team()
        self.home = self._home()
        self.iro = self._person("IRO", Role.IRO, authority_id=PLACING)
        self.workers = [self._worker() for _ in range(-(-children // EACH_WORKER))]
        self.children = [self._child(number) for number in range(children)]
        self.promised: set[int] = set()
        self.looked_at = self.begun

    def live(self, tick: Callable[[int], None]) -> None:
        for number in range(self.days + 1):
            day = self.first + timedelta(days=number)
            self._night(day)
            self._working_day(day)
            if number % 7 == 6 or number == self.days:
                self._look(day)
            tick(number)
        self._count()

    def at(self, day: date, hour: int) -> datetime:
        return datetime(day.year, day.month, day.day, hour, 5, tzinfo=LONDON)

    # The people and places

    def _name(self, what: str) -> str:
        self.numbers += 1
        return f"{what} {self.numbers} of a year"

    def _person(self, what: str, role: Role, **where: object) -> Person:
        name = self._name(what)
        person = Person.objects.create_user(
            email=f"{name.replace(' ', '-').lower()}@example.org", name=name
        )
        RoleAssignment.objects.create(
            person=person, role=role, started_on=self.first - timedelta(days=1), **where
        )
        derive_groups([person.pk], self.first)
        return person

    def _team(self) -> Team:
        authority = Authority.objects.get(pk=PLACING)
        service = Team.objects.create(authority=authority, name=self._name("Service"))
        team = Team.objects.create(authority=authority, name=self._name("Team"), service=service)
        self.manager = self._person("Manager", Role.TEAM_MANAGER, team=team)
        self.above = [
            self._person("Service manager", Role.SERVICE_MANAGER, team=service),
            self._person("Director", Role.DIRECTOR, authority=authority),
            self._person("IRO manager", Role.IRO_MANAGER, authority=authority),
        ]
        return team

    def _home(self) -> Setting:
        provider = Provider.objects.create(name=self._name("Provider"))
        home = Setting.objects.create(
            name=self._name("Home"),
            type="childrens_home",
            provider=provider,
            host_authority_id=HOST,
            postcode="DN1 2AB",
        )
        derive_for_settings([home.pk], self.first)
        return home

    def _worker(self) -> Person:
        return self._person("Worker", Role.SOCIAL_WORKER, team=self.team)

    def _child(self, number: int) -> Child:
        born = self.first - timedelta(days=365 * self.chance.randint(6, 15))
        child = Child.objects.create(
            authority_id=PLACING,
            team=self.team,
            local_id=f"Y{number}",
            name=self._name("Child"),
            date_of_birth=born,
            communicates_by=["speech"],
        )
        at = self.at(self.first, 0)
        worker = self.workers[number % len(self.workers)]
        for person, role in ((worker, Role.SOCIAL_WORKER), (self.iro, Role.IRO)):
            allocate(child=child, person=person, role=role, started_on=self.first, by=CLOCK, at=at)
        place_child(
            child=child,
            started_on=self.first,
            place="K2",
            legal_status="C2",
            setting=self.home,
            by=CLOCK,
            at=at,
        )
        return child

    # The days

    def _night(self, day: date) -> None:
        sweep(at=self.at(day, 1))

    def _working_day(self, day: date) -> None:
        if day.weekday() >= 5:
            return
        sweep(at=self.at(day, 9))
        for worker in list(self.workers):
            if self.chance.random() < LEAVES:
                self._leave(worker, day)
            elif self.chance.random() < GOES_AWAY:
                self._go_on_leave(worker, day)
        self._visit_children(day)
        self._answer_alerts(day)
        if day.weekday() == 4:
            self._waive_some(day)

    def _visit_children(self, day: date) -> None:
        owed = Deadline.objects.filter(
            room="visits",
            child__in=self.children,
            status__in=STANDING,
            due_on__lte=day + timedelta(days=AHEAD),
        )
        for child_id in sorted(set(owed.values_list("child_id", flat=True))):
            if self.chance.random() < FORGETS / 4 or self.chance.random() < 0.6:
                continue
            self._visit(Child.objects.get(pk=child_id), day)

    def _visit(self, child: Child, day: date) -> None:
        allocation = (
            Allocation.objects.filter(child=child, role=Role.SOCIAL_WORKER, ended_on__isnull=True)
            .select_related("person")
            .first()
        )
        by = allocation.person if allocation else self.manager
        if leave_of(by, day).filter(away_on(day)).exists():
            return
        record_visit(
            child=child, outcome=an_ordinary_visit(self.at(day, 14)), by=by, at=self.at(day, 17)
        )
        self.year.visits += 1

    def _answer_alerts(self, day: date) -> None:
        waiting = standing_alerts(alerts_visible_to(self.manager)).exclude(pk__in=self.promised)
        for alert in waiting.select_related("child"):
            if self.chance.random() < ASKS:
                self._ask(alert, day)
            if self.chance.random() > ANSWERS:
                continue
            by_on = day + timedelta(days=self.chance.randint(1, 7))
            receive_alert(alert=alert, by=self.manager, at=self.at(day, 16))
            answer_alert(
                alert=alert,
                what="The child will be visited.",
                doer="The worker",
                by_on=by_on,
                by=self.manager,
                at=self.at(day, 16),
            )
            self.year.answers += 1
            self.promised.add(alert.pk)
            if alert.child is not None and self.chance.random() < KEEPS_WORD:
                self._visit_if_none(alert.child, day)

    def _waive_some(self, day: date) -> None:
        """What went to everybody and is no visit, a director may waive with a reason."""
        director = self.above[1]
        mine = standing_alerts(alerts_visible_to(director)).filter(child__isnull=False)
        for alert in at_top(mine.exclude(family="visits")).order_by("pk"):
            if self.chance.random() < WAIVES:
                waive_alert(
                    alert=alert,
                    reason="Agreed with the reviewing officer.",
                    by=director,
                    at=self.at(day, 17),
                )
                self.year.waivers += 1

    def _ask(self, alert: Alert, day: date) -> None:
        with suppress(UnableToAsk):
            ask_about_alert(alert=alert, by=self.above[0], at=self.at(day, 15))
            self.year.questions += 1

    def _go_on_leave(self, worker: Person, day: date) -> None:
        """Days of somebody's absence; not everybody has a deputy who is at work."""
        ended_on = day + timedelta(days=self.chance.randint(1, 20))
        deputy = self.manager if self.chance.random() < HAS_DEPUTY else None
        with suppress(FactRefused):
            enter_leave(
                person=worker,
                started_on=day,
                ended_on=ended_on,
                deputy=deputy,
                by=worker,
                at=self.at(day, 9),
            )
            self.year.absences += 1

    def _visit_if_none(self, child: Child, day: date) -> None:
        if not child.visits.filter(made_at__date=day).exists():
            self._visit(child, day)

    def _leave(self, worker: Person, day: date) -> None:
        """Somebody leaves; a week of nobody, until the next one takes the children on."""
        self.workers.remove(worker)
        self.workers.append(self._worker())
        self.year.leavers += 1
        for allocation in Allocation.objects.filter(person=worker, ended_on__isnull=True):
            end_allocation(
                allocation=allocation, ended_on=day, by=self.manager, at=self.at(day, 10)
            )
            if self.chance.random() < KEEPS_WORD:
                allocate(
                    child=allocation.child,
                    person=self.workers[-1],
                    role=Role.SOCIAL_WORKER,
                    started_on=day,
                    by=self.manager,
                    at=self.at(day, 11),
                )

    # What came of it

    def _look(self, day: date) -> None:
        """The audit of a week; what was told counts as sent, for nothing leaves here."""
        Delivery.objects.filter(state="waiting").update(state="sent", next_try_at=None)
        since, self.looked_at = self.looked_at, self.at(day, 9)
        self.year.losses += audit(since=since - timedelta(days=1), at=self.at(day, 10))
        self.year.losses += list(late_without_alert(self.children, self.at(day, 10)))

    def _count(self) -> None:
        mine = [child.pk for child in self.children]
        alerts = Alert.objects.filter(child__in=mine)
        self.year.days = self.days
        self.year.alerts = alerts.count()
        self.year.steps = RungReached.objects.filter(alert__in=alerts).count()
        self.year.slipped = Event.objects.filter(
            name="deadlines.slipped", child_id__in=mine
        ).count()
        self.year.reminders = Event.objects.filter(
            name="alerts.reminded", child_id__in=mine
        ).count()
        self.year.notifications = Notification.objects.filter(child__in=mine).count()


def late_without_alert(children: list[Child], at: datetime) -> Iterator[Loss]:
    """What the audit is not asked: a duty that is late on a day without a standing alert."""
    late = Deadline.objects.filter(
        child__in=children, status="open", due_on__lt=day_of(at) - timedelta(days=1)
    ).exclude(alerted__alert__state__in=["open", "answered", "snoozed", "waived"])
    for pk, ref in late.values_list("pk", "ref"):
        yield Loss("late without an alert", f"deadlines/{pk}", f"{ref} is late and nobody is asked")


def an_ordinary_visit(made_at: datetime) -> dict[str, object]:
    return {
        "made_at": made_at,
        "place": "setting",
        "was_seen_alone": True,
        "was_bedroom_seen": True,
        "communicated_by": ["speech"],
        "own_words": "It is all right here.",
        "feels_safe": "yes",
        "behaviour": "none",
        "practice_observed": "Staff listened.",
        "matches_records": "yes",
        "culture_respected": "yes",
        "family_contact": "yes",
        "is_welfare_safeguarded": True,
        "next_steps": "Come again in time.",
    }
