"""The first page that anybody sees."""

from playwright.sync_api import Page, expect

from tests.browser.kit import Accessible, fits


def test_stranger_is_asked_to_sign_in(page: Page, assert_accessible: Accessible) -> None:
    page.goto("/account/login/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_accessible(page)


def test_sign_in_page_fits_a_phone(phone: Page, assert_accessible: Accessible) -> None:
    phone.goto("/account/login/")
    assert fits(phone)
    assert_accessible(phone)
