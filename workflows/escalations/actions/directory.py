"""Whom to call, kept current from use; and the ladder that an authority chooses."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q, QuerySet

from backend.access.models import Person, RoleAssignment
from backend.access.parts import current
from backend.casework.errors import FactRefused, NotAllowed
from backend.casework.facts import check_reason, check_text
from backend.casework.gate import By
from backend.events.record import CLOCK, record
from backend.grammar.clocks import Verified
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.records.models import Authority, Setting
from workflows.escalations import events
from workflows.escalations.checks import check_rungs
from workflows.escalations.ladders import (
    LADDERS,
    LEVEL_WORDS,
    USE_WORDS,
    Ladder,
    Rung,
    Use,
    default_for,
    published,
    thawed,
)
from workflows.escalations.models import LadderInUse, NamedContact

#: Who keeps whom to call at their authority, and at the homes in its area.
KEEPS_DIRECTORY = (
    Role.ADMINISTRATOR,
    Role.DIRECTOR,
    Role.TEAM_MANAGER,
    Role.SERVICE_MANAGER,
    Role.IRO_MANAGER,
    Role.HOST_OFFICER,
    Role.LADO,
)
CHOOSES_LADDER = (Role.ADMINISTRATOR, Role.DIRECTOR)


def authorities_where(person: Person, roles: Sequence[Role], at: datetime) -> QuerySet[Authority]:
    """The authorities in which somebody has one of these parts, for all of it or for a team."""
    held = RoleAssignment.objects.filter(current(day_of(at)), person=person, role__in=roles)
    return Authority.objects.filter(
        Q(pk__in=held.filter(authority__isnull=False).values("authority"))
        | Q(pk__in=held.filter(team__isnull=False).values("team__authority"))
    )


def homes_kept_by(person: Person, at: datetime) -> QuerySet[Setting]:
    """The homes whose contacts somebody keeps: the one they manage, and those of their area."""
    held = RoleAssignment.objects.filter(
        current(day_of(at)), person=person, role=Role.REGISTERED_MANAGER
    )
    mine = authorities_where(person, KEEPS_DIRECTORY, at)
    return Setting.objects.filter(
        Q(pk__in=held.values("setting")) | Q(host_authority__in=mine.values("pk"))
    )


def keeps_contacts(
    person: Person, authority: Authority | None, setting: Setting | None, at: datetime
) -> bool:
    """Whether somebody keeps whom to call at this authority, or at this home."""
    if authority is not None:
        return authorities_where(person, KEEPS_DIRECTORY, at).filter(pk=authority.pk).exists()
    return setting is not None and homes_kept_by(person, at).filter(pk=setting.pk).exists()


def require_keeper(
    by: By, authority: Authority | None, setting: Setting | None, at: datetime, doing: str
) -> None:
    """:raises NotAllowed: not one who keeps the contacts of this authority or home.
    :raises FactRefused: neither an authority nor a home.
    """
    if authority is None and setting is None:
        raise FactRefused("Say which authority or which home they work for.", field="authority")
    if by == CLOCK:
        return
    assert isinstance(by, Person)
    if not keeps_contacts(by, authority, setting, at):
        raise NotAllowed(
            f"You cannot {doing}. This is done by an administrator, a director or a manager of "
            "that authority, or by the manager of that home."
        )


@transaction.atomic
def name_contact(
    *,
    level: str,
    name: str,
    by: By,
    at: datetime,
    authority: Authority | None = None,
    setting: Setting | None = None,
    job: str = "",
    email: str = "",
    phone: str = "",
    person: Person | None = None,
) -> NamedContact:
    """This will name whom to call at one level of an authority, or of a home.

    :raises NotAllowed: not one who keeps that authority's contacts.
    :raises FactRefused: nobody who can be reached.
    """
    require_keeper(by, authority, setting, at, "say whom to call there")
    if level not in LEVEL_WORDS:
        raise FactRefused("Choose what they are called about.", field="level")
    home = setting if authority is None else None
    facts = _checked(name, job, email, phone, person, authority, home, at)
    row = NamedContact.objects.create(
        authority=authority,
        setting=home,
        level=level,
        confirmed_at=at,
        confirmed_by=by if isinstance(by, Person) else None,
        **facts,
    )
    _record(events.CONTACT_NAMED, row, by, at)
    return row


@transaction.atomic
def change_contact(
    *,
    contact: NamedContact,
    name: str,
    by: By,
    at: datetime,
    job: str = "",
    email: str = "",
    phone: str = "",
    person: Person | None = None,
) -> NamedContact:
    """This will change how somebody is reached; what stood before is kept.

    :raises NotAllowed, FactRefused: as when they were named.
    """
    require_keeper(by, contact.authority, contact.setting, at, "change whom to call there")
    row = _standing(contact)
    facts = _checked(name, job, email, phone, person, row.authority, row.setting, at)
    for field, value in facts.items():
        setattr(row, field, value)
    row.confirmed_at, row.confirmed_by = at, by if isinstance(by, Person) else None
    row.doubted_at, row.doubted_by = None, None
    row.save()
    _record(events.CONTACT_CHANGED, row, by, at)
    return row


@transaction.atomic
def confirm_contact(*, contact: NamedContact, by: Person, at: datetime) -> NamedContact:
    """This will keep that somebody reached this contact: it is still right."""
    row = _standing(contact)
    row.confirmed_at, row.confirmed_by = at, by
    row.doubted_at, row.doubted_by = None, None
    row.save()
    _record(events.CONTACT_CONFIRMED, row, by, at)
    return row


@transaction.atomic
def doubt_contact(*, contact: NamedContact, by: Person, at: datetime) -> NamedContact:
    """This will keep that somebody could not reach this contact, for those who keep it."""
    row = _standing(contact)
    row.doubted_at, row.doubted_by = at, by
    row.save()
    _record(events.CONTACT_DOUBTED, row, by, at)
    return row


@transaction.atomic
def remove_contact(*, contact: NamedContact, by: By, at: datetime) -> NamedContact:
    """This will take somebody out of whom to call; concerns sent to them stay theirs.

    :raises NotAllowed: not one who keeps that authority's contacts.
    """
    require_keeper(by, contact.authority, contact.setting, at, "take out whom to call there")
    row = _standing(contact)
    row.removed_at = at
    row.save()
    _record(events.CONTACT_REMOVED, row, by, at)
    return row


def _standing(contact: NamedContact) -> NamedContact:
    row = NamedContact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    if row.removed_at is not None:
        raise FactRefused("This contact was taken out.")
    return row


def _checked(
    name: str,
    job: str,
    email: str,
    phone: str,
    person: Person | None,
    authority: Authority | None,
    setting: Setting | None,
    at: datetime,
) -> Mapping[str, Any]:
    name = check_text(check_reason(name, "Enter the name.", "name"), "name", longest=200)
    email = check_text(email.strip(), "email", longest=254)
    phone = check_text(phone.strip(), "phone", longest=40)
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise FactRefused(
                "Enter an e-mail address like name@example.org.", field="email"
            ) from None
    if person is not None and not _works_there(person, authority, setting, at):
        raise FactRefused("This account plays no part there.", field="person")
    if not (email or phone or person):
        raise FactRefused("Enter a telephone number or an e-mail address.", field="phone")
    return {
        "name": name,
        "job": check_text(job.strip(), "job", longest=200),
        "email": email,
        "phone": phone,
        "person": person,
    }


def _works_there(
    person: Person, authority: Authority | None, setting: Setting | None, at: datetime
) -> bool:
    held = RoleAssignment.objects.filter(current(day_of(at)), person=person)
    there = (
        Q(authority=authority) | Q(team__authority=authority) if authority else Q(setting=setting)
    )
    return person.is_active and held.filter(there).exists()


def _record(name: str, row: NamedContact, by: By, at: datetime) -> None:
    record(
        name,
        by=by,
        at=at,
        about=f"named-contacts/{row.pk}",
        carries={
            "level": f"{row.level_words}, {row.place_name}",
            "authority": row.authority_id or (row.setting.host_authority_id if row.setting else ""),
        },
    )


# Ladders


def ladders_of(use: Use) -> list[Ladder]:
    """The ladders an authority may choose from for one kind of concern."""
    return [ladder for ladder in LADDERS if ladder.use is use]


def ladder_for(use: Use, *authorities: Authority | None) -> Ladder:
    """The ladder in use: that of the first of these authorities which chose one, else the local
    default."""
    codes = [authority.pk for authority in authorities if authority is not None]
    rows = {
        row.authority_id: row for row in LadderInUse.objects.filter(authority__in=codes, use=use)
    }
    for code in codes:
        if code in rows:
            return as_ladder(rows[code])
    return default_for(use)


def as_ladder(row: LadderInUse) -> Ladder:
    return Ladder(
        code=row.code or "own",
        use=Use(row.use),
        name=row.name,
        source=row.source,
        verified=Verified(row.verified),
        rungs=thawed(row.rungs),
    )


def chooses_ladder(person: Person, at: datetime) -> QuerySet[Authority]:
    """The authorities for which somebody chooses how concerns go up."""
    return authorities_where(person, CHOOSES_LADDER, at)


def _require_chooser(by: By, authority: Authority, at: datetime) -> None:
    if by == CLOCK:
        return
    assert isinstance(by, Person)
    if not chooses_ladder(by, at).filter(pk=authority.pk).exists():
        raise NotAllowed(
            "You cannot choose how concerns go up. This is done by an administrator or the "
            "director of that authority."
        )


@transaction.atomic
def choose_ladder(
    *,
    authority: Authority,
    use: str,
    by: By,
    at: datetime,
    code: str = "",
    name: str = "",
    source: str = "",
    rungs: Sequence[Rung] = (),
) -> LadderInUse:
    """This will choose how concerns that are raised from now on go up; those raised before keep
    the ladder that was frozen into them.

    With a ``code`` it is a published ladder, otherwise the authority's own.

    :raises NotAllowed: neither an administrator nor a director of the authority.
    :raises FactRefused: no such ladder, or one that leads nowhere.
    """
    _require_chooser(by, authority, at)
    if use not in USE_WORDS:
        raise FactRefused("Choose for which concerns.", field="use")
    if code:
        ladder = next((one for one in ladders_of(Use(use)) if one.code == code), None)
        if ladder is None:
            raise FactRefused("Choose a ladder from the list.", field="code")
        facts: dict[str, Any] = {
            "name": ladder.name,
            "source": ladder.source,
            "verified": str(ladder.verified),
        }
        rungs = published(code).rungs
    else:
        check_rungs(rungs, Use(use))
        name = check_reason(name, "Enter what the ladder is called.", "name")
        source = check_reason(source, "Say where it is written down.", "source")
        facts = {
            "name": check_text(name, "name", longest=200),
            "source": check_text(source, "source", longest=300),
            "verified": str(Verified.UNVERIFIED),
        }
    row, _ = LadderInUse.objects.update_or_create(
        authority=authority,
        use=use,
        defaults={
            **facts,
            "code": code,
            "rungs": [rung.frozen() for rung in rungs],
            "chosen_by": by if isinstance(by, Person) else None,
            "chosen_at": at,
        },
    )
    record(
        events.LADDER_CHOSEN,
        by=by,
        at=at,
        about=f"ladders/{row.pk}",
        carries={"ladder": f"{Use(use).label}: {row.name}", "authority": authority.pk},
    )
    return row
