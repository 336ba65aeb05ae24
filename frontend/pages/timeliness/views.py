"""Timeliness for those who answer for it: what was on time, by month, by team and by person."""

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from backend.access.caseload import children_in_part
from backend.access.models import Person
from backend.access.parts import roles_held
from backend.access.visibility import child_ids_visible_to
from backend.casework.errors import NotAllowed
from backend.grammar.events import Depth
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.records.models import Team
from frontend.context import moment_of
from frontend.navigation import FOR_READERS_OF_RECORDS
from frontend.pages.children.opening import person_of
from frontend.pages.timeliness import counts
from frontend.pages.timeliness.forms import DEFAULT_MONTHS, Filters
from frontend.parts.badges import badge_of
from frontend.parts.charts import Chart, bars_by_month, bars_worst_first
from frontend.parts.identity import placements_on
from frontend.parts.lists import page_of, remembered_query
from frontend.parts.spreadsheet import spreadsheet
from frontend.parts.words import long_date
from workflows.reviews.queries import AtRisk, reviews_at_risk

MANAGERS = (Role.TEAM_MANAGER, Role.SERVICE_MANAGER, Role.DIRECTOR, Role.IRO_MANAGER)
READERS = FOR_READERS_OF_RECORDS
#: Those to whom a review at risk is something to act on.
WATCH_REVIEWS = (Role.IRO, Role.IRO_MANAGER, *MANAGERS)
THINGS = {"visits": "visits", "reviews": "reviews", "steps": "steps"}
TITLES = {"visits": "Visits", "reviews": "Reviews", "steps": "Steps around a review"}


def require_reader(person: Person, on: Any, roles: tuple[Role, ...]) -> frozenset[Role]:
    """:raises NotAllowed: the person plays no part that answers for timeliness."""
    held = roles_held(person, on)
    if not held & set(roles):
        raise NotAllowed(
            "Timeliness is for those who read the record of children: social workers, reviewing "
            "officers and their managers."
        )
    return held


@login_required
def timeliness(request: HttpRequest) -> HttpResponse:
    """What fell due in a time, and how much of it was on time."""
    person, on = person_of(request), day_of(moment_of(request))
    held = require_reader(person, on, READERS)
    query = remembered_query(request, "timeliness")
    usual = "reviews" if held & {Role.IRO, Role.IRO_MANAGER} else "visits"
    form = Filters(in_force(query, usual))
    form.offer_teams(
        Team.objects.filter(children__in=child_ids_visible_to(person, Depth.RECORD))
        .distinct()
        .values_list("pk", "name")
    )
    what, months, teams = form.answers
    what = what or usual
    since = counts.first_month(on, months)
    rows = counts.fell_due(person, what, since, on, teams)
    if "export" in request.GET:
        return export(person, rows, what, since, on)
    law = counts.of_law(rows)
    page = page_of(counts.worst_first(law, on), request)
    return render(
        request,
        "timeliness/timeliness.html",
        {
            "form": form,
            "query": query,
            "title": TITLES[what],
            "since": since,
            "tally": counts.in_all(law, on),
            "charts": charts_of(law, what, since, on, held),
            "apart": counts.by_rule(counts.not_of_law(rows), on),
            "page": page,
            "missed": [missed_row(one, on) for one in page.object_list],
            "tabs": tabs("timeliness", held),
            "export_query": query.urlencode(),
        },
    )


def in_force(query: QueryDict, what: str) -> QueryDict:
    """The answers that the form shows as chosen: those given, and the usual for the others."""
    shown = query.copy()
    shown.setdefault("what", what)
    shown.setdefault("months", str(DEFAULT_MONTHS))
    return shown


def missed_row(deadline: Any, on: Any) -> dict[str, Any]:
    """One that was late or is not recorded; its day stands in a column of its own."""
    badge = badge_of(deadline, on)
    words = badge.words.strip("()")
    colour = {"overdue": "red", "late": "orange"}.get(badge.state, "purple")
    whose = deadline.worker if deadline.room == "visits" else deadline.iro
    return {
        "row": deadline,
        "whose": whose,
        "words": f"{words[:1].upper()}{words[1:]}",
        "colour": colour,
    }


