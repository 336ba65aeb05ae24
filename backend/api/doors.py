"""The list of addresses, what problems mean, the description of the API, and everything else."""

from typing import Any

from django.http import Http404
from django.urls import Resolver404, resolve, reverse
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from backend.api.permissions import Reach
from backend.api.problems import KINDS
from backend.api.views import Endpoint


class Root(Endpoint):
    """Where everything is."""

    reach = Reach.SIGNED_IN
    lists: dict[str, str] = {}

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        addresses = {path: reverse(name) for path, name in self.lists.items()}
        return Response(
            {
                **addresses,
                "schema": reverse("api-schema"),
                "docs": reverse("api-docs"),
                "problems": reverse("api-problems"),
            }
        )


class Problems(Endpoint):
    """What each kind of problem means."""

    reach = Reach.ANYBODY

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        return Response(
            {
                kind.name: {"status": kind.status, "title": kind.title, "reason": kind.reason}
                for kind in KINDS
            }
        )


class Description(Endpoint, SpectacularAPIView):
    """The OpenAPI description, for programs. It says nothing of any child."""

    reach = Reach.ANYBODY
    parameters = frozenset({"lang", "version"})
    permission_classes = Endpoint.permission_classes


class Docs(Endpoint, SpectacularSwaggerSplitView):
    """The same, for people, from our own server alone."""

    reach = Reach.ANYBODY
    parameters = frozenset({"lang", "version", "script"})
    permission_classes = Endpoint.permission_classes
    url_name = "api-schema"
    template_name = "api/docs.html"
    title = "Sightline API"


class Nothing(Endpoint):
    """Every other address."""

    reach = Reach.ANYBODY
    schema = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if not request.path.endswith("/") and _is_address(f"{request.path}/"):
            raise NotFound(f"Addresses end in a stroke: {request.path}/")
        raise Http404

    def known_parameters(self) -> frozenset[str]:
        return frozenset(self.request.query_params)


def _is_address(path: str) -> bool:
    try:
        return getattr(resolve(path).func, "cls", Nothing) is not Nothing
    except Resolver404:
        return False
