"""What a child's pages tell: facts in rows, what happened in entries, visits against their days."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse

from backend.access.models import Person
from backend.access.visibility import readable_by
from backend.deadlines.due import Status, status_on
from backend.deadlines.models import Deadline
from backend.events.models import Event
from backend.grammar.events import KINDS, Depth
from backend.records.codes import Disability
from backend.records.models import Child, Placement
from frontend.parts.charts import Chart, Owed, dots_against_due
from frontend.parts.identity import communication_in_words, distance_in_words
from frontend.parts.words import listed, long_date
from workflows.reviews.queries import OWED

#: The rooms whose events a choice of the timeline brings together.
ABOUT: Mapping[str, tuple[str, ...]] = {
    "visits": ("visits",),
    "reviews": ("reviews",),
    "deadlines": ("deadlines",),
    "placements": ("placements", "care", "legal_status", "missing", "notices"),
    "people": ("people", "records", "children", "access"),
    "voice": ("voice", "contact", "advocacy"),
}
PAGES = {"visits": "visit", "reviews": "review", "approvals": "approval", "notices": "notice"}
OUTCOMES = {
    Status.MET: "on time",
    Status.MET_LATE: "late",
    Status.OVERDUE: "overdue",
    Status.OPEN: "due",
}


def events_of(
    child: Child, person: Person, depth: Depth, about: Iterable[str] = ()
) -> QuerySet[Event]:
    """What happened to a child, newest first, as deep as the reader may read."""
    rows = Event.objects.filter(readable_by(person, depth), child_id=child.pk)
    rooms = [room for chosen in about for room in ABOUT.get(chosen, ())]
    if rooms:
        named = Q()
        for room in rooms:
            named |= Q(name__startswith=f"{room}.")
        rows = rows.filter(named)
    return rows.order_by("-at", "-pk")


def entry_of(event: Event) -> dict[str, Any]:
    """One event as the timeline shows it."""
    words = event.sentence if event.name in KINDS else "Something was recorded."
    room, _, number = event.about.partition("/")
    page = PAGES.get(room)
    url = reverse(page, args=[int(number)]) if page and number.isdigit() else ""
    return {"title": words, "by": event.by_name, "at": event.at, "url": url, "url_words": "Open"}


def owed_of(deadlines: Iterable[Deadline], on: date) -> list[Owed]:
    """Deadlines as the chart draws them; those that fell away in time are left out."""
    return [
        Owed(deadline.due_on, deadline.met_on, OUTCOMES[status], deadline.title)
        for deadline in deadlines
        if deadline.due_on is not None and (status := status_on(deadline, on)) in OUTCOMES
    ]


@dataclass(frozen=True)
class Owing:
    """One thing owed, with the others of its kind that are no more urgent."""

    first: Deadline
    more: list[Deadline]


def folded(deadlines: Iterable[Deadline]) -> list[Owing]:
    """Deadlines in their order, those of one rule and one urgency together.

    Twenty of a kind would push what else is owed out of sight.
    """
    found: dict[tuple[str, int], Owing] = {}
    for deadline in deadlines:
        rank = getattr(deadline, "rank", 0)
        kind = found.setdefault((deadline.rule, rank), Owing(deadline, []))
        if kind.first is not deadline:
            kind.more.append(deadline)
    return list(found.values())


def against_due(
    child: Child, room: str, on: date, *, title: str, placement: Placement | None = None
) -> Chart:
    """What was owed in one room by when, and when it happened."""
    rows = Deadline.objects.filter(child=child, room=room, due_on__isnull=False)
    if room == "reviews":
        rows = rows.filter(rule__in=OWED)
    if placement is not None:
        rows = rows.filter(placement=placement)
    return dots_against_due(title, owed_of(rows.order_by("due_on", "pk"), on), on, room)


def row(term: str, value: Any, change_url: str = "") -> dict[str, Any]:
    if isinstance(value, bool):
        value = "Yes" if value else "No"
    return {"term": term, "value": value or "", "change_url": change_url}


def spell(started_on: date | None, ended_on: date | None) -> str:
    if started_on is None:
        return ""
    return f"{long_date(started_on)} to {long_date(ended_on) if ended_on else 'now'}"


def placement_rows(placement: Placement) -> list[dict[str, Any]]:
    """A placement in rows, with what is not known left visible."""
    nearer = {True: "Yes", False: "No", None: ""}[placement.could_live_nearer]
    reason = placement.could_live_nearer_reason
    approved = " on ".join(
        filter(None, (placement.distant_approved_by, long_date(placement.distant_approved_on)))
    )
    where = {True: "Yes", False: "No", None: ""}
    rows = [
        row("Kind", placement.get_place_display()),
        row("Regime", placement.get_basis_display() if placement.basis else "Ordinary placement"),
        row("Host authority", placement.host_authority.name if placement.host_authority else ""),
        row("From home", distance_in_words(placement)),
        row("At a distance", where[placement.is_at_a_distance]),
        row("52 weeks a year", placement.is_52_weeks),
        row("Could this child live nearer home?", "\n".join(filter(None, (nearer, reason)))),
        row("Local places sought", placement.options_sought),
    ]
    if placement.is_at_a_distance:
        rows.append(row("Approved at a distance by", approved))
    if placement.notified_on or not placement.is_looked_after:
        rows.append(row("Authority told of the stay", long_date(placement.notified_on)))
    if placement.intended_until_18:
        rows.append(
            row("Intended until 18", f"Yes, decided {long_date(placement.permanence_decided_on)}")
        )
    return rows


def communication_rows(child: Child) -> list[dict[str, Any]]:
    """How a child tells us things: what somebody must know before they go."""
    language = child.language
    if child.interpreter_needed:
        language = f"{language} (an interpreter is needed)" if language else "Interpreter needed"
    return [
        row("Communicates by", communication_in_words(child)),
        row("Profile", child.communication_profile),
        row("First language", language),
    ]


def needs_rows(child: Child) -> list[dict[str, Any]]:
    """What a child needs; a blank stays visible."""
    disability = listed([str(Disability(code).label) for code in child.disabilities])
    ehc = child.ehc_plan_authority
    return [
        row("Disability", disability),
        row("Trauma and adversity", child.needs_trauma),
        row("Health", child.needs_health),
        row("Education", child.needs_education),
        row("EHC plan", f"Kept by {ehc.name}" if ehc else ""),
    ]


def identity_rows(child: Child) -> list[dict[str, Any]]:
    return [
        row("Culture", child.culture),
        row("Religion", child.religion),
        row("What must be kept", child.identity_plan),
    ]


def details_rows(child: Child) -> list[dict[str, Any]]:
    return [
        row("Name", child.name),
        row("Number with the placing authority", child.local_id),
        row("Date of birth", long_date(child.date_of_birth)),
        row("Gender", child.get_gender_display()),
        row("Home postcode", child.home_postcode),
        row("Team", child.team.name if child.team else ""),
    ]
