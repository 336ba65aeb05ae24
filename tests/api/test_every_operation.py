"""Every operation of every room, asked wrongly: refused with a reason, and nothing written."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from drf_spectacular.generators import SchemaGenerator

from backend.access.models import Person
from backend.casework.checks import rooms
from backend.events.models import Event
from backend.grammar.roles import Role
from tests.api.kit import as_person, fields_of, reason_of
from tests.factories import NOW, TODAY, World, an_outcome
from workflows.visits.actions import record_visit

ABSENT = 987_654_321
#: What people and programs send by mistake, in place of every fact at once.
NONSENSE: list[Any] = [
    None,
    "",
    0,
    -1,
    1.5,
    2**70,
    True,
    [],
    [None],
    [{}],
    {},
    {"a": {"b": []}},
    "x" * 30_000,
    "a\x00b",
    "\ud800",
    "0001-01-01T00:00:00+14:00",
    "9999-12-31T23:59:59-14:00",
    "2026-02-30",
]


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every path, verb and body that the API describes."""
    described = SchemaGenerator().get_schema(request=None, public=True)
    for path, verbs in described["paths"].items():
        for verb, operation in verbs.items():
            yield path, verb, body_of(operation, described)


def body_of(operation: dict[str, Any], described: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    name = body.get("schema", {}).get("$ref", "").rpartition("/")[2]
    shape = described["components"]["schemas"].get(name, {})
    properties: dict[str, Any] = shape.get("properties", {})
    return properties


def lists() -> dict[str, list[str]]:
    """Every list, with the words that may stand after its question mark."""
    described = SchemaGenerator().get_schema(request=None, public=True)
    return {
        path: [p["name"] for p in verbs["get"]["parameters"] if p["in"] == "query"]
        for path, verbs in described["paths"].items()
        if "get" in verbs and any(p["name"] == "page" for p in verbs["get"].get("parameters", []))
    }


LISTS = lists()
ALL = list(operations())
WRITES = [(path, verb, body) for path, verb, body in ALL if verb not in ("get", "head")]


def ids(operation: tuple[str, str, dict[str, Any]]) -> str:
    return f"{operation[1]} {operation[0].removeprefix('/api/v1/')}"


def send(client: Any, verb: str, path: str, body: Any) -> Any:
    """Sends what no careful program would: half characters escaped."""
    return getattr(client, verb)(path, json.dumps(body), content_type="application/json")


def ask(person: Person | None, verb: str, path: str, body: Any = None) -> Any:
    return getattr(as_person(person), verb)(path, body, format="json")


def filled(path: str, number: int) -> str:
    return path.replace("{id}", str(number)).replace("{number}", str(number))


def a_number(person: Person, path: str) -> int:
    """The number of a row that the person may see, for a path that needs one."""
    collection = path.partition("{")[0]
    found = ask(person, "get", collection)
    answered = found.json() if found.status_code == 200 else {}
    rows = answered.get("results", []) if isinstance(answered, dict) else answered
    number = rows[0].get("id", rows[0].get("number")) if rows else None
    return ABSENT if number is None else int(number)


def written() -> tuple[int, ...]:
    """How many events and cases there are, asked at one go."""
    counts = ", ".join(f"(SELECT count(*) FROM {one._meta.db_table})" for one in (Event, *rooms()))
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {counts}")
        return tuple(cursor.fetchone())


@pytest.fixture(scope="module")
def worked_once(standing_world: World) -> World:
    """A world in which a visit was made."""
    record_visit(
        child=standing_world.child,
        outcome=an_outcome(TODAY),
        by=standing_world[Role.SOCIAL_WORKER],
        at=NOW.replace(hour=17),
    )
    return standing_world


@pytest.fixture
def worked(worked_once: World, world: World) -> World:
    return world


@pytest.mark.django_db
@pytest.mark.parametrize("operation", ALL, ids=ids)
def test_nobody_who_is_not_signed_in_gets_anything(
    operation: tuple[str, str, dict[str, Any]],
) -> None:
    path, verb, _ = operation
    answer = ask(None, verb, filled(path, 1))
    assert answer.status_code == 401
    assert reason_of(answer)


@pytest.mark.parametrize("operation", [o for o in ALL if "{" in o[0]], ids=ids)
def test_what_a_stranger_may_not_know_is_not_there(
    operation: tuple[str, str, dict[str, Any]], worked: World
) -> None:
    path, verb, _ = operation
    number = a_number(worked[Role.SOCIAL_WORKER], path)
    assert worked.stranger is not None
    answer = ask(worked.stranger, verb, filled(path, number), {})
    if path.startswith("/api/v1/notifications/"):
        assert not worked.stranger.notifications.exists()
    assert answer.status_code == 404
    assert answer.content == ask(worked.stranger, verb, filled(path, ABSENT), {}).content


@pytest.mark.parametrize("operation", WRITES, ids=ids)
def test_nonsense_is_refused_and_nothing_is_written(
    operation: tuple[str, str, dict[str, Any]], worked: World
) -> None:
    path, verb, body = operation
    person = worked[Role.SOCIAL_WORKER]
    client = as_person(person)
    address = filled(path, a_number(person, path))
    before = written()
    for nonsense in NONSENSE:
        sent = dict.fromkeys(body, nonsense)
        if "child" in body:
            sent["child"] = worked.child.pk
        if not body:
            sent = {"something": nonsense}
        answer = send(client, verb, address, sent)
        if answer.status_code < 300:
            # Where only a text is asked for, a strange text is a text.
            assert isinstance(nonsense, str)
            assert all(fact["type"] == "string" for fact in body.values())
            before = written()
            continue
        assert 400 <= answer.status_code < 500, (sent, answer.content)
        assert reason_of(answer)
        assert written() == before, sent


#: What people and programs write after a question mark by mistake.
ODD_WORDS = [
    "",
    "abc",
    "-1",
    "1.5",
    "1e400",
    "NaN",
    "9" * 30,
    "x" * 5_000,
    "a\x00b",
    "2026-13-45",
    "0001-01-01",
    "9999-12-31",
    "%FF%ED",
    "' OR 1=1 --",
]


@pytest.mark.parametrize("path", LISTS)
def test_no_filter_is_thrown_by_an_odd_word(path: str, world: World) -> None:
    """Each word goes to all filters at once, then without those that refused it."""
    client = as_person(world[Role.SOCIAL_WORKER])
    needed: dict[str, Any] = {"child": world.child.pk} if path.endswith("/events/") else {}
    assert LISTS[path]
    for word in ODD_WORDS:
        names = set(LISTS[path])
        while names:
            answer = client.get(path, {**needed, **dict.fromkeys(names, word)})
            assert answer.status_code in (200, 400, 404), (names, word, answer.content)
            if answer.status_code == 200:
                break
            assert reason_of(answer)
            # What is not there, such as a page or an authority, is not named: one is left out.
            names -= (set(fields_of(answer)) & names) or {max(names)}
