"""The lives of what two authorities and a home tell one another about where a child lives."""

from backend.grammar.roles import Role
from backend.grammar.table import State, Step, Table

KEEPERS = (Role.SOCIAL_WORKER, Role.TEAM_MANAGER)
NEARBY = (Role.NOMINATED_OFFICER, Role.DIRECTOR)
AT_A_DISTANCE = (Role.DIRECTOR,)

NEW = State("new", "Not yet begun")
VOID = State("void", "Entered in error")

# The decision to place a child outside the area of their own authority

ASKED = State("asked", "Waiting for the nominated officer", "blue")
WITH_DIRECTOR = State("with_director", "Waiting for the director", "blue")
PART_APPROVED = State("part_approved", "Approved in an emergency, not yet complete", "orange")
APPROVED = State("approved", "Approved", "green")
REFUSED = State("refused", "Refused", "red")
WITHDRAWN = State("withdrawn", "Withdrawn")

APPROVALS = Table(
    "notices",
    NEW,
    #    step      when it is             it becomes  who
    Step(
        "ask",
        (NEW,),
        ASKED,
        KEEPERS,
        tells=(Role.NOMINATED_OFFICER,),
        event="approval_asked",
        label="Ask for approval",
    ),
    Step(
        "ask_director",
        (NEW,),
        WITH_DIRECTOR,
        KEEPERS,
        tells=(Role.DIRECTOR,),
        event="approval_asked",
        label="Ask the director for approval",
    ),
    Step(
        "satisfy",
        (ASKED, WITH_DIRECTOR, PART_APPROVED),
        None,
        (*KEEPERS, *NEARBY),
        event="condition_satisfied",
        label="Record what was done",
    ),
    Step(
        "approve",
        (ASKED,),
        APPROVED,
        NEARBY,
        tells=KEEPERS,
        meets=("notices.approval_near",),
        event="approved",
        label="Approve",
    ),
    Step(
        "approve_distant",
        (WITH_DIRECTOR,),
        APPROVED,
        AT_A_DISTANCE,
        tells=KEEPERS,
        meets=("notices.approval_distant",),
        event="approved",
        label="Approve a placement at a distance",
    ),
    Step(
        "approve_emergency",
        (ASKED,),
        PART_APPROVED,
        NEARBY,
        tells=KEEPERS,
        meets=("notices.approval_near",),
        event="approved_in_emergency",
        label="Approve in an emergency",
    ),
    Step(
        "approve_distant_emergency",
        (WITH_DIRECTOR,),
        PART_APPROVED,
        AT_A_DISTANCE,
        tells=KEEPERS,
        meets=("notices.approval_distant",),
        event="approved_in_emergency",
        label="Approve a placement at a distance in an emergency",
    ),
    Step(
        "complete",
        (PART_APPROVED,),
        APPROVED,
        (*KEEPERS, *NEARBY),
        tells=NEARBY,
        meets=("notices.approval_rest",),
        event="approval_completed",
        label="Complete the approval",
    ),
    Step(
        "refuse",
        (ASKED,),
        REFUSED,
        NEARBY,
        tells=KEEPERS,
        event="approval_refused",
        label="Refuse",
    ),
    Step(
        "refuse_distant",
        (WITH_DIRECTOR,),
        REFUSED,
        AT_A_DISTANCE,
        tells=KEEPERS,
        event="approval_refused",
        label="Refuse a placement at a distance",
    ),
    Step(
        "withdraw",
        (ASKED, WITH_DIRECTOR),
        WITHDRAWN,
        KEEPERS,
        tells=NEARBY,
        event="approval_withdrawn",
        label="Withdraw the request",
    ),
    Step(
        "void",
        (PART_APPROVED, APPROVED, REFUSED, WITHDRAWN),
        VOID,
        NEARBY,
        tells=KEEPERS,
        event="approval_voided",
        label="Entered in error",
    ),
    name="approvals",
)

# Notice of a placement, or of its end, to everybody the regulations name

