"""What the API says when something cannot be done: RFC 9457 problem details, in plain words."""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.signals import got_request_exception
from django.db import DataError, IntegrityError
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import set_rollback

from backend.casework.errors import FactRefused, MovedOn, NotAllowed, NotNow, UnableTo

log = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"


@dataclass(frozen=True)
class Kind:
    """One kind of problem: its name, its status and what to say when nothing more is known."""

    name: str
    status: int
    title: str
    reason: str

    @property
    def type(self) -> str:
        return f"/api/problems/#{self.name}"


REFUSED = Kind(
    "refused", 400, "Something you sent cannot be used", "Something you sent cannot be used."
)
NOT_SIGNED_IN = Kind(
    "not-signed-in",
    401,
    "You are not signed in",
    "Sign in, or send a token that has not run out: Authorization: Bearer ...",
)
NOT_ALLOWED = Kind("not-allowed", 403, "You may not do this", "You may not do this.")
NOT_FOUND = Kind(
    "not-found", 404, "Not found", "There is nothing here, or nothing that you may see."
)
NO_SUCH_VERB = Kind("no-such-method", 405, "Not possible here", "This cannot be done here.")
NOT_ACCEPTABLE = Kind(
    "not-acceptable", 406, "Not available in that form", "Answers are given as JSON."
)
NOT_NOW = Kind("not-now", 409, "This cannot be done now", "This cannot be done now.")
MOVED_ON = Kind(
    "moved-on",
    412,
    "This changed since you read it",
    "Somebody changed this since you read it. Read it again.",
)
TOO_LARGE = Kind("too-large", 413, "Too much at once", "What you sent is too large.")
WRONG_FORM = Kind(
    "wrong-media-type", 415, "Sent in the wrong form", "Send JSON: Content-Type: application/json."
)
KEY_REUSED = Kind(
    "key-reused",
    422,
    "This key was used for something else",
    "This Idempotency-Key was used for something else. Use a new one for a new request.",
)
TOO_OFTEN = Kind("too-often", 429, "Too many requests", "Too many requests. Wait a little.")
FAULT = Kind(
    "fault",
    500,
    "Something went wrong here",
    "Something went wrong on our side and nothing was changed. Try again, and tell whoever runs "
    "Sightline if it goes on.",
)

KINDS = (
    REFUSED,
    NOT_SIGNED_IN,
    NOT_ALLOWED,
    NOT_FOUND,
    NO_SUCH_VERB,
    NOT_ACCEPTABLE,
    NOT_NOW,
    MOVED_ON,
    TOO_LARGE,
    WRONG_FORM,
    KEY_REUSED,
    TOO_OFTEN,
    FAULT,
)


class KeyReused(exceptions.APIException):
    """The same Idempotency-Key came with another request."""

    status_code = 422
    default_detail = KEY_REUSED.reason


class UnknownParameter(exceptions.ValidationError):
    """A word after the question mark that means nothing here; ignoring it would mislead."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        choices = f"Known here: {', '.join(known)}." if known else "None is known here."
        super().__init__({name: [f"This means nothing here. {choices}"]})


@dataclass(frozen=True)
class Problem:
    """One problem as it is answered: its kind, the reason in words, the facts at fault."""

    kind: Kind
    reason: str = ""
    errors: tuple[tuple[str, str], ...] = ()

    def body(self) -> dict[str, Any]:
        reason = plain(self.reason or self.kind.reason)
        body: dict[str, Any] = {
            "type": self.kind.type,
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": reason,
            "reason": reason,
        }
        if self.errors:
            body["errors"] = [
                {"field": plain(field), "reason": plain(words)} for field, words in self.errors
            ]
        return body


def plain(text: str) -> str:
    """A text without the half characters that cannot be sent back."""
    return text.encode("utf-8", "replace").decode("utf-8")


UNABLE = {NotAllowed: NOT_ALLOWED, NotNow: NOT_NOW, MovedOn: MOVED_ON, FactRefused: REFUSED}
#: By status, what the framework raises by itself.
BY_STATUS = {kind.status: kind for kind in KINDS}


def problem_of(error: Exception) -> Problem | None:
    """The problem that an error is; None when it is a fault of ours."""
    if isinstance(error, UnableTo):
        kind = next((UNABLE[cls] for cls in type(error).__mro__ if cls in UNABLE), NOT_NOW)
        errors = ((error.field, error.reason),) if error.field else ()
        return Problem(kind, error.reason, errors)
    if isinstance(error, exceptions.ValidationError):
        errors = tuple(errors_in(error.detail))
        return Problem(REFUSED, _in_short(errors), errors)
    if isinstance(error, exceptions.APIException):
        return _of_framework(error)
    if isinstance(error, Http404):
        return Problem(NOT_FOUND)
    if isinstance(error, PermissionDenied):
        return Problem(NOT_ALLOWED)
    if isinstance(error, RequestDataTooBig):
        return Problem(TOO_LARGE)
    if isinstance(error, SuspiciousOperation):
        return Problem(REFUSED)
    if isinstance(error, IntegrityError):
        return Problem(
            NOT_NOW,
            "This clashes with something that was recorded meanwhile. Read it again, then try "
            "once more.",
        )
    if isinstance(error, (DataError, OverflowError)):
        return Problem(REFUSED, "A number or a date that you sent lies outside what can be kept.")
    return None


def _of_framework(error: exceptions.APIException) -> Problem | None:
    kind = BY_STATUS.get(error.status_code)
    if kind is None:
        return None
    if isinstance(error, (exceptions.ParseError, exceptions.Throttled, KeyReused)):
        return Problem(kind, str(error.detail))
    if isinstance(error, exceptions.PermissionDenied) and "CSRF" in str(error.detail):
        return Problem(kind, f"{error.detail} Load the page again, then try once more.")
    if isinstance(error, exceptions.NotFound) and error.detail != error.default_detail:
        return Problem(kind, str(error.detail))
    return Problem(kind)


def errors_in(detail: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every refusal in what a serializer found, with the dotted name of its field."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else str(name)
            yield from errors_in(inner, ".".join(filter(None, (path, own))))
    elif isinstance(detail, (list, tuple)):
        for number, inner in enumerate(detail):
            nested = isinstance(inner, (Mapping, list))
            yield from errors_in(inner, f"{path}.{number}".lstrip(".") if nested else path)
    else:
        yield path, str(detail)


def _in_short(errors: tuple[tuple[str, str], ...]) -> str:
    if not errors:
        return ""
    field, words = errors[0]
    first = f"{field}: {words}" if field else words
    more = len(errors) - 1
    return f"{first} ({more} more)" if more else first


def answer(error: Exception, context: Mapping[str, Any]) -> Response:
    """Every refusal and every fault, in one shape."""
    set_rollback()
    problem = problem_of(error)
    if problem is None:
        log.error("fault in %s", type(context.get("view")).__name__, exc_info=error)
        got_request_exception.send(sender=type(context.get("view")), request=context["request"])
        problem = Problem(FAULT)
    elif isinstance(error, (IntegrityError, DataError, OverflowError)):
        log.warning("refused by the database: %s", type(error).__name__)
    headers = {}
    if getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = error.auth_header  # type: ignore[attr-defined]
    if getattr(error, "wait", None):
        headers["Retry-After"] = str(int(error.wait) + 1)  # type: ignore[attr-defined]
    return Response(
        problem.body(), status=problem.kind.status, headers=headers, content_type=MEDIA_TYPE
    )
