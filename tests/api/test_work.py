"""Deadlines, notifications, events, placements, settings and me, through the API."""

from datetime import date, timedelta
from typing import Any

import pytest

from backend.access.caseload import children_in_part
from backend.access.grants import derive_for_children
from backend.access.models import Allocation
from backend.access.parts import parts_of
from backend.deadlines.due import Status, is_due_soon_on, status_on
from backend.deadlines.models import Deadline
from backend.deadlines.queries import Urgency
from backend.deadlines.standing import due_soon, with_status
from backend.deadlines.sweep import sweep
from backend.events.models import Event
from backend.grammar.roles import Role
from backend.notify.models import Notification
from backend.records.models import Placement
from tests.api.kit import V1, as_person, fields_of, reason_of
from tests.factories import (
    BARKING,
    DONCASTER,
    NOW,
    TODAY,
    World,
    a_child,
    a_setting,
    a_team,
    allocated,
    moment,
    placed,
)


def rows(client: Any, path: str, **asked: Any) -> list[dict[str, Any]]:
    answer = client.get(f"{V1}/{path}/", {"page_size": 100, **asked})
    assert answer.status_code == 200, answer.content
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


def settled(world: World) -> None:
    """Puts a deadline of each status beside those that are open."""
    deadline = Deadline.objects.filter(child=world.child).order_by("pk")[0]
    for number, (status, due_on, late) in enumerate(
        [
            ("met", TODAY - timedelta(days=9), 0),
            ("met_late", TODAY - timedelta(days=9), 3),
            ("superseded", TODAY - timedelta(days=9), 0),
            ("superseded", TODAY - timedelta(days=9), 4),
            ("waiting", None, 0),
            ("open", None, 0),
            ("open", TODAY - timedelta(days=1), 0),
            ("open", TODAY, 0),
            ("open", TODAY + timedelta(days=7), 0),
            ("open", TODAY + timedelta(days=8), 0),
        ]
    ):
        deadline.pk = None
        deadline._state.adding = True
        deadline.key = f"made:{number}"
        deadline.status, deadline.due_on, deadline.days_late = status, due_on, late
        deadline.next_moment_at = deadline.due_at = None
        deadline.save()


