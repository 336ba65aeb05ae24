"""The life of a statutory visit, from arranging it to what was seen."""

from backend.grammar.roles import Role
from backend.grammar.table import State, Step, Table

NEW = State("new", "Not yet arranged")
ARRANGED = State("arranged", "Arranged", "blue")
ATTEMPTED = State("attempted", "Attempted, child not seen", "orange")
MADE = State("made", "Made", "green")
MISSED = State("missed", "Did not happen", "red")
VOID = State("void", "Entered in error", "grey")

#: Seeing the child meets whichever of these stands; an attempt meets none.
MET_BY_SEEING = (
    *(f"VIS-{number:02d}" for number in range(1, 13)),
    "VIS-16",
    "VIS-20",
    "VIS-41",
)
VISITORS = (Role.SOCIAL_WORKER, Role.TEAM_MANAGER)

TABLE = Table(
    "visits",
    NEW,
    #    step       when it is           it becomes  who
    Step(
        "arrange",
        (NEW, ARRANGED),
        ARRANGED,
        VISITORS,
        tells=(Role.REGISTERED_MANAGER,),
        event="arranged",
        label="Arrange a visit",
    ),
    Step(
        "plan",
        (NEW, ARRANGED),
        ARRANGED,
        VISITORS,
        event="planned",
        label="Plan an unannounced visit",
    ),
    Step(
        "record",
        (NEW, ARRANGED, MISSED),
        MADE,
        VISITORS,
        tells=(Role.IRO,),
        meets=MET_BY_SEEING,
        event="made",
        label="Record the visit",
    ),
    Step(
        "attempt",
        (NEW, ARRANGED),
        ATTEMPTED,
        VISITORS,
        tells=(Role.TEAM_MANAGER,),
        event="attempted",
        label="Child not seen",
    ),
    Step(
        "miss",
        (ARRANGED,),
        MISSED,
        VISITORS,
        tells=(Role.TEAM_MANAGER, Role.IRO),
        event="missed",
        label="It did not happen",
    ),
    Step("amend", (MADE, ATTEMPTED), None, VISITORS, event="amended", label="Amend the record"),
    Step(
        "void",
        (ARRANGED, ATTEMPTED, MADE, MISSED),
        VOID,
        VISITORS,
        tells=(Role.TEAM_MANAGER, Role.IRO),
        event="voided",
        label="Entered in error",
    ),
)
