"""The addresses of the pages of a visit."""

from django.urls import path

from frontend.pages.visits import recording, views

OF_CHILD = "children/<int:child_id>/visits/"
NEW = f"{OF_CHILD}record/"
ONE = "visits/<int:visit_id>/"
ARRANGED = f"{ONE}record/"

urlpatterns = [
    path(f"{OF_CHILD}arrange/", views.arrange, name="visit_arrange"),
    path(f"{OF_CHILD}not-seen/", views.attempt, name="visit_attempt"),
    path(f"{OF_CHILD}asked-for/", views.ask_for_visit, name="visit_request"),
    path(NEW, recording.record, name="visit_record"),
    path(f"{NEW}check/", recording.check, name="visit_check"),
    path(f"{NEW}discard/", recording.discard, name="visit_discard"),
    path(f"{NEW}<slug:slug>/", recording.section, name="visit_section"),
    path(f"{NEW}<slug:slug>/draft/", recording.keep_draft, name="visit_draft"),
    path(ONE, views.visit, name="visit"),
    path(ARRANGED, recording.record, name="visit_record_arranged"),
    path(f"{ARRANGED}check/", recording.check, name="visit_check_arranged"),
    path(f"{ARRANGED}discard/", recording.discard, name="visit_discard_arranged"),
    path(f"{ARRANGED}<slug:slug>/", recording.section, name="visit_section_arranged"),
    path(f"{ARRANGED}<slug:slug>/draft/", recording.keep_draft, name="visit_draft_arranged"),
    path(f"{ONE}time/", views.rearrange, name="visit_rearrange"),
    path(f"{ONE}not-seen/", views.attempted, name="visit_attempted"),
    path(f"{ONE}did-not-happen/", views.missed, name="visit_missed"),
    path(f"{ONE}amend/", views.amend, name="visit_amend"),
    path(f"{ONE}entered-in-error/", views.void, name="visit_void"),
    path("visit-requests/<int:request_id>/refuse/", views.refuse, name="visit_refuse"),
    path("visit-requests/<int:request_id>/answer/", views.answer, name="visit_request_answer"),
]
