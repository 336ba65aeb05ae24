"""Where what children said is found in the API."""

from backend.api.rooms import Routes
from workflows.voice.api import AdvocacyViewSet, UnheardViewSet, ViewViewSet

ROUTES: Routes = [
    ("voice", ViewViewSet),
    ("advocacy", AdvocacyViewSet),
    ("unheard", UnheardViewSet),
]
