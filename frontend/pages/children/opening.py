"""Opening a child's pages: who may, how deep, and that it was read."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import HttpRequest, QueryDict
from django.shortcuts import get_object_or_404
from django.urls import reverse

from backend.access.models import Person
from backend.access.parts import parts_of
from backend.access.readlog import log_read
from backend.access.visibility import children_visible_to, depth_of, why_visible
from backend.grammar.events import Depth
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.records.models import Child, Placement
from frontend.context import moment_of
from frontend.parts.identity import Identity, identity_of, placement_on

TABS = (
    ("Overview", "child"),
    ("Timeline", "child_timeline"),
    ("Visits", "child_visits"),
    ("Reviews", "child_reviews"),
    ("Placements", "child_placements"),
    ("People", "child_people"),
    ("Needs", "child_needs"),
    ("Voice", "child_voice"),
    ("Contact", "child_contact"),
    ("Notices", "child_notices"),
    ("Access", "child_access"),
)


@dataclass(frozen=True)
class Opened:
    """A child's pages as they are open to one person at one moment."""

    child: Child
    person: Person
    at: datetime
    on: date
    depth: Depth
    parts: frozenset[Role]
    placement: Placement | None
    identity: Identity

    def plays(self, *roles: Role) -> bool:
        """Whether the reader plays one of these parts for the child."""
        return bool(self.parts & set(roles))

    def context(self, tab: str = "", **more: Any) -> dict[str, Any]:
        """What every page of a child's needs."""
        return {
            "child": self.child,
            "identity": self.identity,
            "placement": self.placement,
            "is_record": self.depth == Depth.RECORD,
            "tabs": self.tabs(tab),
            **more,
        }

    def tabs(self, tab: str) -> list[dict[str, Any]]:
        if self.depth != Depth.RECORD:
            return []
        return [
            {"label": label, "url": reverse(name, args=[self.child.pk]), "is_current": name == tab}
            for label, name in TABS
        ]


def person_of(request: HttpRequest) -> Person:
    person = request.user
    assert isinstance(person, Person)
    return person


def sent(request: HttpRequest) -> QueryDict | None:
    """What a form sent, even when every answer is empty; None when nothing was sent."""
    return request.POST if request.method == "POST" else None


def name_of(request: HttpRequest) -> str:
    """What the log calls a page that has no name of its own: "visit record"."""
    found = request.resolver_match
    return (found.url_name or "").replace("_", " ") if found else ""


def open_child(
    request: HttpRequest, child_id: int, *, page: str = "", needs: Depth = Depth.RECORD
) -> Opened:
    """The child as this person may see them; nobody else learns that the child exists.

    Every look is kept in the log of who read what, under ``page`` or the name of the address.
    """
    person, at = person_of(request), moment_of(request)
    on = day_of(at)
    rows = children_visible_to(person, needs).select_related("authority", "team")
    child = get_object_or_404(rows, pk=child_id)
    depth = needs if needs == Depth.RECORD else depth_of(person, child) or needs
    if request.method in ("GET", "HEAD"):
        log_read(
            person=person,
            child=child,
            depth=depth,
            page=page or name_of(request),
            because=why_visible(person, child, on),
            at=at,
        )
    placement = placement_on(child, on)
    return Opened(
        child=child,
        person=person,
        at=at,
        on=on,
        depth=depth,
        parts=parts_of(person, child, on),
        placement=placement,
        identity=identity_of(child, placement, on, depth),
    )
