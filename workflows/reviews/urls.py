"""Where reviews are found in the API."""

from backend.api.rooms import Routes
from workflows.reviews.api import (
    ChallengeViewSet,
    EarlyReviewViewSet,
    IroCheckViewSet,
    ProposedChangeViewSet,
    ReviewViewSet,
)

ROUTES: Routes = [
    ("reviews", ReviewViewSet),
    ("early-reviews", EarlyReviewViewSet),
    ("proposed-changes", ProposedChangeViewSet),
    ("challenges", ChallengeViewSet),
    ("iro-checks", IroCheckViewSet),
]
