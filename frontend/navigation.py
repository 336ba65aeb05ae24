"""The ways through the house that are on every page."""

from dataclasses import dataclass

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse


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
    ("Timeliness", "timeliness"),
    ("Notifications", "notifications"),
    ("Account", "your_account"),
)


def ways(request: HttpRequest) -> list[Way]:
    """The entries for somebody who is signed in, the present one marked."""
    found = []
    for label, name in WAYS:
        try:
            url = reverse(name)
        except NoReverseMatch:
            continue
        here = request.path == url if url == "/" else request.path.startswith(url)
        found.append(Way(label, url, here, counts_unread=name == "notifications"))
    return found
