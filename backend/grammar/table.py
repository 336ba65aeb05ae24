"""A workflow as a table: which step is possible when, what it becomes, who may, who is told."""

from collections.abc import Iterator
from dataclasses import dataclass

from backend.grammar.roles import Role


class State(str):
    """A state of a case: the stored value, with the words people read."""

    label: str
    colour: str

    def __new__(cls, value: str, label: str, colour: str = "grey") -> "State":
        state = super().__new__(cls, value)
        state.label = label
        state.colour = colour
        return state


@dataclass(frozen=True)
class Step:
    """One row: a bare verb, the states it starts from, the state it leads to.

    ``becomes`` is None when the case stays in the state it is in. ``event`` is the past
    participle that is recorded; ``meets`` names the rules whose clock the step can stop.
    """

    name: str
    when: tuple[State, ...]
    becomes: State | None
    who: tuple[Role, ...]
    tells: tuple[Role, ...] = ()
    meets: tuple[str, ...] = ()
    event: str = ""
    label: str = ""

    @property
    def words(self) -> str:
        return self.label or self.name.replace("_", " ").capitalize()


class UnknownStep(LookupError):
    """The table has no row of that name."""


class Table:
    """The rows of a workflow, in the order a practitioner reads them.

    ``name`` tells the cases of a room apart that has more than one kind: "approvals" beside
    "notices". It is what stands before the number of a case, and in its address.
    """

    def __init__(self, room: str, starts: State, *steps: Step, name: str = "") -> None:
        self.room = room
        self.name = name or room
        self.starts = starts
        self.steps = steps
        names = [step.name for step in steps]
        if len(set(names)) != len(names):
            raise ValueError(f"{room}: a step stands in the table twice")

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps)

    def __getitem__(self, name: str) -> Step:
        for step in self.steps:
            if step.name == name:
                return step
        raise UnknownStep(f"{self.room} has no step called {name}")

    @property
    def states(self) -> tuple[State, ...]:
        """Every state, in order of first mention."""
        seen: dict[str, State] = {self.starts: self.starts}
        for step in self.steps:
            for state in (*step.when, *((step.becomes,) if step.becomes else ())):
                seen.setdefault(state, state)
        return tuple(seen.values())

    def state(self, value: str) -> State:
        for state in self.states:
            if state == value:
                return state
        raise LookupError(f"{self.room} has no state called {value}")

    def steps_from(self, state: str) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if state in step.when)

    def transitions(self) -> tuple[tuple[str, str], ...]:
        """Every pair (from, to) that the table allows, without those that stay."""
        pairs = {
            (str(start), str(step.becomes)): None
            for step in self.steps
            for start in step.when
            if step.becomes is not None and step.becomes != start
        }
        return tuple(pairs)
