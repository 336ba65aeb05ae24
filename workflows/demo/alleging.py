"""Allegations in the invented world, one at every stage, and low-level concerns."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from django.db.models import Count, Q

from backend.access.models import Person, RoleAssignment
from backend.events.record import CLOCK
from backend.grammar.moments import LONDON, day_of
from backend.grammar.roles import Role
from backend.records.models import Child, Setting
from workflows.lado import actions
from workflows.lado.models import LIMBS, AdultMatch, AuthorityNotice, Referral
from workflows.lado.table import UNRECEIVED

if TYPE_CHECKING:
    from workflows.demo.world import World

Doing = tuple[datetime, Callable[[], Any]]
HOST = "E08000017"
WORKER = {
    "name": "Darren Holloway",
    "date_of_birth": date(1987, 9, 14),
    "employer": "The provider",
    "job": "Night support worker",
    "sector": "residential",
}
NOT_MET = "Nothing that was told points to it."


def allegation_steps(world: World) -> Iterator[Doing]:
    """One that ended, one with its outcome, advice, a low-level concern, an allegation that opened
    a case with one silent authority, one to be decided, and a new one from the public."""
    for days, hour, do in (
        (75, 9, _end_a_case),
        (48, 10, _conclude_a_case),
        (34, 9, _keep_a_concern),
        (20, 9, _advise),
        (5, 9, _open_a_case),
        (1, 14, _wait_for_a_decision),
        (1, 16, _hear_from_the_public),
    ):
        at = _at(world, days, hour)
        yield at, partial(do, world, at)


def _at(world: World, days_ago: int, hour: int) -> datetime:
    day = world.today - timedelta(days=days_ago)
    return datetime(day.year, day.month, day.day, hour, tzinfo=LONDON)


def _home(world: World) -> tuple[Setting, Person] | None:
    """The home of the host's area with most authorities among its children, and who runs it."""
    lives_there = Q(placements__ended_on__isnull=True, placements__isnull=False)
    homes = (
        Setting.objects.filter(host_authority=HOST)
        .annotate(
            authorities=Count("placements__child__authority", filter=lives_there, distinct=True)
        )
        .filter(authorities__gt=0)
        .order_by("-authorities", "pk")
    )
    for home in homes:
        runs = RoleAssignment.objects.filter(
            setting=home, role=Role.REGISTERED_MANAGER, ended_on__isnull=True
        ).select_related("person")
        if found := runs.first():
            return home, found.person
    return None


def _limbs(*met: str) -> dict[str, tuple[bool, str]]:
    return {
        name: (name in met, "What two people saw points to it." if name in met else NOT_MET)
        for name in LIMBS
    }


def _tell(world: World, at: datetime, **facts: Any) -> Referral | None:
    found = _home(world)
    if found is None:
        return None
    home, manager = found
    given = {
        "setting": home,
        "source": "setting",
        "employer_knew_on": day_of(at),
        "manager_knew_on": day_of(at),
        "adult": WORKER,
        "unit": "The annexe",
        "shift": "night",
        "by": manager,
        "at": at,
    }
    referral = actions.make_referral(**{**given, **facts})
    return actions.receive_referral(
        referral=referral, by=world.people["carol"], at=at + timedelta(hours=1)
    )


def _keep_a_concern(world: World, at: datetime) -> None:
    """Below the threshold, and the first of two about the same adult."""
    referral = _tell(
        world,
        at,
        what_happened="Spoke sharply to a child at bedtime and left the room when she cried.",
        happened_on=day_of(at) - timedelta(days=1),
        made_safe="Somebody else did the bedtimes that week.",
        is_consultation=True,
    )
    if referral is not None:
        actions.decide_threshold(
            referral=referral,
            result="keep",
            limbs=_limbs(),
            reason="Poor practice. Kept, and counted with anything that comes after.",
            advice="Supervision within the week, and a talk about bedtimes.",
            by=world.people["carol"],
            at=at + timedelta(hours=4),
        )


