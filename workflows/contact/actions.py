"""What people do to keep a child in touch, one function per verb."""

from datetime import date, datetime

from django.db import transaction

from backend.access.models import Person
from backend.casework.case import lock_child
from backend.casework.errors import FactRefused
from backend.casework.facts import (
    check_has_passed,
    check_reason,
    check_text,
    in_words,
    where_lived,
)
from backend.casework.gate import carry_out, open_case, require_part
from backend.deadlines.recalculate import recalculate
from backend.events.models import Event
from backend.events.record import record
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.notify.tell import Telling, tell
from backend.records.models import Child, Relative
from workflows.contact import events
from workflows.contact.checks import (
    LONGEST_NAME,
    check_can_agree,
    check_can_end,
    check_can_resume,
    check_can_suspend,
    check_day_ahead,
    check_is_planned,
    check_plan_is_theirs,
    check_relative,
    check_terms,
    check_took_place,
    check_who,
)
from workflows.contact.models import Contact, ContactPlan, Outcome, Suspension, Way, Who, WhyNot
from workflows.contact.table import PLANNERS

KEEPS_LOG = (*PLANNERS, Role.IRO, Role.ADVOCATE, Role.REGISTERED_MANAGER)
#: Who strikes out an entry: those who answer for the record, and whoever made it.
STRIKES_OUT = (*PLANNERS, Role.IRO)
HEARS_OF_MISSED = (Role.SOCIAL_WORKER, Role.TEAM_MANAGER)


@transaction.atomic
def name_relative(
    *,
    child: Child,
    name: str,
    relationship: str,
    by: Person,
    at: datetime,
    has_parental_responsibility: bool = False,
    contact_restricted: bool = False,
) -> Relative:
    """This will put somebody of the child's family, or close to them, on the record.

    :raises NotAllowed: the person does not keep this child's plans.
    :raises FactRefused: no name, or not said what they are to the child.
    """
    require_part(by, child, PLANNERS, at, doing="name people in this child's life")
    relative = Relative.objects.create(
        child=child,
        name=check_text(check_reason(name, "Enter a name.", "name"), "name", longest=LONGEST_NAME),
        relationship=check_text(
            check_reason(relationship, "Say what they are to the child.", "relationship"),
            "relationship",
            longest=100,
        ),
        has_parental_responsibility=has_parental_responsibility,
        contact_restricted=contact_restricted,
    )
    record(
        events.NAMED, by=by, at=at, about=f"relatives/{relative.pk}", child_id=child.pk, carries={}
    )
    return relative


@transaction.atomic
def agree_plan(
    *,
    child: Child,
    relative: Relative,
    way: str,
    every_days: int,
    started_on: date,
    agreed_by: str,
    childs_wish: str,
    by: Person,
    at: datetime,
    is_supervised: bool = False,
    restricted_by_order: bool = False,
    restriction: str = "",
) -> ContactPlan:
    """This will keep what was agreed about contact with one person, and open its clock.

    :raises NotAllowed: the person does not keep this child's plans.
    :raises UnableToAgreePlan: a plan for this person and this way stands already.
    :raises FactRefused: something is missing, or cannot be true.
    """
    require_part(by, child, PLANNERS, at, doing="agree contact for this child")
    check_terms(
        way=way,
        every_days=every_days,
        restricted_by_order=restricted_by_order,
        restriction=restriction,
    )
    check_relative(child, relative, restricted_by_order=restricted_by_order)
    check_has_passed(child, started_on, at, "started_on")
    plan = ContactPlan(
        child=child,
        placement=where_lived(child, day_of(at)),
        relative=relative,
        way=way,
        every_days=every_days,
        agreed_by=check_reason(agreed_by, "Say who agreed to this.", "agreed_by"),
        childs_wish=check_reason(
            childs_wish, "Say what the child says or shows about this contact.", "childs_wish"
        ),
        is_supervised=is_supervised,
        restricted_by_order=restricted_by_order,
        restriction=restriction.strip(),
        started_on=started_on,
    )
    lock_child(child.pk)
    check_can_agree(child, relative, way)
    return open_case(
        plan,
        "agree",
        by=by,
        at=at,
        carries={
            "on": in_words(started_on),
            "way": Way(way).label.lower(),
            "days": str(every_days),
        },
    )


