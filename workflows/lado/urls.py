"""Where allegations are found in the API."""

from backend.api.rooms import Routes
from workflows.lado.api import (
    HomeNotificationViewSet,
    MatchViewSet,
    NoticeViewSet,
    ReceiptViewSet,
    ReferralViewSet,
)

ROUTES: Routes = [
    ("referrals", ReferralViewSet),
    ("receipts", ReceiptViewSet),
    ("authority-notices", NoticeViewSet),
    ("adult-matches", MatchViewSet),
    ("home-notifications", HomeNotificationViewSet),
]
