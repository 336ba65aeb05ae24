"""The tables hold together: nobody is told what they may not read, nothing has no way on."""

from backend.grammar.events import KINDS, Depth
from backend.grammar.roles import Role
from workflows.lado import events
from workflows.lado.table import NOTICE_TABLE, TABLE

ENDS = {"void", "closed"}
NEVER = {Role.ADVOCATE, Role.REGISTERED_MANAGER, Role.INDEPENDENT_VISITOR, Role.HOST_OFFICER}


def test_every_state_but_the_last_ones_has_a_way_on() -> None:
    for table in (TABLE, NOTICE_TABLE):
        for state in table.states:
            if state not in ENDS:
                onward = [step for step in table.steps_from(state) if step.becomes]
                assert onward, (table.name, state)


def test_nobody_outside_the_case_takes_a_step_or_is_told() -> None:
    for table in (TABLE, NOTICE_TABLE):
        for step in table:
            assert not NEVER & {*step.who, *step.tells}, step.name


def test_everything_that_is_recorded_is_restricted_and_no_alert_gives_it_away() -> None:
    kinds = [kind for kind in KINDS if kind.name.startswith("lado.")]
    assert len(kinds) > 40
    for kind in kinds:
        assert kind.depth == Depth.RESTRICTED, kind.name
        assert "llegation" not in kind.alert, kind.name
    assert events.CHILD_AFFECTED in KINDS


def test_the_clock_decides_nothing() -> None:
    by_clock = {step.name for step in TABLE if Role.CLOCK in step.who}
    assert by_clock == {"take_in"}
