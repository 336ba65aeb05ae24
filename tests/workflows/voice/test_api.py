"""What children said, through the API: who may ask, what they get, what is refused."""

from datetime import timedelta
from typing import Any

import pytest

from backend.access.models import ReadLog
from backend.grammar.roles import Role
from tests.api.kit import V1, as_person, fields_of, queries_of, reason_of
from tests.factories import NOW, TODAY, World, a_child, allocated, an_outcome
from workflows.visits.actions import record_visit
from workflows.voice import actions
from workflows.voice.models import View

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("today")]

DAY = TODAY - timedelta(days=1)


def heard(world: World, **facts: Any) -> View:
    return actions.hear_view(
        **{
            "child": world.child,
            "said_on": DAY,
            "own_words": "Symbols: dog, home.",
            "communicated_by": ["symbols"],
            "by": world[Role.SOCIAL_WORKER],
            "at": NOW,
            **facts,
        }
    )


def said(world: World, **facts: Any) -> dict[str, Any]:
    return {
        "child": world.child.pk,
        "said_on": str(DAY),
        "own_words": "Symbols: dog, home.",
        "communicated_by": ["symbols"],
        **facts,
    }


def promise(world: World, **facts: Any) -> dict[str, Any]:
    return {
        "action": "A Saturday with the dog.",
        "action_owner": world[Role.SOCIAL_WORKER].pk,
        "act_by": str(TODAY + timedelta(days=14)),
        **facts,
    }


class TestWhoMayAsk:
    PATHS = ("voice", "advocacy", "unheard")

    @pytest.mark.parametrize("path", PATHS)
    def test_nobody_who_is_not_signed_in(self, world: World, path: str) -> None:
        assert as_person(None).get(f"{V1}/{path}/").status_code == 401

    def test_a_stranger_finds_nothing(self, world: World) -> None:
        view = heard(world)
        client = as_person(world.stranger)
        assert client.get(f"{V1}/voice/").json()["results"] == []
        assert client.get(f"{V1}/voice/{view.pk}/").status_code == 404
        answer = client.post(f"{V1}/voice/{view.pk}/answer/", promise(world), format="json")
        assert answer.status_code == 404

    def test_a_reader_of_cards_finds_nothing(self, world: World) -> None:
        view = heard(world)
        client = as_person(world[Role.REGISTERED_MANAGER])
        assert client.get(f"{V1}/voice/{view.pk}/").status_code == 404

    def test_somebody_without_the_part_is_refused_in_words(self, world: World) -> None:
        view = heard(world)
        answer = as_person(world[Role.IRO]).post(
            f"{V1}/voice/{view.pk}/answer/", promise(world), format="json"
        )
        assert answer.status_code == 403
        assert "social worker or team manager" in reason_of(answer)

    def test_reading_one_is_logged(self, world: World) -> None:
        view = heard(world)
        assert as_person(world[Role.IRO]).get(f"{V1}/voice/{view.pk}/").status_code == 200
        assert ReadLog.objects.get().page == f"voice/{view.pk}"


class TestLife:
    def test_from_hearing_to_telling(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        opened = client.post(f"{V1}/voice/hear/", said(world), format="json")
        assert opened.status_code == 201, opened.content
        address = f"{V1}/voice/{opened.json()['id']}/"
        assert opened["Location"].endswith(address)
        assert [step["name"] for step in opened.json()["actions"]] == ["answer", "void"]
        answered = client.post(f"{address}answer/", promise(world), format="json")
        assert answered.json()["action_owner"]["id"] == world[Role.SOCIAL_WORKER].pk
        told = client.post(
            f"{address}tell/",
            {"told_on": str(TODAY), "told_how": "With symbols."},
            format="json",
        )
        assert told.json()["state"] == {"value": "told", "label": "The child has been told"}
        kept = client.post(
            f"{address}keep/", {"kept_on": str(TODAY), "kept_how": "Dog came."}, format="json"
        )
        assert kept.json()["kept_on"] == str(TODAY)

    def test_it_cannot_be_told_before_it_is_answered(self, world: World) -> None:
        view = heard(world)
        answer = as_person(world[Role.SOCIAL_WORKER]).post(
            f"{V1}/voice/{view.pk}/tell/",
            {"told_on": str(TODAY), "told_how": "With symbols."},
            format="json",
        )
        assert answer.status_code == 409
        assert "not yet answered" in reason_of(answer)

    def test_of_two_at_once_the_second_is_told_so(self, world: World) -> None:
        view = heard(world)
        client = as_person(world[Role.SOCIAL_WORKER])
        tag = client.get(f"{V1}/voice/{view.pk}/")["ETag"]
        address = f"{V1}/voice/{view.pk}/answer/"
        first = client.post(address, promise(world), format="json", HTTP_IF_MATCH=tag)
        second = as_person(world[Role.TEAM_MANAGER]).post(
            address, promise(world), format="json", HTTP_IF_MATCH=tag
        )
        assert (first.status_code, second.status_code) == (200, 412)
        assert world[Role.SOCIAL_WORKER].name in reason_of(second)

    def test_a_phone_that_sends_twice_records_once(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        for _ in range(2):
            answer = client.post(
                f"{V1}/voice/hear/", said(world), format="json", HTTP_IDEMPOTENCY_KEY="once"
            )
            assert answer.status_code == 201
        assert View.objects.count() == 1

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"own_words": ""}, "own_words"),
            ({"own_words": "x" * 20_001}, "own_words"),
            ({"communicated_by": ["telepathy"]}, "communicated_by"),
            ({"communicated_by": "symbols"}, "communicated_by"),
            ({"said_on": "tomorrow"}, "said_on"),
            ({"said_on": "2026-03-03"}, "said_on"),
            ({"came_from": "visit"}, "came_from"),
            ({"child": 10**30}, "child"),
            ({"mood": "good"}, "mood"),
        ],
    )
    def test_what_cannot_be_is_refused_by_name(
        self, world: World, facts: dict[str, Any], field: str
    ) -> None:
        answer = as_person(world[Role.SOCIAL_WORKER]).post(
            f"{V1}/voice/hear/", said(world, **facts), format="json"
        )
        assert answer.status_code == 400
        assert field in fields_of(answer)
        assert not View.objects.exists()

    def test_nobody_is_given_something_to_do_who_has_no_part(self, world: World) -> None:
        assert world.stranger is not None
        view = heard(world)
        answer = as_person(world[Role.SOCIAL_WORKER]).post(
            f"{V1}/voice/{view.pk}/answer/",
            promise(world, action_owner=world.stranger.pk),
            format="json",
        )
        assert answer.status_code == 400
        assert world.stranger.name not in reason_of(answer)


