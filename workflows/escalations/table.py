"""The life of a concern that one agency raises about another, and of a meeting about a home."""

from backend.grammar.roles import Role
from backend.grammar.table import State, Step, Table

NEW = State("new", "Not yet sent")
SENT = State("sent", "Sent, waiting for an answer", "blue")
RECEIVED = State("received", "Received, waiting for an answer", "blue")
ANSWERED = State("answered", "Answered, for the raiser to accept", "yellow")
ACCEPTED = State("accepted", "Accepted, being carried out", "turquoise")
RESOLVED = State("resolved", "Resolved", "green")
DISAGREED = State("disagreed", "Closed with the disagreement recorded", "purple")
WITHDRAWN = State("withdrawn", "Withdrawn", "grey")
VOID = State("void", "Entered in error", "grey")

WAITING = (SENT, RECEIVED)
OPEN = (SENT, RECEIVED, ANSWERED, ACCEPTED)
CLOSED = (RESOLVED, DISAGREED, WITHDRAWN)

#: Whoever has a part may take it outside, whatever others think of it and however it stands.
READERS = (
    Role.RAISED_BY,
    Role.SENT_TO,
    Role.IRO,
    Role.IRO_MANAGER,
    Role.TEAM_MANAGER,
    Role.SERVICE_MANAGER,
    Role.DIRECTOR,
    Role.HOST_OFFICER,
)
BOTH = (Role.RAISED_BY, Role.SENT_TO)

TABLE = Table(
    "escalations",
    NEW,
    #    step      when it is             it becomes  who
    Step(
        "send",
        (NEW,),
        SENT,
        (Role.RAISED_BY,),
        tells=(Role.SENT_TO,),
        event="raised",
        label="Raise a concern",
    ),
    Step(
        "receive",
        (SENT,),
        RECEIVED,
        (Role.SENT_TO,),
        tells=(Role.RAISED_BY,),
        meets=("LOC-31",),
        event="received",
        label="Confirm that you have this",
    ),
    Step(
        "answer",
        WAITING,
        ANSWERED,
        (Role.SENT_TO,),
        tells=(Role.RAISED_BY,),
        meets=("LOC-32",),
        event="answered",
        label="Answer",
    ),
    Step(
        "accept",
        (ANSWERED,),
        ACCEPTED,
        (Role.RAISED_BY,),
        tells=(Role.SENT_TO,),
        meets=("LOC-33",),
        event="accepted",
        label="Accept the answer",
    ),
    Step(
        "take_up",
        (ANSWERED, ACCEPTED),
        SENT,
        (Role.RAISED_BY,),
        tells=(Role.SENT_TO,),
        meets=("LOC-33",),
        event="taken_up",
        label="Do not accept: send it on",
    ),
    Step(
        "move_up",
        WAITING,
        SENT,
        (Role.CLOCK,),
        tells=BOTH,
        event="moved_up",
        label="Send on after silence",
    ),
    Step(
        "note_silence",
        WAITING,
        None,
        (Role.CLOCK,),
        tells=(*BOTH, Role.DIRECTOR),
        event="stayed_silent",
        label="Keep that the highest level is silent",
    ),
    Step(
        "skip",
        OPEN,
        SENT,
        (Role.RAISED_BY,),
        tells=(Role.SENT_TO,),
        event="skipped",
        label="Send it higher at once",
    ),
    Step(
        "go_outside",
        (*OPEN, *CLOSED),
        None,
        READERS,
        tells=(*BOTH, Role.DIRECTOR),
        event="went_outside",
        label="Take it outside",
    ),
    Step(
        "resolve",
        OPEN,
        RESOLVED,
        (Role.RAISED_BY,),
        tells=(Role.SENT_TO, Role.TEAM_MANAGER),
        meets=("LOC-34", "IRO-10"),
        event="resolved",
        label="It is resolved",
    ),
    Step(
        "disagree",
        OPEN,
        DISAGREED,
        (Role.RAISED_BY,),
        tells=(Role.SENT_TO, Role.DIRECTOR),
        meets=("IRO-10",),
        event="disagreed",
        label="Close, with the disagreement recorded",
    ),
    Step(
        "withdraw",
        OPEN,
        WITHDRAWN,
        (Role.RAISED_BY,),
        tells=(Role.SENT_TO,),
        event="withdrawn",
        label="Withdraw",
    ),
    Step(
        "void",
        OPEN,
        VOID,
        (Role.RAISED_BY,),
        tells=(Role.SENT_TO,),
        event="voided",
        label="Entered in error",
    ),
)

NOT_CALLED = State("new", "Not yet called")
CALLED = State("called", "Called", "blue")
HELD = State("held", "Held, actions open", "yellow")
DONE = State("done", "Closed", "green")
CANCELLED = State("cancelled", "Called off", "grey")

HOSTS = (Role.RAISED_BY, Role.HOST_OFFICER, Role.LADO)
EVERY_MANAGER = (Role.TEAM_MANAGER, Role.SERVICE_MANAGER, Role.DIRECTOR)

MEETINGS = Table(
    "escalations",
    NOT_CALLED,
    Step(
        "call",
        (NOT_CALLED,),
        CALLED,
        (Role.RAISED_BY,),
        tells=(Role.HOST_OFFICER, Role.LADO, *EVERY_MANAGER),
        event="meeting_called",
        label="Call a meeting about a home",
    ),
    Step(
        "rearrange",
        (CALLED,),
        None,
        HOSTS,
        tells=(Role.HOST_OFFICER, Role.LADO, *EVERY_MANAGER),
        event="meeting_rearranged",
        label="Change the day",
    ),
    Step(
        "hold",
        (CALLED,),
        HELD,
        HOSTS,
        tells=(Role.HOST_OFFICER, Role.LADO, *EVERY_MANAGER),
        event="meeting_held",
        label="Write the minutes",
    ),
    Step(
        "add_action",
        (HELD,),
        None,
        HOSTS,
        tells=EVERY_MANAGER,
        event="action_agreed",
        label="Add an action",
    ),
    Step(
        "complete",
        (HELD,),
        None,
        (*HOSTS, *EVERY_MANAGER),
        tells=(Role.RAISED_BY,),
        event="action_done",
        label="An action is done",
    ),
    Step(
        "close",
        (HELD,),
        DONE,
        HOSTS,
        tells=EVERY_MANAGER,
        event="meeting_closed",
        label="Close",
    ),
    Step(
        "cancel",
        (CALLED,),
        CANCELLED,
        HOSTS,
        tells=(Role.HOST_OFFICER, Role.LADO, *EVERY_MANAGER),
        event="meeting_cancelled",
        label="Call it off",
    ),
    name="setting-meetings",
)
