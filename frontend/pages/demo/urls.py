"""The addresses of the demo sign-in; the views answer 404 when demo mode is off."""

from django.urls import path

from frontend.pages.demo import views

urlpatterns = [
    path("demo/", views.people, name="demo_people"),
    path("demo/<int:person_id>/sign-in/", views.sign_in, name="demo_sign_in"),
]
