"""What stands in an allegation reaches nobody without a part: first it is made to stand there.

One house in which everything that could leak does stand: a referral with a name, a decision, an
allegation, notices, a shared case, meetings, a match, a home's notification. Then everybody looks
everywhere.
"""

import re
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from io import BytesIO
from typing import Any
from urllib.parse import urljoin

import pytest
from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.db import connection, transaction
from django.db.models import Q
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from openpyxl import load_workbook
from prometheus_client import generate_latest

from backend.access.models import Person
from backend.alerts.audit import audit, in_words
from backend.alerts.models import Alert
from backend.api.urls import ROUTES
from backend.casework.diary import calendar_of
from backend.casework.digest import parts_for
from backend.deadlines.models import Deadline
from backend.deadlines.sweep import sweep
from backend.events.models import Event
from backend.grammar.moments import day_of
from backend.grammar.roles import Role
from backend.notify.jobs import deliver
from backend.notify.models import Notification
from backend.notify.ways.live import group_of
from backend.project.figures import figures_of
from frontend.urls import urlpatterns
from tests.api.kit import V1, as_person
from tests.factories import LEEDS, NOW, TODAY, a_person, moment
from tests.pages.conftest import Enter
from tests.pages.conftest import enter as enter
from tests.pages.conftest import on_the_day as on_the_day
from tests.workflows.lado.stages import NAME, TOLD, WORK, House, a_house, notice_to, opened
from workflows.lado import actions
from workflows.lado.models import Referral
from workflows.visits.models import Request

#: What differs from one look at a page to the next, and says nothing.
CHANCE = re.compile(r'(?:nonce|value)="[^"]{20,}"')
#: What takes a list away as a spreadsheet.
EXPORT = re.compile(r'href="([^"]*export=[^"]*)"')
REASON = "A child may have been hurt by an adult who works at night."
SUMMARY = "Police take statements from the two who saw it."
#: Every receipt and answer has slipped by then, and the task of the meeting.
LATER = moment(TODAY + timedelta(days=10), 9)
#: Roles of the world of the tests that have no part in the case at all.
WITHOUT_A_PART = (
    Role.SOCIAL_WORKER,
    Role.IRO,
    Role.ADVOCATE,
    Role.TEAM_MANAGER,
    Role.IRO_MANAGER,
    Role.NOMINATED_OFFICER,
    Role.HOST_OFFICER,
    Role.REGISTERED_MANAGER,
    Role.INDEPENDENT_VISITOR,
    Role.ADMINISTRATOR,
    Role.RAISED_BY,
)
#: Told as an authority: of their own children, never of the adult or of what was told.
TOLD_AS_AUTHORITY = (Role.DIRECTOR, Role.SERVICE_MANAGER)


@dataclass
class Everything:
    """The house, and the case that stands in it."""

    house: House
    referral: Referral

    @property
    def secrets(self) -> tuple[str, ...]:
        """What nobody outside the case may meet anywhere."""
        return (NAME, TOLD, WORK, REASON, SUMMARY, self.referral.reference)

    @property
    def signs(self) -> tuple[str, ...]:
        """What would give away that there is a case at all."""
        notices = [notice.about for notice in self.referral.notices.all()]
        return (*self.secrets, self.referral.about, *notices, "meets the threshold")


@pytest.fixture(scope="module")
def standing(django_db_setup: None, django_db_blocker: Any) -> Iterator[Everything]:
    with django_db_blocker.unblock(), transaction.atomic():
        house = a_house()
        by = {"by": house.lado, "at": NOW}
        # The referral comes from another professional: what a manager sent is theirs to read.
        other = a_person("A passing nurse")
        referral = opened(
            house,
            by=other,
            source="professional",
            is_about_manager=True,
            is_child_at_risk=True,
            also_raised_as=["whistleblowing"],
            also_raised_words=SUMMARY,
        )
        referral = actions.add_allegation(referral=referral, category="sexual", words=SUMMARY, **by)
        referral = actions.record_meeting(
            referral=referral,
            kind="initial",
            held_on=TODAY,
            attendees="PC Day",
            summary=SUMMARY,
            was_advocate_invited=True,
            tasks=[{"what": SUMMARY, "owner": "PC Day", "due_on": TODAY}],
            **by,
        )
        referral = actions.set_work_status(
            referral=referral,
            status="dismissed",
            from_on=TODAY,
            decided_by="The provider",
            reason=REASON,
            **by,
        )
        actions.share_referral(
            referral=referral, person=house.leeds[Role.LADO], reason=REASON, **by
        )
        sweep(at=moment(TODAY, 23))
        sweep(at=LATER)
        yield Everything(house, referral)
        transaction.set_rollback(True)


