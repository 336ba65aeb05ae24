"""The pictures of the README, taken from the demo as it is."""

import os
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.kit import sign_in_to_part
from tests.browser.test_at_work import first_child

PICTURES = Path(__file__).parent / "pictures"


def take(page: Page, name: str, **how: object) -> None:
    """A picture; it is kept only when asked for, since no two days look alike."""
    picture = page.screenshot(**how)  # type: ignore[arg-type]
    assert len(picture) > 10_000, "the page is empty"
    if os.environ.get("PICTURES"):
        PICTURES.mkdir(exist_ok=True)
        (PICTURES / f"{name}.png").write_bytes(picture)


def test_my_work_can_be_shown(page: Page) -> None:
    sign_in_to_part(page, "Social worker")
    take(page, "my-work")


def test_recording_a_visit_on_a_phone_can_be_shown(phone: Page) -> None:
    sign_in_to_part(phone, "Social worker")
    child = first_child(phone).rstrip("/")
    phone.goto(f"{child}/visits/record/")
    take(phone, "record-visit")
