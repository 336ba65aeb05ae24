"""A request that comes twice with the same key is carried out once and answered twice."""

import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction
from django.http import Http404
from rest_framework.exceptions import ParseError
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from backend.access.models import Person
from backend.api.models import KeptAnswer
from backend.api.problems import KeyReused

KEPT_FOR = timedelta(days=1)
LONGEST_KEY = 200
KEPT_HEADERS = ("ETag", "Location")


def key_of(request: Request) -> str:
    """The key that came with a request; empty when none did.

    :raises ParseError: it is no key.
    """
    key = request.headers.get("Idempotency-Key")
    if key is None:
        return ""
    if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
        raise ParseError(
            f"An Idempotency-Key is a text of 1 to {LONGEST_KEY} letters, digits and signs."
        )
    return key


def answer_once(
    request: Request,
    *,
    key: str,
    person: Person,
    at: datetime,
    respond: Callable[[], Response],
    may_still_see: Callable[[object], bool],
) -> Response:
    """The first answer to this key, carrying the request out only when there is none yet.

    The key is written in the same transaction as the work: while the first request is under
    way a second one waits for it, and what was refused or failed is forgotten with its key.

    :raises KeyReused: the key came with another request before.
    """
    fingerprint = _fingerprint(request)
    path = f"{request.method} {request.path}"[:LONGEST_KEY]
    with transaction.atomic():
        KeptAnswer.objects.filter(person=person, key=key, path=path, ends_at__lte=at).delete()
        kept, is_new = KeptAnswer.objects.get_or_create(
            person=person,
            key=key,
            path=path,
            defaults={"fingerprint": fingerprint, "kept_at": at, "ends_at": at + KEPT_FOR},
        )
        if not is_new:
            return _again(kept, fingerprint, may_still_see)
        response = respond()
        kept.status = response.status_code
        kept.headers = {name: response[name] for name in KEPT_HEADERS if name in response}
        kept.body = json.loads(JSONRenderer().render(response.data) or b"null")
        kept.save(update_fields=["status", "headers", "body"])
    return response


def _again(kept: KeptAnswer, fingerprint: str, may_still_see: Callable[[object], bool]) -> Response:
    if kept.fingerprint != fingerprint:
        raise KeyReused
    subject = kept.body.get("id") if isinstance(kept.body, dict) else None
    if subject is not None and not may_still_see(subject):
        raise Http404
    headers = {**kept.headers, "Idempotent-Replayed": "true"}
    return Response(kept.body, status=kept.status, headers=headers)


def _fingerprint(request: Request) -> str:
    sent = json.dumps(request.data, sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(sent.encode()).hexdigest()
