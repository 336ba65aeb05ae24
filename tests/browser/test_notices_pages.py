"""Notices, decisions on placements and the host's register in a real browser."""

import re

from playwright.sync_api import expect

from tests.browser.kit import DESK_AND_PHONE, Accessible, OpenPage, addresses, first, look, sign_in


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
        first(page, r"/host-notices/\d+/", on="/host-notices/"),
        "/home-notices/",
        first(page, r"/home-notices/\d+/", on="/home-notices/"),
        first(page, r"/home-notices/new/\d+/", on="/home-notices/"),
        "/mismatches/",
        (one := first(page, r"/mismatches/\d+/", on="/mismatches/")),
        f"{one}explain/",
        f"{one}settle/",
        "/report-requests/",
        first(page, r"/report-requests/\d+/", on="/report-requests/"),
        first(page, r"/report-requests/ask/\d+/", on="/report-requests/"),
        f"{first(page, r'/children/[0-9]+/', on='/register/')}notices/",
    ):
        look(page, address, assert_accessible)


@DESK_AND_PHONE
def test_what_a_social_worker_fills_in_can_be_used_by_everybody(
    open_page: OpenPage, assert_accessible: Accessible, phone: bool
) -> None:
    page = open_page(phone=phone)
    sign_in(page, "Amara Okafor")
    child = first(page, r"/children/\d+/", on="/children/")
    notice = first(page, r"/notices/\d+/", on=f"{child}notices/")
    approval = first(page, r"/approvals/\d+/", on=f"{child}notices/")
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
    for address in addresses(page, r"/approvals/\d+/"):
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
