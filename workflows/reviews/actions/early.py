"""Reviews before their ordinary date."""

from datetime import date, datetime

from django.db import transaction

from backend.access.models import Person
from backend.casework.case import lock_child
from backend.casework.errors import FactRefused
from backend.casework.facts import check_reason, in_words
from backend.casework.gate import By, require_part
from backend.deadlines.recalculate import recalculate
from backend.events.models import Event
from backend.events.record import Actor, record
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.notify.tell import Telling, tell
from backend.records.models import Child
from workflows.reviews import events
from workflows.reviews.checks import (
    FURTHEST,
    check_past,
)
from workflows.reviews.models import (
    EarlyReview,
)
from workflows.reviews.table import AUTHORITY

ASKS_EARLY = (Role.IRO, Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
HEARS_OF_EARLY = (Role.IRO, Role.SOCIAL_WORKER, Role.TEAM_MANAGER)


@transaction.atomic
def request_early_review(
    *,
    child: Child,
    reason: str,
    words: str,
    by: By,
    at: datetime,
    arose_on: date | None = None,
    event_on: date | None = None,
    came_from: str = "",
) -> EarlyReview:
    """This will open the clock of a review before its ordinary date.

    :raises NotAllowed: the person does not ask for this child's reviews.
    :raises FactRefused: no reason in words, an event without its day, or a day in the future.
    """
    require_part(by, child, ASKS_EARLY, at, doing="call for an early review of this child's case")
    if reason == EarlyReview.Reason.IRO_REQUEST:
        require_part(by, child, (Role.IRO,), at, doing="ask for an early review as the IRO")
    words = check_reason(words, "Say why, or what the coming event is.", field="words")
    arose_on = check_past(
        arose_on or day_of(at), at, "arose_on", "The reason cannot arise in the future."
    )
    if reason == EarlyReview.Reason.BEFORE_AN_EVENT:
        if event_on is None or not arose_on < event_on <= day_of(at) + FURTHEST:
            raise FactRefused("Enter the day of the coming event.", field="event_on")
    elif event_on is not None:
        raise FactRefused("Only a coming event has a day of its own.", field="event_on")
    lock_child(child.pk)
    early = EarlyReview.objects.create(
        child=child,
        reason=reason,
        arose_on=arose_on,
        event_on=event_on,
        words=words,
        came_from=came_from,
        asked_by_id=by.pk,
    )
    recalculate([child.pk], by=by, at=at)
    event = _record_about_early(events.EARLY_ASKED, early, by, at, reason=_reason_of(early))
    tell([Telling(event, HEARS_OF_EARLY)], at=at)
    return early


@transaction.atomic
def call_after_visit(*, child_id: int, visit: str, by: Actor, at: datetime) -> EarlyReview:
    """This will note that a visit calls for an early review; its clock counts from the visit.

    Whoever must know has been told by the visit itself.
    """
    lock_child(child_id)
    early, is_new = EarlyReview.objects.get_or_create(
        child_id=child_id,
        came_from=visit,
        reason=EarlyReview.Reason.WELFARE,
        withdrawn_on=None,
        defaults={
            "arose_on": day_of(at),
            "asked_by_id": by.pk,
            "words": "A visit found that welfare is not safeguarded by the placement.",
        },
    )
    if is_new:
        _record_about_early(events.EARLY_ASKED, early, by, at, reason=_reason_of(early))
    return early


@transaction.atomic
def answer_early_review(
    *, early: EarlyReview, offered_on: date, answer: str, by: Person, at: datetime
) -> EarlyReview:
    """This will answer a call for an early review with the day that is offered.

    :raises NotAllowed: the person does not arrange this child's reviews.
    :raises FactRefused: withdrawn, answered, no day, or no answer.
    """
    require_part(by, early.child, AUTHORITY, at, doing="answer this call for an early review")
    answer = check_reason(answer, "Say what you answer.", field="answer")
    if offered_on > day_of(at) + FURTHEST:
        raise FactRefused("Choose a day within a year.", field="offered_on")
    early = _lock_early(early)
    if offered_on < early.arose_on:
        raise FactRefused("Offer a day after the call for it.", field="offered_on")
    early.answered_on, early.offered_on, early.answer = day_of(at), offered_on, answer
    early.save(update_fields=["answered_on", "offered_on", "answer"])
    event = _record_about_early(events.EARLY_ANSWERED, early, by, at, offered=in_words(offered_on))
    tell([Telling(event, (Role.IRO, Role.TEAM_MANAGER))], at=at)
    return early


@transaction.atomic
def withdraw_early_review(*, early: EarlyReview, why: str, by: By, at: datetime) -> EarlyReview:
    """This will withdraw a call for an early review, keeping it and why.

    :raises NotAllowed: only who may call for one withdraws it; the IRO's only the IRO.
    :raises FactRefused: no reason, withdrawn already, or it arose from a visit that stands.
    """
    who = (Role.IRO,) if early.reason == EarlyReview.Reason.IRO_REQUEST else ASKS_EARLY
    require_part(by, early.child, who, at, doing="withdraw this call for an early review")
    if early.came_from and isinstance(by, Person):
        raise FactRefused("A visit calls for this: it ends with a review, or with that visit.")
    why = check_reason(why, "Say why it is withdrawn.", field="why")
    early = _lock_early(early)
    early.withdrawn_on, early.withdrawn_why = day_of(at), why
    early.save(update_fields=["withdrawn_on", "withdrawn_why"])
    recalculate([early.child_id], by=by, at=at)
    _record_about_early(events.EARLY_WITHDRAWN, early, by, at)
    return early


def _lock_early(early: EarlyReview) -> EarlyReview:
    lock_child(early.child_id)
    early = EarlyReview.objects.select_for_update(of=("self",)).get(pk=early.pk)
    if early.withdrawn_on is not None:
        raise FactRefused(f"This was withdrawn on {in_words(early.withdrawn_on)}.")
    return early


def _reason_of(early: EarlyReview) -> str:
    label = EarlyReview.Reason(early.reason).label
    return label[:1].lower() + label[1:]


def _record_about_early(
    name: str, early: EarlyReview, by: Actor, at: datetime, **carries: str
) -> Event:
    return record(
        name,
        by=by,
        at=at,
        about=f"early-reviews/{early.pk}",
        child_id=early.child_id,
        carries={"on": in_words(early.arose_on), **carries},
    )
