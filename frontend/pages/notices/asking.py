"""Asking what a step needs, of a child's case or of one that is no child's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from backend.access.matters import matters_visible_to
from backend.access.models import Person
from backend.access.readlog import log_read
from backend.casework.case import Matter
from backend.casework.errors import FactRefused, MovedOn, NotNow
from backend.casework.gate import may_take, require_part_in
from backend.grammar.events import Depth
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.records.models import Child
from frontend.context import moment_of
from frontend.forms import Form
from frontend.pages.children.opening import name_of, person_of
from frontend.pages.reviews.asking import KEPT, version_read
from frontend.parts.refusals import put_refusal_on


@dataclass(frozen=True)
class Opened:
    """A case that is no child's, as it is open to one person at one moment."""

    case: Any
    person: Person
    at: datetime
    on: date
    parts: frozenset[Role]

    def plays(self, *roles: Role) -> bool:
        return bool(self.parts & set(roles))

    @property
    def steps(self) -> set[str]:
        """The steps that the reader may take from where the case stands."""
        return {row.name for row in may_take(self.case, self.parts)}


def open_matter(request: HttpRequest, name: str, number: int) -> Opened:
    """A case as this person may see it; nobody else learns that it exists.

    Every look is kept in the log, with the child when it is about one.
    """
    person, at = person_of(request), moment_of(request)
    case: Matter = get_object_or_404(matters_visible_to(name, person), pk=number)
    on = day_of(at)
    parts = case.parts_of(person, on)
    if request.method in ("GET", "HEAD"):
        child_id = case.concerns_child_id
        log_read(
            person=person,
            child=Child.objects.get(pk=child_id) if child_id else None,
            depth=Depth.CARD if child_id else Depth.RESTRICTED,
            page=f"{name_of(request)} {case.about}",
            because=[role.label for role in sorted(parts)] or ["Reads the child's record"],
            at=at,
        )
    return Opened(case, person, at, on, parts)


def require_step(opened: Opened, step: str) -> None:
    """Refuses a page whose form this person could not send, or that has come too late."""
    try:
        row = opened.case.TABLE[step]
    except LookupError:
        raise Http404 from None
    require_part_in(
        opened.case,
        opened.person,
        row.who,
        opened.at,
        doing=f"take the step “{row.words.lower()}” here",
    )


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
    context: Mapping[str, Any] | None = None,
    template: str = "notices/ask.html",
    **more: Any,
) -> HttpResponse:
    """Asks a form, takes one step with the answers, and goes back to where it was asked."""
    status = 200
    version = version_read(request) or (case.version if case else None)
    if request.method == "POST" and form.is_valid():
        try:
            take()
        except FactRefused as refusal:
            put_refusal_on(form, refusal)
        except MovedOn as refusal:
            status, version = 412, case.version if case else None
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
        template,
        {
            **(context or {}),
            "form": form,
            "title": title,
            "button": button,
            "back_url": back_url,
            "version": version or "",
            **more,
        },
        status=status,
    )
