"""Notices, decisions on placements and the host's register in a real browser."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.signing_in import sign_in

OpenPage = Callable[..., Page]
Accessible = Callable[[Page], None]
DESK_AND_PHONE = pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])


def fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def first(page: Page, list_of: str, pattern: str) -> str:
    """The first address of a kind that a list leads to."""
    page.goto(list_of)
    addresses = page.locator("main a[href]").evaluate_all(
        "links => links.map(one => one.getAttribute('href'))"
    )
    found = [one for one in addresses if re.fullmatch(pattern, one)]
    assert found, f"{list_of} leads to no {pattern}"
    return str(found[0])


def look(page: Page, address: str, assert_accessible: Accessible) -> None:
    answer = page.goto(address)
    assert answer is not None
    assert answer.ok, address
    page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
    assert fits(page), address
    assert_accessible(page)


@DESK_AND_PHONE
def test_what_a_host_officer_reads_can_be_used_by_everybody(
    open_page: OpenPage, assert_accessible: Accessible, phone: bool
) -> None:
    page = open_page(phone=phone)
    sign_in(page, "Neil Booth")
    for address in (
        "/register/",
        "/register/?differs=differs",
        "/host-notices/",
        first(page, "/host-notices/", r"/host-notices/\d+/"),
        "/home-notices/",
        first(page, "/home-notices/", r"/home-notices/\d+/"),
        first(page, "/home-notices/", r"/home-notices/new/\d+/"),
        "/mismatches/",
        (one := first(page, "/mismatches/", r"/mismatches/\d+/")),
        f"{one}explain/",
        f"{one}settle/",
        "/report-requests/",
        first(page, "/report-requests/", r"/report-requests/\d+/"),
        first(page, "/report-requests/", r"/report-requests/ask/\d+/"),
        f"{first(page, '/register/', r'/children/[0-9]+/')}notices/",
    ):
        look(page, address, assert_accessible)


@DESK_AND_PHONE
def test_what_a_social_worker_fills_in_can_be_used_by_everybody(
    open_page: OpenPage, assert_accessible: Accessible, phone: bool
) -> None:
    page = open_page(phone=phone)
    sign_in(page, "Amara Okafor")
    child = first(page, "/children/", r"/children/\d+/")
    notice = first(page, f"{child}notices/", r"/notices/\d+/")
    approval = first(page, f"{child}notices/", r"/approvals/\d+/")
    for address in (
        f"{child}notices/",
        f"{child}approval/",
        notice,
        *(f"{notice}{step}/" for step in ("told", "host", "recipient", "plans", "emergency")),
        approval,
        f"{approval}condition/relatives/",
    ):
        look(page, address, assert_accessible)


def test_a_director_reads_what_waits_and_sees_what_is_missing(
    open_page: OpenPage, assert_accessible: Accessible
) -> None:
    page = open_page()
    sign_in(page, "Sunita Rao")
    page.goto("/approvals/")
    waiting = page.locator("main a[href^='/approvals/']").evaluate_all(
        "links => links.map(one => one.getAttribute('href'))"
    )
    for address in waiting:
        look(page, address, assert_accessible)
        if page.get_by_role("button", name="Approve a placement at a distance").count():
            break
    page.get_by_role("button", name="Approve a placement at a distance").click()
    page.get_by_role("button", name="Approve a placement at a distance").click()
    expect(page.get_by_role("alert")).to_contain_text("record the evidence for")


def test_a_home_gives_notice_and_the_host_acknowledges_it_by_name(
    open_page: OpenPage, assert_accessible: Accessible
) -> None:
    page = open_page(phone=True)
    sign_in(page, "Mark Sutton")
    page.goto("/home-notices/")
    page.get_by_role("link", name="Give notice for Alder House").click()
    page.get_by_label("Came").check()
    page.get_by_label("The child's name").fill("Wren Hollis")
    born = page.get_by_role("group", name="The child's date of birth")
    for part, value in (("Day", "5"), ("Month", "6"), ("Year", "2013")):
        born.get_by_label(part).fill(value)
    page.get_by_label("Under an order made under section 31").check()
    page.get_by_label("Who to call at the placing authority").fill("Duty desk, 01632 960010")
    page.get_by_label("How to reach the independent reviewing officer").fill("01632 960011")
    page.get_by_role("group", name="Is there an EHC plan?").get_by_label("No", exact=True).check()
    page.get_by_role("button", name="Send the notice").click()
    expect(page.get_by_text("Not matched with a placement")).to_be_visible()
    assert_accessible(page)
    host = open_page()
    sign_in(host, "Neil Booth")
    host.goto("/register/")
    host.get_by_role("link", name=re.compile("Wren Hollis, Alder House")).click()
    host.get_by_role("button", name="Acknowledge").click()
    host.get_by_role("button", name="Acknowledge the notice").click()
    expect(host.get_by_text("Neil Booth,")).to_be_visible()
