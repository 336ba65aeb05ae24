"""The settings of one installation, read from environment variables."""

import hashlib
import os
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff

from backend.project import embedded
from backend.project.database import UnableToReadAddress, read_database_url, read_email_url

ROOT = Path(__file__).resolve().parents[2]


def is_on(name: str) -> bool:
    """Whether an environment variable switches something on."""
    return os.environ.get(name, "").strip().lower() in ("1", "true", "yes", "on")


DEBUG = False
DEMO = is_on("DEMO")
PORT = os.environ.get("PORT", "8000")
BASE_URL = os.environ.get("BASE_URL", f"http://127.0.0.1:{PORT}").rstrip("/")

# Who we are

SECRET_KEY = os.environ.get("SECRET_KEY", "")
if not SECRET_KEY:
    if not DEMO:
        raise ImproperlyConfigured(
            "SECRET_KEY is not set. Set it to a long random text, or DEMO=1 to try Sightline out."
        )
    # Stable, so that a restart of the demo does not sign everybody out.
    SECRET_KEY = hashlib.sha256(f"demo:{embedded.home()}".encode()).hexdigest() * 2

ALLOWED_HOSTS = [
    name.strip()
    for name in os.environ.get("ALLOWED_HOSTS", "127.0.0.1,localhost,[::1]").split(",")
    if name.strip()
]
CSRF_TRUSTED_ORIGINS = [BASE_URL]

# The house

INSTALLED_APPS = [
    "frontend",
    "workflows",
    "workflows.visits",
    "workflows.reviews",
    "workflows.voice",
    "workflows.contact",
    "workflows.notices",
    "workflows.lado",
    "workflows.escalations",
    "backend.project",
    "backend.api",
    "backend.exchange",
    "backend.alerts",
    "backend.casework",
    "backend.live",
    "backend.notify",
    "backend.deadlines",
    "backend.events",
    "backend.access",
    "backend.records",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "guardian",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    "channels",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "csp",
]
# Whose addresses stand in the API: a room that has `urls.py` hangs its ROUTES there.
ROOMS = [name for name in INSTALLED_APPS if name.startswith("workflows.")]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "backend.project.static.StaticFiles",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "frontend.problems.ProblemPages",
]

ROOT_URLCONF = "backend.project.urls"
ASGI_APPLICATION = "backend.project.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [
            ROOT / "frontend" / "templates",
            *sorted((ROOT / "frontend" / "pages").glob("*/templates")),
        ],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "frontend.context.every_page",
            ],
        },
    },
]

FORM_RENDERER = "frontend.forms.Renderer"

# The database

EMBEDDED = not os.environ.get("DATABASE_URL")
if EMBEDDED and not DEMO:
    raise ImproperlyConfigured(
        "DATABASE_URL is not set. The embedded PostgreSQL trusts every user of this machine and"
        " is only for demo mode: set DATABASE_URL to a real PostgreSQL, or DEMO=1 to try"
        " Sightline out."
    )
try:
    DATABASES = {
        "default": embedded.database_settings()
        if EMBEDDED
        else read_database_url(os.environ["DATABASE_URL"])
    }
    EMAIL_SETTINGS = read_email_url(os.environ.get("EMAIL_URL") or "console:")
except UnableToReadAddress as error:
    raise ImproperlyConfigured(str(error)) from error
# A connection that a restart of the database broke is replaced instead of failing a page.
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
if is_on("DATABASE_POOL"):
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 2, "max_size": 20, "timeout": 10}

# Signing in

AUTH_USER_MODEL = "access.Person"
AUTHENTICATION_BACKENDS = [
    "allauth.account.auth_backends.AuthenticationBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "backend.project.sign_in.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_UNIQUE_EMAIL = True
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Sightline: "
ACCOUNT_DEFAULT_HTTP_PROTOCOL = BASE_URL.split(":", 1)[0]
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
# Whoever gave the account knows that the address is theirs.
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = "Sightline"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

# Safety of the connection

SESSION_COOKIE_AGE = 8 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEMO
SECURE_SSL_REDIRECT = not DEMO
SECURE_HSTS_SECONDS = 0 if DEMO else 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = not DEMO
SECURE_PROXY_SSL_HEADER = None if DEMO else ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REDIRECT_EXEMPT = [r"^health/$", r"^ready/$", r"^metrics/$"]
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "object-src": ["'none'"],
        "base-uri": ["'self'"],
        "form-action": ["'self'"],
        "frame-ancestors": ["'none'"],
    },
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2_000

# Words, days and places

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [ROOT / "frontend" / "static_built"]
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_ALLOW_ALL_ORIGINS = False
# The build puts a hash of the content into the name.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/assets/.+-[\w-]{8}\.\w+$"

# Live messages, the cache and jobs

REDIS_URL = os.environ.get("REDIS_URL", "")
if REDIS_URL and not REDIS_URL.startswith(("redis://", "rediss://", "unix://")):
    raise ImproperlyConfigured("REDIS_URL cannot be read; it looks like redis://HOST:6379/0")
