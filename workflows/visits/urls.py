"""Where visits are found in the API."""

from backend.api.rooms import Routes
from workflows.visits.api import NoticeViewSet, RequestViewSet, VisitViewSet

ROUTES: Routes = [
    ("visits", VisitViewSet),
    ("visit-requests", RequestViewSet),
    ("regulator-notices", NoticeViewSet),
]
