"""The API's description of itself: what every address has in common is said once."""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse
from rest_framework import serializers


class FieldProblem(serializers.Serializer):
    """One fact that cannot be used, and why."""

    field = serializers.CharField()
    reason = serializers.CharField()


class Problem(serializers.Serializer):
    """Why something could not be done (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    reason = serializers.CharField(help_text="The same, in words that a person can act on.")
    errors = FieldProblem(many=True, required=False)


KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="A text of your own, new for each thing you do. Sent again within a day, it gets "
    "the first answer again and nothing is recorded twice.",
)
MATCH = OpenApiParameter(
    "If-Match",
    str,
    OpenApiParameter.HEADER,
    description="The ETag of the case as you read it: refused with 412 when it changed since.",
)


class Schema(AutoSchema):
    """Adds the problem answer everywhere, and the two headers that guard a change."""

    def get_override_parameters(self) -> list[Any]:
        parameters = list(super().get_override_parameters())
        if self.method == "POST":
            parameters.append(KEY)
        if getattr(self.view, "guards_version", False) and self.method in ("POST", "PATCH"):
            parameters.append(MATCH)
        return parameters

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        bodies["default"] = self._get_response_for_code(
            OpenApiResponse(Problem, description="Why it could not be done."),
            "default",
            media_types=["application/problem+json"],
            direction=direction,
        )
        return bodies


class BearerScheme(OpenApiAuthenticationExtension):
    """How the token is described."""

    target_class = "backend.api.signing_in.BearerToken"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, str]:
        return {"type": "http", "scheme": "bearer"}