def charts_of(rows: Any, what: str, since: Any, on: Any, held: frozenset[Role]) -> list[Chart]:
    title, things = TITLES[what], THINGS[what]
    drawn = [
        bars_by_month(
            f"{title} by the month they were due", counts.by_month(rows, since, on), things
        )
    ]
    teams = counts.by_team(rows, on) if held & {*MANAGERS, Role.IRO} else []
    if len(teams) > 1:
        drawn.append(bars_worst_first(f"{title} on time by team", teams, things))
    if held & set(MANAGERS):
        role = Role.SOCIAL_WORKER if what == "visits" else Role.IRO
        whose = "social worker" if what == "visits" else "reviewing officer"
        drawn.append(
            bars_worst_first(
                f"{title} on time by {whose} allocated today",
                counts.by_worker(rows, on, role),
                things,
            )
        )
    return drawn


def tabs(current: str, held: frozenset[Role]) -> list[dict[str, Any]]:
    found = [("On time", "timeliness")]
    if held & set(WATCH_REVIEWS):
        found.append(("Reviews at risk", "timeliness_at_risk"))
    found += [
        ("Decisions", "timeliness_decisions"),
        ("Challenges", "timeliness_challenges"),
        ("Not heard", "timeliness_unheard"),
        ("No advocate", "timeliness_advocates"),
        ("No contact plan", "timeliness_contact"),
    ]
    return [
        {"label": label, "url": reverse(name), "is_current": name == current}
        for label, name in found
    ]


def export(person: Person, rows: Any, what: str, since: Any, on: Any) -> HttpResponse:
    lines = counts.with_people(rows, on).order_by("due_on", "pk")
    return spreadsheet(
        f"Timeliness {THINGS[what]}",
        counts.COLUMNS,
        counts.export_rows(lines.iterator(chunk_size=2000), on),
        notes=(
            f"{TITLES[what]} due from {long_date(since)} to {long_date(on)}, for the children "
            f"whose record {person.name} may read.",
            "Nothing recorded does not mean not done.",
        ),
    )


# Reviews at risk


@login_required
def at_risk(request: HttpRequest) -> HttpResponse:
    """Reviews that come soon and are not ready, the soonest first."""
    person, on = person_of(request), day_of(moment_of(request))
    held = require_reader(person, on, WATCH_REVIEWS)
    found = reviews_at_risk(children_watched(person, held, on), on)
    lives = placements_on([one.child.pk for one in found], on)
    if "export" in request.GET:
        return spreadsheet(
            "Reviews at risk",
            ("Child", "Lives at", "Review", "What is missing"),
            (
                (
                    one.child.name,
                    lives[one.child.pk].where if one.child.pk in lives else "",
                    one.due_on,
                    "\n".join(one.reasons),
                )
                for one in found
            ),
            notes=(f"Reviews within 28 days that are not ready, {long_date(on)}.",),
        )
    page = page_of(far_first(found, lives), request)
    return render(
        request,
        "timeliness/at_risk.html",
        {
            "page": page,
            "rows": [
                {"risk": one, "placement": lives.get(one.child.pk)} for one in page.object_list
            ],
            "tabs": tabs("timeliness_at_risk", held),
        },
    )


def children_watched(person: Person, held: frozenset[Role], on: Any) -> list[int]:
    """The children whose reviews are this person's to watch."""
    ids: set[int] = set()
    for role in sorted(held & set(WATCH_REVIEWS)):
        ids |= set(children_in_part(person, role, on).values_list("pk", flat=True))
    return sorted(ids)


def far_first(found: list[AtRisk], lives: Any) -> list[AtRisk]:
    """Soonest first; on one day, children at a distance before the others."""

    def key(one: AtRisk) -> tuple[Any, bool, int]:
        placement = lives.get(one.child.pk)
        return one.due_on, not (placement and placement.is_at_a_distance), one.child.pk

    return sorted(found, key=key)
