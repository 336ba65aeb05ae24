"""Measures what must stay quick with many children: `make bench CHILDREN=20000`."""

import os
import statistics
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from backend.project import embedded, throwaway

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.project.settings")

CHILDREN = int(os.environ.get("CHILDREN", "5000"))
PER_SOCIAL_WORKER, PER_IRO, PER_TEAM = 16, 80, 128
BATCH = 500
REPEATS = 30


def measure(words: str, work: Callable[[], object], *, repeats: int = 1, per: int = 0) -> None:
    """Prints how long something took: the median of its repeats, and per thousand children."""
    seconds = []
    for _ in range(repeats):
        began = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - began)
    took = statistics.median(seconds)
    figure = f"{took * 1000:10.1f} ms" if took < 1 else f"{took:10.2f} s "
    rate = f"   {took / per * 1000:.2f} s per 1,000 children" if per else ""
    print(f"{words.ljust(58)}{figure}{rate}", flush=True)


def people_an_authority(today: date) -> list[int]:
    """Makes an authority with teams, workers and children who were placed over two years."""
    from backend.access.models import Allocation, Person, RoleAssignment
    from backend.grammar.roles import Role
    from backend.records.models import (
        Authority,
        Child,
        LegalStatus,
        PeriodOfCare,
        Placement,
        Team,
    )

    authority = Authority.objects.get(pk="E09000002")
    teams = Team.objects.bulk_create(
        Team(authority=authority, name=f"Team {number}")
        for number in range(CHILDREN // PER_TEAM + 1)
    )

    def crew(kind: str, count: int) -> list[Person]:
        return Person.objects.bulk_create(
            Person(email=f"{kind}{number}@example.org", name=f"{kind.title()} {number}")
            for number in range(count)
        )

    workers = crew("worker", CHILDREN // PER_SOCIAL_WORKER + 1)
    reviewers = crew("reviewer", CHILDREN // PER_IRO + 1)
    managers = crew("manager", len(teams))
    long_ago = today - timedelta(days=1000)
    RoleAssignment.objects.bulk_create(
        RoleAssignment(person=manager, role=Role.TEAM_MANAGER, team=team, started_on=long_ago)
        for manager, team in zip(managers, teams, strict=True)
    )
    children = Child.objects.bulk_create(
        (
            Child(
                authority=authority,
                team=teams[number // PER_TEAM],
                local_id=f"B{number}",
                name=f"Child {number}",
                date_of_birth=date(2012, 1, 1) + timedelta(days=number % 2500),
            )
            for number in range(CHILDREN)
        ),
        batch_size=BATCH,
    )
    starts = [today - timedelta(days=10 + number * 7 % 720) for number in range(CHILDREN)]
    periods = PeriodOfCare.objects.bulk_create(
        (
            PeriodOfCare(child=child, started_on=start)
            for child, start in zip(children, starts, strict=True)
        ),
        batch_size=BATCH,
    )
    LegalStatus.objects.bulk_create(
        (
            LegalStatus(child_id=p.child_id, period_of_care=p, code="C2", started_on=p.started_on)
            for p in periods
        ),
        batch_size=BATCH,
    )
    Placement.objects.bulk_create(
        (
            Placement(child_id=p.child_id, period_of_care=p, place="K2", started_on=p.started_on)
            for p in periods
        ),
        batch_size=BATCH,
    )
    for role, crew_of_role, size in (
        (Role.SOCIAL_WORKER, workers, PER_SOCIAL_WORKER),
        (Role.IRO, reviewers, PER_IRO),
    ):
        Allocation.objects.bulk_create(
            (
                Allocation(
                    child=child, person=crew_of_role[number // size], role=role, started_on=long_ago
                )
                for number, child in enumerate(children)
            ),
            batch_size=BATCH,
        )
    return [child.pk for child in children]


def main() -> None:
    """Fills a throwaway database and measures."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connection

    from backend.access.grants import derive_all
    from backend.access.models import Person
    from backend.access.visibility import children_visible_to
    from backend.deadlines.models import Deadline
    from backend.deadlines.recalculate import recalculate
    from backend.deadlines.sweep import sweep, unhandled
    from backend.events.record import CLOCK
    from backend.grammar.moments import day_of

    call_command("migrate", verbosity=0)
    now = datetime.now(UTC)
    print(f"{CHILDREN:,} children, each with two people allocated and a team manager\n")
    ids: list[int] = []
    measure("making them", lambda: ids.extend(people_an_authority(day_of(now))))
    measure("grants from facts, everybody", lambda: derive_all(day_of(now)), per=CHILDREN)

    def recount() -> None:
        for first in range(0, CHILDREN, BATCH):
            recalculate(ids[first : first + BATCH], by=CLOCK, at=now - timedelta(days=1))

    measure("deadlines from facts, the first time", recount, per=CHILDREN)
    measure("deadlines from facts, when nothing changed", recount, per=CHILDREN)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    for kind in ("worker", "reviewer", "manager"):
        person = Person.objects.get(email=f"{kind}1@example.org")
        count = children_visible_to(person).count()
        measure(
            f"the children a {kind} may see ({count})",
            lambda: list(children_visible_to(person).values_list("pk")),  # noqa: B023
            repeats=REPEATS,
        )
        measure(
            f"what a {kind}'s children are owed, first page",
            lambda: list(
                Deadline.objects.filter(child__in=children_visible_to(person)).order_by("due_on")[  # noqa: B023
                    :25
                ]
            ),
            repeats=REPEATS,
        )
    waiting = Deadline.objects.filter(next_moment_at__lte=now).count()
    measure(f"a sweep that tells of {waiting:,} slipped deadlines", lambda: sweep(at=now))
    measure("a sweep that finds nothing", lambda: sweep(at=now), repeats=REPEATS)
    measure("the watchdog's question", lambda: unhandled(at=now), repeats=REPEATS)


if __name__ == "__main__":
    throwaway.start()
    try:
        main()
    finally:
        from django.db import connections

        connections.close_all()
        embedded.remove()
