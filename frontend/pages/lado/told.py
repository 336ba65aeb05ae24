"""How a restricted case reads: what is known, what was decided, who was told, who is silent."""

from datetime import date
from typing import Any

from django.urls import reverse

from backend.casework.gate import may_take
from backend.deadlines.models import Deadline
from backend.events.models import Event
from backend.grammar.moments import day_of
from frontend.pages.children.told import row
from frontend.pages.lado.opening import Reading
from frontend.pages.lado.steps import ASKED_BY, NOTICE_STEPS, REFERRAL_STEPS
from frontend.parts.words import count_of, long_date
from workflows.lado.models import AlsoRaisedAs, AuthorityNotice, Decision, Referral
from workflows.lado.table import ANSWERED, TAKEN, UNRECEIVED

#: The one next step of each state, shown as the button.
NEXT = {"sent": "receive", "received": "decide", "open": "settle", "concluded": "close"}
MAY_BE_CHALLENGED = ("advised", "low_level", "open", "concluded", "closed")


def buttons(reading: Reading) -> list[dict[str, Any]]:
    """What this person may do with a referral now."""
    referral: Referral = reading.case
    found: dict[str, str] = {}
    for step in may_take(referral, reading.parts):
        name = ASKED_BY.get(step.name, step.name)
        if name in REFERRAL_STEPS:
            found.setdefault(name, "Decide on the threshold" if name == "decide" else step.words)
    found = {name: words for name, words in found.items() if has_rows(name, referral)}
    if referral.state in MAY_BE_CHALLENGED:
        found["challenge"] = "Challenge this decision"
    first = NEXT.get(referral.state, "")
    if first == "settle" and "settle" not in found:
        first = "conclude" if referral.allegations.exists() else "allege"
    return [
        {
            "name": name,
            "label": words,
            "url": reverse("lado_step", args=[referral.pk, name]),
            "is_primary": name == first,
        }
        for name, words in sorted(found.items(), key=lambda each: each[0] != first)
    ]


#: Under which heading a step is looked for; what is named nowhere is about the case itself.
WORK = (
    "meet",
    "add_task",
    "finish_task",
    "follow_track",
    "set_work",
    "set_discipline",
    "settle_barring",
)
TELLING = ("tell_home", "tell_outside", "share", "unshare", "challenge")


