"""The boards: of managers, of directors, and of those who review."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from backend.access.caseload import children_in_part
from backend.access.models import Person
from backend.access.parts import roles_held
from backend.alerts.models import Alert
from backend.alerts.queries import alerts_visible_to
from backend.alerts.story import at_top
from backend.casework.errors import NotAllowed
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.records.models import Child
from frontend.context import moment_of
from frontend.pages.alerts import told
from frontend.pages.board import counts, unseen
from frontend.pages.children.opening import person_of
from frontend.pages.timeliness.views import far_first
from frontend.parts.charts import Chart
from frontend.parts.identity import placements_on
from frontend.parts.lists import page_of
from frontend.parts.spreadsheet import spreadsheet
from frontend.parts.words import long_date
from workflows.reviews.queries import reviews_at_risk

#: Each board: its name in words, its address, and who has it.
BOARDS: tuple[tuple[str, str, tuple[Role, ...]], ...] = (
    ("Alerts of my people", "board_manager", counts.MANAGES),
    ("The authority", "board_director", (Role.DIRECTOR,)),
    ("Reviews at risk", "board_reviews", (Role.IRO, Role.IRO_MANAGER)),
)
#: Which opens first.
FIRST = ("board_director", "board_manager", "board_reviews")
MOST_CHANGES = 25
MOST_TOP = 10


@login_required
def board(request: HttpRequest) -> HttpResponse:
    """The first board of somebody's own."""
    person, on = person_of(request), day_of(moment_of(request))
    mine = boards_of(roles_held(person, on))
    if not mine:
        raise NotAllowed(
            "Boards are for managers, directors and reviewing officers. Your own work is under "
            "My work."
        )
    return redirect(next(name for name in FIRST if name in mine))


def boards_of(held: frozenset[Role]) -> list[str]:
    return [name for _, name, roles in BOARDS if held & set(roles)]


def require_board(person: Person, name: str, on: date) -> frozenset[Role]:
    """:raises NotAllowed: the person plays no part that has this board."""
    held = roles_held(person, on)
    if name not in boards_of(held):
        raise NotAllowed(
            "This board is for others. Your own boards are under Board, your own work under My "
            "work."
        )
    return held


def tabs(current: str, held: frozenset[Role]) -> list[dict[str, Any]]:
    mine = boards_of(held)
    found = [
        {"label": label, "url": reverse(name), "is_current": name == current}
        for label, name, _ in BOARDS
        if name in mine
    ]
    return found if len(found) > 1 else []


Sheet = tuple[str, Sequence[str], Iterable[Sequence[Any]]]


def exported(request: HttpRequest, person: Person, on: date, sheets: dict[str, Any]) -> Any:
    """One of the tables of a board as a file.

    :raises Http404: there is no such table.
    """
    draw = sheets.get(request.GET["export"])
    if draw is None:
        raise Http404
    name, columns, rows = draw()
    notes = (f"{name}, as far as {person.name} may see, {long_date(on)}.",)
    return spreadsheet(name, columns, rows, notes=notes)


# The manager's board


@login_required
def manager(request: HttpRequest) -> HttpResponse:
    """Open alerts by team, worker, step and age; what changed; how fast they are answered."""
    person, on = person_of(request), day_of(moment_of(request))
    held = require_board(person, "board_manager", on)
    children = counts.children_managed(person, held, on)
    alerts = counts.alerts_managed(person, children)
    standing = counts.standing_of(alerts)
    role = worker_role(held)
    since = counts.start_of_yesterday(on)
    ordered = standing.order_by("-reached", "passed_at", "pk")
    if "export" in request.GET:
        sheets = manager_sheets(alerts, standing, role, on)
        return exported(request, person, on, {**sheets, **week_sheets(children, alerts, on)})
    page = page_of(told.for_lists(ordered), request)
    teams = counts.by_team(standing, on)
    return render(
        request,
        "board/manager.html",
        {
            "page": page,
            "rows": told.rows_of(list(page.object_list), on),
            "teams": [tally_cells(one) for one in teams],
            "total": sum(one.alerts for one in teams),
            "unanswered": sum(one.unanswered for one in teams),
            "longest": max((one.days for one in teams), default=0),
            "step_names": counts.STEPS,
            "age_names": [words for words, _, _ in counts.AGES],
            "workers": counts.by_worker(standing, role, on),
            "worker_filter": role == Role.SOCIAL_WORKER,
            "worker_words": role.label,
            "changed": counts.counted_changes(alerts, since),
            "changes": counts.changes_since(alerts, since, MOST_CHANGES)[:MOST_CHANGES],
            "since": since,
            "charts": [
                ("slips", counts.slips_by_week(children, on)),
                ("answers", counts.answers_by_week(alerts, on)),
            ],
            "tabs": tabs("board_manager", held),
        },
    )


