"""Concerns between the agencies of the invented world, at every stage, and whom to call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from backend.access.models import Person
from backend.access.parts import people_playing
from backend.events.record import CLOCK
from backend.grammar.moments import LONDON, day_of
from backend.grammar.roles import Role
from backend.records.models import Authority, Child
from workflows.demo.cast import MAIN
from workflows.escalations import actions
from workflows.escalations.models import Escalation

if TYPE_CHECKING:
    from workflows.demo.world import World

Doing = tuple[datetime, Callable[[], Any]]
HOST = "E08000017"
#: Whom to call at the two authorities whose people have names; the numbers are reserved ones.
CONTACTS = (
    (HOST, "practitioner", "neil", "Placements officer", "01632 960001"),
    (HOST, "lado", "carol", "LADO", "01632 960002"),
    (HOST, "duty", "", "Multi-agency safeguarding hub", "01632 960003"),
    (HOST, "director", "", "Director's office", "01632 960004"),
    (MAIN, "director", "sunita", "Director of children's services", "020 7946 0011"),
    (MAIN, "iro_service", "peter", "IRO service manager", "020 7946 0012"),
    (MAIN, "duty", "", "Emergency duty team", "020 7946 0013"),
)


def escalation_steps(world: World) -> Iterator[Doing]:
    """Whom to call, and concerns: new, silent and gone up, as high as they go, answered,
    accepted, resolved, and an IRO's that reached Cafcass."""
    yield _at(world, 90, 9), partial(_name_contacts, world, _at(world, 90, 9))
    yield _at(world, 90, 10), partial(_choose_ladder, world, _at(world, 90, 10))
    yield _at(world, 1, 15), partial(_ask_today, world, _at(world, 1, 15))
    yield _at(world, 9, 11), partial(_go_unanswered, world, _at(world, 9, 11))
    yield _at(world, 6, 10), partial(_get_an_answer, world, _at(world, 6, 10))
    yield _at(world, 15, 10), partial(_accept, world, _at(world, 15, 10))
    yield _at(world, 40, 10), partial(_resolve, world, _at(world, 40, 10))
    yield _at(world, 7, 14), partial(_dispute, world, _at(world, 7, 14))
    yield _at(world, 3, 10), partial(_go_to_cafcass, _at(world, 3, 10))
    yield _at(world, 21, 10), partial(_reach_the_director, world, _at(world, 21, 10))
    yield _at(world, 12, 9), partial(_meet, world, _at(world, 12, 9))


def _at(world: World, days_ago: int, hour: int) -> datetime:
    day = world.today - timedelta(days=days_ago)
    return datetime(day.year, day.month, day.day, hour, tzinfo=LONDON)


def _name_contacts(world: World, at: datetime) -> None:
    for code, level, key, job, phone in CONTACTS:
        person = world.people.get(key)
        actions.name_contact(
            authority=Authority.objects.get(pk=code),
            level=level,
            name=person.name if person else job,
            job=job,
            phone=phone,
            person=person,
            by=CLOCK,
            at=at,
        )


def _choose_ladder(world: World, at: datetime) -> None:
    actions.choose_ladder(
        authority=Authority.objects.get(pk=MAIN),
        use="iro_dispute",
        code="iro_5_5_5",
        by=world.people["ada"],
        at=at,
    )


def _far_away(world: World, role: Role, at: datetime, skip: int = 0) -> tuple[Child, Person] | None:
    """A child of the main authority who lives in Doncaster, and who plays a part for them."""
    found = 0
    for number in sorted(world.children):
        child = world.children[number]
        if child.authority_id != MAIN:
            continue
        lives = child.placements.filter(ended_on__isnull=True, host_authority=HOST).exists()
        people = people_playing((role,), child, day_of(at)) if lives else []
        if people:
            if found == skip:
                return child, people[0][0]
            found += 1
    return None


def _raise(world: World, by: Person, child: Child, at: datetime, **facts: Any) -> Escalation:
    return actions.raise_concern(by=by, child=child, at=at, **facts)


def _ask_today(world: World, at: datetime) -> None:
    """The host asks; nobody has it yet."""
    found = _far_away(world, Role.SOCIAL_WORKER, at)
    if found is not None:
        _raise(
            world,
            world.people["neil"],
            found[0],
            at,
            kind="host_placing",
            concern="The night staff have changed twice this month and nobody from the placing "
            "authority has been told, or has come.",
            wanted="A visit after nine in the evening, this week.",
        )


def _go_unanswered(world: World, at: datetime) -> None:
    """The host asks, nobody answers, and the nights carry it up."""
    found = _far_away(world, Role.SOCIAL_WORKER, at, skip=1)
    if found is not None:
        _raise(
            world,
            world.people["neil"],
            found[0],
            at,
            kind="host_placing",
            concern="No plan for contact with the family has reached the home since the move.",
            wanted="The plan, and somebody to talk it through with the home.",
        )


