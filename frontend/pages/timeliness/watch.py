"""What waits for somebody: decisions to be carried out, challenges without an answer, children
who have not been heard, whom no advocate stands beside, or with whom nobody keeps in touch."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from backend.access.models import Person
from backend.grammar.moments import day_of
from frontend.context import moment_of
from frontend.pages.children.opening import person_of
from frontend.pages.timeliness.views import READERS, require_reader, tabs
from frontend.parts.lists import page_of
from frontend.parts.spreadsheet import spreadsheet
from frontend.parts.words import days_words, long_date
from workflows.contact.queries import children_without_plan
from workflows.reviews.queries import challenges_visible_to, decisions_visible_to
from workflows.voice.queries import children_unheard, children_without_advocate

WEEKS = (6, 12, 26)
USUAL_WEEKS = 12


@dataclass(frozen=True)
class Line:
    """One line of a list: where it leads, and what stands in each column."""

    url: str
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Watch:
    """One list: what it is called, what it says, and how a line is made."""

    name: str
    title: str
    words: str
    empty: str
    columns: tuple[str, ...]
    line: Callable[[Any, date], Line]


def show(
    request: HttpRequest, watch: Watch, find: Callable[[Person, date], QuerySet[Any]], **more: Any
) -> HttpResponse:
    person, on = person_of(request), day_of(moment_of(request))
    held = require_reader(person, on, READERS)
    rows = find(person, on)
    if "export" in request.GET:
        return spreadsheet(
            watch.title,
            watch.columns,
            (line.cells for line in lines_of(watch, rows, on)),
            notes=(f"{watch.title}, as far as {person.name} may see, {long_date(on)}.",),
        )
    page = page_of(rows, request)
    return render(
        request,
        "timeliness/watch.html",
        {
            "watch": watch,
            "page": page,
            "lines": [
                {"url": line.url, "cells": list(zip(watch.columns, line.cells, strict=True))}
                for line in lines_of(watch, page.object_list, on)
            ],
            "tabs": tabs(watch.name, held),
            "query": request.GET,
            "export_query": request.GET.urlencode(),
            **more,
        },
    )


def lines_of(watch: Watch, rows: Iterable[Any], on: date) -> Sequence[Line]:
    return [watch.line(row, on) for row in rows]


def dated(day: date, on: date) -> str:
    return f"{long_date(day)} ({days_words(day, on)})"


# Decisions


def decision_line(one: Any, on: date) -> Line:
    return Line(
        reverse("review", args=[one.review_id]),
        (
            one.review.child.name,
            one.what,
            one.owner_name,
            dated(one.due_on, on),
            "Day passed, nothing recorded" if one.is_overdue(on) else "To be done",
        ),
    )


DECISIONS = Watch(
    "timeliness_decisions",
    "Decisions to be carried out",
    "Decisions of reviews that nobody has recorded as carried out, earliest first. Nothing "
    "recorded does not mean not done.",
    "Every decision is recorded as carried out.",
    ("Child", "What was decided", "Who", "By", "How it stands"),
    decision_line,
)


@login_required
def decisions(request: HttpRequest) -> HttpResponse:
    """Decisions of reviews that nobody has confirmed."""

    def find(person: Person, on: date) -> QuerySet[Any]:
        rows = decisions_visible_to(person).filter(done_on__isnull=True)
        return rows.select_related("review__child").order_by("due_on", "pk")

    return show(request, DECISIONS, find)


# Challenges


def challenge_line(one: Any, on: date) -> Line:
    return Line(
        reverse("challenge", args=[one.pk]),
        (
            one.child.name,
            one.get_about_display(),
            f"{one.raised_by.name}, {long_date(one.raised_on)}",
            one.to_name,
            dated(one.due_on, on),
            "No answer since the day asked" if one.is_overdue(on) else "Awaiting an answer",
        ),
    )


CHALLENGES = Watch(
    "timeliness_challenges",
    "Challenges without an answer",
    "Raised by professionals about a child's care and not yet answered, earliest day first.",
    "Every challenge has its answer.",
    ("Child", "About", "Raised by", "With", "Answer wanted by", "How it stands"),
    challenge_line,
)


@login_required
def challenges(request: HttpRequest) -> HttpResponse:
    """Challenges that wait for an answer."""

    def find(person: Person, on: date) -> QuerySet[Any]:
        rows = challenges_visible_to(person).filter(answered_on__isnull=True)
        return rows.select_related("child", "raised_by").order_by("due_on", "pk")

    return show(request, CHALLENGES, find)


# Voice


def unheard_line(child: Any, on: date) -> Line:
    last = child.last_heard_on
    return Line(
        reverse("child_voice", args=[child.pk]),
        (child.name, dated(last, on) if last else "Nothing is recorded"),
    )


UNHEARD = Watch(
    "timeliness_unheard",
    "Children not heard",
    "Children away from home of whom nothing they said or showed was written down for a time, "
    "those never heard and the longest first. Nothing recorded does not mean that nothing was "
    "said.",
    "Something every child said or showed is recorded in that time.",
    ("Child", "Last recorded"),
    unheard_line,
)


@login_required
def unheard(request: HttpRequest) -> HttpResponse:
    """Children of whom no view is recorded for so many weeks."""
    asked = request.GET.get("weeks", "")
    weeks = int(asked) if asked in {str(number) for number in WEEKS} else USUAL_WEEKS
    choices = [
        {"number": number, "is_current": number == weeks, "url": f"?weeks={number}"}
        for number in WEEKS
    ]

    def find(person: Person, on: date) -> QuerySet[Any]:
        return children_unheard(person, weeks=weeks, on=on)

    return show(request, UNHEARD, find, choices=choices)


def alone_line(child: Any, on: date) -> Line:
    last = child.last_offered_on
    return Line(
        reverse("child_voice", args=[child.pk]),
        (child.name, dated(last, on) if last else "No offer is recorded"),
    )


ALONE = Watch(
    "timeliness_advocates",
    "Children without an advocate",
    "Children away from home whom no advocate stands beside, whatever the reason; those never "
    "offered one come first.",
    "Every child away from home has an advocate.",
    ("Child", "Last offered"),
    alone_line,
)


@login_required
def without_advocate(request: HttpRequest) -> HttpResponse:
    """Children whom no advocate stands beside."""

    def find(person: Person, on: date) -> QuerySet[Any]:
        return children_without_advocate(person, on=on)

    return show(request, ALONE, find)


# Contact


def out_of_touch_line(child: Any, on: date) -> Line:
    last = child.last_contact_on
    return Line(
        reverse("child_contact", args=[child.pk]),
        (child.name, dated(last, on) if last else "No contact is recorded"),
    )


OUT_OF_TOUCH = Watch(
    "timeliness_contact",
    "Children without a contact plan",
    "Children away from home for whom contact with nobody is agreed; those of whom no contact is "
    "recorded come first. Nothing recorded does not mean that nobody came.",
    "Every child away from home has a plan to keep in touch with somebody.",
    ("Child", "Last contact"),
    out_of_touch_line,
)


@login_required
def without_contact_plan(request: HttpRequest) -> HttpResponse:
    """Children for whom contact with nobody is agreed."""

    def find(person: Person, on: date) -> QuerySet[Any]:
        return children_without_plan(person, on=on)

    return show(request, OUT_OF_TOUCH, find)
