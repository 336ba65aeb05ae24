"""The description of the API: for anybody, from our own server alone, and true."""

import re

import pytest
import yaml
from rest_framework.test import APIClient

from tests.api.kit import V1

pytestmark = pytest.mark.django_db


def test_the_page_loads_nothing_from_elsewhere_and_runs_nothing_inline() -> None:
    client = APIClient()
    page = client.get("/api/docs/")
    assert page.status_code == 200
    html = page.content.decode()
    addresses = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert len(addresses) == 5
    assert all(re.match(r"/(static|api)/", address) for address in addresses)
    assert re.search(r"<script(?! src)|<style|style=|onload=", html) is None
    assert "default-src 'self'" in page["Content-Security-Policy"]
    script = client.get(addresses[-1])
    assert script["Content-Type"] == "application/javascript"
    assert "SwaggerUIBundle" in script.content.decode()
    assert re.search(r"https?://", script.content.decode()) is None


@pytest.mark.parametrize(
    "wanted", ["application/json", "application/vnd.oai.openapi", "application/yaml"]
)
def test_programs_read_it_without_a_token(wanted: str) -> None:
    answer = APIClient().get("/api/schema/", headers={"accept": wanted})
    assert answer.status_code == 200
    described = yaml.safe_load(answer.content)
    assert f"{V1}/children/" in described["paths"]


def test_every_operation_says_how_to_sign_in_and_what_a_problem_is() -> None:
    described = yaml.safe_load(APIClient().get("/api/schema/").content)
    names = [
        operation["operationId"]
        for verbs in described["paths"].values()
        for operation in verbs.values()
    ]
    assert len(names) == len(set(names))
    for path, verbs in described["paths"].items():
        for verb, operation in verbs.items():
            assert {"token": []} in operation["security"], path
            assert "application/problem+json" in operation["responses"]["default"]["content"]
            headers = {p["name"] for p in operation.get("parameters", []) if p["in"] == "header"}
            assert ("Idempotency-Key" in headers) == (verb == "post"), path
    opening = described["paths"][f"{V1}/visits/record/"]["post"]
    assert set(opening["responses"]) == {"201", "default"}
    step = described["paths"][f"{V1}/visits/{{id}}/void/"]["post"]
    assert "If-Match" in {p["name"] for p in step["parameters"]}
