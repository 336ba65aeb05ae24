"""Two authorities, one child, as people live it: on their pages, in a real browser, day by day.

A child is placed far away in an emergency and the host is not told; an allegation is made in the
home; the IRO disputes. Whoever may not know of something finds no page of it.
"""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from playwright.sync_api import Locator, Page, expect

from backend.access.models import Person
from backend.grammar.roles import Role
from backend.records.models import Child
from tests.browser.kit import addresses, first, inspect, unfold
from tests.browser.windows import assert_accessible, chromium
from tests.factories import (
    BARKING,
    LEEDS,
    PASSWORD,
    SHEFFIELD,
    TODAY,
    a_child,
    allocated,
    placed,
)
from tests.journeys.serving import Desks, aside, served
from tests.journeys.story import (
    AT_THE_HOME,
    AT_THE_HOST,
    CHILDS_OWN,
    IN_THE_DISPUTE,
    Story,
    later,
    morning,
    night,
    on,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser, pytest.mark.slow]
THEIRS = [Role.SOCIAL_WORKER, Role.IRO, Role.ADVOCATE]


@dataclass
class Walk:
    """The story, the child who moves, and everybody's browser."""

    story: Story
    child: Child
    desks: Desks

    def __getitem__(self, role: Role) -> Person:
        return self.story.world[role]

    @contextmanager
    def day(self, number: int) -> Iterator[Desks]:
        """A working day, counted from the first."""
        with on(later(number)):
            yield self.desks
            self.desks.leave()

    def nights(self, first_one: int, last_one: int) -> None:
        """Nobody does anything, and the clock goes on."""
        for number in range(first_one, last_one + 1):
            aside(partial(night_and_morning, later(number)))

    def is_seen_by(self, path: str, names: set[str]) -> None:
        """These open a page; nobody else of all who play a part learns that it exists."""
        assert self.desks.seen_by(self.story.everybody(), path) == names, path


def night_and_morning(day: date) -> None:
    night(day)
    morning(day)


@pytest.fixture
def walk(story: Story, settings: Any) -> Iterator[Walk]:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with on(TODAY):
        child = moves_from_carers(story)
    Person.objects.update(password=make_password(PASSWORD))
    with served() as address, chromium() as browser:
        desks = Desks(browser, address)
        yield Walk(story, child, desks)
        desks.leave()
        assert desks.windows.faults == []


def moves_from_carers(story: Story) -> Child:
    """A child of the same team, who lived with foster carers near home until today."""
    child = a_child(BARKING, story.world.team, name="Robin Ashby")
    for role in THEIRS:
        allocated(story.world[role], role, child)
    placed(child, place="U6", carer_name="The Ellis family", postcode="IG11 7LU")
    return child


def choose(page: Page, question: str, answer: str) -> None:
    """Answers a question that has its choices below it."""
    page.get_by_role("group", name=question).get_by_label(answer, exact=True).check()


def fill_day(page: Page, question: str, day: date) -> None:
    group = page.get_by_role("group", name=question)
    for part, number in (("Day", day.day), ("Month", day.month), ("Year", day.year)):
        group.get_by_label(part).fill(str(number))


def take(page: Page, step: str) -> None:
    """Presses what offers a step, which may be folded away."""
    button = page.get_by_role("button", name=step, exact=True, include_hidden=True)
    link = page.get_by_role("link", name=step, exact=True, include_hidden=True)
    offer = button.or_(link).first
    offer.wait_for(state="attached")
    unfold(page)
    offer.click()


def send(page: Page, button: str) -> None:
    """Presses the button of a form."""
    page.locator("main form").get_by_role("button", name=button, exact=True).click()


def test_two_authorities_one_child_in_a_browser(walk: Walk) -> None:
    is_placed_in_an_emergency(walk)
    mismatch = is_known_only_from_the_home(walk)
    goes_up_and_is_answered(walk, mismatch)
    referral = is_alleged(walk)
    three_authorities_are_told(walk, referral)
    is_disputed(walk)
    everything_closes(walk, referral)


