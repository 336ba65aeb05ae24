"""The page from which somebody looks after their own account."""

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from backend.access.models import Allocation, Person, RoleAssignment
from backend.access.parts import current
from backend.casework.diary import feed_of
from backend.casework.leave import leave_of
from backend.casework.preferences import wishes_of
from backend.grammar.moments import day_of
from frontend.context import moment_of
from frontend.pages.account.telling import in_words
from frontend.parts.words import long_date

SECOND_STEPS = {
    Authenticator.Type.TOTP: "Authenticator app",
    Authenticator.Type.WEBAUTHN: "Passkey or security key",
}


@login_required
def your_account(request: HttpRequest) -> HttpResponse:
    """Who you are here, the parts you play, and how your account is protected."""
    person: Any = request.user
    kinds = Authenticator.objects.filter(user=person, type__in=SECOND_STEPS)
    second_steps = sorted({SECOND_STEPS[kind] for kind in kinds.values_list("type", flat=True)})
    rows = [
        {"term": "Name", "value": person.name},
        {"term": "E-mail address", "value": person.email},
        {"term": "Organisation", "value": person.organisation},
        {"term": "Parts you play", "value": "\n".join(parts_played(request, person))},
        {
            "term": "Password",
            "value": "Set" if person.has_usable_password() else "None",
            "change_url": reverse("account_change_password"),
        },
        {
            "term": "Second step",
            "value": ", ".join(second_steps) or "None: your password alone opens your account",
            "change_url": reverse("mfa_index"),
        },
    ]
    rows += ways_of_work(request, person)
    return render(request, "your_account/your_account.html", {"rows": rows})


def ways_of_work(request: HttpRequest, person: Person) -> list[dict[str, str]]:
    """How somebody is told, when they are away, and their calendar."""
    leave = leave_of(person, day_of(moment_of(request)))
    feed = feed_of(person).first()
    return [
        {
            "term": "How you are told",
            "value": in_words(wishes_of(person)),
            "change_url": reverse("your_telling"),
        },
        {
            "term": "Leave",
            "value": "\n".join(str(one) for one in leave) or "None entered",
            "change_url": reverse("your_leave"),
        },
        {
            "term": "Calendar",
            "value": f"Has an address since {long_date(day_of(feed.made_at))}"
            if feed
            else "Has no address",
            "change_url": reverse("your_calendar"),
        },
    ]


def parts_played(request: HttpRequest, person: Person) -> list[str]:
    """Each part, with where it is played or for how many children."""
    on = day_of(moment_of(request))
    assigned = RoleAssignment.objects.filter(current(on), person=person).select_related(
        "authority", "team", "setting"
    )
    parts = [str(one)[:1].upper() + str(one)[1:] for one in assigned]
    allocated: dict[str, int] = {}
    for one in Allocation.objects.filter(current(on), person=person):
        allocated[one.get_role_display()] = allocated.get(one.get_role_display(), 0) + 1
    for role, number in sorted(allocated.items()):
        children = "child" if number == 1 else "children"
        parts.append(f"{role[:1].upper()}{role[1:]} of {number} {children}")
    return parts
