"""To which level a concern goes next, and what the clock does when nobody replies."""

import logging
from collections.abc import Iterable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from backend.casework.case import Matter
from backend.casework.facts import in_words
from backend.casework.gate import carry_out
from backend.deadlines.models import Deadline
from backend.events.models import Event
from backend.events.record import CLOCK, record
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.notify.absence import away_on
from backend.notify.models import Leave, Notification
from backend.notify.tell import Telling, deliver_later, tell
from workflows.escalations import events, rules
from workflows.escalations.addressing import people_at
from workflows.escalations.checks import next_rung
from workflows.escalations.models import Addressee, Escalation, Side, Stage, Why
from workflows.escalations.queries import addressed
from workflows.escalations.table import WAITING

log = logging.getLogger(__name__)

ONE_DAY = timedelta(days=1)
NOBODY_YET = "nobody yet"


def current_stage(case: Escalation) -> Stage:
    """The level at which a concern stands."""
    return case.stages.get(ended_at__isnull=True)


def send_to(
    case: Escalation,
    rung: int,
    *,
    why: Why,
    at: datetime,
    counted_from: date,
    reason: str = "",
    carries: dict[str, Any],
) -> Stage:
    """This will send a concern to a level, and at once to the next where nobody is available:
    nobody with an account, or nobody who is at work. At the highest level it waits for those who
    are away.

    What it found is put into ``carries``: to whom it went, and which level that is.
    """
    ended = case.stages.filter(ended_at__isnull=True)
    last = case.stages.order_by("number").last()
    ended.update(ended_at=at)
    number = last.number + 1 if last is not None else 1
    ladder = case.ladder
    while True:
        stage = _begin(case, number, rung, why, reason, at, counted_from)
        told = [one for one in _address(stage, case, at) if one.person is not None]
        is_highest = rung + 1 >= len(ladder)
        if any(one.away_until is None for one in told):
            break
        _nobody_there(case, stage, at, waits=is_highest and bool(told))
        if is_highest:
            break
        Stage.objects.filter(pk=stage.pk).update(ended_at=at)
        number, rung, why, reason = number + 1, rung + 1, Why.NOBODY, ""
    carries |= {
        "to": " and ".join(one.name for one in told) or NOBODY_YET,
        "level": ladder[rung].words,
        "rung": rung,
    }
    return stage


def _begin(
    case: Escalation,
    number: int,
    rung: int,
    why: Why,
    reason: str,
    at: datetime,
    counted_from: date,
) -> Stage:
    level = case.ladder[rung]
    return Stage.objects.create(
        escalation=case,
        number=number,
        rung=rung,
        level=level.words,
        why=why,
        reason=reason,
        started_at=at,
        counted_from=counted_from,
        receive_days=level.receive_days,
        answer_days=level.answer_days,
        is_formal=level.is_formal,
    )


def _address(stage: Stage, case: Escalation, at: datetime) -> list[Addressee]:
    """Keeps who is at this level on both sides, and until when they are away; answers with those
    who are asked."""
    rung, on = case.ladder[stage.rung], day_of(at)
    answering = people_at(case, rung, Side.ANSWERING, on)
    raising = people_at(case, rung, Side.RAISING, on)
    asked = {one.person.pk for one in answering if one.person is not None}
    rows = [(Side.ANSWERING, one) for one in answering] + [
        # In a dispute within one authority nobody stands on both sides.
        (Side.RAISING, one)
        for one in raising
        if one.person is None or one.person.pk not in asked
    ]
    away = _away_until((one.person.pk for _, one in rows if one.person is not None), on)
    kept = Addressee.objects.bulk_create(
        Addressee(
            stage=stage,
            side=side,
            person=one.person,
            name=one.name,
            job=one.job,
            phone=one.phone,
            email=one.email,
            away_until=away.get(one.person.pk) if one.person is not None else None,
        )
        for side, one in rows
    )
    return [one for one in kept if one.side == Side.ANSWERING]


def _away_until(people: Iterable[int], on: date) -> dict[int, date]:
    """The last day of leave of those who are away."""
    rows = Leave.objects.filter(away_on(on), person__in=list(people))
    return dict(rows.order_by("ended_on").values_list("person_id", "ended_on"))


def _nobody_there(case: Escalation, stage: Stage, at: datetime, *, waits: bool) -> None:
    """That nobody is available is itself kept, and told to whoever raised it."""
    stage.found_somebody = waits
    stage.save(update_fields=["found_somebody"])
    event = record(
        events.NOBODY,
        by=CLOCK,
        at=at,
        about=case.about,
        child_id=case.child_id,
        setting_id=case.setting_id,
        carries={"other": case.to_name, "level": stage.level},
    )
    tell([Telling(event, (Role.RAISED_BY,), about=case.about)], at=at)


