"""The addresses of the API."""

from django.urls import include, path, re_path

from backend.api.alerts import AlertLadders, AlertViewSet
from backend.api.children import ChildViewSet
from backend.api.deadlines import DeadlineViewSet
from backend.api.doors import Description, Docs, Nothing, Problems, Root
from backend.api.leave import LeaveViewSet
from backend.api.me import Me
from backend.api.notifications import NotificationViewSet
from backend.api.placements import PlacementViewSet
from backend.api.preferences import Preferences
from backend.api.rooms import Routes, router_of, routes_of_rooms
from backend.api.settings import SettingViewSet
from backend.api.timeline import EventViewSet

ROUTES: Routes = [
    ("children", ChildViewSet),
    ("placements", PlacementViewSet),
    ("deadlines", DeadlineViewSet),
    ("alerts", AlertViewSet),
    ("notifications", NotificationViewSet),
    ("leave", LeaveViewSet),
    ("events", EventViewSet),
    ("settings", SettingViewSet),
    *routes_of_rooms(),
]
lists = {"me": "api-me", **{prefix: f"api-{prefix}-list" for prefix, _ in ROUTES}}

urlpatterns = [
    path("", Root.as_view(lists=lists), name="api-root"),
    path("schema/", Description.as_view(), name="api-schema"),
    path("docs/", Docs.as_view(), name="api-docs"),
    path("problems/", Problems.as_view(), name="api-problems"),
    path("v1/", Root.as_view(lists=lists), name="api-v1"),
    path("v1/me/", Me.as_view(), name="api-me"),
    path(
        "v1/alerts/ladders/",
        AlertLadders.as_view({"get": "list", "post": "create"}),
        name="api-alert-ladders",
    ),
    path("v1/me/preferences/", Preferences.as_view(), name="api-preferences"),
    path("v1/", include(router_of(ROUTES).urls)),
    re_path("", Nothing.as_view()),
]
