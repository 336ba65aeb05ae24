"""What this room does when a visit doubts a child's welfare, or a LADO's decision is challenged."""

from backend.access.models import Person
from backend.events.models import Event
from backend.events.record import reacts_to
from backend.grammar.moments import day_of
from backend.records.models import Authority
from workflows.escalations.actions import challenge_lado_decision, offer_concern
from workflows.lado.events import DECISION_CHALLENGED
from workflows.visits.events import WELFARE_DOUBTED


@reacts_to(WELFARE_DOUBTED)
def offer_to_raise_it(event: Event) -> None:
    """The social worker and the IRO are reminded that another agency can be asked to act."""
    if event.child_id is not None:
        offer_concern(child_id=event.child_id, visit=event.about, on=day_of(event.at), at=event.at)


@reacts_to(DECISION_CHALLENGED)
def take_it_to_the_named_senior(event: Event) -> None:
    """A LADO's decision is looked at again by somebody senior, who is named beforehand.

    What is disagreed with stays in the restricted case; here it only says where to look.
    """
    by = Person.objects.filter(pk=event.by_id or 0).first()
    authority = Authority.objects.filter(name=event.carries["authority"]).first()
    if by is not None and authority is not None:
        challenge_lado_decision(
            about=event.about,
            authority=authority,
            words="A decision of the LADO was challenged. What is disagreed with, and why, stands "
            "in the restricted case, which only its own readers may open. Whoever looks at the "
            "decision again asks the LADO to share the case with them by name; until then they "
            "do not see it.",
            by=by,
            at=event.at,
        )
