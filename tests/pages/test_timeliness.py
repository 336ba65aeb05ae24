"""How timely visits and reviews are: what is counted, for whom, and what is kept apart."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook

from backend.deadlines.models import Deadline
from backend.grammar.roles import Role
from backend.records.models import Child
from frontend.pages.timeliness.counts import Tally, first_month
from tests.factories import TODAY, World, a_child, a_setting, a_team, allocated, placed
from tests.pages.conftest import Enter
from tests.workflows.reviews.stages import asked, convened

READERS = (
    Role.SOCIAL_WORKER,
    Role.IRO,
    Role.TEAM_MANAGER,
    Role.SERVICE_MANAGER,
    Role.DIRECTOR,
    Role.IRO_MANAGER,
)


def owed(child: Child, days: int, status: str, **facts: Any) -> Deadline:
    """A visit that was due so many days ago."""
    late = facts.pop("days_late", 0)
    due_on = TODAY - timedelta(days=days)
    met_on = due_on + timedelta(days=late) if status in ("met", "met_late") else None
    return Deadline.objects.create(
        **{
            "child": child,
            "key": f"test:{child.pk}:{Deadline.objects.count()}",
            "room": "visits",
            "rule": "visits.regular",
            "ref": "VIS-02",
            "title": "Visit the child",
            "provision": "A regulation",
            "kind": "statute",
            "verified": "verified",
            "counted_from": due_on - timedelta(days=42),
            "due_on": due_on,
            "status": status,
            "met_on": met_on,
            "days_late": late,
            "why": "Because.",
            "rule_version": date(2011, 4, 1),
            "calendar_version": "1",
            **facts,
        }
    )


@pytest.fixture
def told(world: World) -> World:
    """A child with one visit of each kind, and nothing else owed."""
    Deadline.objects.all().delete()
    owed(world.child, 20, "met")
    owed(world.child, 18, "met")
    owed(world.child, 16, "met_late", days_late=3)
    owed(world.child, 4, "open")
    owed(world.child, -4, "open")
    owed(world.child, 30, "superseded")
    owed(world.child, 25, "superseded", days_late=6)
    owed(world.child, 10, "open", kind="local standard", ref="LOC-09")
    owed(world.child, 10, "met_late", days_late=2, verified="unverified", ref="VIS-40")
    return world


def shown(world: World, enter: Enter, role: Role = Role.TEAM_MANAGER, query: str = "") -> Any:
    return enter(world[role]).get(reverse("timeliness") + query)


class TestCounting:
    def test_each_outcome_is_counted_once_and_only_law_counts(
        self, told: World, enter: Enter
    ) -> None:
        page = shown(told, enter, query="?what=visits")
        assert page.context["tally"] == Tally(on_time=2, late=1, nothing=2)
        assert page.context["tally"].percent == 40
        apart = {one.ref: (one.standing, one.tally) for one in page.context["apart"]}
        assert apart == {
            "LOC-09": ("Local standard, not law", Tally(0, 0, 1)),
            "VIS-40": ("Not yet verified against the law", Tally(0, 1, 0)),
        }

    def test_months_without_anything_due_are_there(self, told: World, enter: Enter) -> None:
        months = shown(told, enter, query="?what=visits&months=3").context["charts"][0]
        assert [row[0] for row in months.rows] == ["Jan 2026", "Feb 2026", "Mar 2026"]
        assert months.rows[1] == ("Feb 2026", "2", "1", "2", "40%")
        assert months.rows[2] == ("Mar 2026", "0", "0", "0", "none due")

    def test_worst_comes_first_and_what_is_on_time_is_not_listed(
        self, told: World, enter: Enter
    ) -> None:
        page = shown(told, enter, query="?what=visits")
        rows = [(one["row"].status, one["row"].due_on) for one in page.context["missed"]]
        assert rows == [
            ("superseded", TODAY - timedelta(days=25)),
            ("open", TODAY - timedelta(days=4)),
            ("met_late", TODAY - timedelta(days=16)),
        ]

    def test_period_and_team_narrow_it(self, told: World, enter: Enter) -> None:
        owed(told.child, 150, "met")
        other = a_child(team=a_team(service=told.team.service), name="Other Team")
        allocated(told[Role.SERVICE_MANAGER], Role.SOCIAL_WORKER, other)
        owed(other, 3, "met")
        manager = Role.SERVICE_MANAGER
        three = shown(told, enter, manager, "?what=visits&months=3").context["tally"]
        six = shown(told, enter, manager, "?what=visits&months=6").context["tally"]
        assert (three.total, six.total) == (6, 7)
        query = f"?what=visits&months=6&team={other.team_id}"
        assert shown(told, enter, manager, query).context["tally"] == Tally(1, 0, 0)
        both = shown(told, enter, manager, "?what=visits&months=6").context["charts"]
        assert [row[0] for row in both[1].rows] == [told.team.name, other.team.name]

    def test_reviews_are_counted_apart_from_the_steps_around_them(
        self, told: World, enter: Enter
    ) -> None:
        owed(told.child, 6, "met", room="reviews", rule="reviews.later", ref="REV-03")
        owed(told.child, 5, "open", room="reviews", rule="iro.record", ref="IRO-07")
        for what, expected in (("reviews", Tally(1, 0, 0)), ("steps", Tally(0, 0, 1))):
            assert shown(told, enter, query=f"?what={what}").context["tally"] == expected

    def test_an_iro_meets_reviews_first_and_a_manager_visits(
        self, told: World, enter: Enter
    ) -> None:
        assert shown(told, enter, Role.IRO).context["title"] == "Reviews"
        assert shown(told, enter, Role.TEAM_MANAGER).context["title"] == "Visits"

    def test_managers_see_it_by_worker(self, told: World, enter: Enter) -> None:
        charts = shown(told, enter, query="?what=visits").context["charts"]
        assert [row[0] for row in charts[1].rows] == [told[Role.SOCIAL_WORKER].name]
        assert len(shown(told, enter, Role.SOCIAL_WORKER).context["charts"]) == 1

    @pytest.mark.parametrize(
        "query", ["?what=frog", "?months=900", "?team=9x", "?team=" + "9" * 30]
    )
    def test_a_question_it_does_not_know_is_set_aside(
        self, told: World, enter: Enter, query: str
    ) -> None:
        assert shown(told, enter, query=query).status_code == 200

    def test_first_month_counts_this_one(self) -> None:
        assert first_month(date(2026, 3, 2), 1) == date(2026, 3, 1)
        assert first_month(date(2026, 3, 2), 3) == date(2026, 1, 1)
        assert first_month(date(2026, 1, 31), 12) == date(2025, 2, 1)


class TestWho:
    @pytest.mark.parametrize("role", READERS)
    def test_those_who_read_the_record_see_it(self, told: World, enter: Enter, role: Role) -> None:
        assert shown(told, enter, role, "?what=visits").context["tally"].total == 5

    @pytest.mark.parametrize(
        "role", [Role.HOST_OFFICER, Role.REGISTERED_MANAGER, Role.ADMINISTRATOR, Role.LADO]
    )
    def test_readers_of_the_card_are_refused_in_words(
        self, told: World, enter: Enter, role: Role
    ) -> None:
        page = shown(told, enter, role)
        assert page.status_code == 403
        assert "Timeliness is for those who read the record" in page.content.decode()

    def test_another_authority_sees_nothing_of_it(self, told: World, enter: Enter) -> None:
        assert told.stranger is not None
        page = enter(told.stranger).get(reverse("timeliness") + "?what=visits")
        assert page.context["tally"] == Tally(0, 0, 0)
        assert told.child.name not in page.content.decode()

    def test_queries_do_not_grow_with_the_children(self, told: World, enter: Enter) -> None:
        client = enter(told[Role.TEAM_MANAGER])
        address = reverse("timeliness") + "?what=visits"
        client.get(address)
        with CaptureQueriesContext(connection) as first:
            client.get(address)
        for _ in range(2):
            child = a_child(team=told.team)
            placed(child, a_setting())
            allocated(told[Role.SOCIAL_WORKER], Role.SOCIAL_WORKER, child)
            owed(child, 5, "open")
        with CaptureQueriesContext(connection) as second:
            assert len(client.get(address).context["missed"]) > 3
        assert len(second) == len(first)


def test_spreadsheet_has_every_line_with_its_standing(told: World, enter: Enter) -> None:
    file = shown(told, enter, query="?what=visits&export=1")
    rows = list(load_workbook(BytesIO(file.content)).active.iter_rows(values_only=True))
    assert rows[2][:3] == ("Child", "Team", "Social worker")
    assert len(rows) == 3 + 7
    assert {row[9] for row in rows[3:]} == {"On time", "Late", "Nothing recorded"}
    assert "Local standard, not law" in {row[6] for row in rows[3:]}


class TestAtRisk:
    def risks(self, world: World, enter: Enter, role: Role = Role.IRO) -> list[Any]:
        page = enter(world[role]).get(reverse("timeliness_at_risk"))
        assert page.status_code == 200
        return [row["risk"] for row in page.context["rows"]]

    def test_review_that_is_near_and_not_ready_is_there_with_what_is_missing(
        self, world: World, enter: Enter
    ) -> None:
        convened(world, convened_for=TODAY + timedelta(days=5))
        risk = self.risks(world, enter)[0]
        assert risk.child == world.child
        assert "Not prepared" in risk.reasons
        assert "Missing: views of the child" in risk.reasons

    def test_what_was_gathered_is_no_longer_missing(self, world: World, enter: Enter) -> None:
        asked(world, convened(world, convened_for=TODAY + timedelta(days=5)))
        assert not [one for one in self.risks(world, enter)[0].reasons if "Missing" in one]

    def test_it_is_for_those_whose_reviews_they_are(self, world: World, enter: Enter) -> None:
        convened(world, convened_for=TODAY + timedelta(days=5))
        assert self.risks(world, enter, Role.IRO_MANAGER)
        assert world.stranger is not None
        page = enter(world.stranger).get(reverse("timeliness_at_risk"))
        assert page.context["rows"] == []
        refused = enter(world[Role.HOST_OFFICER]).get(reverse("timeliness_at_risk"))
        assert refused.status_code == 403
