"""Concerns between agencies in a real browser, as somebody at the end of a day."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.kit import (
    DESK_AND_PHONE,
    SCRIPTS_OR_NOT,
    Accessible,
    OpenPage,
    first,
    look,
    sign_in,
)


@DESK_AND_PHONE
@pytest.mark.parametrize(
    "address",
    [
        "/escalations/",
        "/escalations/?show=all",
        "/escalations/raise/",
        "/escalations/across-teams/",
        "/who-to-call/",
        "/who-to-call/ours/",
        "/who-to-call/add/",
        "/ladders/",
        "/setting-meetings/",
    ],
)
def test_lists_can_be_used_by_everybody(
    open_page: OpenPage, assert_accessible: Accessible, address: str, phone: bool
) -> None:
    page = open_page(phone=phone)
    sign_in(page, "Neil Booth")
    look(page, address, assert_accessible)


@DESK_AND_PHONE
def test_every_page_of_a_concern_can_be_used_by_everybody(
    open_page: OpenPage, assert_accessible: Accessible, phone: bool
) -> None:
    page = open_page(phone=phone)
    sign_in(page, "Neil Booth")
    case = first(page, r"/escalations/\d+/", on="/escalations/")
    meeting = first(page, r"/setting-meetings/\d+/", on="/setting-meetings/")
    home = first(page, r"/settings/\d+/meet/")
    for address in (case, f"{case}go-outside/", f"{case}withdraw/", meeting, home):
        look(page, address, assert_accessible)


@DESK_AND_PHONE
def test_the_page_of_an_own_ladder_can_be_used_by_everybody(
    open_page: OpenPage, assert_accessible: Accessible, phone: bool
) -> None:
    page = open_page(phone=phone)
    sign_in(page, "Sunita Rao")
    look(page, "/ladders/E09000002/iro_dispute/own/", assert_accessible)


def test_a_concern_is_raised_checked_received_and_answered(open_page: OpenPage) -> None:
    host, worker = open_page(), open_page(phone=True)
    sign_in(host, "Neil Booth")
    host.goto("/escalations/")
    host.get_by_role("button", name="Raise a concern").click()
    host.locator("main a[href^='?child=']").first.click()
    host.get_by_role("button", name="Check and send").click()
    expect(host.get_by_role("link", name="Say what worries you")).to_be_visible()
    host.get_by_role("radio", name=re.compile("which placed the child")).check()
    host.get_by_label("What worries you?").fill("Nobody came when it was promised.")
    host.get_by_label("What should happen?").fill("A visit this week.")
    host.get_by_role("radio", name="No", exact=True).check()
    host.get_by_role("button", name="Check and send").click()
    expect(host.get_by_role("heading", name="Check before you send")).to_be_visible()
    host.get_by_role("button", name="Send", exact=True).click()
    expect(host.get_by_text(re.compile("^Sent to .* You will be told")).first).to_be_visible()
    case = host.url
    name = re.search(r"Sent to (.+?) \(", host.locator("main").inner_text())
    assert name is not None
    sign_in(worker, name.group(1))
    worker.goto("/escalations/")
    expect(worker.get_by_role("heading", name=re.compile("Waiting on you"))).to_be_visible()
    worker.goto(case)
    worker.get_by_role("button", name="Confirm that you have this").click()
    worker.get_by_role("button", name="Confirm that you have this").click()
    expect(worker.get_by_text("Confirmed. They have been told your name.")).to_be_visible()
    worker.get_by_role("button", name="Answer", exact=True).click()
    worker.get_by_label("What will be done?").fill("I come on Thursday.")
    worker.get_by_role("button", name="Answer", exact=True).click()
    expect(worker.get_by_text("says whether that is enough").first).to_be_visible()
    host.goto(case)
    expect(host.get_by_text("I come on Thursday.").first).to_be_visible()
    host.get_by_role("button", name="Accept the answer").click()
    host.get_by_role("button", name="Accept the answer").click()
    expect(host.get_by_text("Accepted. It stays open until it is carried out.")).to_be_visible()


@SCRIPTS_OR_NOT
def test_whom_to_call_is_kept_current_from_use(open_page: OpenPage, scripts: bool) -> None:
    page = open_page(scripts=scripts)
    sign_in(page, "Amara Okafor")
    page.goto("/who-to-call/")
    page.get_by_role("button", name=re.compile("^I could not")).first.click()
    expect(page.get_by_text("Could not be reached").first).to_be_visible()
    page.get_by_role("button", name=re.compile("^I reached them")).first.click()
    expect(page.get_by_text("Others see that you reached them.")).to_be_visible()
