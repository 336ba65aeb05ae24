"""The register and the pages of one child."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any, ClassVar

import time_machine
from django.db import connection
from django.urls import reverse
from openpyxl import load_workbook

from backend.access.models import BreakGlass
from backend.casework.placing import end_placement
from backend.events.models import Event
from backend.events.record import CLOCK
from backend.grammar.roles import Role
from backend.records.models import Child
from tests.factories import (
    BARKING,
    LEEDS,
    NOW,
    TODAY,
    World,
    a_child,
    a_person,
    a_setting,
    a_team,
    allocated,
    an_outcome,
    placed,
    plays,
)
from tests.pages.conftest import Enter
from workflows.visits import actions


def listed(page: Any) -> list[str]:
    return [row.identity.name for row in page.context["rows"]]


def mine(world: World, name: str, **facts: Any) -> Child:
    child = a_child(team=world.team, name=name, **facts)
    allocated(world[Role.SOCIAL_WORKER], Role.SOCIAL_WORKER, child)
    return child


def day_sent(name: str, day: date) -> dict[str, int]:
    return {f"{name}_day": day.day, f"{name}_month": day.month, f"{name}_year": day.year}


class TestRegister:
    def test_it_is_drawn_as_at_a_day(self, world: World, enter: Enter) -> None:
        left = mine(world, "Left Already")
        placement = placed(left, a_setting(), started_on=TODAY - timedelta(days=90))
        end_placement(placement=placement, ended_on=TODAY - timedelta(days=60), by=CLOCK, at=NOW)
        client = enter(world[Role.SOCIAL_WORKER])
        assert set(listed(client.get("/children/"))) == {world.child.name, "Left Already"}
        then = TODAY - timedelta(days=70)
        assert listed(client.get(f"/children/?as_at={then}")) == ["Left Already"]
        assert listed(client.get(f"/children/?as_at={TODAY}")) == [world.child.name]
        assert listed(client.get("/children/?filtered=1&standing=placed")) == [world.child.name]

    def test_it_is_drawn_over_a_period(self, world: World, enter: Enter) -> None:
        left = mine(world, "Left Already")
        first = placed(left, a_setting(name="First House"), started_on=TODAY - timedelta(days=90))
        second = placed(left, a_setting(name="Second House"), started_on=TODAY - timedelta(days=75))
        end_placement(placement=second, ended_on=TODAY - timedelta(days=60), by=CLOCK, at=NOW)
        adult = mine(world, "Grown Up", date_of_birth=date(2005, 1, 1))
        placed(adult, world.setting, started_on=TODAY - timedelta(days=10))
        client = enter(world[Role.SOCIAL_WORKER])

        def over(first_day: int, last_day: int | None = None, more: str = "") -> set[str]:
            query = f"living_from={TODAY - timedelta(days=first_day)}{more}"
            if last_day is not None:
                query += f"&living_to={TODAY - timedelta(days=last_day)}"
            return set(listed(client.get(f"/children/?filtered=1&{query}")))

        settled = {world.child.name, "Grown Up"}
        assert over(80, 58) == {"Left Already"}
        assert over(61) == settled | {"Left Already"}
        # Still looked after on record, though no placement is open.
        assert over(60) == settled | {"Left Already"}
        assert over(60, more="&standing=placed") == settled
        assert over(100, 91) == set()
        page = client.get(
            f"/children/?filtered=1&living_from={TODAY - timedelta(days=80)}"
            f"&living_to={TODAY - timedelta(days=58)}"
        )
        text = page.content.decode()
        assert "Second House" in text
        assert "Before that in this period: First House" in text
        assert "decided by the parts you play today" in text
        assert first.where == "First House"

    def test_period_is_said_to_be_wrong(self, world: World, enter: Enter) -> None:
        client = enter(world[Role.SOCIAL_WORKER])
        for query, words in (
            (f"as_at={TODAY}&living_from={TODAY}", "Choose one day or a period, not both"),
            (f"living_to={TODAY}", "Enter from which day"),
            (f"living_from={TODAY}&living_to=2026-01-01", "must be on or after the start"),
        ):
            assert words in client.get(f"/children/?filtered=1&{query}").content.decode()

    def test_reader_of_cards_is_not_shown_where_a_child_lived_before(
        self, world: World, enter: Enter
    ) -> None:
        placed(world.child, a_setting(name="New House"), started_on=TODAY - timedelta(days=3))
        before = TODAY - timedelta(days=20)
        for query in (f"as_at={before}", f"living_from={before}"):
            worker, host = (
                enter(world[role]).get(f"/children/?filtered=1&{query}").content.decode()
                for role in (Role.SOCIAL_WORKER, Role.HOST_OFFICER)
            )
            assert world.setting.name in worker
            assert f">{world.setting.name}" not in host
            assert world.setting.name not in host

    def test_young_person_of_18_stays_on_the_list(self, world: World, enter: Enter) -> None:
        adult = mine(world, "Grown Up", date_of_birth=date(2008, 3, 2))
        placed(adult, world.setting)
        mine(world, "Not Yet", date_of_birth=date(2008, 3, 3))
        client = enter(world[Role.SOCIAL_WORKER])
        page = client.get("/children/")
        assert "Grown Up" in listed(page)
        assert "18 or over" in page.content.decode()
        assert listed(client.get("/children/?standing=adult")) == ["Grown Up"]

    def test_it_is_narrowed_by_name_number_distance_and_regime(
        self, world: World, enter: Enter
    ) -> None:
        near = mine(world, "Near Home", local_id="N-77")
        placed(near, a_setting(BARKING), is_52_weeks=True)
        stays = mine(world, "Stays There")
        placed(stays, a_setting(), basis="section_85", legal_status="")
        client = enter(world[Role.SOCIAL_WORKER])
        for query, expected in (
            ("name=near", ["Near Home"]),
            ("name=n-77", ["Near Home"]),
            ("standing=far", [world.child.name, "Stays There"]),
            ("standing=all_year", ["Near Home"]),
            ("standing=not_looked_after", ["Stays There"]),
            (f"setting={world.setting.pk}", [world.child.name]),
        ):
            assert listed(client.get(f"/children/?{query}")) == expected, query

    def test_teams_are_offered_to_those_who_read_the_record(
        self, world: World, enter: Enter
    ) -> None:
        placed(a_child(team=a_team()), world.setting)
        for role, offered in ((Role.DIRECTOR, True), (Role.HOST_OFFICER, False)):
            fields = enter(world[role]).get("/children/").context["form"].fields
            assert ("team" in fields) is offered, role

    def test_wrong_filters_are_said_and_nothing_breaks(self, world: World, enter: Enter) -> None:
        client = enter(world[Role.SOCIAL_WORKER])
        for query in ("as_at=31-31-2026", "standing=x", "setting=abc", "order=x", "page=zz"):
            assert client.get(f"/children/?{query}").status_code == 200

    def test_it_goes_to_a_spreadsheet(self, world: World, enter: Enter) -> None:
        answer = enter(world[Role.SOCIAL_WORKER]).get("/children/?export=1")
        rows = list(load_workbook(BytesIO(answer.content)).active.iter_rows(values_only=True))
        assert [row[0] for row in rows[2:]] == [world.child.name]
        card = enter(world[Role.HOST_OFFICER]).get("/children/?export=1")
        (row,) = list(load_workbook(BytesIO(card.content)).active.iter_rows(values_only=True))[2:]
        assert row[0] == world.child.name
        assert row[8:10] == (None, "No")
        assert row[12:15] == (None, None, None)


class TestOneChild:
    def test_next_date_says_why_it_is_due(self, world: World, enter: Enter) -> None:
        page = enter(world[Role.SOCIAL_WORKER]).get(reverse("child", args=[world.child.pk]))
        text = page.content.decode()
        deadline = world.child.deadlines.get(ref="VIS-01")
        for words in ("Why is this due?", deadline.provision, deadline.link, "VIS-01"):
            assert words in text
        assert "At a distance" in text

    def test_two_visits_not_alone_are_said_at_the_top(self, world: World, enter: Enter) -> None:
        for days in (20, 10):
            actions.record_visit(
                child=world.child,
                outcome=an_outcome(
                    TODAY - timedelta(days=days),
                    was_seen_alone=False,
                    not_alone="refused",
                    not_alone_why="Shook her head.",
                ),
                by=world[Role.SOCIAL_WORKER],
                at=NOW,
            )
        page = enter(world[Role.SOCIAL_WORKER]).get(reverse("child", args=[world.child.pk]))
        assert "was not seen alone." in page.content.decode()

    def test_timeline_is_narrowed_to_what_was_chosen(self, world: World, enter: Enter) -> None:
        actions.record_visit(
            child=world.child,
            outcome=an_outcome(TODAY - timedelta(days=2)),
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        client = enter(world[Role.SOCIAL_WORKER])
        address = reverse("child_timeline", args=[world.child.pk])
        every = [entry["title"] for entry in client.get(address).context["entries"]]
        visits = [e["title"] for e in client.get(f"{address}?about=visits").context["entries"]]
        assert visits == ["Visited on 28 February 2026; the child was seen alone."]
        assert len(every) > len(visits)

    def test_chart_of_visits_has_its_table(self, world: World, enter: Enter) -> None:
        actions.record_visit(
            child=world.child,
            outcome=an_outcome(world.placement.started_on + timedelta(days=9)),
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        text = (
            enter(world[Role.SOCIAL_WORKER])
            .get(reverse("child_visits", args=[world.child.pk]))
            .content.decode()
        )
        assert "Made late" in text
        assert "Show this as a table" in text
        assert "recorded 47 days after the visit" in text

    def test_blank_need_is_visible_as_not_recorded(self, world: World, enter: Enter) -> None:
        page = enter(world[Role.SOCIAL_WORKER]).get(reverse("child_needs", args=[world.child.pk]))
        assert page.content.decode().count("Not recorded") >= 6


class TestChanging:
    def test_detail_is_put_right_and_named_on_the_timeline(
        self, world: World, enter: Enter
    ) -> None:
        client = enter(world[Role.SOCIAL_WORKER])
        address = reverse("child_correct", args=[world.child.pk, "needs"])
        seen = client.get(address).context["seen"]
        sent = {"needs_trauma": "Saw her mother hurt.", "disabilities": ["LD"], "seen": seen}
        assert client.post(address, sent).status_code == 302
        world.child.refresh_from_db()
        assert world.child.needs_trauma == "Saw her mother hurt."
        event = Event.objects.get(name="children.corrected")
        assert event.carries == {"what": "disability, trauma and adversity"}
        assert "Saw her mother" not in event.sentence
        late = client.post(address, {**sent, "needs_trauma": "Something else."})
        assert late.status_code == 412
        now = client.get(address).context["seen"]
        same = client.post(address, {**sent, "seen": now})
        assert "Nothing was changed." in same.content.decode()

    def test_what_came_of_a_request_is_shown_and_recorded(self, world: World, enter: Enter) -> None:
        worker = world[Role.SOCIAL_WORKER]
        asked = actions.request_visit(
            child=world.child,
            asked_by="child",
            asked_on=TODAY - timedelta(days=4),
            how_asked="symbols",
            words="Come.",
            by=worker,
            at=NOW,
        )
        client = enter(worker)
        visits = reverse("child_visits", args=[world.child.pk])
        address = reverse("visit_request_answer", args=[asked.pk])
        page = client.get(visits).content.decode()
        assert "Nobody is recorded to have come since." in page
        assert address in page
        visit = actions.record_visit(
            child=world.child, outcome=an_outcome(TODAY - timedelta(days=1)), by=worker, at=NOW
        )
        sent = {
            "answered_words": "She comes on Sunday.",
            "answered_who": "Key worker",
            "answered_how": "symbols",
            **day_sent("answered_on", TODAY - timedelta(days=3)),
        }
        assert "Enter what they were told" in client.post(address, {}).content.decode()
        assert client.post(address, sent).status_code == 302
        page = client.get(visits).content.decode()
        assert reverse("visit", args=[visit.pk]) in page
        assert "Nobody is recorded to have come since." not in page
        assert "She comes on Sunday." in page
        assert address not in page

    def test_details_are_closed_to_other_parts(self, world: World, enter: Enter) -> None:
        address = reverse("child_correct", args=[world.child.pk, "details"])
        assert enter(world[Role.IRO]).post(address, {"name": "X"}).status_code == 403
        assert enter(world[Role.HOST_OFFICER]).post(address, {"name": "X"}).status_code == 404
        client = enter(world[Role.SOCIAL_WORKER])
        assert client.get(reverse("child_correct", args=[world.child.pk, "x"])).status_code == 404
        born = day_sent("date_of_birth", TODAY + timedelta(days=1))
        answer = client.post(address, {"name": "X", "gender": "U", **born})
        assert "cannot be in the future" in answer.content.decode()

    def test_move_asks_whether_the_child_could_live_nearer(
        self, world: World, enter: Enter
    ) -> None:
        client = enter(world[Role.SOCIAL_WORKER])
        home = a_setting(LEEDS)
        address = reverse("placement_start", args=[world.child.pk])
        assert f"{home.name} ({home.urn})" in client.get(address).content.decode()
        sent = {
            **day_sent("started_on", TODAY),
            "place": "K2",
            "setting": f"{home.name} ({home.urn})",
        }
        answer = client.post(address, sent)
        assert "Select yes if this child could now live nearer home" in answer.content.decode()
        sent |= {
            "could_live_nearer": "no",
            "could_live_nearer_reason": "No place nearer has waking nights.",
        }
        answer = client.post(address, sent)
        assert "Select the review that considered this move, or no" in answer.content.decode()
        answer = client.post(address, {**sent, "considered": "no"})
        assert "Enter why a review could not consider this move" in answer.content.decode()
        sent |= {"considered": "no", "not_considered_why": "The home closed overnight."}
        assert client.post(address, sent).status_code == 302
        reviews = client.get(reverse("child_reviews", args=[world.child.pk])).content.decode()
        assert "The home closed overnight." in reviews
        placement = world.child.placements.get(ended_on__isnull=True)
        assert (placement.setting, placement.could_live_nearer) == (home, False)
        assert placement.could_live_nearer_reason == "No place nearer has waking nights."

    def test_first_placement_asks_nothing_of_a_review(self, world: World, enter: Enter) -> None:
        child = mine(world, "Newly Placed")
        assert not child.placements.exists()
        page = enter(world[Role.SOCIAL_WORKER]).get(reverse("placement_start", args=[child.pk]))
        assert "considered" not in page.context["form"].fields

    def test_move_that_nobody_accounted_for_is_asked_about(
        self, world: World, enter: Enter
    ) -> None:
        moved = placed(world.child, a_setting(LEEDS), started_on=TODAY - timedelta(days=2))
        client = enter(world[Role.SOCIAL_WORKER])
        address = reverse("move_account", args=[world.child.pk, moved.pk])
        reviews = reverse("child_reviews", args=[world.child.pk])
        assert address in client.get(reviews).content.decode()
        assert address not in enter(world[Role.IRO]).get(reviews).content.decode()
        assert enter(world[Role.IRO]).get(address).status_code == 403
        sent = {"considered": "no", "not_considered_why": "It was an emergency."}
        assert client.post(address, sent).status_code == 302
        assert address not in client.get(reviews).content.decode()

    def test_placement_that_cannot_be_true_is_refused_at_its_question(
        self, world: World, enter: Enter
    ) -> None:
        client = enter(world[Role.SOCIAL_WORKER])
        address = reverse("placement_end", args=[world.child.pk, world.placement.pk])
        answer = client.post(address, day_sent("ended_on", TODAY + timedelta(days=2)))
        assert "A placement cannot end in the future." in answer.content.decode()
        correct = reverse("placement_correct", args=[world.child.pk, world.placement.pk])
        form = client.get(correct).context["form"]
        sent = {
            name: form[name].value() or ""
            for name in ("place", "setting", "carer_name", "postcode", "basis")
        }
        early = world.placement.started_on - timedelta(days=5)
        answer = client.post(correct, {**sent, **day_sent("started_on", early)})
        assert answer.status_code == 302
        first = world.child.deadlines.get(ref="VIS-01")
        assert first.due_on == early + timedelta(days=7)
        other = mine(world, "Another Child")
        wrong = reverse("placement_correct", args=[other.pk, world.placement.pk])
        assert client.get(wrong).status_code == 404

    def test_manager_allocates_and_ends(self, world: World, enter: Enter) -> None:
        newcomer = a_person("New Worker")
        plays(newcomer, Role.SOCIAL_WORKER, team=world.team)
        elsewhere = a_person("Far Worker")
        plays(elsewhere, Role.SOCIAL_WORKER, authority_id=LEEDS)
        client = enter(world[Role.TEAM_MANAGER])
        address = reverse("allocate", args=[world.child.pk])
        sent = {"role": "social_worker", **day_sent("started_on", TODAY)}
        refused = client.post(address, {**sent, "person": elsewhere.pk})
        assert "Select a person who plays this part" in refused.content.decode()
        assert client.post(address, {**sent, "person": newcomer.pk}).status_code == 302
        allocation = world.child.allocations.get(role="social_worker", ended_on=None)
        assert allocation.person == newcomer
        end = reverse("allocation_end", args=[world.child.pk, allocation.pk])
        client.post(end, day_sent("ended_on", TODAY))
        allocation.refresh_from_db()
        assert allocation.ended_on is not None


class TestOpeningARecord:
    REASON = "A police officer asks tonight where this child is."

    def test_interruption_asks_for_a_reason_and_opens_for_a_time(
        self, world: World, enter: Enter
    ) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            (really_now,) = cursor.fetchone()
        officer = world[Role.HOST_OFFICER]
        address = reverse("child_open", args=[world.child.pk])
        with time_machine.travel(really_now, tick=False):
            client = enter(officer)
            page = reverse("child_needs", args=[world.child.pk])
            assert client.get(page).status_code == 404
            assert "Stop: this record is not open to you" in client.get(address).content.decode()
            short = client.post(address, {"reason": "Because."})
            assert "at least 20 characters" in short.content.decode()
            assert not BreakGlass.objects.exists()
            assert client.post(address, {"reason": self.REASON}).status_code == 302
            assert client.get(page).status_code == 200
            owners = enter(world[Role.SOCIAL_WORKER])
            seen = owners.get(reverse("child_access", args=[world.child.pk])).content.decode()
            assert self.REASON in seen
            assert officer.name in seen

    def test_it_is_found_by_its_exact_number_only(self, world: World, enter: Enter) -> None:
        address = reverse("child_find")
        officer = enter(world[Role.LADO])
        sent = {"authority": BARKING, "local_id": world.child.local_id}
        assert officer.get(address).status_code == 200
        found = officer.post(address, sent)
        assert found["Location"] == reverse("child_open", args=[world.child.pk])
        missing = officer.post(address, {**sent, "local_id": "nobody"})
        assert "No child was found that you may open." in missing.content.decode()

    def test_child_of_others_is_as_if_there_were_none(self, world: World, enter: Enter) -> None:
        assert world.stranger is not None
        stranger = enter(world.stranger)
        address = reverse("child_find")
        there = stranger.post(address, {"authority": BARKING, "local_id": world.child.local_id})
        nowhere = stranger.post(address, {"authority": BARKING, "local_id": "nobody"})
        assert "No child was found that you may open." in there.content.decode()
        assert there.context["form"].errors == nowhere.context["form"].errors

    def test_people_without_such_a_part_have_no_such_page(self, world: World, enter: Enter) -> None:
        for role in (Role.REGISTERED_MANAGER, Role.INDEPENDENT_VISITOR, Role.ADMINISTRATOR):
            client = enter(world[role])
            assert client.get(reverse("child_find")).status_code == 404
            assert client.get(reverse("child_open", args=[world.child.pk])).status_code == 404


class TestHomes:
    def test_notice_opens_a_visit_for_every_child_there(self, world: World, enter: Enter) -> None:
        officer = enter(world[Role.HOST_OFFICER])
        address = reverse("setting_notice", args=[world.setting.pk])
        sent = {"summary": "Staffing at night.", **day_sent("received_on", TODAY)}
        assert officer.post(address, sent).status_code == 302
        assert world.child.deadlines.filter(rule__icontains="notice").exists()
        again = officer.post(address, sent)
        assert "already recorded" in again.content.decode()
        home = reverse("setting", args=[world.setting.pk])
        assert "Staffing at night." in officer.get(home).content.decode()
        manager = enter(world[Role.REGISTERED_MANAGER])
        assert "Staffing at night." not in manager.get(home).content.decode()
        assert manager.post(address, sent).status_code == 403

    def test_only_the_children_one_may_see_are_there(self, world: World, enter: Enter) -> None:
        other = a_child(authority=LEEDS, name="Placed By Leeds")
        placed(other, world.setting)
        home = reverse("setting", args=[world.setting.pk])
        assert listed(enter(world[Role.SOCIAL_WORKER]).get(home)) == [world.child.name]
        assert set(listed(enter(world[Role.HOST_OFFICER]).get(home))) == {
            world.child.name,
            "Placed By Leeds",
        }


def test_many_of_a_kind_are_folded_and_all_are_there(world: World, enter: Enter) -> None:
    for days in (30, 20, 10):
        actions.request_visit(
            child=world.child,
            asked_by="child",
            asked_on=TODAY - timedelta(days=days),
            how_asked="symbols",
            words="Come.",
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
    page = enter(world[Role.SOCIAL_WORKER]).get(reverse("child", args=[world.child.pk]))
    owed = page.context["owed"]
    kinds = [(one.first.rule, one.first.rank) for one in owed]
    assert len(kinds) == len(set(kinds))
    assert sum(1 + len(one.more) for one in owed) == page.context["owed_count"]
    assert "more of these" in page.content.decode()


class TestRegisteringAChild:
    facts: ClassVar[dict[str, str]] = {
        "name": "Wren Hollis",
        "local_id": "N77",
        "date_of_birth_day": "5",
        "date_of_birth_month": "6",
        "date_of_birth_year": "2014",
        "gender": "U",
        "communicates_by": "sign",
    }

    def test_goes_on_to_where_the_child_lives(self, world: World, enter: Enter) -> None:
        client = enter(world[Role.SOCIAL_WORKER])
        answer = client.post(
            reverse("child_register"), {**self.facts, "team": world.team.pk}, follow=True
        )
        child = Child.objects.get(local_id="N77")
        assert answer.redirect_chain == [(reverse("placement_start", args=[child.pk]), 302)]
        assert "Now record where the child lives" in answer.content.decode()
        assert child.communicates_by == ["sign"]

    def test_says_what_is_wrong_and_keeps_what_was_written(
        self, world: World, enter: Enter
    ) -> None:
        given = {**self.facts, "team": world.team.pk, "local_id": world.child.local_id}
        answer = enter(world[Role.TEAM_MANAGER]).post(reverse("child_register"), given)
        words = answer.content.decode()
        assert f"already has a child with the number {world.child.local_id}" in words
        assert "Wren Hollis" in words
