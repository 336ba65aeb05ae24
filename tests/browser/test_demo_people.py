"""Looking through somebody's eyes with one click."""

from playwright.sync_api import Page, expect

from tests.browser.kit import DESK_AND_PHONE, SCRIPTS_OR_NOT, Accessible, OpenPage, inspect, sign_in


@DESK_AND_PHONE
def test_demo_people_can_be_chosen_by_everybody(
    open_page: OpenPage, assert_accessible: Accessible, phone: bool
) -> None:
    page = open_page(phone=phone)
    page.goto("/demo/")
    expect(page.get_by_role("heading", level=2, name="Social worker")).to_be_visible()
    inspect(page, assert_accessible)


@SCRIPTS_OR_NOT
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
