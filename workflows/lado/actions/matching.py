"""Finding one adult in two referrals: suggested by what stands there, said by a person."""

from datetime import datetime

from django.db import transaction

from backend.access.matters import parts_in
from backend.access.models import Person
from backend.casework.errors import FactRefused, NotAllowed
from backend.casework.facts import check_reason
from backend.events.record import CLOCK, record
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.notify.tell import Telling, tell
from workflows.lado import events
from workflows.lado.models import Adult, AdultMatch
from workflows.lado.queries import alike


def suggest_matches(*, adult: Adult, at: datetime) -> list[AdultMatch]:
    """This will suggest to the LADOs of both cases that an adult may be in another referral.

    Nothing is joined by it: a person says whether it is the same one.
    """
    found = []
    for other, reasons in alike(adult):
        first, second = sorted((adult.pk, other.pk))
        match, is_new = AdultMatch.objects.get_or_create(
            one_id=first, other_id=second, defaults={"because": ", ".join(reasons), "at": at}
        )
        if is_new:
            found.append(match)
            for referral in (adult.referral, other.referral):
                event = record(
                    events.MATCH_SUGGESTED, by=CLOCK, at=at, about=referral.about, carries={}
                )
                tell([Telling(event, (Role.LADO,), about=referral.about)], at=at)
    return found


def confirm_match(*, match: AdultMatch, reason: str, by: Person, at: datetime) -> AdultMatch:
    """This will say that two referrals are about one adult, with the reason.

    :raises NotAllowed: the person leads neither of the two cases.
    :raises FactRefused: no reason.
    """
    return _answer(match, AdultMatch.Answer.SAME, reason, by, at)


def refuse_match(*, match: AdultMatch, reason: str, by: Person, at: datetime) -> AdultMatch:
    """This will say that two referrals are about two people, with the reason.

    :raises NotAllowed: the person leads neither of the two cases.
    :raises FactRefused: no reason.
    """
    return _answer(match, AdultMatch.Answer.OTHER, reason, by, at)


@transaction.atomic
def _answer(match: AdultMatch, answer: str, reason: str, by: Person, at: datetime) -> AdultMatch:
    reason = check_reason(reason, "Say how you know.")
    match = AdultMatch.objects.select_for_update(of=("self",)).get(pk=match.pk)
    referrals = [match.one.referral, match.other.referral]
    parts = parts_in("referrals", by, [each.pk for each in referrals], day_of(at))
    if not any(Role.LADO in held for held in parts.values()):
        raise NotAllowed("Only a LADO of one of the two cases can say this.")
    if match.answer == answer:
        raise FactRefused(f"This is already recorded: {match.get_answer_display().lower()}.")
    match.answer, match.reason, match.by, match.at = answer, reason, by, at
    match.save()
    _join_again({match.one_id, match.other_id})
    name = events.MATCH_CONFIRMED if answer == AdultMatch.Answer.SAME else events.MATCH_REFUSED
    for referral in referrals:
        event = record(name, by=by, at=at, about=referral.about, carries={})
        tell([Telling(event, (Role.LADO,), about=referral.about)], at=at)
    return match


def _join_again(adults: set[int]) -> None:
    """Works out anew who is one person, from what people confirmed and from nothing else."""
    known = set(Adult.objects.filter(pk__in=adults).values_list("same_as", flat=True))
    waiting = adults | set(
        Adult.objects.filter(same_as__in=known - {None}).values_list("pk", flat=True)
    )
    while waiting:
        joined = _joined_to(waiting.pop())
        waiting -= joined
        Adult.objects.filter(pk__in=joined).update(same_as=min(joined) if len(joined) > 1 else None)


def _joined_to(adult: int) -> set[int]:
    joined, looked_at = {adult}, set[int]()
    while fresh := joined - looked_at:
        looked_at |= fresh
        same = AdultMatch.objects.filter(answer=AdultMatch.Answer.SAME)
        joined |= set(same.filter(one__in=fresh).values_list("other_id", flat=True))
        joined |= set(same.filter(other__in=fresh).values_list("one_id", flat=True))
    return joined
