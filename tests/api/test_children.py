"""Children through the API: found, filtered, read, and every reading kept."""

from datetime import date, timedelta

import pytest

from backend.access.models import ReadLog
from backend.casework.placing import end_care, end_placement
from backend.events.models import Event
from backend.events.record import CLOCK
from backend.grammar.roles import Role
from backend.records.models import Child
from tests.api.kit import V1, as_person, fields_of, queries_of, reason_of
from tests.factories import (
    BARKING,
    DONCASTER,
    LEEDS,
    NOW,
    TODAY,
    World,
    a_child,
    a_person,
    a_setting,
    a_team,
    allocated,
    moment,
    placed,
    plays,
)


def found(client, **asked: object) -> set[int]:  # type: ignore[no-untyped-def]
    answer = client.get(f"{V1}/children/", {"page_size": 100, **asked})
    assert answer.status_code == 200, answer.content
    return {row["id"] for row in answer.json()["results"]}


class TestFilters:
    def test_by_placing_authority_setting_and_host(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        other = a_child(authority=LEEDS)
        allocated(world[Role.SOCIAL_WORKER], Role.SOCIAL_WORKER, other)
        home = a_setting(host=LEEDS)
        placed(other, home)
        both = {world.child.pk, other.pk}
        assert found(client) == both
        assert found(client, authority=BARKING) == {world.child.pk}
        assert found(client, setting=home.pk) == {other.pk}
        assert found(client, host_authority=DONCASTER) == {world.child.pk}
        assert found(client, setting=home.pk, host_authority=DONCASTER) == set()
        assert found(client, authority="E99999999") == set()

    def test_by_part_of_the_name(self, world: World) -> None:
        Child.objects.filter(pk=world.child.pk).update(name="Zoë Ó Séaghdha")
        client = as_person(world[Role.SOCIAL_WORKER])
        assert found(client, name="séag") == {world.child.pk}
        assert found(client, name="example") == set()

    def test_who_lived_somewhere_on_a_day(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        start = world.placement.started_on
        assert found(client, as_at=start) == {world.child.pk}
        assert found(client, as_at=start - timedelta(days=1)) == set()

    def test_who_lived_somewhere_at_any_time_in_a_period(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        start = world.placement.started_on
        before = start - timedelta(days=9)
        assert found(client, living_from=before, living_to=start) == {world.child.pk}
        assert found(client, living_from=before) == {world.child.pk}
        assert found(client, living_from=before, living_to=start - timedelta(days=1)) == set()
        end_placement(placement=world.placement, ended_on=TODAY, by=CLOCK, at=NOW)
        here = {"living_from": TODAY, "living_to": TODAY, "setting": world.setting.pk}
        assert found(client, **here) == set()
        assert found(client, **{**here, "living_from": start}) == {world.child.pk}

    @pytest.mark.parametrize(
        ("asked", "field"),
        [
            ({"as_at": TODAY, "living_from": TODAY}, "as_at"),
            ({"living_to": TODAY}, "living_from"),
            ({"living_from": TODAY, "living_to": TODAY - timedelta(days=1)}, "living_to"),
        ],
    )
    def test_a_period_that_cannot_be(
        self, asked: dict[str, date], field: str, world: World
    ) -> None:
        answer = as_person(world[Role.SOCIAL_WORKER]).get(f"{V1}/children/", asked)
        assert answer.status_code == 400
        assert set(fields_of(answer)) == {field}

    def test_an_adult_who_still_lives_there_stays_on_the_list(self, world: World) -> None:
        Child.objects.filter(pk=world.child.pk).update(date_of_birth=date(2008, 2, 1))
        end_care(
            child=world.child,
            ended_on=TODAY - timedelta(days=2),
            reason="E7",
            by=CLOCK,
            at=NOW,
            leaves=False,
        )
        client = as_person(world[Role.SOCIAL_WORKER])
        assert found(client, as_at=TODAY, setting=world.setting.pk) == {world.child.pk}
        card = client.get(f"{V1}/children/{world.child.pk}/").json()
        assert card["age"] == 18
        assert card["lives_at"]["setting"]["id"] == world.setting.pk

    def test_a_reader_of_cards_cannot_ask_where_a_child_lived_before(self, world: World) -> None:
        """First make what could leak: a former home that is the readers' own area's neighbour."""
        before = world.placement.started_on
        home = a_setting(host=DONCASTER)
        placed(world.child, home, started_on=TODAY - timedelta(days=3))
        worker, host = (as_person(world[r]) for r in (Role.SOCIAL_WORKER, Role.HOST_OFFICER))
        assert found(host) == {world.child.pk}
        assert found(host, setting=home.pk) == {world.child.pk}
        for asked in (
            {"as_at": before, "setting": world.setting.pk},
            {"living_from": before, "setting": world.setting.pk},
        ):
            assert found(worker, **asked) == {world.child.pk}
            assert found(host, **asked) == set()

    def test_in_an_order_that_holds(self, world: World) -> None:
        worker = world[Role.SOCIAL_WORKER]
        for _ in range(4):
            allocated(worker, Role.SOCIAL_WORKER, a_child(name="The Same"))
        client = as_person(worker)
        seen = []
        for page in (1, 2, 3):
            rows = client.get(
                f"{V1}/children/", {"page_size": 2, "page": page, "ordering": "-name"}
            ).json()["results"]
            seen += [row["id"] for row in rows]
        assert len(seen) == len(set(seen)) == 5
        assert client.get(f"{V1}/children/?ordering=culture").status_code == 400


class TestReading:
    def test_every_opening_is_kept_once_with_the_reason(self, world: World) -> None:
        worker = world[Role.SOCIAL_WORKER]
        client = as_person(worker)
        client.get(f"{V1}/children/")
        assert not ReadLog.objects.exists()
        client.get(f"{V1}/children/{world.child.pk}/")
        kept = ReadLog.objects.get()
        assert (kept.person_id, kept.child_id, kept.at) == (worker.pk, world.child.pk, NOW)
        assert (kept.depth, kept.page) == ("record", f"children/{world.child.pk}")
        assert kept.because.startswith("Social worker since 1 January 2020")

    @pytest.mark.parametrize(
        ("path", "page"),
        [
            ("placements/{placement}/", "placements/{placement}"),
            ("events/?child={child}", "children/{child}/events"),
        ],
    )
    def test_other_openings_are_kept_too(self, path: str, page: str, world: World) -> None:
        names = {"child": world.child.pk, "placement": world.placement.pk}
        answer = as_person(world[Role.IRO]).get(f"{V1}/{path.format(**names)}")
        assert answer.status_code == 200
        assert [log.page for log in ReadLog.objects.all()] == [page.format(**names)]

    def test_no_browser_and_no_proxy_keeps_what_was_read(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        for path in ("children/", f"children/{world.child.pk}/", "notifications/", "me/"):
            assert client.get(f"{V1}/{path}")["Cache-Control"] == "no-store"
        assert client.get(f"{V1}/children/0/")["Cache-Control"] == "no-store"

    def test_a_reader_of_the_card_is_kept_as_such(self, world: World) -> None:
        as_person(world[Role.HOST_OFFICER]).get(f"{V1}/children/{world.child.pk}/")
        kept = ReadLog.objects.get()
        assert kept.depth == "card"
        assert kept.because == "Host authority officer, Doncaster"

    def test_who_is_refused_reads_nothing(self, world: World) -> None:
        assert world.stranger is not None
        as_person(world.stranger).get(f"{V1}/children/{world.child.pk}/")
        as_person(world.stranger).get(f"{V1}/events/?child={world.child.pk}")
        assert not ReadLog.objects.exists()

    def test_a_long_history_takes_no_more_queries(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])

        def ask():  # type: ignore[no-untyped-def]
            return client.get(f"{V1}/children/{world.child.pk}/")

        first = queries_of(ask)
        for days in (30, 20, 10):
            start = TODAY - timedelta(days=days)
            placed(world.child, a_setting(), started_on=start, legal_status="C1")
            placed(world.child, world.setting, started_on=start + timedelta(days=5))
        assert queries_of(ask) == first

    def test_who_can_see_a_child_and_why(self, world: World) -> None:
        readers = as_person(world[Role.ADVOCATE]).get(f"{V1}/children/{world.child.pk}/readers/")
        by_name = {reader["name"]: reader for reader in readers.json()}
        assert by_name[world[Role.HOST_OFFICER].name]["depth"] == "card"
        assert by_name[world[Role.DIRECTOR].name]["depth"] == "record"
        assert "Director" in by_name[world[Role.DIRECTOR].name]["because"]


class TestActions:
    def test_what_may_be_begun_depends_on_the_part(self, world: World) -> None:
        def actions(role: Role) -> dict[str, str]:
            child = as_person(world[role]).get(f"{V1}/children/{world.child.pk}/").json()
            assert all(set(a) == {"name", "label", "method", "url"} for a in child["actions"])
            return {a["name"]: a["url"] for a in child["actions"]}

        worker = actions(Role.SOCIAL_WORKER)
        assert worker["record"] == f"{V1}/visits/record/"
        assert worker["place"] == f"{V1}/placements/"
        assert "open_record" not in worker
        assert "record" not in actions(Role.IRO)
        assert "place" not in actions(Role.IRO)
        url = f"{V1}/children/{world.child.pk}/open-record/"
        assert actions(Role.HOST_OFFICER)["open_record"] == url


class TestBreakingTheGlass:
    WHY = {"reason": "The emergency duty team is called out to this child tonight."}

    def test_a_professional_opens_a_record_for_a_while_with_a_reason(self, world: World) -> None:
        officer = world[Role.HOST_OFFICER]
        client = as_person(officer)
        url = f"{V1}/children/{world.child.pk}/"
        assert client.get(url).json()["record"] is None
        answer = client.post(f"{url}open-record/", self.WHY, format="json")
        assert answer.status_code == 201
        assert answer.json()["ends_at"].startswith("2026-03-02T18:00")
        assert Event.objects.get(name="records.opened").by_id == officer.pk

    def test_one_of_the_placing_authority_may_though_the_child_is_not_theirs(
        self, world: World
    ) -> None:
        colleague = a_person("A Colleague")
        plays(colleague, Role.IRO, authority_id=BARKING)
        client = as_person(colleague)
        url = f"{V1}/children/{world.child.pk}/"
        assert client.get(url).status_code == 404
        assert client.post(f"{url}open-record/", self.WHY, format="json").status_code == 201

    def test_a_stranger_is_not_even_told_that_there_is_a_child(self, world: World) -> None:
        assert world.stranger is not None
        client = as_person(world.stranger)
        for number in (world.child.pk, world.child.pk + 999):
            answer = client.post(f"{V1}/children/{number}/open-record/", self.WHY, format="json")
            assert answer.status_code == 404
        assert not Event.objects.filter(name="records.opened").exists()

    def test_without_a_reason_nothing_opens(self, world: World) -> None:
        client = as_person(world[Role.HOST_OFFICER])
        url = f"{V1}/children/{world.child.pk}/open-record/"
        for reason in ("", "because", None):
            answer = client.post(url, {"reason": reason}, format="json")
            assert answer.status_code == 400
            assert reason_of(answer)

    def test_an_open_record_is_read(self, world: World) -> None:
        from backend.access.models import BreakGlass

        officer = world[Role.HOST_OFFICER]
        # The database asks its own clock whether a glass is still broken.
        BreakGlass.objects.create(
            person=officer,
            child=world.child,
            reason="A reason long enough",
            opened_at=NOW,
            ends_at=moment(date(2199, 1, 1)),
        )
        card = as_person(officer).get(f"{V1}/children/{world.child.pk}/").json()
        assert card["depth"] == "record"
        assert "Opened the record with a reason" in ReadLog.objects.get().because


class TestRegistering:
    def facts(self, world: World) -> dict[str, object]:
        return {
            "team": world.team.pk,
            "local_id": "N77",
            "name": "Wren Hollis",
            "date_of_birth": "2014-06-05",
            "communicates_by": ["sign"],
        }

    def test_a_child_is_registered_once_however_often_it_is_sent(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        sent = [
            client.post(
                f"{V1}/children/",
                self.facts(world),
                format="json",
                headers={"Idempotency-Key": "phone-1"},
            )
            for _ in range(2)
        ]
        child = Child.objects.get(local_id="N77")
        assert [answer.status_code for answer in sent] == [201, 201]
        assert sent[0].json() == sent[1].json()
        assert sent[0]["Location"] == f"{V1}/children/{child.pk}/"
        assert sent[0].json()["name"] == "Wren Hollis"

    def test_a_team_is_one_that_me_names(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        teams = {role["team"] for role in client.get(f"{V1}/me/").json()["roles"]}
        assert world.team.pk in teams
        other = a_team()
        answer = client.post(
            f"{V1}/children/", {**self.facts(world), "team": other.pk}, format="json"
        )
        assert answer.status_code == 400
        assert "There is no" in reason_of(answer)