@pytest.fixture
def everything(standing: Everything, db: None) -> Everything:
    return deepcopy(standing)


def addresses_of_pages(patterns: Any, child: int, setting: int) -> Iterator[str]:
    """Every page that needs no number, or that of the child or of the setting."""
    numbers = {"child_id": child, "setting_id": setting}
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from addresses_of_pages(pattern.url_patterns, child, setting)
        elif isinstance(pattern, URLPattern) and pattern.name:
            wanted = pattern.pattern.converters
            if set(wanted) <= set(numbers):
                yield reverse(pattern.name, kwargs={name: numbers[name] for name in wanted})


def words_of(answer: Any) -> str:
    """What an answer says, a spreadsheet's cells among it."""
    if getattr(answer, "streaming", False):
        return b"".join(answer.streaming_content).decode(errors="replace")
    if "spreadsheetml" in answer.get("Content-Type", ""):
        book = load_workbook(BytesIO(answer.content), read_only=True)
        return " ".join(
            str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row
        )
    return str(answer.content.decode(errors="replace"))


def found_in(words: str, secrets: tuple[str, ...]) -> list[str]:
    return [secret for secret in secrets if secret in words]


def test_there_is_something_to_leak(everything: Everything) -> None:
    child = everything.house.world.child
    assert Event.objects.filter(name="lado.child_affected", child_id=child.pk).exists()
    assert Deadline.objects.filter(about=everything.referral.about).exists()
    cases = [everything.referral, *everything.referral.notices.all()]
    assert Alert.objects.filter(matter__in=[case.about for case in cases]).count() == len(cases)
    assert Notification.objects.filter(event__name="lado.notice_silent").exists()
    assert Notification.objects.filter(about=cases[0].about, is_urgent=True).exists()
    text = words_of(
        as_person(everything.house.lado).get(f"{V1}/referrals/{everything.referral.pk}/")
    )
    assert found_in(text, everything.secrets) == list(everything.secrets)


@pytest.mark.parametrize("role", [*WITHOUT_A_PART, *TOLD_AS_AUTHORITY])
def test_no_page_and_no_spreadsheet_shows_it(
    everything: Everything, enter: Enter, role: Role
) -> None:
    world = everything.house.world
    secrets = everything.signs if role in WITHOUT_A_PART else everything.secrets
    client = enter(world[role])
    looked = 0
    for address in addresses_of_pages(urlpatterns, world.child.pk, world.setting.pk):
        if "logout" in address or "demo" in address or address.startswith("/parts"):
            continue
        answer = client.get(address)
        looked += answer.status_code == 200
        said = words_of(answer)
        assert found_in(said, secrets) == [], address
        for link in EXPORT.findall(said):
            sheet = words_of(client.get(urljoin(address, unescape(link))))
            assert found_in(sheet, secrets) == [], f"{address} {link}"
    assert looked > 5


@pytest.mark.parametrize("role", [*WITHOUT_A_PART, *TOLD_AS_AUTHORITY])
def test_no_list_of_the_api_shows_it(everything: Everything, role: Role) -> None:
    world = everything.house.world
    secrets = everything.signs if role in WITHOUT_A_PART else everything.secrets
    client = as_person(world[role])
    for prefix, _ in ROUTES:
        query = f"?child={world.child.pk}" if prefix == "events" else ""
        answer = client.get(f"{V1}/{prefix}/{query}")
        assert found_in(words_of(answer), secrets) == [], prefix
    for prefix in ("referrals", "authority-notices", "adult-matches", "receipts"):
        if prefix == "authority-notices" and role in TOLD_AS_AUTHORITY:
            continue
        assert client.get(f"{V1}/{prefix}/").json()["count"] == 0
    assert client.get(f"{V1}/referrals/{everything.referral.pk}/").status_code == 404


