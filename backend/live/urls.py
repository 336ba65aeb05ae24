"""The addresses of the live channel."""

from django.urls import URLPattern, path, re_path

from backend.live.consumers import InboxConsumer, NothingConsumer

websocket_urlpatterns: list[URLPattern] = [
    path("ws/inbox/", InboxConsumer.as_asgi()),
    re_path("", NothingConsumer.as_asgi()),
]
