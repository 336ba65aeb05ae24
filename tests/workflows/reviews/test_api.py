"""Reviews as other programs see and change them."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.cache import cache

from backend.access.models import ReadLog
from backend.grammar.roles import Role
from tests.api.kit import V1, as_person, fields_of, queries_of, reason_of
from tests.factories import NOW, TODAY, World, a_child, allocated, placed
from tests.workflows.reviews import stages
from tests.workflows.reviews.stages import HELD_ON
from workflows.reviews import actions
from workflows.reviews.models import Challenge, Review

pytestmark = pytest.mark.django_db

URL = f"{V1}/reviews/"


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    """The clock stands at the day on which the world of the tests lives."""
    cache.clear()
    with time_machine.travel(NOW, tick=False):
        yield


def post(world: World, role: Role, url: str, facts: Any, **headers: Any) -> Any:
    return as_person(world[role]).post(url, facts, format="json", **headers)


def as_sent(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts with their days as text, as they travel."""
    return {
        name: value.isoformat() if hasattr(value, "isoformat") else value
        for name, value in facts.items()
    }


class TestReading:
    def test_nobody_without_signing_in(self, world: World) -> None:
        review = stages.convened(world)
        for url in (URL, f"{URL}{review.pk}/"):
            answer = as_person(None).get(url)
            assert answer.status_code == 401
            reason_of(answer)

    @pytest.mark.parametrize(
        "role", [None, Role.HOST_OFFICER, Role.REGISTERED_MANAGER, Role.INDEPENDENT_VISITOR]
    )
    def test_who_may_not_read_the_record_finds_nothing(
        self, world: World, role: Role | None
    ) -> None:
        review = stages.convened(world)
        client = as_person(world[role] if role else world.stranger)
        assert client.get(URL).json()["count"] == 0
        answer = client.get(f"{URL}{review.pk}/")
        assert answer.status_code == 404
        reason_of(answer)

    def test_the_iro_reads_it_whole_with_what_can_be_done_now(self, world: World) -> None:
        review = stages.convened(world)
        answer = as_person(world[Role.IRO]).get(f"{URL}{review.pk}/")
        assert answer.status_code == 200
        shown = answer.json()
        assert shown["state"] == {"value": "convened", "label": "Convened"}
        assert shown["missing"] == [
            "views of the child",
            "views of parents",
            "views of the home or carer",
            "the IRO's time with the child beforehand",
        ]
        assert shown["home_share"]["words"] == "No evidence is recorded yet"
        assert [row["name"] for row in shown["actions"]] == [
            "rearrange",
            "cancel",
            "consult",
            "hear",
            "contact",
            "prepare",
            "hold",
            "adjourn",
            "evidence",
            "void",
        ]
        assert answer["ETag"] == f'"{review.version}"'
        assert ReadLog.objects.get().page == f"reviews/{review.pk}"

    def test_the_advocate_reads_it_without_the_dispute(self, world: World) -> None:
        review = stages.answered(
            world, stages.decided(world), agrees=False, answer="Too costly, says the panel."
        )
        whole = as_person(world[Role.IRO]).get(f"{URL}{review.pk}/").json()
        assert whole["manager_answer"] == "Too costly, says the panel."
        shown = as_person(world[Role.ADVOCATE]).get(f"{URL}{review.pk}/")
        assert "Too costly" not in shown.content.decode()
        assert shown.json()["manager_agrees"] is None
        assert shown.json()["actions"] == []

    def test_a_list_of_three_takes_as_many_queries_as_of_one(self, world: World) -> None:
        stages.closed(world)
        client = as_person(world[Role.IRO])
        one = queries_of(lambda: client.get(URL))
        for _ in range(2):
            child = placed(a_child(team=world.team)).child
            allocated(world[Role.IRO], Role.IRO, child)
            allocated(world[Role.SOCIAL_WORKER], Role.SOCIAL_WORKER, child)
            stages.asked(world, stages.convened(world, child=child))
        assert client.get(URL).json()["count"] == 3
        assert queries_of(lambda: client.get(URL)) == one

    def test_it_filters_by_state_child_and_day(self, world: World) -> None:
        stages.held(world)
        client = as_person(world[Role.IRO])
        for query, count in (
            ("state=held", 1),
            ("state=closed", 0),
            (f"child={world.child.pk}", 1),
            (f"held_from={HELD_ON}&held_to={HELD_ON}", 1),
            (f"held_from={TODAY}", 0),
            (f"setting={world.setting.pk}", 1),
        ):
            assert client.get(f"{URL}?{query}").json()["count"] == count, query
        assert client.get(f"{URL}?state=nonsense").status_code == 400


