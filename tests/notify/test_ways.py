"""The ways to a person: a real mail server and a service like Notify, in good and bad weather."""

import logging
from datetime import datetime, time, timedelta
from itertools import pairwise
from typing import Any

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext

from backend.access.models import Person
from backend.events.models import Event
from backend.events.record import record
from backend.grammar.moments import LONDON
from backend.grammar.roles import Role
from backend.notify.choosing import quiet_until
from backend.notify.deliveries import (
    failed_deliveries,
    overlooked,
    reached_nobody,
)
from backend.notify.models import Notification, Way
from backend.notify.sending import GAPS, MOST_TRIES, _claim
from backend.notify.tell import Telling, tell
from tests.factories import NOW, World
from tests.notify.kit import PHONE, of, prefers, said, send_all
from tests.notify.mail_server import Post
from tests.notify.notify_service import NotifyService

pytestmark = pytest.mark.django_db


class TestEmail:
    def test_it_arrives_without_anything_personal(self, world: World, post: Post) -> None:
        told = said(world)
        send_all()
        letter = post.arrived[0]
        assert letter["To"] == world[Role.IRO].email
        whole = f"{letter['Subject']} {letter.get_payload()}"
        assert "/notifications/" in whole
        for personal in (world.child.name, world.setting.name, world.child.local_id + " "):
            assert personal not in whole
        assert (of(told)["email"].state, of(told)["email"].sent_at) == ("sent", NOW)

    @pytest.mark.parametrize(
        ("answers", "failure"),
        [
            ({"to_recipient": "450 try later"}, "SMTPRecipientsRefused 450"),
            ({"to_mail": "451 busy"}, "SMTPDataError 451"),
            ({"to_mail": "554 no"}, "SMTPDataError 554"),
            ({"to_mail": ""}, "SMTPServerDisconnected"),
        ],
    )
    def test_what_fails_is_tried_again_and_arrives_once(
        self, world: World, post: Post, answers: dict[str, str], failure: str
    ) -> None:
        vars(post).update(answers)
        told = said(world)
        send_all()
        row = of(told)["email"]
        assert (row.state, row.tries, row.failure.removesuffix(" -1")) == ("waiting", 1, failure)
        assert row.next_try_at == NOW + GAPS[0]
        post.to_recipient = post.to_mail = "250 OK"
        send_all(NOW + GAPS[0] - timedelta(seconds=1))
        assert post.arrived == []
        send_all(NOW + GAPS[0])
        send_all(NOW + timedelta(days=1))
        assert len(post.arrived) == 1
        assert (of(told)["email"].state, of(told)["email"].failure) == ("sent", "")

    def test_gaps_grow_and_then_it_stands_as_failed_for_all_to_see(
        self, world: World, post: Post
    ) -> None:
        post.to_mail = "451 busy"
        told, at, tried = said(world), NOW, []
        while of(told)["email"].state == "waiting":
            send_all(at)
            tried.append(at)
            at = of(told)["email"].next_try_at or at
        assert len(tried) == MOST_TRIES
        gaps = [later - earlier for earlier, later in pairwise(tried)]
        assert gaps == list(GAPS) == sorted(GAPS)
        assert [row.notification for row in failed_deliveries()] == [told]
        event = Event.objects.get(name="deliveries.failed")
        assert world[Role.IRO].name in event.sentence
        assert "SMTPDataError 451" in event.sentence
        assert (event.about, event.child_id) == ("visits/1", None)
        assert list(reached_nobody([told.pk])) == [told]
        send_all(at + timedelta(days=9))
        assert of(told)["email"].tries == MOST_TRIES

    def test_address_that_does_not_exist_is_not_tried_again(self, world: World, post: Post) -> None:
        post.refuses = world[Role.IRO].email
        told = said(world)
        send_all()
        assert (of(told)["email"].state, of(told)["email"].tries) == ("failed", 1)
        assert world[Role.IRO].email not in of(told)["email"].failure

    def test_retry_of_what_arrived_after_all_has_the_same_identifier(
        self, world: World, post: Post
    ) -> None:
        post.keeps_then_hangs_up = True
        said(world)
        send_all()
        post.keeps_then_hangs_up = False
        send_all(NOW + GAPS[0])
        first, second = post.identifiers
        assert first == second

    def test_worker_that_dies_after_its_claim_loses_and_repeats_nothing(
        self, world: World, post: Post
    ) -> None:
        said(world)
        claimed = _claim(world[Role.IRO].pk, Way.EMAIL, NOW)
        send_all(NOW + timedelta(seconds=30), way=Way.EMAIL)
        assert post.arrived == []
        send_all(NOW + GAPS[0], way=Way.EMAIL)
        assert post.identifiers == [f"<{claimed[0].reference}@sightline>"]

    def test_one_failure_does_not_stop_the_others(self, world: World, post: Post) -> None:
        said(world)
        event = Event.objects.get(name="visits.unseen_alone_twice")
        tell([Telling(event, (Role.TEAM_MANAGER,))], at=NOW)
        post.refuses = world[Role.IRO].email
        send_all()
        assert [letter["To"] for letter in post.arrived] == [world[Role.TEAM_MANAGER].email]

    def test_who_has_left_is_sent_nothing(self, world: World, post: Post) -> None:
        told = said(world)
        Person.objects.filter(pk=world[Role.IRO].pk).update(is_active=False)
        send_all()
        assert post.arrived == []
        assert of(told)["email"].failure == "has left"

    def test_what_was_read_or_handed_on_first_is_not_sent(self, world: World, post: Post) -> None:
        read, moved = said(world), said(world)
        Notification.objects.filter(pk=read.pk).update(read_at=NOW)
        Notification.objects.filter(pk=moved.pk).update(moved_to=read)
        send_all()
        assert post.arrived == []
        assert {of(one)["email"].state for one in (read, moved)} == {"spared"}
        assert not reached_nobody([read.pk, moved.pk]).exists()


