"""What allegations do when a child moves in, and when somebody takes up or leaves a part."""

from backend.access.grants import derive_for_cases
from backend.events.models import Event
from backend.events.record import CLOCK, reacts_to
from backend.grammar.moments import day_of
from workflows.lado.actions import tell_authorities
from workflows.lado.queries import cases_at, running_notices, running_referrals


@reacts_to("placements.started", "placements.corrected")
def tell_authority_of_new_child(event: Event) -> None:
    """A child who comes to live where a case is open adds their authority to those told."""
    if event.setting_id is None:
        return
    for referral in cases_at(event.setting_id).order_by("pk"):
        tell_authorities(referral=referral, by=CLOCK, at=event.at)


@reacts_to("people.part_given", "people.part_ended", "people.left", "people.returned")
def derive_again(event: Event) -> None:
    """Who leads in an authority may have changed: its first LADO came, or its last one left."""
    on = day_of(event.at)
    derive_for_cases("referrals", running_referrals(), on)
    derive_for_cases("authority-notices", running_notices(), on)
