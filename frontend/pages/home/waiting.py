"""What waits for somebody between the agencies, beside what is owed to their children."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.urls import reverse

from backend.access.matters import matters_visible_to
from backend.access.models import Person
from backend.grammar.roles import Role
from frontend.parts.words import count_of
from workflows.escalations.queries import waiting_on as concerns_waiting_on
from workflows.lado.queries import notices_visible_to, referrals_visible_to, silent_notices
from workflows.lado.table import RECEIVED, SENT, TAKEN, UNRECEIVED
from workflows.notices.queries import waiting_for as approvals_waiting_for


@dataclass(frozen=True)
class Waiting:
    """Some things of one kind, and where they are seen to."""

    count: int
    one: str
    several: str
    page: str

    @property
    def words(self) -> str:
        return count_of(self.count, self.one, self.several)

    @property
    def url(self) -> str:
        return reverse(self.page)


def waiting_for(person: Person, role: Role, held: frozenset[Role], on: date) -> list[Waiting]:
    """What waits for this person in one part; what waits in every part stands last."""
    kinds = [*of_part(person, role), *of_person(person, held, on)]
    return [one for one in kinds if one.count]


def of_part(person: Person, role: Role) -> Iterator[Waiting]:
    if role == Role.HOST_OFFICER:
        yield Waiting(
            matters_visible_to("host-notices", person).filter(state="sent").count(),
            "notice from an authority to acknowledge",
            "notices from authorities to acknowledge",
            "host_notices",
        )
        yield Waiting(
            matters_visible_to("home-notices", person)
            .filter(acknowledged_at__isnull=True, state__in=["sent", "matched"])
            .count(),
            "notice from a home to acknowledge",
            "notices from homes to acknowledge",
            "home_notices",
        )
    if role in (Role.HOST_OFFICER, Role.REGISTERED_MANAGER):
        yield Waiting(
            matters_visible_to("mismatches", person).exclude(state="settled").count(),
            "place where an authority and a home do not say the same",
            "places where an authority and a home do not say the same",
            "mismatches",
        )
    if role == Role.REGISTERED_MANAGER:
        yield Waiting(
            matters_visible_to("report-requests", person).filter(state="asked").count(),
            "request for the monthly reports to answer",
            "requests for the monthly reports to answer",
            "report_requests",
        )
    if role == Role.LADO:
        yield from of_lado(person)


def of_lado(person: Person) -> Iterator[Waiting]:
    seen = referrals_visible_to(person)
    for state, verb in ((SENT, "receive"), (RECEIVED, "decide on")):
        count = seen.filter(state=str(state)).count()
        yield Waiting(count, f"referral to {verb}", f"referrals to {verb}", "allegations")
    yield Waiting(
        silent_notices(person).count(),
        "authority told of an allegation and silent",
        "authorities told of an allegation and silent",
        "allegations",
    )


def of_person(person: Person, held: frozenset[Role], on: date) -> Iterator[Waiting]:
    """What waits whatever part is shown."""
    told = notices_visible_to(person).filter(state__in=(str(UNRECEIVED), str(TAKEN)))
    yield Waiting(
        told.exclude(referral__in=referrals_visible_to(person).order_by().values("pk")).count(),
        "notice of an allegation where your children live to answer",
        "notices of allegations where your children live to answer",
        "allegations",
    )
    yield Waiting(
        approvals_waiting_for(person, on).count() if Role.DIRECTOR in held else 0,
        "placement outside the area waiting for your approval",
        "placements outside the area waiting for your approval",
        "approvals",
    )
    yield Waiting(
        concerns_waiting_on(person).count(),
        "concern between agencies waiting on you",
        "concerns between agencies waiting on you",
        "escalations",
    )
