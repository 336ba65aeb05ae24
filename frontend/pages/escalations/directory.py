"""Whom to call at each authority, kept current from use; and how concerns go up there."""

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
from backend.records.models import Authority
from frontend.context import moment_of
from frontend.pages.children.opening import person_of, sent
from frontend.pages.escalations import forms
from frontend.pages.escalations.asking import ask
from frontend.pages.escalations.views import tabs
from frontend.parts.lists import page_of, remembered_query
from workflows.escalations import actions
from workflows.escalations.ladders import Ladder, Use, default_for
from workflows.escalations.models import LadderInUse, NamedContact
from workflows.escalations.queries import standing_contacts

BACK = "who_to_call"


def require_professional(request: HttpRequest) -> Person:
    """:raises NotAllowed: somebody who plays no part for anybody."""
    person = person_of(request)
    if not roles_held(person, day_of(moment_of(request))):
        raise NotAllowed("Whom to call is open to everybody with a part here. You have none yet.")
    return person


def kept_by(request: HttpRequest) -> list[Authority]:
    """The authorities whose contacts the reader keeps."""
    person, at = person_of(request), moment_of(request)
    held = person.assignments.select_related("authority", "team__authority", "setting")
    codes = {
        code
        for part in held
        if (
            code := part.authority_id
            or (part.team.authority_id if part.team else None)
            or (part.setting.host_authority_id if part.setting else None)
        )
        and actions.may_keep(person, code, actions.KEEPS_DIRECTORY, at)
    }
    return list(Authority.objects.filter(pk__in=codes))


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
    mine = {authority.pk for authority in kept_by(request)}
    return render(
        request,
        "escalations/who_to_call.html",
        {
            "page": page,
            "rows": [(row, code_of(row) in mine) for row in page.object_list],
            "form": form,
            "query": query,
            "may_add": bool(mine),
            "tabs": tabs(BACK, request),
        },
    )


def code_of(row: NamedContact) -> str:
    return row.authority_id or (row.setting.host_authority_id if row.setting else "")


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
    """Names whom to call at the reader's own authority."""
    mine = kept_by(request)
    if not mine:
        raise NotAllowed(
            "Whom to call is kept by an administrator, a director or a manager of the authority."
        )
    form = forms.Contact(sent(request))

    def take() -> object:
        given = dict(form.cleaned_data)
        return actions.name_contact(
            authority=mine[0],
            person=account_of(given.pop("account")),
            by=person_of(request),
            at=moment_of(request),
            **given,
        )

    return ask(
        request,
        form,
        take,
        title=f"Add whom to call at {mine[0].name}",
        button="Add",
        done="Added. Every professional can find them now.",
        back_url=reverse(BACK),
        asked_as={"person": "account"},
    )


@login_required
def change_contact(request: HttpRequest, contact_id: int) -> HttpResponse:
    """Changes how somebody is reached."""
    row = get_object_or_404(standing_contacts(), pk=contact_id)
    if not actions.may_keep(
        person_of(request), code_of(row), actions.KEEPS_DIRECTORY, moment_of(request)
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
    del form.fields["level"]

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


# Ladders


@login_required
def ladders(request: HttpRequest) -> HttpResponse:
    """How concerns go up in the reader's authority, and what else is published."""
    require_professional(request)
    mine = chosen_for(request)
    return render(
        request,
        "escalations/ladders.html",
        {
            "authorities": [
                {"authority": authority, "uses": [in_use(authority, use) for use in Use]}
                for authority in mine
            ],
            "published": [
                {"use": use, "ladders": [shown(ladder) for ladder in actions.ladders_of(use)]}
                for use in Use
            ],
            "tabs": tabs("ladders", request),
        },
    )


def chosen_for(request: HttpRequest) -> list[Authority]:
    """The authorities for which the reader may choose a ladder."""
    person, at = person_of(request), moment_of(request)
    return [
        authority
        for authority in kept_by(request)
        if actions.may_keep(person, authority.pk, actions.CHOOSES_LADDER, at)
    ]


def in_use(authority: Authority, use: Use) -> dict[str, Any]:
    row = LadderInUse.objects.filter(authority=authority, use=use).first()
    ladder = actions.ladder_for(use, authority)
    return {
        "use": use,
        "ladder": shown(ladder),
        "row": row,
        "url": reverse("ladder_choose", args=[authority.pk, use.value]),
    }


def shown(ladder: Ladder) -> dict[str, Any]:
    return {"ladder": ladder, "words": forms.rungs_words(ladder)}


@login_required
def choose_ladder(request: HttpRequest, code: str, use: str) -> HttpResponse:
    """Chooses how concerns that are raised from now on go up."""
    authority = get_object_or_404(Authority, pk=code)
    if authority not in chosen_for(request):
        raise NotAllowed(
            "How concerns go up is chosen by an administrator or a director of that authority."
        )
    wanted = Use(use)
    now = LadderInUse.objects.filter(authority=authority, use=wanted).first()
    form = forms.WhichLadder(
        sent(request), initial={"code": now.code if now else default_for(wanted).code}
    ).offer(actions.ladders_of(wanted))
    return ask(
        request,
        form,
        lambda: actions.choose_ladder(
            authority=authority,
            use=wanted,
            by=person_of(request),
            at=moment_of(request),
            **form.cleaned_data,
        ),
        title=f"{wanted.label}: how they go up in {authority.name}",
        button="Choose",
        done="Chosen. Concerns raised before keep the ladder they were raised with.",
        back_url=reverse("ladders"),
        intro="This holds for concerns raised from now on. Those raised before keep theirs. "
        "None of these numbers is law.",
    )
