"""Who a page is about: the same few facts of a child on every page, as deep as the reader sees."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from backend.access.parts import living_there
from backend.grammar.events import Depth
from backend.records.codes import CommunicationMode
from backend.records.models import Child, Placement
from frontend.parts.words import listed


@dataclass(frozen=True)
class Identity:
    """What the identity bar shows; what a reader may not know is empty."""

    pk: int
    name: str
    date_of_birth: date
    local_id: str
    authority_name: str
    setting_name: str = ""
    host_name: str = ""
    distance_words: str = ""
    is_at_a_distance: bool = False
    is_52_weeks: bool = False
    is_adult: bool = False
    regime: str = ""
    communicates_words: str = ""

    @property
    def far_words(self) -> str:
        """The distance as part of a sentence: "146 miles from home"."""
        words = self.distance_words.lower()
        return f"{words} from home" if "mile" in words else words


def placements_on(children: Iterable[int], on: date) -> dict[int, Placement]:
    """Where each of many children lives on a day, in one query."""
    rows = Placement.objects.filter(living_there(on), child__in=list(children), is_temporary=False)
    return {
        placement.child_id: placement
        for placement in rows.select_related("setting", "host_authority").order_by("started_on")
    }


def placement_on(child: Child, on: date) -> Placement | None:
    """Where a child lives on a day."""
    return placements_on([child.pk], on).get(child.pk)


def distance_in_words(placement: Placement | None) -> str:
    """How far from home: in miles, or in or out of the authority's area."""
    if placement is None:
        return ""
    if placement.distance_miles is not None:
        miles = round(placement.distance_miles)
        return "Less than a mile" if miles < 1 else f"{miles:,} mile{'' if miles == 1 else 's'}"
    if placement.is_in_area is None:
        return ""
    return "In the authority's area" if placement.is_in_area else "Outside the authority's area"


def communication_in_words(child: Child) -> str:
    ways = [str(CommunicationMode(way).label).lower() for way in child.communicates_by]
    return listed(ways).capitalize()


def regime_in_words(placement: Placement | None) -> str:
    """Named only when the child lives there without being looked after."""
    if placement is None or placement.is_looked_after:
        return ""
    section = placement.basis.removeprefix("section_")
    return f"Not looked after (section {section})"


def identity_of(
    child: Child, placement: Placement | None, on: date, depth: Depth = Depth.RECORD
) -> Identity:
    """Who this is about, to the depth that the reader may see."""
    deep = depth == Depth.RECORD
    return Identity(
        pk=child.pk,
        name=child.name,
        date_of_birth=child.date_of_birth,
        local_id=child.local_id,
        authority_name=child.authority.name,
        setting_name=placement.where if placement else "",
        host_name=placement.host_authority.name if placement and placement.host_authority else "",
        distance_words=distance_in_words(placement) if deep else "",
        is_at_a_distance=bool(deep and placement and placement.is_at_a_distance),
        is_52_weeks=bool(deep and placement and placement.is_52_weeks),
        is_adult=child.age_on(on) >= 18,
        regime=regime_in_words(placement) if deep else "",
        communicates_words=communication_in_words(child) if deep else "",
    )
