"""The addresses of timeliness."""

from django.urls import path

from frontend.pages.timeliness import views, watch

urlpatterns = [
    path("timeliness/", views.timeliness, name="timeliness"),
    path("timeliness/reviews-at-risk/", views.at_risk, name="timeliness_at_risk"),
    path("timeliness/decisions/", watch.decisions, name="timeliness_decisions"),
    path("timeliness/challenges/", watch.challenges, name="timeliness_challenges"),
    path("timeliness/not-heard/", watch.unheard, name="timeliness_unheard"),
    path("timeliness/advocates/", watch.without_advocate, name="timeliness_advocates"),
    path("timeliness/contact/", watch.without_contact_plan, name="timeliness_contact"),
]
