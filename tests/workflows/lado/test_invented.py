"""The invented allegations walk the real steps, whatever world they are put into."""

import pytest

from backend.deadlines.sweep import sweep
from tests.factories import TODAY, moment
from tests.workflows.lado.stages import a_house
from workflows.demo.alleging import allegation_steps
from workflows.demo.world import World
from workflows.lado.models import AuthorityNotice, Referral
from workflows.lado.queries import repeat_people, silent_notices

pytestmark = pytest.mark.django_db


def test_there_is_a_case_at_every_stage() -> None:
    house = a_house()
    world = World(today=TODAY, people={"carol": house.lado})
    for _, do in sorted(allegation_steps(world), key=lambda each: each[0]):
        do()
    sweep(at=moment(TODAY, 12))
    states = list(Referral.objects.order_by("opened_at").values_list("state", flat=True))
    assert states == ["closed", "concluded", "low_level", "advised", "open", "received", "sent"]
    assert [each.referrals for each in repeat_people(house.lado)] == [2]
    assert [one.referral.state for one in silent_notices(house.lado)] == ["open"]
    answered = AuthorityNotice.objects.filter(state="answered")
    assert answered.filter(referral__state="open").count() == 1
    assert answered.filter(referral__state="concluded").count() == 2
    assert Referral.objects.get(state="open").named_children.count() == 1
