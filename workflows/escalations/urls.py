"""Where concerns between agencies are found in the API."""

from backend.api.rooms import Routes
from workflows.escalations.api import (
    EscalationViewSet,
    LadderViewSet,
    MeetingViewSet,
    NamedContactViewSet,
)

ROUTES: Routes = [
    ("escalations", EscalationViewSet),
    ("setting-meetings", MeetingViewSet),
    ("named-contacts", NamedContactViewSet),
    ("ladders", LadderViewSet),
]
