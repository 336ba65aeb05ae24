"""The addresses of timeliness."""

from django.urls import path

from frontend.pages.timeliness import views

urlpatterns = [
    path("timeliness/", views.timeliness, name="timeliness"),
    path("timeliness/reviews-at-risk/", views.at_risk, name="timeliness_at_risk"),
]
