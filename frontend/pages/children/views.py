"""Looking at children: the register, and the pages of one child."""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from backend.access.models import Allocation, ReadLog
from backend.access.parts import living_there, people_playing, roles_held
from backend.access.visibility import children_visible_to, readers_of
from backend.alerts.queries import alerts_visible_to, standing_alerts
from backend.casework.children import KEEPS_DETAILS, teams_to_register_in
from backend.casework.people import ALLOCATES, works_for_either
from backend.casework.placing import PLACES_CHILDREN
from backend.deadlines.queries import standing_for
from backend.events.models import Event
from backend.grammar.events import Depth
from backend.grammar.moments import day_of
from backend.grammar.roles import LABELS, Role
from backend.records.models import Authority, Child, Placement, Setting, Team
from frontend.context import moment_of
from frontend.pages.alerts.told import Row, for_lists, rows_of
from frontend.pages.children import told
from frontend.pages.children.forms import OPENS_RECORDS, ChildFilters, TimelineFilters
from frontend.pages.children.lists import (
    EXPORT_COLUMNS,
    ORDERS,
    Days,
    days_of,
    export_row,
    in_order,
    register_of,
    rows_within,
)
from frontend.pages.children.opening import Opened, open_child, person_of
from frontend.pages.reviews.around import on_reviews_page
from frontend.parts.lists import order_of, page_of, remembered_query
from frontend.parts.spreadsheet import spreadsheet
from frontend.parts.words import capital, long_date
from workflows.visits.actions import ANSWERS_REQUESTS, RECORDS_REQUESTS
from workflows.visits.models import Draft, Request, Visit
from workflows.visits.queries import arranged_visit_of, visits_of, visits_that_answered
from workflows.visits.table import MADE, VISITORS

SHOWS_LATEST = 5
KEEPS_LOG = 50
CONTACTS = (Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.IRO)


def filters_for(request: HttpRequest, query: Any) -> ChildFilters:
    """The questions that narrow the register, with the answers that this reader has."""
    person, on = person_of(request), day_of(moment_of(request))
    mine = children_visible_to(person)
    read = children_visible_to(person, Depth.RECORD)
    form = ChildFilters(query)
    if not read.exists():
        form.offer_of_card()
    lives = Placement.objects.filter(living_there(on), child__in=mine, is_temporary=False)
    form.offer(
        authority=list(
            Authority.objects.filter(pk__in=mine.values("authority")).values_list("pk", "name")
        ),
        team=list(Team.objects.filter(children__in=read).distinct().values_list("pk", "name")),
        setting=list(
            Setting.objects.filter(pk__in=lives.values("setting")).values_list("pk", "name")
        ),
    )
    return form


@login_required
def children(request: HttpRequest) -> HttpResponse:
    """Every child that the reader may see, narrowed, in order, as at a day or over a period."""
    person, on = person_of(request), day_of(moment_of(request))
    query = remembered_query(request, "children")
    form = filters_for(request, query)
    chosen = form.cleaned_data if form.is_valid() else {}
    days = days_of(chosen, on)
    found = register_of(person, chosen, on)
    order = order_of(query, ORDERS, "name")
    if "export" in request.GET:
        every = rows_within(person, in_order(found, order), days, on)
        return spreadsheet(
            "Children",
            EXPORT_COLUMNS,
            (export_row(row, on) for row in every),
            notes=(f"Children that {person.name} may see today, {days_in_words(days)}.",),
        )
    page = page_of(in_order(found, order), request)
    rows = list(rows_within(person, page.object_list, days, on))
    return render(
        request,
        "children/children.html",
        {
            "form": form,
            "query": query,
            "page": page,
            "rows": rows,
            "shows_due": any(row.next_due for row in rows),
            "days": days_in_words(days) if days.is_asked else "",
            "is_period": days.is_period,
            "total": children_visible_to(person).count(),
            "registers": teams_to_register_in(person, on).exists(),
            "opens_records": bool(roles_held(person, on) & OPENS_RECORDS),
            "export_query": query.urlencode(),
        },
    )


def days_in_words(days: Days) -> str:
    if days.is_period:
        return f"from {long_date(days.first)} to {long_date(days.last)}"
    return f"as at {long_date(days.last)}"


@login_required
def child(request: HttpRequest, child_id: int) -> HttpResponse:
    """What is owed to a child, or, for readers of the card, the card."""
    opened = open_child(request, child_id, page="overview", needs=Depth.CARD)
    if opened.depth != Depth.RECORD:
        return child_card(request, opened)
    child, on = opened.child, opened.on
    latest = list(visits_of(child).filter(state=str(MADE))[:2])
    draft = Draft.objects.filter(child=child, person=opened.person).first()
    owed = list(standing_for([child.pk], on).order_by("rank", "day", "pk"))
    return render(
        request,
        "children/overview.html",
        opened.context(
            "child",
            owed=told.folded(owed),
            owed_count=len(owed),
            arranged=arranged_visit_of(child),
            latest=latest[0] if latest else None,
            alerts=open_alerts(opened),
            not_alone_twice=len(latest) == 2 and not any(v.was_seen_alone for v in latest),
            draft=draft,
            communication=told.communication_rows(child),
            steps=steps_for(opened),
            happened=[told.entry_of(e) for e in opened_events(opened)[:SHOWS_LATEST]],
        ),
    )


