"""The addresses of the pages: each room of pages brings its own."""

from importlib import import_module
from pathlib import Path

from django.urls import URLPattern, URLResolver, include, path

ROOMS = Path(__file__).parent / "pages"

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(import_module(f"frontend.pages.{folder.parent.name}.urls")))
    for folder in sorted(ROOMS.glob("*/urls.py"))
]
