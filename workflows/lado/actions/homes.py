"""What homes tell the regulator under regulation 40, beside what the LADO was told."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from backend.access.models import Person, RoleAssignment
from backend.access.parts import current
from backend.casework.errors import FactRefused, NotAllowed
from backend.casework.facts import check_text
from backend.casework.gate import require_part_in
from backend.deadlines.recalculate import recalculate_matters
from backend.events.record import record
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.records.models import Setting
from workflows.lado import events
from workflows.lado.checks import check_choice
from workflows.lado.models import HomeNotification, Referral


def _parts_at(setting: Setting, person: Person, at: datetime) -> set[str]:
    held = RoleAssignment.objects.filter(current(day_of(at)), person=person)
    runs = held.filter(role=Role.REGISTERED_MANAGER, setting=setting)
    leads = held.filter(role=Role.LADO, authority=setting.host_authority_id)
    return {*runs.values_list("role", flat=True), *leads.values_list("role", flat=True)}


@transaction.atomic
def record_home_notification(
    *,
    setting: Setting,
    kind: str,
    happened_at: datetime,
    notified_at: datetime,
    recipients: Iterable[str],
    by: Person,
    at: datetime,
    words: str = "",
) -> HomeNotification:
    """This will keep that a home notified the regulator and others, or that the LADO saw it.

    :raises NotAllowed: the person neither runs the setting nor is LADO of its area.
    :raises FactRefused: something is missing, or cannot be true.
    """
    parts = _parts_at(setting, by, at)
    if not parts:
        raise NotAllowed(
            "This is recorded by the setting's registered manager, or by the LADO of its area."
        )
    check_choice(kind, HomeNotification.Kind, "Say what was notified.", "kind")
    told = sorted(set(recipients))
    if not told:
        raise FactRefused("Say who was notified.", field="recipients")
    for one in told:
        check_choice(one, HomeNotification.Recipient, "Say who was notified.", "recipients")
    if notified_at > at:
        raise FactRefused("This is in the future.", field="notified_at")
    if happened_at > notified_at:
        raise FactRefused("It was notified before it happened.", field="notified_at")
    by_home = Role.REGISTERED_MANAGER in parts
    notification = HomeNotification.objects.create(
        setting=setting,
        kind=kind,
        happened_at=happened_at,
        notified_at=notified_at,
        recipients=told,
        words=check_text(words, "words").strip(),
        seen_by=HomeNotification.SeenBy.HOME if by_home else HomeNotification.SeenBy.LADO,
        recorded_by=by,
        recorded_at=at,
    )
    record(
        events.NOTIFICATION_RECORDED,
        by=by,
        at=at,
        about=f"home-notifications/{notification.pk}",
        carries={},
    )
    return notification


@transaction.atomic
def match_home_notification(
    *, notification: HomeNotification, referral: Referral, by: Person, at: datetime
) -> HomeNotification:
    """This will say that a home's notification is about what a referral is about.

    The home does not learn of it.

    :raises NotAllowed: the person does not lead the case.
    :raises FactRefused: another setting, or matched already.
    """
    require_part_in(referral, by, (Role.LADO,), at, doing="match this notification")
    row = HomeNotification.objects.select_for_update(of=("self",)).get(pk=notification.pk)
    if row.setting_id != referral.setting_id:
        raise FactRefused("The notification is about another setting.", field="notification")
    if row.referral_id is not None:
        raise FactRefused("This notification is matched already.", field="notification")
    row.referral = referral
    row.save(update_fields=["referral"])
    record(events.NOTIFICATION_MATCHED, by=by, at=at, about=referral.about, carries={})
    recalculate_matters("referrals", [referral.pk], by=by, at=at)
    return row
