"""The addresses of the whole house."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("account/", include("allauth.urls")),
]

for prefix, module in (("api/", "backend.api.urls"), ("", "frontend.urls")):
    if find_spec(module):
        urlpatterns.append(path(prefix, include(module)))
