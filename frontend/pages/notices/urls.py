"""The addresses of notices, decisions on placements, and the host's register."""

from django.urls import path

from frontend.pages.notices import of_children, of_hosts

urlpatterns = [
    path("children/<int:child_id>/notices/", of_children.child_notices, name="child_notices"),
    path("children/<int:child_id>/approval/", of_children.ask_for_approval, name="approval_ask"),
    path("approvals/", of_hosts.approvals_waiting, name="approvals"),
    path("approvals/<int:number>/", of_children.approval, name="approval"),
    path(
        "approvals/<int:number>/condition/<slug:kind>/",
        of_children.approval_condition,
        name="approval_condition",
    ),
    path("approvals/<int:number>/<slug:step>/", of_children.approval_step, name="approval_step"),
    path("notices/<int:number>/", of_children.notice, name="notice"),
    path(
        "notices/<int:number>/lines/<int:line_id>/<slug:step>/",
        of_children.notice_line,
        name="notice_line",
    ),
    path("notices/<int:number>/told/", of_children.notice_told, name="notice_told"),
    path("notices/<int:number>/<slug:step>/", of_children.notice_step, name="notice_step"),
    path("register/", of_hosts.register, name="register"),
    path("host-notices/", of_hosts.host_notices, name="host_notices"),
    path("host-notices/<int:number>/", of_hosts.host_notice, name="host_notice"),
    path("home-notices/", of_hosts.home_notices, name="home_notices"),
    path("home-notices/new/<int:setting_id>/", of_hosts.new_home_notice, name="home_notice_new"),
    path("home-notices/<int:number>/", of_hosts.home_notice, name="home_notice"),
    path(
        "home-notices/<int:number>/<slug:step>/",
        of_hosts.home_notice_step,
        name="home_notice_step",
    ),
    path("mismatches/", of_hosts.mismatches, name="mismatches"),
    path("mismatches/<int:number>/", of_hosts.mismatch, name="mismatch"),
    path("mismatches/<int:number>/<slug:step>/", of_hosts.mismatch_step, name="mismatch_step"),
    path("report-requests/", of_hosts.report_requests, name="report_requests"),
    path("report-requests/ask/<int:setting_id>/", of_hosts.ask_reports, name="reports_ask"),
    path("report-requests/<int:number>/", of_hosts.report_request, name="report_request"),
    path(
        "report-requests/<int:number>/<slug:step>/",
        of_hosts.report_request_step,
        name="report_request_step",
    ),
]