def open_alerts(opened: Opened) -> list[Row]:
    """The alerts about this child that are not ended, the oldest first."""
    rows = alerts_visible_to(opened.person).filter(child=opened.child)
    return rows_of(list(for_lists(standing_alerts(rows))), opened.on)


def steps_for(opened: Opened) -> list[dict[str, Any]]:
    """What the reader may do next for this child; recording a visit first."""
    steps = []
    if opened.plays(*VISITORS) and opened.placement is not None:
        for name, label in (
            ("visit_record", "Record a visit"),
            ("visit_arrange", "Arrange a visit"),
            ("visit_attempt", "I went, child not seen"),
        ):
            url = reverse(name, args=[opened.child.pk])
            steps.append({"label": label, "url": url, "is_primary": name == "visit_record"})
    if opened.plays(*RECORDS_REQUESTS) and opened.placement is not None:
        url = reverse("visit_request", args=[opened.child.pk])
        steps.append({"label": "Somebody asked for a visit", "url": url, "is_primary": False})
    return steps


def child_card(request: HttpRequest, opened: Opened) -> HttpResponse:
    """What a host authority or a home holds by law, and nothing of the record."""
    child, on = opened.child, opened.on
    placement = opened.placement
    people = people_playing(CONTACTS, child, on)
    may_ask = opened.plays(*RECORDS_REQUESTS)
    return render(
        request,
        "children/card.html",
        opened.context(
            facts=[
                told.row("Name", child.name),
                told.row("Date of birth", long_date(child.date_of_birth)),
                told.row("Placing authority", child.authority.name),
                told.row("Lives at", placement.where if placement else "No open placement"),
                told.row("Since", long_date(placement.started_on) if placement else ""),
                told.row("Host authority", opened.identity.host_name),
            ],
            contacts=[
                told.row(capital(LABELS[role]), f"{person.name}\n{person.email}")
                for person, role in people
            ],
            happened=[told.entry_of(e) | {"url": ""} for e in opened_events(opened)],
            may_open=works_for_either(opened.person, child, on),
            request_url=reverse("visit_request", args=[child.pk]) if may_ask else "",
            notices_url=reverse("child_notices", args=[child.pk]),
            contact_url=reverse("child_contact", args=[child.pk])
            if opened.plays(Role.REGISTERED_MANAGER)
            else "",
        ),
    )


def opened_events(opened: Opened, about: Iterable[str] = ()) -> QuerySet[Event]:
    """What happened to the child, as far as this reader may read."""
    return told.events_of(opened.child, opened.person, opened.depth, about)


@login_required
def timeline(request: HttpRequest, child_id: int) -> HttpResponse:
    """Everything that happened, newest first, narrowed to some kinds."""
    opened = open_child(request, child_id, page="timeline")
    query = remembered_query(request, "timeline")
    form = TimelineFilters(query)
    about = form.cleaned_data["about"] if form.is_valid() else []
    every = opened_events(opened)
    page = page_of(opened_events(opened, about), request)
    return render(
        request,
        "children/timeline.html",
        opened.context(
            "child_timeline",
            form=form,
            query=query,
            page=page,
            entries=[told.entry_of(event) for event in page.object_list],
            total=every.count(),
        ),
    )


@login_required
def visits(request: HttpRequest, child_id: int) -> HttpResponse:
    """Every visit, and the visits of a placement against the days they were due."""
    opened = open_child(request, child_id, page="visits")
    child = opened.child
    page = page_of(visits_of(child), request)
    title = "Visits against their due days"
    return render(
        request,
        "children/visits.html",
        opened.context(
            "child_visits",
            page=page,
            chart=told.against_due(
                child, "visits", opened.on, title=title, placement=opened.placement
            ),
            every=told.against_due(child, "visits", opened.on, title="Visits in every placement")
            if child.placements.filter(is_temporary=False).count() > 1
            else None,
            requests=requests_of(child),
            may_visit=opened.plays(*VISITORS),
            may_answer=opened.plays(*ANSWERS_REQUESTS),
            steps=steps_for(opened),
        ),
    )


def requests_of(child: Child) -> list[tuple[Request, Visit | None]]:
    """What was asked for, each with the visit that answered it."""
    came = visits_that_answered(child)
    return [(one, came.get(one.pk)) for one in child.visit_requests.all()]


