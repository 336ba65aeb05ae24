"""Two web processes and two workers do as one: what happens in one is heard in another."""

import http.client
import json
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection
from knox.models import AuthToken
from procrastinate.contrib.django.models import ProcrastinateJob
from procrastinate.exceptions import AlreadyEnqueued

from backend.access.models import Person
from backend.deadlines.sweep import sweep
from backend.grammar.roles import Role
from backend.notify.models import Delivery, Notification
from backend.project.jobs import SECONDS_UNTIL_ABANDONED, take_up_abandoned_jobs
from tests.factories import World, a_world, an_outcome
from tests.many.mail import Mailbox
from tests.many.pages import Page
from tests.many.processes import Installation, Part, address_of_database
from tests.many.redis_server import RunningRedis
from tests.many.waiting import now, today, until

pytestmark = pytest.mark.slow

V1 = "/api/v1"


def token_of(person: Person) -> str:
    """A token with which a program asks on somebody's behalf."""
    _, token = AuthToken.objects.create(person)
    return str(token)


@pytest.fixture
def world(shared_rows: None) -> World:
    """A child who was placed lately, and nothing that anybody still has to be told."""
    world = a_world(started_on=today() - timedelta(days=3))
    sweep(at=now())
    return world


@pytest.fixture
def at_rest(world: World, many: Installation) -> None:
    """The installation, once everything that was owed at the start is done."""
    until("everything is delivered", is_delivered)


def is_delivered() -> bool:
    """Whether nobody still has to be sent anything."""
    return not Delivery.objects.filter(state=Delivery.State.WAITING).exists()


def record_visit(web: Part, world: World, token: str, day: int) -> str:
    """Records a visit through one web process; answers what it is called in a nudge."""
    made = an_outcome(today() - timedelta(days=day))
    body = {**made, "made_at": made["made_at"].isoformat(), "child": world.child.pk}
    status, visit = web.ask(f"{V1}/visits/record/", token, body)
    assert status == 201, visit
    return f"visits/{visit['id']}"


@pytest.fixture
def worker_token(world: World) -> str:
    """The social worker's."""
    return token_of(world[Role.SOCIAL_WORKER])


@pytest.fixture
def pages(at_rest: None, world: World, many: Installation) -> Iterator[list[Page]]:
    """The IRO's page, open at each of the web processes."""
    token = token_of(world[Role.IRO])
    pages = [Page([web], token) for web in many.webs]
    yield pages
    for page in pages:
        page.leave()


@pytest.mark.django_db
def test_other_programs_find_the_database_of_the_tests() -> None:
    with psycopg.connect(address_of_database()) as found:
        name = found.execute("SELECT current_database()").fetchone()
    assert name == (connection.settings_dict["NAME"],)


def test_what_happens_in_one_process_is_heard_on_pages_of_every_other(
    many: Installation, world: World, worker_token: str, pages: list[Page]
) -> None:
    for day, web in enumerate(many.webs, start=1):
        about = record_visit(web, world, worker_token, day)
        for page in pages:
            assert page.hear_about(about)["unread"] > 0
    assert [page.closed_with for page in pages] == [[], []]


def test_silence_does_not_end_a_channel(many: Installation, pages: list[Page]) -> None:
    page = pages[0]
    with pytest.raises(AssertionError, match="nothing of the kind"):
        page.hear(lambda said: False, seconds=8)
    assert page.closed_with == []


def test_redis_that_restarts_loses_nothing(
    many: Installation,
    redis: RunningRedis,
    mailbox: Mailbox,
    world: World,
    worker_token: str,
    pages: list[Page],
) -> None:
    iro = world[Role.IRO]
    before = mailbox.count_of(iro.email)
    redis.kill()
    record_visit(many.webs[0], world, worker_token, 1)
    until("the e-mail comes without Redis", lambda: mailbox.count_of(iro.email) > before)
    status, said = many.webs[1].ask("/ready/")
    assert status == 503
    assert "Redis does not answer: open pages hear of nothing until it does" in said["wrong"]
    newest = Notification.objects.filter(person=iro).latest("number").number
    redis.start()
    for page in pages:
        assert page.hear_up_to(newest)["cursor"] == newest
    about = record_visit(many.webs[1], world, worker_token, 2)
    for page in pages:
        page.hear_about(about)
    assert not any(part.has_ended() for part in many.parts)


