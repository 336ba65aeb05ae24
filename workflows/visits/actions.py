"""What people do with visits, one function per verb."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from backend.access.models import Person
from backend.access.parts import current, roles_held
from backend.casework.case import lock_child
from backend.casework.errors import FactRefused, NotAllowed
from backend.casework.facts import FURTHEST_BACK, check_reason, check_text
from backend.casework.gate import By, carry_out, open_case, require_part
from backend.deadlines.recalculate import recalculate
from backend.events.record import compose, record, record_all
from backend.grammar.moments import LONDON, day_of
from backend.grammar.roles import Role
from backend.notify.tell import Telling, tell
from backend.records.codes import CommunicationMode
from backend.records.models import Authority, Child, Placement, Setting, living_within
from workflows.visits import events
from workflows.visits.checks import (
    check_can_arrange,
    check_moment,
    check_not_recorded_twice,
    check_outcome,
    placement_on,
)
from workflows.visits.models import (
    Account,
    Amendment,
    Concern,
    Draft,
    NoticeReceipt,
    RegulatorNotice,
    Request,
    Visit,
)
from workflows.visits.queries import authorities_receiving_for, previous_made
from workflows.visits.table import MADE, VISITORS

HEARS_OF_REQUESTS = (Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
RECORDS_REQUESTS = (*VISITORS, Role.IRO, Role.ADVOCATE, Role.REGISTERED_MANAGER, Role.HOST_OFFICER)
ANSWERS_REQUESTS = (*VISITORS, Role.IRO, Role.ADVOCATE)
RECEIVES_NOTICES = (Role.HOST_OFFICER, Role.TEAM_MANAGER, Role.SERVICE_MANAGER, Role.DIRECTOR)


def in_words(day: date) -> str:
    return f"{day:%-d %B %Y}"


def arrange_visit(
    *,
    child: Child,
    arranged_for: datetime,
    by: Person,
    at: datetime,
    is_unannounced: bool = False,
) -> Visit:
    """This will arrange a visit; an unannounced one is not made known to the setting.

    :raises NotAllowed: the person does not visit this child.
    :raises FactRefused: the time has passed, or the child has no placement.
    """
    check_can_arrange(arranged_for, at)
    visit = Visit(child=child, placement=placement_on(child, day_of(at)))
    return open_case(
        visit,
        "plan" if is_unannounced else "arrange",
        by=by,
        at=at,
        facts={"arranged_for": arranged_for, "visitor_id": by.pk},
        carries={"on": _moment(arranged_for)},
    )


def rearrange_visit(
    *,
    visit: Visit,
    arranged_for: datetime,
    by: Person,
    at: datetime,
    is_unannounced: bool = False,
    expects: int | None = None,
) -> Visit:
    """This will give an arranged visit another time.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: the time has passed.
    """
    check_can_arrange(arranged_for, at)
    return carry_out(
        visit,
        "plan" if is_unannounced else "arrange",
        by=by,
        at=at,
        expects=expects,
        facts={"arranged_for": arranged_for, "visitor_id": by.pk},
        carries={"on": _moment(arranged_for)},
    )


@transaction.atomic
def record_visit(
    *,
    child: Child,
    outcome: Mapping[str, Any],
    by: Person,
    at: datetime,
    visit: Visit | None = None,
    accounts: Iterable[Mapping[str, Any]] = (),
    concerns: Iterable[Mapping[str, Any]] = (),
    is_second_that_day: bool = False,
    expects: int | None = None,
) -> Visit:
    """This will record a visit on which the child was seen, with its outcome.

    :raises NotAllowed: the person does not visit this child.
    :raises FactRefused: something is missing, or cannot be true.
    :raises UnableToRecordVisit: somebody already recorded a visit that day.
    :raises NotNow, MovedOn: the arranged visit has meanwhile been recorded or changed.
    """
    check_outcome(outcome)
    made_at: datetime = outcome["made_at"]
    check_moment(made_at, at)
    placement = placement_on(child, day_of(made_at))
    told, worried = list(accounts), list(concerns)
    for row in (*told, *worried):
        for name, value in row.items():
            check_text(str(value), name)

    def check(case: Visit) -> None:
        if not is_second_that_day:
            check_not_recorded_twice(child, made_at, visit=case)

    def write_parts(case: Visit) -> None:
        Account.objects.bulk_create([Account(visit=case, **row) for row in told])
        Concern.objects.bulk_create([Concern(visit=case, **row) for row in worried])
        Draft.objects.filter(person=by, child=child).delete()

    take = open_case if visit is None else carry_out
    made = take(
        visit or Visit(child=child),
        "record",
        by=by,
        at=at,
        facts={**outcome, "placement_id": placement.pk, "visitor_id": by.pk, "recorded_at": at},
        carries={
            "on": in_words(day_of(made_at)),
            "seen": "seen alone" if outcome["was_seen_alone"] else "not seen alone",
        },
        check=check,
        then=write_parts,
        expects=expects,
    )
    _notice_what_it_says(made, by, at)
    return made


def attempt_visit(
    *,
    child: Child,
    made_at: datetime,
    reason: str,
    by: Person,
    at: datetime,
    visit: Visit | None = None,
    expects: int | None = None,
) -> Visit:
    """This will record that a visit was attempted and the child not seen; it meets nothing.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: no reason, or a moment in the future.
    """
    reason = check_reason(reason, "Say why the child was not seen.")
    check_moment(made_at, at)
    placement = placement_on(child, day_of(made_at))
    how: dict[str, Any] = {
        "by": by,
        "at": at,
        "facts": {"made_at": made_at, "reason": reason, "recorded_at": at, "visitor_id": by.pk},
        "carries": {"on": in_words(day_of(made_at))},
    }
    if visit is None:
        return open_case(Visit(child=child, placement=placement), "attempt", **how)
    return carry_out(visit, "attempt", expects=expects, **how)


def miss_visit(
    *, visit: Visit, reason: str, by: Person, at: datetime, expects: int | None = None
) -> Visit:
    """This will record that an arranged visit did not happen, and why.

    :raises NotAllowed, NotNow, MovedOn, FactRefused: as the gate says; no reason.
    """
    reason = check_reason(reason, "Say why the visit did not happen.")
    return carry_out(
        visit,
        "miss",
        by=by,
        at=at,
        facts={"reason": reason},
        carries={"on": _day_of(visit)},
        expects=expects,
    )


def void_visit(
    *, visit: Visit, reason: str, by: Person, at: datetime, expects: int | None = None
) -> Visit:
    """This will mark an entry as made in error; it stays, and meets no deadline any more.

    :raises NotAllowed, NotNow, MovedOn, FactRefused: as the gate says; no reason.
    """
    reason = check_reason(reason, "Say what was entered in error.")
    return carry_out(
        visit,
        "void",
        by=by,
        at=at,
        facts={"reason": reason},
        carries={"on": _day_of(visit)},
        expects=expects,
    )


#: What may be put right later. When it happened may be; that somebody was seen may not.
AMENDABLE = (
    "made_at",
    "place_detail",
    "not_alone_why",
    "communication_help",
    "own_words",
    "paraphrase",
    "behaviour_detail",
    "abuse_considered_why",
    "practice_observed",
    "matches_records_detail",
    "culture_detail",
    "family_contact_detail",
    "welfare_detail",
    "next_steps",
    "reason",
)


def amend_visit(
    *,
    visit: Visit,
    changes: Mapping[str, Any],
    why: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Visit:
    """This will change what a record says, keeping each text as it stood before.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: no reason, nothing changed, or a fact that is not amended this way.
    """
    why = check_reason(why, "Say why the record is amended.")
    for name, value in changes.items():
        if name not in AMENDABLE:
            raise FactRefused(
                "This cannot be amended. Mark the entry as made in error and record it again.",
                field=name,
            )
        if isinstance(value, str):
            check_text(value, name)
    if "made_at" in changes:
        check_moment(changes["made_at"], at)
    kept: list[Amendment] = []

    def keep(case: Visit) -> None:
        kept.extend(
            Amendment(
                visit=case,
                field=name,
                before=_as_text(getattr(case, name)),
                after=_as_text(value),
                why=why,
                by=by,
                at=at,
            )
            for name, value in changes.items()
            if getattr(case, name) != value
        )
        if not kept:
            raise FactRefused("Nothing was changed.")
        if case.state == MADE:
            check_outcome({**{name: getattr(case, name) for name in OUTCOME}, **changes})

    def write_kept(case: Visit) -> None:
        Amendment.objects.bulk_create(kept)

    facts = dict(changes)
    if "made_at" in changes:
        facts["placement_id"] = placement_on(visit.child, day_of(changes["made_at"])).pk
    return carry_out(
        visit,
        "amend",
        by=by,
        at=at,
        facts=facts,
        carries={"on": _day_of(visit)},
        check=keep,
        then=write_kept,
        expects=expects,
    )


#: The facts of an outcome, as a form or a request gives them.
OUTCOME = (
    "made_at",
    "is_remote",
    "place",
    "place_detail",
    "was_seen_alone",
    "not_alone",
    "not_alone_why",
    "was_bedroom_seen",
    "communicated_by",
    "communication_help",
    "own_words",
    "paraphrase",
    "feels_safe",
    "behaviour",
    "behaviour_detail",
    "abuse_considered",
    "abuse_considered_why",
    "practice_observed",
    "matches_records",
    "matches_records_detail",
    "plan_followed",
    "culture_respected",
    "culture_detail",
    "family_contact",
    "family_contact_detail",
    "is_welfare_safeguarded",
    "welfare_detail",
    "next_steps",
)


def save_draft(
    *,
    child: Child,
    answers: Mapping[str, Any],
    by: Person,
    at: datetime,
    visit: Visit | None = None,
) -> Draft:
    """This will keep a half-written record of a visit, one per person and visit.

    :raises NotAllowed: the person does not visit this child.
    """
    require_part(by, child, VISITORS, at, doing="write up a visit to this child")
    for name, value in answers.items():
        for text in _texts_in(value):
            check_text(text, name)
    draft, _ = Draft.objects.update_or_create(
        person=by,
        child=child,
        visit=visit,
        defaults={"answers": dict(answers), "saved_at": at},
    )
    return draft


def discard_draft(*, draft: Draft, by: Person) -> None:
    """This will throw away a half-written record, which only who wrote it may do.

    :raises NotAllowed: somebody else wrote it.
    """
    if draft.person_id != by.pk:
        raise NotAllowed("Only the person who wrote a draft may throw it away.")
    draft.delete()


@transaction.atomic
def request_visit(
    *,
    child: Child,
    asked_by: str,
    asked_on: date,
    how_asked: str,
    words: str,
    by: By,
    at: datetime,
) -> Request:
    """This will record that somebody asked for a visit, and open its clock.

    :raises NotAllowed: the person plays no part for this child.
    :raises FactRefused: a day in the future or before the placement.
    """
    require_part(by, child, RECORDS_REQUESTS, at, doing="record a request for this child")
    check_text(words, "words")
    if asked_on > day_of(at):
        raise FactRefused("The request cannot be in the future.", field="asked_on")
    placement_on(child, asked_on)
    lock_child(child.pk)
    request = Request.objects.create(
        child=child, asked_by=asked_by, asked_on=asked_on, how_asked=how_asked, words=words
    )
    recalculate([child.pk], by=by, at=at)
    event = record(
        events.REQUESTED,
        by=by,
        at=at,
        about=f"visit-requests/{request.pk}",
        child_id=child.pk,
        carries={"asked_by": request.get_asked_by_display(), "on": in_words(asked_on)},
    )
    tell([Telling(event, HEARS_OF_REQUESTS)], at=at)
    return request


@transaction.atomic
def refuse_request(*, request: Request, reason: str, by: Person, at: datetime) -> Request:
    """This will record that a request for a visit was not reasonable, and why.

    :raises NotAllowed: the person does not visit this child.
    :raises FactRefused: no reason, or refused already.
    """
    reason = check_reason(reason, "Say why the request was not reasonable.")
    require_part(by, request.child, VISITORS, at, doing="decide about this request")
    lock_child(request.child_id)
    request = Request.objects.select_for_update().get(pk=request.pk)
    if request.refused_on is not None:
        raise FactRefused(f"This was already refused on {in_words(request.refused_on)}.")
    request.refused_on, request.refusal_reason = day_of(at), reason
    request.save(update_fields=["refused_on", "refusal_reason"])
    recalculate([request.child_id], by=by, at=at)
    event = record(
        "visits.refused",
        by=by,
        at=at,
        about=f"visit-requests/{request.pk}",
        child_id=request.child_id,
        carries={"on": in_words(request.asked_on)},
    )
    tell([Telling(event, (Role.TEAM_MANAGER, Role.IRO))], at=at)
    return request


@transaction.atomic
def answer_request(
    *,
    request: Request,
    answered_on: date,
    answered_who: str,
    answered_how: str,
    answered_words: str,
    by: Person,
    at: datetime,
) -> Request:
    """This will record what the child, or whoever asked for a visit, was told back.

    It closes no clock: only somebody coming does.

    :raises NotAllowed: the person neither visits nor speaks for this child.
    :raises FactRefused: no words, a day before the request or in the future, or told already.
    """
    require_part(by, request.child, ANSWERS_REQUESTS, at, doing="record this answer")
    words = check_reason(answered_words, "Say what they were told.", field="answered_words")
    who = check_reason(answered_who, "Say who told them.", field="answered_who")
    check_text(who, "answered_who", longest=200)
    if answered_how not in CommunicationMode.values:
        raise FactRefused("Say how they were told.", field="answered_how")
    if answered_on > day_of(at):
        raise FactRefused("The answer cannot be in the future.", field="answered_on")
    lock_child(request.child_id)
    request = Request.objects.select_for_update().get(pk=request.pk)
    if answered_on < request.asked_on:
        raise FactRefused("The answer cannot come before the request.", field="answered_on")
    if request.answered_on is not None:
        raise FactRefused(f"They were already told on {in_words(request.answered_on)}.")
    request.answered_on, request.answered_who = answered_on, who
    request.answered_how, request.answered_words = answered_how, words
    request.save(update_fields=["answered_on", "answered_who", "answered_how", "answered_words"])
    record(
        events.REQUEST_ANSWERED,
        by=by,
        at=at,
        about=f"visit-requests/{request.pk}",
        child_id=request.child_id,
        carries={
            "asked_by": request.get_asked_by_display(),
            "on": in_words(request.asked_on),
            "told": in_words(answered_on),
        },
    )
    return request


@transaction.atomic
def receive_regulator_notice(
    *, setting: Setting, received_on: date, summary: str, by: Person, at: datetime
) -> RegulatorNotice:
    """This will open one visit clock for every child placed in a setting, whoever placed them.

    :raises NotAllowed: the person plays no part for a child there, nor for its authority.
    :raises FactRefused: no summary, a future day, or a notice of that day already recorded.
    """
    summary = check_reason(summary, "Say what the notice is about.")
    if received_on > day_of(at):
        raise FactRefused("The notice cannot be received in the future.", field="received_on")
    if not roles_held(by, day_of(at)) & set(RECEIVES_NOTICES):
        raise NotAllowed("A regulator's notice is recorded by a manager or a host officer.")
    if RegulatorNotice.objects.filter(setting=setting, received_on=received_on).exists():
        raise FactRefused("A notice received that day is already recorded.", field="received_on")
    notice = RegulatorNotice.objects.create(
        setting=setting,
        received_on=received_on,
        summary=summary,
        recorded_by=by,
        recorded_at=at,
    )
    children = list(
        Placement.objects.filter(current(received_on), setting=setting, is_temporary=False)
        .order_by("child_id")
        .values_list("child_id", flat=True)
        .distinct()
    )
    recalculate(children, by=by, at=at)
    written = record_all(
        compose(
            events.REGULATOR_NOTICED,
            by=by,
            at=at,
            about=f"regulator-notices/{notice.pk}",
            child_id=child_id,
            setting_id=setting.pk,
            carries={"setting": setting.name, "on": in_words(received_on)},
        )
        for child_id in children
    )
    tell(
        [Telling(event, (Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.IRO)) for event in written],
        at=at,
    )
    return notice


@transaction.atomic
def receive_notice(
    *,
    notice: RegulatorNotice,
    authority: Authority,
    received_on: date,
    by: Person,
    at: datetime,
) -> NoticeReceipt:
    """This will record the day on which an authority itself received a regulator's notice, and
    count the visits to its children there from that day. Recording it again corrects the day.

    :raises NotAllowed: the person manages no team or service of that authority.
    :raises FactRefused: a day in the future or before any child was born, or the same day again.
    """
    if not authorities_receiving_for(by, day_of(at)).filter(pk=authority.pk).exists():
        raise NotAllowed(
            f"When {authority.name} received this is recorded by its managers or its director."
        )
    if received_on > day_of(at):
        raise FactRefused("The notice cannot be received in the future.", field="received_on")
    if received_on < day_of(at) - FURTHEST_BACK:
        raise FactRefused("This day is more than ten years ago.", field="received_on")
    notice = RegulatorNotice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
    before = NoticeReceipt.objects.filter(notice=notice, authority=authority).first()
    if before is not None and before.received_on == received_on:
        raise FactRefused("This day is already recorded.", field="received_on")
    days = [notice.received_on, received_on, *([before.received_on] if before else [])]
    children = list(
        Placement.objects.filter(
            living_within(min(days), max(days)),
            setting=notice.setting_id,
            child__authority=authority,
            is_temporary=False,
        )
        .order_by("child_id")
        .values_list("child_id", flat=True)
        .distinct()
    )
    receipt, _ = NoticeReceipt.objects.update_or_create(
        notice=notice,
        authority=authority,
        defaults={"received_on": received_on, "recorded_by": by, "recorded_at": at},
    )
    recalculate(children, by=by, at=at)
    record_all(
        compose(
            events.NOTICE_RECEIVED,
            by=by,
            at=at,
            about=f"regulator-notices/{notice.pk}",
            child_id=child_id,
            setting_id=notice.setting_id,
            carries={
                "authority": authority.name,
                "setting": notice.setting.name,
                "on": in_words(received_on),
            },
        )
        for child_id in children
    )
    return receipt


def _notice_what_it_says(visit: Visit, by: By, at: datetime) -> None:
    """What a record itself calls for: not seen alone twice running, welfare in doubt."""
    before = previous_made(visit)
    said: list[tuple[str, tuple[Role, ...]]] = []
    if not visit.was_seen_alone and before is not None and not before.was_seen_alone:
        said.append((events.NOT_ALONE_TWICE, (Role.IRO, Role.TEAM_MANAGER)))
    if not visit.is_welfare_safeguarded:
        said.append((events.WELFARE_DOUBTED, (Role.IRO, Role.TEAM_MANAGER)))
    for name, roles in said:
        event = record(
            name,
            by=by,
            at=at,
            about=visit.about,
            child_id=visit.child_id,
            setting_id=visit.placement.setting_id if visit.placement else None,
        )
        tell([Telling(event, roles)], at=at)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(LONDON):%-d %B %Y at %H:%M}"


def _day_of(visit: Visit) -> str:
    return in_words(visit.happened_on) if visit.happened_on else "an unknown day"


def _as_text(value: object) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value or "")


def _texts_in(value: object) -> Iterator[str]:
    """Every text of an answer, however it is nested."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield str(name)
            yield from _texts_in(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts_in(inner)
    else:
        yield str(value)
