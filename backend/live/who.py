"""Who is at the other end of a live channel: a session of our own pages, or a token."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user
from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, parse_cookie
from django.http.request import split_domain_port, validate_host
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed

from backend.access.models import Person

Scope = Mapping[str, Any]


def person_of(scope: Scope) -> Person | None:
    """The person who is signed in now; None for everybody else.

    Asked again while the channel is open, so it reads everything anew: a session that was
    ended, a token that was taken back and an account that was closed no longer count.
    """
    headers = _headers(scope)
    if "authorization" in headers:
        return _by_token(headers["authorization"])
    if not is_from_our_pages(headers):
        return None
    return _by_session(headers.get("cookie", ""))


def is_from_our_pages(headers: Mapping[str, str]) -> bool:
    """A browser sends cookies along from any page, so it must say that the page is ours."""
    origin = headers.get("origin", "")
    host = headers.get("host", "")
    domain, _ = split_domain_port(host)
    if not domain or not validate_host(domain, settings.ALLOWED_HOSTS):
        return False
    return urlsplit(origin).netloc.lower() == host.lower() or origin in (
        settings.CSRF_TRUSTED_ORIGINS
    )


def _headers(scope: Scope) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}


def _by_token(authorization: str) -> Person | None:
    scheme, _, token = authorization.partition(" ")
    if scheme.lower() != "bearer":
        return None
    try:
        person, _ = TokenAuthentication().authenticate_credentials(token.strip().encode("latin-1"))
    except (AuthenticationFailed, UnicodeDecodeError):
        return None
    return person  # type: ignore[no-any-return]


def _by_session(cookies: str) -> Person | None:
    key = parse_cookie(cookies).get(settings.SESSION_COOKIE_NAME)
    if not key:
        return None
    request = HttpRequest()
    request.session = SessionStore(key)
    person = get_user(request)
    return person if isinstance(person, Person) and person.is_active else None