def tell_own_side(stage: Stage, event: Event, at: datetime) -> None:
    """Tells those who stand at the same level on the side that raised it."""
    known = set(Notification.objects.filter(event=event).values_list("person_id", flat=True))
    own = addressed(stage, Side.RAISING)
    deliver_later(
        [
            Notification(
                person=person,
                event=event,
                about=event.about,
                words="Your side raised a concern, which is now at your level.",
                role=Role.RAISED_BY,
                told_at=at,
            )
            for person in own
            if person.pk not in known and person.pk != event.by_id
        ]
    )


def last_event(case: Matter) -> Event:
    """What was recorded last in a concern."""
    return Event.objects.filter(about=case.about).order_by("-pk")[:1].get()


def waits_since(stage: Stage) -> str:
    """Since when there has been no reply at a level, in words."""
    return in_words(day_of(stage.started_at))


@transaction.atomic
def move_up(*, escalation: Escalation, at: datetime) -> Escalation:
    """This will send a concern that nobody answered to the next level, as the clock.

    The next level's days are counted from the last day that passed without an answer.

    :raises NotNow: somebody answered meanwhile.
    """
    carries: dict[str, Any] = {}

    def climb(case: Escalation) -> None:
        stage = current_stage(case)
        rung = next_rung(case, stage)
        assert rung is not None
        carries["since"] = waits_since(stage)
        why = Why.NO_REPLY if stage.found_somebody else Why.NOBODY
        send_to(case, rung, why=why, at=at, counted_from=day_of(at) - ONE_DAY, carries=carries)

    moved = carry_out(escalation, "move_up", by=CLOCK, at=at, then=climb, carries=carries)
    tell_own_side(current_stage(moved), last_event(moved), at)
    return moved


@transaction.atomic
def note_silence(*, escalation: Escalation, at: datetime) -> Escalation:
    """This will keep that the highest level is silent too, and tell both directors, once.

    The concern stays open and in view.

    :raises NotNow: somebody answered meanwhile.
    """
    stage = current_stage(escalation)

    def keep(case: Escalation) -> None:
        Stage.objects.filter(pk=stage.pk, silent_at__isnull=True).update(silent_at=at)

    return carry_out(
        escalation,
        "note_silence",
        by=CLOCK,
        at=at,
        then=keep,
        carries={"since": waits_since(stage)},
    )


def move_up_what_is_silent(at: datetime) -> int:
    """This will send up every concern whose day has passed without an answer, or whose people
    have all left; each in a transaction of its own, so that one failure stops no other.

    Returns how many moved.
    """
    moved = 0
    for pk in list(_silent()):
        try:
            moved += _follow(pk, at)
        except Exception:
            log.exception("the concern %s could not be sent on", pk)
    return moved


def _silent() -> Iterator[int]:
    """Concerns whose answer is past its day and was told of, and those with nobody left."""
    slipped = Deadline.objects.filter(
        room=rules.ROOM, rule=rules.RESPONSE, status="open", slipped_at__isnull=False
    ).values_list("about", "key")
    late = {(about.rpartition("/")[2], key.rpartition(":")[2]) for about, key in slipped}
    reached = Addressee.objects.filter(
        stage=OuterRef("pk"), side=Side.ANSWERING, person__is_active=True
    )
    standing = Stage.objects.filter(
        ended_at__isnull=True,
        silent_at__isnull=True,
        escalation__state__in=[str(state) for state in WAITING],
    ).annotate(is_reached=Exists(reached))
    for pk, number, is_reached in standing.order_by("pk").values_list(
        "escalation", "number", "is_reached"
    ):
        if not is_reached or (str(pk), str(number)) in late:
            yield pk


@transaction.atomic
def _follow(pk: int, at: datetime) -> int:
    """Takes one concern up, unless somebody else is at it now."""
    case = (
        Escalation.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=pk).first()
    )
    if case is None or case.state not in WAITING:
        return 0
    stage = current_stage(case)
    if stage.silent_at is not None or not _is_silent(case, stage):
        return 0
    if next_rung(case, stage) is None:
        note_silence(escalation=case, at=at)
    else:
        move_up(escalation=case, at=at)
    return 1


def _is_silent(case: Escalation, stage: Stage) -> bool:
    if not stage.addressees.filter(side=Side.ANSWERING, person__is_active=True).exists():
        return True
    return Deadline.objects.filter(
        about=case.about,
        key=f"response:{stage.number}",
        status="open",
        slipped_at__isnull=False,
    ).exists()
