"""Comparing the two sources of the host's register, and keeping the differences in view."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import F

from backend.access.models import Person
from backend.casework.facts import check_reason
from backend.casework.gate import carry_out, open_case
from backend.deadlines.models import Heartbeat
from backend.deadlines.sweep import beat
from backend.events.record import CLOCK
from backend.grammar.moments import day_of
from backend.records.codes import SettingType
from backend.records.models import Placement
from workflows.notices.checks import check_can_reopen, check_corrects
from workflows.notices.comparing import Difference, Placed, Said, differences
from workflows.notices.models import (
    Explanation,
    HomeNotice,
    HostNotice,
    Mismatch,
    Notice,
    NoticeKind,
)
from workflows.notices.table import MATCHED, SETTLED, UNMATCHED, VOID

log = logging.getLogger(__name__)

#: Settings that must give notice of admissions and discharges.
MUST_TELL = (SettingType.CHILDRENS_HOME, SettingType.SECURE_HOME)
#: A home's day and an authority's day for one move are never further apart.
FURTHEST_APART = timedelta(days=60)
NOW_AGREE = "The two sources now agree."
JOB = "register"
BATCH = 50


def same_name(name: str) -> str:
    """A name as it is compared: small letters, single spaces."""
    return " ".join(name.casefold().split())


def placement_for(notice: HomeNotice) -> Placement | None:
    """The placement a home's notice is about, by name, date of birth and home; None when none
    fits, or more than one child does."""
    taken = HomeNotice.objects.filter(kind=notice.kind, state=str(MATCHED)).values("placement")
    near = [
        placement
        for placement in Placement.objects.filter(
            setting_id=notice.setting_id,
            is_temporary=False,
            child__date_of_birth=notice.date_of_birth,
        )
        .exclude(pk__in=taken)
        .select_related("child")
        if same_name(placement.child.name) == same_name(notice.name)
    ]
    if len({placement.child_id for placement in near}) != 1:
        return None
    fitting = [
        (apart, placement.pk, placement)
        for placement in near
        if (apart := _apart(notice, placement)) is not None and apart <= FURTHEST_APART
    ]
    return min(fitting)[2] if fitting else None


def _apart(notice: HomeNotice, placement: Placement) -> timedelta | None:
    """How far the home's day lies from the authority's; an open placement may end any day."""
    if notice.is_admission:
        return abs(notice.happened_on - placement.started_on)
    if placement.ended_on is None:
        return timedelta() if notice.happened_on >= placement.started_on else None
    return abs(notice.happened_on - placement.ended_on)


@transaction.atomic
def reconcile(settings: Iterable[int], *, at: datetime, matches: bool = True) -> int:
    """This will compare what authorities and homes say of these settings: raise each new
    difference once, and settle those about which both now agree. Says how many changed."""
    ids = sorted(set(settings))
    _one_at_a_time(ids)
    if matches:
        _match_waiting(ids, at)
    changed = 0
    differing = differences_in(ids, at)
    known = {each.key: each for each in Mismatch.objects.filter(setting__in=ids).order_by("pk")}
    for setting_id, found in differing.items():
        for difference in found:
            changed += _raise_or_reopen(setting_id, difference, known.get(difference.key), at)
    standing = {each.key for found in differing.values() for each in found}
    for key, mismatch in known.items():
        if key not in standing and mismatch.state != SETTLED:
            carry_out(
                mismatch,
                "agree",
                by=CLOCK,
                at=at,
                facts={"on": day_of(at), "reason": NOW_AGREE},
                carries={"what": mismatch.what},
            )
            changed += 1
    return changed


def _one_at_a_time(settings: Iterable[int]) -> None:
    """Whoever compares a setting waits for whoever compares it now."""
    with connection.cursor() as cursor:
        for pk in settings:
            cursor.execute(
                "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"register/{pk}"]
            )


def _match_waiting(settings: Sequence[int], at: datetime) -> None:
    for notice in HomeNotice.objects.filter(setting__in=settings, state=str(UNMATCHED)):
        placement = placement_for(notice)
        if placement is not None:
            carry_out(
                notice,
                "match",
                by=CLOCK,
                at=at,
                facts={"placement": placement},
                carries={"what": notice.what},
            )


def differences_in(settings: Sequence[int], at: datetime) -> dict[int, list[Difference]]:
    """What differs in each setting, in a fixed number of queries.

    Only homes that must give notice, placements whose notices are kept here, and children
    whom another authority placed: nobody tells themselves.
    """
    placed: dict[int, list[Placed]] = defaultdict(list)
    followed = Notice.objects.filter(kind=NoticeKind.PLACEMENT).exclude(state=str(VOID))
    rows = list(
        Placement.objects.filter(
            setting__in=settings,
            setting__type__in=MUST_TELL,
            is_temporary=False,
            pk__in=followed.values("placement"),
        ).exclude(child__authority=F("setting__host_authority"))
    )
    told = set(
        HostNotice.objects.filter(
            placement__in=rows, notice__kind=NoticeKind.PLACEMENT
        ).values_list("placement_id", flat=True)
    )
    starts = {(row.child_id, row.setting_id, row.started_on) for row in rows}
    ends = {(row.child_id, row.setting_id, row.ended_on) for row in rows if row.ended_on}
    for row in rows:
        assert row.setting_id is not None
        here = (row.child_id, row.setting_id)
        placed[row.setting_id].append(
            Placed(
                id=row.pk,
                child=row.child_id,
                started_on=row.started_on,
                ended_on=row.ended_on,
                came_from_same_home=(*here, row.started_on) in ends,
                stays_in_same_home=row.ended_on is not None and (*here, row.ended_on) in starts,
                host_was_told=row.pk in told,
            )
        )
    said: dict[int, list[Said]] = defaultdict(list)
    for notice in HomeNotice.objects.filter(setting__in=settings).exclude(state=str(VOID)):
        said[notice.setting_id].append(
            Said(
                id=notice.pk,
                is_admission=notice.is_admission,
                happened_on=notice.happened_on,
                placement=notice.placement_id if notice.state == MATCHED else None,
            )
        )
    on = day_of(at)
    return {pk: differences(placed[pk], said[pk], on) for pk in settings}


def _raise_or_reopen(
    setting_id: int, difference: Difference, known: Mismatch | None, at: datetime
) -> int:
    """A difference that a person settled stays settled; one that had passed stands again."""
    if known is None:
        _raise(setting_id, difference, at)
        return 1
    if known.state == SETTLED and known.settled_by_id is None:
        carry_out(
            known,
            "reopen",
            by=CLOCK,
            at=at,
            facts={"on": day_of(at)},
            carries={"what": known.what},
        )
        return 1
    return 0


def _raise(setting_id: int, difference: Difference, at: datetime) -> Mismatch:
    mismatch = Mismatch(
        kind=difference.kind,
        key=difference.key,
        setting_id=setting_id,
        child_id=difference.child,
        placement_id=difference.placement,
        home_notice_id=difference.said,
        found_on=day_of(at),
    )
    return open_case(mismatch, "raise_it", by=CLOCK, at=at, carries={"what": mismatch.what})


def compare_registers(at: datetime) -> int:
    """This will compare both sources of every setting once a day; says how many changed.

    Each few settings are a transaction of their own: one that fails keeps no other back.
    """
    last = Heartbeat.objects.filter(job=JOB).first()
    if last is not None and day_of(last.at) >= day_of(at):
        return 0
    changed = failed = 0
    ids = settings_to_compare()
    for start in range(0, len(ids), BATCH):
        few = ids[start : start + BATCH]
        try:
            changed += reconcile(few, at=at)
        except Exception:
            log.exception("the registers of %s settings could not be compared", len(few))
            failed += len(few)
    beat(JOB, at, {"changed": changed, "failed": failed})
    return changed


def settings_to_compare() -> list[int]:
    """The settings of which anybody said anything here."""
    followed = Notice.objects.filter(placement__setting__isnull=False)
    said = HomeNotice.objects.exclude(state=str(VOID))
    return sorted(
        {
            *followed.values_list("placement__setting_id", flat=True),
            *said.values_list("setting_id", flat=True),
        }
    )


@transaction.atomic
def explain_mismatch(
    *,
    mismatch: Mismatch,
    words: str,
    by: Person,
    at: datetime,
    corrects: Explanation | None = None,
    expects: int | None = None,
) -> Mismatch:
    """This will keep what somebody on one side knows of why the two sources differ; what they
    said before by mistake is kept beside its correction.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: nothing written, or a correction of what somebody else said.
    """
    words = check_reason(words, "Say what you know of why the two do not agree.", "words")
    check_corrects(mismatch, corrects, by)

    def keep(case: Mismatch) -> None:
        Explanation.objects.create(mismatch=case, by=by, at=at, words=words, corrects=corrects)

    return carry_out(
        mismatch,
        "explain",
        by=by,
        at=at,
        expects=expects,
        facts={"on": day_of(at)},
        carries={"by": by.name, "what": mismatch.what},
        then=keep,
    )


def settle_mismatch(
    *, mismatch: Mismatch, reason: str, by: Person, at: datetime, expects: int | None = None
) -> Mismatch:
    """This will settle a difference that stays as it is, with the reason.

    :raises NotAllowed, NotNow, MovedOn, FactRefused: as the gate says; no reason.
    """
    reason = check_reason(reason, "Say how it was settled.")
    return carry_out(
        mismatch,
        "settle",
        by=by,
        at=at,
        expects=expects,
        facts={"by": by, "on": day_of(at), "reason": reason},
        carries={"by": by.name, "what": mismatch.what},
    )


def reopen_mismatch(
    *, mismatch: Mismatch, by: Person, at: datetime, expects: int | None = None
) -> Mismatch:
    """This will open a settled difference again: it is not settled after all.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    """
    return carry_out(
        mismatch,
        "reopen",
        by=by,
        at=at,
        expects=expects,
        facts={"on": day_of(at)},
        carries={"what": mismatch.what},
        check=check_can_reopen,
    )
