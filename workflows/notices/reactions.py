"""What follows here when a child is placed, moves, or leaves a placement."""

from backend.events.models import Event
from backend.events.record import reacts_to
from backend.records.codes import NOT_LOOKED_AFTER, PlacementBasis
from backend.records.models import Placement
from workflows.notices.actions import follow_ending, follow_placement, link_approvals, reconcile
from workflows.notices.models import Notice

#: Regimes under which nobody is told of a placement under the regulations that count here.
NOT_NOTIFIED = (
    *NOT_LOOKED_AFTER,
    PlacementBasis.REG_48,
    PlacementBasis.OTHERS_ARRANGEMENTS,
    PlacementBasis.ADOPTION,
)


def is_notified(placement: Placement) -> bool:
    """Whether a placement is one of which the regulations have people told."""
    return not placement.is_temporary and placement.basis not in NOT_NOTIFIED


def placement_of(event: Event) -> Placement:
    number = int(event.about.partition("/")[2])
    rows = Placement.objects.select_related("child__authority", "setting", "host_authority")
    return rows.get(pk=number)


@reacts_to("placements.started")
def open_the_notices(event: Event) -> None:
    """A placement that starts is to be told, approved when out of area, and compared."""
    placement = placement_of(event)
    if not is_notified(placement):
        return
    link_approvals(placement, event.at)
    follow_placement(placement, recorded_by=event.by_name, at=event.at)
    compare(placement, event)


@reacts_to("placements.ended")
def open_the_ending_notice(event: Event) -> None:
    """An end is to be told, and the home is expected to say the same."""
    placement = placement_of(event)
    if not is_notified(placement):
        return
    follow_ending(placement, recorded_by=event.by_name, at=event.at)
    compare(placement, event)


@reacts_to("placements.corrected")
def follow_the_correction(event: Event) -> None:
    """A correction may move a child into another area, or take back an end."""
    placement = placement_of(event)
    was_followed = Notice.objects.filter(placement=placement).exclude(state="void").exists()
    if not (was_followed and is_notified(placement)):
        return
    follow_placement(placement, recorded_by=event.by_name, at=event.at)
    compare(placement, event)


def compare(placement: Placement, event: Event) -> None:
    if placement.setting_id is not None:
        reconcile([placement.setting_id], at=event.at)
