"""What people do with what children say, one function per verb."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.db.models import Q

from backend.access.models import Person
from backend.casework.case import lock_child
from backend.casework.errors import FactRefused
from backend.casework.facts import (
    check_has_passed,
    check_reason,
    check_text,
    in_words,
    where_lived,
)
from backend.casework.gate import carry_out, open_case, require_part
from backend.deadlines.recalculate import recalculate
from backend.events.record import record
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.notify.tell import Telling, tell
from backend.records.models import Advocacy, Child
from workflows.voice import events
from workflows.voice.checks import (
    check_answer,
    check_can_keep,
    check_can_offer,
    check_can_tell,
    check_name,
    check_owner,
    check_words,
)
from workflows.voice.models import CameFrom, View

OFFERS_ADVOCATES = (Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.IRO)
RECORDS_ADVOCACY = (*OFFERS_ADVOCATES, Role.ADVOCATE)
HEARS_OF_ADVOCACY = (Role.SOCIAL_WORKER, Role.IRO)


def hear_view(
    *,
    child: Child,
    said_on: date,
    by: Person,
    at: datetime,
    own_words: str = "",
    communicated_by: Sequence[str] = (),
    paraphrase: str = "",
    helped_by: str = "",
    came_from: str = CameFrom.DIRECT,
    reference: str = "",
) -> View:
    """This will write down what a child said, signed or showed, and open the clock to answer it.

    With a ``reference`` the words stay where they were first written down.

    :raises NotAllowed: the person plays no part for this child.
    :raises FactRefused: no words of the child's own, or a day that cannot be.
    """
    check_words(own_words, communicated_by, kept_elsewhere=bool(reference))
    check_text(paraphrase, "paraphrase")
    check_text(helped_by, "helped_by")
    if came_from not in CameFrom.values:
        raise FactRefused("Say where this was heard.", field="came_from")
    check_has_passed(child, said_on, at, "said_on")
    view = View(
        child=child,
        placement=where_lived(child, said_on),
        said_on=said_on,
        came_from=came_from,
        reference=reference,
        own_words=own_words.strip(),
        communicated_by=list(communicated_by),
        paraphrase=paraphrase.strip(),
        helped_by=helped_by.strip(),
        heard_by=by,
    )
    return open_case(view, "hear", by=by, at=at, carries={"on": in_words(said_on)})


def answer_view(
    *,
    view: View,
    by: Person,
    at: datetime,
    action: str = "",
    owner: Person | None = None,
    owner_name: str = "",
    act_by: date | None = None,
    reason_not: str = "",
    expects: int | None = None,
) -> View:
    """This will answer a view: what will be done, by whom and by when, or why it will not.

    Answering again puts a new answer in the place of the old one, which is kept as history,
    and the child is to be told again.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: neither an action nor a reason, or an action without owner or date.
    """
    owner_name = check_name(owner_name, "action_owner_name")
    check_answer(
        action=action,
        has_owner=owner is not None or bool(owner_name),
        act_by=act_by,
        reason_not=reason_not,
        at=at,
    )
    check_owner(view.child, owner, at)
    promised = bool(action.strip())
    return carry_out(
        view,
        "answer",
        by=by,
        at=at,
        expects=expects,
        facts={
            "answered_on": day_of(at),
            "answered_by": by,
            "action": action.strip(),
            "action_owner": owner if promised else None,
            "action_owner_name": owner_name if promised and owner is None else "",
            "act_by": act_by if promised else None,
            "reason_not": reason_not.strip(),
        },
        carries={
            "on": in_words(view.said_on),
            "answer": f"something will be done by {in_words(act_by)}"
            if promised and act_by
            else "a reason was given why not",
        },
    )


def tell_child(
    *,
    view: View,
    told_on: date,
    told_how: str,
    by: Person,
    at: datetime,
    response: str = "",
    expects: int | None = None,
) -> View:
    """This will record that the child was told what came of what they said, how and when.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: not said how, or a day before the answer or in the future.
    """
    told_how = check_reason(told_how, "Say how the child was told, in their own way.", "told_how")
    check_text(response, "response")
    check_has_passed(view.child, told_on, at, "told_on")
    return carry_out(
        view,
        "tell",
        by=by,
        at=at,
        expects=expects,
        facts={
            "told_on": told_on,
            "told_how": told_how,
            "told_by": by,
            "response": response.strip(),
        },
        carries={"on": in_words(view.said_on), "told_on": in_words(told_on)},
        check=lambda case: check_can_tell(case, told_on),
    )


def keep_promise(
    *,
    view: View,
    kept_on: date,
    kept_how: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> View:
    """This will record that what was promised to the child has been done.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: nothing was promised, already done, or a day that cannot be.
    """
    kept_how = check_reason(kept_how, "Say what was done.", "kept_how")
    check_has_passed(view.child, kept_on, at, "kept_on")
    return carry_out(
        view,
        "keep",
        by=by,
        at=at,
        expects=expects,
        facts={"kept_on": kept_on, "kept_how": kept_how},
        carries={"on": in_words(view.said_on), "kept_on": in_words(kept_on)},
        check=lambda case: check_can_keep(case, kept_on),
    )


def void_view(
    *, view: View, reason: str, by: Person, at: datetime, expects: int | None = None
) -> View:
    """This will mark an entry as made in error; it stays, and owes nothing any more.

    :raises NotAllowed, NotNow, MovedOn, FactRefused: as the gate says; no reason.
    """
    reason = check_reason(reason, "Say what was entered in error.")
    return carry_out(
        view,
        "void",
        by=by,
        at=at,
        expects=expects,
        facts={"reason": reason},
        carries={"on": in_words(view.said_on)},
    )


@transaction.atomic
def redate_views(*, reference: str, said_on: date, by: Person, at: datetime) -> int:
    """This will move views to the day on which the record they refer to says they were heard.

    A view answered before that day stays where it is: the answer shows that it had been heard.
    Returns how many moved; their deadlines are counted again.
    """
    moved = list(
        View.objects.select_for_update(of=("self",))
        .filter(reference=reference)
        .exclude(Q(said_on=said_on) | Q(answered_on__lt=said_on))
        .order_by("pk")
    )
    for view in moved:
        view.said_on = said_on
        view.placement = where_lived(view.child, said_on)
        view.version += 1
        view.save(update_fields=["said_on", "placement", "version"])
    if moved:
        recalculate({view.child_id for view in moved}, by=by, at=at)
    return len(moved)


@transaction.atomic
def offer_advocate(
    *,
    child: Child,
    offered_on: date,
    how_offered: str,
    by: Person,
    at: datetime,
    basis: str = Advocacy.Basis.INSTRUCTED,
) -> Advocacy:
    """This will record that an advocate was offered, and how that was explained to the child.

    :raises NotAllowed: the person does not offer advocates to this child.
    :raises UnableToOfferAdvocate: an offer stands, or an advocate is there already.
    :raises FactRefused: not said how, or a day that cannot be.
    """
    require_part(by, child, OFFERS_ADVOCATES, at, doing="offer this child an advocate")
    how = check_reason(how_offered, "Say how the offer was explained.", "how_offered")
    check_name(how, "how_offered")
    check_has_passed(child, offered_on, at, "offered_on")
    if basis not in Advocacy.Basis.values:
        raise FactRefused("Say whether the child can instruct an advocate.", field="basis")
    child = lock_child(child.pk)
    check_can_offer(child)
    advocacy = Advocacy.objects.create(
        child=child, offered_on=offered_on, how_offered=how, basis=basis
    )
    _note(events.ADVOCATE_OFFERED, advocacy, by, at, on=in_words(offered_on))
    return advocacy


@transaction.atomic
def answer_offer(
    *, advocacy: Advocacy, is_accepted: bool, answered_on: date, by: Person, at: datetime
) -> Advocacy:
    """This will record whether the offer of an advocate was accepted or declined.

    :raises NotAllowed: the person does not offer advocates to this child.
    :raises FactRefused: answered already, or a day before the offer or in the future.
    """
    advocacy = _locked(advocacy, by, at, OFFERS_ADVOCATES, "record this answer")
    if advocacy.answer != Advocacy.Answer.WAITING or advocacy.ended_on is not None:
        raise FactRefused(f"This offer is no longer open: {advocacy.get_answer_display()}.")
    check_has_passed(advocacy.child, answered_on, at, "answered_on")
    _not_before_offer(advocacy, answered_on, "answered_on")
    advocacy.answer = Advocacy.Answer.ACCEPTED if is_accepted else Advocacy.Answer.DECLINED
    advocacy.answered_on = answered_on
    advocacy.save(update_fields=["answer", "answered_on"])
    answer = advocacy.get_answer_display().lower()
    _note(events.ADVOCATE_ANSWERED, advocacy, by, at, answer=answer, on=in_words(answered_on))
    return advocacy


@transaction.atomic
def appoint_advocate(
    *,
    advocacy: Advocacy,
    advocate_name: str,
    organisation: str,
    commissioned_by: str,
    is_independent: bool,
    by: Person,
    at: datetime,
) -> Advocacy:
    """This will name the advocate, who pays for them, and whether they are independent of the
    home and its owner.

    :raises NotAllowed: the person plays no such part for this child.
    :raises FactRefused: the offer was not accepted, or a name is missing.
    """
    advocacy = _locked(advocacy, by, at, RECORDS_ADVOCACY, "name this advocate")
    if advocacy.answer != Advocacy.Answer.ACCEPTED or advocacy.ended_on is not None:
        raise FactRefused("Record first that the child accepted an advocate.")
    named = {
        "advocate_name": ("Enter the advocate's name.", advocate_name),
        "organisation": ("Enter the advocate's organisation.", organisation),
        "commissioned_by": ("Say who commissions and pays the advocate.", commissioned_by),
    }
    for name, (words, value) in named.items():
        setattr(advocacy, name, check_name(check_reason(value, words, name), name))
    advocacy.is_independent = is_independent
    advocacy.save(update_fields=[*named, "is_independent"])
    independence = "independent of the home" if is_independent else "not independent of the home"
    _note(
        events.ADVOCATE_APPOINTED,
        advocacy,
        by,
        at,
        on=in_words(day_of(at)),
        independence=independence,
    )
    return advocacy


@transaction.atomic
def end_advocacy(*, advocacy: Advocacy, ended_on: date, by: Person, at: datetime) -> Advocacy:
    """This will record that an advocate's work, or an offer nobody answered, ended.

    :raises NotAllowed: the person plays no such part for this child.
    :raises FactRefused: ended already, or a day before the offer or in the future.
    """
    advocacy = _locked(advocacy, by, at, RECORDS_ADVOCACY, "end this advocacy")
    if advocacy.ended_on is not None:
        raise FactRefused(f"This already ended on {in_words(advocacy.ended_on)}.")
    check_has_passed(advocacy.child, ended_on, at, "ended_on")
    _not_before_offer(advocacy, ended_on, "ended_on")
    advocacy.ended_on = ended_on
    advocacy.save(update_fields=["ended_on"])
    _note(events.ADVOCACY_ENDED, advocacy, by, at, on=in_words(ended_on))
    return advocacy


def _locked(
    advocacy: Advocacy, by: Person, at: datetime, roles: tuple[Role, ...], doing: str
) -> Advocacy:
    require_part(by, advocacy.child, roles, at, doing=doing)
    lock_child(advocacy.child_id)
    return Advocacy.objects.select_for_update().get(pk=advocacy.pk)


def _not_before_offer(advocacy: Advocacy, day: date, field: str) -> None:
    if day < advocacy.offered_on:
        raise FactRefused(f"The offer was made on {in_words(advocacy.offered_on)}.", field=field)


def _note(name: str, advocacy: Advocacy, by: Person, at: datetime, **carries: str) -> None:
    event = record(
        name,
        by=by,
        at=at,
        about=f"advocacy/{advocacy.pk}",
        child_id=advocacy.child_id,
        carries=carries,
    )
    tell([Telling(event, HEARS_OF_ADVOCACY)], at=at)