class TestLists:
    def test_the_words_of_a_visit_are_shown_from_the_visit(self, world: World) -> None:
        record_visit(
            child=world.child,
            outcome=an_outcome(DAY),
            by=world[Role.SOCIAL_WORKER],
            at=NOW,
        )
        row = as_person(world[Role.IRO]).get(f"{V1}/voice/").json()["results"][0]
        assert row["own_words"] == "Pointed to: garden, again, mum."
        assert row["communicated_by"] == ["symbols", "body"]

    def test_three_take_as_many_queries_as_one(self, world: World) -> None:
        client = as_person(world[Role.IRO])
        heard(world)
        one = queries_of(lambda: client.get(f"{V1}/voice/"))
        heard(world)
        heard(world)
        assert queries_of(lambda: client.get(f"{V1}/voice/")) == one

    def test_filters(self, world: World) -> None:
        heard(world)
        client = as_person(world[Role.IRO])

        def count(**asked: Any) -> int:
            number: int = client.get(f"{V1}/voice/", asked).json()["count"]
            return number

        assert count(state="heard", child=world.child.pk, said_from=DAY) == 1
        assert count(state="told") == 0
        assert count(said_to=DAY - timedelta(days=1)) == 0
        assert client.get(f"{V1}/voice/", {"mood": "good"}).status_code == 400


class TestUnheard:
    def test_the_longest_unheard_children_are_listed(self, world: World) -> None:
        client = as_person(world[Role.IRO])
        row = client.get(f"{V1}/unheard/", {"weeks": 6}).json()["results"][0]
        assert (row["id"], row["last_heard_on"]) == (world.child.pk, None)
        heard(world)
        assert client.get(f"{V1}/unheard/").json()["count"] == 0

    @pytest.mark.parametrize("weeks", ["0", "-1", "many", "9999999", "٣", ""])
    def test_weeks_are_a_number(self, world: World, weeks: str) -> None:
        answer = as_person(world[Role.IRO]).get(f"{V1}/unheard/", {"weeks": weeks})
        assert answer.status_code == 400
        assert "weeks" in fields_of(answer)

    def test_three_take_as_many_queries_as_one(self, world: World) -> None:
        client = as_person(world[Role.IRO])
        one = queries_of(lambda: client.get(f"{V1}/unheard/"))
        for _ in range(2):
            child = a_child(team=world.team)
            allocated(world[Role.IRO], Role.IRO, child)
        assert queries_of(lambda: client.get(f"{V1}/unheard/")) == one


class TestAdvocacy:
    def test_from_offer_to_end(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        offered = client.post(
            f"{V1}/advocacy/",
            {"child": world.child.pk, "offered_on": str(DAY), "how_offered": "With a picture."},
            format="json",
        )
        assert offered.status_code == 201, offered.content
        address = f"{V1}/advocacy/{offered.json()['id']}/"
        for step, facts in [
            ("answer", {"is_accepted": True, "answered_on": str(TODAY)}),
            (
                "appoint",
                {
                    "advocate_name": "Ada",
                    "organisation": "Voices",
                    "commissioned_by": "The authority",
                    "is_independent": True,
                },
            ),
            ("end", {"ended_on": str(TODAY)}),
        ]:
            answer = client.post(f"{address}{step}/", facts, format="json")
            assert answer.status_code == 200, answer.content
        assert client.get(address).json()["ended_on"] == str(TODAY)

    def test_a_second_offer_is_refused_while_one_stands(self, world: World) -> None:
        client = as_person(world[Role.IRO])
        offer = {"child": world.child.pk, "offered_on": str(DAY), "how_offered": "In person."}
        assert client.post(f"{V1}/advocacy/", offer, format="json").status_code == 201
        again = client.post(f"{V1}/advocacy/", offer, format="json")
        assert again.status_code == 409
        assert "waits for an answer" in reason_of(again)
