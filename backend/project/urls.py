"""The addresses of the whole house."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

from backend.project.health import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", health, name="health"),
    path("account/", include("allauth.urls")),
]

for prefix, module in (("api/", "backend.api.urls"), ("", "frontend.urls")):
    if find_spec(module):
        urlpatterns.append(path(prefix, include(module)))
