"""The addresses of the live channel."""

from django.urls import URLPattern

websocket_urlpatterns: list[URLPattern] = []
