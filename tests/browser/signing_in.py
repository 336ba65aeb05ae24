"""Signing in to the demo as somebody, the way a visitor does."""

from playwright.sync_api import Page


def sign_in(page: Page, name: str) -> None:
    """Presses the button with somebody's name on the page of demo people."""
    page.goto("/demo/")
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    page.get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_url("**/")
