"""Every part of a page, in a real browser."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.kit import DESK_AND_PHONE, SCRIPTS_OR_NOT, Accessible, OpenPage, look

STATUS = "[data-draft-status]"


@DESK_AND_PHONE
@pytest.mark.parametrize("address", ["/parts/", "/parts/?errors=1&state=overdue"])
def test_every_part_can_be_used_by_everybody(
    open_page: OpenPage, assert_accessible: Accessible, address: str, phone: bool
) -> None:
    page = open_page(phone=phone)
    look(page, address, assert_accessible)


def test_errors_lead_to_the_answer_at_fault(page: Page) -> None:
    page.goto("/parts/?errors=1")
    page.get_by_role("link", name="The date of the visit must include a month and year").click()
    assert page.evaluate("document.activeElement.id") == "id_made_on_1"


@SCRIPTS_OR_NOT
def test_dependent_question_appears_with_its_choice(open_page: OpenPage, scripts: bool) -> None:
    page = open_page(scripts=scripts)
    page.goto("/parts/")
    expect(page.get_by_label("What happened?")).to_be_hidden()
    page.get_by_role("group", name="Why was the child not seen?").get_by_label("Other").check()
    expect(page.get_by_label("What happened?")).to_be_visible()


def test_filters_fold_away_on_a_phone_and_stay_without_scripts(open_page: OpenPage) -> None:
    phone = open_page(phone=True)
    phone.goto("/parts/?state=overdue")
    expect(phone.get_by_role("button", name="Apply filters")).to_be_hidden()
    phone.get_by_role("button", name="Show filters (1 chosen)").click()
    expect(phone.get_by_role("button", name="Apply filters")).to_be_visible()
    plain = open_page(phone=True, scripts=False)
    plain.goto("/parts/?state=overdue")
    expect(plain.get_by_role("button", name="Apply filters")).to_be_visible()


def test_draft_outlives_a_lost_connection_and_a_closed_tab(open_page: OpenPage) -> None:
    page = open_page()
    context = page.context
    page.goto("/parts/")
    words = page.get_by_label("What did the child say or show")
    words.fill("He smiled")
    expect(page.locator(STATUS)).to_contain_text("Saved at")
    held = page.evaluate("() => JSON.stringify(localStorage)")
    assert held == "{}"
    page.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('cut off')) }")
    words.fill("He smiled and signed 'home'")
    expect(page.locator(STATUS)).to_contain_text("There is no connection")
    page.close()
    again = context.new_page()
    again.goto("/parts/")
    expect(again.get_by_label("What did the child say or show")).to_have_value(
        "He smiled and signed 'home'"
    )
    expect(again.locator(STATUS)).to_contain_text("Saved at")
    assert again.evaluate("() => JSON.stringify(localStorage)") == "{}"


def test_tab_closed_in_mid_sentence_loses_nothing(open_page: OpenPage) -> None:
    page = open_page()
    page.goto("/parts/")
    page.get_by_label("What did the child say or show").fill("She said she wants")
    page.goto("/account/login/")
    page.goto("/parts/")
    expect(page.get_by_label("What did the child say or show")).to_have_value("She said she wants")
