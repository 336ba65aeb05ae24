"""Whose ladder holds: of the child's authority, and of whoever answers for a case of its own."""

from datetime import timedelta

import pytest

from backend.alerts import actions
from backend.alerts.ladder import FAMILIES, Rung, Unit, Way, default_for
from backend.alerts.models import Alert
from backend.deadlines.clockwork import answering_authorities
from backend.deadlines.models import Deadline
from backend.deadlines.sweep import sweep
from backend.grammar.roles import Role
from backend.notify.models import Notification
from tests.factories import BARKING, DONCASTER, NOW, TODAY, a_person, an_authority, plays
from tests.workflows.escalations.conftest import raised
from tests.workflows.lado.stages import House, a_house, sent
from tests.workflows.notices.walks import home_says

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=12)


@pytest.fixture
def house() -> House:
    return a_house()


def choose(authority: str, family: str, *rungs: Rung) -> None:
    director = a_person(f"Director of {authority}")
    plays(director, Role.DIRECTOR, authority_id=authority)
    actions.choose_ladder(
        authority=an_authority(authority), family=family, rungs=rungs, by=director, at=NOW
    )


def only(days: int) -> Rung:
    return Rung(days, Unit.WORKING_DAYS, (Role.LADO, Role.SENT_TO))


def test_an_allegation_goes_up_by_the_ladder_of_the_authority_whose_lado_has_it(
    house: House,
) -> None:
    choose(BARKING, "lado", only(9))
    choose(DONCASTER, "lado", only(4))
    referral = sent(house)
    sweep(at=LATER)
    alert = Alert.objects.get(matter=f"referrals/{referral.pk}")
    assert [rung.after for rung in alert.frozen_ladder.rungs] == [4]


def test_a_concern_goes_up_by_the_ladder_of_the_authority_that_asks(house: House) -> None:
    case = raised(house.world)
    asks = case.from_authority_id
    assert asks in (BARKING, DONCASTER)
    assert answering_authorities({case.about}) == {case.about: asks}


def test_every_kind_of_case_with_dates_says_who_answers(house: House) -> None:
    home_says(house.world)
    raised(house.world)
    sent(house)
    sweep(at=LATER)
    cases = set(Deadline.objects.exclude(about="").values_list("about", flat=True))
    assert {about.partition("/")[0] for about in cases} >= {"referrals", "escalations"}
    assert set(answering_authorities(cases)) == cases


def test_a_lado_is_reminded_of_a_case_that_names_no_child(house: House) -> None:
    step = Rung(0, Unit.WORKING_DAYS, (Role.LADO,), (Way.LIVE,), is_before=True)
    choose(DONCASTER, "lado", step, only(1))
    referral = sent(house)
    row = Deadline.objects.filter(about=referral.about, status="open").order_by("due_on")[0]
    assert row.last_day is not None
    assert row.last_day > TODAY
    sweep(at=NOW + (row.last_day - TODAY))
    told = Notification.objects.filter(event__name="alerts.reminded", deadline=row)
    assert {one.person for one in told} == {house.lado}
    assert {one.child for one in told} == {None}


def test_every_family_has_a_ladder_of_its_own_with_a_reminder() -> None:
    for family in ("visits", "reviews", "notices", "lado", "escalations"):
        assert family in FAMILIES
        assert default_for(family).reminders
        assert "not law" in default_for(family).name
