"""The ways through the house that are on every page."""

from dataclasses import dataclass
from datetime import date

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse

from backend.access.models import Person
from backend.access.parts import roles_held
from backend.alerts.table import ANSWERERS
from backend.grammar.roles import IN_ONE_CASE, Role
from workflows.lado.queries import has_allegations_to_read


@dataclass(frozen=True)
class Way:
    """One entry of the navigation."""

    label: str
    url: str
    is_current: bool
    counts_unread: bool = False


#: Label and name of the address; one whose pages are not installed is left out.
WAYS = (
    ("My work", "work"),
    ("Children", "children"),
    ("Register", "register"),
    ("Notices", "home_notices"),
    ("Approvals", "approvals"),
    ("Alerts", "alerts"),
    ("Board", "board"),
    ("Escalations", "escalations"),
    ("Allegations", "allegations"),
    ("Timeliness", "timeliness"),
    ("People", "people"),
    ("Notifications", "notifications"),
    ("Account", "your_account"),
)


#: Ways that are open only to those who play one of these parts.
FOR_READERS_OF_RECORDS = (
    Role.SOCIAL_WORKER,
    Role.IRO,
    Role.TEAM_MANAGER,
    Role.SERVICE_MANAGER,
    Role.DIRECTOR,
    Role.IRO_MANAGER,
)
ONLY_FOR: dict[str, tuple[Role, ...]] = {
    "alerts": tuple(role for role in ANSWERERS if role not in IN_ONE_CASE),
    "board": (
        Role.IRO,
        Role.TEAM_MANAGER,
        Role.SERVICE_MANAGER,
        Role.DIRECTOR,
        Role.IRO_MANAGER,
    ),
    "timeliness": FOR_READERS_OF_RECORDS,
    "people": (Role.ADMINISTRATOR,),
    "register": (Role.HOST_OFFICER,),
    "home_notices": (Role.REGISTERED_MANAGER,),
    "approvals": (Role.NOMINATED_OFFICER, Role.DIRECTOR),
}


#: To these the way to allegations always shows; to others while there is something to read.
ALLEGATIONS = {Role.LADO, Role.REGISTERED_MANAGER}


def ways(request: HttpRequest, person: Person, on: date) -> list[Way]:
    """The entries for somebody who is signed in, the present one marked."""
    held = roles_held(person, on)
    found = []
    for label, name in WAYS:
        if name in ONLY_FOR and not held & set(ONLY_FOR[name]):
            continue
        if name == "allegations" and not (held & ALLEGATIONS or has_allegations_to_read(person)):
            continue
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        here = request.path == url if url == "/" else request.path.startswith(url)
        found.append(Way(label, url, here, counts_unread=name == "notifications"))
    return found
