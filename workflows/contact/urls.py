"""Where contact is found in the API."""

from backend.api.rooms import Routes
from workflows.contact.api import ContactViewSet, FootfallViewSet, PlanViewSet, RelativeViewSet

ROUTES: Routes = [
    ("contact", PlanViewSet),
    ("contacts", ContactViewSet),
    ("relatives", RelativeViewSet),
    ("footfall", FootfallViewSet),
]