class TestConvening:
    def facts(self, world: World, **facts: Any) -> dict[str, Any]:
        return {
            "child": world.child.pk,
            "convened_for": (TODAY + timedelta(days=20)).isoformat(),
            **facts,
        }

    def test_the_social_worker_convenes_once_however_often_it_is_sent(self, world: World) -> None:
        for _ in range(2):
            answer = post(
                world,
                Role.SOCIAL_WORKER,
                f"{URL}convene/",
                self.facts(world),
                HTTP_IDEMPOTENCY_KEY="one-tap",
            )
            assert answer.status_code == 201, answer.content
        assert Review.objects.count() == 1

    def test_a_second_review_on_its_way_is_409_in_words(self, world: World) -> None:
        stages.convened(world)
        answer = post(world, Role.IRO, f"{URL}convene/", self.facts(world))
        assert answer.status_code == 409
        assert "already convened for 1 March 2026" in reason_of(answer)

    def test_the_advocate_reads_but_does_not_convene(self, world: World) -> None:
        answer = post(world, Role.ADVOCATE, f"{URL}convene/", self.facts(world))
        assert answer.status_code == 403
        assert "independent reviewing officer, social worker or team manager" in reason_of(answer)
        assert not Review.objects.exists()

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"convened_for": "31/12/2026"}, "convened_for"),
            ({"convened_for": "9999-01-01"}, "convened_for"),
            ({"convened_for": "2028-01-01"}, "convened_for"),
            ({"venue": "x" * 201}, "venue"),
            ({"venue": 7.5, "chair": "the home"}, "chair"),
            ({"child": "x"}, "child"),
            ({"child": 10**30}, "child"),
        ],
    )
    def test_what_cannot_be_used_is_400_with_the_field(
        self, world: World, facts: dict[str, Any], field: str
    ) -> None:
        answer = post(world, Role.IRO, f"{URL}convene/", self.facts(world, **facts))
        assert answer.status_code == 400, answer.content
        assert field in fields_of(answer)
        assert not Review.objects.exists()

    def test_a_child_one_may_not_see_is_as_unknown_as_none(self, world: World) -> None:
        answer = as_person(world.stranger).post(f"{URL}convene/", self.facts(world), format="json")
        assert answer.status_code == 400
        assert fields_of(answer) == {
            "child": f"There is no child {world.child.pk} that you may see."
        }


