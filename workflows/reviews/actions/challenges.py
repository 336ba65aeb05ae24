"""Challenges between professionals."""

from datetime import date, datetime

from django.db import transaction

from backend.access.models import Person
from backend.access.parts import people_playing
from backend.casework.case import lock_child
from backend.casework.errors import FactRefused, NotAllowed
from backend.casework.facts import check_reason, check_text, in_words
from backend.casework.gate import parts_played, require_part
from backend.events.models import Event
from backend.events.record import Actor, record
from backend.grammar.moments import day_of
from backend.grammar.roles import LABELS, Role
from backend.notify.models import Notification
from backend.notify.tell import Telling, deliver_later, tell
from backend.records.models import Child
from workflows.reviews import events
from workflows.reviews.checks import (
    FURTHEST,
)
from workflows.reviews.models import (
    Challenge,
    Review,
)

#: Professionals of either authority; a challenge is nothing for an advocate or a home.
CHALLENGERS = (
    Role.IRO,
    Role.SOCIAL_WORKER,
    Role.TEAM_MANAGER,
    Role.SERVICE_MANAGER,
    Role.DIRECTOR,
    Role.IRO_MANAGER,
    Role.HOST_OFFICER,
)
HEARS_CHALLENGES = (Role.IRO, Role.SOCIAL_WORKER, Role.TEAM_MANAGER)


@transaction.atomic
def raise_challenge(
    *,
    child: Child,
    about: str,
    words: str,
    due_on: date,
    by: Person,
    at: datetime,
    to_name: str = "",
    to_person: Person | None = None,
    review: Review | None = None,
) -> Challenge:
    """This will question practice, information or a decision, and say by when an answer is due.

    :raises NotAllowed: no professional of either authority for this child.
    :raises FactRefused: nobody named, nothing said, or a day that has passed.
    """
    require_part(by, child, CHALLENGERS, at, doing="raise a challenge about this child's care")
    words = check_reason(words, "Say what you challenge, and why.", field="words")
    if not day_of(at) <= due_on <= day_of(at) + FURTHEST:
        raise FactRefused("Choose a day from today, within a year.", field="due_on")
    if to_person is not None:
        _check_addressee(child, to_person, by, at)
        to_name = to_person.name
    to_name = check_reason(to_name, "Say with whom you raise it.", field="to_name")
    check_text(to_name, "to_name", longest=200)
    if review is not None and review.child_id != child.pk:
        raise FactRefused("Choose a review of this child.", field="review")
    lock_child(child.pk)
    challenge = Challenge.objects.create(
        child=child,
        review=review,
        about=about,
        words=words,
        raised_by=by,
        raised_as=_part_of(by, child, at),
        raised_on=day_of(at),
        to_person=to_person,
        to_name=to_name,
        due_on=due_on,
    )
    event = _record_about_challenge(
        events.CHALLENGED, challenge, by, at, to=to_name, due=in_words(due_on)
    )
    told = tell([Telling(event, HEARS_CHALLENGES)], at=at).notifications
    if to_person is not None and to_person.pk not in {each.person_id for each in told}:
        _tell_person(to_person, event, child, at)
    return challenge


@transaction.atomic
def answer_challenge(
    *, challenge: Challenge, outcome: str, answer: str, by: Person, at: datetime
) -> Challenge:
    """This will answer a challenge; whoever raised it is told.

    :raises NotAllowed: not the one it was raised with, nor a colleague of theirs for this child.
    :raises FactRefused: no answer in words, or answered already.
    """
    if challenge.raised_by_id == by.pk:
        raise NotAllowed("Your own challenge is answered by somebody else.")
    if challenge.to_person_id != by.pk:
        require_part(by, challenge.child, CHALLENGERS, at, doing="answer this challenge")
    answer = check_reason(answer, "Say what you answer.", field="answer")
    lock_child(challenge.child_id)
    challenge = Challenge.objects.select_for_update(of=("self",)).get(pk=challenge.pk)
    if challenge.answered_on is not None:
        raise FactRefused(f"This was already answered on {in_words(challenge.answered_on)}.")
    challenge.answered_on, challenge.answered_by = day_of(at), by
    challenge.outcome, challenge.answer = outcome, answer
    challenge.save(update_fields=["answered_on", "answered_by", "outcome", "answer"])
    event = _record_about_challenge(
        events.CHALLENGE_ANSWERED,
        challenge,
        by,
        at,
        to=challenge.to_name,
        on=in_words(challenge.raised_on),
        outcome=Challenge.Outcome(outcome).label.lower(),
    )
    told = tell([Telling(event, HEARS_CHALLENGES)], at=at).notifications
    if challenge.raised_by_id not in {each.person_id for each in told}:
        _tell_person(challenge.raised_by, event, challenge.child, at)
    return challenge


def _check_addressee(child: Child, to_person: Person, by: Person, at: datetime) -> None:
    if to_person.pk == by.pk:
        raise FactRefused("A challenge is raised with somebody else.", field="to_person")
    playing = {person.pk for person, _ in people_playing(CHALLENGERS, child, day_of(at))}
    if to_person.pk not in playing:
        raise FactRefused(
            "This person plays no part for the child. Enter the name instead.", field="to_person"
        )


def _part_of(by: Person, child: Child, at: datetime) -> str:
    parts = parts_played(by, child, at)
    return LABELS[next(role for role in CHALLENGERS if role in parts)][:20]


def _tell_person(person: Person, event: Event, child: Child, at: datetime) -> None:
    """Tells one person by name, who raised a challenge or is to answer it."""
    parts = parts_played(person, child, at)
    deliver_later(
        [
            Notification(
                person=person,
                event=event,
                child_id=child.pk,
                about=event.about,
                words=event.kind.alert,
                role=next((role for role in CHALLENGERS if role in parts), Role.HOST_OFFICER),
                told_at=at,
            )
        ]
    )


def _record_about_challenge(
    name: str, challenge: Challenge, by: Actor, at: datetime, **carries: str
) -> Event:
    return record(
        name,
        by=by,
        at=at,
        about=f"challenges/{challenge.pk}",
        child_id=challenge.child_id,
        carries=carries,
    )