class TestDeadlines:
    def test_the_database_and_the_one_function_agree_on_every_day(self, world: World) -> None:
        settled(world)
        for as_of in (TODAY + timedelta(days=days) for days in range(-12, 13)):
            every = list(Deadline.objects.all())
            assert len(every) > 10
            for status in Status:
                expected = {row.pk for row in every if status_on(row, as_of) is status}
                asked = Deadline.objects.filter(with_status(status, as_of))
                assert set(asked.values_list("pk", flat=True)) == expected, (status, as_of)
            soon = {row.pk for row in every if is_due_soon_on(row, as_of)}
            asked = Deadline.objects.filter(due_soon(as_of))
            assert set(asked.values_list("pk", flat=True)) == soon

    def test_by_state_as_of_a_day(self, world: World) -> None:
        settled(world)
        client = as_person(world[Role.SOCIAL_WORKER])
        late = rows(client, "deadlines", state="overdue")
        assert late
        assert {row["state"] for row in late} == {"overdue"}
        assert all(
            (row["days_late"] > 0 and "overdue" in row["words"]) or "ended" in row["words"]
            for row in late
        )
        soon = rows(client, "deadlines", state="due_soon")
        assert soon
        assert all(row["is_due_soon"] and row["state"] == "open" for row in soon)
        both = rows(client, "deadlines", state=["overdue", "due_soon"])
        assert {row["id"] for row in both} == {row["id"] for row in [*late, *soon]}
        later = rows(client, "deadlines", state="overdue", as_of=TODAY + timedelta(days=8))
        assert {row["id"] for row in soon} < {row["id"] for row in later}
        owed = rows(client, "deadlines", standing=True)
        assert {row["state"] for row in owed} == {"open", "overdue", "waiting"}
        assert client.get(f"{V1}/deadlines/?state=late").status_code == 400

    def test_by_urgency_as_each_row_says_of_itself(self, world: World) -> None:
        settled(world)
        Deadline.objects.filter(key="made:6").update(verified="unverified")
        client = as_person(world[Role.SOCIAL_WORKER])
        every = rows(client, "deadlines")
        found = {each.value: 0 for each in Urgency}
        for urgency in found:
            asked = rows(client, "deadlines", urgency=urgency)
            expected = {row["id"] for row in every if row["urgency"] == urgency}
            assert {row["id"] for row in asked} == expected
            found[urgency] = len(asked)
        assert all(found.values()), found
        assert {row["urgency"] for row in every if row["state"] == "met"} == {None}

    def test_each_says_why_and_by_which_law(self, world: World) -> None:
        client = as_person(world[Role.IRO])
        row = rows(client, "deadlines", ref="VIS-01")[0]
        assert "reg" in row["provision"].lower()
        assert row["why"]
        assert row["facts"]
        assert row["kind"] == "statute"
        one = client.get(f"{V1}/deadlines/{row['id']}/")
        assert one.json() == row

    def test_by_child_setting_authority_and_day(self, world: World) -> None:
        worker = world[Role.SOCIAL_WORKER]
        other = a_child()
        allocated(worker, Role.SOCIAL_WORKER, other)
        home = a_setting()
        placed(other, home)
        client = as_person(worker)

        def children(**asked: Any) -> set[int]:
            return {row["child"]["id"] for row in rows(client, "deadlines", **asked)}

        assert children() == {world.child.pk, other.pk}
        assert children(child=other.pk) == {other.pk}
        assert children(setting=home.pk) == {other.pk}
        assert children(authority=BARKING) == {world.child.pk, other.pk}
        assert children(authority=DONCASTER) == set()
        assert children(room="visits", kind="statute") == {world.child.pk, other.pk}
        assert children(room="nothing") == set()
        day = date.fromisoformat(rows(client, "deadlines", state="overdue")[0]["due_on"])
        found = rows(client, "deadlines", due_from=day, due_to=day)
        assert {row["due_on"] for row in found} == {str(day)}

    def test_mine_in_a_part_i_play(self, world: World) -> None:
        worker = world[Role.SOCIAL_WORKER]
        reviewed = a_child()
        allocated(worker, Role.IRO, reviewed)
        placed(reviewed, world.setting)
        client = as_person(worker)

        def mine(role: str) -> set[int]:
            return {row["child"]["id"] for row in rows(client, "deadlines", role=role)}

        assert mine("social_worker") == {world.child.pk}
        assert mine("iro") == {reviewed.pk}
        assert mine("team_manager") == set()
        assert client.get(f"{V1}/deadlines/?role=clock").status_code == 400

    def test_a_caseload_is_what_the_parts_say(self, world: World) -> None:
        children = [world.child, a_child(), a_child(team=a_team(service=world.team.service))]
        placed(children[1], world.setting)
        placed(children[2], a_setting(host=BARKING))
        for person in [*world.people.values(), world.stranger]:
            assert person is not None
            for role in Role:
                expected = {c.pk for c in children if role in parts_of(person, c, TODAY)}
                found = children_in_part(person, role, TODAY)
                assert set(found.values_list("pk", flat=True)) == expected, (person, role)


class TestNotifications:
    @pytest.fixture
    def told(self, world: World) -> World:
        sweep(at=NOW)
        assert Notification.objects.filter(person=world[Role.IRO]).exists()
        return world

    def test_newest_first_and_since_a_cursor(self, told: World) -> None:
        client = as_person(told[Role.SOCIAL_WORKER])
        every = [row["number"] for row in rows(client, "notifications")]
        assert every == sorted(every, reverse=True)
        assert every[-1] == 1
        assert [row["number"] for row in rows(client, "notifications", since=1)] == every[:-1]
        assert client.get(f"{V1}/notifications/1/").json()["number"] == 1

    def test_seen_ones_are_marked_and_nobody_elses(self, told: World) -> None:
        client = as_person(told[Role.SOCIAL_WORKER])
        before = client.get(f"{V1}/notifications/inbox/").json()
        total = before["unread"]
        assert before["cursor"] == total > 1
        one = client.post(f"{V1}/notifications/read/", {"numbers": [1]}, format="json")
        assert one.json() == {"unread": total - 1, "cursor": total}
        assert len(rows(client, "notifications", is_unread=True)) == total - 1
        rest = client.post(f"{V1}/notifications/read/", {"up_to": total}, format="json")
        assert rest.json()["unread"] == 0
        others = Notification.objects.exclude(person=told[Role.SOCIAL_WORKER])
        assert others.exists()
        assert not others.filter(read_at__isnull=False).exists()

    @pytest.mark.parametrize(
        "body",
        [{}, {"numbers": ["x"]}, {"numbers": [0]}, {"up_to": 2**70}, {"numbers": [1] * 1001}],
    )
    def test_what_cannot_be_marked_is_refused(self, body: Any, told: World) -> None:
        client = as_person(told[Role.SOCIAL_WORKER])
        answer = client.post(f"{V1}/notifications/read/", body, format="json")
        assert answer.status_code == 400
        assert reason_of(answer)
        assert not Notification.objects.filter(read_at__isnull=False).exists()

    def test_who_may_not_see_the_child_any_more_reads_no_name(self, told: World) -> None:
        """The alert stays, for the record; what it says of the child does not."""
        worker = told[Role.SOCIAL_WORKER]
        client = as_person(worker)
        row = rows(client, "notifications")[0]
        assert row["child"]["name"] == told.child.name
        assert row["sentence"]
        assert rows(client, "notifications", child=told.child.pk)
        Allocation.objects.filter(person=worker).update(ended_on=TODAY - timedelta(days=1))
        derive_for_children([told.child.pk], TODAY)
        answer = client.get(f"{V1}/notifications/")
        assert answer.json()["count"] > 0
        assert told.child.name.encode() not in answer.content
        assert {(r["child"], r["sentence"]) for r in answer.json()["results"]} == {(None, "")}
        assert rows(client, "notifications", child=told.child.pk) == []