def is_placed_in_an_emergency(walk: Walk) -> None:
    child = f"/children/{walk.child.pk}/"
    with walk.day(0) as desks:
        walk.is_seen_by(child, CHILDS_OWN)
        page = desks.go(walk[Role.SOCIAL_WORKER], f"{child}placements/")
        take(page, "Record a new placement")
        fill_day(page, "When did the placement start?", TODAY)
        page.get_by_label("Kind of placement").select_option("K2")
        page.get_by_label("Home", exact=True).fill(walk.story.home.urn or "")
        choose(page, "Did a review consider this move first?", "No")
        page.get_by_label("Why was it not reasonably practicable").fill("The carers fell ill.")
        choose(page, "Could this child now live nearer home?", "No")
        page.get_by_label("What is your answer based on?").fill("No place nearby was free tonight.")
        send(page, "Record the placement")
        expect(page.get_by_text("Placement recorded.")).to_be_visible()
        page = desks.go(walk[Role.SOCIAL_WORKER], f"{child}notices/")
        expect(page.get_by_text("Not told yet")).to_be_visible()
        inspect(page, assert_accessible)
        page = desks.go(walk[Role.HOST_OFFICER], "/host-notices/")
        expect(page.get_by_text("No authority has sent you a notice.")).to_be_visible()
        walk.is_seen_by(child, CHILDS_OWN | AT_THE_HOME)


def is_known_only_from_the_home(walk: Walk) -> str:
    """The home says who came; the host learns from it that nobody told them."""
    with walk.day(1) as desks:
        page = desks.go(walk.story.manager, "/home-notices/")
        take(page, f"Give notice for {walk.story.home.name}")
        page.get_by_label("Came").check()
        fill_day(page, "On which day?", TODAY)
        page.get_by_label("The child's name").fill(walk.child.name)
        fill_day(page, "The child's date of birth", walk.child.date_of_birth)
        page.get_by_label("Under an order made under section 31").check()
        page.get_by_label("Which authority placed the child?").select_option(BARKING)
        page.get_by_label("Who to call at the placing authority").fill("Duty desk, 01632 960010")
        page.get_by_label("How to reach the independent reviewing officer").fill("01632 960011")
        choose(page, "Is there an EHC plan?", "The home does not know")
        send(page, "Send the notice")
        expect(page.get_by_text(walk.child.name).first).to_be_visible()

        page = desks.go(walk[Role.HOST_OFFICER], "/register/")
        row = page.get_by_role("row").filter(has_text=walk.child.name)
        expect(row.get_by_text("The two differ")).to_be_visible()
        page = desks.go(walk[Role.HOST_OFFICER], "/mismatches/")
        row = page.get_by_role("row").filter(has_text=walk.child.name)
        mismatch = first_in(row)
        for role in (Role.HOST_OFFICER, Role.SOCIAL_WORKER, Role.TEAM_MANAGER):
            page = desks.go(walk[role], mismatch)
            expect(page.get_by_text(walk.child.name)).to_be_visible()
        inspect(page, assert_accessible)
        walk.is_seen_by(mismatch, CHILDS_OWN | AT_THE_HOST | AT_THE_HOME)
    return mismatch


def first_in(row: Locator) -> str:
    href = row.get_by_role("link").first.get_attribute("href")
    assert href is not None
    return href


