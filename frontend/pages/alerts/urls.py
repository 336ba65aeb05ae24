"""The addresses of alerts and of how they go up."""

from django.urls import path

from frontend.pages.alerts import ladders, views

urlpatterns = [
    path("alerts/", views.alerts, name="alerts"),
    path("alerts/ladders/", ladders.ladders, name="alert_ladders"),
    path("alerts/ladders/<str:code>/<slug:family>/", ladders.ladder, name="alert_ladder"),
    path("alerts/<int:pk>/", views.alert, name="alert"),
    path("alerts/<int:pk>/<slug:step>/", views.alert_step, name="alert_step"),
]