def _get_an_answer(world: World, at: datetime) -> None:
    """The social worker asks the host, who answers; the social worker is to say if it is enough."""
    found = _far_away(world, Role.SOCIAL_WORKER, at, skip=2)
    if found is None:
        return
    child, worker = found
    case = _raise(
        world,
        worker,
        child,
        at,
        kind="placing_host",
        concern="The therapist promised in the placement plan has not been arranged locally.",
        wanted="A first appointment.",
    )
    neil = world.people["neil"]
    actions.confirm_receipt(escalation=case, by=neil, at=at + timedelta(hours=2))
    actions.answer_concern(
        escalation=case,
        answer="The clinic has a first appointment on Thursday week; the home takes her there.",
        promised_by_whom="Neil Booth",
        promised_by=day_of(at) + timedelta(days=10),
        by=neil,
        at=at + timedelta(hours=5),
    )


def _accept(world: World, at: datetime) -> None:
    """The host agrees with the answer, and waits for it to be carried out."""
    found = _far_away(world, Role.SOCIAL_WORKER, at, skip=5)
    if found is None:
        return
    child, worker = found
    neil = world.people["neil"]
    case = _raise(
        world,
        neil,
        child,
        at,
        kind="host_placing",
        concern="The wheelchair that came with her no longer fits, and she stays indoors.",
        wanted="A new chair, and a hired one until it comes.",
    )
    case = actions.answer_concern(
        escalation=case,
        answer="A hired chair comes on Friday. The new one is measured for next week.",
        promised_by_whom=worker.name,
        promised_by=world.today + timedelta(days=12),
        by=worker,
        at=at + timedelta(hours=5),
    )
    actions.accept_answer(escalation=case, by=neil, at=at + timedelta(hours=6))


def _resolve(world: World, at: datetime) -> None:
    """One that ended well, with what changed for the child."""
    found = _far_away(world, Role.SOCIAL_WORKER, at, skip=3)
    if found is None:
        return
    child, worker = found
    neil = world.people["neil"]
    case = _raise(
        world,
        neil,
        child,
        at,
        kind="host_placing",
        concern="He has no school place here and is at home all day.",
        wanted="A school place, and somebody to teach him until then.",
    )
    case = actions.answer_concern(
        escalation=case,
        answer="Tuition from Monday; a place at Larkfield School from the first of next month.",
        promised_by_whom=worker.name,
        promised_by=day_of(at) + timedelta(days=20),
        by=worker,
        at=at + timedelta(hours=4),
    )
    case = actions.accept_answer(escalation=case, by=neil, at=at + timedelta(hours=6))
    actions.resolve_concern(
        escalation=case,
        ended_how="He started at the school.",
        changed_for_child="He goes to school five days a week and has a friend there.",
        by=neil,
        at=at + timedelta(days=18),
    )


def _dispute(world: World, at: datetime) -> None:
    """An IRO disputes, writes to the other side and keeps a note for their own."""
    found = _far_away(world, Role.IRO, at, skip=1)
    if found is None:
        return
    child, iro = found
    case = _raise(
        world,
        iro,
        child,
        at,
        kind="iro_dispute",
        concern="Decisions of the last review have not been carried out: no advocate, no plan for "
        "moving nearer home.",
        wanted="Both decisions carried out, with names and days.",
    )
    actions.keep_note(
        escalation=case,
        words="Ring Cafcass if the head of service has not answered by Friday.",
        by=iro,
        at=at + timedelta(hours=1),
    )
    actions.write_message(
        escalation=case,
        words="Who will find the advocate, and by when?",
        by=iro,
        at=at + timedelta(hours=2),
    )


def _go_to_cafcass(at: datetime) -> None:
    """The IRO takes the dispute to Cafcass, while it goes on."""
    case = Escalation.objects.filter(kind="iro_dispute").select_related("raised_by").first()
    if case is not None:
        actions.go_outside(
            escalation=case,
            where="cafcass",
            reason="Neither decision was carried out, and nobody says by when.",
            by=case.raised_by,
            at=at,
        )


def _reach_the_director(world: World, at: datetime) -> None:
    """The host asks, and silence carries it to the director."""
    found = _far_away(world, Role.SOCIAL_WORKER, at, skip=4)
    if found is not None:
        _raise(
            world,
            world.people["neil"],
            found[0],
            at,
            kind="host_placing",
            concern="The home was told in July that its staffing would be looked at. Nobody has "
            "said what was found.",
            wanted="What was found, and what follows for this child.",
        )


def _meet(world: World, at: datetime) -> None:
    """The host called a meeting about a home, held it, and agreed an action."""
    neil = world.people["neil"]
    home = world.settings["SC901001"]
    meeting = actions.call_meeting(
        setting=home,
        purpose="Night staffing, and who comes in from outside.",
        meets_at=at + timedelta(days=5),
        place="Civic Office, and by video",
        is_ofsted_invited=True,
        by=neil,
        at=at,
    )
    held_at = at + timedelta(days=5, hours=3)
    meeting = actions.hold_meeting(
        meeting=meeting,
        held_on=day_of(held_at),
        attended="Doncaster (Neil Booth, Carol Finch); Barking and Dagenham (Helen Marsh); Ofsted.",
        minutes="Three agency workers on nights this month. Each authority visits once after nine "
        "in the evening.",
        by=neil,
        at=held_at,
    )
    actions.agree_action(
        meeting=meeting,
        what="One unannounced visit after nine in the evening.",
        authority=Authority.objects.get(pk=MAIN),
        owner_name="Helen Marsh",
        due_on=world.today + timedelta(days=5),
        by=neil,
        at=held_at,
    )
