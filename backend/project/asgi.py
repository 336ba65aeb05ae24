"""Takes every request, page, API call or websocket, to the part that answers it."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.project.settings")

from django.core.asgi import get_asgi_application

pages = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter

from backend.live.urls import websocket_urlpatterns
from backend.project.bounds import BoundedBodies

application = ProtocolTypeRouter(
    {"http": BoundedBodies(pages), "websocket": URLRouter(websocket_urlpatterns)}
)