@pytest.mark.parametrize("role", WITHOUT_A_PART)
def test_nobody_is_told_and_no_live_message_says_so(everything: Everything, role: Role) -> None:
    """A live message is sent for a notification and for nothing else."""
    person = everything.house.world[role]
    told = Notification.objects.filter(person=person).filter(
        Q(event__name__startswith="lado.")
        | Q(about__startswith="referrals/")
        | Q(about__startswith="authority-notices/")
        | Q(deadline__room="lado")
    )
    assert list(told.values_list("event__name", flat=True)) == []


def test_a_live_message_goes_to_whoever_was_told_and_carries_no_word_of_it(
    everything: Everything,
) -> None:
    house, layer = everything.house, get_channel_layer()
    listening = {house.lado: "live.lado"}
    listening |= {house.world[role]: f"live.{role}" for role in WITHOUT_A_PART}
    for person, channel in listening.items():
        async_to_sync(layer.group_add)(group_of(person.pk), channel)
    of_the_case = Notification.objects.filter(event__name__startswith="lado.")
    deliver(list(of_the_case.values_list("pk", flat=True)))
    heard = {name: list(queue._queue) for name, queue in layer.channels.items()}
    assert [name for name, said in heard.items() if said] == ["live.lado"]
    assert found_in(str(heard["live.lado"]), everything.secrets) == []
    async_to_sync(layer.flush)()


def test_no_summary_calendar_figure_or_report_says_it(everything: Everything) -> None:
    world = everything.house.world
    for role in WITHOUT_A_PART:
        parts = parts_for(world[role], LATER)
        summary = "\n".join(line for part in parts for line in (part.title, *part.lines))
        diary = calendar_of(world[role], at=LATER, on=day_of(LATER)).decode()
        assert found_in(summary + diary, everything.signs) == [], role
    figures = generate_latest(figures_of(at=LATER)).decode()
    report = "\n".join(in_words(audit(since=NOW, at=LATER)))
    assert found_in(figures + report, everything.secrets) == []


def forget(everything: Everything) -> None:
    """Takes everything that is owed, slipped or told in the case out of the database."""
    with connection.cursor() as cursor:
        # No trigger that keeps rows, and no key that asks for them, until the test is taken back.
        cursor.execute("SET LOCAL session_replication_role = 'replica'")
    mine = ("referrals/", "authority-notices/", "receipts/")
    owed = Deadline.objects.filter(room="lado")
    alerts = Alert.objects.filter(matter__regex=f"^({'|'.join(mine)})")
    told = Notification.objects.filter(
        Q(event__name__startswith="lado.")
        | Q(deadline__in=owed)
        | Q(about__startswith="alerts/") & Q(about__in=[alert.about for alert in alerts])
    )
    for rows in (told, alerts, owed, Event.objects.filter(name__startswith="lado.")):
        rows.model._base_manager.filter(pk__in=list(rows.values_list("pk", flat=True)))._raw_delete(
            "default"
        )


@pytest.mark.parametrize("role", [Role.TEAM_MANAGER, Role.REGISTERED_MANAGER])
def test_every_count_is_what_it_would_be_without_the_case(
    everything: Everything, enter: Enter, role: Role
) -> None:
    world = everything.house.world
    page_client, client = enter(world[role]), as_person(world[role])
    child = world.child.pk
    addresses = [reverse(name) for name in ("work", "board", "alerts", "notifications")]
    addresses += [reverse(name, args=[child]) for name in ("child", "child_timeline")]
    lists = ("deadlines/", "alerts/", "notifications/", "children/", f"events/?child={child}")

    def seen() -> list[str]:
        pages = [words_of(page_client.get(address)) for address in addresses]
        rows = [words_of(client.get(f"{V1}/{path}")) for path in lists]
        parts = parts_for(world[role], LATER)
        summary = "\n".join(line for part in parts for line in (part.title, *part.lines))
        return [*(CHANCE.sub("", page) for page in pages), *rows, summary]

    before = seen()
    with transaction.atomic():
        forget(everything)
        assert not Deadline.objects.filter(about=everything.referral.about).exists()
        without = seen()
        transaction.set_rollback(True)
    assert without == before


