"""Hangs the addresses of every room into the one list."""

from importlib import import_module
from importlib.util import find_spec

from django.conf import settings
from rest_framework.routers import SimpleRouter

from backend.api.views import Rows

Routes = list[tuple[str, type[Rows]]]


def routes_of_rooms() -> Routes:
    """What each room's ``urls.py`` lists in ``ROUTES``: a path and the view that answers it."""
    routes: Routes = []
    for room in settings.ROOMS:
        if find_spec(f"{room}.urls"):
            routes += import_module(f"{room}.urls").ROUTES
    return routes


def router_of(routes: Routes) -> SimpleRouter:
    """One router for all, with names that no page can take: ``api-<path>-...``."""
    router = SimpleRouter()
    for path, view in routes:
        router.register(path, view, basename=f"api-{path}")
    return router