def goes_up_and_is_answered(walk: Walk, mismatch: str) -> None:
    """Nobody explains; those above hear of it by themselves; then the host is told at last."""
    walk.nights(1, 12)
    child = f"/children/{walk.child.pk}/"
    with walk.day(13) as desks:
        for above in (walk[Role.TEAM_MANAGER], walk.story.host_director):
            page = desks.go(above, "/notifications/")
            expect(page.get_by_text("for: Two sources settled").first).to_be_visible()
            desks.go(above, mismatch)
        walk.is_seen_by(mismatch, CHILDS_OWN | AT_THE_HOST | AT_THE_HOME)
        page = desks.go(walk[Role.SOCIAL_WORKER], mismatch)
        take(page, "Explain what you know")
        page.get_by_label("What do you know of why").fill("In the rush nobody wrote to the host.")
        send(page, "Explain what you know")
        expect(page.get_by_text("Both sides are told.")).to_be_visible()

        page = desks.go(walk[Role.SOCIAL_WORKER], f"{child}notices/")
        notice = first(page, r"/notices/\d+/")
        page = desks.go(walk[Role.SOCIAL_WORKER], notice)
        take(page, "This was an emergency")
        page.get_by_label("Why?").fill("The carers fell ill.")
        send(page, "This was an emergency")
        expect(page.get_by_text("Made in an emergency.")).to_be_visible()
        page.get_by_role("link", name=re.compile("^Send the notice")).click()
        page.get_by_label("The assessment of the child's needs").fill("Signs; two adults outside.")
        page.get_by_label("Why this is the most appropriate placement").fill("Free that night.")
        choose(page, "Does the care plan go with it", "Yes")
        send(page, "Send the notice to the host authority")
        expect(page.get_by_text("Acknowledged: Not yet.")).to_be_visible()

        page = desks.go(walk[Role.HOST_OFFICER], "/host-notices/")
        given = first(page, r"/host-notices/\d+/")
        page = desks.go(walk[Role.HOST_OFFICER], given)
        expect(page.get_by_text("Signs; two adults outside.")).to_be_visible()
        send(page, "Acknowledge the notice")
        page = desks.go(walk[Role.HOST_OFFICER], mismatch)
        expect(page.get_by_text("Settled").first).to_be_visible()
        page = desks.go(walk[Role.HOST_OFFICER], "/register/")
        row = page.get_by_role("row").filter(has_text=walk.child.name)
        expect(row.get_by_text("The two differ")).to_have_count(0)
        page = desks.go(walk[Role.SOCIAL_WORKER], notice)
        name = walk[Role.HOST_OFFICER].name
        expect(page.get_by_text(re.compile(f"Acknowledged: {name}"))).to_be_visible()
        walk.is_seen_by(notice, CHILDS_OWN)
        walk.is_seen_by(given, CHILDS_OWN | AT_THE_HOST)


def is_alleged(walk: Walk) -> str:
    """The manager tells the LADO of a night worker; the child's own people learn nothing."""
    with walk.day(14) as desks:
        page = desks.go(walk.story.manager, "/allegations/")
        take(page, "Tell the LADO")
        page.get_by_label("Where do they work with children?").select_option(
            label=walk.story.home.name
        )
        page.get_by_label("What happened, or what worries you?").fill("A bruise in the morning.")
        fill_day(page, "When did any manager first know?", later(14))
        page.get_by_label("Night, awake").check()
        page.get_by_label("Who is the adult?").fill("Alex Nightworker")
        page.get_by_label("Children's homes and other residential care").check()
        choose(page, "Is the adult the manager of the place?", "No")
        page.get_by_role("group", name="Children who may be affected").get_by_label(
            walk.child.name
        ).check()
        choose(page, "Who is telling the LADO?", "The home or other setting")
        send(page, "Tell the LADO")
        expect(page.get_by_text("Not yet received")).to_be_visible()
        inspect(page, assert_accessible)

        lado = walk[Role.LADO]
        referral = first(desks.go(lado, "/allegations/"), r"/allegations/\d+/")
        page = desks.go(lado, referral)
        take(page, "Receive the referral")
        send(page, "Receive the referral")
        take(page, "Add an allegation")
        page.get_by_label("Physical harm").check()
        page.get_by_label("Injury").check()
        page.get_by_label("What is alleged?").fill("Struck during the night.")
        page.get_by_role("group", name="About which child?").get_by_label(walk.child.name).check()
        send(page, "Add an allegation")
        take(page, "Decide on the threshold")
        for limb in ("harmed", "offence", "poses_risk", "unsuitable"):
            page.locator(f"[name={limb}][value=yes]").check()
            page.locator(f"[name={limb}_reason]").fill("A bruise, and a witness.")
        choose(page, "Is it clear already that this is unsubstantiated", "No")
        choose(page, "What do you decide?", "Threshold met")
        page.get_by_label("Why do you decide so?").fill("Met on all four.")
        send(page, "Decide on the threshold")
        expect(page.get_by_role("heading", name="Authorities told (3)")).to_be_visible()
        page = desks.go(walk.story.manager, "/allegations/")
        expect(page.get_by_text(re.compile(": received"))).to_be_visible()
        nothing_is_seen_of_it(walk, referral)
    return referral