def worker_role(held: frozenset[Role]) -> Role:
    """Whose work a manager looks at: an IRO manager's people are the reviewing officers."""
    others = held & {Role.TEAM_MANAGER, Role.SERVICE_MANAGER, Role.DIRECTOR}
    return Role.SOCIAL_WORKER if others else Role.IRO


def tally_cells(one: counts.Tally) -> dict[str, Any]:
    """A line with each number beside the name of its column."""
    return {
        "tally": one,
        "steps": list(zip(counts.STEPS, one.steps, strict=True)),
        "ages": [(words, n) for (words, _, _), n in zip(counts.AGES, one.ages, strict=True)],
    }


def manager_sheets(
    alerts: QuerySet[Alert], standing: QuerySet[Alert], role: Role, on: date
) -> dict[str, Any]:
    answers = ("No answer", "Answered", "Put off")

    def alerts_sheet() -> Sheet:
        rows = told.rows_of(list(told.for_lists(standing.order_by("passed_at", "pk"))), on)
        return "Alerts", told.EXPORT_COLUMNS, map(told.export_row, rows)

    def teams_sheet() -> Sheet:
        ages = (words for words, _, _ in counts.AGES)
        columns = ("Team", "Alerts", *answers, *counts.STEPS, *ages, "Longest, days")
        rows = (
            (t.name, t.alerts, t.unanswered, t.answered, t.put_off, *t.steps, *t.ages, t.days)
            for t in counts.by_team(standing, on)
        )
        return "Alerts by team", columns, rows

    def workers_sheet() -> Sheet:
        columns = (
            "Worker",
            "Away",
            "Children",
            "Dates passed",
            "Alerts",
            *answers,
            "Longest, days",
        )
        rows = (
            (
                *(w.name, w.away, w.children, w.dates, w.alerts),
                *(w.unanswered, w.answered, w.put_off, w.days),
            )
            for w in counts.by_worker(standing, role, on)
        )
        return "Alerts by worker", columns, rows

    def changes_sheet() -> Sheet:
        found = counts.changes_since(alerts, counts.start_of_yesterday(on), 1000)
        rows = ((one.at, one.subject, one.words) for one in found)
        return "Changes of alerts", ("When", "Whose", "What"), rows

    return {
        "alerts": alerts_sheet,
        "teams": teams_sheet,
        "workers": workers_sheet,
        "changes": changes_sheet,
    }


def week_sheets(children: QuerySet[Child], alerts: QuerySet[Alert], on: date) -> dict[str, Any]:
    """What the charts of the weeks show, in numbers."""

    def sheet(name: str, chart: Chart) -> Sheet:
        return name, chart.columns, chart.in_numbers()

    return {
        "slips": lambda: sheet("Dates passed by week", counts.slips_by_week(children, on)),
        "answers": lambda: sheet("Time to answer by week", counts.answers_by_week(alerts, on)),
    }


# The director's board


@login_required
def director(request: HttpRequest) -> HttpResponse:
    """Who was not seen on time and where; what stands at the top; who does not answer."""
    person, on = person_of(request), day_of(moment_of(request))
    held = require_board(person, "board_director", on)
    children = children_in_part(person, Role.DIRECTOR, on)
    late = unseen.unseen_children(children, on)
    standing = counts.standing_of(counts.alerts_managed(person, children))
    top = told.for_lists(at_top(standing).order_by("passed_at", "pk"))
    if "export" in request.GET:
        return exported(request, person, on, director_sheets(person, children, late, top, on))
    page = page_of(late, request)
    highest = unseen.at_top_rung(person)
    return render(
        request,
        "board/director.html",
        {
            "page": page,
            "late": page.object_list,
            "placed": unseen.living(children, on).count(),
            "longest": late[0].days if late else 0,
            "lengths": unseen.by_length(late),
            "others": unseen.past_other_rules(children, on),
            "settings": unseen.by_setting(late, children, on),
            "hosts": unseen.by_host(late, children, on),
            "top": told.rows_of(list(top[:MOST_TOP]), on),
            "top_count": top.count(),
            "highest": highest,
            "silent": unseen.silent_authorities(person),
            "tabs": tabs("board_director", held),
        },
    )


