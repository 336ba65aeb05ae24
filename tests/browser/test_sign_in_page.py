"""The first page that anybody sees."""

from collections.abc import Callable

from playwright.sync_api import Page, expect


def test_stranger_is_asked_to_sign_in(
    page: Page, assert_accessible: Callable[[Page], None]
) -> None:
    page.goto("/account/login/")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    assert_accessible(page)


def test_sign_in_page_fits_a_phone(phone: Page, assert_accessible: Callable[[Page], None]) -> None:
    phone.goto("/account/login/")
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert_accessible(phone)
