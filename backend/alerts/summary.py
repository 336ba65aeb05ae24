"""What a manager's summary says of alerts: what nobody has answered, for how long, how high."""

from datetime import datetime

from django.db.models import Count, F, Min, Q

from backend.access.caseload import children_in_part
from backend.access.models import Person
from backend.access.parts import roles_held
from backend.alerts.queries import alerts_visible_to
from backend.alerts.story import with_steps
from backend.alerts.table import OPEN
from backend.casework.digest import MANAGING, Part
from backend.grammar.moments import day_of


def unanswered(person: Person, at: datetime) -> Part | None:
    """The alerts of a manager's children, and of the cases they see, that wait for an answer."""
    on = day_of(at)
    held = roles_held(person, on) & set(MANAGING)
    if not held:
        return None
    theirs = Q(child__isnull=True)
    for role in sorted(held):
        theirs |= Q(child__in=children_in_part(person, role, on).values("pk"))
    rows = with_steps(alerts_visible_to(person).filter(theirs, state=str(OPEN))).order_by()
    found = rows.aggregate(
        number=Count("pk"),
        oldest=Min("passed_at"),
        top=Count("pk", filter=Q(reached__gte=F("steps"))),
    )
    if not found["number"]:
        return None
    days = max((on - day_of(found["oldest"])).days, 0) + 1
    lines = [f"{_counted(found['number'])} without an answer, the longest for {_days(days)}"]
    if found["top"]:
        lines.append(f"{found['top']} of them went to everybody on their ladder")
    asked = rows.filter(questions__by=person, questions__closed_at=None).count()
    if asked:
        lines.append(f"{asked} of them you asked about, and wait for an answer")
    return Part("What nobody has answered", tuple(lines))


def _counted(number: int) -> str:
    return "1 alert" if number == 1 else f"{number} alerts"


def _days(days: int) -> str:
    return "1 day" if days == 1 else f"{days} days"
