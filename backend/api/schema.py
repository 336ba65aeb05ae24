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
        if (
            getattr(self.view, "guards_version", False)
            and self.method == "POST"
            and not self._opens
        ):
            parameters.append(MATCH)
        return parameters

    @property
    def _opens(self) -> bool:
        """Whether the address opens a case: it then answers 201, under a name of its own."""
        answer = getattr(self.view, getattr(self.view, "action", None) or "", None)
        return bool(getattr(answer, "opens", False))

    def get_operation_id(self) -> str:
        given = str(super().get_operation_id())
        if self._opens:
            words = self._tokenize_path()
            return "_".join([*words[:-1], "open", words[-1]]).replace("-", "_")
        is_step = self.method == "POST" and getattr(self.view, "action", "create") != "create"
        return given.removesuffix("_create") if is_step else given

    def _get_serializer_name(self, serializer: Any, *args: Any, **kwargs: Any) -> str:
        """Two rooms may have a form of the same name: a room's pieces carry its name."""
        given = super()._get_serializer_name(serializer, *args, **kwargs)
        kind = serializer if isinstance(serializer, type) else type(serializer)
        package, _, rest = kind.__module__.partition(".")
        return f"{rest.split('.')[0].title()}{given}" if package == "workflows" else str(given)

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies = super()._get_response_bodies(direction)
        if self._opens:
            bodies["201"] = bodies.pop("200")
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
