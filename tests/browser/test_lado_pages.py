"""Allegations in a real browser: the desk, one case, a notice, and telling without a name."""

from playwright.sync_api import expect

from tests.browser.kit import (
    DESK_AND_PHONE,
    Accessible,
    OpenPage,
    addresses,
    first,
    inspect,
    look,
    sign_in,
)

LADO = "Carol Finch"


@DESK_AND_PHONE
def test_the_lados_pages_can_be_used_by_everybody(
    open_page: OpenPage, assert_accessible: Accessible, phone: bool
) -> None:
    page = open_page(phone=phone)
    sign_in(page, LADO)
    look(page, "/allegations/", assert_accessible)
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
        look(page, address, assert_accessible)


def test_every_step_of_every_case_can_be_used_by_everybody(
    open_page: OpenPage, assert_accessible: Accessible
) -> None:
    page = open_page(phone=True)
    sign_in(page, LADO)
    page.goto("/allegations/")
    cases = addresses(page, r"/allegations/(notices/)?\d+/")
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
                look(page, step, assert_accessible)
    assert {"receive", "share"} <= looked_at


@DESK_AND_PHONE
def test_anybody_tells_the_lado_without_an_account(
    open_page: OpenPage, assert_accessible: Accessible, phone: bool
) -> None:
    page = open_page(phone=phone)
    look(page, "/tell-the-lado/", assert_accessible)
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
    inspect(page, assert_accessible)