class TestNotify:
    def test_text_carries_the_words_and_the_way_and_no_more(
        self, world: World, service: NotifyService
    ) -> None:
        prefers(world[Role.IRO], by_text=True, phone=PHONE)
        told = said(world)
        send_all()
        assert len(service.taken) == 1
        sent = service.taken[0]
        assert (sent["type"], sent["phone_number"]) == ("sms", PHONE)
        assert sent["personalisation"]["message"] == (
            f"Sightline: {told.words} http://127.0.0.1:8000/notifications/"
        )
        assert sent["reference"] == str(of(told)["text"].reference)

    @pytest.mark.parametrize(
        ("code", "state"), [(400, "failed"), (403, "waiting"), (429, "waiting"), (500, "waiting")]
    )
    def test_refusals(self, world: World, service: NotifyService, code: int, state: str) -> None:
        prefers(world[Role.IRO], by_text=True, phone=PHONE)
        service.answers_with = code
        told = said(world)
        send_all()
        row = of(told)["text"]
        assert (row.state, row.failure) == (state, f"Notify {code}")
        service.answers_with = 201
        send_all(NOW + GAPS[0])
        assert len(service.taken) == (1 if state == "waiting" else 0)

    def test_wrong_key_is_refused_and_tried_again_once_it_is_right(
        self, world: World, service: NotifyService, settings: Any
    ) -> None:
        right = settings.NOTIFY_API_KEY
        settings.NOTIFY_API_KEY = right[:-4] + "0000"
        prefers(world[Role.IRO], by_text=True, phone=PHONE)
        told = said(world)
        send_all()
        assert of(told)["text"].failure == "Notify 403"
        assert service.taken == []
        settings.NOTIFY_API_KEY = right
        send_all(NOW + GAPS[0])
        assert len(service.taken) == 1

    def test_text_that_was_taken_is_not_sent_again_when_the_answer_was_lost(
        self, world: World, service: NotifyService
    ) -> None:
        prefers(world[Role.IRO], by_text=True, phone=PHONE)
        service.loses_its_answer = True
        told = said(world)
        send_all()
        assert of(told)["text"].state == "waiting"
        service.loses_its_answer = False
        send_all(NOW + GAPS[0])
        assert of(told)["text"].state == "sent"
        assert len(service.taken) == 1

    def test_mail_of_the_whole_house_may_go_through_it(
        self, world: World, service: NotifyService, settings: Any
    ) -> None:
        settings.EMAIL_BACKEND = "backend.notify.ways.notify.NotifyMail"
        told = said(world)
        service.answers_with = 500
        send_all()
        assert of(told)["email"].failure == "Notify 500"
        service.answers_with = 201
        send_all(NOW + GAPS[0])
        mail.send_mail("Set your password", "Follow this", None, ["somebody@example.org"])
        alert, other = service.taken
        assert alert["email_address"] == world[Role.IRO].email
        assert alert["personalisation"]["subject"] == "Sightline: 1 new alert"
        assert told.words in alert["personalisation"]["body"]
        assert (other["email_address"], other.get("reference")) == ("somebody@example.org", None)

    def test_log_names_nobody(
        self, world: World, service: NotifyService, caplog: pytest.LogCaptureFixture
    ) -> None:
        prefers(world[Role.IRO], by_text=True, phone=PHONE)
        service.answers_with = 400
        said(world)
        with caplog.at_level(logging.DEBUG, logger="notifications_python_client"):
            logging.getLogger("notifications_python_client").setLevel(logging.CRITICAL)
            send_all()
        assert PHONE not in caplog.text
        assert "phone" not in caplog.text

    def test_without_a_key_texts_are_not_offered(self, world: World) -> None:
        prefers(world[Role.IRO], by_text=True, phone=PHONE)
        assert set(of(said(world))) == {"live", "email"}


