"""Reads the address of the database from one setting."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

FORM = "postgresql://USER:PASSWORD@HOST:5432/NAME"


class UnableToReadAddress(ValueError):
    """An address among the settings cannot be read; the message says what is wrong."""


def read_database_url(address: str) -> dict[str, Any]:
    """Django's settings for the database at this address.

    Raises UnableToReadAddress. The message never repeats the address, which holds a password.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise UnableToReadAddress(f"DATABASE_URL cannot be read; it looks like {FORM}") from error
    if parts.scheme not in ("postgres", "postgresql"):
        raise UnableToReadAddress(
            f"DATABASE_URL must be the address of a PostgreSQL; it looks like {FORM}"
        )
    name = unquote(parts.path.removeprefix("/"))
    if not name:
        raise UnableToReadAddress(f"DATABASE_URL names no database; it looks like {FORM}")
    options: dict[str, Any] = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or unquote(parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port or ""),
        "OPTIONS": {"connect_timeout": 5, **options},
    }


def read_email_url(address: str) -> dict[str, Any]:
    """Django's settings for sending mail through this address.

    `console:` prints mail, `smtp://USER:PASSWORD@HOST:587` sends it with STARTTLS,
    `smtps://USER:PASSWORD@HOST:465` over TLS,
    `notify:` through GOV.UK Notify. Raises UnableToReadAddress.
    """
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise UnableToReadAddress("EMAIL_URL cannot be read") from error
    if parts.scheme == "console":
        return {"EMAIL_BACKEND": "django.core.mail.backends.console.EmailBackend"}
    if parts.scheme == "notify":
        return {"EMAIL_BACKEND": "backend.notify.ways.notify.NotifyMail"}
    if parts.scheme not in ("smtp", "smtps") or not parts.hostname:
        raise UnableToReadAddress(
            "EMAIL_URL must be console: or smtp://USER:PASSWORD@HOST:587"
            " or smtps://USER:PASSWORD@HOST:465 or notify:"
        )
    secure = parts.scheme == "smtps"
    plain = dict(parse_qsl(parts.query)).get("tls") == "off"
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname,
        "EMAIL_PORT": port or (465 if secure else 587),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": secure,
        "EMAIL_USE_TLS": not secure and not plain,
        "EMAIL_TIMEOUT": 20,
    }
