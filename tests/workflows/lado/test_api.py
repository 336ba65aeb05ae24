"""Allegations through the API: who may what, in which state, and what a list gives away."""

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest
from django.db import transaction

from backend.access.models import ReadLog
from backend.grammar.roles import Role
from tests.api.kit import V1, as_person, fields_of, queries_of, reason_of
from tests.factories import BARKING, LEEDS, NOW
from tests.workflows.lado.stages import (
    NAME,
    TOLD,
    House,
    a_house,
    concluded,
    kept,
    notice_to,
    opened,
    received,
    sent,
)
from workflows.lado import actions
from workflows.lado.models import AdultMatch, Referral


@pytest.fixture(scope="module")
def standing_house(django_db_setup: None, django_db_blocker: Any) -> Iterator[House]:
    with django_db_blocker.unblock(), transaction.atomic():
        yield a_house()
        transaction.set_rollback(True)


@pytest.fixture
def house(standing_house: House, db: None) -> House:
    return deepcopy(standing_house)


@pytest.fixture(autouse=True)
def today() -> Iterator[None]:
    import time_machine

    with time_machine.travel(NOW, tick=False):
        yield


def post(person: Any, path: str, body: Any = None, **headers: str) -> Any:
    return as_person(person).post(f"{V1}/{path}/", body or {}, format="json", headers=headers)


LIMBS: dict[str, Any] = {
    "harmed": True,
    "harmed_reason": "A bruise.",
    "offence": False,
    "offence_reason": "Nothing points to it.",
    "poses_risk": False,
    "poses_risk_reason": "Nothing points to it.",
    "unsuitable": False,
    "unsuitable_reason": "Nothing points to it.",
    "reason": "A child was hurt.",
}


def referral_body(house: House, **changes: Any) -> dict[str, Any]:
    return {
        "setting": house.setting.pk,
        "what_happened": TOLD,
        "adult": {"name": NAME, "sector": "residential"},
        "source": "setting",
        **changes,
    }


class TestReferring:
    def test_a_manager_gets_a_receipt_and_not_the_case(self, house: House) -> None:
        answer = post(house.manager, "referrals/refer", referral_body(house))
        assert answer.status_code == 201
        assert set(answer.json()) & {"state", "decisions", "allegations"} == set()
        number = answer.json()["id"]
        client = as_person(house.manager)
        assert client.get(f"{V1}/referrals/{number}/").status_code == 404
        assert client.get(f"{V1}/receipts/{number}/").json()["what_happened"] == TOLD

    def test_a_setting_that_one_may_not_name_is_unknown(self, house: House) -> None:
        answer = post(house.world.stranger, "referrals/refer", referral_body(house))
        assert answer.status_code == 400
        assert "setting" in fields_of(answer)
        assert not Referral.objects.exists()

    def test_nobody_signs_for_the_public(self, house: House) -> None:
        answer = post(house.manager, "referrals/refer", referral_body(house, source="public"))
        assert answer.status_code == 400

    def test_a_child_that_one_may_not_see_is_unknown(self, house: House) -> None:
        body = referral_body(house, children=[house.leeds_child.pk])
        worker = house.world[Role.SOCIAL_WORKER]
        assert post(worker, "referrals/refer", body).status_code == 400
        body = referral_body(house, children=[house.world.child.pk])
        assert post(worker, "referrals/refer", body).status_code == 201


class TestWho:
    @pytest.mark.parametrize("role", [role for role in Role if role not in (Role.CLOCK, Role.LADO)])
    def test_a_stranger_to_the_case_finds_nothing(self, house: House, role: Role) -> None:
        referral = sent(house)
        person = house.world[role]
        assert post(person, f"referrals/{referral.pk}/receive").status_code == 404
        assert as_person(person).get(f"{V1}/referrals/{referral.pk}/").status_code == 404

    def test_nobody_without_a_token(self, house: House) -> None:
        referral = sent(house)
        assert post(None, f"referrals/{referral.pk}/receive").status_code == 401

    def test_a_reader_by_sharing_changes_nothing(self, house: House) -> None:
        referral = opened(house)
        reader = house.leeds[Role.LADO]
        actions.share_referral(
            referral=referral, person=reader, reason="Same adult.", by=house.lado, at=NOW
        )
        seen = as_person(reader).get(f"{V1}/referrals/{referral.pk}/").json()
        assert [step["name"] for step in seen["actions"]] == ["give_opinion"]
        assert post(reader, f"referrals/{referral.pk}/conclude").status_code == 403

    def test_a_wrong_state_says_what_it_is(self, house: House) -> None:
        referral = sent(house)
        answer = post(house.lado, f"referrals/{referral.pk}/open", LIMBS)
        assert answer.status_code == 409
        assert "waiting for the lado to receive it" in reason_of(answer)

    def test_a_version_that_moved_on_is_refused(self, house: House) -> None:
        referral = received(house)
        answer = post(house.lado, f"referrals/{referral.pk}/open", LIMBS, **{"If-Match": '"1"'})
        assert answer.status_code == 412
        assert Referral.objects.get(pk=referral.pk).state == "received"

    def test_every_step_of_the_lado_has_an_address(self, house: House) -> None:
        for referral in (sent(house), received(house), opened(house), kept(house)):
            seen = as_person(house.lado).get(f"{V1}/referrals/{referral.pk}/").json()
            offered = {step["name"] for step in seen["actions"]}
            possible = {step.name for step in referral.possible() if Role.LADO in step.who}
            assert offered == possible


