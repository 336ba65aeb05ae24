"""From what a notification is about to the page where it can be acted on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from backend.access.matters import is_matter, seen_among
from backend.access.models import Person
from backend.access.visibility import children_visible_to, depths_within
from backend.grammar.events import KINDS, Depth
from backend.notify.models import Notification

#: Pages of one case, by the room that is named before the number.
CASES: Mapping[str, str] = {
    "visits": "visit",
    "reviews": "review",
    "challenges": "challenge",
    "approvals": "approval",
    "notices": "notice",
    "host-notices": "host_notice",
    "home-notices": "home_notice",
    "mismatches": "mismatch",
    "report-requests": "report_request",
    "alerts": "alert",
    "escalations": "escalation",
    "referrals": "lado_referral",
    "authority-notices": "lado_notice",
    "receipts": "lado_receipt",
    "setting-meetings": "setting_meeting",
}
#: Pages of the child, for what has no page of its own; the first that is installed is taken.
CHILD_PAGES: Mapping[str, tuple[str, ...]] = {
    "placements": ("child_placements",),
    "visit-requests": ("child_visits",),
    "early-reviews": ("child_reviews",),
    "proposed-changes": ("child_reviews",),
    "iro-checks": ("child_reviews",),
    "voice": ("child_voice", "child_needs"),
    "advocacy": ("child_voice", "child_needs"),
    "contact": ("child_contact",),
    "contacts": ("child_contact",),
    "relatives": ("child_people",),
}
#: Without access to the record, the card is all there is.
CARD_PAGE = "child"


@dataclass(frozen=True)
class Told:
    """A notification as its reader may see it now."""

    notification: Notification
    depth: Depth | None
    moved_from: tuple[str, ...]
    sees_case: bool = False

    @property
    def child_name(self) -> str:
        """Only while the reader may see the child; an alert by itself names nobody."""
        child = self.notification.child
        return child.name if child is not None and self.depth is not None else ""

    @property
    def sentence(self) -> str:
        """What happened, where the reader may read so deep."""
        event = self.notification.event
        if event.name not in KINDS:
            return ""
        if is_matter(self.notification.about):
            return event.sentence if self.sees_case else ""
        if self.depth is None:
            return ""
        readable = depths_within(self.depth)
        if self.depth == Depth.RECORD and self.notification.role != "advocate":
            readable = (*readable, Depth.RESTRICTED)
        return event.sentence if event.depth in readable else ""

    @property
    def is_about_nobody(self) -> bool:
        return self.notification.child_id is None

    @property
    def can_be_opened(self) -> bool:
        """Whether there is a page for this reader: the child's, or the case's own."""
        if is_matter(self.notification.about):
            return bool(page_for(self.notification, None, sees_case=self.sees_case))
        return bool(self.child_name)


def as_told(person: Person, notifications: Iterable[Notification]) -> list[Told]:
    """These notifications as one reader may see them; a fixed number of queries."""
    rows = list(notifications)
    children = {row.child_id for row in rows if row.child_id}
    depths = depths_of(person, children)
    cases = seen_among(person, {row.about for row in rows})
    return [
        Told(
            row,
            depths.get(row.child_id or 0),
            tuple(sorted({old.person.name for old in row.moved_from.all()})),
            sees_case=row.about in cases,
        )
        for row in rows
    ]


def depths_of(person: Person, children: set[int]) -> dict[int, Depth]:
    """How deep a person may read of each of these children now; those left out, not at all."""
    found: dict[int, Depth] = {}
    for depth in (Depth.CARD, Depth.RECORD):
        visible = children_visible_to(person, depth).filter(pk__in=children)
        found |= dict.fromkeys(visible.values_list("pk", flat=True), depth)
    return found


def page_for(notification: Notification, depth: Depth | None, *, sees_case: bool = False) -> str:
    """The address of what a notification is about; empty when the reader may not see it now."""
    if is_matter(notification.about):
        name, _, number = notification.about.partition("/")
        return address(CASES.get(name, ""), int(number)) if sees_case else ""
    child_id = notification.child_id
    if child_id is None or depth is None:
        return ""
    room, _, number = notification.about.partition("/")
    if depth == Depth.RECORD:
        if room in CASES and number.isdigit():
            return address(CASES[room], int(number)) or address(CARD_PAGE, child_id)
        for name in CHILD_PAGES.get(room, ()):
            found = address(name, child_id)
            if found:
                return found
    return address(CARD_PAGE, child_id)


def address(name: str, number: int) -> str:
    try:
        return reverse(name, args=[number])
    except NoReverseMatch:
        return ""
