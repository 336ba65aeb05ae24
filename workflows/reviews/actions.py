"""What people do with reviews, one function per verb."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from django.db import transaction

from backend.access.models import Person
from backend.access.parts import people_playing
from backend.casework.errors import FactRefused, NotAllowed
from backend.casework.facts import check_reason, check_text, check_texts, in_words, where_lived
from backend.casework.gate import By, carry_out, lock_child, open_case, parts_played, require_part
from backend.deadlines.recalculate import recalculate
from backend.events.models import Event
from backend.events.record import Actor, record
from backend.exchange.loaders import ReviewChange, ReviewRow
from backend.grammar.moments import day_of
from backend.grammar.roles import LABELS, Role
from backend.notify.models import Notification
from backend.notify.tell import Telling, deliver_later, tell
from backend.records.models import Child
from workflows.reviews import events
from workflows.reviews.checks import (
    FURTHEST,
    check_answers,
    check_can_convene,
    check_can_hold,
    check_closing,
    check_day,
    check_decisions,
    check_hearing,
    check_none_on_its_way,
    check_opened,
    check_outcome,
    check_past,
    check_prepared,
    check_views,
    check_words,
    require,
)
from workflows.reviews.models import (
    Amendment,
    Attendee,
    Challenge,
    Consultation,
    Consulted,
    Decision,
    EarlyReview,
    Evidence,
    IroCheck,
    Participation,
    ProposedChange,
    Review,
)
from workflows.reviews.table import AUTHORITY, CLOSED, MANAGERS, TOOK_PLACE

ASKS_EARLY = (Role.IRO, Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
HEARS_OF_EARLY = (Role.IRO, Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
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


# Convening


def convene_review(
    *,
    child: Child,
    convened_for: date,
    by: Person,
    at: datetime,
    convened_on: date | None = None,
    venue: str = "",
) -> Review:
    """This will convene a review for a day; the IRO who is allocated to the child chairs it.

    :raises NotAllowed: the person does not convene this child's reviews.
    :raises FactRefused: the days cannot be true, or the child is not looked after.
    :raises UnableToConveneReview: no IRO is allocated, or a review is already on its way.
    """
    convened_on = convened_on or day_of(at)
    check_text(venue, "venue", longest=200)

    def check(case: Review) -> None:
        check_can_convene(child, convened_on, convened_for, at)
        check_none_on_its_way(case)

    return open_case(
        Review(child=child, placement=where_lived(child, day_of(at))),
        "convene",
        by=by,
        at=at,
        facts={"convened_on": convened_on, "convened_for": convened_for, "venue": venue},
        carries={"on": in_words(convened_for)},
        check=check,
    )


def rearrange_review(
    *,
    review: Review,
    convened_for: date,
    by: Person,
    at: datetime,
    venue: str | None = None,
    expects: int | None = None,
) -> Review:
    """This will move a review to another day.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: a day that has passed, before it was convened, or too far away.
    """
    if convened_for < day_of(at):
        raise FactRefused("Choose a day that has not passed.", field="convened_for")
    check_day(convened_for, review.convened_on or convened_for, at)
    check_text(venue or "", "venue", longest=200)
    before = review.convened_for
    return carry_out(
        review,
        "rearrange",
        by=by,
        at=at,
        facts={
            "convened_for": convened_for,
            "venue": review.venue if venue is None else venue,
        },
        carries={"before": in_words(before) if before else "", "on": in_words(convened_for)},
        expects=expects,
    )


def cancel_review(
    *, review: Review, reason: str, by: Person, at: datetime, expects: int | None = None
) -> Review:
    """This will call a review off; what the law wants and by when stays as it is.

    :raises NotAllowed, NotNow, MovedOn, FactRefused: as the gate says; no reason.
    """
    reason = check_reason(reason, "Say why the review is called off.")
    return carry_out(
        review,
        "cancel",
        by=by,
        at=at,
        facts={"reason": reason},
        carries={"on": _day_of(review)},
        expects=expects,
    )


# Preparing


def record_views(
    *,
    review: Review,
    views: Mapping[str, Any],
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Review:
    """This will record somebody's views for the review, or why there are none.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: views without words, or no views without a reason.
    """
    check_views(views, at)
    row = Consultation(review=review, recorded_by=by, recorded_at=at, **views)
    return carry_out(
        review,
        "consult",
        by=by,
        at=at,
        carries={
            "whom": Consulted(row.whom).label.lower(),
            "outcome": Consultation.Outcome(row.outcome).label.lower(),
        },
        then=lambda case: row.save(),
        expects=expects,
    )


#: The facts of the IRO's time with the child, as a form or a request gives them.
HEARING = ("heard_on", "was_heard_alone", "heard_by", "heard_words", "not_heard", "not_heard_why")
NOTHING_HEARD: dict[str, Any] = {
    "heard_on": None,
    "was_heard_alone": None,
    "heard_by": [],
    "heard_words": "",
    "not_heard": "",
    "not_heard_why": "",
}


def hear_child(
    *,
    review: Review,
    heard: Mapping[str, Any],
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Review:
    """This will record that the IRO spoke with the child before the review, or why not.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: neither a day nor one of the exceptions with its reason.
    """
    facts = {**NOTHING_HEARD, **heard}
    check_hearing(review, facts, at)
    if facts["heard_on"] is None:
        how = "did not speak with the child, with a reason"
    else:
        how = f"spoke with the child {'' if facts['was_heard_alone'] else 'not '}alone"
    return carry_out(
        review, "hear", by=by, at=at, facts=facts, carries={"how": how}, expects=expects
    )


def contact_iro(
    *, review: Review, contacted_on: date, by: Person, at: datetime, expects: int | None = None
) -> Review:
    """This will record the day on which social worker and IRO spoke about the review.

    :raises NotAllowed, NotNow, MovedOn, FactRefused: as the gate says; a day in the future.
    """
    check_past(contacted_on, at, "contacted_on", "They cannot have spoken in the future.")
    return carry_out(
        review,
        "contact",
        by=by,
        at=at,
        facts={"iro_contacted_on": contacted_on},
        carries={"on": in_words(contacted_on)},
        expects=expects,
    )


def send_documents(
    *, review: Review, sent_on: date, by: Person, at: datetime, expects: int | None = None
) -> Review:
    """This will record the day on which the care, education and health plans were with the IRO.

    :raises NotAllowed, NotNow, MovedOn, FactRefused: as the gate says; a day in the future.
    """
    check_past(sent_on, at, "sent_on", "They cannot have been sent in the future.")
    return carry_out(
        review,
        "send",
        by=by,
        at=at,
        facts={"documents_sent_on": sent_on},
        carries={"on": in_words(sent_on)},
        expects=expects,
    )


def prepare_review(
    *, review: Review, by: Person, at: datetime, expects: int | None = None
) -> Review:
    """This will say that the review is prepared: everybody asked, and the child heard.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises UnableToPrepareReview: with what is missing.
    """
    return carry_out(
        review,
        "prepare",
        by=by,
        at=at,
        facts={"prepared_on": day_of(at)},
        carries={"on": _day_of(review)},
        check=check_prepared,
        expects=expects,
    )


def add_evidence(
    *, review: Review, evidence: Mapping[str, Any], by: Person, at: datetime,
    expects: int | None = None,
) -> Review:  # fmt: skip
    """This will add something the review rests on, with how it is known.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: no source, nobody's, or nothing said.
    """
    check_words(evidence)
    require(
        evidence,
        {
            "source": "Say how this is known.",
            "who": "Say whose report or account it is.",
            "what": "Say what it tells.",
        },
    )
    if evidence.get("known_on") is not None:
        check_past(evidence["known_on"], at, "known_on", "It cannot speak of the future.")
    row = Evidence(review=review, added_by=by, added_at=at, **evidence)
    return carry_out(
        review,
        "evidence",
        by=by,
        at=at,
        carries={"source": row.get_source_display().lower()},
        then=lambda case: row.save(),
        expects=expects,
    )


# Holding

#: The facts of a review meeting, as a form or a request gives them.
OUTCOME = (
    "is_meeting",
    "unprepared_why",
    "participation",
    "conveyed_by",
    "adjustments",
    "no_part_why",
    "no_part_change",
    "was_advocate_invited",
    "was_advocate_present",
    "advocate_why_not",
)


def hold_review(
    *,
    review: Review,
    opened_on: date,
    outcome: Mapping[str, Any],
    by: Person,
    at: datetime,
    attendees: Iterable[Mapping[str, Any]] = (),
    expects: int | None = None,
) -> Review:
    """This will record a review that was held and completed on a day, with the IRO in the chair.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: something is missing, or cannot be true.
    :raises UnableToHoldReview: the child was not heard, or that day's review is recorded.
    """
    there = _attendees(attendees)

    def check(case: Review) -> None:
        check_opened(case, opened_on, at)
        check_can_hold(case, outcome)
        check_outcome(case.child, opened_on, outcome)

    return carry_out(
        review,
        "hold",
        by=by,
        at=at,
        facts={
            **outcome,
            "opened_on": opened_on,
            "chair_id": by.pk,
            "placement_id": _placement_id(review, opened_on),
        },
        carries={"on": in_words(opened_on), "part": _part(outcome)},
        check=check,
        then=lambda case: _write_attendees(case, there),
        expects=expects,
    )


def adjourn_review(
    *,
    review: Review,
    opened_on: date,
    resumes_on: date,
    why: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Review:
    """This will record that a review opened and was adjourned; the opening day governs.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: no reason, or a day that cannot be true.
    :raises UnableToHoldReview: a review of that day is already recorded.
    """
    why = check_reason(why, "Say why the review was adjourned.", field="why")
    if not opened_on < resumes_on <= day_of(at) + FURTHEST:
        raise FactRefused("It resumes on a later day, within a year.", field="resumes_on")
    return carry_out(
        review,
        "adjourn",
        by=by,
        at=at,
        facts={
            "opened_on": opened_on,
            "resumes_on": resumes_on,
            "adjourned_why": why,
            "chair_id": by.pk,
        },
        carries={"on": in_words(opened_on), "until": in_words(resumes_on)},
        check=lambda case: check_opened(case, opened_on, at),
        expects=expects,
    )


def resume_review(
    *,
    review: Review,
    completed_on: date,
    outcome: Mapping[str, Any],
    by: Person,
    at: datetime,
    attendees: Iterable[Mapping[str, Any]] = (),
    expects: int | None = None,
) -> Review:
    """This will record that an adjourned review was completed; its opening day stays.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: before it opened, in the future, or something is missing.
    :raises UnableToHoldReview: the child was not heard.
    """
    there = _attendees(attendees)

    def check(case: Review) -> None:
        check_past(completed_on, at, "completed_on", "It cannot be recorded before it is held.")
        if case.opened_on is not None and completed_on < case.opened_on:
            raise FactRefused(
                f"The review opened on {in_words(case.opened_on)}.", field="completed_on"
            )
        check_can_hold(case, outcome)
        check_outcome(case.child, case.opened_on or completed_on, outcome)

    return carry_out(
        review,
        "resume",
        by=by,
        at=at,
        facts={**outcome, "completed_on": completed_on, "chair_id": by.pk},
        carries={
            "opened": _day_of(review),
            "on": in_words(completed_on),
            "part": _part(outcome),
        },
        check=check,
        then=lambda case: _write_attendees(case, there),
        expects=expects,
    )


# Deciding


def issue_decisions(
    *,
    review: Review,
    answers: Mapping[str, Any],
    decisions: Iterable[Mapping[str, Any]],
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Review:
    """This will issue a review's decisions, with the IRO's answers about the plan and distance.

    The manager is told at once, and so has received them that day unless another is given.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: a decision without owner, date or the child's part; no answer about the
        plan or living nearer home; a next review later than the law allows.
    """
    facts: dict[str, Any] = {"decisions_issued_on": day_of(at), **answers}
    facts.setdefault("manager_received_on", facts["decisions_issued_on"])
    rows: list[dict[str, Any]] = []
    told = list(decisions)

    def check(case: Review) -> None:
        check_answers(case, facts, at)
        rows.extend(check_decisions(case, told, at))

    def write(case: Review) -> None:
        Decision.objects.bulk_create([Decision(review=case, **row) for row in rows])

    return carry_out(
        review,
        "decide",
        by=by,
        at=at,
        facts=facts,
        carries={
            "decisions": "1 decision" if len(told) == 1 else f"{len(told)} decisions",
            "on": in_words(facts["decisions_issued_on"]),
            "endorses": "endorses" if facts.get("is_plan_endorsed") else "does not endorse",
        },
        check=check,
        then=write,
        expects=expects,
    )


def answer_decisions(
    *,
    review: Review,
    agrees: bool,
    by: Person,
    at: datetime,
    answer: str = "",
    expects: int | None = None,
) -> Review:
    """This will record whether the manager agrees the decisions, or disputes them and why.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: a dispute without its reason.
    """
    if agrees:
        check_text(answer, "answer")
    else:
        answer = check_reason(answer, "Say what you dispute, and why.", field="answer")
    return carry_out(
        review,
        "agree" if agrees else "dispute",
        by=by,
        at=at,
        facts={"manager_id": by.pk, "manager_answered_on": day_of(at), "manager_answer": answer},
        carries={"on": in_words(day_of(at))},
        expects=expects,
    )


def record_review(
    *,
    review: Review,
    discussion: str,
    was_told_of_rights: bool,
    by: Person,
    at: datetime,
    plan_changes: str = "",
    recorded_on: date | None = None,
    expects: int | None = None,
) -> Review:
    """This will complete the full record of a review.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: no record, or a day that cannot be true.
    """
    discussion = check_reason(discussion, "Write the record of the review.", field="discussion")
    check_text(plan_changes, "plan_changes")
    day = _day_after(review, recorded_on, at, "recorded_on")
    return carry_out(
        review,
        "record",
        by=by,
        at=at,
        facts={
            "discussion": discussion,
            "plan_changes": plan_changes,
            "was_told_of_rights": was_told_of_rights,
            "recorded_on": day,
        },
        carries={"on": in_words(day)},
        expects=expects,
    )


def circulate_review(
    *,
    review: Review,
    circulated_to: str,
    child_version: str,
    by: Person,
    at: datetime,
    circulated_on: date | None = None,
    expects: int | None = None,
) -> Review:
    """This will record to whom the record was sent, and how the child was given the decisions.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: nobody, or nothing about the child.
    """
    to = check_reason(circulated_to, "Say to whom it was sent.", field="circulated_to")
    child_version = check_reason(
        child_version,
        "Say how the child was given the decisions, or why they were not.",
        field="child_version",
    )
    day = _day_after(review, circulated_on, at, "circulated_on")
    return carry_out(
        review,
        "circulate",
        by=by,
        at=at,
        facts={"circulated_to": to, "child_version": child_version, "circulated_on": day},
        carries={"on": in_words(day)},
        expects=expects,
    )


def close_review(
    *, review: Review, by: Person, at: datetime, settled_how: str = "", expects: int | None = None
) -> Review:
    """This will close a review whose record has been sent out.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises UnableToCloseReview: everything known came from the home, or the manager's answer
        is still awaited.
    :raises FactRefused: a dispute, without how it was settled.
    """
    check_text(settled_how, "settled_how")
    return carry_out(
        review,
        "close",
        by=by,
        at=at,
        facts={"closed_on": day_of(at), "settled_how": settled_how.strip()},
        carries={"on": _day_of(review)},
        check=lambda case: check_closing(case, settled_how, day_of(at)),
        expects=expects,
    )


def complete_decision(
    *,
    decision: Decision,
    done_on: date,
    done_how: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Decision:
    """This will record that a decision was carried out, and how.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: a day in the future or before the review, no account of it, or done.
    """
    done_how = check_reason(done_how, "Say what was done.", field="done_how")
    check_past(done_on, at, "done_on", "It cannot have been done in the future.")
    rows: list[Decision] = []

    def check(case: Review) -> None:
        row = Decision.objects.select_for_update(of=("self",)).get(pk=decision.pk, review=case)
        if row.done_on is not None:
            raise FactRefused(f"This was already recorded as done on {in_words(row.done_on)}.")
        if case.opened_on is not None and done_on < case.opened_on:
            raise FactRefused("It cannot have been done before the review.", field="done_on")
        rows.append(row)

    def write(case: Review) -> None:
        rows[0].done_on, rows[0].done_how = done_on, done_how
        rows[0].save(update_fields=["done_on", "done_how"])

    carry_out(
        decision.review,
        "complete",
        by=by,
        at=at,
        carries={"on": in_words(done_on)},
        check=check,
        then=write,
        expects=expects,
    )
    return rows[0]


# Putting right

#: What may be put right later, when the record was wrong about a day or a text.
AMENDABLE = (
    "opened_on",
    "completed_on",
    "participation",
    "conveyed_by",
    "adjustments",
    "no_part_why",
    "no_part_change",
    "advocate_why_not",
    "heard_words",
    "not_heard_why",
    "endorsement_why",
    "could_live_nearer_why",
    "discussion",
    "plan_changes",
    "child_version",
)
MUST_STAY = ("heard_words", "endorsement_why", "could_live_nearer_why", "discussion")


def amend_review(
    *,
    review: Review,
    changes: Mapping[str, Any],
    why: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Review:
    """This will change what a record says, keeping each text as it stood before.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: no reason, nothing changed, a fact that is not amended this way, or one
        that cannot be true.
    """
    why = check_reason(why, "Say why the record is amended.", field="why")
    for name in changes:
        if name not in AMENDABLE:
            raise FactRefused(
                "This cannot be amended. Mark the review as entered in error and record it again.",
                field=name,
            )
    check_texts(changes)
    kept: list[Amendment] = []

    def keep(case: Review) -> None:
        kept.extend(
            Amendment(
                review=case,
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
        _check_amended(case, changes, at)

    def write(case: Review) -> None:
        Amendment.objects.bulk_create(kept)

    facts = dict(changes)
    if changes.get("opened_on") and review.completed_on == review.opened_on:
        facts.setdefault("completed_on", changes["opened_on"])
    return carry_out(
        review,
        "amend",
        by=by,
        at=at,
        facts=facts,
        carries={"on": _day_of(review)},
        check=keep,
        then=write,
        expects=expects,
    )


def _check_amended(case: Review, changes: Mapping[str, Any], at: datetime) -> None:
    """The amended record must be as whole as a new one."""
    for name in MUST_STAY:
        if name in changes and getattr(case, name) and not changes[name].strip():
            raise FactRefused("A record cannot be emptied.", field=name)
    opened_on = changes.get("opened_on", case.opened_on)
    moved_whole = case.completed_on == case.opened_on and "completed_on" not in changes
    completed_on = opened_on if moved_whole else changes.get("completed_on", case.completed_on)
    if opened_on is None or completed_on is None:
        raise FactRefused("A review that was held has its day.", field="opened_on")
    if opened_on != case.opened_on:
        check_opened(case, opened_on, at)
    check_past(completed_on, at, "completed_on", "It cannot have been completed in the future.")
    if completed_on < opened_on:
        raise FactRefused("It cannot be completed before it opened.", field="completed_on")
    if case.decisions_issued_on is not None and case.decisions_issued_on < completed_on:
        raise FactRefused(
            f"Its decisions were issued on {in_words(case.decisions_issued_on)}.",
            field="completed_on",
        )
    if not case.is_historic:
        outcome = {name: getattr(case, name) for name in OUTCOME}
        check_outcome(case.child, opened_on, {**outcome, **changes})


def void_review(
    *, review: Review, reason: str, by: Person, at: datetime, expects: int | None = None
) -> Review:
    """This will mark a review as entered in error; it stays, and meets no deadline any more.

    :raises NotAllowed, NotNow, MovedOn, FactRefused: as the gate says; no reason.
    """
    reason = check_reason(reason, "Say what was entered in error.")
    return carry_out(
        review,
        "void",
        by=by,
        at=at,
        facts={"reason": reason},
        carries={"on": _day_of(review)},
        expects=expects,
    )


# Reviews before their ordinary date


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


# Changes that a review considers first


@transaction.atomic
def propose_change(
    *,
    child: Child,
    what: str,
    by: Person,
    at: datetime,
    is_move: bool = False,
    planned_for: date | None = None,
) -> ProposedChange:
    """This will record a significant change to the care plan that a review is to consider.

    :raises NotAllowed: the person does not plan this child's care.
    :raises FactRefused: no words, or a planned day that has passed.
    """
    require_part(by, child, ASKS_EARLY, at, doing="propose a change to this child's plan")
    what = check_reason(what, "Say what is to change.", field="what")
    if planned_for is not None and planned_for < day_of(at):
        raise FactRefused("The planned day has passed.", field="planned_for")
    change = ProposedChange.objects.create(
        child=child,
        what=what,
        is_move=is_move,
        planned_for=planned_for,
        proposed_on=day_of(at),
        proposed_by=by,
    )
    event = _record_about_change(events.CHANGE_PROPOSED, change, by, at)
    tell([Telling(event, (Role.IRO, Role.TEAM_MANAGER))], at=at)
    return change


@transaction.atomic
def consider_change(
    *,
    change: ProposedChange,
    review: Review,
    outcome: str,
    why: str,
    by: Person,
    at: datetime,
) -> ProposedChange:
    """This will record what a review made of a proposed change.

    :raises NotAllowed: only the IRO records what the review made of it.
    :raises FactRefused: another child's review, one that was not held, or settled already.
    """
    require_part(by, change.child, (Role.IRO,), at, doing="record what the review made of this")
    why = check_reason(why, "Say why.", field="why")
    change = _lock_change(change)
    if review.child_id != change.child_id or review.state not in TOOK_PLACE:
        raise FactRefused("Choose a review of this child that was held.", field="review")
    change.considered_at, change.outcome, change.outcome_why = review, outcome, why
    change.save(update_fields=["considered_at", "outcome", "outcome_why"])
    event = _record_about_change(
        events.CHANGE_CONSIDERED,
        change,
        by,
        at,
        outcome=ProposedChange.Outcome(outcome).label.lower(),
    )
    tell([Telling(event, AUTHORITY)], at=at)
    return change


@transaction.atomic
def excuse_change(*, change: ProposedChange, why: str, by: Person, at: datetime) -> ProposedChange:
    """This will record why considering a change at a review first was not practicable.

    :raises NotAllowed: only a manager of the placing authority decides so.
    :raises FactRefused: no reason, or settled already.
    """
    require_part(by, change.child, MANAGERS, at, doing="let this go ahead without a review")
    why = check_reason(
        why, "Say why considering this at a review first was not reasonably practicable.",
        field="why",
    )  # fmt: skip
    change = _lock_change(change)
    change.not_practicable_why, change.excused_by, change.excused_on = why, by, day_of(at)
    change.save(update_fields=["not_practicable_why", "excused_by", "excused_on"])
    event = _record_about_change(events.CHANGE_EXCUSED, change, by, at)
    tell([Telling(event, (Role.IRO, Role.IRO_MANAGER))], at=at)
    return change


def _lock_change(change: ProposedChange) -> ProposedChange:
    lock_child(change.child_id)
    change = ProposedChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
    if not change.is_open:
        raise FactRefused("This change has already been considered or excused.")
    return change


def _record_about_change(
    name: str, change: ProposedChange, by: Actor, at: datetime, **carries: str
) -> Event:
    return record(
        name,
        by=by,
        at=at,
        about=f"proposed-changes/{change.pk}",
        child_id=change.child_id,
        carries={"on": in_words(change.proposed_on), **carries},
    )


# Challenges


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


# Between reviews


@transaction.atomic
def check_between_reviews(
    *, child: Child, checked_on: date, found: str, by: Person, at: datetime
) -> IroCheck:
    """This will record that the IRO looked at the case between two reviews.

    :raises NotAllowed: the person is not the child's IRO.
    :raises FactRefused: a day in the future, or nothing found to say.
    """
    require_part(by, child, (Role.IRO,), at, doing="record a check between reviews")
    check_past(checked_on, at, "checked_on", "The check cannot be in the future.")
    found = check_reason(found, "Say what you found.", field="found")
    lock_child(child.pk)
    check = IroCheck.objects.create(
        child=child, checked_on=checked_on, iro=by, found=found, recorded_at=at
    )
    recalculate([child.pk], by=by, at=at)
    record(
        events.CHECKED,
        by=by,
        at=at,
        about=f"iro-checks/{check.pk}",
        child_id=child.pk,
        carries={"on": in_words(checked_on)},
    )
    return check


# From a return


@transaction.atomic
def load_reviews(
    rows: Mapping[int, Sequence[ReviewRow]], by: Actor, at: datetime
) -> dict[int, list[ReviewChange]]:
    """This will take in the reviews of a return as held, closed history of many children.

    It takes the table's step ``load`` for many at once, in a fixed number of statements: rows
    are written as new and then moved to closed, which the database allows because the table
    does. Nothing is told, nothing recorded and no clock counted here: whoever loads the return
    does each once. A review that stands is matched by its day, even one marked as entered in
    error; only what was itself read from a return is corrected, and never emptied.
    """
    standing: dict[tuple[int, date], Review] = {}
    known = Review.objects.select_for_update().filter(child__in=rows, opened_on__isnull=False)
    for review in known.order_by("pk"):
        if review.opened_on is not None:
            standing[review.child_id, review.opened_on] = review
    added: list[Review] = []
    corrected: list[Review] = []
    changes: dict[int, list[ReviewChange]] = {}
    for child_id, each in rows.items():
        for row in sorted(set(each)):
            known_as = standing.get((child_id, row.held_on))
            if known_as is None:
                new = standing[child_id, row.held_on] = _read_from(row, child_id, at)
                added.append(new)
                changes.setdefault(child_id, []).append(ReviewChange("added", row.held_on))
            elif known_as.is_historic and row.participation not in ("", known_as.participation):
                known_as.participation = row.participation
                if known_as.pk:
                    corrected.append(known_as)
                    changes.setdefault(child_id, []).append(ReviewChange("corrected", row.held_on))
    Review.objects.bulk_create(added, batch_size=500)
    Review.objects.filter(pk__in=[review.pk for review in added]).update(state=str(CLOSED))
    Review.objects.bulk_update(corrected, ["participation"], batch_size=500)
    return changes


def _read_from(row: ReviewRow, child_id: int, at: datetime) -> Review:
    return Review(
        child_id=child_id,
        opened_at=at,
        opened_on=row.held_on,
        completed_on=row.held_on,
        participation=row.participation,
        is_historic=True,
    )


# Small parts


def _day_after(review: Review, day: date | None, at: datetime, field: str) -> date:
    day = check_past(day or day_of(at), at, field, "This cannot lie in the future.")
    if review.completed_on is not None and day < review.completed_on:
        raise FactRefused("This cannot be before the review.", field=field)
    return day


def _attendees(rows: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    there = list(rows)
    for row in there:
        require(row, {"name": "Enter the name.", "part": "Say who they are to the child."})
        check_words(row)
    return there


def _write_attendees(case: Review, rows: list[Mapping[str, Any]]) -> None:
    Attendee.objects.bulk_create([Attendee(review=case, **row) for row in rows])


def _placement_id(review: Review, day: date) -> int | None:
    placement = where_lived(review.child, day)
    return placement.pk if placement else None


def _part(outcome: Mapping[str, Any]) -> str:
    code = outcome.get("participation")
    if not code or code not in Participation.values:
        return "not coded (short breaks)"
    return f"{code}, {Participation(code).label.lower()}"


def _day_of(review: Review) -> str:
    return in_words(review.happened_on) if review.happened_on else "an unknown day"


def _as_text(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return value.isoformat() if isinstance(value, date) else str(value or "")