def test_a_review_goes_its_whole_way(world: World) -> None:
    review = stages.convened(world)
    url = f"{URL}{review.pk}/"
    steps: list[tuple[Role, str, dict[str, Any]]] = [
        (Role.SOCIAL_WORKER, "consult", stages.views("child")),
        (Role.SOCIAL_WORKER, "consult", stages.views("parents", communicated_by=[])),
        (Role.SOCIAL_WORKER, "consult", stages.views("carer", communicated_by=[])),
        (Role.IRO, "hear", stages.hearing()),
        (Role.SOCIAL_WORKER, "contact", {"contacted_on": TODAY}),
        (Role.SOCIAL_WORKER, "send", {"sent_on": TODAY}),
        (Role.SOCIAL_WORKER, "prepare", {}),
        (
            Role.IRO,
            "hold",
            {
                "opened_on": HELD_ON,
                "attendees": [{"name": "Ms Key", "part": "carer"}],
                **stages.an_outcome(),
            },
        ),
        (Role.IRO, "evidence", stages.evidence()),
        (
            Role.IRO,
            "decide",
            {
                **stages.answers(),
                "decisions": [
                    {
                        **as_sent(stages.a_decision(owner_name="")),
                        "owner": world[Role.SOCIAL_WORKER].pk,
                    }
                ],
            },
        ),
        (Role.TEAM_MANAGER, "dispute", {"answer": "The cost."}),
        (Role.TEAM_MANAGER, "agree", {}),
        (Role.IRO, "record", {"discussion": "In full.", "was_told_of_rights": True}),
        (Role.IRO, "circulate", {"circulated_to": "All", "child_version": "Read to her."}),
        (Role.IRO, "close", {}),
        (
            Role.IRO,
            "amend",
            {"changes": {"discussion": "In full, and more."}, "why": "One point left out."},
        ),
    ]
    for role, step, facts in steps:
        answer = post(world, role, f"{url}{step}/", as_sent(facts))
        assert answer.status_code == 200, (step, answer.content)
    shown = answer.json()
    assert shown["state"]["value"] == "closed"
    assert shown["home_share"] == {
        "from_home": 1,
        "of": 4,
        "percent": 25,
        "words": "1 of 4 items came from the home (25%)",
    }
    assert shown["decisions"][0]["owner"] == world[Role.SOCIAL_WORKER].pk
    assert shown["amendments"][0]["before"] == "In full."
    decision = shown["decisions"][0]["id"]
    answer = post(
        world,
        Role.SOCIAL_WORKER,
        f"{url}complete/",
        {"decision": decision, "done_on": TODAY.isoformat(), "done_how": "Mum came."},
    )
    assert answer.json()["decisions"][0]["done_on"] == TODAY.isoformat()
    answer = post(
        world,
        Role.SOCIAL_WORKER,
        f"{url}complete/",
        {"decision": decision + 1, "done_on": TODAY.isoformat(), "done_how": "Mum came."},
    )
    assert (answer.status_code, fields_of(answer)) == (
        400,
        {"decision": "This review has no such decision."},
    )
    answer = post(world, Role.IRO, f"{url}void/", {"reason": "Wrong child."})
    assert answer.json()["state"]["value"] == "void"


def test_the_review_that_was_adjourned_is_resumed(world: World) -> None:
    review = stages.convened(world)
    url = f"{URL}{review.pk}/"
    for step, facts in (
        ("rearrange", {"convened_for": TODAY}),
        (
            "adjourn",
            {"opened_on": HELD_ON, "resumes_on": TODAY + timedelta(days=4), "why": "No plan."},
        ),
        ("hear", {"not_heard": "refused", "not_heard_why": "Turned away."}),
        ("resume", {"completed_on": TODAY, **stages.an_outcome()}),
    ):
        answer = post(world, Role.IRO, f"{url}{step}/", as_sent(facts))
        assert answer.status_code == 200, (step, answer.content)
    assert (answer.json()["opened_on"], answer.json()["completed_on"]) == (
        HELD_ON.isoformat(),
        TODAY.isoformat(),
    )


