"""Can this be done now? Questions about what was said and answered, never about who asks."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from backend.access.models import Person
from backend.access.parts import people_playing
from backend.casework.errors import FactRefused, NotNow
from backend.casework.facts import check_text, in_words
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.records.codes import CommunicationMode
from backend.records.models import Advocacy, Child
from workflows.voice.models import View
from workflows.voice.queries import standing_offer

#: Who can be asked to do something for a child: those who play a part for them.
MAY_OWN = (
    Role.SOCIAL_WORKER,
    Role.TEAM_MANAGER,
    Role.SERVICE_MANAGER,
    Role.DIRECTOR,
    Role.IRO,
    Role.IRO_MANAGER,
    Role.ADVOCATE,
    Role.REGISTERED_MANAGER,
)
FURTHEST_PROMISE = timedelta(days=366)
LONGEST_NAME = 200


class UnableToOfferAdvocate(NotNow):
    """An offer already stands, or an advocate already works with the child."""


def check_words(own_words: str, communicated_by: Sequence[str], *, kept_elsewhere: bool) -> None:
    """The child's own words come first; what somebody understood never stands alone.

    :raises FactRefused: no words, or not said how the child communicated.
    """
    check_text(own_words, "own_words")
    if kept_elsewhere:
        return
    if not own_words.strip():
        raise FactRefused(
            "Write down the child's own words, signs or choices as they were. What you "
            "understood stands beside them, never instead of them.",
            field="own_words",
        )
    if not communicated_by:
        raise FactRefused("Say how the child communicated.", field="communicated_by")
    unknown = set(communicated_by) - set(CommunicationMode.values)
    if unknown:
        raise FactRefused(
            f"“{sorted(unknown)[0]}” is no way of communicating that is known here.",
            field="communicated_by",
        )


def check_answer(
    *,
    action: str,
    has_owner: bool,
    act_by: date | None,
    reason_not: str,
    at: datetime,
) -> None:
    """An answer is an action with somebody's name and a date, or a reason why not.

    :raises FactRefused: neither, both, or an action without its owner or its date.
    """
    check_text(action, "action")
    check_text(reason_not, "reason_not")
    if action.strip() and reason_not.strip():
        raise FactRefused(
            "Say what will be done, or why it will not; one view has one answer.",
            field="reason_not",
        )
    if reason_not.strip():
        return
    if not action.strip():
        raise FactRefused("Say what will be done, or why it will not be.", field="action")
    if not has_owner:
        raise FactRefused("Say who will do it.", field="action_owner")
    if act_by is None:
        raise FactRefused("Say by when it will be done.", field="act_by")
    today = day_of(at)
    if not today <= act_by <= today + FURTHEST_PROMISE:
        raise FactRefused("Choose a day from today to a year from now.", field="act_by")


def check_owner(child: Child, owner: Person | None, at: datetime) -> None:
    """:raises FactRefused: the one who is to do it plays no part for this child."""
    if owner is None:
        return
    if owner.pk not in {person.pk for person, _ in people_playing(MAY_OWN, child, day_of(at))}:
        raise FactRefused(f"{owner.name} plays no part for this child.", field="action_owner")


def check_can_tell(view: View, told_on: date) -> None:
    """:raises FactRefused: the child was told before there was an answer."""
    given_on = view.answer_given_on
    if given_on is not None and told_on < given_on:
        raise FactRefused(f"The answer was given on {in_words(given_on)}.", field="told_on")


def check_can_keep(view: View, kept_on: date) -> None:
    """:raises FactRefused: nothing was promised, or it was done before it was promised."""
    if not view.is_promise:
        raise FactRefused("Nothing was promised: the answer is a reason why not.")
    if view.kept_on is not None:
        raise FactRefused(f"This was already done on {in_words(view.kept_on)}.")
    if kept_on < view.said_on:
        raise FactRefused(f"The child said it on {in_words(view.said_on)}.", field="kept_on")


def check_can_offer(child: Child) -> None:
    """:raises UnableToOfferAdvocate: an offer waits for its answer, or an advocate is there."""
    standing = standing_offer(child)
    if standing is None:
        return
    offered = in_words(standing.offered_on)
    if standing.answer == Advocacy.Answer.ACCEPTED:
        raise UnableToOfferAdvocate(f"The child accepted the advocate offered on {offered}.")
    raise UnableToOfferAdvocate(f"The offer of {offered} still waits for an answer.")


def check_name(name: str, field: str) -> str:
    """:raises FactRefused: longer than a name is."""
    return check_text(name, field, longest=LONGEST_NAME).strip()