MOMENTS = ("before it is taken", "before its receipt")


@pytest.mark.parametrize("moment", MOMENTS)
def test_worker_killed_in_the_middle_of_a_batch_loses_and_repeats_nothing(
    many: Installation, mailbox: Mailbox, at_rest: None, moment: str
) -> None:
    mailbox.begin_anew()
    mailbox.holds_before, mailbox.holds_after = (moment == part for part in MOMENTS)
    others = a_world(started_on=today() - timedelta(days=60))
    sweep(at=now())
    mailbox.until_held()
    many.worker_that_talks_to(mailbox.port).kill()
    mailbox.holds_before = mailbox.holds_after = False
    let_others_take_up()
    until("everything is delivered", is_delivered)
    told = Notification.objects.filter(child=others.child)
    for person in {one.person for one in told}:
        assert mailbox.count_of(person.email) > 0
    # A receipt that never came leaves no choice; the identifier tells the second from the first.
    assert set(mailbox.repeated()) <= (set() if moment == MOMENTS[0] else set(mailbox.held))


def let_others_take_up() -> None:
    """Waits until the killed worker is taken for dead, and has its jobs taken up at once."""

    def abandoned() -> bool:
        last_sign = now() - timedelta(seconds=SECONDS_UNTIL_ABANDONED)
        return ProcrastinateJob.objects.filter(
            status="doing", worker__last_heartbeat__lt=last_sign
        ).exists()

    until("the killed worker is taken for dead", abandoned)
    # The gap until the next try has passed as well.
    Delivery.objects.filter(state=Delivery.State.WAITING).update(next_try_at=None)
    with suppress(AlreadyEnqueued):
        take_up_abandoned_jobs.defer(timestamp=0)


def test_web_process_that_is_stopped_finishes_its_answers_and_sends_pages_elsewhere(
    many: Installation, world: World, worker_token: str, pages: list[Page]
) -> None:
    first, other = many.webs
    pages[0].webs = [first, other]
    with Slowly(first, world, worker_token) as slowly:
        first.ask_to_stop()
        until("it takes no more", lambda: first.answers("/health/") == 0)
        assert not first.has_ended()
        status = slowly.finish()
    assert status == 201
    assert first.program.wait(60) == 0
    pages[0].hear(lambda said: "missed" in said)
    about = record_visit(other, world, worker_token, 2)
    pages[0].hear_about(about)
    assert pages[0].closed_with == [1012]
    assert "Traceback" not in first.said()


class Slowly:
    """A visit that is being recorded over a slow line."""

    def __init__(self, web: Part, world: World, token: str) -> None:
        made = an_outcome(today() - timedelta(days=1))
        body = {**made, "made_at": made["made_at"].isoformat(), "child": world.child.pk}
        self.rest = json.dumps(body).encode()
        self.line = http.client.HTTPConnection("127.0.0.1", web.port, timeout=120)
        self.line.putrequest("POST", f"{V1}/visits/record/")
        self.line.putheader("Authorization", f"Bearer {token}")
        self.line.putheader("Content-Type", "application/json")
        self.line.putheader("Content-Length", str(len(self.rest)))
        self.line.endheaders()
        self._send(20)

    def _send(self, length: int) -> None:
        self.line.send(self.rest[:length])
        self.rest = self.rest[length:]

    def finish(self) -> int:
        """The status of the answer, once everything is sent."""
        self._send(len(self.rest))
        return self.line.getresponse().status

    def __enter__(self) -> "Slowly":
        return self

    def __exit__(self, *_: Any) -> None:
        self.line.close()


def test_worker_that_is_stopped_finishes_what_it_began(
    many: Installation, mailbox: Mailbox, at_rest: None
) -> None:
    mailbox.begin_anew()
    mailbox.holds_before = True
    a_world(started_on=today() - timedelta(days=60))
    sweep(at=now())
    mailbox.until_held()
    stopped = many.worker_that_talks_to(mailbox.port)
    stopped.ask_to_stop()
    time.sleep(1)
    assert not stopped.has_ended()
    mailbox.holds_before = False
    assert stopped.program.wait(60) == 0
    until("everything is delivered", is_delivered)
    assert mailbox.repeated() == []
    assert "Traceback" not in stopped.said()
