"""Asking the API as one person."""

from typing import Any

from backend.access.models import Person
from tests.api.kit import V1, as_person


class Asking:
    """One person asking the API on one day after another."""

    def __init__(self, person: Person) -> None:
        self.client = as_person(person)

    def get(self, path: str, **asked: Any) -> Any:
        answer = self.client.get(f"{V1}/{path}", asked)
        assert answer.status_code == 200, answer.content
        return answer.json()

    def rows(self, path: str, **asked: Any) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.get(path, page_size=100, **asked)["results"]
        return found

    def post(self, path: str, body: dict[str, Any], **headers: str) -> Any:
        return self.client.post(f"{V1}/{path}", body, format="json", headers=headers)
