"""The life of an alert: open until the duty is met, whatever is answered in between."""

from backend.grammar.roles import Role
from backend.grammar.table import State, Step, Table

NEW = State("new", "Not yet opened")
OPEN = State("open", "Open, not yet answered", "red")
ANSWERED = State("answered", "Answered, not yet done", "yellow")
SNOOZED = State("snoozed", "Put off for a while", "orange")
ENDED = State("ended", "Ended: the duty is met", "green")
WAIVED = State("waived", "Waived with a reason", "grey")

STANDING = (OPEN, ANSWERED, SNOOZED)
ANSWERERS = (
    Role.SOCIAL_WORKER,
    Role.IRO,
    Role.TEAM_MANAGER,
    Role.SERVICE_MANAGER,
    Role.DIRECTOR,
    Role.IRO_MANAGER,
    Role.NOMINATED_OFFICER,
    Role.LADO,
    Role.HOST_OFFICER,
    Role.RAISED_BY,
    Role.SENT_TO,
)
#: Those who answer for others' work.
ASKERS = (
    Role.TEAM_MANAGER,
    Role.SERVICE_MANAGER,
    Role.DIRECTOR,
    Role.IRO,
    Role.IRO_MANAGER,
    Role.LADO,
    Role.RAISED_BY,
)
WAIVERS = (Role.SERVICE_MANAGER, Role.DIRECTOR, Role.IRO_MANAGER)

TABLE = Table(
    "alerts",
    NEW,
    #    step       when it is   it becomes  who
    Step("begin", (NEW,), OPEN, (Role.CLOCK,), event="opened", label="Open"),
    Step(
        "receive",
        STANDING,
        None,
        ANSWERERS,
        event="received",
        label="I have seen this",
    ),
    Step(
        "answer",
        STANDING,
        ANSWERED,
        ANSWERERS,
        event="answered",
        label="Say what will be done",
    ),
    Step(
        "snooze",
        (OPEN, ANSWERED),
        SNOOZED,
        ANSWERERS,
        event="snoozed",
        label="Put off for a while",
    ),
    Step(
        "ask",
        STANDING,
        None,
        ASKERS,
        event="asked",
        label="Ask what is being done",
    ),
    Step("climb", STANDING, OPEN, (Role.CLOCK,), event="climbed", label="Tell the next people"),
    Step(
        "waive",
        STANDING,
        WAIVED,
        WAIVERS,
        tells=(Role.SOCIAL_WORKER, Role.IRO, Role.TEAM_MANAGER),
        event="waived",
        label="Waive with a reason",
    ),
    Step("end", STANDING, ENDED, (Role.CLOCK,), event="ended", label="End"),
)
