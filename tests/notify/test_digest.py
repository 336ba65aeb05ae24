"""The summary: owed once a day, counts without names of children, sent again when it failed."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail

from backend.access.models import Person
from backend.alerts.actions import answer_alert
from backend.alerts.models import Alert
from backend.casework.digest import (
    Part,
    _writers,
    install_part,
    is_owed,
    owe_digests,
    owed_digests,
    parts_for,
    send_digest,
)
from backend.deadlines.sweep import sweep
from backend.grammar.moments import LONDON
from backend.grammar.roles import Role
from backend.notify.models import Digest, Preference
from tests.factories import TODAY, World, a_child, a_setting, allocated, placed
from tests.notify.mail_server import Post

#: Every date of the world has long passed by then; a Wednesday.
LATER = datetime(2026, 6, 3, 7, 5, tzinfo=LONDON)


@pytest.fixture
def world(world: World) -> World:
    """The world with nobody in it but those who play a part."""
    Person.objects.exclude(pk__in=[one.pk for one in world.people.values()]).update(is_active=False)
    return world


def text_for(person: Person, at: datetime = LATER) -> str:
    return "\n".join(line for part in parts_for(person, at) for line in (part.title, *part.lines))


def send_all(at: datetime = LATER) -> int:
    owe_digests(at)
    return sum(send_digest(pk, at=at) for pk in owed_digests(at))


class TestWhatItSays:
    def test_worker_reads_counts_and_the_longest(self, world: World) -> None:
        said = text_for(world[Role.SOCIAL_WORKER])
        assert "The children you see or review" in said
        assert " overdue" in said
        assert "The longest overdue: " in said

    def test_manager_reads_each_worker_by_count_and_longest(self, world: World) -> None:
        worker = world[Role.SOCIAL_WORKER]
        child = a_child(team=world.team)
        placed(child, a_setting())
        for role in (Role.TEAM_MANAGER, Role.SERVICE_MANAGER, Role.DIRECTOR):
            said = text_for(world[role])
            assert f"{worker.name}: " in said
            assert "Nobody allocated: " in said
        assert "The people you manage" not in text_for(worker)

    def test_it_says_what_nobody_has_read(self, world: World) -> None:
        placed(world.child, a_setting(), started_on=TODAY)
        said = text_for(world[Role.IRO])
        assert "1 alert not read, the oldest of 2 March 2026" in said

    def test_it_names_no_child_not_by_initials_either(self, world: World) -> None:
        child = a_child(team=world.team, name="Zebedee Quux")
        for role in (Role.SOCIAL_WORKER, Role.IRO):
            allocated(world[role], role, child)
        placed(child, a_setting(), started_on=TODAY - timedelta(days=50))
        for person in world.people.values():
            said = text_for(person)
            for personal in ("Zebedee", "Quux", "Z.Q.", "ZQ", child.local_id + " "):
                assert personal not in said
        assert text_for(world[Role.SOCIAL_WORKER])

    def test_manager_reads_what_nobody_has_answered(self, world: World) -> None:
        sweep(at=LATER)
        unanswered = Alert.objects.filter(state="open", child=world.child)
        count = unanswered.count()
        assert count > 1
        for role in (Role.TEAM_MANAGER, Role.DIRECTOR, Role.IRO_MANAGER):
            said = text_for(world[role])
            assert f"What nobody has answered\n{count} alerts without an answer" in said
            assert world.child.name not in said
        assert "What nobody has answered" not in text_for(world[Role.SOCIAL_WORKER])
        assert "What nobody has answered" not in text_for(world.stranger)
        by = world[Role.TEAM_MANAGER]
        one = unanswered[0]
        answer_alert(alert=one, what="I go.", doer="I", by_on=LATER.date(), by=by, at=LATER)
        assert f"{count - 1} alert" in text_for(world[Role.DIRECTOR])

    def test_other_rooms_add_their_part(self, world: World) -> None:
        install_part("rooms", lambda person, at: Part("A part of a room", ("3 things",)))
        try:
            assert "A part of a room\n3 things" in text_for(world[Role.DIRECTOR])
        finally:
            del _writers["rooms"]


class TestWhenItIsSent:
    def test_once_a_day_however_often_it_is_asked(self, world: World) -> None:
        assert send_all() > 0
        sent = len(mail.outbox)
        assert send_all(LATER + timedelta(hours=3)) == 0
        assert len(mail.outbox) == sent
        assert {message.to[0] for message in mail.outbox} >= {world[Role.SOCIAL_WORKER].email}
        assert send_all(LATER + timedelta(days=1)) > 0

    def test_not_before_seven_nor_on_a_day_off(self, world: World) -> None:
        assert owe_digests(LATER.replace(hour=6, minute=59)) == 0
        assert owe_digests(datetime(2026, 6, 6, 9, tzinfo=LONDON)) == 0
        assert owe_digests(datetime(2026, 5, 25, 9, tzinfo=LONDON)) == 0

    def test_who_wants_none_gets_none(self, world: World) -> None:
        Preference.objects.create(person=world[Role.IRO], digest="never")
        Preference.objects.create(person=world[Role.DIRECTOR], digest="week")
        owe_digests(LATER)
        owed = set(Digest.objects.values_list("person", flat=True))
        assert world[Role.SOCIAL_WORKER].pk in owed
        assert not owed & {world[Role.IRO].pk, world[Role.DIRECTOR].pk}

    def test_nothing_to_say_is_no_mail(self, world: World) -> None:
        send_all()
        assert world[Role.LADO].email not in {message.to[0] for message in mail.outbox}
        assert Digest.objects.get(person=world[Role.LADO]).state == "spared"

    def test_quiet_hours_hold_it_back(self, world: World) -> None:
        worker = world[Role.SOCIAL_WORKER]
        Preference.objects.create(person=worker, quiet_from=time(20), quiet_to=time(9))
        send_all()
        assert worker.email not in {message.to[0] for message in mail.outbox}
        send_all(LATER.replace(hour=9, minute=0))
        assert worker.email in {message.to[0] for message in mail.outbox}

    def test_what_failed_is_sent_again_once(self, world: World, post: Post) -> None:
        Person.objects.exclude(pk=world[Role.SOCIAL_WORKER].pk).update(is_active=False)
        post.to_mail = "451 busy"
        assert send_all() == 0
        post.to_mail = "250 OK"
        assert send_all(LATER + timedelta(minutes=2)) == 1
        assert send_all(LATER + timedelta(hours=2)) == 0
        assert len(post.arrived) == 1
        assert "your summary of 3 June" in post.arrived[0]["Subject"]

    def test_summary_of_yesterday_is_not_sent_today(self, world: World, post: Post) -> None:
        owe_digests(LATER)
        owed = owed_digests(LATER)
        assert not any(send_digest(pk, at=LATER + timedelta(days=1)) for pk in owed)
        assert post.arrived == []


@pytest.mark.parametrize(
    ("every", "on", "owed"),
    [
        ("day", date(2026, 6, 3), True),
        ("day", date(2026, 6, 6), False),
        ("week", date(2026, 6, 1), True),
        ("week", date(2026, 6, 2), False),
        # A bank holiday on Monday: the first working day of the week is Tuesday.
        ("week", date(2026, 5, 25), False),
        ("week", date(2026, 5, 26), True),
        ("never", date(2026, 6, 3), False),
    ],
)
def test_which_days(every: str, on: date, owed: Any) -> None:
    assert is_owed(every, on) == owed