def nothing_is_seen_of_it(walk: Walk, referral: str) -> None:
    """What the LADO now reads, nobody else finds: in no page of the child, by no address."""
    expect(
        walk.desks.go(walk[Role.LADO], referral).get_by_text("Alex Nightworker").first
    ).to_be_visible()
    around = [walk[role] for role in (Role.SOCIAL_WORKER, Role.IRO, Role.HOST_OFFICER)]
    walk.is_seen_by(referral, {"lado"})
    child = f"/children/{walk.child.pk}/"
    for person in around:
        pages = ["/", "/notifications/", child]
        if person != walk[Role.HOST_OFFICER]:
            pages += [f"{child}timeline/", f"{child}visits/"]
        for path in pages:
            said = walk.desks.go(person, path).locator("main").inner_text()
            assert "allegation" not in said.lower(), f"{person.name}: {path}"
        page = walk.desks.go(person, "/allegations/")
        assert addresses(page, r"/allegations/.*\d+/") == []
    page = walk.desks.go(walk[Role.SOCIAL_WORKER], f"{child}visits/")
    expect(page.get_by_text(re.compile("asked for", re.IGNORECASE)).first).to_be_visible()


def three_authorities_are_told(walk: Walk, referral: str) -> None:
    """Two say by name that they have it and what they did; the third is silent, and it goes up."""
    with walk.day(14):
        for person in (walk[Role.DIRECTOR], walk.story.directors[SHEFFIELD]):
            receives_and_answers(walk, person)
    walk.nights(14, 18)
    with walk.day(19) as desks:
        page = desks.go(walk[Role.LADO], "/allegations/")
        silent = page.get_by_role("region", name=re.compile("Silent authorities"))
        expect(silent.get_by_role("row").filter(has_text="Leeds")).to_contain_text(
            "sent to its director"
        )
        expect(silent.get_by_role("row")).to_have_count(2)
        page = desks.go(walk.story.directors[LEEDS], "/notifications/")
        assert "Nightworker" not in page.locator("main").inner_text()
        notice = first(desks.go(walk.story.directors[LEEDS], "/allegations/"), NOTICE)
        walk.is_seen_by(notice, {"lado", f"director of {LEEDS}"})


NOTICE = r"/allegations/notices/\d+/"


def receives_and_answers(walk: Walk, director: Person) -> None:
    notice = first(walk.desks.go(director, "/allegations/"), NOTICE)
    page = walk.desks.go(director, notice)
    assert "Nightworker" not in page.locator("main").inner_text()
    inspect(page, assert_accessible)
    take(page, "Say that you have received this")
    send(page, "Say that you have received this")
    take(page, "Say what you have done about a child")
    page.get_by_label("What have you done about this child?").fill("Seen alone by two workers.")
    send(page, "Say what you have done about a child")
    expect(page.get_by_text("Answered for every child").first).to_be_visible()


