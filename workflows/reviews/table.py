"""The life of a review of a child's case, from convening it to decisions carried out."""

from backend.grammar.roles import Role
from backend.grammar.table import State, Step, Table

NEW = State("new", "Not yet convened")
CONVENED = State("convened", "Convened", "blue")
PREPARED = State("prepared", "Prepared", "light-blue")
ADJOURNED = State("adjourned", "Adjourned", "orange")
HELD = State("held", "Held", "turquoise")
DECIDED = State("decided", "Decisions issued", "turquoise")
RECORDED = State("recorded", "Recorded", "green")
CIRCULATED = State("circulated", "Circulated", "green")
CLOSED = State("closed", "Closed", "green")
CANCELLED = State("cancelled", "Called off", "grey")
VOID = State("void", "Entered in error", "grey")

COMING = (CONVENED, PREPARED)
#: It took place, to the end.
TOOK_PLACE = (HELD, DECIDED, RECORDED, CIRCULATED, CLOSED)
#: A child has one review at a time that is on its way.
ON_ITS_WAY = (*COMING, ADJOURNED)

CONVENERS = (Role.IRO, Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
AUTHORITY = (Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
MANAGERS = (Role.TEAM_MANAGER, Role.SERVICE_MANAGER)
#: The day a review opens stops these clocks, whether or not it is completed that day.
OPENING_MEETS = (
    *("REV-01", "REV-02", "REV-03", "REV-04", "REV-05", "REV-06"),
    *("REV-10", "REV-11", "REV-12", "REV-20", "REV-21", "REV-22"),
)

TABLE = Table(
    "reviews",
    NEW,
    #    step       when it is           it becomes  who
    Step(
        "convene",
        (NEW,),
        CONVENED,
        CONVENERS,
        tells=(Role.IRO, Role.SOCIAL_WORKER, Role.ADVOCATE, Role.REGISTERED_MANAGER),
        event="convened",
        label="Convene a review",
    ),
    Step(
        "rearrange",
        COMING,
        None,
        CONVENERS,
        tells=(Role.IRO, Role.SOCIAL_WORKER, Role.ADVOCATE, Role.REGISTERED_MANAGER),
        event="rearranged",
        label="Change the date",
    ),
    Step(
        "cancel",
        COMING,
        CANCELLED,
        CONVENERS,
        tells=(Role.IRO, Role.SOCIAL_WORKER, Role.ADVOCATE, Role.REGISTERED_MANAGER),
        event="cancelled",
        label="Call it off",
    ),
    Step(
        "consult",
        ON_ITS_WAY,
        None,
        (*CONVENERS, Role.ADVOCATE),
        event="consulted",
        label="Record somebody's views",
    ),
    Step(
        "hear",
        ON_ITS_WAY,
        None,
        (Role.IRO,),
        event="child_heard",
        label="Record your time with the child",
    ),
    Step(
        "contact",
        COMING,
        None,
        (Role.SOCIAL_WORKER, Role.IRO),
        meets=("IRO-02",),
        event="iro_contacted",
        label="Social worker and IRO have spoken",
    ),
    Step(
        "send",
        COMING,
        None,
        AUTHORITY,
        tells=(Role.IRO,),
        meets=("IRO-03",),
        event="documents_sent",
        label="Send the plans to the IRO",
    ),
    Step(
        "prepare",
        (CONVENED,),
        PREPARED,
        CONVENERS,
        tells=(Role.IRO,),
        event="prepared",
        label="Everything is prepared",
    ),
    Step(
        "hold",
        COMING,
        HELD,
        (Role.IRO,),
        tells=AUTHORITY,
        meets=OPENING_MEETS,
        event="held",
        label="Record the review meeting",
    ),
    Step(
        "adjourn",
        COMING,
        ADJOURNED,
        (Role.IRO,),
        tells=(*AUTHORITY, Role.IRO_MANAGER),
        meets=OPENING_MEETS,
        event="adjourned",
        label="Adjourn",
    ),
    Step(
        "resume",
        (ADJOURNED,),
        HELD,
        (Role.IRO,),
        tells=AUTHORITY,
        meets=("REV-07",),
        event="resumed",
        label="Record the resumed meeting",
    ),
    Step(
        "evidence",
        (*ON_ITS_WAY, HELD, DECIDED, RECORDED, CIRCULATED),
        None,
        CONVENERS,
        event="evidenced",
        label="Add evidence",
    ),
    Step(
        "decide",
        (HELD,),
        DECIDED,
        (Role.IRO,),
        tells=(Role.TEAM_MANAGER, Role.SOCIAL_WORKER),
        meets=("IRO-05",),
        event="decided",
        label="Issue the decisions",
    ),
    Step(
        "agree",
        (DECIDED, RECORDED, CIRCULATED),
        None,
        MANAGERS,
        tells=(Role.IRO, Role.SOCIAL_WORKER),
        meets=("IRO-06",),
        event="agreed",
        label="Agree the decisions",
    ),
    Step(
        "dispute",
        (DECIDED, RECORDED, CIRCULATED),
        None,
        MANAGERS,
        tells=(Role.IRO, Role.IRO_MANAGER),
        meets=("IRO-06",),
        event="disputed",
        label="Dispute the decisions",
    ),
    Step(
        "record",
        (DECIDED,),
        RECORDED,
        (Role.IRO,),
        tells=AUTHORITY,
        meets=("IRO-07",),
        event="recorded",
        label="Complete the record",
    ),
    Step(
        "circulate",
        (RECORDED,),
        CIRCULATED,
        CONVENERS,
        tells=(Role.IRO, Role.SOCIAL_WORKER),
        meets=("IRO-08",),
        event="circulated",
        label="Send the record out",
    ),
    Step("close", (CIRCULATED,), CLOSED, (Role.IRO,), event="closed", label="Close the review"),
    Step(
        "complete",
        (DECIDED, RECORDED, CIRCULATED, CLOSED),
        None,
        (*CONVENERS, Role.SERVICE_MANAGER),
        tells=(Role.IRO,),
        event="decision_completed",
        label="A decision has been carried out",
    ),
    Step("amend", TOOK_PLACE, None, (Role.IRO,), event="amended", label="Amend the record"),
    Step(
        "void",
        (*ON_ITS_WAY, *TOOK_PLACE),
        VOID,
        (Role.IRO, Role.IRO_MANAGER),
        tells=(*AUTHORITY, Role.IRO),
        event="voided",
        label="Entered in error",
    ),
    Step("load", (NEW,), CLOSED, (Role.CLOCK,), event="loaded", label="Read from a return"),
)
