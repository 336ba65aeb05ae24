"""What this room does when a visit doubts a child's welfare, or a LADO's decision is challenged."""

from backend.events.models import Event
from backend.events.record import reacts_to
from backend.grammar.moments import day_of
from workflows.escalations.actions import offer_concern
from workflows.visits.events import WELFARE_DOUBTED


@reacts_to(WELFARE_DOUBTED)
def offer_to_raise_it(event: Event) -> None:
    """The social worker and the IRO are reminded that another agency can be asked to act."""
    if event.child_id is not None:
        offer_concern(child_id=event.child_id, visit=event.about, on=day_of(event.at), at=event.at)
