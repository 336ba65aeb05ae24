"""What allegations do when a child moves in, and when somebody takes up or leaves a part."""

import logging

from django.db import transaction

from backend.access.grants import derive_for_cases
from backend.casework.errors import UnableTo
from backend.events.models import Event
from backend.events.record import CLOCK, reacts_to
from backend.grammar.moments import day_of
from workflows.lado.actions import tell_authorities
from workflows.lado.queries import cases_at, running_notices, running_referrals

log = logging.getLogger(__name__)


@reacts_to("placements.started", "placements.corrected")
def tell_authority_of_new_child(event: Event) -> None:
    """A child who comes to live where a case is open adds their authority to those told."""
    if event.setting_id is None:
        return
    for referral in cases_at(event.setting_id).order_by("pk"):
        # Where a child lives is written down whatever comes of this; the clock tries it again.
        try:
            with transaction.atomic():
                tell_authorities(referral=referral, by=CLOCK, at=event.at)
        except UnableTo:
            log.exception("the authority of a child who moved in was not told")


@reacts_to("people.part_given", "people.part_ended", "people.left", "people.returned")
def derive_again(event: Event) -> None:
    """Who leads in an authority may have changed: its first LADO came, or its last one left."""
    on = day_of(event.at)
    derive_for_cases("referrals", running_referrals(), on)
    derive_for_cases("authority-notices", running_notices(), on)
