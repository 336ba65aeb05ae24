"""Can this be done now? Questions about the plan and the contact, never about who asks."""

from datetime import date, datetime, timedelta

from backend.casework.errors import FactRefused, NotNow
from backend.casework.facts import check_reason, check_text, in_words
from backend.grammar.moments import day_of
from backend.records.codes import EvidenceSource
from backend.records.models import Child, Relative
from workflows.contact.models import Contact, ContactPlan, Outcome, Suspension, Way, Where, Who
from workflows.contact.queries import standing_plan

FURTHEST_AHEAD = timedelta(days=366)
LONGEST_NAME = 200


class UnableToAgreePlan(NotNow):
    """A plan for this person and this way is in force already."""


class UnableToSettleContact(NotNow):
    """Somebody already recorded whether this contact took place."""


def check_terms(*, way: str, every_days: int, restricted_by_order: bool, restriction: str) -> None:
    """:raises FactRefused: no way of keeping in touch, how often, or what an order restricts."""
    if way not in Way.values:
        raise FactRefused("Say how they keep in touch.", field="way")
    if not 1 <= every_days <= 366:
        raise FactRefused("Enter how many days, from 1 to 366.", field="every_days")
    check_text(restriction, "restriction")
    if restricted_by_order and not restriction.strip():
        raise FactRefused("Say which order, and what it restricts.", field="restriction")


def check_relative(child: Child, relative: Relative, *, restricted_by_order: bool) -> None:
    """:raises FactRefused: somebody else's relative, or one whose contact a court restricted."""
    if relative.child_id != child.pk:
        raise FactRefused("This is nobody in this child's life.", field="relative")
    if relative.contact_restricted and not restricted_by_order:
        raise FactRefused(
            "Contact with this person is restricted. Say by which order, and how.",
            field="restricted_by_order",
        )


def check_can_agree(child: Child, relative: Relative, way: str) -> None:
    """:raises UnableToAgreePlan: a plan for this person and this way is in force."""
    standing = standing_plan(child, relative.pk, way)
    if standing is not None:
        raise UnableToAgreePlan(
            f"A plan {Way(way).label.lower()} with the child's {standing.whom} stands since "
            f"{in_words(standing.started_on)}. End it before agreeing another."
        )


def check_can_suspend(plan: ContactPlan, started_on: date) -> None:
    """:raises FactRefused: before the plan began, or before it was last taken up again."""
    last = plan.suspensions.order_by("-started_on", "-pk").first()
    earliest = last.ended_on if last is not None and last.ended_on else plan.started_on
    if started_on < earliest:
        raise FactRefused(
            f"The plan has been in force since {in_words(earliest)}.", field="started_on"
        )


def check_can_resume(pause: Suspension, resumed_on: date) -> None:
    """:raises FactRefused: before contact was set aside."""
    if resumed_on < pause.started_on:
        raise FactRefused(
            f"Contact was set aside on {in_words(pause.started_on)}.", field="resumed_on"
        )


def check_can_end(plan: ContactPlan, ended_on: date) -> None:
    """:raises FactRefused: before the plan began."""
    if ended_on < plan.started_on:
        raise FactRefused(
            f"The plan was agreed from {in_words(plan.started_on)}.", field="ended_on"
        )


def check_who(who: str, name: str, way: str, where: str) -> str:
    """:raises FactRefused: nobody named, or not said who they are, how, or where."""
    if who not in Who.values:
        raise FactRefused("Say who it was.", field="who")
    if way not in Way.values:
        raise FactRefused("Say how they were in touch.", field="way")
    if where and where not in Where.values:
        raise FactRefused("Say where they met.", field="where")
    name = check_reason(name, "Enter who it was, and what they are to the child.", "name")
    return check_text(name, "name", longest=LONGEST_NAME)


def check_took_place(*, way: str, where: str, source: str) -> None:
    """:raises FactRefused: not said where they met, or how it is known."""
    if way == Way.IN_PERSON and not where:
        raise FactRefused("Say where they met.", field="where")
    if source not in EvidenceSource.values:
        raise FactRefused("Say how you know that it took place.", field="source")


def check_plan_is_theirs(child: Child, plan: ContactPlan | None) -> None:
    """:raises FactRefused: the plan is another child's, or was entered in error."""
    if plan is not None and (plan.child_id != child.pk or plan.state == "void"):
        raise FactRefused("This is no plan of this child.", field="plan")


def check_day_ahead(day: date, at: datetime) -> None:
    """:raises FactRefused: the day has passed, or is more than a year away."""
    today = day_of(at)
    if not today <= day <= today + FURTHEST_AHEAD:
        raise FactRefused("Choose a day from today to a year from now.", field="on")


def check_is_planned(contact: Contact) -> None:
    """:raises UnableToSettleContact: it is no longer only planned; says who settled it."""
    if contact.outcome != Outcome.PLANNED:
        raise UnableToSettleContact(
            f"{contact.recorded_by.name} already recorded this contact: "
            f"{Outcome(contact.outcome).label.lower()}."
        )
