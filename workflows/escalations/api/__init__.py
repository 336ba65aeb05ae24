"""What other systems may ask about concerns, whom to call, ladders and meetings."""

from workflows.escalations.api.concerns import EscalationViewSet
from workflows.escalations.api.contacts import NamedContactViewSet
from workflows.escalations.api.ladders import LadderViewSet
from workflows.escalations.api.meetings import MeetingViewSet

__all__ = [
    "EscalationViewSet",
    "LadderViewSet",
    "MeetingViewSet",
    "NamedContactViewSet",
]