class TestEvents:
    def test_the_timeline_is_as_deep_as_the_reader_may_read(self, world: World) -> None:
        sweep(at=NOW)
        record, card = (
            rows(as_person(world[role]), "events", child=world.child.pk)
            for role in (Role.SOCIAL_WORKER, Role.HOST_OFFICER)
        )
        assert {row["depth"] for row in record} == {"card", "record"}
        assert {row["depth"] for row in card} == {"card"}
        assert {row["id"] for row in card} < {row["id"] for row in record}
        moments = [row["at"] for row in record]
        assert moments == sorted(moments, reverse=True)
        assert all(row["sentence"].endswith(".") for row in record)

    def test_a_restricted_event_is_in_nobodys_timeline(self, world: World) -> None:
        event = Event.objects.filter(child_id=world.child.pk).first()
        assert event is not None
        event.pk, event.depth = None, "restricted"
        event._state.adding = True
        event.save()
        for role in (Role.SOCIAL_WORKER, Role.DIRECTOR, Role.HOST_OFFICER):
            found = rows(as_person(world[role]), "events", child=world.child.pk)
            assert found
            assert event.pk not in {row["id"] for row in found}

    def test_by_room_and_day(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        sweep(at=NOW)
        assert rows(client, "events", child=world.child.pk, room="placements")
        assert {
            row["name"].split(".")[0]
            for row in rows(client, "events", child=world.child.pk, room="deadlines")
        } == {"deadlines"}
        late = rows(client, "events", child=world.child.pk, since=TODAY)
        assert {row["at"][:10] for row in late} == {str(TODAY)}
        assert rows(client, "events", child=world.child.pk, until=date(2020, 1, 1)) == []

    def test_a_timeline_is_of_a_child(self, world: World) -> None:
        answer = as_person(world[Role.SOCIAL_WORKER]).get(f"{V1}/events/")
        assert answer.status_code == 400
        assert "child" in fields_of(answer)


class TestPlacements:
    def test_a_move_ends_the_one_before_and_counts_anew(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        home = a_setting()
        answer = client.post(
            f"{V1}/placements/",
            {
                "child": world.child.pk,
                "setting": home.pk,
                "started_on": str(TODAY),
                "place": "K2",
                "postcode": "DN1 2AB",
                "could_live_nearer": False,
                "could_live_nearer_reason": "No place nearby can meet these needs.",
                "not_considered_why": "The home closed overnight.",
            },
            format="json",
        )
        assert answer.status_code == 201, answer.content
        assert answer["Location"] == f"{V1}/placements/{answer.json()['id']}/"
        assert answer.json()["setting"]["id"] == home.pk
        assert Placement.objects.get(pk=world.placement.pk).ended_on == TODAY
        owed = rows(client, "deadlines", child=world.child.pk, ref="VIS-01", state="open")
        assert [row["placement"] for row in owed] == [answer.json()["id"]]

    def test_a_move_that_no_review_considered_is_refused_and_nothing_is_written(
        self, world: World
    ) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        before = Event.objects.count()
        move = {"child": world.child.pk, "started_on": str(TODAY), "place": "K2"}
        answer = client.post(f"{V1}/placements/", move, format="json")
        assert answer.status_code == 400
        assert set(fields_of(answer)) == {"considered"}
        assert "A review considers a move first." in reason_of(answer)
        unknown = client.post(f"{V1}/placements/", {**move, "considered": 4711}, format="json")
        assert "no such proposed move" in reason_of(unknown)
        assert Event.objects.count() == before
        assert Placement.objects.get(pk=world.placement.pk).ended_on is None

    def test_a_correction_and_an_end(self, world: World) -> None:
        client = as_person(world[Role.TEAM_MANAGER])
        url = f"{V1}/placements/{world.placement.pk}/"
        names = {action["name"]: action for action in client.get(url).json()["actions"]}
        assert set(names) == {"correct", "end"}
        moved = TODAY - timedelta(days=50)
        answer = client.patch(names["correct"]["url"], {"started_on": str(moved)}, format="json")
        assert answer.status_code == 200, answer.content
        assert answer.json()["started_on"] == str(moved)
        assert Event.objects.filter(name="deadlines.moved").exists()
        ended = client.post(names["end"]["url"], {"ended_on": str(TODAY)}, format="json")
        assert ended.json()["ended_on"] == str(TODAY)
        assert [a["name"] for a in ended.json()["actions"]] == ["correct"]
        again = client.post(names["end"]["url"], {"ended_on": str(TODAY)}, format="json")
        assert again.status_code == 400
        assert "already ended" in reason_of(again)

    @pytest.mark.parametrize(
        ("field", "day"),
        [
            ("started_on", TODAY + timedelta(days=1)),
            ("started_on", date(2012, 4, 30)),
            ("ended_on", TODAY + timedelta(days=1)),
            ("ended_on", TODAY - timedelta(days=57)),
        ],
    )
    def test_a_correction_that_cannot_be_true(self, field: str, day: date, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        before = Event.objects.count()
        url = f"{V1}/placements/{world.placement.pk}/"
        answer = client.patch(url, {field: str(day)}, format="json")
        assert answer.status_code == 400, answer.content
        assert reason_of(answer)
        assert Event.objects.count() == before
        empty = client.patch(url, {}, format="json")
        assert empty.status_code == 400

    @pytest.mark.parametrize("role", [Role.IRO, Role.ADVOCATE, Role.DIRECTOR])
    def test_who_does_not_place_the_child_may_not(self, role: Role, world: World) -> None:
        client = as_person(world[role])
        url = f"{V1}/placements/{world.placement.pk}/"
        assert client.get(url).json()["actions"] == []
        before = Event.objects.count()
        good = {"child": world.child.pk, "started_on": str(TODAY), "place": "K2"}
        for answer in (
            client.post(f"{V1}/placements/", good, format="json"),
            client.patch(url, {"is_52_weeks": True}, format="json"),
            client.post(f"{url}end/", {"ended_on": str(TODAY)}, format="json"),
        ):
            assert answer.status_code == 403
            assert "social worker" in reason_of(answer)
        assert Event.objects.count() == before

    def test_a_stranger_cannot_place_a_child_they_may_not_know(self, world: World) -> None:
        assert world.stranger is not None
        client = as_person(world.stranger)
        for child in (world.child.pk, world.child.pk + 999):
            answer = client.post(
                f"{V1}/placements/",
                {"child": child, "started_on": str(TODAY), "place": "K2"},
                format="json",
            )
            assert answer.status_code == 400
            assert fields_of(answer) == {"child": f"There is no child {child} that you may see."}


class TestSettingsAndMe:
    def test_the_picture_of_a_setting_is_for_its_area(self, world: World) -> None:
        a_setting(host=BARKING)
        for role in (Role.HOST_OFFICER, Role.LADO, Role.REGISTERED_MANAGER):
            client = as_person(world[role])
            found = rows(client, "settings")
            assert [row["id"] for row in found] == [world.setting.pk]
            assert client.get(f"{V1}/settings/{world.setting.pk}/").json() == found[0]
            assert rows(client, "settings", host_authority=BARKING) == []
            assert rows(client, "settings", type="childrens_home", owner="owner")
        client = as_person(world[Role.SOCIAL_WORKER])
        assert client.get(f"{V1}/settings/{world.setting.pk}/").status_code == 404

    def test_who_i_am_here(self, world: World) -> None:
        worker = world[Role.SOCIAL_WORKER]
        me = as_person(worker).get(f"{V1}/me/").json()
        assert (me["id"], me["name"], me["email"]) == (worker.pk, worker.name, worker.email)
        parts = [(part["role"], part["children"], part["authority"]) for part in me["roles"]]
        assert parts == [("social_worker", 1, None), ("social_worker", 0, BARKING)]
        assert me["organisations"] == ["Barking and Dagenham"]
        sweep(at=NOW)
        again = as_person(worker).get(f"{V1}/me/").json()
        assert again["unread"] == again["cursor"] > 0

    def test_the_first_door_lists_every_other(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        doors = client.get("/api/").json()
        for name, url in doors.items():
            query = f"?child={world.child.pk}" if name == "events" else ""
            assert client.get(f"{url}{query}").status_code == 200, url
        assert moment(TODAY) == NOW
