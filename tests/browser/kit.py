"""What every test with a browser does: sign in, go somewhere, look at what is there."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

OpenPage = Callable[..., Page]
Accessible = Callable[[Page], None]

DESK_AND_PHONE = pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
SCRIPTS_OR_NOT = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


def sign_in(page: Page, name: str) -> None:
    """Presses the button with somebody's name on the page of demo people."""
    page.goto("/demo/")
    unfold(page)
    page.get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_url("**/")


def sign_in_to_part(page: Page, part: str) -> None:
    """Signs in as the first demo person who plays a part."""
    page.goto("/demo/")
    section = page.get_by_role("region", name=re.compile(rf"^{part}\b", re.IGNORECASE))
    section.get_by_role("button").first.click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def unfold(page: Page) -> None:
    """Opens everything that is folded away."""
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")


def fits(page: Page) -> bool:
    """Whether nothing has to be scrolled sideways."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def addresses(page: Page, pattern: str) -> list[str]:
    """Where the links of the page lead, as far as the address is of this kind."""
    found = page.locator("main a[href]").evaluate_all(
        "links => links.map(one => one.getAttribute('href'))"
    )
    return list(dict.fromkeys(one for one in found if re.fullmatch(pattern, one)))


def first(page: Page, pattern: str, *, on: str = "") -> str:
    """The first address of a kind to which a page leads."""
    if on:
        page.goto(on)
    found = addresses(page, pattern)
    assert found, f"{page.url} leads to no {pattern}"
    return found[0]


def look(page: Page, address: str, assert_accessible: Accessible) -> None:
    """Goes to a page that must be there, fit and be usable by everybody, all of it unfolded."""
    answer = page.goto(address)
    assert answer is not None
    assert answer.ok, f"{address}: {answer.status}"
    inspect(page, assert_accessible)


def inspect(page: Page, assert_accessible: Accessible) -> None:
    """Looks at the page as it stands: it fits, and everybody can use it."""
    unfold(page)
    assert fits(page), page.url
    assert_accessible(page)