def test_the_childs_timeline_counts_it_for_no_reader_of_the_record(
    everything: Everything,
) -> None:
    world = everything.house.world
    answer = as_person(world[Role.SOCIAL_WORKER]).get(f"{V1}/events/?child={world.child.pk}").json()
    assert (
        answer["count"]
        == Event.objects.filter(child_id=world.child.pk).exclude(depth="restricted").count()
    )
    told = as_person(world[Role.DIRECTOR]).get(f"{V1}/events/?child={world.child.pk}").json()
    assert "lado.child_affected" in {row["name"] for row in told["results"]}


def test_the_extra_visit_says_nothing_of_why(everything: Everything) -> None:
    world = everything.house.world
    request = Request.objects.get(child=world.child)
    assert request.words == "Asked for by your authority: see this child soon."
    said = Event.objects.filter(about=f"visit-requests/{request.pk}")
    assert {(event.by_id, event.by_name) for event in said} == {(None, "the clock")}
    deadline = Deadline.objects.filter(child=world.child, room="visits").values_list(
        "why", flat=True
    )
    assert not any("llegation" in words or "LADO" in words for words in deadline)


def test_what_is_told_names_nobody(everything: Everything) -> None:
    """Alerts and sentences go to locked screens and into logs."""
    children = (everything.house.world.child.name, everything.house.leeds_child.name)
    for row in Notification.objects.filter(event__name__startswith="lado."):
        words = f"{row.words} {row.event.sentence}"
        assert found_in(words, (*everything.secrets, *children)) == []
        assert row.child_id is None


def test_one_authority_learns_nothing_of_anothers_child(
    everything: Everything, enter: Enter
) -> None:
    notice = notice_to(everything.referral, LEEDS)
    director: Person = everything.house.leeds[Role.DIRECTOR]
    shown = words_of(enter(director).get(reverse("lado_notice", args=[notice.pk])))
    assert everything.house.leeds_child.name in shown
    assert everything.house.world.child.name not in shown
    assert found_in(shown, everything.secrets) == []


def test_somebody_who_opened_a_record_without_a_grant_reads_none_of_it(
    everything: Everything, enter: Enter
) -> None:
    from backend.casework.people import break_glass

    world = everything.house.world
    officer = world[Role.HOST_OFFICER]
    # Until when a record stays open is asked of the database, whose clock no test moves.
    with connection.cursor() as cursor:
        cursor.execute("SELECT now()")
        at = cursor.fetchone()[0]
    break_glass(child=world.child, reason="Night duty: hospital asks.", by=officer, at=at)
    client: Client = enter(officer)
    for name in ("child", "child_timeline", "child_visits"):
        answer = client.get(reverse(name, args=[world.child.pk]))
        assert answer.status_code == 200
        assert found_in(words_of(answer), everything.signs) == []


def test_a_sender_reads_what_they_sent_and_nothing_after(
    everything: Everything, enter: Enter
) -> None:
    house = everything.house
    mine = opened(house, adult={"name": "Somebody Else", "sector": "residential"})
    client = enter(house.manager)
    shown = words_of(client.get(reverse("lado_receipt", args=[mine.pk])))
    assert "Somebody Else" in shown
    assert found_in(shown, (REASON, "hreshold", "Leeds", "Barking")) == []
    sent = as_person(house.manager).get(f"{V1}/receipts/").json()["results"]
    assert [row["id"] for row in sent] == [mine.pk]
    assert set(sent[0]) & {"state", "decisions", "led_by", "notices"} == set()
    told = Notification.objects.filter(person=house.manager, event__name__startswith="lado.")
    assert set(told.values_list("event__name", flat=True)) == {"lado.receipt_given"}
