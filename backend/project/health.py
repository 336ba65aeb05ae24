"""Says whether this installation is well, to whatever watches over it."""

from datetime import datetime, timedelta

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.deadlines.models import Heartbeat
from backend.deadlines.sweep import unhandled

#: How long each recurring job may be silent.
LONGEST_SILENCE = {
    "sweep": timedelta(minutes=5),
    "watchdog": timedelta(minutes=15),
}


def what_is_wrong(*, at: datetime) -> list[str]:
    """Everything that is not well, in words; nothing about any person."""
    try:
        connection.ensure_connection()
        wrong = [
            f"the {job} has been silent for more than {silence.seconds // 60} minutes"
            for job, silence in LONGEST_SILENCE.items()
            if not Heartbeat.objects.filter(job=job, at__gte=at - silence).exists()
        ]
        late = unhandled(at=at)
    except DatabaseError:
        return ["the database does not answer"]
    if late:
        wrong.append(f"{late} deadlines are past their moment and nobody has looked")
    return wrong


@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Answers 200 when all is well, and 503 with the reasons when it is not."""
    wrong = what_is_wrong(at=timezone.now())
    answer = JsonResponse({"well": not wrong, "wrong": wrong}, status=503 if wrong else 200)
    # Whoever watches asks every few seconds; the answer itself is the warning.
    answer._has_been_logged = True  # type: ignore[attr-defined]
    return answer
