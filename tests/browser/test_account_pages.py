"""One's own account in a real browser: how one is told, leave and the calendar."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.kit import DESK_AND_PHONE, SCRIPTS_OR_NOT, Accessible, OpenPage, look, sign_in

ACCOUNT = "/your-account/"


@DESK_AND_PHONE
@pytest.mark.parametrize("part", ["", "telling/", "leave/", "calendar/"])
def test_every_page_can_be_used_by_everybody(
    open_page: OpenPage, assert_accessible: Accessible, part: str, phone: bool
) -> None:
    page = open_page(phone=phone)
    sign_in(page, "Imran Siddiqui")
    look(page, f"{ACCOUNT}{part}", assert_accessible)


def test_errors_lead_to_their_question(open_page: OpenPage, assert_accessible: Accessible) -> None:
    page = open_page()
    sign_in(page, "Imran Siddiqui")
    page.goto(f"{ACCOUNT}telling/")
    page.get_by_role("radio", name="Yes", exact=True).check()
    page.get_by_label("From", exact=True).fill("tonight")
    page.get_by_label("To", exact=True).fill("")
    page.get_by_role("button", name="Save").click()
    summary = page.locator(".govuk-error-summary")
    expect(summary).to_contain_text("Enter when quiet hours end")
    assert_accessible(page)
    summary.get_by_role("link", name="Enter when quiet hours end").click()
    expect(page.get_by_label("To", exact=True)).to_be_focused()


@SCRIPTS_OR_NOT
def test_calendar_is_made_shown_once_and_closed(
    open_page: OpenPage, assert_accessible: Accessible, scripts: bool
) -> None:
    page = open_page(scripts=scripts)
    sign_in(page, "Imran Siddiqui")
    page.goto(f"{ACCOUNT}calendar/")
    page.get_by_role("button", name=re.compile("Make a")).click()
    address = page.get_by_label("Address").input_value()
    if scripts:
        assert_accessible(page)
    answer = page.request.get(address)
    assert answer.status == 200
    assert answer.text().startswith("BEGIN:VCALENDAR")
    page.goto(f"{ACCOUNT}calendar/")
    expect(page.locator("main")).to_contain_text("It was last read on")
    page.get_by_role("button", name="Close the address").click()
    assert page.request.get(address).status == 404