def is_disputed(walk: Walk) -> None:
    """The IRO challenges; nobody replies; it goes up, then to Cafcass, and something changes."""
    iro = walk[Role.IRO]
    with walk.day(19) as desks:
        page = desks.go(iro, f"/children/{walk.child.pk}/")
        take(page, "Raise a concern with another agency")
        page.get_by_role("radio", name=re.compile("formal dispute of the IRO")).check()
        page.get_by_label("What worries you?").fill("Nobody decided on this placement.")
        page.get_by_label("What should happen?").fill("A decision, and a visit this week.")
        choose(page, "Is a child at immediate risk?", "No")
        send(page, "Check and send")
        expect(page.get_by_role("heading", name="Check before you send")).to_be_visible()
        inspect(page, assert_accessible)
        send(page, "Send")
        case = page.url.removeprefix(desks.windows.address)
        expect(page.get_by_text(re.compile("^Sent to .*")).first).to_be_visible()
        walk.is_seen_by(case, IN_THE_DISPUTE)
        desks.go(walk[Role.TEAM_MANAGER], case)
    walk.nights(19, 25)
    with walk.day(26) as desks:
        page = desks.go(iro, case)
        expect(page.get_by_text(re.compile("No reply since")).first).to_be_visible()
        take(page, "Take it outside")
        page.get_by_label("Cafcass").check()
        page.get_by_label("Why?").fill("No reply at two levels.")
        send(page, "Take it outside")
        expect(page.get_by_text("Kept. Both sides have been told.")).to_be_visible()
        expect(page.get_by_text("Cafcass").first).to_be_visible()
        take(page, "It is resolved")
        page.get_by_label("What was agreed?").fill("The director decided.")
        send(page, "It is resolved")
        expect(page.get_by_role("alert")).to_contain_text("Say what changed for the child")
        inspect(page, assert_accessible)
        page.get_by_label("What changed for the child?").fill("Visited twice; nearer home in May.")
        send(page, "It is resolved")
        expect(page.get_by_text("Visited twice; nearer home in May.")).to_be_visible()
        assert case not in addresses(desks.go(iro, "/escalations/"), r"/escalations/\d+/")
        walk.is_seen_by(case, IN_THE_DISPUTE)


def everything_closes(walk: Walk, referral: str) -> None:
    lado = walk[Role.LADO]
    with walk.day(27) as desks:
        receives_and_answers(walk, walk.story.directors[LEEDS])
        walk.is_seen_by(f"/children/{walk.child.pk}/", CHILDS_OWN | AT_THE_HOME)
        page = desks.go(lado, referral)
        take(page, "Give an allegation its outcome")
        choose(page, "What is the outcome?", "Substantiated")
        page.get_by_label("On what evidence does this rest?").fill("Two witnesses.")
        send(page, "Give an allegation its outcome")
        take(page, "Record who outside was told")
        page.get_by_label("Ofsted").check()
        fill_day(page, "When?", later(27))
        page.get_by_label("What were they told?").fill("By telephone.")
        send(page, "Record who outside was told")
        for track in (
            "Police investigation",
            "Child protection enquiry (section 47)",
            "Employer's investigation",
        ):
            take(page, "Say how an enquiry stands")
            page.get_by_label(track).check()
            page.get_by_label("Finished").check()
            fill_day(page, "Since when?", later(27))
            page.get_by_label("What is known of it?").fill("Ended with a finding.")
            send(page, "Say how an enquiry stands")
        take(page, "Conclude")
        inspect(page, assert_accessible)
        send(page, "Conclude")
        notices = addresses(page, NOTICE)
        for notice in notices:
            page = desks.go(lado, notice)
            take(page, "Tell the outcome and close")
            page.get_by_label("What is this authority told").fill("Substantiated; gone.")
            send(page, "Tell the outcome and close")
        page = desks.go(lado, referral)
        take(page, "Close the case")
        inspect(page, assert_accessible)
        page.get_by_label("How did it end, and what was learnt?").fill("All were told.")
        send(page, "Close the case")
        expect(page.get_by_text("The record is kept until")).to_be_visible()
        own = first(desks.go(walk[Role.DIRECTOR], "/allegations/"), NOTICE)
        expect(
            desks.go(walk[Role.DIRECTOR], own).get_by_text("Substantiated; gone.")
        ).to_be_visible()
        walk.is_seen_by(own, {"lado", "director"})
        page = desks.go(lado, "/allegations/")
        expect(page.get_by_role("heading", name=re.compile("Silent authorities"))).to_have_count(0)
        nothing_is_seen_of_it(walk, referral)