class TestRefusing:
    def test_the_wrong_part_is_403_and_the_wrong_state_409(self, world: World) -> None:
        review = stages.prepared(world)
        held = as_sent({"opened_on": HELD_ON, **stages.an_outcome()})
        url = f"{URL}{review.pk}/"
        answer = post(world, Role.SOCIAL_WORKER, f"{url}hold/", held)
        assert answer.status_code == 403
        assert "independent reviewing officer" in reason_of(answer)
        assert post(world, Role.IRO, f"{url}hold/", held).status_code == 200
        answer = post(world, Role.IRO, f"{url}cancel/", {"reason": "Snow."})
        assert answer.status_code == 409
        assert "was held on 1 March 2026" in reason_of(answer)

    def test_a_stranger_finds_no_step(self, world: World) -> None:
        review = stages.convened(world)
        answer = as_person(world.stranger).post(
            f"{URL}{review.pk}/cancel/", {"reason": "Snow."}, format="json"
        )
        assert answer.status_code == 404

    def test_who_read_an_older_version_is_told_412(self, world: World) -> None:
        review = stages.convened(world)
        first = post(
            world,
            Role.IRO,
            f"{URL}{review.pk}/hear/",
            as_sent(stages.hearing()),
            HTTP_IF_MATCH=f'"{review.version}"',
        )
        assert first.status_code == 200
        second = post(
            world,
            Role.SOCIAL_WORKER,
            f"{URL}{review.pk}/cancel/",
            {"reason": "Snow."},
            HTTP_IF_MATCH=f'"{review.version}"',
        )
        assert second.status_code == 412
        assert "Before the review the IRO spoke with the child alone" in reason_of(second)
        assert Review.objects.get().state == "convened"

    def test_the_homes_word_alone_does_not_close_it(self, world: World) -> None:
        review = stages.convened(world)
        for whom, outcome in (("child", "not_possible"), ("parents", "declined")):
            actions.record_views(
                review=review,
                views=stages.views(whom, outcome=outcome, reason="Not reached."),
                by=world[Role.IRO],
                at=NOW,
            )
        actions.record_views(review=review, views=stages.views("carer"), by=world[Role.IRO], at=NOW)
        for step, facts in (
            ("hear", stages.hearing()),
            ("hold", {"opened_on": HELD_ON, **stages.an_outcome(unprepared_why="Nobody.")}),
            ("decide", {**stages.answers(), "decisions": [as_sent(stages.a_decision())]}),
            ("record", {"discussion": "In full.", "was_told_of_rights": True}),
            ("circulate", {"circulated_to": "All", "child_version": "Read to her."}),
        ):
            answer = post(world, Role.IRO, f"{URL}{review.pk}/{step}/", as_sent(facts))
            assert answer.status_code == 200, (step, answer.content)
        stages.answered(world, Review.objects.get())
        answer = post(world, Role.IRO, f"{URL}{review.pk}/close/", {})
        assert answer.status_code == 409
        assert "Everything this review rests on came from the home" in reason_of(answer)


