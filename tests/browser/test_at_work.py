"""People at their work: every page in a real browser, by keyboard, on a phone, without scripts."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from backend.grammar.moments import LONDON
from tests.browser.kit import (
    DESK_AND_PHONE,
    SCRIPTS_OR_NOT,
    Accessible,
    OpenPage,
    fits,
    inspect,
    sign_in_to_part,
)

TABS = (
    "Timeline",
    "Visits",
    "Reviews",
    "Placements",
    "People",
    "Needs",
    "Access",
)


def first_child(page: Page) -> str:
    """Opens the first child of the register; the address of their pages."""
    page.goto("/children/?filtered=1&standing=placed")
    page.locator("tbody th a").first.click()
    expect(page.locator(".app-identity")).to_be_visible()
    return page.url


@pytest.fixture
def worker(open_page: OpenPage) -> Page:
    """A social worker at a desk."""
    page = open_page()
    sign_in_to_part(page, "Social worker")
    return page


@pytest.mark.parametrize(
    "part",
    [
        "Social worker",
        "Independent reviewing officer",
        "Team manager",
        "Director",
        "Host authority officer",
        "Registered manager",
        "Independent visitor",
        "Administrator",
    ],
)
@DESK_AND_PHONE
def test_first_page_of_every_part_can_be_used(
    open_page: OpenPage, assert_accessible: Accessible, part: str, phone: bool
) -> None:
    page = open_page(phone=phone)
    sign_in_to_part(page, part)
    inspect(page, assert_accessible)


@DESK_AND_PHONE
def test_pages_of_a_child_can_be_used(
    open_page: OpenPage, assert_accessible: Accessible, phone: bool
) -> None:
    page = open_page(phone=phone)
    sign_in_to_part(page, "Team manager")
    page.goto("/children/")
    inspect(page, assert_accessible)
    address = first_child(page)
    inspect(page, assert_accessible)
    for tab in TABS:
        page.goto(address)
        page.get_by_role("navigation", name="Pages about this child").get_by_role(
            "link", name=tab, exact=True
        ).click()
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        assert_accessible(page)
        assert fits(page), tab


def test_pages_that_change_a_child_can_be_used(
    open_page: OpenPage, assert_accessible: Accessible
) -> None:
    page = open_page(phone=True)
    sign_in_to_part(page, "Team manager")
    address = first_child(page)
    for where in (
        "needs/details/",
        "needs/communication/",
        "needs/needs/",
        "needs/identity/",
        "placements/start/",
        "legal-status/",
        "care/end/",
        "people/allocate/",
        "visits/arrange/",
        "visits/not-seen/",
        "visits/asked-for/",
    ):
        page.goto(f"{address}{where}")
        page.locator("form button[type=submit]").last.scroll_into_view_if_needed()
        assert_accessible(page)
        assert fits(page), where
    page.goto(f"{address}legal-status/")
    page.get_by_role("button", name="Record the legal status").click()
    expect(page.get_by_role("alert")).to_contain_text("Select the new legal status")
    assert_accessible(page)
    page.goto("/children/")
    page.get_by_role("link", name="Register a child").click()
    assert_accessible(page)
    page.get_by_role("button", name="Register and go on").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter the child's name")
    assert_accessible(page)
    assert fits(page)


def test_record_is_opened_only_after_a_stop(
    open_page: OpenPage, assert_accessible: Accessible
) -> None:
    page = open_page(phone=True)
    sign_in_to_part(page, "Host authority officer")
    page.goto("/children/open/")
    assert_accessible(page)
    first_child(page)
    assert page.locator(".moj-sub-navigation").count() == 0
    assert_accessible(page)
    page.get_by_role("link", name="Open the record with a written reason").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(
        "Stop: this record is not open to you"
    )
    assert_accessible(page)
    page.goto("/settings/")
    assert_accessible(page)
    page.locator("tbody th a").first.click()
    assert_accessible(page)
    page.get_by_role("link", name="Record a notice").click()
    assert_accessible(page)


def go_to_record(page: Page) -> str:
    """Opens the record of a visit for the last child of the list, who has no visit today."""
    page.goto("/children/?filtered=1&standing=placed&order=-name")
    page.locator("tbody th a").first.click()
    child = page.url
    page.goto(f"{child}visits/record/?separate=1")
    expect(page.get_by_role("heading", level=1)).to_have_text("Record a visit")
    return child


def fill_when(page: Page, moment: datetime) -> None:
    for part in ("day", "month", "year"):
        page.locator(f"[name=made_on_{part}]").fill(str(getattr(moment, part)))
    page.locator("[name=made_time]").fill(moment.strftime("%H:%M"))
    page.get_by_label("Where the child lives").check()


def fill_child(page: Page) -> None:
    page.get_by_role("group", name="Did you see the child alone?").get_by_label("Yes").check()
    page.get_by_label("Symbols or pictures").check()
    page.get_by_label("What did the child say, sign or show").fill("Pointed to: garden.")
    page.get_by_role("group", name="Do you feel safe here?").get_by_label("Yes", exact=True).check()
    page.get_by_role("group", name="bedroom").get_by_label("Yes").check()


def fill_care(page: Page) -> None:
    page.get_by_label("No change that I saw or was told of").check()
    page.get_by_label("What did you see staff or carers do?").fill("They waited for her answer.")
    page.get_by_role("group", name="match what the setting").get_by_label("Yes", exact=True).check()


def fill_around(page: Page) -> None:
    for question in ("culture and identity", "family happening as planned"):
        page.get_by_role("group", name=question).get_by_label("Yes", exact=True).check()


def fill_outcome(page: Page) -> None:
    page.get_by_role("group", name="welfare safeguarded").get_by_label("Yes").check()
    page.get_by_label("What happens next").fill("Visit again in six weeks.")


@SCRIPTS_OR_NOT
def test_visit_is_recorded_on_a_phone(
    open_page: OpenPage, assert_accessible: Accessible, scripts: bool
) -> None:
    page = open_page(phone=True, scripts=scripts)
    sign_in_to_part(page, "Social worker" if scripts else "Team manager")
    go_to_record(page)
    if scripts:
        assert_accessible(page)
    page.get_by_role("link", name=re.compile("^(Start|Go on)$")).or_(
        page.get_by_role("button", name=re.compile("^(Start|Go on)$"))
    ).click()
    moment = datetime.now(LONDON) - timedelta(minutes=5 if scripts else 30)
    steps: list[Callable[[Page], None]] = [
        lambda one: fill_when(one, moment),
        fill_child,
        fill_care,
        fill_around,
        fill_outcome,
    ]
    for fill in steps:
        fill(page)
        if scripts:
            assert_accessible(page)
            assert fits(page)
        page.get_by_role("button", name="Save and continue").last.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Check your answers")
    expect(page.get_by_text("Pointed to: garden.")).to_be_visible()
    if scripts:
        assert_accessible(page)
    page.get_by_role("button", name="Record the visit").click()
    second = page.get_by_label("There were two visits that day")
    if second.count():
        second.check()
        page.get_by_role("button", name="Record the visit").click()
    expect(page.get_by_text("Visit recorded.")).to_be_visible()
    expect(page.get_by_text("Pointed to: garden.")).to_be_visible()
    if scripts:
        assert_accessible(page)
        page.get_by_role("button", name="Amend the record").click()
        assert_accessible(page)


def test_record_survives_a_lost_connection_and_a_closed_tab(worker: Page) -> None:
    child = go_to_record(worker)
    context = worker.context
    address = f"{child}visits/record/child/"
    worker.goto(address)
    words = worker.get_by_label("What did the child say, sign or show")
    words.fill("She said")
    expect(worker.locator("[data-draft-status]")).to_contain_text("Saved at")
    worker.evaluate("() => { window.fetch = () => Promise.reject(new TypeError('cut off')) }")
    words.fill("She said she wants to go home")
    expect(worker.locator("[data-draft-status]")).to_contain_text("There is no connection")
    worker.close()
    again = context.new_page()
    again.goto(address)
    expect(again.get_by_label("What did the child say, sign or show")).to_have_value(
        "She said she wants to go home"
    )
    expect(again.locator("[data-draft-status]")).to_contain_text("Saved at")
    again.goto("/")
    expect(again.get_by_text("You began to record a visit").first).to_be_visible()
    again.goto(f"{child}visits/record/discard/")
    again.get_by_role("button", name="Throw it away").click()
    expect(again.get_by_text("What you had written was thrown away.")).to_be_visible()


def test_error_is_reached_by_keyboard(worker: Page, assert_accessible: Accessible) -> None:
    child = go_to_record(worker)
    worker.goto(f"{child}visits/record/child/")
    worker.get_by_role("button", name="Save and continue").last.focus()
    worker.keyboard.press("Enter")
    summary = worker.get_by_role("alert")
    expect(summary).to_contain_text("Say whether you saw the child alone.")
    expect(worker).to_have_title(re.compile("^Error: "))
    assert_accessible(worker)
    worker.get_by_role("link", name="Say whether you saw the child alone.").focus()
    worker.keyboard.press("Enter")
    expect(worker.get_by_label("Yes").first).to_be_focused()
    worker.goto(f"{child}visits/record/discard/")
    if worker.get_by_role("button", name="Throw it away").count():
        worker.get_by_role("button", name="Throw it away").click()


def test_filters_of_my_work_are_remembered(worker: Page) -> None:
    worker.goto("/?filtered=1")
    worker.get_by_label("At a distance only").check()
    worker.get_by_role("button", name="Apply filters").click()
    worker.goto("/children/")
    worker.goto("/")
    expect(worker.get_by_label("At a distance only")).to_be_checked()
    worker.get_by_role("link", name="Remove this filter: At a distance only").click()
    expect(worker.get_by_label("At a distance only")).not_to_be_checked()


def test_list_comes_as_a_spreadsheet(worker: Page) -> None:
    worker.goto("/children/")
    with worker.expect_download() as coming:
        worker.get_by_role("link", name="Export to a spreadsheet").click()
    assert coming.value.suggested_filename == "children.xlsx"
