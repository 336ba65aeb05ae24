"""The register of children, narrowed and drawn as at a day or over a period."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Subquery, When

from backend.access.models import Person
from backend.access.parts import living_there
from backend.access.visibility import children_visible_to
from backend.deadlines.models import Deadline
from backend.deadlines.queries import standing_for
from backend.grammar.events import Depth
from backend.records.codes import NOT_LOOKED_AFTER
from backend.records.models import Child, PeriodOfCare, Placement, living_within
from frontend.parts.badges import badge_of
from frontend.parts.identity import Identity, identity_of

ORDERS = {"name": ("name", "pk"), "born": ("date_of_birth", "pk"), "miles": ("miles", "name", "pk")}
ADULT_AT = 18
#: What narrows by facts of the record.
OF_RECORD = {"far", "all_year", "not_looked_after"}


@dataclass(frozen=True)
class ChildRow:
    """One line of the register, as deep as the reader may see."""

    child: Child
    identity: Identity
    team_name: str
    next_due: Deadline | None
    #: Where else the child lived in the period that was asked for, the latest first.
    also_at: Sequence[str] = ()


@dataclass(frozen=True)
class Days:
    """The day or the period that the register is drawn for."""

    first: date
    last: date
    is_asked: bool = False

    @property
    def is_period(self) -> bool:
        return self.first != self.last


def days_of(chosen: Mapping[str, Any], today: date) -> Days:
    """The day or the period that was chosen, or else today."""
    if first := chosen.get("living_from"):
        return Days(first, max(first, chosen.get("living_to") or today), is_asked=True)
    day = chosen.get("as_at")
    return Days(day or today, day or today, is_asked=bool(day))


def years_before(day: date, years: int) -> date:
    """The same day of the year so many years earlier; 29 February becomes 28 February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def lived_in(person: Person, days: Days, today: date) -> QuerySet[Placement]:
    """The placements of those days, as far as a person may know of them.

    A reader of the card knows where a child lives now, not where they lived before.
    """
    deep = children_visible_to(person, Depth.RECORD).values("pk")
    return Placement.objects.filter(
        Q(child__in=deep) | living_there(today),
        living_within(days.first, days.last),
        is_temporary=False,
    )


def register_of(person: Person, chosen: Mapping[str, Any], today: date) -> QuerySet[Child]:
    """The children a person may see who fit what was chosen, on a day or in a period."""
    days = days_of(chosen, today)
    rows = children_visible_to(person).select_related("authority", "team")
    lives = lived_in(person, days, today).filter(child=OuterRef("pk"))
    deep = children_visible_to(person, Depth.RECORD).values("pk")
    # How far away, and under which regime, belong to the record and not to the card.
    latest = lives.order_by("-started_on").values("distance_miles")[:1]
    rows = rows.annotate(miles=Case(When(pk__in=deep, then=Subquery(latest)), default=None))
    words = str(chosen.get("name") or "").strip()
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(local_id__iexact=words))
    if chosen.get("authority"):
        rows = rows.filter(authority_id__in=chosen["authority"])
    if chosen.get("team"):
        rows = rows.filter(team_id__in=chosen["team"])
    if chosen.get("setting"):
        rows = rows.filter(Exists(lives.filter(setting_id__in=chosen["setting"])))
    standing = set(chosen.get("standing") or ())
    if "placed" in standing or (days.is_asked and not chosen.get("living_from")):
        rows = rows.filter(Exists(lives))
    elif days.is_asked:
        care = PeriodOfCare.objects.filter(
            living_within(days.first, days.last), child=OuterRef("pk")
        )
        rows = rows.filter(Exists(lives) | Q(Exists(care), pk__in=deep))
    if standing & OF_RECORD:
        rows = rows.filter(pk__in=deep)
    if "far" in standing:
        rows = rows.filter(Exists(lives.filter(is_at_a_distance=True)))
    if "all_year" in standing:
        rows = rows.filter(Exists(lives.filter(is_52_weeks=True)))
    if "not_looked_after" in standing:
        rows = rows.filter(Exists(lives.filter(basis__in=NOT_LOOKED_AFTER)))
    if "adult" in standing:
        rows = rows.filter(date_of_birth__lte=years_before(days.last, ADULT_AT))
    return rows


def in_order(rows: QuerySet[Child], order: str) -> QuerySet[Child]:
    names = ORDERS[order.removeprefix("-")]
    if order.startswith("-"):
        return rows.order_by(f"-{names[0]}", *names[1:])
    return rows.order_by(*names)


def rows_of(person: Person, children: Iterable[Child], as_at: date, on: date) -> Iterator[ChildRow]:
    """The lines for some children as at one day."""
    return rows_within(person, children, Days(as_at, as_at), on)


def rows_within(
    person: Person, children: Iterable[Child], days: Days, on: date
) -> Iterator[ChildRow]:
    """The lines for some children; the number of queries does not grow with them."""
    listed = list(children)
    ids = [child.pk for child in listed]
    lived: dict[int, list[Placement]] = defaultdict(list)
    rows = lived_in(person, days, on).filter(child__in=ids)
    for placement in rows.select_related("setting", "host_authority").order_by("-started_on"):
        lived[placement.child_id].append(placement)
    deep = set(
        children_visible_to(person, Depth.RECORD).filter(pk__in=ids).values_list("pk", flat=True)
    )
    due: dict[int, Deadline] = {}
    for deadline in standing_for(deep, on).filter(day__isnull=False).order_by("rank", "day", "pk"):
        due.setdefault(deadline.childs_id, deadline)
    for child in listed:
        depth = Depth.RECORD if child.pk in deep else Depth.CARD
        stays = lived[child.pk]
        yield ChildRow(
            child=child,
            identity=identity_of(child, stays[0] if stays else None, days.last, depth),
            team_name=child.team.name if child.team and child.pk in deep else "",
            next_due=due.get(child.pk),
            also_at=[stay.where for stay in stays[1:]],
        )


EXPORT_COLUMNS = (
    "Name",
    "Number with the placing authority",
    "Date of birth",
    "18 or over",
    "Placing authority",
    "Team",
    "Lives at",
    "Host authority",
    "From home",
    "At a distance",
    "52 weeks a year",
    "Standing",
    "Next due",
    "Due by",
    "How it stands",
    "In the period also at",
)


def export_row(row: ChildRow, on: date) -> list[Any]:
    identity, due = row.identity, row.next_due
    return [
        identity.name,
        identity.local_id,
        identity.date_of_birth,
        identity.is_adult,
        identity.authority_name,
        row.team_name,
        identity.setting_name,
        identity.host_name,
        identity.distance_words,
        identity.is_at_a_distance,
        identity.is_52_weeks,
        identity.regime,
        due.title if due else "",
        due.last_day if due else "",
        badge_of(due, on).text if due else "",
        ", ".join(row.also_at),
    ]
