"""The door to an authority's accounts: open to its administrators, and to nobody else."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse

from backend.access.models import Person
from backend.casework.administrators import administered_by
from backend.casework.errors import FactRefused, NotAllowed, NotNow
from backend.grammar.moments import day_of
from backend.records.models import Authority
from frontend.context import moment_of
from frontend.forms import Form
from frontend.pages.children.opening import person_of
from frontend.parts.refusals import put_refusal_on

#: Where the session keeps which authority somebody with several is looking after.
CHOSEN = "administers"
TABS = (("People", "people"), ("Teams", "teams"), ("Policy", "policy"))
Action = Callable[[Mapping[str, Any]], object]


@dataclass(frozen=True)
class Office:
    """An authority's accounts as they are open to one administrator at one moment."""

    by: Person
    authority: Authority
    others: list[Authority]
    at: datetime

    @property
    def on(self) -> date:
        return day_of(self.at)

    def context(self, tab: str, **more: Any) -> dict[str, Any]:
        """What every one of these pages needs."""
        tabs = [
            {"label": label, "url": reverse(name), "is_current": name == tab}
            for label, name in TABS
        ]
        return {"authority": self.authority, "others": self.others, "tabs": tabs, **more}


def open_office(request: HttpRequest) -> Office:
    """The accounts of the authority that the reader looks after.

    :raises NotAllowed: the reader is no administrator.
    """
    by, at = person_of(request), moment_of(request)
    mine = list(administered_by(by, day_of(at)).order_by("name"))
    if not mine:
        raise NotAllowed(
            "Accounts, parts and policy are kept by the administrators of an authority. "
            "You are not one of them."
        )
    asked = request.GET.get("authority") or request.session.get(CHOSEN)
    authority = next((one for one in mine if one.pk == asked), mine[0])
    if "authority" in request.GET:
        request.session[CHOSEN] = authority.pk
    others = [one for one in mine if one.pk != authority.pk]
    return Office(by=by, authority=authority, others=others, at=at)


def posted(request: HttpRequest) -> QueryDict | None:
    """What was sent, even when nothing was filled in; nothing while the page is only looked at."""
    return request.POST if request.method == "POST" else None


def ask(
    request: HttpRequest,
    office: Office,
    form: Form,
    act: Action,
    *,
    tab: str,
    title: str,
    button: str,
    done: str,
    back: str,
    then: str = "",
    **more: Any,
) -> HttpResponse:
    """Asks a form and takes one action with the answers; a refusal is shown with its reason."""
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            act(form.cleaned_data)
        except FactRefused as refusal:
            put_refusal_on(form, refusal)
        except NotNow as refusal:
            put_refusal_on(form, refusal)
            status = 409
        else:
            messages.success(request, done)
            return redirect(then or back)
    return render(
        request,
        "people/ask.html",
        office.context(tab, form=form, title=title, button=button, back_url=back, **more),
        status=status,
    )
