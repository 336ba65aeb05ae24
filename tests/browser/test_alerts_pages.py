"""Alerts, their ladders and the boards in a real browser, as managers and workers meet them."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.kit import (
    DESK_AND_PHONE,
    SCRIPTS_OR_NOT,
    Accessible,
    OpenPage,
    inspect,
    look,
    sign_in,
)

MANAGER, DIRECTOR, IRO, ADMINISTRATOR = "Helen Marsh", "Sunita Rao", "Imran Siddiqui", "Ada Wright"


def open_alert(page: Page) -> str:
    """The address of the first alert that the reader sees."""
    page.goto("/alerts/?state=standing")
    link = page.locator("main th a[href^='/alerts/']").first
    href = link.get_attribute("href")
    assert href is not None
    return href


@DESK_AND_PHONE
@pytest.mark.parametrize(
    ("person", "address"),
    [
        (MANAGER, "/alerts/"),
        (MANAGER, "/alerts/?state=ended"),
        (MANAGER, "/board/manager/"),
        (DIRECTOR, "/board/director/"),
        (DIRECTOR, "/board/manager/"),
        (IRO, "/board/reviews/"),
        (MANAGER, "/alerts/ladders/"),
    ],
)
def test_lists_and_boards_can_be_used_by_everybody(
    open_page: OpenPage, assert_accessible: Accessible, person: str, address: str, phone: bool
) -> None:
    page = open_page(phone=phone)
    sign_in(page, person)
    look(page, address, assert_accessible)


@DESK_AND_PHONE
def test_an_alert_and_its_steps_can_be_used_by_everybody(
    open_page: OpenPage, assert_accessible: Accessible, phone: bool
) -> None:
    page = open_page(phone=phone)
    sign_in(page, DIRECTOR)
    alert = open_alert(page)
    for address in (alert, *(f"{alert}{step}/" for step in ("receive", "answer", "snooze"))):
        look(page, address, assert_accessible)
    page.goto(f"{alert}waive/")
    page.locator("main form button[type=submit]").click()
    expect(page.get_by_role("link", name="Say why nothing more is to be done")).to_be_visible()
    assert_accessible(page)


@SCRIPTS_OR_NOT
def test_a_manager_answers_from_the_board(open_page: OpenPage, scripts: bool) -> None:
    page = open_page(scripts=scripts)
    sign_in(page, MANAGER)
    page.goto("/board/")
    page.get_by_role("link", name=re.compile("^Answer")).last.click()
    page.get_by_label("What will be done?").fill("I will go myself tomorrow.")
    page.get_by_role("button", name="Say what will be done").click()
    expect(page.get_by_text("Your answer stands on the alert.")).to_be_visible()
    expect(page.get_by_text("I will go myself tomorrow.").first).to_be_visible()
    seen = page.get_by_role("button", name="I have seen this")
    assert seen.count() == 0
    expect(page.get_by_role("heading", name=re.compile(r"Seen by \(1\)"))).to_be_visible()


@DESK_AND_PHONE
def test_an_administrator_sets_a_ladder(
    open_page: OpenPage, assert_accessible: Accessible, phone: bool
) -> None:
    page = open_page(phone=phone)
    sign_in(page, ADMINISTRATOR)
    page.get_by_role("link", name="How alerts go up").click()
    page.get_by_role("link", name=re.compile("^Change how alerts about family contact")).click()
    expect(
        page.get_by_role("heading", name="How alerts about family contact go up")
    ).to_be_visible()
    inspect(page, assert_accessible)
    page.get_by_role("button", name="Add a step").click()
    page.get_by_role("button", name="Save for new alerts").click()
    expect(page.get_by_text("Saved. It holds for new alerts")).to_be_visible()
    expect(page.get_by_text("Chosen here").first).to_be_visible()
    assert_accessible(page)
