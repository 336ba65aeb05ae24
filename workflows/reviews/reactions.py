"""What the reviews room does when a visit doubts a child's welfare, or is taken back."""

from backend.access.models import Person
from backend.events.models import Event
from backend.events.record import CLOCK, Actor, reacts_to
from workflows.reviews.actions import call_after_visit, withdraw_early_review
from workflows.reviews.models import EarlyReview
from workflows.visits.events import WELFARE_DOUBTED


@reacts_to(WELFARE_DOUBTED)
def call_for_an_early_review(event: Event) -> None:
    """A visitor doubts that welfare is safeguarded: the case is to be reviewed early."""
    if event.child_id is not None:
        call_after_visit(child_id=event.child_id, visit=event.about, by=_who(event), at=event.at)


@reacts_to("visits.voided")
def withdraw_what_it_called_for(event: Event) -> None:
    """A visit entered in error calls for nothing."""
    for early in EarlyReview.objects.filter(came_from=event.about, withdrawn_on__isnull=True):
        withdraw_early_review(
            early=early, why="The visit was entered in error.", by=CLOCK, at=event.at
        )


def _who(event: Event) -> Actor:
    if event.by_id is None:
        return CLOCK
    return Person.objects.filter(pk=event.by_id).first() or CLOCK