OPEN = State("open", "Not everybody is told yet", "orange")
TOLD = State("told", "Everybody is told", "green")

NOTICES = Table(
    "notices",
    NEW,
    Step("open", (NEW,), OPEN, (Role.CLOCK,), event="opened", label="Open the notice"),
    Step(
        "send",
        (OPEN,),
        None,
        KEEPERS,
        meets=("notices.placement", "notices.host", "notices.ending"),
        event="sent",
        label="Record that somebody was told",
    ),
    Step(
        "send_to_host",
        (OPEN,),
        None,
        KEEPERS,
        meets=("notices.host", "notices.ending"),
        event="sent_to_host",
        label="Send the notice to the host authority",
    ),
    Step(
        "withhold",
        (OPEN,),
        None,
        KEEPERS,
        tells=(Role.TEAM_MANAGER, Role.IRO),
        event="withheld",
        label="Withhold the notice from somebody",
    ),
    Step(
        "leave_out",
        (OPEN,),
        None,
        KEEPERS,
        event="left_out",
        label="There is nobody to tell",
    ),
    Step(
        "name_recipient",
        (OPEN, TOLD),
        OPEN,
        (*KEEPERS, Role.CLOCK),
        event="recipient_named",
        label="Name somebody else to tell",
    ),
    Step(
        "plan",
        (OPEN, TOLD),
        None,
        KEEPERS,
        meets=("notices.care_plan", "notices.placement_plan"),
        event="plans_recorded",
        label="Record the care plan and placement plan",
    ),
    Step(
        "mark_emergency",
        (OPEN, TOLD),
        None,
        KEEPERS,
        tells=(Role.TEAM_MANAGER, Role.IRO),
        event="emergency_recorded",
        label="This was an emergency",
    ),
    Step("finish", (OPEN,), TOLD, (Role.CLOCK,), event="finished", label="Everybody is told"),
    Step(
        "void",
        (OPEN, TOLD),
        VOID,
        (Role.TEAM_MANAGER, Role.CLOCK),
        tells=(Role.SOCIAL_WORKER, Role.IRO),
        event="voided",
        label="Entered in error",
    ),
)

# The notice as the host authority has it

SENT = State("sent", "Not yet acknowledged", "orange")
ACKNOWLEDGED = State("acknowledged", "Acknowledged", "green")

HOST_NOTICES = Table(
    "notices",
    NEW,
    Step(
        "send",
        (NEW,),
        SENT,
        (*KEEPERS, Role.CLOCK),
        tells=(Role.HOST_OFFICER,),
        event="given_to_host",
        label="Send",
    ),
    Step(
        "acknowledge",
        (SENT,),
        ACKNOWLEDGED,
        (Role.HOST_OFFICER,),
        tells=KEEPERS,
        meets=("notices.acknowledge", "notices.acknowledge_up"),
        event="acknowledged",
        label="Acknowledge the notice",
    ),
    name="host-notices",
)

# The home's own notice that a child came or left

MATCHED = State("matched", "Matched with a placement", "green")
UNMATCHED = State("sent", "Not matched with a placement", "orange")

HOME_NOTICES = Table(
    "notices",
    NEW,
    Step(
        "send",
        (NEW,),
        UNMATCHED,
        (Role.REGISTERED_MANAGER, Role.HOST_OFFICER),
        tells=(Role.HOST_OFFICER,),
        meets=("notices.home",),
        event="home_told",
        label="Send the notice",
    ),
    Step(
        "match",
        (UNMATCHED,),
        MATCHED,
        (Role.HOST_OFFICER, Role.CLOCK),
        event="matched",
        label="Match with a placed child",
    ),
    Step(
        "unmatch",
        (MATCHED,),
        UNMATCHED,
        (Role.HOST_OFFICER,),
        event="unmatched",
        label="Not this child",
    ),
    Step(
        "acknowledge",
        (UNMATCHED, MATCHED),
        None,
        (Role.HOST_OFFICER,),
        tells=(Role.REGISTERED_MANAGER,),
        event="home_acknowledged",
        label="Acknowledge the notice",
    ),
    Step(
        "void",
        (UNMATCHED, MATCHED),
        VOID,
        (Role.REGISTERED_MANAGER, Role.HOST_OFFICER),
        tells=(Role.HOST_OFFICER, Role.REGISTERED_MANAGER),
        event="home_notice_voided",
        label="Entered in error",
    ),
    name="home-notices",
)

