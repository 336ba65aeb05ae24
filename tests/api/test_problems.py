"""Whatever goes wrong, the answer has one shape and a reason in words, and nothing is written."""

import json
from io import BytesIO
from typing import Any

import pytest
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.db import DataError, IntegrityError
from django.test import override_settings
from knox.models import AuthToken
from rest_framework.exceptions import ErrorDetail, ValidationError
from rest_framework.test import APIRequestFactory

from backend.api.permissions import Reach
from backend.api.placements import PlacementViewSet
from backend.api.problems import KINDS, errors_in
from backend.api.views import Endpoint
from backend.casework.errors import FactRefused, MovedOn, NotAllowed, NotNow, UnableTo
from backend.events.models import Event
from backend.grammar.roles import Role
from backend.records.models import Placement
from tests.api.kit import V1, as_person, fields_of, reason_of
from tests.factories import BARKING, TODAY, World


class UnableToLeap(NotNow):
    """A refusal that a room named itself."""


class Answered:
    """An answer as a client gets it."""

    def __init__(self, answer: Any) -> None:
        self.content: bytes = answer.content
        self.status_code: int = answer.status_code
        self._headers = answer

    def __getitem__(self, name: str) -> str:
        return str(self._headers[name])

    def json(self) -> Any:
        return json.loads(self.content)


def answer_to(error: Exception) -> Any:
    class Failing(Endpoint):
        reach = Reach.ANYBODY

        def get(self, request: Any) -> None:
            raise error

    answer = Failing.as_view()(APIRequestFactory().get("/api/x/"))
    answer.render()
    return Answered(answer)


class TestRefusals:
    @pytest.mark.parametrize(
        ("error", "code"),
        [
            (NotAllowed("Not you."), 403),
            (NotNow("Not now."), 409),
            (UnableToLeap("Not over this."), 409),
            (MovedOn("It moved on."), 412),
            (FactRefused("Not true."), 400),
            (UnableTo("Not at all."), 409),
        ],
    )
    def test_a_refusal_of_the_house_keeps_its_words(self, error: UnableTo, code: int) -> None:
        answer = answer_to(error)
        assert answer.status_code == code
        assert reason_of(answer) == error.reason

    def test_the_fact_at_fault_is_named(self) -> None:
        answer = answer_to(FactRefused("Say why.", field="reason"))
        assert fields_of(answer) == {"reason": "Say why."}

    def test_every_kind_of_problem_is_explained(self) -> None:
        kinds = as_person(None).get("/api/problems/").json()
        assert list(kinds) == [kind.name for kind in KINDS]
        assert len({kind.status for kind in KINDS}) == len(KINDS)

    @pytest.mark.parametrize(
        ("error", "code"),
        [(IntegrityError("x"), 409), (DataError("x"), 400), (OverflowError(), 400)],
    )
    def test_what_the_database_refuses_is_no_fault_of_ours(
        self, error: Exception, code: int
    ) -> None:
        answer = answer_to(error)
        assert answer.status_code == code
        assert reason_of(answer)

    def test_a_fault_says_nothing_of_its_inside(self, caplog: pytest.LogCaptureFixture) -> None:
        answer = answer_to(RuntimeError("a secret place"))
        assert answer.status_code == 500
        assert "nothing was changed" in reason_of(answer)
        assert b"secret" not in answer.content
        assert "a secret place" in caplog.text

    def test_nested_refusals_name_their_place(self) -> None:
        detail = ValidationError(
            {
                "accounts": [{}, {"said": [ErrorDetail("Say what.")]}],
                "days": {"0": [ErrorDetail("Not a day.")]},
                "non_field_errors": [ErrorDetail("Neither.")],
            }
        ).detail
        assert list(errors_in(detail)) == [
            ("accounts.1.said", "Say what."),
            ("days.0", "Not a day."),
            ("", "Neither."),
        ]


