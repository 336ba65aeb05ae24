"""Fills an empty database with the invented world, by walking the real actions day by day."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

from django.db import connection, transaction

from backend.access.grants import derive_for_children, derive_for_settings, derive_groups
from backend.access.models import Person, RoleAssignment
from backend.casework.children import register_child
from backend.casework.people import allocate
from backend.casework.placing import end_care, place_child
from backend.deadlines.recalculate import count_waiting, counted_together
from backend.deadlines.sweep import sweep
from backend.events.record import CLOCK
from backend.grammar.moments import LONDON
from backend.grammar.roles import Role
from backend.notify.models import Delivery, Notification
from backend.records.models import Advocacy, Authority, Child, Placement, Provider, Setting, Team
from workflows.demo.alleging import allegation_steps
from workflows.demo.answering import answering_steps
from workflows.demo.cast import (
    AUTHORITIES,
    CULTURES,
    HOMES,
    MAIN,
    OTHER_OWNER,
    OWNER,
    PROFILES,
    WORKERS,
    seen_at,
)
from workflows.demo.escalating import escalation_steps
from workflows.demo.keeping_in_touch import contact_steps
from workflows.demo.listening import listening_steps
from workflows.demo.noticing import notice_steps, register_steps
from workflows.demo.plan import Life, lives
from workflows.demo.reviewing import review_steps
from workflows.visits import actions as visits

LONG_AGO = date(2020, 1, 1)
#: The host authority whose officer is somebody of the cast.
HOSTED_BY_NAME = "E08000017"


@dataclass(order=True)
class Happening:
    """Something that is done at a moment; the number keeps the order of equals."""

    at: datetime
    number: int
    do: Callable[[], Any] = field(compare=False)


@dataclass
class World:
    """What has been made so far, by the names the cast uses."""

    today: date
    people: dict[str, Person] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    settings: dict[str, Setting] = field(default_factory=dict)
    children: dict[int, Child] = field(default_factory=dict)


def is_loaded() -> bool:
    """Whether the invented world, or anything else, is already there."""
    return Child.objects.exists()


def at_hour(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), tzinfo=LONDON)


@contextmanager
def one_transaction() -> Iterator[None]:
    """All of it or nothing, without the thousands of savepoints that would slow it tenfold."""
    connection.features.uses_savepoints = False
    try:
        with transaction.atomic():
            yield
    finally:
        connection.features.uses_savepoints = True


def load(*, now: datetime, progress: Callable[[int, int], None]) -> World:
    """This will make the invented world as of a moment; all of it or nothing."""
    with one_transaction(), counted_together():
        return _fill(now, progress)


def _fill(now: datetime, progress: Callable[[int, int], None]) -> World:
    world = World(today=now.astimezone(LONDON).date())
    _make_places(world)
    _make_people(world)
    plan = lives(world.today)
    happenings = sorted(
        Happening(at, number, do)
        for number, (at, do) in enumerate(
            [
                *_weekly_sweeps(world),
                *(step for life in plan for step in _life(world, life)),
                *escalation_steps(world),
                *answering_steps(world.today, MAIN),
                *allegation_steps(world),
                *register_steps(world),
            ]
        )
        if at <= now
    )
    for done, happening in enumerate(happenings, start=1):
        happening.do()
        progress(done, len(happenings))
    for life in plan:
        if life.arranged_in is not None and life.number in world.children:
            _arrange(world, life, now)
    _grant(world)
    _sweep(now)
    _settle_inboxes(now)
    return world


def _make_places(world: World) -> None:
    providers = {
        name: Provider.objects.create(name=name, owner=owner, top_company=company)
        for name, owner, company in (OWNER, OTHER_OWNER)
    }
    for home in HOMES:
        world.settings[home.urn] = Setting.objects.create(
            urn=home.urn,
            name=home.name,
            type=home.type,
            host_authority_id=home.host,
            postcode=home.postcode,
            registered_places=home.places,
            provider=providers[home.provider],
            conditions=home.conditions,
            linked_school_name=home.school,
        )
    main = Authority.objects.get(pk=MAIN)
    service = Team.objects.create(authority=main, name="Children in care service")
    world.teams["main"] = service
    for name in ("east", "west"):
        world.teams[name] = Team.objects.create(
            authority=main, name=f"Children in care {name}", service=service
        )
    for code in AUTHORITIES:
        if code != MAIN:
            world.teams[code] = Team.objects.create(authority_id=code, name="Children in care")


def _make_people(world: World) -> None:
    for worker in WORKERS:
        kind, _, name = worker.place.partition(":")
        place: dict[str, Any] = {
            "team": lambda name=name: {"team": world.teams[name]},
            "service": lambda name=name: {"team": world.teams[name]},
            "authority": lambda name=name: {"authority_id": name},
            "setting": lambda name=name: {"setting": world.settings[name]},
        }[kind]()
        world.people[worker.key] = _person(
            worker.key, worker.name, worker.role, worker.organisation, place, world.today
        )
    for code, team in world.teams.items():
        if code not in AUTHORITIES:
            continue
        where = Authority.objects.get(pk=code).name
        short = code.lower()
        for key, name, role, place in (
            ("worker", "Social Worker", Role.SOCIAL_WORKER, {"team": team}),
            ("iro", "Reviewing Officer", Role.IRO, {"authority_id": code}),
            ("manager", "Team Manager", Role.TEAM_MANAGER, {"team": team}),
            ("director", "Director", Role.DIRECTOR, {"authority_id": code}),
        ):
            world.people[f"{key}-{code}"] = _person(
                f"{key}.{short}", f"{where} {name}", role, where, place, world.today
            )
    for code in sorted({home.host for home in HOMES} - {HOSTED_BY_NAME}):
        where = Authority.objects.get(pk=code).name
        world.people[f"host-{code}"] = _person(
            f"host.{code.lower()}",
            f"{where} Placements Officer",
            Role.HOST_OFFICER,
            where,
            {"authority_id": code},
            world.today,
        )


def _person(
    key: str, name: str, role: Role, organisation: str, place: dict[str, Any], today: date
) -> Person:
    person = Person.objects.create_user(
        email=f"{key}@demo.example", name=name, organisation=organisation
    )
    RoleAssignment.objects.create(person=person, role=role, started_on=LONG_AGO, **place)
    derive_groups([person.pk], today)
    return person


def _weekly_sweeps(world: World) -> Iterator[tuple[datetime, Callable[[], Any]]]:
    """The sweep of every week of two years, and of each night lately."""
    for days in (*range(749, 21, -7), *range(21, 0, -1)):
        at = at_hour(world.today - timedelta(days=days), 0, 5)
        yield at, partial(_sweep, at)


def _sweep(at: datetime) -> None:
    count_waiting(by=CLOCK, at=at)
    sweep(at=at)


def _life(world: World, life: Life) -> Iterator[tuple[datetime, Callable[[], Any]]]:
    begins = at_hour(life.started_on, 9)
    yield begins, partial(_begin, world, life, begins)
    if life.moved_on:
        moves = at_hour(life.moved_on, 9)
        yield moves, partial(_move, world, life, moves)
    if life.leaves_care_on:
        leaves = at_hour(life.leaves_care_on, 9)
        yield leaves, partial(_come_of_age, world, life, leaves)
    for number, day in enumerate(life.visits):
        if life.leaves_care_on and day >= life.leaves_care_on:
            continue
        written = at_hour(day, 17, 30)
        if number % 6 == 5 and day < world.today - timedelta(days=5):
            written += timedelta(days=4)
        yield written, partial(_visit, world, life, day, number, written)
    for day in life.attempts:
        at = at_hour(day, 18)
        yield at, partial(_attempt, world, life, day, at)
    yield from listening_steps(world, life, _worker(world, life))
    yield from contact_steps(world, life, _worker(world, life))
    yield from review_steps(world, life)
    yield from notice_steps(world, life)


def _attempt(world: World, life: Life, day: date, at: datetime) -> None:
    visits.attempt_visit(
        child=world.children[life.number],
        made_at=at_hour(day, 14),
        reason="At hospital with staff; the home had not said so.",
        by=_worker(world, life),
        at=at,
    )


def _come_of_age(world: World, life: Life, at: datetime) -> None:
    end_care(
        child=world.children[life.number],
        ended_on=life.leaves_care_on or world.today,
        reason="E17",
        by=CLOCK,
        at=at,
        leaves=False,
    )


def _worker(world: World, life: Life) -> Person:
    return world.people[life.worker if life.worker in world.people else f"worker-{life.worker}"]


def iro_of(world: World, life: Life) -> Person:
    return world.people[life.iro if life.iro in world.people else f"iro-{life.iro}"]


def _begin(world: World, life: Life, at: datetime) -> None:
    modes, profile = PROFILES[life.profile]
    language, religion, identity = CULTURES[life.culture]
    child = register_child(
        team=world.teams[life.team],
        local_id=f"{5000 + life.number}",
        name=life.name,
        date_of_birth=life.born_on,
        gender=life.gender,
        home_postcode=AUTHORITIES[life.authority],
        disabilities=["LD", "COMM"] if life.profile != 4 else ["LD"],
        communicates_by=list(modes),
        communication_profile=profile,
        language=language,
        religion=religion,
        identity_plan=identity,
        needs_health="Epilepsy; rescue medicine goes with the child." if life.profile == 3 else "",
        needs_trauma="" if life.number % 3 else "Lost a brother; fire alarms bring it back.",
        by=_worker(world, life),
        at=at,
    )
    world.children[life.number] = child
    place_child(
        child=child,
        started_on=life.started_on,
        place=life.place,
        legal_status=life.legal_status,
        basis=life.basis,
        setting=world.settings.get(life.home),
        carer_name=life.carer,
        postcode=life.postcode,
        is_52_weeks=life.number % 5 == 0,
        options_sought="Three places nearer home were asked; none had waking night staff."
        if life.home
        else "",
        could_live_nearer=False if life.home else None,
        could_live_nearer_reason="No place with the therapy named in the plan."
        if life.home
        else "",
        distant_approved_by="Director of children's services" if life.number % 4 else "",
        distant_approved_on=life.started_on - timedelta(days=3) if life.number % 4 else None,
        notified_on=life.started_on if life.basis == "section_85" else None,
        by=CLOCK,
        at=at,
    )
    if life.basis != "section_85":
        allocate(
            child=child,
            person=iro_of(world, life),
            role=Role.IRO,
            started_on=life.started_on,
            by=CLOCK,
            at=at,
        )
    _offer_advocate(world, life, child, at)


def _offer_advocate(world: World, life: Life, child: Child, at: datetime) -> None:
    if life.number % 3:
        return
    accepted = life.authority == MAIN
    Advocacy.objects.create(
        child=child,
        offered_on=life.started_on,
        how_offered="With photographs of the advocate and a symbol for “my side”.",
        answer="accepted" if accepted else "waiting",
        answered_on=life.started_on + timedelta(days=6) if accepted else None,
        basis="non_instructed" if life.profile == 3 else "instructed",
        advocate_name="Joy Clarke" if accepted else "",
        organisation="Voices Together" if accepted else "",
        commissioned_by="The placing authority",
        is_independent=True,
    )
    if accepted:
        allocate(
            child=child,
            person=world.people["joy"],
            role=Role.ADVOCATE,
            started_on=life.started_on,
            by=CLOCK,
            at=at,
        )


def _move(world: World, life: Life, at: datetime) -> Placement:
    return place_child(
        child=world.children[life.number],
        started_on=life.moved_on or world.today,
        place="K2",
        setting=world.settings[life.moves_to],
        options_sought="The home gave notice; two nearer places declined.",
        could_live_nearer=True,
        could_live_nearer_reason="A place twelve miles from home opens in spring.",
        not_considered_why="The home gave ten days' notice; no review could be held in time.",
        by=_worker(world, life),
        at=at,
    )


def _visit(world: World, life: Life, day: date, number: int, at: datetime) -> None:
    modes, _ = PROFILES[life.profile]
    seen = seen_at(life.number, number)
    from_end = len(life.visits) - number
    alone = number % 8 != 4 and not (life.not_alone_from and from_end <= life.not_alone_from)
    changed = (life.number + number) % 11 == 7
    worried = life.number == 9 and from_end == 1
    outcome: dict[str, Any] = {
        "made_at": at_hour(day, 15, 15),
        "place": "setting" if number % 5 else "school",
        "was_seen_alone": alone,
        "not_alone": "" if alone else "unable",
        "not_alone_why": "" if alone else "Two staff stayed in the room when asked to leave.",
        "was_bedroom_seen": number % 3 != 0,
        "communicated_by": list(modes),
        "communication_help": "" if life.profile in (4, 5) else "Key worker with the symbol strip.",
        "own_words": seen.words,
        "paraphrase": seen.understood,
        "feels_safe": ("yes", "sometimes", "yes", "no_answer", "yes")[number % 5],
        "behaviour": "first" if number == 0 else "changed" if changed else "none",
        "behaviour_detail": "Hits their own head; new since the summer." if changed else "",
        "abuse_considered": "possible" if changed else "",
        "abuse_considered_why": "New since the change of night staff; talked through with the "
        "manager the same day."
        if changed
        else "",
        "practice_observed": seen.practice,
        "matches_records": ("yes", "partly", "yes", "no")[(life.number + number) % 4],
        "plan_followed": {
            "Symbol strip within reach": ("yes", "yes", "no")[number % 3],
            "Phone call home on Sundays": ("yes", "not_seen")[number % 2],
        },
        "culture_respected": ("yes", "partly", "yes")[number % 3],
        "family_contact": ("yes", "yes", "no")[number % 3],
        "is_welfare_safeguarded": not worried,
        "welfare_detail": "Marks on both wrists that nobody could explain." if worried else "",
        "next_steps": "See the child again within six weeks; ask for the night rota.",
    }
    visits.record_visit(
        child=world.children[life.number],
        outcome=outcome,
        by=_worker(world, life),
        at=at,
        accounts=[
            {
                "source": "home",
                "who": "Key worker",
                "said": "A settled few weeks. Eating and sleeping well.",
            },
            {
                "source": "family" if number % 2 else "school",
                "who": "Mother" if number % 2 else "Class teacher",
                "said": "More tired than before, and quieter.",
            },
        ],
        concerns=[
            {
                "kind": "restraint",
                "severity": "high",
                "harm": "possible",
                "source": "observation",
                "detail": "Marks on both wrists; no record of restraint that week.",
            }
        ]
        if worried
        else [],
    )


def _arrange(world: World, life: Life, now: datetime) -> None:
    day = world.today + timedelta(days=life.arranged_in or 1)
    visits.arrange_visit(
        child=world.children[life.number],
        arranged_for=at_hour(day, 10, 30),
        is_unannounced=life.number % 2 == 0,
        by=_worker(world, life),
        at=now,
    )


def _grant(world: World) -> None:
    derive_for_children([child.pk for child in world.children.values()], world.today)
    derive_for_settings([setting.pk for setting in world.settings.values()], world.today)


def _settle_inboxes(now: datetime) -> None:
    """Two years of telling are over: only what came in the last days is still unread."""
    old = now - timedelta(days=3)
    Delivery.objects.filter(state="waiting").update(state="sent", sent_at=now, next_try_at=None)
    Notification.objects.filter(told_at__lt=old, read_at__isnull=True).update(read_at=now)
    with connection.cursor() as cursor:
        cursor.execute(
            "DELETE FROM procrastinate_jobs WHERE queue_name = 'deliver' AND status = 'todo'"
        )
