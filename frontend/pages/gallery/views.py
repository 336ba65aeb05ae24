"""Shows every part with made-up content, for those who build pages and for the axe tests."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from backend.grammar.moments import day_of
from frontend.context import moment_of
from frontend.pages.gallery.forms import EveryQuestion, ListFilters
from frontend.parts import charts
from frontend.parts.lists import page_of
from frontend.problems import problem_page

PROBLEMS = (400, 403, 404, 409, 412, 422, 429, 500)


def gallery(request: HttpRequest) -> HttpResponse:
    """Every part on one page. ``?errors=1`` shows the form in error."""
    at = moment_of(request)
    on = day_of(at)
    form = EveryQuestion({"made_on_day": "31"}) if "errors" in request.GET else EveryQuestion()
    context = {
        "form": form,
        "filter_form": ListFilters(request.GET or None),
        "child": sample_child(),
        "deadlines": sample_deadlines(on),
        "entries": sample_entries(at),
        "rows": page_of(
            [SimpleNamespace(name=f"Child {n}", on=on) for n in range(1, 131)], request
        ),
        "charts": sample_charts(on),
        "steps": [
            {"name": "record", "label": "Record this visit", "url": "#", "is_primary": True},
            {"name": "attempt", "label": "The child was not seen", "url": "#"},
        ],
        "facts": [
            {"term": "Seen alone", "value": "Yes", "change_url": "#"},
            {"term": "Where", "value": "", "change_url": "#"},
        ],
        "tasks": [
            {"name": "When and where", "url": "#", "status": "Completed", "is_done": True},
            {"name": "What the child said", "url": "#", "status": "Not yet started"},
            {"name": "Check and send", "url": "", "status": "Cannot start yet"},
        ],
        "ways_on": [
            {"label": "Summary", "url": "#", "is_current": True},
            {"label": "Visits", "url": "#", "count": 12},
            {"label": "Reviews", "url": "#", "count": 3},
        ],
        "crumbs": [{"label": "Children", "url": "#"}, {"label": "Sam Example", "url": "#"}],
        "problems": PROBLEMS,
    }
    return render(request, "gallery/gallery.html", context)


@require_POST
def keep_draft(request: HttpRequest) -> HttpResponse:
    """Answers as a real draft does, and keeps nothing."""
    return JsonResponse({"saved_at": moment_of(request).isoformat()})


def problem(request: HttpRequest, status: int) -> HttpResponse:
    """One of the error pages, with a reason."""
    if status not in PROBLEMS:
        raise Http404
    return problem_page(request, status, "This is where the reason stands.")


def sample_child() -> SimpleNamespace:
    return SimpleNamespace(
        name="Sam Example",
        date_of_birth=date(2012, 2, 29),
        authority_name="London Borough of Hackney",
        setting_name="Fairview House",
        host_name="Doncaster",
        distance_words="148 miles",
        is_at_a_distance=True,
        communicates_words="Signs and symbols",
    )


def deadline(on: date, days: int | None, **changes: Any) -> SimpleNamespace:
    facts = {
        "title": "Visit the child",
        "ref": "VIS-02",
        "provision": "Care Planning Regulations 2010, regulation 28(2)",
        "link": "",
        "why": "The last visit was made on this day, and another is due within six weeks of it.",
        "kind": "statute",
        "verified": "verified",
        "counted_from": on - timedelta(days=42),
        "rule_version": date(2011, 4, 1),
        "facts": {"last_visit": (on - timedelta(days=42)).isoformat(), "placement": "Fairview"},
        "status": "open",
        "due_on": None if days is None else on + timedelta(days=days),
        "due_at": None,
        "local_due_on": None,
        "met_on": None,
        "days_late": 0,
    }
    return SimpleNamespace(**(facts | changes))


def sample_deadlines(on: date) -> list[SimpleNamespace]:
    return [
        deadline(on, -3),
        deadline(on, 0),
        deadline(on, 5),
        deadline(on, 41, local_due_on=on + timedelta(days=30)),
        deadline(on, -9, verified="unverified"),
        deadline(on, -4, kind="local standard"),
        deadline(on, None, status="waiting", local_due_on=on + timedelta(days=2)),
        deadline(on, None, status="waiting"),
        deadline(on, -10, status="met", met_on=on - timedelta(days=12)),
        deadline(on, -10, status="met_late", met_on=on - timedelta(days=8), days_late=2),
        deadline(on, -10, status="superseded"),
    ]


def sample_entries(at: datetime) -> list[dict[str, Any]]:
    return [
        {
            "title": "Visit made",
            "by": "Ada Okafor",
            "at": at - timedelta(days=1),
            "words": "Sam was seen alone and communicated with signs.",
            "source": "own observation",
            "url": "#",
        },
        {"title": "Visit arranged", "by": "Ada Okafor", "at": at - timedelta(days=9)},
    ]


def sample_charts(on: date) -> list[charts.Chart]:
    months = [
        charts.MonthCount(f"{name} 2026", on_time, late)
        for name, on_time, late in (
            ("Jan", 14, 2),
            ("Feb", 11, 5),
            ("Mar", 18, 0),
            ("Apr", 9, 7),
            ("May", 0, 0),
            ("Jun", 16, 1),
        )
    ]
    owed = [
        charts.Owed(on - timedelta(days=280), on - timedelta(days=282), "on time"),
        charts.Owed(on - timedelta(days=238), on - timedelta(days=230), "late"),
        charts.Owed(on - timedelta(days=188), on - timedelta(days=190), "on time"),
        charts.Owed(on - timedelta(days=148), on - timedelta(days=120), "late"),
        charts.Owed(on - timedelta(days=20), None, "overdue"),
        charts.Owed(on + timedelta(days=22), None, "due"),
    ]
    shares = [
        charts.Share("North team", 18, 30),
        charts.Share("Children with disabilities team", 40, 44),
        charts.Share("Leaving care", 9, 9),
    ]
    return [
        charts.bars_by_month("Visits by month", months),
        charts.dots_against_due("Visits against their due days", owed, on),
        charts.bars_worst_first("Visits on time by team", shares),
        charts.bars_by_month("Reviews by month", [], "reviews"),
    ]
