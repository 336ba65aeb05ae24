"""The address of My work."""

from django.urls import path

from frontend.pages.home import views

urlpatterns = [path("", views.work, name="work")]
