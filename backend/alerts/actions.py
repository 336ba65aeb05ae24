"""What people do about an alert, one function per verb."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from backend.access.models import Person, RoleAssignment
from backend.access.parts import current
from backend.alerts import events
from backend.alerts.checks import (
    UnableToAsk,
    answer_awaited,
    check_can_ask,
    check_can_snooze,
    check_promise,
    check_snooze,
)
from backend.alerts.ladder import (
    FAMILIES,
    Ladder,
    LadderRefused,
    Rung,
    check_ladder,
    doers_of,
)
from backend.alerts.models import Alert, Answer, ChosenLadder, Question, Receipt, Snooze
from backend.casework.errors import FactRefused, NotAllowed
from backend.casework.facts import check_reason, check_text, in_words
from backend.casework.gate import carry_out
from backend.events.models import Event
from backend.events.record import record
from backend.grammar.moments import day_of, end_of
from backend.grammar.roles import LABELS, Role
from backend.notify.tell import Told
from backend.records.models import Authority

CHOOSES_LADDERS = (Role.DIRECTOR, Role.ADMINISTRATOR)


def receive_alert(*, alert: Alert, by: Person, at: datetime, expects: int | None = None) -> Alert:
    """This will keep that somebody has seen an alert. It goes up all the same.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    """

    def keep(case: Alert) -> None:
        Receipt.objects.get_or_create(alert=case, by=by, defaults={"at": at})

    return carry_out(alert, "receive", by=by, at=at, expects=expects, then=keep)


def answer_alert(
    *,
    alert: Alert,
    what: str,
    doer: str,
    by_on: date,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Alert:
    """This will keep what is going to be done, by whom and by when.

    The alert waits for that day. When the day passes and the duty is still not met, it goes
    on upwards from where it was.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: nothing said, nobody named, or a day that cannot be.
    """
    what = check_text(check_reason(what, "Say what will be done.", "what"), "what")
    doer = check_text(check_reason(doer, "Say who will do it.", "doer"), "doer", longest=200)
    check_promise(by_on, at)

    def keep(case: Alert) -> None:
        Answer.objects.create(alert=case, by=by, at=at, what=what, doer=doer, by_on=by_on)
        case.questions.filter(closed_at=None).update(closed_at=at, was_answered=True)
        Receipt.objects.get_or_create(alert=case, by=by, defaults={"at": at})

    return carry_out(
        alert,
        "answer",
        by=by,
        at=at,
        expects=expects,
        facts={"next_at": waits_until(alert, by_on)},
        carries={"by_on": in_words(by_on), "doer": doer},
        then=keep,
    )


def ask_about_alert(*, alert: Alert, by: Person, at: datetime, expects: int | None = None) -> Alert:
    """This will ask those who do it what is being done, and await an answer within two working
    days. Without one, whoever asked is told and the alert goes up at once.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises UnableToAsk: the person asked already, or nobody is there to be asked.
    """
    roles = doers_of(alert.family)
    answer_by = answer_awaited(at)

    def keep(case: Alert, event: Event, told: Told) -> None:
        if told.unheard:
            raise UnableToAsk(
                "Nobody is there to be asked. Give the work to somebody, or say yourself what "
                "will be done."
            )
        Question.objects.create(alert=case, by=by, at=at, event=event, answer_by=answer_by)
        Receipt.objects.get_or_create(alert=case, by=by, defaults={"at": at})

    return carry_out(
        alert,
        "ask",
        by=by,
        at=at,
        expects=expects,
        carries={
            "roles": ", ".join(LABELS[role] for role in roles),
            "by_on": in_words(day_of(answer_by)),
        },
        tells=roles,
        check=lambda case: check_can_ask(case, by),
        heard=keep,
    )


def snooze_alert(
    *,
    alert: Alert,
    until: date,
    reason: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Alert:
    """This will put an alert off, for three working days at most and twice at most.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises UnableToSnooze: it was put off twice already.
    :raises FactRefused: no reason, or a day that cannot be.
    """
    reason = check_text(check_reason(reason, "Say why the alert is put off."), "reason")
    check_snooze(until, at)

    def keep(case: Alert) -> None:
        Snooze.objects.create(alert=case, by=by, at=at, until=until, reason=reason)

    return carry_out(
        alert,
        "snooze",
        by=by,
        at=at,
        expects=expects,
        facts={"next_at": waits_until(alert, until)},
        carries={"until": in_words(until)},
        check=check_can_snooze,
        then=keep,
    )


def waive_alert(
    *, alert: Alert, reason: str, by: Person, at: datetime, expects: int | None = None
) -> Alert:
    """This will end an alert though the duty is not met. The deadline itself stays as it is.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: no reason.
    """
    reason = check_text(check_reason(reason, "Say why nothing more is to be done."), "reason")
    return carry_out(
        alert,
        "waive",
        by=by,
        at=at,
        expects=expects,
        facts={"reason": f"Waived by {by.name}: {reason}", "at": at},
    )


def waits_until(alert: Alert, day: date) -> datetime | None:
    """When the alert goes on: after the day that was promised, or later when its step is later."""
    if alert.next_rung is None:
        return None
    if alert.reached >= len(alert.frozen_ladder.rungs):
        return end_of(day)
    return max(end_of(day), alert.next_rung.moment(alert.passed_at))


@transaction.atomic
def choose_ladder(
    *,
    authority: Authority,
    family: str,
    rungs: Sequence[Rung],
    by: Person,
    at: datetime,
) -> ChosenLadder:
    """This will set how new alerts of one family go up in an authority. Open ones keep theirs.

    :raises NotAllowed: the person does not direct or administer this authority.
    :raises FactRefused: there are no such alerts, or the steps make no ladder.
    """
    plays = RoleAssignment.objects.filter(
        current(day_of(at)), person=by, role__in=CHOOSES_LADDERS, authority=authority
    )
    if not plays.exists():
        raise NotAllowed(
            f"You cannot choose how alerts go up in {authority.name}. This can be done by its "
            "director of children's services or an administrator."
        )
    if family not in FAMILIES:
        raise FactRefused("There are no alerts of this kind.", field="family")
    try:
        check_ladder(rungs)
    except LadderRefused as refusal:
        raise FactRefused(str(refusal), field="rungs") from refusal
    name = f"Chosen by {authority.name} on {in_words(day_of(at))}; a local standard, not law"
    chosen, _ = ChosenLadder.objects.update_or_create(
        authority=authority,
        family=family,
        defaults={
            "ladder": Ladder.of(name, rungs).as_json(),
            "chosen_by": by,
            "chosen_at": at,
        },
    )
    record(
        events.CHOSEN,
        by=by,
        at=at,
        about=f"authorities/{authority.pk}",
        carries={"family": family},
    )
    return chosen
