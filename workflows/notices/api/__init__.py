"""What other systems may ask about placements, notices, the host's register and reports."""

from workflows.notices.api.approvals import ApprovalViewSet
from workflows.notices.api.homes import HomeNoticeViewSet
from workflows.notices.api.register import MismatchViewSet, RegisterViewSet
from workflows.notices.api.reports import ReportRequestViewSet
from workflows.notices.api.telling import HostNoticeViewSet, NoticeViewSet

__all__ = [
    "ApprovalViewSet",
    "HomeNoticeViewSet",
    "HostNoticeViewSet",
    "MismatchViewSet",
    "NoticeViewSet",
    "RegisterViewSet",
    "ReportRequestViewSet",
]
