"""The addresses of the pages of a child."""

from django.urls import path

from frontend.pages.children import edits, views

ONE = "children/<int:child_id>/"

urlpatterns = [
    path("children/", views.children, name="children"),
    path("children/register/", edits.register, name="child_register"),
    path("children/open/", edits.find_record, name="child_find"),
    path(ONE, views.child, name="child"),
    path(f"{ONE}open/", edits.open_record, name="child_open"),
    path(f"{ONE}timeline/", views.timeline, name="child_timeline"),
    path(f"{ONE}visits/", views.visits, name="child_visits"),
    path(f"{ONE}reviews/", views.reviews, name="child_reviews"),
    path(f"{ONE}placements/", views.placements, name="child_placements"),
    path(f"{ONE}people/", views.people, name="child_people"),
    path(f"{ONE}needs/", views.needs, name="child_needs"),
    path(f"{ONE}who-can-see-this/", views.access, name="child_access"),
    path(f"{ONE}needs/<slug:topic>/", edits.correct, name="child_correct"),
    path(f"{ONE}placements/start/", edits.place, name="placement_start"),
    path(
        f"{ONE}placements/<int:placement_id>/correct/",
        edits.correct_placement,
        name="placement_correct",
    ),
    path(
        f"{ONE}placements/<int:placement_id>/considered/",
        edits.account_for_move,
        name="move_account",
    ),
    path(f"{ONE}placements/<int:placement_id>/end/", edits.end_placement, name="placement_end"),
    path(f"{ONE}legal-status/", edits.change_legal_status, name="legal_status_change"),
    path(f"{ONE}care/end/", edits.end_care, name="care_end"),
    path(f"{ONE}people/allocate/", edits.allocate, name="allocate"),
    path(f"{ONE}people/<int:allocation_id>/end/", edits.end_allocation, name="allocation_end"),
]
