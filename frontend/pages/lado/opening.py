"""Opening a restricted case: the reason first, and every look kept."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse

from backend.access.matters import matters_visible_to
from backend.access.models import Person
from backend.access.readlog import log_read
from backend.grammar.events import Depth
from backend.grammar.moments import day_of
from backend.grammar.roles import LABELS, Role
from frontend.context import moment_of
from frontend.pages.children.opening import person_of
from workflows.lado.models import Referral

#: A reason that was typed holds for a working day, and goes with the session.
REASON_HOLDS = timedelta(hours=8)
KEPT_AS = "reasons-for-reading"


@dataclass(frozen=True)
class Reading:
    """One restricted case as it is open to one person at one moment."""

    case: Any
    person: Person
    at: datetime
    on: date
    parts: frozenset[Role]

    @property
    def leads(self) -> bool:
        return Role.LADO in self.parts

    @property
    def how(self) -> dict[str, Any]:
        return {"by": self.person, "at": self.at}


def reason_given(request: HttpRequest, about: str, at: datetime) -> str:
    """The reason for which this person opened the case today, if they gave one."""
    kept = request.session.get(KEPT_AS, {}).get(about)
    if kept and datetime.fromisoformat(kept["until"]) > at:
        return str(kept["reason"])
    return ""


def keep_reason(request: HttpRequest, about: str, reason: str, at: datetime) -> None:
    kept = dict(request.session.get(KEPT_AS, {}))
    kept[about] = {"reason": reason, "until": (at + REASON_HOLDS).isoformat()}
    request.session[KEPT_AS] = kept


def seen_case(request: HttpRequest, name: str, pk: int) -> Reading:
    """The case, when this person may know of it; nobody else learns that it exists.

    :raises Http404: there is none that they may know of.
    """
    person, at = person_of(request), moment_of(request)
    case = get_object_or_404(matters_visible_to(name, person), pk=pk)
    on = day_of(at)
    parts = case.parts_of(person, on) if name != "receipts" else frozenset({Role.REFERRER})
    return Reading(case, person, at, on, parts)


def open_referral(request: HttpRequest, pk: int) -> Reading | HttpResponse:
    """A referral, or the page that asks for a reason first.

    Whoever handles the case, and the LADO of the area while nobody does, reads without one.
    """
    reading = seen_case(request, "referrals", pk)
    referral: Referral = reading.case
    is_own = referral.led_by_id == reading.person.pk
    nobodys = referral.led_by_id is None and reading.leads
    reason = reason_given(request, referral.about, reading.at)
    if not (is_own or nobodys or reason):
        return redirect(reverse("lado_reason", args=[pk]))
    log_case(request, reading, referral.about, reason)
    return reading


def log_case(request: HttpRequest, reading: Reading, about: str, reason: str = "") -> None:
    """Keeps that the case was looked at, in which part, and for what reason."""
    if request.method not in ("GET", "HEAD"):
        return
    because = [LABELS[role] for role in sorted(reading.parts)]
    log_read(
        person=reading.person,
        child=None,
        depth=Depth.RESTRICTED,
        page=about,
        because=[*because, *([f"Reason given: {reason}"] if reason else [])],
        at=reading.at,
    )
