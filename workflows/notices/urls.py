"""Where notices are found in the API."""

from backend.api.rooms import Routes
from workflows.notices.api import (
    ApprovalViewSet,
    HomeNoticeViewSet,
    HostNoticeViewSet,
    MismatchViewSet,
    NoticeViewSet,
    RegisterViewSet,
    ReportRequestViewSet,
)

ROUTES: Routes = [
    ("approvals", ApprovalViewSet),
    ("notices", NoticeViewSet),
    ("host-notices", HostNoticeViewSet),
    ("home-notices", HomeNoticeViewSet),
    ("register", RegisterViewSet),
    ("mismatches", MismatchViewSet),
    ("report-requests", ReportRequestViewSet),
]
