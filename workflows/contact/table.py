"""The life of a contact plan: agreed, set aside for a time, ended."""

from backend.grammar.roles import Role
from backend.grammar.table import State, Step, Table

NEW = State("new", "Not yet agreed")
AGREED = State("agreed", "Agreed", "green")
SUSPENDED = State("suspended", "Set aside for now", "orange")
ENDED = State("ended", "Ended", "grey")
VOID = State("void", "Entered in error", "grey")

PLANNERS = (Role.SOCIAL_WORKER, Role.TEAM_MANAGER)

TABLE = Table(
    "contact",
    NEW,
    #    step      when it is             it becomes  who
    Step(
        "agree",
        (NEW,),
        AGREED,
        PLANNERS,
        tells=(Role.IRO,),
        event="agreed",
        label="Agree how to keep in touch",
    ),
    Step(
        "suspend",
        (AGREED,),
        SUSPENDED,
        PLANNERS,
        tells=(Role.IRO, Role.TEAM_MANAGER, Role.ADVOCATE),
        event="suspended",
        label="Set contact aside for now",
    ),
    Step(
        "resume",
        (SUSPENDED,),
        AGREED,
        PLANNERS,
        tells=(Role.IRO,),
        event="resumed",
        label="Take contact up again",
    ),
    Step(
        "end",
        (AGREED, SUSPENDED),
        ENDED,
        PLANNERS,
        tells=(Role.IRO, Role.ADVOCATE),
        event="ended",
        label="End the plan",
    ),
    Step(
        "void",
        (AGREED, SUSPENDED, ENDED),
        VOID,
        PLANNERS,
        tells=(Role.TEAM_MANAGER, Role.IRO),
        event="voided",
        label="Entered in error",
    ),
)