class TestReading:
    def test_a_list_names_no_adult_and_opening_one_is_kept(self, house: House) -> None:
        referral = opened(house)
        client = as_person(house.lado)
        listed = client.get(f"{V1}/referrals/").content.decode()
        assert referral.reference in listed
        assert NAME not in listed
        assert TOLD not in listed
        assert NAME in client.get(f"{V1}/referrals/{referral.pk}/").content.decode()
        assert ReadLog.objects.filter(page=referral.about).count() == 1

    def test_a_lado_finds_what_no_home_is_seen_to_have_notified(self, house: House) -> None:
        seen, unseen = opened(house), opened(house, adult={"name": "An Other", "sector": "health"})
        notification = actions.record_home_notification(
            setting=house.setting,
            kind="allegation",
            happened_at=NOW,
            notified_at=NOW,
            recipients=["ofsted"],
            by=house.manager,
            at=NOW,
        )
        actions.match_home_notification(
            notification=notification, referral=seen, by=house.lado, at=NOW
        )
        client = as_person(house.lado)
        found = {
            typed: [
                row["id"]
                for row in client.get(f"{V1}/referrals/?home_notified={typed}").json()["results"]
            ]
            for typed in ("true", "false")
        }
        assert found == {"true": [seen.pk], "false": [unseen.pk]}
        one = client.get(f"{V1}/referrals/{seen.pk}/").json()
        assert one["home_notifications"][0]["recipients"] == ["ofsted"]

    def test_three_take_no_more_queries_than_one(self, house: House) -> None:
        client = as_person(house.lado)
        concluded(house)
        lists = [f"{V1}/{name}/" for name in ("referrals", "authority-notices", "adult-matches")]
        one = [queries_of(lambda address=address: client.get(address)) for address in lists]
        for _ in range(2):
            opened(house)
        assert AdultMatch.objects.count() == 3
        three = [queries_of(lambda address=address: client.get(address)) for address in lists]
        assert three[:2] == one[:2]

    def test_matches_take_a_fixed_number_of_queries(self, house: House) -> None:
        client = as_person(house.lado)
        sent(house), sent(house)
        ask = lambda: client.get(f"{V1}/adult-matches/")  # noqa: E731
        one = queries_of(ask)
        sent(house)
        assert ask().json()["count"] == 3
        assert queries_of(ask) == one


class TestFigures:
    def test_a_lado_reads_the_figures_of_a_year_and_nobody_else_does(self, house: House) -> None:
        concluded(house)
        again = kept(house, also_raised_as=["complaint", "complaint", "whistleblowing"])
        kept(house, adult={"name": "Somebody Else", "sector": "education"})
        match = AdultMatch.objects.get()
        actions.confirm_match(match=match, reason="Same payroll.", by=house.lado, at=NOW)
        client = as_person(house.lado)
        year = client.get(f"{V1}/referrals/figures/?year=2025").json()
        assert (year["year"], year["first"], year["last"]) == (2025, "2025-04-01", "2026-03-31")
        assert (year["referrals"], year["referred_again"]) == (3, 1)
        assert year["by_other_way"] == {"A complaint": 1, "Whistleblowing by staff": 1}
        assert client.get(f"{V1}/referrals/{again.pk}/").json()["also_raised_as"] == [
            "complaint", "whistleblowing",
        ]  # fmt: skip
        assert year["by_result"] == {"Below threshold": 2, "Threshold met": 1}
        assert year["by_outcome"] == {"Substantiated": 1}
        assert client.get(f"{V1}/referrals/figures/?year=2024").json()["referrals"] == 0
        for typed in ("1999", "2026", "soon", "-1"):
            refused = client.get(f"{V1}/referrals/figures/?year={typed}")
            assert (refused.status_code, "from 2000 to 2025" in reason_of(refused)) == (400, True)
        assert as_person(house.manager).get(f"{V1}/referrals/figures/").status_code == 403


class TestNotices:
    def test_an_authority_answers_for_its_own_child(self, house: House) -> None:
        referral = opened(house)
        notice = notice_to(referral, LEEDS)
        leeds = house.leeds[Role.LADO]
        seen = as_person(leeds).get(f"{V1}/authority-notices/").json()["results"]
        assert [row["id"] for row in seen] == [notice.pk]
        assert (seen[0]["adult"], len(seen[0]["children"])) == ("", 1)
        other = notice_to(referral, BARKING).children.get()
        path = f"authority-notices/{notice.pk}/answer"
        wrong = post(leeds, path, {"child": other.pk, "what_was_done": "Seen."})
        assert wrong.status_code == 400
        right = post(
            leeds, path, {"child": notice.children.get().pk, "what_was_done": "Seen alone."}
        )
        assert right.status_code == 200
        assert right.json()["state"]["value"] == "answered"

    def test_the_authority_may_challenge(self, house: House) -> None:
        notice = notice_to(opened(house), LEEDS)
        answer = post(
            house.leeds[Role.DIRECTOR],
            f"authority-notices/{notice.pk}/challenge",
            {"words": "We were told too late."},
        )
        assert answer.status_code == 204
        assert notice.referral.challenges.get().by == house.leeds[Role.DIRECTOR]
