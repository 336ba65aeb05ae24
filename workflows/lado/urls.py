"""Where allegations are found in the API."""

from backend.api.rooms import Routes
from workflows.lado.api.homes import HomeNotificationViewSet
from workflows.lado.api.matches import MatchViewSet
from workflows.lado.api.notices import NoticeViewSet
from workflows.lado.api.receipts import ReceiptViewSet
from workflows.lado.api.referrals import ReferralViewSet

ROUTES: Routes = [
    ("referrals", ReferralViewSet),
    ("receipts", ReceiptViewSet),
    ("authority-notices", NoticeViewSet),
    ("adult-matches", MatchViewSet),
    ("home-notifications", HomeNotificationViewSet),
]