# Two sources that do not agree

STANDING = State("open", "Nobody has explained it yet", "orange")
EXPLAINED = State("explained", "Explained, not yet settled", "blue")
SETTLED = State("settled", "Settled", "green")
OWNERS = (
    Role.HOST_OFFICER,
    Role.REGISTERED_MANAGER,
    Role.SOCIAL_WORKER,
    Role.TEAM_MANAGER,
    Role.NOMINATED_OFFICER,
)

MISMATCHES = Table(
    "notices",
    NEW,
    Step("raise_it", (NEW,), STANDING, (Role.CLOCK,), tells=OWNERS, event="mismatch_raised"),
    Step(
        "explain",
        (STANDING, EXPLAINED),
        EXPLAINED,
        OWNERS,
        tells=OWNERS,
        meets=("notices.mismatch", "notices.mismatch_up"),
        event="mismatch_explained",
        label="Explain what you know",
    ),
    Step(
        "settle",
        (STANDING, EXPLAINED),
        SETTLED,
        (Role.HOST_OFFICER,),
        tells=OWNERS,
        meets=("notices.mismatch", "notices.mismatch_up"),
        event="mismatch_settled",
        label="Settle it",
    ),
    Step(
        "agree",
        (STANDING, EXPLAINED),
        SETTLED,
        (Role.CLOCK,),
        tells=OWNERS,
        meets=("notices.mismatch", "notices.mismatch_up"),
        event="mismatch_agreed",
        label="The two sources agree",
    ),
    Step(
        "reopen",
        (SETTLED,),
        STANDING,
        (Role.HOST_OFFICER, Role.CLOCK),
        tells=OWNERS,
        event="mismatch_reopened",
        label="Open it again",
    ),
    name="mismatches",
)

# The host's standing request for the independent visitor's monthly reports

REQUESTED = State("asked", "Asked, not yet answered", "blue")
AGREED = State("agreed", "Agreed", "green")
DECLINED = State("refused", "Refused", "red")
TAKEN_BACK = State("withdrawn", "Withdrawn")

REPORT_REQUESTS = Table(
    "notices",
    NEW,
    Step(
        "ask",
        (NEW,),
        REQUESTED,
        (Role.HOST_OFFICER,),
        tells=(Role.REGISTERED_MANAGER,),
        event="reports_asked",
        label="Ask for the monthly reports",
    ),
    Step(
        "agree",
        (REQUESTED, DECLINED),
        AGREED,
        (Role.REGISTERED_MANAGER,),
        tells=(Role.HOST_OFFICER, Role.INDEPENDENT_VISITOR),
        meets=("notices.reports_answer",),
        event="reports_agreed",
        label="Agree to send them",
    ),
    Step(
        "refuse",
        (REQUESTED,),
        DECLINED,
        (Role.REGISTERED_MANAGER,),
        tells=(Role.HOST_OFFICER,),
        meets=("notices.reports_answer",),
        event="reports_refused",
        label="Refuse to send them",
    ),
    Step(
        "receive",
        (AGREED,),
        None,
        (Role.HOST_OFFICER, Role.REGISTERED_MANAGER, Role.INDEPENDENT_VISITOR),
        tells=(Role.HOST_OFFICER,),
        meets=("notices.report",),
        event="report_received",
        label="Record a report",
    ),
    Step(
        "withdraw",
        (REQUESTED, AGREED, DECLINED),
        TAKEN_BACK,
        (Role.HOST_OFFICER,),
        tells=(Role.REGISTERED_MANAGER,),
        event="reports_withdrawn",
        label="Withdraw the request",
    ),
    name="report-requests",
)
