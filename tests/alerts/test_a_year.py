"""A short year, lived through the real gate: nobody is lost, whatever people forget."""

from collections.abc import Callable
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backend.alerts.climbing import follow_up
from backend.alerts.models import Alert, RungReached
from backend.deadlines.clockwork import install_follow_up
from backend.grammar.moments import LONDON
from backend.records.models import Child
from workflows.demo.year import live_a_year

pytestmark = pytest.mark.django_db
UNTIL = datetime(2026, 3, 2, 12, tzinfo=LONDON)


def test_months_of_forgetting_lose_nobody_and_leave_nothing() -> None:
    before = Child.objects.count()
    lived = live_a_year(children=4, days=75, seed=3, until=UNTIL)
    assert lived.losses == []
    assert lived.visits > 0
    assert lived.alerts > 0
    assert lived.steps > lived.alerts / 2
    assert lived.reminders > 0
    assert lived.questions > 0
    assert Child.objects.count() == before
    assert not Alert.objects.exists()


def climbs_no_more(at: datetime) -> int:
    return 0


def goes_up_unheard(at: datetime) -> int:
    """A fault: the alerts go up, and nobody keeps who was told."""
    steps = follow_up(at)
    RungReached.objects.all().delete()
    return steps


@pytest.mark.parametrize("fault", [climbs_no_more, goes_up_unheard])
def test_a_year_with_a_fault_finds_who_was_lost(fault: Callable[[datetime], int]) -> None:
    install_follow_up("alerts", fault)
    try:
        assert live_a_year(children=1, days=20, seed=3, until=UNTIL).losses
    finally:
        install_follow_up("alerts", follow_up)


@settings(
    max_examples=4,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(seed=st.integers(0, 10_000), children=st.integers(1, 3), days=st.integers(15, 40))
def test_random_worlds_lose_nobody(seed: int, children: int, days: int) -> None:
    assert live_a_year(children=children, days=days, seed=seed, until=UNTIL).losses == []


@pytest.mark.parametrize(("children", "days"), [(0, 10), (1, 0)])
def test_a_year_of_nothing_is_refused(children: int, days: int) -> None:
    with pytest.raises(ValueError, match="at least"):
        live_a_year(children=children, days=days, seed=1, until=UNTIL)
