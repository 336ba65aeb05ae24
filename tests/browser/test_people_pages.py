"""Accounts, parts, teams and policy in a real browser, as an administrator keeps them."""

import re

from playwright.sync_api import expect

from tests.browser.kit import (
    DESK_AND_PHONE,
    SCRIPTS_OR_NOT,
    Accessible,
    OpenPage,
    inspect,
    look,
    sign_in,
)

KEEPER = "Ada Wright"


@DESK_AND_PHONE
def test_every_page_can_be_used_by_everybody(
    open_page: OpenPage, assert_accessible: Accessible, phone: bool
) -> None:
    page = open_page(phone=phone)
    sign_in(page, KEEPER)
    page.goto("/people/")
    somebody = page.locator("main a", has_text="Peter Lowe").first.get_attribute("href")
    assert somebody is not None
    for address in (
        "/",
        "/people/",
        "/people/new/",
        "/people/teams/",
        "/people/teams/new/",
        "/people/policy/",
        somebody,
        f"{somebody}parts/new/",
        f"{somebody}left/",
    ):
        look(page, address, assert_accessible)
    page.goto(somebody)
    page.get_by_role("link", name=re.compile("^End")).first.click()
    expect(page.get_by_role("button", name="End the part")).to_be_visible()
    inspect(page, assert_accessible)
    page.goto("/people/teams/")
    page.locator("main a[href$='/name/']").first.click()
    assert_accessible(page)


def test_mistakes_are_said_where_they_are(
    open_page: OpenPage, assert_accessible: Accessible
) -> None:
    page = open_page(phone=True)
    sign_in(page, KEEPER)
    for address in ("/people/new/", "/people/teams/new/"):
        page.goto(address)
        page.locator("main form button[type=submit]").last.click()
        expect(page.get_by_text("There is a problem")).to_be_visible()
        assert_accessible(page)
    page.goto("/people/policy/")
    page.get_by_label("Target for answering a request for a visit").fill("0")
    page.locator("main form button[type=submit]").last.click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    assert_accessible(page)


@SCRIPTS_OR_NOT
def test_person_is_added_given_a_part_and_let_go(
    open_page: OpenPage, assert_accessible: Accessible, scripts: bool
) -> None:
    page = open_page(scripts=scripts)
    sign_in(page, KEEPER)
    page.get_by_role("link", name="Add a person").click()
    page.get_by_role("button", name="Add the person").click()
    expect(page.get_by_text("There is a problem")).to_be_visible()
    name = "Nia Okafor" if scripts else "Sol Marsh"
    page.get_by_label("Full name").fill(name)
    page.get_by_label("E-mail address").fill(f"{name.split()[0].lower()}@example.org")
    page.get_by_label("Team manager", exact=True).check()
    page.get_by_label("For", exact=True).select_option(index=2)
    # A part that ends on its first day is taken back, and leaves nothing to show.
    page.get_by_label("Year").fill("2025")
    page.get_by_role("button", name="Add the person").click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    expect(page.get_by_text("No password chosen yet")).to_be_visible()
    page.get_by_role("link", name=re.compile("^End")).click()
    page.get_by_role("link", name="Cancel").click()
    page.get_by_role("button", name="They have left").click()
    page.get_by_role("button", name="Close the account").click()
    expect(page.get_by_text("They cannot sign in.")).to_be_visible()
    page.get_by_role("button", name="Bring them back").click()
    page.get_by_role("button", name="Open the account again").click()
    expect(page.get_by_role("heading", level=1, name=name)).to_be_visible()
    page.get_by_role("button", name="Give a part").click()
    page.get_by_label("IRO manager", exact=True).check()
    page.get_by_label("For", exact=True).select_option(index=1)
    page.get_by_role("button", name="Give the part").click()
    page.get_by_role("link", name=re.compile("^End the part of IRO manager")).click()
    page.get_by_role("button", name="End the part").click()
    expect(page.get_by_text("The part has ended.")).to_be_visible()
    if scripts:
        assert_accessible(page)
