"""Says whether this installation is alive and well, to whatever watches over it."""

import hmac
from datetime import datetime, timedelta
from functools import cache

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from procrastinate.contrib.django.models import ProcrastinateWorker
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, REGISTRY, generate_latest
from redis import Redis
from redis.exceptions import RedisError

from backend.deadlines.models import Heartbeat
from backend.deadlines.sweep import unhandled
from backend.project.figures import figures_of, waiting_since

#: How long each recurring job may be silent.
LONGEST_SILENCE = {
    "sweep": timedelta(minutes=5),
    "watchdog": timedelta(minutes=15),
}
#: How long a job may wait for somebody to take it.
LONGEST_WAIT = timedelta(minutes=5)
#: A worker signs every ten seconds.
WORKERS_SILENCE = timedelta(minutes=1)
SECONDS_FOR_REDIS = 2


def what_is_wrong(*, at: datetime) -> list[str]:
    """Everything that is not well, in words; nothing about any person."""
    return [*_wrong_with_database(at), *_wrong_with_redis()]


def _wrong_with_database(at: datetime) -> list[str]:
    try:
        connection.ensure_connection()
        if lacks_migrations():
            return ["the database is not up to date: run sightline migrate"]
        return [*_wrong_with_work(at), *_wrong_with_deadlines(at)]
    except DatabaseError:
        return ["the database does not answer"]


def lacks_migrations() -> bool:
    """Whether the database lacks a change that the code needs."""
    return not _newest_changes() <= set(MigrationRecorder(connection).applied_migrations())


@cache
def _newest_changes() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).graph.leaf_nodes())


def _wrong_with_work(at: datetime) -> list[str]:
    wrong = []
    if not ProcrastinateWorker.objects.filter(last_heartbeat__gte=at - WORKERS_SILENCE).exists():
        wrong.append("no worker is at work")
    late = [queue for queue, since in waiting_since(at=at).items() if since < at - LONGEST_WAIT]
    if late:
        wrong.append(
            f"jobs have waited for more than {_minutes(LONGEST_WAIT)}: {', '.join(sorted(late))}"
        )
    return wrong


def _wrong_with_deadlines(at: datetime) -> list[str]:
    wrong = [
        f"the {job} has been silent for more than {_minutes(silence)}"
        for job, silence in LONGEST_SILENCE.items()
        if not Heartbeat.objects.filter(job=job, at__gte=at - silence).exists()
    ]
    late = unhandled(at=at)
    if late:
        wrong.append(f"{late} deadlines are past their moment and nobody has looked")
    stuck = Heartbeat.objects.filter(found__stuck__gt=0).values_list("found__stuck", flat=True)
    if stuck:
        wrong.append(f"{sum(stuck)} concerns are not where their ladder says")
    lost = Heartbeat.objects.filter(found__losses__gt=0).values_list("found__losses", flat=True)
    if lost:
        wrong.append(f"{sum(lost)} things were not told as they should have been: sightline audit")
    return wrong


def _minutes(span: timedelta) -> str:
    return f"{span.seconds // 60} minutes"


def _wrong_with_redis() -> list[str]:
    if not settings.REDIS_URL:
        return []
    try:
        with Redis.from_url(
            settings.REDIS_URL,
            socket_connect_timeout=SECONDS_FOR_REDIS,
            socket_timeout=SECONDS_FOR_REDIS,
            retry=None,
        ) as redis:
            redis.ping()
    except RedisError:
        return ["Redis does not answer: open pages hear of nothing until it does"]
    return []


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Answers 200 as long as this process can answer at all."""
    return JsonResponse({"alive": True})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """Answers 200 when all is well, and 503 with the reasons when it is not."""
    wrong = what_is_wrong(at=timezone.now())
    answer = JsonResponse({"well": not wrong, "wrong": wrong}, status=503 if wrong else 200)
    # Whoever watches asks every few seconds; the answer itself is the warning.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Answers with every figure, to whoever may read them."""
    if not may_read_figures(request):
        return HttpResponseForbidden(
            "Figures are for monitoring: set METRICS_TOKEN, and send it as a bearer token.",
            content_type="text/plain; charset=utf-8",
        )
    try:
        figures = generate_latest(figures_of(at=timezone.now()))
    except DatabaseError:
        return HttpResponse("The database does not answer.", status=503, content_type="text/plain")
    return HttpResponse(generate_latest(REGISTRY) + figures, content_type=CONTENT_TYPE_PLAIN_0_0_4)


def may_read_figures(request: HttpRequest) -> bool:
    """Whoever knows the token; without one, in demo mode, whoever is on this machine."""
    if settings.METRICS_TOKEN:
        given = request.headers.get("Authorization", "")
        return hmac.compare_digest(given.encode(), f"Bearer {settings.METRICS_TOKEN}".encode())
    return bool(settings.DEMO) and request.META.get("REMOTE_ADDR") in ("127.0.0.1", "::1")
