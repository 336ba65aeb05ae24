"""A review, notifications and timeliness in a real browser, as an IRO at the end of a day."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.kit import (
    DESK_AND_PHONE,
    SCRIPTS_OR_NOT,
    Accessible,
    OpenPage,
    addresses,
    inspect,
    look,
    sign_in,
)

STATUS = "[data-draft-status]"


def open_review(page: Page, state: str = "Convened") -> str:
    """The address of a review that stands at a state, of one of the reader's children."""
    page.goto("/children/")
    for address in sorted(addresses(page, r"/children/\d+/")):
        page.goto(f"{address}reviews/")
        if page.locator(".govuk-tag", has_text=re.compile(f"^{state}$")).count():
            link = page.locator("main a[href^='/reviews/']").first
            href = link.get_attribute("href")
            assert href is not None
            return href
    raise AssertionError(f"no review is {state.lower()} in the demo world")


@DESK_AND_PHONE
@pytest.mark.parametrize(
    "address",
    [
        "/notifications/",
        "/notifications/?show=unread",
        "/timeliness/",
        "/timeliness/?what=visits&months=24",
        "/timeliness/?what=steps",
        "/timeliness/reviews-at-risk/",
        "/timeliness/decisions/",
        "/timeliness/challenges/",
        "/timeliness/not-heard/?weeks=6",
        "/timeliness/advocates/",
    ],
)
def test_lists_can_be_used_by_everybody(
    open_page: OpenPage, assert_accessible: Accessible, address: str, phone: bool
) -> None:
    page = open_page(phone=phone)
    sign_in(page, "Peter Lowe" if "timeliness" in address else "Imran Siddiqui")
    look(page, address, assert_accessible)


@DESK_AND_PHONE
def test_every_page_of_a_review_can_be_used_by_everybody(
    open_page: OpenPage, assert_accessible: Accessible, phone: bool
) -> None:
    page = open_page(phone=phone)
    sign_in(page, "Imran Siddiqui")
    review = open_review(page)
    child = page.url.removesuffix("reviews/")
    every = [
        review,
        *(f"{review}{step}/" for step in ("hear", "consult", "evidence", "rearrange", "adjourn")),
        *(f"{child}{part}/" for part in ("reviews", "voice", "contact")),
        *(f"{child}reviews/{part}/" for part in ("early", "changes", "look", "challenge")),
        f"{child}voice/new/",
        f"{child}contact/record/",
    ]
    for address in every:
        look(page, address, assert_accessible)
        if page.locator("main form").count():
            page.locator("main form button[type=submit]:not([tabindex])").last.click()
            assert_accessible(page)


@DESK_AND_PHONE
def test_outside_eyes_can_be_read_by_everybody(
    open_page: OpenPage, assert_accessible: Accessible, phone: bool
) -> None:
    page = open_page(phone=phone)
    sign_in(page, "Neil Booth")
    page.goto("/settings/")
    page.get_by_role("link", name="Alder House").click()
    page.get_by_role("link", name=re.compile("Outside eyes")).click()
    expect(page.get_by_role("img", name=re.compile("People from outside"))).to_be_visible()
    inspect(page, assert_accessible)


def test_evidence_is_added_with_its_source_and_the_share_from_the_home_follows(
    page: Page,
) -> None:
    sign_in(page, "Imran Siddiqui")
    review = open_review(page)
    page.goto(f"{review}evidence/")
    page.get_by_role("button", name="Add", exact=True).click()
    page.get_by_role("link", name="Select how this is known").click()
    page.get_by_label("School").check()
    page.get_by_label("Whose report or account is it?").fill("Class teacher")
    page.get_by_label("What does it tell?").fill("Calm since half-term.")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_text("Evidence added.")).to_be_visible()
    expect(page.get_by_text("Calm since half-term.").first).to_be_visible()
    expect(page.get_by_role("img", name=re.compile("came from the home"))).to_be_visible()


def test_half_written_views_outlive_a_closed_tab(open_page: OpenPage) -> None:
    page = open_page()
    context = page.context
    sign_in(page, "Imran Siddiqui")
    review = open_review(page)
    page.goto(f"{review}consult/")
    page.get_by_role("radio", name="Parents").check()
    page.get_by_role("radio", name="Gave their views").check()
    page.get_by_label("What you understood").fill("They would like her nearer.")
    expect(page.locator(STATUS)).to_contain_text("Saved at")
    page.close()
    again = context.new_page()
    again.goto(f"{review}consult/")
    expect(again.get_by_label("What you understood")).to_have_value("They would like her nearer.")
    expect(again.get_by_role("radio", name="Parents")).to_be_checked()
    again.get_by_role("button", name="Record", exact=True).click()
    expect(again.get_by_text("Recorded.", exact=True)).to_be_visible()
    again.goto(f"{review}consult/")
    expect(again.get_by_label("What you understood")).to_have_value("")


@SCRIPTS_OR_NOT
def test_notification_leads_to_what_it_is_about(open_page: OpenPage, scripts: bool) -> None:
    page = open_page(scripts=scripts)
    sign_in(page, "Grace Adeyemi")
    page.goto("/notifications/")
    page.get_by_role("button", name=re.compile("^Open")).first.click()
    assert "/notifications/" not in page.url
    expect(page.get_by_role("region", name="Who this is about")).to_be_visible()


def test_news_arrives_while_the_list_is_open_and_moves_no_row(open_page: OpenPage) -> None:
    iro, worker = open_page(), open_page()
    sign_in(worker, "Amara Okafor")
    review = open_review(worker)
    sign_in(iro, "Imran Siddiqui")
    iro.goto("/notifications/")
    name = iro.locator("main h2").first
    heading = name.inner_text()
    worker.goto(f"{review}send/")
    worker.get_by_role("button", name="Record", exact=True).click()
    expect(worker.get_by_text("The IRO has been told.")).to_be_visible()
    expect(iro.get_by_text(re.compile("There (is|are) \\d+ new notification"))).to_be_visible()
    assert name.inner_text() == heading
    iro.get_by_role("link", name="Show new").click()
    expect(iro.get_by_text(re.compile("The plans for the review")).first).to_be_visible()


def test_timeliness_is_narrowed_and_keeps_its_count(page: Page) -> None:
    sign_in(page, "Peter Lowe")
    page.goto("/timeliness/")
    expect(page.get_by_role("radio", name="Reviews", exact=True)).to_be_checked()
    page.get_by_role("radio", name="Visits").check()
    page.get_by_role("radio", name="24 months").check()
    page.get_by_role("button", name="Apply filters").click()
    expect(page.get_by_role("heading", name=re.compile("^Visits due from"))).to_be_visible()
    page.get_by_text("Show this as a table").first.click()
    expect(page.get_by_role("columnheader", name="Share on time").first).to_be_visible()
    page.goto("/timeliness/")
    expect(page.get_by_role("radio", name="Visits")).to_be_checked()
