"""The address of the gallery, in demo mode only."""

from django.conf import settings
from django.urls import URLPattern, path

from frontend.pages.gallery import views

urlpatterns: list[URLPattern] = (
    [
        path("parts/", views.gallery, name="gallery"),
        path("parts/draft/", views.keep_draft, name="gallery_draft"),
        path("parts/problems/<int:status>/", views.problem, name="gallery_problem"),
    ]
    if settings.DEMO
    else []
)