class TestChoosing:
    def test_what_somebody_turned_down_stays_in_the_page(self, world: World) -> None:
        prefers(world[Role.IRO], unwanted=["visits"])
        assert set(of(said(world))) == {"live"}
        prefers(world[Role.IRO], unwanted=["reviews"])
        assert set(of(said(world))) == {"live", "email"}
        prefers(world[Role.IRO], by_email=False)
        assert set(of(said(world))) == {"live"}

    def test_danger_asks_no_preference_and_waits_for_no_morning(
        self, world: World, service: NotifyService
    ) -> None:
        prefers(
            world[Role.IRO],
            unwanted=["visits"],
            by_email=False,
            phone=PHONE,
            quiet_from=time(0, 0),
            quiet_to=time(23, 59),
        )
        told = said(world, is_urgent=True)
        assert set(of(told)) == {"live", "email", "text"}
        assert {row.next_try_at for row in of(told).values()} == {None}
        send_all()
        assert {row.state for row in of(told).values()} == {"sent"}
        assert mail.outbox[-1].subject == "Sightline: urgent: 1 new alert"

    def test_ladder_asks_for_a_way_and_sees_when_it_leads_nowhere(
        self, world: World, service: NotifyService
    ) -> None:
        prefers(world[Role.IRO], by_email=False)
        told = said(world, also=(Way.TEXT,))
        assert (of(told)["text"].state, of(told)["text"].failure) == ("failed", "no phone number")
        # E-mail goes in its place, whatever the person prefers; only when it fails, nobody knows.
        assert of(told)["email"].state == "waiting"
        assert list(reached_nobody([told.pk])) == []
        told.deliveries.filter(way="email").update(state="failed", next_try_at=None)
        assert list(reached_nobody([told.pk])) == [told]
        prefers(world[Role.IRO], by_email=False, phone=PHONE)
        assert of(said(world, also=(Way.TEXT,)))["text"].state == "waiting"

    def test_a_way_that_is_not_set_up_here_is_no_failure(self, world: World) -> None:
        prefers(world[Role.IRO], by_email=False, phone=PHONE)
        told = said(world, also=(Way.TEXT,))
        assert of(told)["text"].state == "not_set_up"
        assert of(told)["email"].state == "waiting"
        assert not failed_deliveries([told.pk]).exists()
        told.deliveries.filter(way="email").update(state="failed", next_try_at=None)
        assert list(reached_nobody([told.pk])) == [told]

    def test_quiet_hours_hold_back_and_the_morning_brings_one_mail(
        self, world: World, post: Post
    ) -> None:
        prefers(world[Role.IRO], quiet_from=time(20, 0), quiet_to=time(7, 30))
        evening = datetime(2026, 3, 2, 22, 15, tzinfo=LONDON)
        first, second = said(world, evening), said(world, evening + timedelta(hours=3))
        send_all(evening + timedelta(hours=4))
        assert post.arrived == []
        assert of(first)["live"].state == "sent"
        morning = datetime(2026, 3, 3, 7, 30, tzinfo=LONDON)
        assert of(first)["email"].next_try_at == of(second)["email"].next_try_at == morning
        assert overlooked(at=morning) == 0
        send_all(morning)
        assert [letter["Subject"] for letter in post.arrived] == ["Sightline: 2 new alerts"]

    def test_queries_do_not_grow_with_those_told(self, world: World) -> None:
        counts = []
        for roles in ((Role.IRO,), (Role.IRO, Role.TEAM_MANAGER, Role.DIRECTOR)):
            event = record(
                "visits.unseen_alone_twice",
                by=world[Role.SOCIAL_WORKER],
                at=NOW,
                about="visits/1",
                child_id=world.child.pk,
            )
            with CaptureQueriesContext(connection) as asked:
                tell([Telling(event, roles)], at=NOW)
            counts.append(len(asked))
        assert counts[0] == counts[1]

    def test_what_nobody_looks_at_is_counted(self, world: World) -> None:
        said(world)
        assert overlooked(at=NOW + timedelta(minutes=9)) == 0
        assert overlooked(at=NOW + timedelta(minutes=11)) == 2


@pytest.mark.parametrize(
    ("now", "hours", "end"),
    [
        ("2026-03-02 22:15", ("20:00", "07:30"), "2026-03-03 07:30"),
        ("2026-03-03 03:00", ("20:00", "07:30"), "2026-03-03 07:30"),
        ("2026-03-03 07:30", ("20:00", "07:30"), None),
        ("2026-03-03 12:00", ("20:00", "07:30"), None),
        ("2026-03-03 12:00", ("11:00", "13:00"), "2026-03-03 13:00"),
        ("2026-03-03 20:00", ("20:00", "07:30"), "2026-03-04 07:30"),
        # The clocks go forward at one in the morning of 29 March, and back on 25 October.
        ("2026-03-28 23:00", ("22:00", "07:00"), "2026-03-29 07:00"),
        ("2026-10-24 23:00", ("22:00", "07:00"), "2026-10-25 07:00"),
    ],
)
def test_quiet_hours_are_those_of_a_clock_in_england(
    now: str, hours: tuple[str, str], end: str | None
) -> None:
    at = datetime.fromisoformat(now).replace(tzinfo=LONDON)
    expected = datetime.fromisoformat(end).replace(tzinfo=LONDON) if end else None
    assert quiet_until(at, *(time.fromisoformat(hour) for hour in hours)) == expected
