"""Accounts, and the parts people play for a team, an authority or a setting."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q

from backend.access.grants import CARD_ONLY, derive_groups
from backend.access.models import Allocation, Person, RoleAssignment
from backend.access.parts import current, parts_for_many, people_by_child
from backend.casework.administrators import (
    Place,
    administrators_of,
    authority_of,
    in_authority,
    people_of,
    place_of,
    require_administrator,
)
from backend.casework.errors import FactRefused, NotAllowed, NotNow
from backend.casework.facts import check_reason, in_words
from backend.casework.gate import By
from backend.events.models import Event
from backend.events.record import CLOCK, record
from backend.grammar.moments import day_of
from backend.grammar.roles import LABELS, Role
from backend.notify.models import Notification
from backend.notify.tell import UPWARDS, move_alerts, move_alerts_of_cases
from backend.records.models import Authority, Child, Setting, Team

#: What each part is played for.
PLAYED_FOR: dict[Role, tuple[type[Place], ...]] = {
    Role.SOCIAL_WORKER: (Team, Authority),
    Role.TEAM_MANAGER: (Team,),
    Role.SERVICE_MANAGER: (Team, Authority),
    Role.DIRECTOR: (Authority,),
    Role.IRO: (Authority, Team),
    Role.IRO_MANAGER: (Authority,),
    Role.ADVOCATE: (Authority, Team),
    Role.LADO: (Authority,),
    Role.HOST_OFFICER: (Authority,),
    Role.NOMINATED_OFFICER: (Authority,),
    Role.ADMINISTRATOR: (Authority,),
    Role.REGISTERED_MANAGER: (Setting,),
    Role.INDEPENDENT_VISITOR: (Setting,),
}
KINDS_OF_PLACE = {Team: "a team", Authority: "the whole authority", Setting: "a home"}
#: Who may give a child to somebody else when a worker leaves.
HANDS_ON = (Role.TEAM_MANAGER, Role.SERVICE_MANAGER, Role.IRO_MANAGER)


@transaction.atomic
def add_person(
    *,
    name: str,
    email: str,
    organisation: str,
    role: Role,
    place: Place,
    started_on: date,
    by: By,
    at: datetime,
) -> Person:
    """This will open an account with its first part; the person chooses a password by e-mail.

    :raises NotAllowed: the one who asks is not an administrator of the place's authority.
    :raises FactRefused: no name, no such e-mail address, or the address has an account already.
    """
    code = authority_of(place)
    require_administrator(by, code, at)
    name = check_reason(name, "Enter the person's full name", "name")
    email = _checked_email(email)
    person = Person.objects.create_user(email, name=name, organisation=organisation.strip())
    record(
        "people.added",
        by=by,
        at=at,
        about=f"people/{person.pk}",
        carries={"name": name, "authority": code},
    )
    assign_role(person=person, role=role, place=place, started_on=started_on, by=by, at=at)
    return person


def _checked_email(email: str) -> str:
    email = email.strip().lower()
    try:
        validate_email(email)
    except ValidationError as error:
        raise FactRefused(
            "Enter an e-mail address, like name@example.gov.uk", field="email"
        ) from error
    if Person.objects.filter(email__iexact=email).exists():
        raise FactRefused("Somebody has an account with this e-mail address.", field="email")
    return email


@transaction.atomic
def assign_role(
    *, person: Person, role: Role, place: Place, started_on: date, by: By, at: datetime
) -> RoleAssignment:
    """This will give a person a part for a team, an authority or a setting.

    What follows from it can be seen at once. Nobody gives a part to themselves.

    :raises NotAllowed: the one who asks is not an administrator of the place's authority,
        or asks for themselves.
    :raises FactRefused: the part is not played there, the person has left or plays it
        already, or the day is in the future.
    """
    code = authority_of(place)
    require_administrator(by, code, at)
    person = Person.objects.select_for_update().get(pk=person.pk)
    if by.pk == person.pk:
        raise NotAllowed(
            "You cannot give a part to yourself. Ask another administrator of your authority: "
            "two people always know of it."
        )
    _check_part(person, role, place)
    if started_on > day_of(at):
        raise FactRefused("A part cannot start in the future.", field="started_on")
    where = _where(place)
    standing = RoleAssignment.objects.filter(current(day_of(at)), person=person, role=role, **where)
    if standing.exists():
        raise FactRefused(f"{person.name} plays this part already.", field="role")
    assignment = RoleAssignment.objects.create(
        person=person, role=role, started_on=started_on, **where
    )
    derive_groups([person.pk], day_of(at))
    record(
        "people.part_given",
        by=by,
        at=at,
        about=f"people/{person.pk}",
        carries=_carried(assignment, started_on),
    )
    return assignment


def _check_part(person: Person, role: Role, place: Place) -> None:
    if not person.is_active:
        raise FactRefused(f"{person.name} has left. Bring them back first.", field="person")
    kinds = PLAYED_FOR.get(role, ())
    if not kinds:
        raise FactRefused("Nobody can be given this part.", field="role")
    if not isinstance(place, kinds):
        wanted = " or ".join(KINDS_OF_PLACE[kind] for kind in kinds)
        raise FactRefused(f"The part of {LABELS[role]} is played for {wanted}.", field="place")


def _where(place: Place) -> dict[str, Place]:
    return {type(place).__name__.lower(): place}


def name_of(place: Place) -> str:
    """A place as the pages and the events name it."""
    return place.name


def _carried(assignment: RoleAssignment, on: date) -> dict[str, str]:
    place = place_of(assignment)
    return {
        "name": assignment.person.name,
        "role": LABELS[Role(assignment.role)],
        "where": name_of(place),
        "on": in_words(on),
        "authority": authority_of(place),
    }


@transaction.atomic
def give_part_to_known(
    *,
    person: Person,
    authority: Authority,
    role: Role,
    place: Place,
    started_on: date,
    by: By,
    at: datetime,
) -> RoleAssignment:
    """This will give a part to somebody who has an account, opening it again if they had left.

    Raises what ``bring_back`` and ``assign_role`` raise.
    """
    if not person.is_active:
        person = bring_back(person=person, authority=authority, by=by, at=at)
    return assign_role(person=person, role=role, place=place, started_on=started_on, by=by, at=at)


@transaction.atomic
def end_role(*, assignment: RoleAssignment, ended_on: date, by: By, at: datetime) -> None:
    """This will end a part: from this day on the person does not play it.

    Its open alerts go to whoever plays it now, or to whoever is above.

    :raises NotAllowed: the one who asks is not an administrator of the place's authority.
    :raises FactRefused: already ended, or the end is before the start or in the future.
    :raises NotNow: nobody would be left to look after accounts, or to see to open alerts.
    """
    place = place_of(assignment)
    require_administrator(by, authority_of(place), at)
    # Two administrators who end each other's part at once come one after the other.
    authority = Authority.objects.select_for_update().get(pk=authority_of(place))
    assignment = RoleAssignment.objects.select_for_update(of=("self",)).get(pk=assignment.pk)
    on = day_of(at)
    if assignment.ended_on is not None and assignment.ended_on < on:
        raise FactRefused("This part has already ended.", field="ended_on")
    if not assignment.started_on <= ended_on <= on:
        raise FactRefused("The end must lie between the start and today.", field="ended_on")
    person, role = assignment.person, Role(assignment.role)
    if (
        role == Role.ADMINISTRATOR
        and by != CLOCK
        and not administrators_of(authority, at).exclude(pk=person.pk).exists()
    ):
        raise NotNow(
            f"{person.name} is the only administrator of {authority.name}. "
            "Give the part to somebody else first."
        )
    carried = _carried(assignment, ended_on)
    _close(assignment, ended_on)
    derive_groups([person.pk], on)
    event = record("people.part_ended", by=by, at=at, about=f"people/{person.pk}", carries=carried)
    hand_on_alerts(leaver=person, role=role, event=event, at=at)


def _close(assignment: RoleAssignment, ended_on: date) -> None:
    """The last day of a part is the day before; one that never lasted a day leaves no row.

    What was given and taken back on one day stays written down as two events.
    """
    if ended_on == assignment.started_on:
        assignment.delete()
        return
    assignment.ended_on = ended_on - timedelta(days=1)
    assignment.save(update_fields=["ended_on"])


def hand_on_alerts(*, leaver: Person, role: Role, event: Event, at: datetime) -> None:
    """This will move the open alerts of a part that somebody no longer plays for a child, or in
    a case of its own.

    :raises NotNow: nobody plays the part now and nobody is above: they would be lost.
    """
    waiting = Notification.objects.filter(person=leaver, role=role, moved_to__isnull=True)
    ids = waiting.filter(_open()).values("child_id")
    children = list(Child.objects.filter(pk__in=ids).order_by("pk"))
    playing = parts_for_many(leaver, children, day_of(at))
    gone = [child.pk for child in children if role not in playing[child.pk]]
    for child_id in gone:
        move_alerts(child_id=child_id, leaver=leaver, role=role, event=event, at=at)
    cases = move_alerts_of_cases(leaver=leaver, role=role, event=event, at=at)
    theirs = Q(child_id__in=gone) | Q(child__isnull=True, about__in=cases)
    left = waiting.filter(_open(), theirs).count()
    if left and role not in CARD_ONLY:
        raise NotNow(
            f"{leaver.name} has open alerts ({left}) that nobody else would see. Give the part "
            f"of {LABELS[role]}, or of {LABELS[Role.DIRECTOR]}, to somebody first."
        )


def _open() -> Q:
    """An alert is open while it is unread, or while the deadline it speaks of still stands."""
    settled = Q(deadline__isnull=True) | Q(deadline__status__in=["met", "met_late", "superseded"])
    return Q(read_at__isnull=True) | ~settled


@transaction.atomic
def mark_left(*, person: Person, authority: Authority, by: By, at: datetime) -> Person:
    """This will end every part of somebody who left, and close the account.

    :raises NotAllowed: the one who asks is not an administrator of the authority, or it is
        about themselves, or about somebody of another authority.
    :raises NotNow: children are allocated to them, they play parts elsewhere, or nobody would
        be left to look after accounts or alerts.
    """
    require_administrator(by, authority.pk, at)
    person = _person_of(person, authority)
    if by.pk == person.pk:
        raise NotAllowed("You cannot close your own account. Ask another administrator.")
    if not person.is_active:
        raise NotNow(f"{person.name} has left already.")
    _check_no_children(person, at)
    parts = RoleAssignment.objects.filter(current(day_of(at)), person=person)
    if parts.exclude(in_authority(authority.pk)).exists():
        raise NotNow(
            f"{person.name} plays parts for another authority too, so the account stays open. "
            f"End the parts for {authority.name} instead."
        )
    for assignment in parts.order_by("pk"):
        end_role(assignment=assignment, ended_on=day_of(at), by=by, at=at)
    person.is_active = False
    person.save(update_fields=["is_active"])
    person.auth_token_set.all().delete()  # type: ignore[attr-defined]
    derive_groups([person.pk], day_of(at))
    _record_of_account("people.left", person, authority, by, at)
    return person


def _check_no_children(person: Person, at: datetime) -> None:
    theirs = Allocation.objects.filter(person=person, ended_on__isnull=True)
    children = sorted(set(theirs.values_list("child_id", flat=True)))
    if not children:
        return
    count = "1 child is" if len(children) == 1 else f"{len(children)} children are"
    who = _either(_names_above(person, children, day_of(at)))
    raise NotNow(
        f"{count} allocated to {person.name}, so that nothing of theirs is lost the account "
        f"stays open. They can be allocated to somebody else by {who}."
    )


def _names_above(person: Person, children: Iterable[int], on: date) -> list[str]:
    """The managers nearest to these children, by name."""
    playing = people_by_child((*HANDS_ON, *UPWARDS), children, on)
    for wanted in (*UPWARDS, Role.IRO_MANAGER):
        names = {
            one.name
            for found in playing.values()
            for one, role in found
            if role == wanted and one.pk != person.pk
        }
        if names:
            return [f"{name} ({LABELS[wanted]})" for name in sorted(names)]
    return ["a team manager, once somebody has been given that part"]


def _either(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


@transaction.atomic
def bring_back(*, person: Person, authority: Authority, by: By, at: datetime) -> Person:
    """This will open the account of somebody who had left; parts are then given anew.

    :raises NotAllowed: the one who asks is not an administrator of the authority.
    :raises NotNow: the person has not left, or plays a part for another authority.
    """
    require_administrator(by, authority.pk, at)
    person = Person.objects.select_for_update().get(pk=person.pk)
    if person.is_active:
        raise NotNow(f"{person.name} has not left.")
    parts = RoleAssignment.objects.filter(current(day_of(at)), person=person)
    if parts.exclude(in_authority(authority.pk)).exists():
        raise NotNow(f"{person.name} is to be brought back by an administrator where they work.")
    person.is_active = True
    person.save(update_fields=["is_active"])
    derive_groups([person.pk], day_of(at))
    _record_of_account("people.returned", person, authority, by, at)
    return person


def _person_of(person: Person, authority: Authority) -> Person:
    locked = Person.objects.select_for_update().get(pk=person.pk)
    if not people_of(authority).filter(pk=person.pk).exists():
        raise NotAllowed(f"{person.name} does not work for {authority.name}.")
    return locked


def _record_of_account(
    name: str, person: Person, authority: Authority, by: By, at: datetime
) -> None:
    record(
        name,
        by=by,
        at=at,
        about=f"people/{person.pk}",
        carries={"name": person.name, "authority": authority.pk},
    )