def suspend_plan(
    *,
    plan: ContactPlan,
    started_on: date,
    reason: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> ContactPlan:
    """This will set a plan aside for a time; its clock stops until it is taken up again.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: no reason, or a day that cannot be.
    """
    reason = check_reason(reason, "Say why contact is set aside, and who decided it.")
    check_has_passed(plan.child, started_on, at, "started_on")

    def set_aside(case: ContactPlan) -> None:
        Suspension.objects.create(plan=case, started_on=started_on, reason=reason, by=by)

    return carry_out(
        plan,
        "suspend",
        by=by,
        at=at,
        expects=expects,
        carries={"on": in_words(started_on)},
        check=lambda case: check_can_suspend(case, started_on),
        then=set_aside,
    )


def resume_plan(
    *,
    plan: ContactPlan,
    resumed_on: date,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> ContactPlan:
    """This will take a plan up again that was set aside; its clock starts anew that day.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: a day that cannot be.
    """
    check_has_passed(plan.child, resumed_on, at, "resumed_on")
    return carry_out(
        plan,
        "resume",
        by=by,
        at=at,
        expects=expects,
        carries={"on": in_words(resumed_on)},
        then=lambda case: _close_pause(case, resumed_on),
    )


def end_plan(
    *,
    plan: ContactPlan,
    ended_on: date,
    reason: str,
    by: Person,
    at: datetime,
    expects: int | None = None,
) -> ContactPlan:
    """This will end a plan, with the reason; what slipped before stays as it was.

    :raises NotAllowed, NotNow, MovedOn: as the gate says.
    :raises FactRefused: no reason, or a day that cannot be.
    """
    reason = check_reason(reason, "Say why the plan ends.")
    check_has_passed(plan.child, ended_on, at, "ended_on")
    return carry_out(
        plan,
        "end",
        by=by,
        at=at,
        expects=expects,
        facts={"ended_on": ended_on, "reason": reason},
        carries={"on": in_words(ended_on)},
        check=lambda case: check_can_end(case, ended_on),
        then=lambda case: _close_pause(case, ended_on),
    )


def void_plan(
    *, plan: ContactPlan, reason: str, by: Person, at: datetime, expects: int | None = None
) -> ContactPlan:
    """This will mark a plan as entered in error; it stays, and owes nothing any more.

    :raises NotAllowed, NotNow, MovedOn, FactRefused: as the gate says; no reason.
    """
    reason = check_reason(reason, "Say what was entered in error.")
    return carry_out(plan, "void", by=by, at=at, expects=expects, facts={"reason": reason})


@transaction.atomic
def arrange_contact(
    *,
    child: Child,
    who: str,
    name: str,
    way: str,
    on: date,
    by: Person,
    at: datetime,
    where: str = "",
    plan: ContactPlan | None = None,
) -> Contact:
    """This will keep that contact is planned for a day; it meets nothing until it took place.

    :raises NotAllowed: the person plays no part for this child.
    :raises FactRefused: something is missing, or cannot be true.
    """
    require_part(by, child, KEEPS_LOG, at, doing="arrange contact for this child")
    name = check_who(who, name, way, where)
    check_day_ahead(on, at)
    check_plan_is_theirs(child, plan)
    contact = Contact.objects.create(
        child=child,
        placement=where_lived(child, day_of(at)),
        plan=plan,
        who=who,
        name=name,
        way=way,
        where=where,
        on=on,
        outcome=Outcome.PLANNED,
        recorded_by=by,
        recorded_at=at,
    )
    _note(events.ARRANGED, contact, by, at, **_who_and_way(contact))
    return contact


@transaction.atomic
def record_contact(
    *,
    child: Child,
    who: str,
    name: str,
    way: str,
    on: date,
    source: str,
    by: Person,
    at: datetime,
    where: str = "",
    how_it_was: str = "",
    was_supervised: bool | None = None,
    plan: ContactPlan | None = None,
    contact: Contact | None = None,
) -> Contact:
    """This will record that contact took place; under a plan it meets what was agreed.

    :raises NotAllowed: the person plays no part for this child.
    :raises UnableToSettleContact: somebody already said whether the planned contact took place.
    :raises FactRefused: something is missing, or cannot be true.
    """
    require_part(by, child, KEEPS_LOG, at, doing="record contact for this child")
    name = check_who(who, name, way, where)
    check_took_place(way=way, where=where, source=source)
    check_has_passed(child, on, at, "on")
    child = lock_child(child.pk)
    entry = _locked(contact, child) if contact else Contact(child=child, plan=plan)
    check_plan_is_theirs(child, entry.plan)
    entry.outcome, entry.who, entry.name, entry.way = Outcome.DONE, who, name, way
    entry.where, entry.on, entry.source = where, on, source
    entry.how_it_was = check_text(how_it_was, "how_it_was").strip()
    entry.was_supervised = was_supervised
    _keep(entry, by, at)
    _note(events.TOOK_PLACE, entry, by, at, **_who_and_way(entry))
    return entry


@transaction.atomic
def miss_contact(
    *,
    child: Child,
    who: str,
    name: str,
    way: str,
    on: date,
    why_not: str,
    reason: str,
    by: Person,
    at: datetime,
    source: str = "",
    plan: ContactPlan | None = None,
    contact: Contact | None = None,
) -> Contact:
    """This will record that expected contact did not take place, whose decision it was and why.

    :raises NotAllowed: the person plays no part for this child.
    :raises UnableToSettleContact: somebody already said whether the planned contact took place.
    :raises FactRefused: something is missing, or cannot be true.
    """
    require_part(by, child, KEEPS_LOG, at, doing="record contact for this child")
    name = check_who(who, name, way, "")
    reason = check_reason(reason, "Say why it did not take place.")
    if why_not not in WhyNot.values:
        raise FactRefused("Say whose decision it was.", field="why_not")
    check_has_passed(child, on, at, "on")
    child = lock_child(child.pk)
    entry = _locked(contact, child) if contact else Contact(child=child, plan=plan)
    check_plan_is_theirs(child, entry.plan)
    entry.outcome, entry.who, entry.name, entry.way = Outcome.MISSED, who, name, way
    entry.on, entry.why_not, entry.reason, entry.source = on, why_not, reason, source
    _keep(entry, by, at)
    event = _note(
        events.MISSED,
        entry,
        by,
        at,
        on=in_words(on),
        who=Who(who).label.lower(),
        because=WhyNot(why_not).label,
    )
    tell([Telling(event, HEARS_OF_MISSED)], at=at)
    return entry


@transaction.atomic
def link_contact(*, contact: Contact, plan: ContactPlan, by: Person, at: datetime) -> Contact:
    """This will put a contact under a plan, such as one that the setting entered without it.

    :raises NotAllowed: the person does not keep this child's plans.
    :raises FactRefused: the plan is not this child's, or the contact was struck out.
    """
    require_part(by, contact.child, PLANNERS, at, doing="put contact under a plan")
    check_plan_is_theirs(contact.child, plan)
    lock_child(contact.child_id)
    entry = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    if entry.outcome == Outcome.VOID:
        raise FactRefused("This entry was struck out.")
    entry.plan = plan
    entry.save(update_fields=["plan"])
    _recount(entry, by, at)
    _note(events.LINKED, entry, by, at, on=in_words(entry.on))
    return entry


@transaction.atomic
def strike_out_contact(*, contact: Contact, reason: str, by: Person, at: datetime) -> Contact:
    """This will mark a contact as entered in error; it stays, and meets nothing any more.

    :raises NotAllowed: neither the person's own entry nor a record they answer for.
    :raises FactRefused: no reason, or struck out already.
    """
    reason = check_reason(reason, "Say what was entered in error.")
    allowed = KEEPS_LOG if contact.recorded_by_id == by.pk else STRIKES_OUT
    require_part(by, contact.child, allowed, at, doing="strike out this entry")
    lock_child(contact.child_id)
    entry = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    if entry.outcome == Outcome.VOID:
        raise FactRefused("This entry is already struck out.")
    entry.outcome, entry.reason = Outcome.VOID, reason
    entry.save(update_fields=["outcome", "reason"])
    _recount(entry, by, at)
    event = _note(events.STRUCK_OUT, entry, by, at, on=in_words(entry.on))
    tell([Telling(event, HEARS_OF_MISSED)], at=at)
    return entry


def _close_pause(plan: ContactPlan, ended_on: date) -> None:
    pause = plan.suspensions.filter(ended_on__isnull=True).first()
    if pause is None:
        return
    check_can_resume(pause, ended_on)
    pause.ended_on = ended_on
    pause.save(update_fields=["ended_on"])


def _locked(contact: Contact, child: Child) -> Contact:
    """The planned contact, held against anybody else who would settle it now."""
    entry = Contact.objects.select_for_update(of=("self",)).get(pk=contact.pk)
    if entry.child_id != child.pk:
        raise FactRefused("This is no contact of this child.", field="contact")
    check_is_planned(entry)
    return entry


def _keep(entry: Contact, by: Person, at: datetime) -> None:
    entry.placement = where_lived(entry.child, entry.on)
    entry.recorded_by, entry.recorded_at = by, at
    entry.save()
    _recount(entry, by, at)


def _recount(entry: Contact, by: Person, at: datetime) -> None:
    if entry.plan_id is not None:
        recalculate([entry.child_id], by=by, at=at)


def _who_and_way(contact: Contact) -> dict[str, str]:
    return {
        "on": in_words(contact.on),
        "who": Who(contact.who).label.lower(),
        "way": Way(contact.way).label.lower(),
    }


def _note(name: str, contact: Contact, by: Person, at: datetime, **carries: str) -> Event:
    return record(
        name,
        by=by,
        at=at,
        about=contact.about,
        child_id=contact.child_id,
        setting_id=contact.placement.setting_id if contact.placement else None,
        carries=carries,
    )
