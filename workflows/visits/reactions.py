"""What the visits room does when another room's event happens: a child may have to be seen soon.

A placement that starts, ends or is corrected counts the visit clocks again by itself.
"""

from backend.casework.facts import where_lived
from backend.events.models import Event
from backend.events.record import CLOCK, reacts_to
from backend.grammar.moments import day_of
from backend.records.models import Child
from workflows.lado import events as lado
from workflows.visits.actions import request_visit
from workflows.visits.models import Request


@reacts_to(lado.CHILD_AFFECTED)
def ask_for_visit(event: Event) -> None:
    """The child is to be seen soon. Why is said to nobody here: whoever reads of a visit need
    not be one who may read of an allegation."""
    child = Child.objects.get(pk=event.child_id or 0)
    on = day_of(event.at)
    if where_lived(child, on) is not None:
        request_visit(
            child=child,
            asked_by=Request.By.AUTHORITY,
            asked_on=on,
            how_asked="other",
            words="Asked for by your authority: see this child soon.",
            by=CLOCK,
            at=event.at,
        )
