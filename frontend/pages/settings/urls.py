"""The addresses of the pages of a home."""

from django.urls import path

from frontend.pages.settings import views

urlpatterns = [
    path("settings/", views.settings, name="settings"),
    path("settings/<int:setting_id>/", views.setting, name="setting"),
    path("settings/<int:setting_id>/notice/", views.notice, name="setting_notice"),
    path(
        "settings/<int:setting_id>/notice/<int:notice_id>/received/<str:authority>/",
        views.notice_received,
        name="setting_notice_received",
    ),
]