def _advise(world: World, at: datetime) -> None:
    """Not for the LADO; the sender is told what to do instead."""
    referral = _tell(
        world,
        at,
        what_happened="A parent complains that a driver is rude and plays loud music in the bus.",
        adult={"name": "Keith Mallory", "job": "Driver", "sector": "transport"},
        shift="day",
        is_consultation=True,
        also_raised_as=["complaint"],
        also_raised_words="The firm has it under number 417.",
    )
    if referral is not None:
        actions.decide_threshold(
            referral=referral,
            result="advise",
            limbs=_limbs(),
            reason="A matter of conduct for the firm, with nothing that points to harm.",
            advice="Answer the parent in writing, and ask the children what the ride is like.",
            by=world.people["carol"],
            at=at + timedelta(hours=2),
        )


def _wait_for_a_decision(world: World, at: datetime) -> None:
    """Received by name, and nothing decided yet."""
    _tell(
        world,
        at,
        what_happened="A colleague says that a senior worker locked the kitchen in the evenings "
        "and kept food from the children.",
        adult={"name": "Moira Stannard", "job": "Senior worker", "sector": "residential"},
        shift="evening",
        made_safe="The kitchen is open. She works with another member of staff.",
        also_raised_as=["whistleblowing"],
    )


def _open_a_case(world: World, at: datetime) -> None:
    """The threshold is met; every authority but one answers."""
    referral = _tell(
        world,
        at,
        what_happened="A colleague heard a door held shut from outside for half an hour, and the "
        "child calling. Marks were seen on her arms in the morning.",
        happened_on=day_of(at) - timedelta(days=1),
        made_safe="Not at work since. The child slept next to the night office.",
    )
    if referral is None:
        return
    carol = world.people["carol"]
    how: dict[str, Any] = {"by": carol}
    lives_there = Child.objects.filter(
        placements__setting=referral.setting, placements__ended_on__isnull=True
    )
    if child := lives_there.order_by("pk").first():
        referral = actions.name_child(
            referral=referral, child=child, at=at + timedelta(hours=2), **how
        )
    referral = actions.add_allegation(
        referral=referral,
        category="confinement",
        harm="distress",
        words="Held the door of a bedroom shut for half an hour.",
        at=at + timedelta(hours=2),
        **how,
    )
    referral = actions.decide_threshold(
        referral=referral,
        result="open",
        limbs=_limbs("harmed", "poses_risk"),
        reason="A child was shut in and may have been hurt. Not the first concern.",
        at=at + timedelta(hours=3),
        **how,
    )
    referral = actions.set_work_status(
        referral=referral,
        status="suspended",
        from_on=day_of(at),
        decided_by="The provider",
        reason="While the police look into it.",
        at=at + timedelta(hours=4),
        **how,
    )
    referral = actions.follow_track(
        referral=referral,
        kind="police",
        stands="running",
        since=day_of(at),
        words="A statement from the colleague is planned.",
        at=at + timedelta(hours=5),
        **how,
    )
    actions.record_telling(
        referral=referral,
        whom="ofsted",
        told_on=day_of(at),
        words="That the threshold is met, and what was done at once.",
        at=at + timedelta(hours=5),
        **how,
    )
    referral = actions.record_meeting(
        referral=referral,
        kind="initial",
        held_on=day_of(at),
        attendees="Carol Finch, LADO\nPC Amin, police\nThe provider's head of care",
        summary="The police lead. Nobody speaks to the adult before they do.",
        was_advocate_invited=False,
        advocate_why_not="The child has no advocate yet; one was asked for today.",
        tasks=[
            {
                "what": "Take a statement from the colleague.",
                "owner": "PC Amin, police",
                "due_on": day_of(at) + timedelta(days=2),
            },
            {
                "what": "Send the rota of the last three months.",
                "owner": "The provider's head of care",
                "due_on": day_of(at) + timedelta(days=9),
            },
        ],
        at=at + timedelta(hours=5),
        **how,
    )
    for match in AdultMatch.objects.filter(answer=AdultMatch.Answer.WAITING):
        actions.confirm_match(
            match=match,
            reason="The provider confirmed that it is the same member of staff.",
            at=at + timedelta(hours=6),
            **how,
        )
    # The last authority stays silent.
    _answer(_unreceived(referral)[:-1], at + timedelta(hours=7))


def _unreceived(referral: Referral) -> list[AuthorityNotice]:
    rows = AuthorityNotice.objects.filter(referral=referral, state=str(UNRECEIVED))
    return list(rows.order_by("pk"))