class TestAddresses:
    @pytest.mark.parametrize(
        "path",
        ["/api/nothing/", "/api/v2/children/", f"{V1}/children/abc/", f"{V1}/children/%00/"],
    )
    @pytest.mark.parametrize("verb", ["get", "post", "delete", "options"])
    def test_an_unknown_address_is_a_problem_too(self, path: str, verb: str, db: None) -> None:
        answer = getattr(as_person(None), verb)(path)
        assert answer.status_code == 404
        assert reason_of(answer)

    def test_a_forgotten_stroke_is_said(self, db: None) -> None:
        answer = as_person(None).get(f"{V1}/children")
        assert answer.status_code == 404
        assert reason_of(answer) == f"Addresses end in a stroke: {V1}/children/"

    @pytest.mark.parametrize("number", [0, 2**63, 2**64, 10**30])
    def test_a_number_beyond_all_rows_finds_none(self, number: int, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        for prefix in (
            "children",
            "placements",
            "deadlines",
            "notifications",
            "settings",
            "visits",
        ):
            answer = client.get(f"{V1}/{prefix}/{number}/")
            assert answer.status_code == 404, prefix
            assert reason_of(answer)

    def test_a_verb_that_is_not_known_here(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        answer = client.delete(f"{V1}/children/{world.child.pk}/")
        assert answer.status_code == 405
        assert reason_of(answer)
        assert "GET" in answer["Allow"]

    def test_only_json_is_answered_and_taken(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        answer = client.get(f"{V1}/children/", headers={"accept": "text/html"})
        assert answer.status_code == 406
        assert reason_of(answer)
        for form in (
            "application/xml",
            "text/plain",
            "multipart/form-data; boundary=x",
            "nonsense",
        ):
            answer = client.post(f"{V1}/placements/", "x", content_type=form)
            assert answer.status_code == 415, form
            assert reason_of(answer).startswith("Send JSON")


def place(world: World, body: Any, **facts: Any) -> Any:
    client = as_person(world[Role.SOCIAL_WORKER])
    if not isinstance(body, (str, bytes)):
        body = json.dumps(body)
    before = (Placement.objects.count(), Event.objects.count())
    answer = client.post(f"{V1}/placements/", body, content_type="application/json", **facts)
    if answer.status_code >= 400:
        assert (Placement.objects.count(), Event.objects.count()) == before
    return answer


def good(world: World) -> dict[str, Any]:
    return {
        "child": world.child.pk,
        "started_on": str(TODAY),
        "place": "K2",
        "not_considered_why": "The home closed overnight.",
    }


class TestBadInput:
    @pytest.mark.parametrize(
        "body",
        [
            "",
            "{",
            "not json",
            "[1, 2",
            '{"child": NaN}',
            '{"child": Infinity}',
            b'{"place": "\xff\xfe"}',
            "[" * 100_000,
            '{"child": ' + "9" * 5000 + "}",
        ],
        ids=["empty", "open", "words", "cut", "nan", "infinity", "bytes", "deep", "digits"],
    )
    def test_what_is_not_json_is_refused(self, body: Any, world: World) -> None:
        answer = place(world, body)
        assert answer.status_code == 400
        assert reason_of(answer)

    @pytest.mark.parametrize("body", [[], "x", 1, None, True, [{}]])
    def test_what_is_no_object_is_refused(self, body: Any, world: World) -> None:
        answer = place(world, json.dumps(body))
        assert answer.status_code == 400
        assert reason_of(answer)

    @pytest.mark.parametrize(
        "text", ["a\x00b", "\ud800", "ok \udfff ok"], ids=["nul", "half", "other-half"]
    )
    def test_characters_that_cannot_be_kept_are_refused(self, text: str, world: World) -> None:
        for body in (
            {**good(world), "carer_name": text},
            {**good(world), text: "x"},
            {**good(world), "extra": {"deep": [{"in": text}]}},
        ):
            answer = place(world, body)
            assert answer.status_code == 400
            assert "cannot be stored" in reason_of(answer)

    @pytest.mark.parametrize(
        "text", ["Zoë Ó Séaghdha", "李小龙", "👩🏽‍🦽", "مريم", "e\u0301", "\u202eabc", "a\u200bb"]
    )
    def test_every_other_character_is_kept_as_it_came(self, text: str, world: World) -> None:
        answer = place(world, {**good(world), "carer_name": text})
        assert answer.status_code == 201, answer.content
        assert Placement.objects.get(pk=answer.json()["id"]).carer_name == text

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("child", "abc"),
            ("child", True),
            ("child", [1]),
            ("child", 2**70),
            ("child", -1),
            ("child", 1.5),
            ("child", None),
            ("started_on", "yesterday"),
            ("started_on", "2026-02-30"),
            ("started_on", "0001-01-01"),
            ("started_on", "9999-12-31"),
            ("started_on", 20260302),
            ("started_on", {}),
            ("place", "XX"),
            ("place", 7),
            ("place", ["K2"]),
            ("setting", 2**70),
            ("setting", "x"),
            ("setting", 1.5),
            ("is_temporary", "perhaps"),
            ("carer_name", 201 * "x"),
            ("carer_name", {"a": 1}),
            ("legal_status", "Q9"),
            ("colour", "blue"),
        ],
    )
    def test_a_fact_of_the_wrong_kind_is_named(self, field: str, value: Any, world: World) -> None:
        answer = place(world, {**good(world), field: value})
        assert answer.status_code == 400, answer.content
        assert list(fields_of(answer)) == [field]
        assert reason_of(answer).startswith(f"{field}: ")

    @pytest.mark.parametrize("started_on", ["2026-03-03", "2010-01-01"])
    def test_a_fact_that_cannot_be_true_is_refused_in_words(
        self, started_on: str, world: World
    ) -> None:
        answer = place(world, {**good(world), "started_on": started_on})
        assert answer.status_code == 400
        assert "started_on" in fields_of(answer)

    def test_ten_megabytes_are_too_much(self, world: World) -> None:
        body = json.dumps({**good(world), "options_sought": "x" * 10_000_000})
        answer = place(world, body)
        assert answer.status_code == 413
        assert reason_of(answer)

    def test_a_lie_about_the_length_does_not_help(self, world: World) -> None:
        body = json.dumps({**good(world), "options_sought": "x" * 3_000_000})
        answer = place(world, body, headers={"content-length": "10"})
        assert answer.status_code in (400, 413)

    def test_a_body_that_comes_in_pieces_is_read_and_measured(self, world: World) -> None:
        _, token = AuthToken.objects.create(world[Role.SOCIAL_WORKER])
        scope = {
            "type": "http",
            "method": "POST",
            "path": f"{V1}/placements/",
            "query_string": b"",
            "headers": [
                (b"authorization", f"Bearer {token}".encode()),
                (b"content-type", b"application/json"),
                (b"transfer-encoding", b"chunked"),
            ],
        }
        view = PlacementViewSet.as_view({"post": "create"})
        for facts, code in (({}, 201), ({"options_sought": "x" * 3_000_000}, 413)):
            body = json.dumps({**good(world), **facts}).encode()
            assert view(ASGIRequest(scope, BytesIO(body))).status_code == code
        assert view(ASGIRequest(scope, BytesIO())).status_code == 400

    def test_just_under_the_limit_is_read(self, world: World) -> None:
        filler = "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE - 1000)
        answer = place(world, {**good(world), "options_sought": filler})
        assert answer.status_code == 400
        assert list(fields_of(answer)) == ["options_sought"]

    @pytest.mark.parametrize(
        "query",
        [
            "child=abc",
            "child=1e400",
            "child=NaN",
            "child=99999999999999999999999",
            "child=-1",
            "child=1.5",
            "started_from=2026-13-01",
            "started_from=0001-01-01",
            "is_open=perhaps%00",
            "authority=%00",
            "ordering=secret",
        ],
    )
    def test_a_filter_of_the_wrong_kind_is_refused_or_finds_nothing(
        self, query: str, world: World
    ) -> None:
        answer = as_person(world[Role.SOCIAL_WORKER]).get(f"{V1}/placements/?{query}")
        if answer.status_code == 200:
            assert query == "is_open=perhaps%00" or answer.json()["count"] == 0
        else:
            assert answer.status_code == 400
            assert reason_of(answer)

    def test_half_a_character_in_a_filter_is_no_fault(self, world: World) -> None:
        answer = as_person(world[Role.SOCIAL_WORKER]).get(f"{V1}/children/?name=%ff%ed%a0%80")
        assert answer.status_code in (200, 400)

    def test_a_page_that_is_none(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        for page in ("0", "-1", "abc", "99999999999999999999"):
            answer = client.get(f"{V1}/children/?page={page}")
            assert answer.status_code == 404
            assert reason_of(answer)


class TestSessions:
    def test_a_page_of_ours_must_show_its_mark(self, world: World) -> None:
        client = as_person(None, enforce_csrf_checks=True)
        client.force_login(
            world[Role.SOCIAL_WORKER],
            backend="allauth.account.auth_backends.AuthenticationBackend",
        )
        assert client.get(f"{V1}/me/").status_code == 200
        answer = client.post(f"{V1}/placements/", good(world), format="json")
        assert answer.status_code == 403
        assert "CSRF" in reason_of(answer)

    def test_another_scheme_does_not_sign_in(self, db: None) -> None:
        for value in ("Basic YTpi", "Bearer", "Bearer a b", "Token abc", "bearer \xff\xfe"):
            answer = as_person(None).get(f"{V1}/me/", headers={"authorization": value})
            assert answer.status_code == 401, value
            assert reason_of(answer)


class TestThrottles:
    def test_a_person_who_asks_too_often_is_told_to_wait(self, world: World) -> None:
        client = as_person(world[Role.SOCIAL_WORKER])
        with rates(person="2/min"):
            assert [client.get(f"{V1}/me/").status_code for _ in range(3)] == [200, 200, 429]
            answer = client.get(f"{V1}/me/")
            assert "Retry-After" in answer
            assert reason_of(answer)
            other = as_person(world[Role.IRO]).get(f"{V1}/me/")
            assert other.status_code == 200

    def test_tokens_cannot_be_guessed_at_leisure(self, db: None) -> None:
        client = as_person(None)
        client.credentials(HTTP_AUTHORIZATION="Bearer guess")
        with rates(stranger="2/min"):
            codes = [client.get(f"{V1}/me/").status_code for _ in range(3)]
            forwarded = client.get(f"{V1}/me/", headers={"x-forwarded-for": "10.9.8.7"})
        assert codes == [401, 401, 429]
        assert forwarded.status_code == 429


def rates(**changed: str) -> Any:
    before = settings.REST_FRAMEWORK
    known = {**before["DEFAULT_THROTTLE_RATES"], **changed}
    return override_settings(REST_FRAMEWORK={**before, "DEFAULT_THROTTLE_RATES": known})


def test_places_are_the_authoritys(world: World) -> None:
    """The base of the tests above: what is good is taken."""
    assert place(world, good(world)).status_code == 201
    assert world.child.authority_id == BARKING
