"""Opening a concern or a meeting, and asking what a step needs; nothing typed is ever lost."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from backend.access.matters import matters_visible_to
from backend.access.models import Person
from backend.access.readlog import log_read
from backend.casework.case import Matter
from backend.casework.errors import FactRefused, MovedOn, NotNow
from backend.casework.gate import may_take
from backend.grammar.events import Depth
from backend.grammar.moments import day_of
from backend.grammar.roles import LABELS, Role
from frontend.context import moment_of
from frontend.forms import Form
from frontend.pages.children.opening import person_of
from frontend.pages.reviews.asking import KEPT, version_read
from frontend.parts.refusals import put_refusal_on


@dataclass(frozen=True)
class Looking:
    """One case as it is open to one person at one moment."""

    person: Person
    at: datetime
    on: date
    roles: frozenset[Role]

    @property
    def how(self) -> dict[str, Any]:
        return {"by": self.person, "at": self.at}


def open_matter(
    request: HttpRequest, name: str, pk: int, *, related: Iterable[str] = ()
) -> tuple[Any, Looking]:
    """The case as this person may see it; nobody else learns that it exists. Every look is kept.

    :raises Http404: none that the person may know of.
    """
    person, at = person_of(request), moment_of(request)
    rows = matters_visible_to(name, person).select_related(*related)
    case: Matter = get_object_or_404(rows, pk=pk)
    roles = case.parts_of(person, day_of(at))
    if request.method in ("GET", "HEAD"):
        log_read(
            person=person,
            child=None,
            depth=Depth.RESTRICTED,
            page=case.about,
            because=(LABELS[role] for role in sorted(roles)) if roles else ("was asked before",),
            at=at,
        )
    return case, Looking(person, at, day_of(at), roles)


def steps_open_to(case: Matter, looking: Looking) -> frozenset[str]:
    return frozenset(row.name for row in may_take(case, looking.roles))


def require_step(case: Matter, looking: Looking, name: str) -> None:
    """Says before anybody types that a step is not possible now.

    :raises NotNow: from where the case stands; who may take it is said when it is taken.
    """
    row = case.TABLE[name]
    if case.state not in row.when:
        raise NotNow(f"This is now: {case.stands_at.label.lower()}. “{row.words}” is not possible.")


def ask(
    request: HttpRequest,
    form: Form,
    take: Callable[[], object],
    *,
    title: str,
    button: str,
    done: str,
    back_url: str,
    goes_to: Callable[[], str] | None = None,
    case: Matter | None = None,
    asked_as: dict[str, str] | None = None,
    **more: Any,
) -> HttpResponse:
    """Asks a form, takes one step with the answers, and goes back to where it was asked."""
    status, newest = 200, case.version if case is not None else ""
    version = version_read(request) or newest
    if request.method == "POST" and form.is_valid():
        try:
            take()
        except FactRefused as refusal:
            put_refusal_on(form, refusal, asked_as)
        except MovedOn as refusal:
            status, version = 412, newest
            put_refusal_on(form, refusal)
            form.add_error(None, KEPT)
        except NotNow as refusal:
            status = 409
            put_refusal_on(form, refusal)
        else:
            messages.success(request, done)
            return redirect(goes_to() if goes_to else back_url)
    return render(
        request,
        "escalations/ask.html",
        {
            "form": form,
            "title": title,
            "button": button,
            "back_url": back_url,
            "version": version,
            **more,
        },
        status=status,
    )
