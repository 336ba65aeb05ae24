"""Allegations in a real browser: the desk, one case, a notice, and telling without a name."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.signing_in import sign_in

OpenPage = Callable[..., Page]
Accessible = Callable[[Page], None]
LADO = "Carol Finch"


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def unfold(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")


def first(page: Page, pattern: str) -> str:
    """The first link of the page whose address is of this kind."""
    addresses = page.locator("main a").evaluate_all(
        "links => links.map(one => one.getAttribute('href'))"
    )
    found = [one for one in addresses if one and re.fullmatch(pattern, one)]
    assert found, f"no link to {pattern} on {page.url}"
    return str(found[0])


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_the_lados_pages_can_be_used_by_everybody(
    open_page: OpenPage, assert_accessible: Accessible, phone: bool
) -> None:
    page = open_page(phone=phone)
    sign_in(page, LADO)
    page.goto("/allegations/")
    assert fits(page)
    assert_accessible(page)
    case = first(page, r"/allegations/\d+/")
    notice = first(page, r"/allegations/notices/\d+/")
    setting = first(page, r"/allegations/settings/\d+/")
    for address in (
        case,
        notice,
        setting,
        "/allegations/figures/",
        "/allegations/tell/",
        "/allegations/notifications/",
        "/allegations/notifications/record/",
    ):
        page.goto(address)
        unfold(page)
        assert fits(page), address
        assert_accessible(page)


def test_every_step_of_every_case_can_be_used_by_everybody(
    open_page: OpenPage, assert_accessible: Accessible
) -> None:
    page = open_page(phone=True)
    sign_in(page, LADO)
    page.goto("/allegations/")
    addresses = page.locator("main a[href^='/allegations/']").evaluate_all(
        "links => links.map(one => one.getAttribute('href'))"
    )
    cases = {one for one in addresses if re.fullmatch(r"/allegations/(notices/)?\d+/", one)}
    looked_at: set[str] = set()
    for case in sorted(cases):
        page.goto(case)
        steps = page.locator(".app-steps a").evaluate_all(
            "links => links.map(one => one.getAttribute('href'))"
        )
        for step in steps:
            kind = step.rstrip("/").rpartition("/")[2]
            if kind not in looked_at:
                looked_at.add(kind)
                page.goto(step)
                assert fits(page), step
                assert_accessible(page)
    assert {"receive", "share"} <= looked_at


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_anybody_tells_the_lado_without_an_account(
    open_page: OpenPage, assert_accessible: Accessible, phone: bool
) -> None:
    page = open_page(phone=phone)
    page.goto("/tell-the-lado/")
    unfold(page)
    assert fits(page)
    assert_accessible(page)
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("alert")).to_contain_text("Say what happened")
    assert_accessible(page)
    page.get_by_label("In which council").select_option(label="Doncaster")
    page.get_by_label("Where do they work with children?").fill("A club")
    page.get_by_label("What happened, or what worries you?").fill("A man shouts at children.")
    page.get_by_label("Who is the adult?").fill("The coach")
    page.get_by_label("Sport, leisure and youth work").check()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("heading", name="Sent")).to_be_visible()
    assert "A man shouts" not in page.content()
    assert fits(page)
    assert_accessible(page)