class TestBesideReviews:
    def test_a_call_for_an_early_review_is_answered(self, world: World) -> None:
        url = f"{V1}/early-reviews/"
        answer = post(
            world,
            Role.IRO,
            url,
            {"child": world.child.pk, "reason": "iro_request", "words": "Drift."},
        )
        assert answer.status_code == 201, answer.content
        row = f"{url}{answer.json()['id']}/"
        for person, code in ((world[Role.SOCIAL_WORKER], 200), (world.stranger, 404)):
            assert as_person(person).get(row).status_code == code
        offered = {"offered_on": TODAY.isoformat(), "answer": "Today."}
        assert post(world, Role.IRO, f"{row}answer/", offered).status_code == 403
        assert post(world, Role.SOCIAL_WORKER, f"{row}answer/", offered).status_code == 200
        answer = post(world, Role.IRO, f"{row}withdraw/", {"why": "Settled."})
        assert answer.json()["withdrawn_why"] == "Settled."
        assert as_person(None).get(url).status_code == 401

    def test_a_change_is_considered_or_excused(self, world: World) -> None:
        url = f"{V1}/proposed-changes/"
        ids = []
        for what in ("A move nearer home.", "A move tonight."):
            answer = post(world, Role.SOCIAL_WORKER, url, {"child": world.child.pk, "what": what})
            assert answer.status_code == 201, answer.content
            ids.append(answer.json()["id"])
        review = stages.held(world)
        considered = {"review": review.pk, "outcome": "supported", "why": "She asked for it."}
        answer = post(world, Role.IRO, f"{url}{ids[0]}/consider/", considered)
        assert answer.json()["considered_at"] == review.pk
        answer = post(world, Role.IRO, f"{url}{ids[1]}/consider/", {**considered, "review": 1})
        assert fields_of(answer) == {"review": "Choose a review of this child that was held."}
        answer = post(world, Role.TEAM_MANAGER, f"{url}{ids[1]}/excuse/", {"why": "It closed."})
        assert answer.json()["excused_on"] == TODAY.isoformat()

    def test_a_challenge_stays_between_professionals(self, world: World) -> None:
        url = f"{V1}/challenges/"
        facts = {
            "child": world.child.pk,
            "about": "missing",
            "words": "No record of the night of 3 February.",
            "to_person": world[Role.SOCIAL_WORKER].pk,
            "due_on": (TODAY + timedelta(days=5)).isoformat(),
        }
        answer = post(world, Role.HOST_OFFICER, url, facts)
        assert answer.status_code == 201, answer.content
        row = f"{url}{answer.json()['id']}/"
        for role, code in (
            (Role.HOST_OFFICER, 200),
            (Role.SOCIAL_WORKER, 200),
            (Role.IRO, 200),
            (Role.ADVOCATE, 404),
            (Role.REGISTERED_MANAGER, 404),
        ):
            assert as_person(world[role]).get(row).status_code == code, role
        assert post(world, Role.ADVOCATE, url, facts).status_code == 403
        assert post(world, Role.REGISTERED_MANAGER, url, facts).status_code == 403
        stranger = {**facts, "to_person": world.stranger.pk}
        assert "to_person" in fields_of(post(world, Role.IRO, url, stranger))
        reply = {"outcome": "accepted", "answer": "It is found and added."}
        answer = post(world, Role.SOCIAL_WORKER, f"{row}answer/", reply)
        assert answer.json()["answered_on"] == TODAY.isoformat()
        assert Challenge.objects.get().answered_by_id == world[Role.SOCIAL_WORKER].pk

    def test_the_timeline_of_an_advocate_says_nothing_of_it(self, world: World) -> None:
        self.test_a_challenge_stays_between_professionals(world)
        client = as_person(world[Role.ADVOCATE])
        answer = client.get(f"{V1}/events/?child={world.child.pk}")
        assert answer.status_code == 200
        assert "challenge" not in answer.content.decode().lower()

    def test_the_iro_looks_at_the_case_between_reviews(self, world: World) -> None:
        url = f"{V1}/iro-checks/"
        facts = {
            "child": world.child.pk,
            "checked_on": TODAY.isoformat(),
            "found": "Visits made; one decision late.",
        }
        assert post(world, Role.SOCIAL_WORKER, url, facts).status_code == 403
        answer = post(world, Role.IRO, url, facts)
        assert answer.status_code == 201
        assert as_person(world.stranger).get(f"{url}{answer.json()['id']}/").status_code == 404

    @pytest.mark.parametrize(
        "path", ["early-reviews", "proposed-changes", "challenges", "iro-checks"]
    )
    def test_each_list_of_three_takes_as_many_queries_as_of_one(
        self, world: World, path: str
    ) -> None:
        def one_more() -> None:
            by: dict[str, Any] = {"by": world[Role.IRO], "at": NOW, "child": world.child}
            match path:
                case "early-reviews":
                    actions.request_early_review(reason="iro_request", words="Drift.", **by)
                case "proposed-changes":
                    actions.propose_change(what="A move.", **by)
                case "challenges":
                    actions.raise_challenge(
                        about="delay", words="Slow.", to_name="Panel", due_on=TODAY, **by
                    )
                case "iro-checks":
                    actions.check_between_reviews(checked_on=TODAY, found="Well.", **by)

        client = as_person(world[Role.TEAM_MANAGER])
        url = f"{V1}/{path}/"
        one_more()
        one = queries_of(lambda: client.get(url))
        one_more()
        one_more()
        assert client.get(url).json()["count"] == 3
        assert queries_of(lambda: client.get(url)) == one
