"""A request for a visit is answered by somebody coming, and the child is told what comes of it."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.urls import reverse

from backend.casework.errors import FactRefused, NotAllowed
from backend.deadlines.models import Deadline
from backend.events.models import Event
from backend.grammar.roles import Role
from tests.api.kit import V1, as_person
from tests.factories import LEEDS, NOW, TODAY, World, a_child, an_outcome, placed, plays
from workflows.visits import actions
from workflows.visits.models import NoticeReceipt, RegulatorNotice, Request
from workflows.visits.queries import visits_that_answered

pytestmark = pytest.mark.django_db

ASKED_ON = TODAY - timedelta(days=6)


@pytest.fixture
def asked(world: World) -> Request:
    return actions.request_visit(
        child=world.child,
        asked_by="child",
        asked_on=ASKED_ON,
        how_asked="symbols",
        words="Pointed to: social worker, come.",
        by=world[Role.ADVOCATE],
        at=NOW,
    )


def answer(world: World, asked: Request, **facts: Any) -> Request:
    facts = {
        "answered_on": TODAY,
        "answered_who": "Her key worker",
        "answered_how": "symbols",
        "answered_words": "Amara comes on Thursday.",
        "by": world[Role.SOCIAL_WORKER],
        **facts,
    }
    return actions.answer_request(request=asked, at=NOW, **facts)


def clock() -> tuple[str, date | None]:
    row = Deadline.objects.get(ref="VIS-11")
    return row.status, row.met_on


class TestWhoCame:
    def test_it_is_the_first_visit_after_the_request_as_the_clock_reads_it(
        self, world: World, asked: Request
    ) -> None:
        worker = world[Role.SOCIAL_WORKER]
        for days in (6, 2, 1):
            actions.record_visit(
                child=world.child,
                outcome=an_outcome(TODAY - timedelta(days=days)),
                by=worker,
                at=NOW,
            )
        actions.attempt_visit(
            child=world.child,
            made_at=NOW - timedelta(days=4),
            reason="Out.",
            by=worker,
            at=NOW,
        )
        visit = visits_that_answered(world.child)[asked.pk]
        assert visit.happened_on == TODAY - timedelta(days=2)
        assert clock() == ("met", visit.happened_on)

    def test_nobody_came_yet(self, world: World, asked: Request) -> None:
        assert visits_that_answered(world.child) == {}


class TestWhatTheChildWasTold:
    def test_it_is_kept_and_meets_nothing(self, world: World, asked: Request) -> None:
        answer(world, asked)
        asked.refresh_from_db()
        assert (asked.answered_on, asked.answered_who) == (TODAY, "Her key worker")
        assert clock() == ("waiting", None)
        event = Event.objects.get(name="visits.request_answered")
        assert event.sentence == (
            "The child was told on 2 March 2026 what came of the request of 24 February 2026 "
            "for a visit."
        )
        with pytest.raises(FactRefused, match="already told on 2 March 2026"):
            answer(world, asked)

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("answered_words", " "),
            ("answered_who", ""),
            ("answered_who", "x" * 201),
            ("answered_how", "pigeon"),
            ("answered_on", TODAY + timedelta(days=1)),
            ("answered_on", ASKED_ON - timedelta(days=1)),
        ],
    )
    def test_what_cannot_be_is_refused(
        self, field: str, value: Any, world: World, asked: Request
    ) -> None:
        with pytest.raises(FactRefused) as refused:
            answer(world, asked, **{field: value})
        assert refused.value.field == field
        assert not Event.objects.filter(name="visits.request_answered").exists()

    def test_the_home_does_not_answer_for_the_authority(self, world: World, asked: Request) -> None:
        with pytest.raises(NotAllowed):
            answer(world, asked, by=world[Role.REGISTERED_MANAGER])

    def test_through_the_api(self, world: World, asked: Request) -> None:
        address = f"{V1}/visit-requests/{asked.pk}/answer/"
        facts = {
            "answered_on": str(TODAY),
            "answered_who": "Joy",
            "answered_how": "speech",
            "answered_words": "Soon.",
        }
        assert as_person(world.stranger).post(address, facts, format="json").status_code == 404
        taken = as_person(world[Role.ADVOCATE]).post(address, facts, format="json")
        assert taken.status_code == 200, taken.content
        assert taken.json()["answered_words"] == "Soon."


class TestReceiptOfANotice:
    @pytest.fixture
    def notice(self, world: World) -> RegulatorNotice:
        self.other = a_child(LEEDS)
        placed(self.other, world.setting)
        return actions.receive_regulator_notice(
            setting=world.setting,
            received_on=TODAY - timedelta(days=5),
            summary="Restriction of accommodation.",
            by=world[Role.HOST_OFFICER],
            at=NOW,
        )

    def receive(self, world: World, notice: RegulatorNotice, **facts: Any) -> NoticeReceipt:
        facts = {
            "authority": world.child.authority,
            "received_on": TODAY - timedelta(days=1),
            "by": world[Role.TEAM_MANAGER],
            **facts,
        }
        return actions.receive_notice(notice=notice, at=NOW, **facts)

    def due(self) -> dict[int | None, date | None]:
        return dict(Deadline.objects.filter(ref="VIS-12").values_list("child_id", "due_on"))

    def test_clock_of_its_own_children_runs_from_its_own_receipt(
        self, world: World, notice: RegulatorNotice
    ) -> None:
        day = TODAY + timedelta(days=2)
        assert self.due() == {world.child.pk: day, self.other.pk: day}
        self.receive(world, notice)
        assert self.due() == {world.child.pk: TODAY + timedelta(days=6), self.other.pk: day}
        event = Event.objects.get(name="visits.notice_received")
        assert event.child_id == world.child.pk
        assert event.sentence.startswith("Barking and Dagenham received the regulator's notice")
        assert Deadline.objects.filter(ref="VIS-12").count() == 2

    def test_a_wrong_day_is_corrected_and_the_first_kept_in_history(
        self, world: World, notice: RegulatorNotice
    ) -> None:
        self.receive(world, notice)
        self.receive(world, notice, received_on=TODAY - timedelta(days=3))
        assert self.due()[world.child.pk] == TODAY + timedelta(days=4)
        receipt = NoticeReceipt.objects.get()
        assert receipt.events.count() == 2
        with pytest.raises(FactRefused, match="already recorded"):
            self.receive(world, notice, received_on=TODAY - timedelta(days=3))

    def test_child_who_had_left_when_it_came_owes_no_visit(
        self, world: World, notice: RegulatorNotice
    ) -> None:
        placed(world.child, None, place="U6", started_on=TODAY - timedelta(days=3))
        self.receive(world, notice)
        status = Deadline.objects.get(ref="VIS-12", child=world.child).status
        assert status == "superseded"

    @pytest.mark.parametrize("role", [Role.SOCIAL_WORKER, Role.HOST_OFFICER, Role.IRO])
    def test_only_its_managers_and_director_say_so(
        self, role: Role, world: World, notice: RegulatorNotice
    ) -> None:
        with pytest.raises(NotAllowed, match="Barking and Dagenham"):
            self.receive(world, notice, by=world[role])
        with pytest.raises(NotAllowed, match="Leeds"):
            self.receive(world, notice, authority=self.other.authority)
        assert not NoticeReceipt.objects.exists()

    def test_through_the_api_and_the_page(
        self, world: World, notice: RegulatorNotice, client: Any
    ) -> None:
        manager = world[Role.TEAM_MANAGER]
        plays(manager, Role.TEAM_MANAGER, team=world.team)
        facts = {"authority": world.child.authority_id, "received_on": str(TODAY)}
        address = f"{V1}/regulator-notices/{notice.pk}/receive/"
        assert as_person(world.stranger).post(address, facts, format="json").status_code == 404
        taken = as_person(manager).post(address, facts, format="json")
        assert taken.status_code == 200, taken.content
        assert [one["received_on"] for one in taken.json()["receipts"]] == [str(TODAY)]
        client.force_login(manager, backend="allauth.account.auth_backends.AuthenticationBackend")
        page = reverse("setting", args=[world.setting.pk])
        assert "received it on 2 March 2026" in client.get(page).content.decode()