def grouped(steps: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    """The steps beside the next one, under the heading where somebody looks for them."""
    others = [step for step in steps if not step["is_primary"]]
    groups = (
        ("The case", [one for one in others if one["name"] not in (*WORK, *TELLING)]),
        ("Meetings, enquiries and work", [one for one in others if one["name"] in WORK]),
        ("Telling, sharing and challenging", [one for one in others if one["name"] in TELLING]),
    )
    return [(title, found) for title, found in groups if found]


def has_rows(step: str, referral: Referral) -> bool:
    """Whether there is anything for a step that is about one of several rows."""
    if step == "settle":
        return referral.allegations.filter(outcome="").exists()
    if step == "add_task":
        return referral.meetings.exists()
    if step == "finish_task":
        return referral.tasks.filter(done_on__isnull=True).exists()
    if step == "unshare":
        return referral.shares.filter(ended_at__isnull=True).exists()
    if step == "settle_barring":
        return referral.left_work_on is not None
    return True


def notice_buttons(reading: Reading) -> list[dict[str, Any]]:
    """What this person may do with a notice now."""
    notice: AuthorityNotice = reading.case
    found: dict[str, str] = {}
    for step in may_take(notice, reading.parts):
        name = ASKED_BY.get(step.name, step.name)
        if name in NOTICE_STEPS:
            found.setdefault(name, step.words)
    if not notice.children.filter(answered_at__isnull=True).exists():
        found.pop("answer", None)
    if not notice.shares.filter(ended_at__isnull=True).exists():
        found.pop("unshare", None)
    if notice.adult_named_at is not None:
        found.pop("name_adult", None)
    if reading.parts:
        found["challenge"] = "Challenge this decision"
    first = "receive" if "receive" in found else "answer"
    return [
        {
            "label": words,
            "url": reverse("lado_notice_step", args=[notice.pk, name]),
            "is_primary": name == first,
        }
        for name, words in sorted(found.items(), key=lambda each: each[0] != first)
    ]


def days_kept(referral: Referral) -> list[Any]:
    """Every day that matters to whether the LADO was told in time."""
    return [
        row("It happened", long_date(referral.happened_on) or referral.happened_in_words),
        row("The employer heard of it", long_date(referral.employer_knew_on)),
        row("A manager first knew", long_date(referral.manager_knew_on)),
        row("The LADO was told", long_date(referral.referred_on)),
        row(
            "Received",
            f"{long_date(day_of(referral.received_at))}, by {referral.led_by}"
            if referral.received_at
            else "Not yet",
        ),
    ]


def what_was_told(referral: Referral) -> list[Any]:
    sender = ", ".join(
        filter(
            None,
            (
                referral.referred_by.name if referral.referred_by else "",
                referral.sender_name,
                referral.sender_role,
                referral.sender_contact,
            ),
        )
    )
    return [
        row("What happened", referral.what_happened),
        row("Where", ", ".join(filter(None, (referral.works_at, referral.unit)))),
        row("Shift", referral.get_shift_display() if referral.shift else "Not known"),
        row("Done to keep children safe", referral.made_safe),
        row("Children, in words", referral.children_in_words),
        row("From", f"{referral.get_source_display()}. {sender}".strip()),
        row("A child may be at risk now", "Yes" if referral.is_child_at_risk else "Not said"),
        row("Also raised as", how_else(referral)),
        row("Asked for a talk", "Yes" if referral.is_consultation else "No"),
    ]


def how_else(referral: Referral) -> str:
    """The other ways by which the same conduct was raised, and where those are kept."""
    ways = [str(AlsoRaisedAs(way).label) for way in referral.also_raised_as]
    return ". ".join(filter(None, ("; ".join(ways), referral.also_raised_words)))


def the_adult(referral: Referral) -> list[Any]:
    adult = referral.adult
    elsewhere = adult.home_authority.name if adult.home_authority else ""
    return [
        row("Name", adult.name),
        row("Date of birth", long_date(adult.date_of_birth)),
        row("Employer", adult.employer),
        row("Job", adult.job),
        row("Field", adult.get_sector_display()),
        row("Lives or works elsewhere too", elsewhere),
        row("Other work with children", adult.other_work),
    ]


def decision_card(decision: Decision) -> dict[str, Any]:
    return {
        "decision": decision,
        "limbs": decision.limbs,
        "opinions": list(decision.opinions.all()),
    }


def standing_of(notice: AuthorityNotice, on: date) -> str:
    """Whether an authority has received, answered, or is silent and since when."""
    if notice.state == UNRECEIVED:
        since = day_of(notice.sent_at or notice.opened_at)
        words = f"No receipt since {long_date(since)} ({age(since, on)})"
        return f"{words}; sent to its director" if notice.receipt_went_up_at else words
    if notice.state == TAKEN:
        since = day_of(notice.received_at or notice.opened_at)
        words = f"Received by {notice.received_by}, no answer since {long_date(since)}"
        return f"{words}; sent to its director" if notice.answer_went_up_at else words
    if notice.state == ANSWERED:
        return "Answered for every child"
    return notice.stands_at.label


def age(since: date, on: date) -> str:
    days = (on - since).days
    return "today" if days <= 0 else count_of(days, "day")


def owed(about: str) -> list[Deadline]:
    """What is owed in a case and not done, the nearest first."""
    rows = Deadline.objects.filter(about=about, status__in=("open", "waiting"))
    return sorted(rows, key=lambda each: (each.due_on is None, each.due_on or date.max))


def entries_of(abouts: list[str]) -> list[dict[str, Any]]:
    """The thread of a case, the newest first."""
    rows = Event.objects.filter(about__in=abouts).order_by("-at", "-pk")
    return [{"title": event.sentence, "by": event.by_name, "at": event.at} for event in rows[:200]]
