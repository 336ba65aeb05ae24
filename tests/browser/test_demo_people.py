"""Looking through somebody's eyes with one click."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.signing_in import sign_in

OpenPage = Callable[..., Page]


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_demo_people_can_be_chosen_by_everybody(
    open_page: OpenPage, assert_accessible: Callable[[Page], None], phone: bool
) -> None:
    page = open_page(phone=phone)
    page.goto("/demo/")
    expect(page.get_by_role("heading", level=2, name="Social worker")).to_be_visible()
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert_accessible(page)


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_one_click_signs_in(open_page: OpenPage, scripts: bool) -> None:
    page = open_page(scripts=scripts)
    page.goto("/account/login/")
    page.get_by_role("link", name="Sign in as one of the demo people").click()
    page.get_by_role("button", name="Imran Siddiqui", exact=True).click()
    expect(page.get_by_role("button", name="Sign out Imran Siddiqui")).to_be_visible()


def test_signing_in_as_another_changes_what_is_seen(page: Page) -> None:
    sign_in(page, "Neil Booth")
    page.goto("/timeliness/")
    expect(page.get_by_text("Timeliness is for those who read the record")).to_be_visible()
    page.goto("/demo/")
    expect(page.get_by_text("You are signed in as Neil Booth")).to_be_visible()
