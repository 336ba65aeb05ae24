"""The life of what a child said: heard, answered, and the child told what came of it."""

from backend.grammar.roles import Role
from backend.grammar.table import State, Step, Table

NEW = State("new", "Not yet written down")
HEARD = State("heard", "Heard, not yet answered", "yellow")
ANSWERED = State("answered", "Answered, child not yet told", "blue")
TOLD = State("told", "The child has been told", "green")
VOID = State("void", "Entered in error", "grey")

LISTENERS = (Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.IRO, Role.ADVOCATE)
ANSWERERS = (Role.SOCIAL_WORKER, Role.TEAM_MANAGER)

TABLE = Table(
    "voice",
    NEW,
    #    step      when it is             it becomes  who
    Step(
        "hear",
        (NEW,),
        HEARD,
        LISTENERS,
        tells=(Role.SOCIAL_WORKER,),
        event="heard",
        label="Write down what the child said",
    ),
    Step(
        "answer",
        (HEARD, ANSWERED, TOLD),
        ANSWERED,
        ANSWERERS,
        tells=(Role.IRO, Role.ADVOCATE),
        meets=("LOC-01",),
        event="answered",
        label="Say what will be done, or why not",
    ),
    Step(
        "tell",
        (ANSWERED,),
        TOLD,
        LISTENERS,
        tells=(Role.SOCIAL_WORKER,),
        meets=("LOC-02",),
        event="told",
        label="Record that the child was told",
    ),
    Step(
        "keep",
        (ANSWERED, TOLD),
        None,
        ANSWERERS,
        tells=(Role.IRO, Role.ADVOCATE),
        meets=("LOC-03",),
        event="kept",
        label="What was promised is done",
    ),
    Step(
        "void",
        (HEARD, ANSWERED, TOLD),
        VOID,
        (Role.SOCIAL_WORKER, Role.TEAM_MANAGER, Role.IRO),
        tells=(Role.TEAM_MANAGER, Role.IRO),
        event="voided",
        label="Entered in error",
    ),
)
