"""Whom to call at each authority and home, and which level has nobody; kept current from use."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from backend.access.models import Person
from backend.access.parts import roles_held
from backend.casework.errors import FactRefused, NotAllowed
from backend.grammar.moments import day_of
from backend.records.models import Authority, Setting
from frontend.context import moment_of
from frontend.pages.children.opening import person_of, sent
from frontend.pages.escalations import forms
from frontend.pages.escalations.asking import ask
from frontend.pages.escalations.views import keeps_a_directory, tabs
from frontend.parts.lists import page_of, remembered_query
from frontend.parts.words import capital
from workflows.escalations import actions
from workflows.escalations.addressing import Answering, Named
from workflows.escalations.addressing import who_answers as answering_in
from workflows.escalations.ladders import LADDERS, LEVEL_WORDS, Level
from workflows.escalations.models import NamedContact
from workflows.escalations.queries import standing_contacts

BACK = "who_to_call"
ANSWERS = "who_answers"
Place = Authority | Setting
PLACES_ON_A_PAGE = 10
#: Where the directory names nobody, these are asked by their part for the child itself.
BY_CHILD = (Level.PRACTITIONER, Level.TEAM_MANAGER, Level.SERVICE_MANAGER)
#: A home has a manager, and somebody above them; it has no reviewing or LADO service.
HOME_LEVELS = (
    Level.PRACTITIONER,
    Level.TEAM_MANAGER,
    Level.SERVICE_MANAGER,
    Level.DIRECTOR,
    Level.DUTY,
)
#: The levels that concerns go up by; the others are only called.
ON_A_LADDER = {level for ladder in LADDERS for rung in ladder.rungs for level in rung.levels}
TOLD = "Somebody is there"
GOES_ON = "A concern that comes here goes on to the next level at once."
STAYS = "This is the highest level: a concern that comes here stays open, and nobody has it."
KEPT_BY = (
    "Whom to call is kept by an administrator, a director or a manager of the authority, and by "
    "the manager of a home."
)


def require_professional(request: HttpRequest) -> Person:
    """:raises NotAllowed: somebody who plays no part for anybody."""
    person = person_of(request)
    if not roles_held(person, day_of(moment_of(request))):
        raise NotAllowed("Whom to call is open to everybody with a part here. You have none yet.")
    return person


def places_kept_by(request: HttpRequest) -> list[Place]:
    """The authorities, and then the homes, whose contacts the reader keeps."""
    person, at = person_of(request), moment_of(request)
    return [
        *actions.authorities_where(person, actions.KEEPS_DIRECTORY, at).order_by("name"),
        *actions.homes_kept_by(person, at).order_by("name", "pk"),
    ]


def named(place: Place) -> dict[str, Any]:
    """A place as an action takes it."""
    return {"authority" if isinstance(place, Authority) else "setting": place}


def key_of(place: Place) -> str:
    return f"{'authority' if isinstance(place, Authority) else 'setting'}:{place.pk}"


@login_required
def who_to_call(request: HttpRequest) -> HttpResponse:
    """Whom to call: LADO, IRO service, director, duty team, of every authority."""
    require_professional(request)
    query = remembered_query(request, "who to call")
    form = forms.WhichContacts(query)
    rows = standing_contacts()
    if form.is_valid():
        authority, level = form.cleaned_data["authority"], form.cleaned_data["level"]
        if authority is not None:
            rows = rows.filter(authority=authority)
        if level:
            rows = rows.filter(level=level)
    page = page_of(rows, request)
    mine = {key_of(place) for place in places_kept_by(request)}
    return render(
        request,
        "escalations/who_to_call.html",
        {
            "page": page,
            "rows": [(row, place_key(row) in mine) for row in page.object_list],
            "form": form,
            "query": query,
            "may_add": bool(mine),
            "tabs": tabs(BACK, request),
        },
    )


def place_key(row: NamedContact) -> str:
    return f"authority:{row.authority_id}" if row.authority_id else f"setting:{row.setting_id}"


# Which level has nobody


@login_required
def who_answers(request: HttpRequest) -> HttpResponse:
    """Who would answer at each level of the places that the reader keeps, before anybody asks."""
    if not keeps_a_directory(request):
        raise NotAllowed(KEPT_BY)
    page = page_of(places_kept_by(request), request, per_page=PLACES_ON_A_PAGE)
    places: list[Place] = list(page.object_list)
    answering = answering_in(
        [one.pk for one in places if isinstance(one, Authority)],
        [one.pk for one in places if isinstance(one, Setting)],
        day_of(moment_of(request)),
    )
    return render(
        request,
        "escalations/who_answers.html",
        {
            "page": page,
            "places": [place_card(place, answering) for place in places],
            "tabs": tabs(ANSWERS, request),
        },
    )


def place_card(place: Place, answering: Answering) -> dict[str, Any]:
    """One authority or home, with what happens to a concern at each of its levels."""
    levels = Level if isinstance(place, Authority) else HOME_LEVELS
    lines = [level_line(place, level, answering.get((place.pk, level), [])) for level in levels]
    return {
        "name": place.name,
        "lines": lines,
        "without": sum(line["label"] != TOLD for line in lines),
    }


def level_line(place: Place, level: Level, found: list[Named]) -> dict[str, Any]:
    """Who is told at one level, who can only be called, or that there is nobody."""
    told = [one for one in found if one.person is not None]
    missed = STAYS if level is Level.DIRECTOR else GOES_ON if level in ON_A_LADDER else ""
    if told:
        label, colour, then = TOLD, "green", ""
    elif level not in ON_A_LADDER and found:
        label, colour, then = TOLD, "green", "By telephone or e-mail."
    elif isinstance(place, Authority) and level in BY_CHILD:
        label, colour = "Nobody for children living here", "orange"
        then = "About a child that you placed, the child's own is asked."
    elif found:
        label, colour, then = "Cannot be told here", "orange", missed
    else:
        label, colour, then = "Nobody", "red", missed
    return {
        "level": capital(LEVEL_WORDS[level]),
        "label": label,
        "colour": colour,
        "people": [words_of(one) for one in found],
        "then": then,
        "add_url": f"{reverse('contact_add')}?place={key_of(place)}&level={level}",
    }


def words_of(one: Named) -> str:
    reach = ", ".join(filter(None, (one.phone, one.email)))
    words = f"{one.name}, {one.job}" if one.job else one.name
    return f"{words}: {reach}" if reach else words


# Naming and changing


def account_of(address: str) -> Person | None:
    """The account with this address.

    :raises FactRefused: there is none in use.
    """
    if not address.strip():
        return None
    person = Person.objects.filter(email=address.strip().lower(), is_active=True).first()
    if person is None:
        raise FactRefused("There is no account with this address.", field="account")
    return person


@login_required
def add_contact(request: HttpRequest) -> HttpResponse:
    """Names whom to call at an authority or a home that the reader keeps."""
    places = {key_of(place): place for place in places_kept_by(request)}
    if not places:
        raise NotAllowed(KEPT_BY)
    asked = {name: request.GET.get(name, "") for name in ("place", "level")}
    form = forms.NewContact(sent(request), initial=asked).offer(
        {key: place.name for key, place in places.items()}
    )

    def take() -> object:
        given = dict(form.cleaned_data)
        place = places[given.pop("place")]
        return actions.name_contact(
            **named(place),
            person=account_of(given.pop("account")),
            by=person_of(request),
            at=moment_of(request),
            **given,
        )

    return ask(
        request,
        form,
        take,
        title="Add whom to call",
        button="Add",
        done="Added. Every professional can find them now.",
        back_url=reverse(BACK),
        asked_as={"person": "account"},
    )


@login_required
def change_contact(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Changes how somebody is reached."""
    row = get_object_or_404(standing_contacts(), pk=contact_id)
    if not actions.keeps_contacts(
        person_of(request), row.authority, row.setting, moment_of(request)
    ):
        raise NotAllowed(f"Whom to call at {row.place_name} is kept by its own managers.")
    form = forms.Contact(
        sent(request),
        initial={
            "level": row.level,
            "name": row.name,
            "job": row.job,
            "phone": row.phone,
            "email": row.email,
            "account": row.person.email if row.person else "",
        },
    )

    def take() -> object:
        given = dict(form.cleaned_data)
        return actions.change_contact(
            contact=row,
            person=account_of(given.pop("account")),
            by=person_of(request),
            at=moment_of(request),
            **given,
        )

    return ask(
        request,
        form,
        take,
        title=f"Change whom to call: {row.level_words}, {row.place_name}",
        button="Save",
        done="Saved.",
        back_url=reverse(BACK),
        asked_as={"person": "account"},
    )


@login_required
@require_POST
def say_of_contact(request: HttpRequest, contact_id: int, what: str) -> HttpResponse:
    """Says that a contact was reached, could not be reached, or is to be taken out."""
    person = require_professional(request)
    row = get_object_or_404(standing_contacts(), pk=contact_id)
    act, done = {
        "reached": (actions.confirm_contact, "Thank you. Others see that you reached them."),
        "not-reached": (actions.doubt_contact, "Kept. Those who keep this list see it."),
        "remove": (actions.remove_contact, "Taken out."),
    }[what]
    act(contact=row, by=person, at=moment_of(request))  # type: ignore[operator]
    messages.success(request, done)
    return redirect(BACK)
