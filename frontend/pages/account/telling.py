"""How somebody is told: what, by which way, when not, and how often in sum."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from backend.casework.errors import FactRefused
from backend.casework.preferences import Wishes, set_preferences, wishes_of
from backend.notify.choosing import families
from backend.notify.models import Preference, Way
from backend.notify.ways import offered
from backend.notify.ways.push import public_key
from frontend.pages.account.forms import WAYS, Telling
from frontend.pages.children.opening import person_of, sent
from frontend.parts.refusals import put_refusal_on

ASKED_AS = {"by_text": "ways", "unwanted": "families"}


@login_required
def telling(request: HttpRequest) -> HttpResponse:
    """Asks how the reader wishes to be told."""
    person = person_of(request)
    wishes = wishes_of(person)
    form = Telling(sent(request), initial=answers_of(wishes))
    if request.method == "POST" and form.is_valid():
        try:
            set_preferences(person=person, wishes=wishes_in(form.cleaned_data, wishes))
        except FactRefused as refusal:
            put_refusal_on(form, refusal, ASKED_AS)
        else:
            messages.success(request, "Saved. This is how you are told from now on.")
            return redirect("your_account")
    has_push = Way.PUSH in offered()
    return render(
        request,
        "your_account/telling.html",
        {
            "form": form,
            "push_key": public_key() if has_push else "",
            "browsers": person.push_devices.all() if has_push else (),
        },
    )


def answers_of(wishes: Wishes) -> dict[str, Any]:
    """What the form shows before anything is changed."""
    return {
        "ways": [str(way) for way, (name, _) in WAYS.items() if getattr(wishes, name)],
        "phone": wishes.phone,
        "families": [one for one in families() if one not in wishes.unwanted],
        "has_quiet_hours": wishes.quiet_from is not None,
        "quiet_from": wishes.quiet_from,
        "quiet_to": wishes.quiet_to,
        "digest": wishes.digest,
    }


def wishes_in(answers: dict[str, Any], before: Wishes) -> Wishes:
    """What was answered; a way that is not offered here keeps what was wished before."""
    chosen, there = set(answers["ways"]), offered()
    wished = {
        name: (str(way) in chosen if way in there else getattr(before, name))
        for way, (name, _) in WAYS.items()
    }
    if Way.TEXT not in there:
        wished["by_text"] = False
    wanted = set(answers["families"])
    return Wishes(
        **wished,
        phone=answers.get("phone") or before.phone,
        unwanted=tuple(one for one in families() if one not in wanted),
        quiet_from=answers["quiet_from"],
        quiet_to=answers["quiet_to"],
        digest=answers["digest"],
    )


def in_words(wishes: Wishes) -> str:
    """How somebody is told, for the page of their account."""
    ways = ["In this site"]
    ways += [label for way, (name, label) in WAYS.items() if _works(way, getattr(wishes, name))]
    lines = [", ".join([ways[0], *(label[:1].lower() + label[1:] for label in ways[1:])])]
    if wishes.quiet_from is not None and wishes.quiet_to is not None:
        lines.append(f"Quiet from {wishes.quiet_from:%H:%M} to {wishes.quiet_to:%H:%M}")
    lines.append(f"Summary: {Preference.Every(wishes.digest).label.lower()}")
    return "\n".join(lines)


def _works(way: Way, is_wished: bool) -> bool:
    return is_wished and way in offered()
