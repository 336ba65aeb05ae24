"""What the LADO does while a case is open: meetings, enquiries, work, outcomes, closing."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from backend.access.grants import derive_for_cases
from backend.access.models import Person
from backend.casework.errors import FactRefused, NotNow
from backend.casework.facts import check_reason, check_text, in_words
from backend.casework.gate import carry_out
from backend.grammar.moments import day_of
from workflows.lado.actions.telling import resume_notice, tell_authorities
from workflows.lado.checks import (
    check_advocate,
    check_can_close,
    check_choice,
    check_may_be_shared_with,
    check_name,
    check_outcomes,
    check_past,
    check_task,
    check_tasks,
    check_unsettled,
)
from workflows.lado.models import (
    LEFT_WORK,
    Allegation,
    Discipline,
    Meeting,
    Outcome,
    OutsideTelling,
    Referral,
    ReferralShare,
    Task,
    Track,
    WorkStatus,
)
from workflows.lado.rules import PENSION_AGE, keep_until
from workflows.lado.table import ENDED

#: Records of these are not kept on the adult's file.
NOT_KEPT = {Outcome.MALICIOUS, Outcome.FALSE}
YOUNGEST_PENSION, OLDEST_PENSION = 55, 75


def record_meeting(
    *,
    referral: Referral,
    kind: str,
    held_on: date,
    attendees: str,
    summary: str,
    by: Person,
    at: datetime,
    absent: str = "",
    was_advocate_invited: bool | None = None,
    advocate_why_not: str = "",
    tasks: Iterable[Mapping[str, Any]] = (),
    is_fortnightly: bool = False,
    expects: int | None = None,
) -> Referral:
    """This will keep a meeting or a review of progress, who was there, and what was asked of whom.

    Where the case names a child, it also says whether the child's advocate was invited to speak
    for them, and if not why not.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: something is missing, or cannot be true.
    """
    check_choice(kind, Meeting.Kind, "Say what kind of meeting it was.", "kind")
    check_past(held_on, at, "held_on")
    attendees = check_reason(attendees, "Say who was there, with their agencies.", "attendees")
    summary = check_reason(summary, "Say what was discussed and decided.", "summary")
    absent = check_text(absent, "absent").strip()
    advocate_why_not = check_text(advocate_why_not, "advocate_why_not").strip()
    asked = check_tasks(tasks, held_on)

    def stand_beside(case: Referral) -> None:
        meeting = Meeting.objects.create(
            referral=case,
            kind=kind,
            held_on=held_on,
            attendees=attendees,
            absent=absent,
            summary=summary,
            was_advocate_invited=was_advocate_invited,
            advocate_why_not=advocate_why_not,
            by=by,
            at=at,
        )
        Task.objects.bulk_create(
            [Task(referral=case, meeting=meeting, by=by, at=at, **task) for task in asked]
        )

    def check(case: Referral) -> None:
        if held_on < case.referred_on:
            raise FactRefused(
                f"The referral was made on {in_words(case.referred_on)}.", field="held_on"
            )
        check_advocate(case, was_advocate_invited, advocate_why_not)

    return carry_out(
        referral,
        "meet",
        by=by,
        at=at,
        expects=expects,
        facts={"is_fortnightly": is_fortnightly},
        carries={"kind": Meeting.Kind(kind).label, "on": in_words(held_on)},
        check=check,
        then=stand_beside,
    )


def add_task(
    *,
    referral: Referral,
    meeting: Meeting,
    what: str,
    owner: str,
    due_on: date,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Referral:
    """This will keep a further thing that a meeting asked of somebody, by when.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: one of the three is missing, or it is another case's meeting.
    """
    if meeting.referral_id != referral.pk:
        raise FactRefused("This meeting is not part of this case.", field="meeting")
    task = check_task({"what": what, "owner": owner, "due_on": due_on}, meeting.held_on)

    def stand_beside(case: Referral) -> None:
        Task.objects.create(referral=case, meeting=meeting, by=by, at=at, **task)

    return carry_out(
        referral,
        "add_task",
        by=by,
        at=at,
        expects=expects,
        carries={"on": in_words(due_on)},
        then=stand_beside,
    )


def finish_task(
    *,
    referral: Referral,
    task: Task,
    done_on: date,
    evidence: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Referral:
    """This will say that a task from a meeting was done, and what shows it.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: no evidence, another case's task, or a day that cannot be.
    """
    evidence = check_reason(evidence, "Say what shows that it was done.", "evidence")
    check_past(done_on, at, "done_on")
    if task.referral_id != referral.pk:
        raise FactRefused("This task is not part of this case.", field="task")

    def stand_beside(case: Referral) -> None:
        row = Task.objects.select_for_update(of=("self",)).get(pk=task.pk)
        if row.done_on is not None:
            raise NotNow(f"This was recorded as done on {in_words(row.done_on)}.")
        row.done_on, row.evidence = done_on, evidence
        row.save()

    return carry_out(referral, "finish_task", by=by, at=at, expects=expects, then=stand_beside)


def follow_track(
    *,
    referral: Referral,
    kind: str,
    stands: str,
    since: date,
    words: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Referral:
    """This will say how the enquiry of the police, the child's authority or the employer stands.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: no such enquiry or state, no words, or a day that cannot be.
    """
    check_choice(kind, Track.Kind, "Say which enquiry.", "kind")
    check_choice(stands, Track.Stands, "Say how it stands.", "stands")
    check_past(since, at, "since")
    words = check_reason(words, "Say what is known of it.", "words")

    def stand_beside(case: Referral) -> None:
        Track.objects.update_or_create(
            referral=case,
            kind=kind,
            defaults={"stands": stands, "since": since, "words": words, "by": by, "at": at},
        )

    return carry_out(
        referral,
        "follow_track",
        by=by,
        at=at,
        expects=expects,
        carries={"track": Track.Kind(kind).label, "stands": Track.Stands(stands).label.lower()},
        then=stand_beside,
    )


def set_work_status(
    *,
    referral: Referral,
    status: str,
    from_on: date,
    decided_by: str,
    reason: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Referral:
    """This will say whether the adult is at work, from when, and who decided it.

    A dismissal, a removal or a resignation opens the duty to refer to the DBS.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: something is missing, or cannot be true.
    """
    check_choice(status, WorkStatus.Status, "Say whether the adult is at work.", "status")
    check_past(from_on, at, "from_on")
    decided_by = check_name(decided_by, "Say who decided this.", "decided_by")
    reason = check_reason(reason, "Say why.")

    def stand_beside(case: Referral) -> None:
        WorkStatus.objects.create(
            referral=case,
            status=status,
            from_on=from_on,
            decided_by=decided_by,
            reason=reason,
            by=by,
            at=at,
        )

    return carry_out(
        referral,
        "set_work",
        by=by,
        at=at,
        expects=expects,
        facts={"left_work_on": from_on if status in LEFT_WORK else None},
        carries={"status": WorkStatus.Status(status).label.lower(), "on": in_words(from_on)},
        then=stand_beside,
    )


def set_discipline(
    *,
    referral: Referral,
    course: str,
    decided_on: date,
    words: str,
    by: Person,
    at: datetime,
    done_on: date | None = None,
    expects: int | None = None,
) -> Referral:
    """This will say what the employer's own discipline comes to, and when it was done.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: something is missing, or a day that cannot be.
    """
    check_choice(course, Discipline.Course, "Say what the employer does.", "course")
    check_past(decided_on, at, "decided_on")
    check_past(done_on, at, "done_on")
    if done_on is not None and done_on < decided_on:
        raise FactRefused(f"It was decided on {in_words(decided_on)}, after this.", field="done_on")
    words = check_reason(words, "Say what is known of it.", "words")

    def stand_beside(case: Referral) -> None:
        Discipline.objects.create(
            referral=case,
            course=course,
            decided_on=decided_on,
            done_on=done_on,
            words=words,
            by=by,
            at=at,
        )

    return carry_out(
        referral,
        "set_discipline",
        by=by,
        at=at,
        expects=expects,
        carries={"course": Discipline.Course(course).label.lower()},
        then=stand_beside,
    )


def settle_barring(
    *,
    referral: Referral,
    was_referred: bool,
    settled_on: date,
    words: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Referral:
    """This will say when the employer referred the adult to the DBS, or why there was no duty to.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: no duty was opened, no words, or a day that cannot be.
    """
    check_past(settled_on, at, "settled_on")
    words = check_reason(words, "Say what was sent, or why nothing had to be.", "words")

    def check(case: Referral) -> None:
        if case.left_work_on is None:
            raise NotNow("Nobody was dismissed, removed or resigned in this case.")
        if settled_on < case.left_work_on:
            raise FactRefused(
                f"The adult left the work on {in_words(case.left_work_on)}.", field="settled_on"
            )

    return carry_out(
        referral,
        "settle_barring",
        by=by,
        at=at,
        expects=expects,
        facts={"settled_on": settled_on, "was_referred": was_referred, "words": words},
        carries={"what": "made" if was_referred else "not called for"},
        check=check,
    )


def settle_allegation(
    *,
    referral: Referral,
    allegation: Allegation,
    outcome: str,
    reason: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Referral:
    """This will give one allegation one of the five outcomes, with the reason.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: no outcome or no reason, or another case's allegation.
    """
    check_choice(outcome, Outcome, "Choose one of the five outcomes.", "outcome")
    reason = check_reason(reason, "Say on what evidence this rests.")

    def stand_beside(case: Referral) -> None:
        row = Allegation.objects.select_for_update(of=("self",)).get(pk=allegation.pk)
        check_unsettled(row, case)
        row.outcome, row.outcome_on, row.outcome_reason = outcome, day_of(at), reason
        row.save()

    return carry_out(
        referral,
        "settle",
        by=by,
        at=at,
        expects=expects,
        carries={"outcome": Outcome(outcome).label.lower()},
        then=stand_beside,
    )


def record_telling(
    *,
    referral: Referral,
    whom: str,
    told_on: date,
    words: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Referral:
    """This will keep that somebody outside was told, such as Ofsted, when and what.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: something is missing, or cannot be true.
    """
    check_choice(whom, OutsideTelling.Whom, "Say who was told.", "whom")
    check_past(told_on, at, "told_on")
    words = check_reason(words, "Say what they were told.", "words")

    def stand_beside(case: Referral) -> None:
        OutsideTelling.objects.create(
            referral=case, whom=whom, told_on=told_on, words=words, by=by, at=at
        )

    return carry_out(
        referral,
        "tell_outside",
        by=by,
        at=at,
        expects=expects,
        carries={"whom": OutsideTelling.Whom(whom).label, "on": in_words(told_on)},
        then=stand_beside,
    )


def share_referral(
    *,
    referral: Referral,
    person: Person,
    reason: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Referral:
    """This will let a named person read a case, such as another authority's LADO.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: no reason, shared already, or somebody who may never read of it.
    """
    reason = check_reason(reason, "Say why this person has to know.")

    def check(case: Referral) -> None:
        check_may_be_shared_with(person, day_of(at))
        if case.shares.filter(person=person, ended_at__isnull=True).exists():
            raise FactRefused(f"This is shared with {person.name} already.", field="person")

    def stand_beside(case: Referral) -> None:
        ReferralShare.objects.create(referral=case, person=person, reason=reason, by=by, at=at)
        derive_for_cases("referrals", [case.pk], day_of(at))

    return carry_out(
        referral, "share", by=by, at=at, expects=expects, check=check, then=stand_beside
    )


def stop_sharing_referral(
    *,
    referral: Referral,
    share: ReferralShare,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Referral:
    """This will stop letting a named person read a case.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: it was not shared with them.
    """
    if share.referral_id != referral.pk or share.ended_at is not None:
        raise FactRefused("This is not shared with them now.", field="share")

    def stand_beside(case: Referral) -> None:
        ReferralShare.objects.filter(pk=share.pk).update(ended_at=at)
        derive_for_cases("referrals", [case.pk], day_of(at))

    return carry_out(referral, "unshare", by=by, at=at, expects=expects, then=stand_beside)


def conclude_referral(
    *, referral: Referral, by: Person, at: datetime, expects: int | None = None
) -> Referral:
    """This will conclude a case in which every allegation has its outcome.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises UnableToConclude: an allegation has no outcome yet.
    """
    return carry_out(
        referral,
        "conclude",
        by=by,
        at=at,
        expects=expects,
        facts={"concluded_on": day_of(at)},
        check=check_outcomes,
    )


def close_referral(
    *,
    referral: Referral,
    words: str,
    by: Person,
    at: datetime,
    pension_age: int = PENSION_AGE,
    expects: int | None = None,
) -> Referral:
    """This will close a case and say until when its record is kept.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises UnableToClose: an enquiry, the DBS or an authority still waits.
    :raises FactRefused: no words, or no age at which anybody retires.
    """
    words = check_reason(words, "Say how the case ended, and what was learnt.", "words")
    if not YOUNGEST_PENSION <= pension_age <= OLDEST_PENSION:
        raise FactRefused(
            f"Enter an age from {YOUNGEST_PENSION} to {OLDEST_PENSION}.", field="pension_age"
        )
    outcomes = set(referral.allegations.values_list("outcome", flat=True))
    kept = None
    if not outcomes <= NOT_KEPT:
        alleged_on = referral.happened_on or referral.employer_knew_on or referral.referred_on
        kept = keep_until(alleged_on, referral.adult.date_of_birth, pension_age)
    return carry_out(
        referral,
        "close",
        by=by,
        at=at,
        expects=expects,
        facts={
            "closed_on": day_of(at),
            "words": words,
            "pension_age": pension_age,
            "keep_until": kept,
        },
        check=check_can_close,
    )


@transaction.atomic
def reopen_referral(
    *, referral: Referral, by: Person, at: datetime, expects: int | None = None
) -> Referral:
    """This will take up a concluded or closed case again, because of new facts.

    Every authority that had heard the outcome is told, and so is that of every child there now.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    """
    referral = carry_out(referral, "reopen", by=by, at=at, expects=expects)
    for notice in referral.notices.filter(state=ENDED).order_by("pk"):
        resume_notice(notice=notice, by=by, at=at)
    tell_authorities(referral=referral, by=by, at=at)
    return referral
