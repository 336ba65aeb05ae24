"""The addresses of what children say and of their advocates."""

from django.urls import path

from frontend.pages.voice import views

urlpatterns = [
    path("children/<int:child_id>/voice/", views.voice, name="child_voice"),
    path("children/<int:child_id>/voice/new/", views.hear, name="view_hear"),
    path("children/<int:child_id>/advocate/", views.offer, name="advocate_offer"),
    path("voice/<int:view_id>/<slug:step>/", views.take_step, name="view_step"),
    path("advocacy/<int:advocacy_id>/<slug:step>/", views.advocate_step, name="advocate_step"),
]
