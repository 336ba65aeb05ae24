"""Who may reach which address: everybody signed in, with what they may know of, and no more."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import path
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.access.visibility import children_visible_to
from backend.api.checks import addresses, check_reach, faults_of
from backend.api.permissions import Reach
from backend.api.urls import ROUTES
from backend.api.views import Endpoint, OfChildren, OfPerson, Rows
from backend.events.record import CLOCK, compose, record_all
from backend.grammar.roles import Role
from backend.notify.models import Notification
from backend.records.models import Child
from tests.api.kit import V1, as_person, queries_of, reason_of
from tests.factories import NOW, World, a_child, a_setting, allocated, placed

LISTS = [prefix for prefix, _ in ROUTES]
NEEDS_CHILD = {"events"}


def list_of(prefix: str, world: World) -> str:
    return f"{V1}/{prefix}/" + (f"?child={world.child.pk}" if prefix in NEEDS_CHILD else "")


class TestAddresses:
    def test_every_address_of_the_house_says_its_reach(self) -> None:
        assert check_reach(None) == []

    def test_the_check_looks_at_every_list_there_is(self) -> None:
        from django.urls import get_resolver

        found = {address for address, _ in addresses(get_resolver().url_patterns)}
        for prefix in LISTS:
            assert any(address.startswith(f"api/v1/^{prefix}/") for address in found)

    @pytest.mark.parametrize(
        ("view", "fault"),
        [
            (type("Foreign", (APIView,), {}), "E101"),
            (type("Silent", (Endpoint,), {}), "E102"),
            (
                type("Unasked", (Endpoint,), {"reach": Reach.CARD, "permission_classes": []}),
                "E103",
            ),
            (
                type("Unlimited", (Rows,), {"reach": Reach.RECORD, "get": lambda self: None}),
                "E104",
            ),
            (
                type("Nobodys", (Rows,), {"reach": Reach.SIGNED_IN, "get": lambda self: None}),
                "E105",
            ),
            (type("Open", (OfPerson,), {"reach": Reach.ANYBODY, "get": lambda self: None}), "E106"),
        ],
    )
    def test_an_address_that_does_not_say_it_is_a_fault(self, view: Any, fault: str) -> None:
        answer = SimpleNamespace(cls=view)
        assert f"sightline.{fault}" in [found.id for found in faults_of("api/x/", answer)]

    def test_a_function_is_no_address(self) -> None:
        def answer(request: Any) -> Response:
            return Response()

        pattern = path("api/x/", answer)
        assert [f.id for a, c in addresses([pattern]) for f in faults_of(a, c)] == [
            "sightline.E101"
        ]

    def test_a_view_without_reach_answers_nobody(self, world: World) -> None:
        from rest_framework.test import APIRequestFactory, force_authenticate

        class Silent(Endpoint):
            def get(self, request: Any) -> Response:
                return Response({"leaked": True})

        request = APIRequestFactory().get("/api/x/")
        force_authenticate(request, world[Role.DIRECTOR])
        assert Silent.as_view()(request).status_code == 403


class TestEveryList:
    @pytest.mark.parametrize("prefix", LISTS)
    def test_nobody_who_is_not_signed_in_reads_it(self, prefix: str, world: World) -> None:
        answer = as_person(None).get(list_of(prefix, world))
        assert answer.status_code == 401
        assert answer["WWW-Authenticate"] == "Bearer"
        assert "Authorization: Bearer" in reason_of(answer)

    @pytest.mark.parametrize("prefix", [p for p in LISTS if p not in NEEDS_CHILD])
    def test_a_stranger_finds_nothing_of_this_child(self, prefix: str, world: World) -> None:
        assert world.stranger is not None
        answer = as_person(world.stranger).get(list_of(prefix, world))
        assert answer.status_code == 200
        assert answer.json()["count"] == 0

    @pytest.mark.parametrize("prefix", LISTS)
    def test_a_word_that_means_nothing_is_refused(self, prefix: str, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        answer = client.get(f"{V1}/{prefix}/?colour=blue")
        assert answer.status_code == 400
        assert reason_of(answer).startswith("colour: This means nothing here. Known here:")

    @pytest.mark.parametrize("prefix", LISTS)
    def test_it_comes_in_pages(self, prefix: str, world: World) -> None:
        answer = as_person(world[Role.SOCIAL_WORKER]).get(list_of(prefix, world))
        assert set(answer.json()) == {"count", "next", "previous", "results"}

    def test_a_page_holds_25_and_a_hundred_at_most(self, world: World) -> None:
        record_all(
            compose(
                "care.began",
                by=CLOCK,
                at=NOW,
                about=f"children/{world.child.pk}",
                child_id=world.child.pk,
                carries={"on": "today"},
            )
            for _ in range(101)
        )
        client = as_person(world[Role.SOCIAL_WORKER])
        for size, expected in ((None, 25), (3, 3), (100_000, 100)):
            asked = {"child": world.child.pk, **({"page_size": size} if size else {})}
            answer = client.get(f"{V1}/events/", asked).json()
            assert len(answer["results"]) == expected
            assert answer["count"] > 100
        last = client.get(f"{V1}/events/", {"child": world.child.pk, "page": 999})
        assert last.status_code == 404
        assert "page" in reason_of(last)

    def work_on(self, child: Child, world: World) -> None:
        """Opens a case in each room."""
        for step, role, body in (
            ("visits/arrange", Role.SOCIAL_WORKER, {"arranged_for": "2026-03-05T15:00:00Z"}),
            ("reviews/convene", Role.IRO, {"convened_for": "2026-03-09"}),
        ):
            answer = as_person(world[role]).post(
                f"{V1}/{step}/", {"child": child.pk, **body}, format="json"
            )
            assert answer.status_code == 201, answer.content

    @pytest.mark.parametrize(
        "prefix", ["children", "placements", "deadlines", "notifications", "visits", "reviews"]
    )
    def test_three_rows_take_no_more_queries_than_one(self, prefix: str, world: World) -> None:
        worker = world[Role.SOCIAL_WORKER]
        client = as_person(worker)
        ask = lambda: client.get(list_of(prefix, world), {"page_size": 100})  # noqa: E731
        if prefix == "notifications":
            placed(world.child, a_setting())
        self.work_on(world.child, world)
        before, first = ask().json()["count"], queries_of(ask)
        assert before >= 1
        for _ in range(2):
            child = a_child(team=world.team)
            allocated(worker, Role.SOCIAL_WORKER, child)
            allocated(world[Role.IRO], Role.IRO, child)
            placed(child, world.setting)
            self.work_on(child, world)
        assert ask().json()["count"] >= before + 2
        assert queries_of(ask) == first


class TestDepth:
    @pytest.mark.parametrize("role", [Role.HOST_OFFICER, Role.REGISTERED_MANAGER])
    def test_readers_of_cards_get_the_card_and_not_the_record(
        self, role: Role, world: World
    ) -> None:
        Child.objects.filter(pk=world.child.pk).update(culture="A private thing", religion="None")
        client = as_person(world[role])
        answer = client.get(f"{V1}/children/{world.child.pk}/")
        card = answer.json()
        assert answer.status_code == 200
        assert (card["depth"], card["record"]) == ("card", None)
        assert card["name"] == world.child.name
        assert card["lives_at"]["setting"]["id"] == world.setting.pk
        assert {contact["role"] for contact in card["contacts"]} == {"social_worker", "iro"}
        assert b"A private thing" not in answer.content
        for prefix in ("placements", "deadlines", "visits"):
            assert client.get(f"{V1}/{prefix}/").json()["count"] == 0
        assert client.get(f"{V1}/placements/{world.placement.pk}/").status_code == 404
        assert client.get(f"{V1}/children/{world.child.pk}/readers/").status_code == 403

    @pytest.mark.parametrize(
        "role",
        [
            Role.SOCIAL_WORKER,
            Role.IRO,
            Role.ADVOCATE,
            Role.TEAM_MANAGER,
            Role.SERVICE_MANAGER,
            Role.DIRECTOR,
            Role.IRO_MANAGER,
            Role.NOMINATED_OFFICER,
        ],
    )
    def test_readers_of_the_record_get_it(self, role: Role, world: World) -> None:
        answer = as_person(world[role]).get(f"{V1}/children/{world.child.pk}/")
        assert answer.json()["depth"] == "record"
        assert answer.json()["record"]["communication_profile"].startswith("Looks away")

    @pytest.mark.parametrize("role", [Role.LADO, Role.INDEPENDENT_VISITOR, Role.ADMINISTRATOR])
    def test_a_part_for_something_else_is_no_reason(self, role: Role, world: World) -> None:
        client = as_person(world[role])
        assert client.get(f"{V1}/children/{world.child.pk}/").status_code == 404
        assert client.get(f"{V1}/events/?child={world.child.pk}").status_code == 404

    def test_what_is_not_there_and_what_is_hidden_look_the_same(self, world: World) -> None:
        assert world.stranger is not None
        client = as_person(world.stranger)
        hidden = client.get(f"{V1}/children/{world.child.pk}/")
        absent = client.get(f"{V1}/children/{world.child.pk + 99}/")
        assert hidden.status_code == absent.status_code == 404
        assert hidden.content == absent.content

    def test_a_closed_account_reads_nothing(self, world: World) -> None:
        worker = world[Role.SOCIAL_WORKER]
        client = as_person(worker)
        worker.is_active = False
        worker.save()
        assert client.get(f"{V1}/children/").status_code == 401

    def test_every_list_of_rows_is_limited_by_its_base(self) -> None:
        """A view of children's things may show less than its reach, never more."""
        for _, view in ROUTES:
            if issubclass(view, OfChildren):
                assert view.limited is OfChildren.limited, view
                assert view.get_queryset is OfChildren.get_queryset, view

    def test_every_list_has_filters_and_an_order(self) -> None:
        for prefix, view in ROUTES:
            assert getattr(view, "filterset_class", None) is not None, prefix
            rows = view.queryset
            assert rows.model._meta.ordering or rows.query.order_by, prefix

    def test_the_list_agrees_with_the_one_rule_of_who_sees_whom(self, world: World) -> None:
        a_child(authority="E08000035")
        for person in [*world.people.values(), world.stranger]:
            assert person is not None
            rows = as_person(person).get(f"{V1}/children/").json()["results"]
            seen = set(children_visible_to(person).values_list("pk", flat=True))
            assert {row["id"] for row in rows} == seen

    def test_notifications_are_the_persons_own(self, world: World) -> None:
        placed(world.child, a_setting())
        assert Notification.objects.filter(person=world[Role.IRO]).exists()
        for role in (Role.IRO, Role.SOCIAL_WORKER):
            client = as_person(world[role])
            own = set(
                Notification.objects.filter(person=world[role]).values_list("number", flat=True)
            )
            rows = client.get(f"{V1}/notifications/").json()["results"]
            assert {row["number"] for row in rows} == own