def _answer(notices: list[AuthorityNotice], at: datetime) -> None:
    """Each authority receives and answers for its children."""
    for notice in notices:
        who = RoleAssignment.objects.filter(
            authority=notice.authority_id,
            role__in=(Role.LADO, Role.SERVICE_MANAGER, Role.DIRECTOR),
            ended_on__isnull=True,
        ).select_related("person")
        if answering := who.order_by("pk").first():
            notice = actions.receive_notice(notice=notice, by=answering.person, at=at)
            for child in notice.children.filter(answered_at__isnull=True):
                notice = actions.answer_for_child(
                    notice=notice,
                    child=child,
                    what_was_done="The social worker goes tomorrow and sees the child alone.",
                    by=answering.person,
                    at=at + timedelta(hours=1),
                )


def _hear_from_the_public(world: World, at: datetime) -> None:
    """A neighbour writes; nobody has received it yet."""
    found = _home(world)
    if found is not None:
        actions.make_referral(
            setting=None,
            authority=found[0].host_authority,
            workplace=found[0].name,
            what_happened="I hear a child screaming in the back garden most evenings and a man "
            "shouting. I do not know the names.",
            adult={"name": "A man with a blue van", "sector": "residential"},
            source="public",
            sender_role="Neighbour",
            is_child_at_risk=True,
            by=CLOCK,
            at=at,
        )


def _end_a_case(world: World, at: datetime) -> None:
    """An allegation that was worked on and found to be unfounded, and of which all were told."""
    referral = _to_the_outcome(
        world,
        at,
        what_happened="A child said that an agency worker took her money.",
        adult={"name": "Paula Nkemelu", "job": "Agency worker", "sector": "residential"},
        category="finance",
        words="Took ten pounds from a drawer.",
        outcome="unfounded",
        reason="The money was found in another coat the same evening.",
    )
    if referral is None:
        return
    how: dict[str, Any] = {"by": world.people["carol"], "at": at + timedelta(hours=6)}
    for notice in AuthorityNotice.objects.filter(referral=referral):
        actions.close_notice(notice=notice, outcome_told="The money was found. Unfounded.", **how)
    actions.close_referral(referral=referral, words="The child was told, and believes it.", **how)


def _conclude_a_case(world: World, at: datetime) -> None:
    """An allegation with its outcome, of which the authorities have still to hear."""
    referral = _to_the_outcome(
        world,
        at,
        what_happened="A child came back from a walk with a bruised arm; an agency worker had "
        "held her.",
        adult={"name": "Stephen Oduya", "job": "Agency worker", "sector": "residential"},
        category="restraint",
        words="Held a child by the arm hard enough to bruise it.",
        outcome="unsubstantiated",
        reason="Nobody saw it, the child gave no sign, and the hospital could not say.",
    )
    if referral is not None:
        _answer(_unreceived(referral), at + timedelta(hours=6))


def _to_the_outcome(
    world: World,
    at: datetime,
    *,
    what_happened: str,
    adult: dict[str, Any],
    category: str,
    words: str,
    outcome: str,
    reason: str,
) -> Referral | None:
    """A case whose one allegation has its outcome, with every enquiry ended."""
    referral = _tell(
        world,
        at,
        what_happened=what_happened,
        happened_on=day_of(at) - timedelta(days=2),
        adult=adult,
        shift="day",
    )
    if referral is None:
        return None
    how: dict[str, Any] = {"by": world.people["carol"], "at": at + timedelta(hours=5)}
    referral = actions.add_allegation(referral=referral, category=category, words=words, **how)
    referral = actions.decide_threshold(
        referral=referral,
        result="open",
        limbs=_limbs("unsuitable"),
        reason="If true, not somebody to work with children.",
        **how,
    )
    referral = actions.settle_allegation(
        referral=referral,
        allegation=referral.allegations.get(),
        outcome=outcome,
        reason=reason,
        **how,
    )
    for kind in ("police", "section_47", "employer"):
        referral = actions.follow_track(
            referral=referral,
            kind=kind,
            stands="not_needed",
            since=day_of(at),
            words=reason,
            **how,
        )
    return actions.conclude_referral(referral=referral, **how)
