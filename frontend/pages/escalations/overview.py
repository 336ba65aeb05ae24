"""Concerns across teams: how many stand at each level, how old they are, and what is at the top."""

from collections import Counter
from dataclasses import replace
from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from backend.casework.errors import NotAllowed
from backend.deadlines.count import add_working_days
from backend.grammar.moments import day_of
from frontend.context import moment_of
from frontend.pages.children.opening import person_of
from frontend.pages.escalations import told
from frontend.pages.escalations.views import follows_teams, tabs
from frontend.parts.charts import Chart, bars_of_counts
from frontend.parts.lists import page_of
from frontend.parts.spreadsheet import spreadsheet
from frontend.parts.words import capital, count_of, long_date
from workflows.escalations.models import Escalation
from workflows.escalations.queries import (
    escalations_visible_to,
    in_order,
    open_ones,
)
from workflows.escalations.queries import standing_of as stage_of

#: Working days since it was raised, as managers ask: this week, two weeks, a month, longer.
AGES = ((5, "Up to 5"), (10, "6 to 10"), (20, "11 to 20"))
OLDEST = "More than 20"
COLUMNS = ("About", "Team", "Asked by", "Asked of", "Level", "Where it stands", "Raised", "Age")


@login_required
def overview(request: HttpRequest) -> HttpResponse:
    """Every open concern the reader may follow, by level and by age; the highest first."""
    person, on = person_of(request), day_of(moment_of(request))
    if not follows_teams(request):
        raise NotAllowed("Concerns across teams are followed by managers and host officers.")
    rows = in_order(open_ones(escalations_visible_to(person))).select_related(
        "child__team",
        "child",
        "setting",
        "raised_by",
        "from_authority",
        "from_setting",
        "to_authority",
        "to_setting",
    )
    cases = sorted(rows, key=lambda case: (-rung_of(case), case.opened_at, case.pk))
    if "export" in request.GET:
        return spreadsheet(
            "Escalations across teams",
            COLUMNS,
            (cells_of(case, on) for case in cases),
            notes=(f"Open concerns, as far as {person.name} may see, {long_date(on)}.",),
        )
    page = page_of(cases, request)
    return render(
        request,
        "escalations/overview.html",
        {
            "page": page,
            "columns": COLUMNS,
            "lines": [
                {
                    "case": case,
                    "cells": list(zip(COLUMNS, cells_of(case, on), strict=True)),
                }
                for case in page.object_list
            ],
            "highest": [case_line(case) for case in cases if is_highest(case)][:25],
            "chart": chart_of(cases, on),
            "grid": grid_of(cases, on),
            "ages": [*(words for _, words in AGES), OLDEST],
            "tabs": tabs("escalations_overview", request),
        },
    )


def rung_of(case: Escalation) -> int:
    stage = stage_of(case)
    return stage.rung if stage is not None else -1


def level_of(case: Escalation) -> str:
    stage = stage_of(case)
    return capital(stage.level) if stage is not None else ""


def is_highest(case: Escalation) -> bool:
    return rung_of(case) + 1 >= len(case.rungs)


def case_line(case: Escalation) -> dict[str, Any]:
    return {
        "case": case,
        "about": told.about_words(case),
        "stands": told.line_words(case, stage_of(case)),
    }


def age_of(case: Escalation, on: date) -> str:
    """How long ago it was raised, in working days."""
    raised_on = day_of(case.opened_at)
    for days, words in AGES:
        if add_working_days(raised_on, days) >= on:
            return words
    return OLDEST


def cells_of(case: Escalation, on: date) -> tuple[Any, ...]:
    team = case.child.team if case.child is not None else None
    return (
        told.about_words(case),
        team.name if team else "",
        case.from_name,
        case.to_name,
        level_of(case),
        told.in_a_cell(case, stage_of(case)),
        long_date(day_of(case.opened_at)),
        age_of(case, on),
    )


def grid_of(cases: list[Escalation], on: date) -> list[dict[str, Any]]:
    """How many stand at each level, by age."""
    counts = Counter((level_of(case), age_of(case, on)) for case in cases)
    levels = dict.fromkeys(level_of(case) for case in cases)
    ages = [*(words for _, words in AGES), OLDEST]
    return [
        {
            "level": level,
            "counts": [(age, counts[level, age]) for age in ages],
            "total": sum(counts[level, age] for age in ages),
        }
        for level in levels
    ]


def chart_of(cases: list[Escalation], on: date) -> Chart:
    """How many open concerns there are of each age."""
    counts = Counter(age_of(case, on) for case in cases)
    old = counts[OLDEST]
    summary = (
        f"{count_of(len(cases), 'open concern')}; {old} raised more than 20 working days ago."
        if cases
        else "No open concerns."
    )
    drawing = bars_of_counts(
        "Open concerns by age",
        [(words, counts[words]) for words in (*(words for _, words in AGES), OLDEST)],
        summary,
        counted="Open concerns",
    )
    return replace(drawing, columns=("Working days since it was raised", "Open concerns"))
