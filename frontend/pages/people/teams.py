"""The teams of an authority and its policy, as an administrator keeps them."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from backend.casework import authorities
from backend.casework.authorities import Policy, policy_of
from backend.events.models import Event
from backend.records.models import Team
from frontend.pages.people import forms
from frontend.pages.people.office import Office, ask, open_office, posted
from frontend.parts.lists import page_of

LISTED_EVENTS = 10


@login_required
def teams(request: HttpRequest) -> HttpResponse:
    """The teams of the authority, under their services."""
    office = open_office(request)
    rows = Team.objects.filter(authority=office.authority).select_related("service")
    going_on = Q(assignments__ended_on__isnull=True) | Q(assignments__ended_on__gte=office.on)
    working = Count("assignments", filter=going_on)
    page = page_of(rows.annotate(working=working).order_by("name", "pk"), request)
    return render(request, "people/teams.html", office.context("teams", page=page))


def team_in(office: Office, team_id: int) -> Team:
    rows = Team.objects.filter(authority=office.authority).select_related("service")
    found: Team = get_object_or_404(rows, pk=team_id)
    return found


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Adds a team."""
    office = open_office(request)
    form = forms.NewTeam(posted(request), authority=office.authority)

    def act(answers: Mapping[str, Any]) -> object:
        return authorities.add_team(
            authority=office.authority, by=office.by, at=office.at, **answers
        )

    return ask(
        request,
        office,
        form,
        act,
        tab="teams",
        title="Add a team",
        button="Add the team",
        done="The team was added.",
        back=reverse("teams"),
    )


@login_required
def rename(request: HttpRequest, team_id: int) -> HttpResponse:
    """Gives a team another name."""
    office = open_office(request)
    team = team_in(office, team_id)
    form = forms.NameTeam(posted(request), initial={"name": team.name})

    def act(answers: Mapping[str, Any]) -> object:
        return authorities.rename_team(team=team, by=office.by, at=office.at, **answers)

    return ask(
        request,
        office,
        form,
        act,
        tab="teams",
        title=f"Rename {team.name}",
        button="Save",
        done="The team was renamed.",
        back=reverse("teams"),
    )


@login_required
def move(request: HttpRequest, team_id: int) -> HttpResponse:
    """Puts a team under a service."""
    office = open_office(request)
    team = team_in(office, team_id)
    form = forms.PutUnderService(
        posted(request),
        authority=office.authority,
        team=team,
        initial={"service": team.service_id},
    )

    def act(answers: Mapping[str, Any]) -> object:
        return authorities.put_under_service(team=team, by=office.by, at=office.at, **answers)

    return ask(
        request,
        office,
        form,
        act,
        tab="teams",
        title=f"Put {team.name} under a service",
        button="Save",
        done="Saved. Who sees the children of this team has changed with it.",
        back=reverse("teams"),
    )


@login_required
def policy(request: HttpRequest) -> HttpResponse:
    """How the authority counts, where the law leaves it a choice."""
    office = open_office(request)
    form = forms.SetPolicy(posted(request), initial=asdict(policy_of(office.authority)))
    rows = Event.objects.filter(about=f"authorities/{office.authority.pk}").order_by("-at", "-pk")

    def act(answers: Mapping[str, Any]) -> object:
        return authorities.set_policy(
            authority=office.authority, policy=Policy(**answers), by=office.by, at=office.at
        )

    return ask(
        request,
        office,
        form,
        act,
        tab="policy",
        title="Policy",
        button="Save the policy",
        done="Saved. The dates of every child of the authority are being counted again.",
        back=reverse("policy"),
        advice="What the law says is never changed here. A change counts the dates of every "
        "child of the authority again, and stays on the record.",
        entries=[
            {"title": one.sentence, "by": one.by_name, "at": one.at} for one in rows[:LISTED_EVENTS]
        ],
    )
