"""Asking what a step needs and taking it; what was typed is never lost to a refusal."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.forms.utils import ErrorDict
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render

from backend.casework.errors import FactRefused, MovedOn, NotNow
from frontend.forms import Form
from frontend.pages.children.opening import Opened
from frontend.pages.reviews.forms import Several
from frontend.parts.refusals import put_refusal_on

Take = Callable[[], object]
#: A draft is kept with the session of who writes it, and goes when they sign out.
LONGEST_DRAFT = 60_000
KEPT = "What you wrote is kept below. Read what changed, then send it again."


def version_read(request: HttpRequest) -> int | None:
    """The version of the case that the person was looking at when they began."""
    sent = request.POST.get("version", "")
    return int(sent) if sent.isdecimal() and len(sent) < 10 else None


def draft_name(key: str) -> str:
    return f"draft:{key}"


def draft_of(request: HttpRequest, key: str) -> QueryDict | None:
    """What was typed and not yet sent, if anything."""
    kept = request.session.get(draft_name(key))
    return QueryDict(kept["words"]) if kept else None


def draft_kept_at(request: HttpRequest, key: str) -> str:
    kept = request.session.get(draft_name(key))
    return str(kept["at"]) if kept else ""


def keep(request: HttpRequest, key: str, at: str) -> bool:
    """Keeps what is being typed; says no when it is too long to be honest work."""
    typed = request.POST.copy()
    typed.pop("csrfmiddlewaretoken", None)
    words = typed.urlencode()
    if len(words) > LONGEST_DRAFT:
        return False
    request.session[draft_name(key)] = {"words": words, "at": at}
    return True


def forget(request: HttpRequest, key: str) -> None:
    request.session.pop(draft_name(key), None)


def answers_of(request: HttpRequest, key: str = "") -> QueryDict | None:
    """What was sent, or the draft that waits for the reader."""
    if request.method == "POST":
        return request.POST
    return draft_of(request, key) if key else None


def without_errors(form: Form) -> None:
    """Shows what was typed without judging it yet."""
    form._errors = ErrorDict()  # type: ignore[attr-defined]
    form.cleaned_data = {}


def ask(
    request: HttpRequest,
    opened: Opened,
    form: Form,
    take: Take,
    *,
    title: str,
    button: str,
    done: str,
    back_url: str,
    several: tuple[Several[Any], ...] = (),
    draft: str = "",
    draft_url: str = "",
    version: int | None = None,
    goes_to: Callable[[], str] | None = None,
    tab: str = "child_reviews",
    **more: Any,
) -> HttpResponse:
    """Asks a form, takes one step with the answers, and goes back to where it was asked."""
    status = 200
    is_adding = "add" in request.POST
    if request.method == "POST" and not is_adding:
        if all([form.is_valid(), *(group.is_valid() for group in several)]):
            try:
                take()
            except FactRefused as refusal:
                put_refusal_on(form, refusal)
            except MovedOn as refusal:
                status, version = 412, more.get("current_version")
                put_refusal_on(form, refusal)
                form.add_error(None, KEPT)
            except NotNow as refusal:
                status = 409
                put_refusal_on(form, refusal)
            else:
                if draft:
                    forget(request, draft)
                messages.success(request, done)
                if draft:
                    return redirect(f"{back_url}?sent={draft.rpartition(':')[2]}")
                return redirect(goes_to() if goes_to else back_url)
    elif form.is_bound:
        for one in (form, *(entry for group in several for entry in group.filled)):
            without_errors(one)
    every_form = [form, *(entry for group in several for entry in group.filled)]
    saved_at = draft_kept_at(request, draft) if draft else ""
    return render(
        request,
        "reviews/ask.html",
        opened.context(
            tab,
            form=form,
            several=several,
            every_form=every_form,
            has_errors=any(one.errors for one in every_form),
            title=title,
            button=button,
            back_url=back_url,
            draft_url=draft_url,
            saved_at=opened.at.isoformat() if request.method == "POST" else saved_at,
            version=version if version is not None else "",
            **more,
        ),
        status=status,
    )
