"""A program that asks the API on somebody's behalf."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext
from knox.models import AuthToken
from rest_framework.test import APIClient

from backend.access.models import Person

V1 = "/api/v1"


def as_person(person: Person | None, **options: Any) -> APIClient:
    """A client that sends the person's token; without a person it sends none."""
    client = APIClient(**options)
    if person is not None:
        _, token = AuthToken.objects.create(person)
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
    return client


def reason_of(answer: Any) -> str:
    """The reason in a problem, after a look at its shape."""
    assert answer["Content-Type"] == "application/problem+json", answer.content
    problem = answer.json()
    assert set(problem) - {"errors"} == {"type", "title", "status", "detail", "reason"}
    assert problem["status"] == answer.status_code
    assert problem["type"].startswith("/api/problems/#")
    reason: str = problem["reason"]
    assert reason == problem["detail"] != ""
    return reason


def fields_of(answer: Any) -> dict[str, str]:
    """The facts at fault in a problem."""
    return {error["field"]: error["reason"] for error in answer.json().get("errors", [])}


@contextmanager
def queries() -> Iterator[CaptureQueriesContext]:
    with CaptureQueriesContext(connection) as found:
        yield found


def queries_of(ask: Callable[[], Any]) -> int:
    """How many queries an answer takes, when everything that is kept in memory is there."""
    ask()
    with queries() as found:
        answer = ask()
    assert answer.status_code == 200, answer.content
    return len(found)
