"""Accounts and the parts people play, as an administrator keeps them."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from backend.access.models import Allocation, Person, RoleAssignment
from backend.access.parts import current
from backend.casework import accounts
from backend.casework.administrators import in_authority, people_of, place_of
from backend.casework.errors import FactRefused
from backend.events.models import Event
from backend.grammar.roles import LABELS, Role
from backend.records.models import Authority
from frontend.pages.people import forms
from frontend.pages.people.office import Office, ask, open_office, posted
from frontend.parts.lists import page_of, remembered_query
from frontend.parts.refusals import put_refusal_on
from frontend.parts.words import capital

#: The newest of what happened to an account; the rest stays in the record of events.
LISTED_EVENTS = 25


def parts_in(authority: Authority) -> QuerySet[RoleAssignment]:
    """The parts played for one authority, with what they are played for."""
    rows = RoleAssignment.objects.filter(in_authority(authority.pk))
    return rows.select_related("team", "authority", "setting").order_by("-started_on", "pk")


def words_of(part: RoleAssignment) -> dict[str, Any]:
    """A part as a page shows it."""
    return {
        "row": part,
        "words": capital(LABELS[Role(part.role)]),
        "where": accounts.name_of(place_of(part)),
    }


def is_current(part: RoleAssignment, on: date) -> bool:
    return part.started_on <= on and (part.ended_on is None or part.ended_on >= on)


@login_required
def people(request: HttpRequest) -> HttpResponse:
    """Everybody with a part in the authority, and whether they have left."""
    office = open_office(request)
    query = remembered_query(request, "people")
    form = forms.PeopleFilters(query)
    chosen = form.cleaned_data if form.is_valid() else {}
    everybody = people_of(office.authority)
    found = narrowed(everybody, chosen)
    now = parts_in(office.authority).filter(current(office.on))
    found = found.prefetch_related(Prefetch("assignments", queryset=now, to_attr="parts_now"))
    page = page_of(found.order_by("name", "pk"), request)
    rows = [
        {"person": one, "parts": [words_of(part) for part in one.parts_now]}
        for one in page.object_list
    ]
    return render(
        request,
        "people/people.html",
        office.context(
            "people", form=form, query=query, page=page, rows=rows, total=everybody.count()
        ),
    )


def narrowed(everybody: QuerySet[Person], chosen: Mapping[str, Any]) -> QuerySet[Person]:
    """The people whom the filters leave."""
    found = everybody
    if chosen.get("name"):
        found = found.filter(forms.matching(chosen["name"].strip()))
    if len(chosen.get("standing") or ()) == 1:
        found = found.filter(is_active=chosen["standing"] == ["here"])
    return found


def person_in(office: Office, person_id: int) -> Person:
    """Somebody of this authority; of anybody else these pages know nothing."""
    found: Person = get_object_or_404(people_of(office.authority), pk=person_id)
    return found


@login_required
def person(request: HttpRequest, person_id: int) -> HttpResponse:
    """One account: the parts played now and before, and what was done to it."""
    office = open_office(request)
    who = person_in(office, person_id)
    parts = list(parts_in(office.authority).filter(person=who))
    rows = Event.objects.filter(
        about=f"people/{who.pk}", carries__authority=office.authority.pk
    ).order_by("-at", "-pk")
    children = Allocation.objects.filter(person=who, ended_on__isnull=True)
    return render(
        request,
        "people/person.html",
        office.context(
            "people",
            person=who,
            now=[words_of(part) for part in parts if is_current(part, office.on)],
            before=[words_of(part) for part in parts if not is_current(part, office.on)],
            children=children.values("child").distinct().count(),
            is_self=who.pk == office.by.pk,
            entries=[
                {"title": one.sentence, "by": one.by_name, "at": one.at}
                for one in rows[:LISTED_EVENTS]
            ],
        ),
    )


@login_required
def new(request: HttpRequest) -> HttpResponse:
    """Opens an account with a first part, or gives the part to whoever has the address."""
    office = open_office(request)
    form = forms.NewPerson(posted(request), authority=office.authority, on=office.on)
    known = None
    if request.method == "POST" and form.is_valid():
        answers = dict(form.cleaned_data)
        known = Person.objects.filter(email__iexact=answers["email"]).first()
        try:
            if known is None:
                who = accounts.add_person(**answers, by=office.by, at=office.at)
                messages.success(request, f"{who.name} has an account and a first part.")
                return redirect("person", who.pk)
            if request.POST.get("give_to") == str(known.pk):
                return give_to_known(request, office, known, answers)
        except FactRefused as refusal:
            put_refusal_on(form, refusal)
            known = None
    return render(
        request,
        "people/new.html",
        office.context("people", form=form, known=known, back_url=reverse("people")),
    )


def give_to_known(
    request: HttpRequest, office: Office, known: Person, answers: Mapping[str, Any]
) -> HttpResponse:
    """Gives a part to somebody who has an account already, bringing them back if they left."""
    accounts.give_part_to_known(
        person=known,
        authority=office.authority,
        role=answers["role"],
        place=answers["place"],
        started_on=answers["started_on"],
        by=office.by,
        at=office.at,
    )
    messages.success(request, f"{known.name} was given the part.")
    return redirect("person", known.pk)


@login_required
def give(request: HttpRequest, person_id: int) -> HttpResponse:
    """Gives somebody a part."""
    office = open_office(request)
    who = person_in(office, person_id)
    form = forms.GivePart(posted(request), authority=office.authority, on=office.on)

    def act(answers: Mapping[str, Any]) -> object:
        return accounts.assign_role(person=who, by=office.by, at=office.at, **answers)

    return ask(
        request,
        office,
        form,
        act,
        tab="people",
        title=f"Give {who.name} a part",
        button="Give the part",
        done="The part was given. What it opens can be seen at once.",
        back=reverse("person", args=[who.pk]),
    )


@login_required
def end(request: HttpRequest, person_id: int, part_id: int) -> HttpResponse:
    """Ends a part."""
    office = open_office(request)
    who = person_in(office, person_id)
    part = get_object_or_404(parts_in(office.authority).filter(person=who), pk=part_id)
    shown = words_of(part)
    form = forms.EndPart(posted(request), initial={"ended_on": office.on})

    def act(answers: Mapping[str, Any]) -> object:
        return accounts.end_role(assignment=part, by=office.by, at=office.at, **answers)

    return ask(
        request,
        office,
        form,
        act,
        tab="people",
        title=f"{who.name} stops being {shown['words'].lower()} for {shown['where']}",
        button="End the part",
        done="The part has ended. Open alerts have gone to whoever plays it now, or up.",
        back=reverse("person", args=[who.pk]),
        then=reverse("people") if leaves_no_trace(part, request) else "",
        advice="They lose sight of what this part opened at once. Children who are allocated to "
        "them stay allocated until a manager allocates them to somebody else.",
    )


def leaves_no_trace(part: RoleAssignment, request: HttpRequest) -> bool:
    """Whether the person may not be listed here any more once this part is taken back."""
    given = [request.POST.get(f"ended_on_{piece}", "") for piece in ("day", "month", "year")]
    day = part.started_on
    return [piece.lstrip("0") for piece in given] == [str(day.day), str(day.month), str(day.year)]


@login_required
def leave(request: HttpRequest, person_id: int) -> HttpResponse:
    """Closes the account of somebody who left."""
    office = open_office(request)
    who = person_in(office, person_id)

    def act(answers: Mapping[str, Any]) -> object:
        return accounts.mark_left(
            person=who, authority=office.authority, by=office.by, at=office.at
        )

    return ask(
        request,
        office,
        forms.Confirm(posted(request)),
        act,
        tab="people",
        title=f"{who.name} has left",
        button="Close the account",
        done=f"{who.name} cannot sign in any more.",
        back=reverse("person", args=[who.pk]),
        advice="Every part ends today, the person cannot sign in any more, and open alerts go to "
        "whoever plays the part now, or to whoever is above. What they wrote stays.",
    )


@login_required
def come_back(request: HttpRequest, person_id: int) -> HttpResponse:
    """Opens the account of somebody who had left."""
    office = open_office(request)
    who = person_in(office, person_id)

    def act(answers: Mapping[str, Any]) -> object:
        return accounts.bring_back(
            person=who, authority=office.authority, by=office.by, at=office.at
        )

    return ask(
        request,
        office,
        forms.Confirm(posted(request)),
        act,
        tab="people",
        title=f"Bring {who.name} back",
        button="Open the account again",
        done=f"{who.name} can sign in again. Give them their parts.",
        back=reverse("person", args=[who.pk]),
        advice="They can sign in again, and play no part until you give them one.",
    )