CHANNEL_LAYERS: dict[str, Any] = {
    "default": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {
            "hosts": [
                {
                    "address": REDIS_URL,
                    "socket_connect_timeout": 5,
                    # Waiting for a message takes five seconds at a time: silence is no failure.
                    "socket_timeout": 20,
                    # A connection that a restart broke is not noticed until it is used.
                    "retry": Retry(ExponentialBackoff(cap=0.5, base=0.1), 3),
                }
            ]
        },
    }
    if REDIS_URL
    else {"BACKEND": "channels.layers.InMemoryChannelLayer"}
}
CACHES: dict[str, Any] = {
    "default": {
        "BACKEND": "backend.project.cache.CountsThatHold",
        "LOCATION": REDIS_URL,
        "OPTIONS": {"socket_connect_timeout": 1, "socket_timeout": 1},
    }
    if REDIS_URL
    else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
}
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"

# Mail

EMAIL_BACKEND = EMAIL_SETTINGS["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL_SETTINGS.get("EMAIL_HOST", "localhost")
EMAIL_PORT = EMAIL_SETTINGS.get("EMAIL_PORT", 25)
EMAIL_HOST_USER = EMAIL_SETTINGS.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = EMAIL_SETTINGS.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_SSL = EMAIL_SETTINGS.get("EMAIL_USE_SSL", False)
EMAIL_USE_TLS = EMAIL_SETTINGS.get("EMAIL_USE_TLS", False)
EMAIL_TIMEOUT = EMAIL_SETTINGS.get("EMAIL_TIMEOUT")
DEFAULT_FROM_EMAIL = os.environ.get("EMAIL_FROM", "sightline@localhost")

# Other ways to reach people: each is offered once it has what it needs

NOTIFY_API_KEY = os.environ.get("NOTIFY_API_KEY", "")
NOTIFY_EMAIL_TEMPLATE = os.environ.get("NOTIFY_EMAIL_TEMPLATE", "")
NOTIFY_TEXT_TEMPLATE = os.environ.get("NOTIFY_TEXT_TEMPLATE", "")
NOTIFY_URL = os.environ.get("NOTIFY_URL", "https://api.notifications.service.gov.uk")
if EMAIL_BACKEND.endswith("NotifyMail") and not (NOTIFY_API_KEY and NOTIFY_EMAIL_TEMPLATE):
    raise ImproperlyConfigured(
        "EMAIL_URL is notify:, so set NOTIFY_API_KEY and NOTIFY_EMAIL_TEMPLATE too."
    )
VAPID_PRIVATE_KEY = os.environ.get("VAPID_PRIVATE_KEY", "")
VAPID_CONTACT = os.environ.get("VAPID_CONTACT", "")
PUSH_SERVICES = [
    "fcm.googleapis.com",
    "push.services.mozilla.com",
    "notify.windows.com",
    "push.apple.com",
]
PUSH_SERVICES_BESIDES: list[str] = []

# The API

REST_FRAMEWORK: dict[str, Any] = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "backend.api.signing_in.BearerToken",
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["backend.api.permissions.Declared"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["backend.api.parsers.PlainJSON"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_PAGINATION_CLASS": "backend.api.paging.Pages",
    "DEFAULT_SCHEMA_CLASS": "backend.api.schema.Schema",
    "DEFAULT_METADATA_CLASS": None,
    "DEFAULT_THROTTLE_CLASSES": [
        "backend.api.throttles.PerPerson",
        "backend.api.throttles.PerStranger",
    ],
    "DEFAULT_THROTTLE_RATES": {
        "person": os.environ.get("API_RATE_PERSON", "1200/min"),
        "stranger": os.environ.get("API_RATE_STRANGER", "120/min"),
    },
    "EXCEPTION_HANDLER": "backend.api.problems.answer",
    # The server in front says who asks; a header that anybody can write does not.
    "NUM_PROXIES": 0,
    "URL_FORMAT_OVERRIDE": None,
    "COERCE_DECIMAL_TO_STRING": False,
}
REST_KNOX = {"AUTH_HEADER_PREFIX": "Bearer", "TOKEN_TTL": None}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Sightline",
    "VERSION": "1",
    "DESCRIPTION": "Keeps every child placed away from home in sight.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
    # Choices stand where they are used: a new room needs no names from a central list.
    "POSTPROCESSING_HOOKS": [],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}

# Who may read the figures at /metrics/: nobody, until there is a token

METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")

# What is written down about the running of it

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "plain": {
            "()": "backend.project.logs.DiscreetFormatter",
            "format": "%(asctime)s %(levelname)s %(name)s: %(message)s",
        },
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": "plain"},
    },
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "WARNING").upper()},
    "loggers": {
        "django": {"handlers": [], "level": "WARNING", "propagate": True},
        "django.request": {"handlers": [], "level": "ERROR", "propagate": True},
        # Anybody can ask under any name; the refusal is answer enough.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
