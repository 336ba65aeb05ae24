"""The addresses of the notifications."""

from django.urls import path

from frontend.pages.notifications import views

urlpatterns = [
    path("notifications/", views.notifications, name="notifications"),
    path("notifications/read/", views.mark, name="notifications_read"),
    path("notifications/<int:number>/open/", views.open_one, name="notification_open"),
]
