"""What waits for somebody: decisions, challenges, children without a voice or contact."""

from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from backend.grammar.roles import Role
from backend.records.models import Relative
from tests.factories import NOW, TODAY, World
from tests.pages.conftest import Enter
from tests.workflows.reviews import stages
from workflows.contact import actions as contact
from workflows.reviews import actions as reviews
from workflows.voice import actions as voice

LISTS = (
    "timeliness_decisions",
    "timeliness_challenges",
    "timeliness_unheard",
    "timeliness_advocates",
    "timeliness_contact",
)


def lines(world: World, enter: Enter, name: str, role: Role = Role.IRO, query: str = "") -> Any:
    page = enter(world[role]).get(reverse(name) + query)
    assert page.status_code == 200
    return [dict(line["cells"]) for line in page.context["lines"]]


def a_challenge(world: World) -> None:
    reviews.raise_challenge(
        child=world.child,
        about="delay",
        words="Nobody answered.",
        due_on=TODAY,
        to_person=world[Role.TEAM_MANAGER],
        by=world[Role.IRO],
        at=NOW,
    )


class TestDecisions:
    def test_it_is_there_until_somebody_says_it_is_done(self, world: World, enter: Enter) -> None:
        review = stages.decided(world)
        line = lines(world, enter, "timeliness_decisions")[0]
        assert (line["Child"], line["Who"]) == (world.child.name, "Key worker")
        assert line["How it stands"] == "To be done"
        reviews.complete_decision(
            decision=review.decisions.get(),
            done_on=TODAY,
            done_how="Mum came.",
            by=world[Role.IRO],
            at=NOW,
        )
        assert lines(world, enter, "timeliness_decisions") == []

    def test_queries_do_not_grow_with_the_list(self, world: World, enter: Enter) -> None:
        client = enter(world[Role.IRO])
        url = reverse("timeliness_decisions")
        review = stages.decided(world)
        client.get(url)
        with CaptureQueriesContext(connection) as first:
            client.get(url)
        row = review.decisions.get()
        for _ in range(2):
            row.pk = None
            row.save(force_insert=True)
        with CaptureQueriesContext(connection) as second:
            assert len(client.get(url).context["lines"]) == 3
        assert len(second) == len(first)

    def test_spreadsheet_has_the_same_lines(self, world: World, enter: Enter) -> None:
        stages.decided(world)
        file = enter(world[Role.IRO]).get(reverse("timeliness_decisions") + "?export=1")
        rows = list(load_workbook(BytesIO(file.content)).active.iter_rows(values_only=True))
        assert rows[1][0] == "Child"
        assert rows[2][:2] == (world.child.name, "See mum every week.")


class TestChallenges:
    def test_it_is_there_until_it_is_answered(self, world: World, enter: Enter) -> None:
        a_challenge(world)
        for role in (Role.IRO, Role.TEAM_MANAGER, Role.DIRECTOR):
            assert lines(world, enter, "timeliness_challenges", role)[0]["About"] == (
                "Drift or delay"
            )
        reviews.answer_challenge(
            challenge=world.child.challenges.get(),
            outcome="accepted",
            answer="Yes.",
            by=world[Role.TEAM_MANAGER],
            at=NOW,
        )
        assert lines(world, enter, "timeliness_challenges") == []


class TestVoice:
    def test_child_not_heard_for_weeks_is_there(self, world: World, enter: Enter) -> None:
        assert lines(world, enter, "timeliness_unheard", query="?weeks=6") == [
            {"Child": world.child.name, "Last recorded": "Nothing is recorded"}
        ]
        assert lines(world, enter, "timeliness_unheard", query="?weeks=26") == []
        voice.hear_view(
            child=world.child,
            said_on=TODAY - timedelta(days=2),
            own_words="Garden.",
            communicated_by=["symbols"],
            by=world[Role.IRO],
            at=NOW,
        )
        assert lines(world, enter, "timeliness_unheard", query="?weeks=6") == []

    @pytest.mark.parametrize("weeks", ["", "frog", "-1", "9" * 30])
    def test_weeks_it_does_not_know_are_set_aside(
        self, world: World, enter: Enter, weeks: str
    ) -> None:
        assert lines(world, enter, "timeliness_unheard", query=f"?weeks={weeks}") == []

    def test_child_without_an_advocate_is_there(self, world: World, enter: Enter) -> None:
        assert lines(world, enter, "timeliness_advocates") == [
            {"Child": world.child.name, "Last offered": "No offer is recorded"}
        ]
        advocacy = voice.offer_advocate(
            child=world.child, offered_on=TODAY, how_offered="Photos.", by=world[Role.IRO], at=NOW
        )
        voice.answer_offer(
            advocacy=advocacy, is_accepted=True, answered_on=TODAY, by=world[Role.IRO], at=NOW
        )
        assert lines(world, enter, "timeliness_advocates") == []


def test_child_with_whom_nobody_agreed_to_keep_in_touch_is_there(
    world: World, enter: Enter
) -> None:
    assert lines(world, enter, "timeliness_contact") == [
        {"Child": world.child.name, "Last contact": "No contact is recorded"}
    ]
    contact.agree_plan(
        child=world.child,
        relative=Relative.objects.create(child=world.child, name="Nana", relationship="Gran"),
        way="in_person",
        every_days=14,
        started_on=TODAY,
        agreed_by="Everybody.",
        childs_wish="Wants it.",
        by=world[Role.SOCIAL_WORKER],
        at=NOW,
    )
    assert lines(world, enter, "timeliness_contact") == []


@pytest.mark.parametrize("name", LISTS)
def test_only_readers_of_the_record_see_these(world: World, enter: Enter, name: str) -> None:
    stages.decided(world)
    a_challenge(world)
    assert world.stranger is not None
    stranger = enter(world.stranger).get(reverse(name))
    assert stranger.context["lines"] == []
    for role in (Role.HOST_OFFICER, Role.REGISTERED_MANAGER, Role.ADMINISTRATOR, Role.ADVOCATE):
        assert enter(world[role]).get(reverse(name)).status_code == 403
