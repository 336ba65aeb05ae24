"""The notices to other authorities: told, received by name, answered for each child, or silent."""

import logging
from collections import defaultdict
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef

from backend.access.grants import derive_for_cases
from backend.access.matters import people_of
from backend.access.models import Person
from backend.casework.errors import FactRefused
from backend.casework.facts import check_reason, in_words
from backend.casework.gate import By, carry_out, open_case
from backend.deadlines.models import Deadline
from backend.deadlines.recalculate import recalculate_matters
from backend.events.record import CLOCK, record
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.notify.tell import Telling, tell
from backend.records.models import Authority, Child, Placement
from workflows.lado import events
from workflows.lado.checks import check_notice_share, check_past, check_unanswered
from workflows.lado.models import AuthorityNotice, NoticeChild, NoticeShare, Referral
from workflows.lado.queries import affected_by
from workflows.lado.table import ANSWERS, OPEN, TAKEN, UNRECEIVED

log = logging.getLogger(__name__)

#: By the deadlines of these rules a silence is known, and in which state it can be.
SILENCES = {"lado.notice_receipt": UNRECEIVED, "lado.child_answer": TAKEN}


def tell_authorities(*, referral: Referral, by: By, at: datetime) -> list[AuthorityNotice]:
    """This will tell every authority with a child who may be affected and is not named yet.

    Each gets a notice of its own, and learns of its own children only.

    :raises NotAllowed: the person does not lead the case.
    """
    affected = affected_by(referral, day_of(at))
    named = set(
        NoticeChild.objects.filter(notice__referral=referral).values_list("child_id", flat=True)
    )
    # Children are taken first and in order, as whoever places one does.
    children = Child.objects.select_for_update().filter(pk__in=set(affected) - named)
    by_authority: dict[str, list[Child]] = defaultdict(list)
    for child in children.order_by("pk"):
        by_authority[str(child.authority_id)].append(child)
    return [
        _tell_authority(referral, code, [(child, affected[child.pk]) for child in theirs], by, at)
        for code, theirs in sorted(by_authority.items())
    ]


def _tell_authority(
    referral: Referral,
    authority: str,
    children: list[tuple[Child, Placement | None]],
    by: By,
    at: datetime,
) -> AuthorityNotice:
    standing = AuthorityNotice.objects.filter(
        referral=referral, authority=authority, kind=AuthorityNotice.Kind.CHILDREN
    ).first()
    notice = standing or AuthorityNotice(
        referral=referral, authority_id=authority, kind=AuthorityNotice.Kind.CHILDREN
    )

    def name_children(case: AuthorityNotice) -> None:
        NoticeChild.objects.bulk_create(
            [
                NoticeChild(notice=case, child=child, placement=placement, named_at=at)
                for child, placement in children
            ]
        )
        derive_for_cases("authority-notices", [case.pk], day_of(at))

    notice = _send(notice, is_new=standing is None, then=name_children, by=by, at=at)
    for child, _ in children:
        # Not by whoever decided: nothing on a child's record points to a case or its LADO.
        record(
            events.CHILD_AFFECTED,
            by=CLOCK,
            at=at,
            about=notice.about,
            child_id=child.pk,
            carries={},
        )
    return notice


def _send(
    notice: AuthorityNotice,
    *,
    is_new: bool,
    then: Callable[[AuthorityNotice], object],
    by: By,
    at: datetime,
) -> AuthorityNotice:
    """Sends a notice, or a further child; says when nobody of the authority can be told here."""
    is_urgent = notice.referral.is_child_at_risk
    how: dict[str, Any] = {
        "by": by,
        "at": at,
        "facts": {"sent_at": at},
        "carries": {"authority": notice.authority.name},
        "then": then,
        "tells": () if is_urgent else None,
    }
    notice = open_case(notice, "send", **how) if is_new else carry_out(notice, "widen", **how)
    if is_urgent:
        tell_urgently(notice=notice, by=by, at=at)
    answering = people_of("authority-notices", [notice.pk], day_of(at))[notice.pk]
    if not any(role in ANSWERS for _, role in answering):
        event = record(
            events.NOBODY_TO_TELL,
            by=CLOCK,
            at=at,
            about=notice.about,
            carries={"authority": notice.authority.name},
        )
        tell([Telling(event, (Role.RAISED_BY,), about=notice.about)], at=at)
    return notice


def tell_urgently(*, notice: AuthorityNotice, by: By, at: datetime) -> None:
    """This will reach those who answer for an authority at once: a child may be at risk now."""
    event = record(
        events.NOTICE_URGENT,
        by=by,
        at=at,
        about=notice.about,
        carries={"authority": notice.authority.name},
    )
    tell([Telling(event, ANSWERS, about=notice.about)], at=at)


