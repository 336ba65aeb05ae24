"""The addresses of the whole house."""

from django.urls import URLPattern, URLResolver, include, path

from backend.project.health import health, metrics, ready

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health, name="health"),
    path("ready/", ready, name="ready"),
    path("metrics/", metrics, name="metrics"),
    path("account/", include("allauth.urls")),
    path("api/", include("backend.api.urls")),
    path("", include("frontend.urls")),
]