def director_sheets(
    person: Person,
    children: QuerySet[Child],
    late: Sequence[unseen.Unseen],
    top: QuerySet[Alert],
    on: date,
) -> dict[str, Any]:
    def lengths_sheet() -> Sheet:
        return "How long past the day", ("How long", "Children"), unseen.by_length(late)

    def children_sheet() -> Sheet:
        columns = (
            "Child",
            "Lives at",
            "Host authority",
            "Due by",
            "Days past",
            "Dates",
            "Social worker",
        )
        rows = ((c.child.name, c.where, c.host, c.due_on, c.days, c.dates, c.worker) for c in late)
        return "Children not seen on time", columns, rows

    def places_sheet(name: str, found: Sequence[unseen.Place]) -> Sheet:
        columns = (name, "Not seen on time", "Children living there", "Longest, days")
        return (
            f"Not seen by {name.lower()}",
            columns,
            ((p.name, p.unseen, p.children, p.days) for p in found),
        )

    def top_sheet() -> Sheet:
        rows = told.rows_of(list(top), on)
        return "Alerts at the top step", told.EXPORT_COLUMNS, map(told.export_row, rows)

    def highest_sheet() -> Sheet:
        rows = (
            (s.escalation_id, s.level, s.started_at, s.escalation.to_name)
            for s in unseen.at_top_rung(person)
        )
        return "Concerns at the highest level", ("Number", "Level", "Since", "Sent to"), rows

    def silent_sheet() -> Sheet:
        rows = ((s.name, s.concerns, s.notices, s.since) for s in unseen.silent_authorities(person))
        columns = ("Authority", "Concerns without answer", "Notices not confirmed", "Since")
        return "Authorities that do not answer", columns, rows

    return {
        "lengths": lengths_sheet,
        "children": children_sheet,
        "settings": lambda: places_sheet("Setting", unseen.by_setting(late, children, on)),
        "hosts": lambda: places_sheet("Host authority", unseen.by_host(late, children, on)),
        "top": top_sheet,
        "highest": highest_sheet,
        "silent": silent_sheet,
    }


# The reviewing officer's board


@login_required
def reviews(request: HttpRequest) -> HttpResponse:
    """Children whose review is at risk, and the open alerts of these children."""
    person, on = person_of(request), day_of(moment_of(request))
    held = require_board(person, "board_reviews", on)
    theirs = Q(pk__in=[])
    for role in sorted(held & {Role.IRO, Role.IRO_MANAGER}):
        theirs |= Q(pk__in=children_in_part(person, role, on).values("pk"))
    children = Child.objects.filter(theirs)
    found = reviews_at_risk(list(children.values_list("pk", flat=True)), on)
    lives = placements_on([one.child.pk for one in found], on)
    found = far_first(found, lives)
    alerts = counts.standing_of(alerts_visible_to(person).filter(child__in=children.values("pk")))
    if "export" in request.GET:
        sheets = {
            "reviews": lambda: (
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
            ),
            "alerts": lambda: (
                "Alerts",
                told.EXPORT_COLUMNS,
                map(told.export_row, told.rows_of(list(told.for_lists(alerts)), on)),
            ),
        }
        return exported(request, person, on, sheets)
    page = page_of(told.for_lists(alerts.order_by("-reached", "passed_at", "pk")), request)
    return render(
        request,
        "board/reviews.html",
        {
            "risks": [{"risk": one, "placement": lives.get(one.child.pk)} for one in found[:25]],
            "count": len(found),
            "page": page,
            "rows": told.rows_of(list(page.object_list), on),
            "tabs": tabs("board_reviews", held),
        },
    )