@transaction.atomic
def tell_home_authority(
    *,
    referral: Referral,
    authority: Authority,
    their_role: str,
    reason: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> Referral:
    """This will tell the LADO where the adult lives, or has another role with children.

    They are told who the adult is: without it they could do nothing.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: no reason, no role, or this authority was told already.
    """
    their_role = check_reason(their_role, "Say what the adult does there.", "their_role")
    reason = check_reason(reason, "Say why this authority has to know.")

    def check(case: Referral) -> None:
        if case.notices.filter(authority=authority, kind=AuthorityNotice.Kind.HOME).exists():
            raise FactRefused(f"{authority.name} was told already.", field="authority")

    done = carry_out(referral, "tell_home", by=by, at=at, expects=expects, check=check)
    notice = AuthorityNotice(
        referral=done,
        authority=authority,
        kind=AuthorityNotice.Kind.HOME,
        their_role=their_role,
        adult_named_at=at,
        adult_named_reason=reason,
    )
    _send(
        notice,
        is_new=True,
        then=lambda case: derive_for_cases("authority-notices", [case.pk], day_of(at)),
        by=by,
        at=at,
    )
    recalculate_matters("referrals", [done.pk], by=by, at=at)
    return done


def receive_notice(
    *, notice: AuthorityNotice, by: Person, at: datetime, expects: int | None = None
) -> AuthorityNotice:
    """This will say by name that an authority has received its notice.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    """
    return carry_out(
        notice,
        "receive",
        by=by,
        at=at,
        expects=expects,
        facts={"received_at": at, "received_by": by},
    )


@transaction.atomic
def answer_for_child(
    *,
    notice: AuthorityNotice,
    child: NoticeChild,
    what_was_done: str,
    by: Person,
    at: datetime,
    was_seen_on: date | None = None,
    expects: int | None = None,
) -> AuthorityNotice:
    """This will say what an authority has done about one of its children.

    Whoever answers has received the notice, so a receipt that was owed is given with it.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises UnableToAnswer: the child was answered for already.
    :raises FactRefused: nothing was said, or the child is not of this notice.
    """
    what_was_done = check_reason(
        what_was_done, "Say what you have done about this child.", "what_was_done"
    )
    check_past(was_seen_on, at, "was_seen_on")
    if child.notice_id != notice.pk:
        raise FactRefused("This child is not named in this notice.", field="child")
    if notice.state == UNRECEIVED:
        notice = receive_notice(notice=notice, by=by, at=at, expects=expects)
        expects = None

    def stand_beside(case: AuthorityNotice) -> None:
        row = NoticeChild.objects.select_for_update(of=("self",)).get(pk=child.pk)
        check_unanswered(row)
        row.answered_at, row.answered_by = at, by
        row.what_was_done, row.was_seen_on = what_was_done, was_seen_on
        row.save()

    # Two who answer at once queue here, so that one of them answers for the last child.
    AuthorityNotice.objects.select_for_update(of=("self",)).get(pk=notice.pk)
    others = notice.children.filter(answered_at__isnull=True).exclude(pk=child.pk)
    return carry_out(
        notice,
        "answer" if others.exists() else "complete",
        by=by,
        at=at,
        expects=expects,
        carries={"authority": notice.authority.name},
        then=stand_beside,
    )


def share_notice(
    *,
    notice: AuthorityNotice,
    person: Person,
    reason: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> AuthorityNotice:
    """This will let a named person read a notice, such as the child's social worker.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: no reason, shared already, or somebody who may never read of it.
    """
    reason = check_reason(reason, "Say why this person has to know.")

    def check(case: AuthorityNotice) -> None:
        check_notice_share(case, person, day_of(at))
        if case.shares.filter(person=person, ended_at__isnull=True).exists():
            raise FactRefused(f"This is shared with {person.name} already.", field="person")

    def stand_beside(case: AuthorityNotice) -> None:
        NoticeShare.objects.create(notice=case, person=person, reason=reason, by=by, at=at)
        derive_for_cases("authority-notices", [case.pk], day_of(at))

    return carry_out(notice, "share", by=by, at=at, expects=expects, check=check, then=stand_beside)


def stop_sharing_notice(
    *,
    notice: AuthorityNotice,
    share: NoticeShare,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> AuthorityNotice:
    """This will stop letting a named person read a notice.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: it was not shared with them.
    """
    if share.notice_id != notice.pk or share.ended_at is not None:
        raise FactRefused("This is not shared with them now.", field="share")

    def stand_beside(case: AuthorityNotice) -> None:
        NoticeShare.objects.filter(pk=share.pk).update(ended_at=at)
        derive_for_cases("authority-notices", [case.pk], day_of(at))

    return carry_out(notice, "unshare", by=by, at=at, expects=expects, then=stand_beside)


def name_adult(
    *, notice: AuthorityNotice, reason: str, by: Person, at: datetime, expects: int | None = None
) -> AuthorityNotice:
    """This will tell an authority who the adult is, with the reason why it has to know.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: no reason, or named already.
    """
    reason = check_reason(reason, "Say why this authority has to know who it is.")

    def check(case: AuthorityNotice) -> None:
        if case.adult_named_at is not None:
            raise FactRefused("This authority knows who the adult is already.")

    return carry_out(
        notice,
        "name_adult",
        by=by,
        at=at,
        expects=expects,
        facts={"named_at": at, "reason": reason},
        carries={"authority": notice.authority.name},
        check=check,
    )


def close_notice(
    *,
    notice: AuthorityNotice,
    outcome_told: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> AuthorityNotice:
    """This will tell an authority the outcome for its children, and close its notice.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: nothing was told.
    """
    words = check_reason(outcome_told, "Say what this authority is told.", "outcome_told")
    return carry_out(
        notice,
        "close",
        by=by,
        at=at,
        expects=expects,
        facts={"closed_at": at, "outcome_told": words},
        carries={"authority": notice.authority.name},
    )


def resume_notice(*, notice: AuthorityNotice, by: Person, at: datetime) -> AuthorityNotice:
    """This will tell an authority that a case of which it heard the outcome is open again.

    :raises NotAllowed, NotNow: as the gate says.
    """
    return carry_out(
        notice,
        "resume",
        by=by,
        at=at,
        facts={"sent_at": at},
        carries={"authority": notice.authority.name},
    )


def void_notice(
    *, notice: AuthorityNotice, reason: str, by: Person, at: datetime, expects: int | None = None
) -> AuthorityNotice:
    """This will take back a notice that was sent in error; it stays in the history.

    :raises NotAllowed, NotNow, MovedOn, FactRefused: as the gate says; no reason.
    """
    reason = check_reason(reason, "Say what was sent in error.")
    return carry_out(
        notice,
        "void",
        by=by,
        at=at,
        expects=expects,
        facts={"closed_at": at, "reason": reason},
        carries={"authority": notice.authority.name},
    )


# What the clock does


def follow_up(at: datetime) -> int:
    """This will take every silence to the director of the silent authority, and tell the
    authority of every child who came to live where a case is open; says how often."""
    return _each(_silent(), _go_up, at) + _each(_with_new_children(at), _tell_of_new_children, at)


def _each(ids: list[int], take: Callable[[int, datetime], bool], at: datetime) -> int:
    done = 0
    for pk in ids:
        try:
            with transaction.atomic():
                done += int(take(pk, at))
        except Exception:
            log.exception("what follows failed for number %s", pk)
    return done


def _silent() -> list[int]:
    slipped = Deadline.objects.filter(
        about__startswith="authority-notices/", slipped_at__isnull=False, status="open"
    ).values_list("about", "rule")
    by_rule: dict[str, set[int]] = defaultdict(set)
    for about, rule in slipped:
        by_rule[rule].add(int(about.partition("/")[2]))
    found: set[int] = set()
    for rule, went_up in (
        ("lado.notice_receipt", "receipt_went_up_at"),
        ("lado.child_answer", "answer_went_up_at"),
    ):
        found |= set(
            AuthorityNotice.objects.filter(
                pk__in=by_rule[rule], state=SILENCES[rule], **{f"{went_up}__isnull": True}
            ).values_list("pk", flat=True)
        )
    return sorted(found)


def _go_up(pk: int, at: datetime) -> bool:
    notice = AuthorityNotice.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
    if notice is None or notice.state not in (UNRECEIVED, TAKEN):
        return False
    waits_for_receipt = notice.state == UNRECEIVED
    if (notice.receipt_went_up_at if waits_for_receipt else notice.answer_went_up_at) is not None:
        return False
    since = notice.sent_at if waits_for_receipt else notice.received_at
    carry_out(
        notice,
        "go_up",
        by=CLOCK,
        at=at,
        facts={"went_up_at": at},
        carries={
            "authority": notice.authority.name,
            "what": "receipt" if waits_for_receipt else "answer",
            "since": in_words(day_of(since or at)),
        },
    )
    return True


def _with_new_children(at: datetime) -> list[int]:
    """Open cases at a setting where a child lives whose authority was not told of them."""
    named = NoticeChild.objects.filter(
        notice__referral=OuterRef("pk"), child=OuterRef("setting__placements__child")
    )
    return list(
        Referral.objects.filter(
            ~Exists(named),
            state=OPEN,
            setting__placements__started_on__lte=day_of(at),
            setting__placements__ended_on__isnull=True,
        )
        .order_by("pk")
        .values_list("pk", flat=True)
        .distinct()
    )


def _tell_of_new_children(pk: int, at: datetime) -> bool:
    referral = Referral.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
    if referral is None or referral.state != OPEN:
        return False
    return bool(tell_authorities(referral=referral, by=CLOCK, at=at))
