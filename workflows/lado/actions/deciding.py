"""Deciding whether the threshold is met, and disagreeing with what was decided."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from backend.access.models import Person
from backend.casework.errors import FactRefused, NotAllowed, NotNow
from backend.casework.facts import check_reason, check_text
from backend.casework.gate import carry_out
from backend.events.record import record
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.notify.tell import Telling, tell
from workflows.lado import events
from workflows.lado.actions.telling import tell_authorities
from workflows.lado.checks import check_choice, check_limbs
from workflows.lado.models import (
    LIMBS,
    AuthorityNotice,
    Decision,
    DecisionChallenge,
    Opinion,
    Referral,
    Track,
)
from workflows.lado.queries import (
    notices_visible_to,
    receipts_visible_to,
    referrals_visible_to,
)
from workflows.lado.table import NEW, SENT, VOID

#: Short words for the limbs, as the timeline has them.
SHORT = {
    "harmed": "harm",
    "offence": "offence",
    "poses_risk": "risk of harm",
    "unsuitable": "suitability",
}


@transaction.atomic
def decide_threshold(
    *,
    referral: Referral,
    result: str,
    limbs: Mapping[str, tuple[bool, str]],
    reason: str,
    by: Person,
    at: datetime,
    advice: str = "",
    is_clear_at_once: bool = False,
    expects: int | None = None,
) -> Referral:
    """This will decide a referral on the four limbs: open, advise, or keep as a low-level concern.

    Where the threshold is met every authority with a child who may be affected is told in the
    same transaction, and the three enquiries are set out.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises UnableToDecide: the limbs do not lead to this result.
    :raises FactRefused: a limb lacks its answer or reason, or the decision its own.
    """
    check_choice(result, Decision.Result, "Say what you decide.", "result")
    kept = check_limbs(limbs, result)
    reason = check_reason(reason, "Say why you decide so.")
    advice = check_text(advice, "advice").strip()
    if result == Decision.Result.ADVISE and not advice:
        raise FactRefused("Say what you advised.", field="advice")

    def stand_beside(case: Referral) -> None:
        Decision.objects.create(
            referral=case, result=result, reason=reason, advice=advice, by=by, at=at, **kept
        )
        if result == Decision.Result.OPEN:
            for kind in Track.Kind:
                Track.objects.get_or_create(
                    referral=case, kind=kind, defaults={"since": day_of(at), "by": by, "at": at}
                )

    met = [SHORT[name] for name in LIMBS if kept[name]]
    referral = carry_out(
        referral,
        result,
        by=by,
        at=at,
        expects=expects,
        facts={"decided_on": day_of(at), "is_clear_at_once": is_clear_at_once},
        carries={"limbs": ", ".join(met) or "none"},
        then=stand_beside,
    )
    if result == Decision.Result.OPEN:
        tell_authorities(referral=referral, by=by, at=at)
    return referral


def reconsider_decision(
    *, referral: Referral, by: Person, at: datetime, expects: int | None = None
) -> Referral:
    """This will take up a decision again, because of new facts or a challenge.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    """
    return carry_out(referral, "reconsider", by=by, at=at, expects=expects)


def give_opinion(
    *,
    referral: Referral,
    agrees: bool,
    words: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Referral:
    """This will keep what a second person thinks of the last decision, dissent included.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: nothing was said, or it is the decider's own.
    """
    words = check_reason(words, "Say why you agree, or why you do not.", "words")

    def stand_beside(case: Referral) -> None:
        decision = case.decisions.order_by("pk").last()
        if decision is None:
            raise NotNow("Nothing has been decided yet.")
        if decision.by_id == by.pk:
            raise FactRefused("A second opinion is given by somebody other than the decider.")
        Opinion.objects.create(
            referral=case, decision=decision, agrees=agrees, words=words, by=by, at=at
        )

    return carry_out(
        referral,
        "give_opinion",
        by=by,
        at=at,
        expects=expects,
        carries={"view": "agrees" if agrees else "disagrees"},
        then=stand_beside,
    )


@transaction.atomic
def challenge_decision(
    *, referral: Referral, words: str, by: Person, at: datetime
) -> DecisionChallenge:
    """This will say that somebody disagrees with what the LADO decided or does, and why.

    It may come from whoever may read the case, from an authority that was told, and from whoever
    sent the referral: they need not know the decision to say that they are still worried.

    :raises NotAllowed: the person has no part in this case.
    :raises NotNow: it was entered in error.
    :raises FactRefused: nothing was said.
    """
    words = check_reason(words, "Say what you disagree with, and why.", "words")
    if not _may_challenge(referral, by):
        raise NotAllowed("Only somebody with a part in this case can challenge it.")
    referral = Referral.objects.select_for_update(of=("self",)).get(pk=referral.pk)
    if referral.state in (NEW, VOID):
        raise NotNow("This referral was entered in error.")
    if referral.state == SENT and referral.referred_by_id != by.pk:
        raise NotNow("Nothing has been decided yet.")
    challenge = DecisionChallenge.objects.create(referral=referral, words=words, by=by, at=at)
    event = record(
        events.DECISION_CHALLENGED,
        by=by,
        at=at,
        about=referral.about,
        carries={"authority": referral.authority.name},
    )
    tell([Telling(event, (Role.LADO,), about=referral.about)], at=at)
    return challenge


def _may_challenge(referral: Referral, person: Person) -> bool:
    notices = AuthorityNotice.objects.filter(
        referral=referral, pk__in=notices_visible_to(person).order_by().values("pk")
    )
    return (
        receipts_visible_to(person).filter(pk=referral.pk).exists()
        or referrals_visible_to(person).filter(pk=referral.pk).exists()
        or notices.exists()
    )