@login_required
def reviews(request: HttpRequest, child_id: int) -> HttpResponse:
    """Every review, and the reviews against the days they were due."""
    opened = open_child(request, child_id, page="reviews")
    standing = standing_for([opened.child.pk], opened.on).filter(room="reviews")
    owed = list(standing.order_by("rank", "day", "pk"))
    title = "Reviews against their due days"
    return render(
        request,
        "children/reviews.html",
        opened.context(
            "child_reviews",
            chart=told.against_due(opened.child, "reviews", opened.on, title=title),
            owed=told.folded(owed),
            owed_count=len(owed),
            **on_reviews_page(opened),
        ),
    )


@login_required
def placements(request: HttpRequest, child_id: int) -> HttpResponse:
    """Where the child has lived, and under which law."""
    opened = open_child(request, child_id, page="placements")
    child = opened.child
    spells = child.placements.select_related("setting", "host_authority").order_by("-started_on")
    may_place = opened.plays(*PLACES_CHILDREN)
    return render(
        request,
        "children/placements.html",
        opened.context(
            "child_placements",
            spells=[
                {
                    "placement": one,
                    "title": f"{one.where}: {told.spell(one.started_on, one.ended_on)}",
                    "rows": told.placement_rows(one),
                    "actions": placement_actions(one) if may_place else [],
                }
                for one in spells
            ],
            legal_statuses=list(child.legal_statuses.order_by("-started_on")),
            periods=list(child.periods_of_care.order_by("-started_on")),
            missing=list(child.missing_episodes.order_by("-started_on")),
            may_place=may_place,
        ),
    )


def placement_actions(placement: Placement) -> list[dict[str, str]]:
    ids = [placement.child_id, placement.pk]
    actions = [{"label": "Correct", "url": reverse("placement_correct", args=ids)}]
    if placement.ended_on is None:
        actions.append({"label": "End", "url": reverse("placement_end", args=ids)})
    return actions


@login_required
def people(request: HttpRequest, child_id: int) -> HttpResponse:
    """Who works with the child now and did before, who speaks for them, and their family."""
    opened = open_child(request, child_id, page="people")
    child, on = opened.child, opened.on
    allocations = list(
        Allocation.objects.filter(child=child)
        .select_related("person")
        .order_by("ended_on", "-started_on")
    )
    above = people_playing(
        (Role.TEAM_MANAGER, Role.SERVICE_MANAGER, Role.IRO_MANAGER, Role.REGISTERED_MANAGER),
        child,
        on,
    )
    return render(
        request,
        "children/people.html",
        opened.context(
            "child_people",
            now=[a for a in allocations if a.ended_on is None or a.ended_on >= on],
            before=[a for a in allocations if a.ended_on is not None and a.ended_on < on],
            above=[(person, capital(LABELS[role])) for person, role in above],
            relatives=list(child.relatives.all()),
            advocacy=list(child.advocacy.all()),
            may_allocate=opened.plays(*ALLOCATES),
        ),
    )


@login_required
def needs(request: HttpRequest, child_id: int) -> HttpResponse:
    """What the child needs, how they communicate, and what they have said."""
    opened = open_child(request, child_id, page="needs and voice")
    child = opened.child
    keeps = opened.plays(*KEEPS_DETAILS)

    def change(topic: str) -> list[dict[str, str]]:
        url = reverse("child_correct", args=[child.pk, topic])
        return [{"label": "Change", "url": url}] if keeps else []

    said = (
        Visit.objects.filter(child=child, state=str(MADE))
        .select_related("visitor")
        .order_by("-made_at")
    )
    return render(
        request,
        "children/needs.html",
        opened.context(
            "child_needs",
            cards=[
                (
                    "How this child communicates",
                    told.communication_rows(child),
                    change("communication"),
                ),
                ("What this child needs", told.needs_rows(child), change("needs")),
                ("Culture and identity", told.identity_rows(child), change("identity")),
                ("Who this child is", told.details_rows(child), change("details")),
            ],
            said=page_of(said, request),
        ),
    )


@login_required
def access(request: HttpRequest, child_id: int) -> HttpResponse:
    """Who can see this child and why, and who has looked."""
    opened = open_child(request, child_id, page="who can see this")
    child = opened.child
    readers = sorted(readers_of(child, opened.on), key=lambda one: (one.depth, one.name))
    return render(
        request,
        "children/access.html",
        opened.context(
            "child_access",
            groups=[
                ("The record", [one for one in readers if one.depth == Depth.RECORD]),
                ("The card only", [one for one in readers if one.depth == Depth.CARD]),
            ],
            opened=list(child.break_glass.select_related("person")),
            log=page_of(ReadLog.objects.filter(child_id=child.pk), request, per_page=KEEPS_LOG),
        ),
    )
