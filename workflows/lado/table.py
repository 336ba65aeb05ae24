"""The life of an allegation from the referral to its closing, and of each authority's notice."""

from backend.grammar.roles import Role
from backend.grammar.table import State, Step, Table

NEW = State("new", "Not yet sent")
SENT = State("sent", "Waiting for the LADO to receive it", "yellow")
RECEIVED = State("received", "Waiting for a decision", "orange")
ADVISED = State("advised", "Advice given", "grey")
LOW_LEVEL = State("low_level", "Below the threshold, kept", "grey")
OPEN = State("open", "Threshold met", "red")
CONCLUDED = State("concluded", "Every allegation has its outcome", "blue")
CLOSED = State("closed", "Closed", "green")
VOID = State("void", "Entered in error", "grey")

#: The LADO of the authority where the adult works; without one, its director stands in.
LEADS = (Role.LADO,)
#: With those with whom the LADO shared the case.
READS = (Role.LADO, Role.SENT_TO)

DECIDED = (ADVISED, LOW_LEVEL, OPEN)
AT_WORK = (OPEN, CONCLUDED)
KEPT = (SENT, RECEIVED, ADVISED, LOW_LEVEL, OPEN, CONCLUDED, CLOSED)


def _led(name: str, when: tuple[State, ...], event: str, label: str, meets: str = "") -> Step:
    """What the LADO does while the case stays where it stands."""
    return Step(name, when, None, LEADS, event=event, label=label, meets=(meets,) if meets else ())


TABLE = Table(
    "lado",
    NEW,
    #    step         when it is             it becomes  who
    Step(
        "refer",
        (NEW,),
        SENT,
        (Role.REFERRER, *LEADS),
        tells=(Role.LADO,),
        meets=("lado.referral",),
        event="referred",
        label="Tell the LADO",
    ),
    Step(
        "take_in",
        (NEW,),
        SENT,
        (Role.CLOCK,),
        tells=(Role.LADO,),
        meets=("lado.referral",),
        event="taken_in",
        label="Take in from the public form",
    ),
    Step("receive", (SENT,), RECEIVED, LEADS, event="received", label="Receive the referral"),
    Step(
        "advise",
        (RECEIVED,),
        ADVISED,
        LEADS,
        tells=(Role.SENT_TO,),
        meets=("lado.triage",),
        event="advised",
        label="Advice only",
    ),
    Step(
        "keep",
        (RECEIVED,),
        LOW_LEVEL,
        LEADS,
        tells=(Role.SENT_TO,),
        meets=("lado.triage",),
        event="kept",
        label="Below the threshold: keep as a low-level concern",
    ),
    Step(
        "open",
        (RECEIVED,),
        OPEN,
        LEADS,
        tells=(Role.SENT_TO,),
        meets=("lado.triage",),
        event="opened",
        label="The threshold is met",
    ),
    Step(
        "reconsider",
        (ADVISED, LOW_LEVEL),
        RECEIVED,
        LEADS,
        event="reconsidered",
        label="Decide again",
    ),
    Step(
        "give_opinion",
        DECIDED,
        None,
        READS,
        tells=READS,
        event="opinion_given",
        label="Record a second opinion",
    ),
    _led("name_child", (SENT, RECEIVED, *DECIDED), "child_named", "Name a child"),
    _led("allege", (SENT, RECEIVED, OPEN), "alleged", "Add an allegation"),
    _led("correct", KEPT, "corrected", "Put facts right"),
    _led("meet", AT_WORK, "met", "Record a meeting or a progress review", "lado.meeting"),
    _led("add_task", AT_WORK, "task_added", "Add a task"),
    _led("finish_task", AT_WORK, "task_finished", "Record that a task was done", "lado.task"),
    _led("follow_track", AT_WORK, "track_followed", "Say how an enquiry stands"),
    _led("set_work", (RECEIVED, *DECIDED, CONCLUDED), "work_set", "Status at work"),
    _led("set_discipline", AT_WORK, "discipline_set", "The employer's discipline"),
    _led(
        "settle_barring", (*AT_WORK, CLOSED), "barring_settled", "Referral to the DBS", "lado.dbs"
    ),
    _led("settle", (OPEN,), "settled", "Give an allegation its outcome"),
    _led("tell_outside", KEPT[1:], "told_outside", "Record who outside was told"),
    Step(
        "share",
        KEPT,
        None,
        LEADS,
        tells=(Role.SENT_TO,),
        event="shared",
        label="Share with a named person",
    ),
    _led("unshare", KEPT, "unshared", "Stop sharing"),
    _led("tell_home", AT_WORK, "home_told", "Tell the adult's home authority", "lado.home_told"),
    Step("conclude", (OPEN,), CONCLUDED, LEADS, event="concluded", label="Conclude"),
    Step(
        "close",
        (CONCLUDED,),
        CLOSED,
        LEADS,
        meets=("lado.outcome_told",),
        event="closed",
        label="Close the case",
    ),
    Step("reopen", (CONCLUDED, CLOSED), OPEN, LEADS, event="reopened", label="Open again"),
    Step(
        "void",
        (SENT, RECEIVED, *DECIDED),
        VOID,
        LEADS,
        event="voided",
        label="Entered in error",
    ),
    name="referrals",
)

DRAFT = State("new", "Not yet sent")
UNRECEIVED = State("sent", "Sent, not yet received", "yellow")
TAKEN = State("received", "Received", "orange")
ANSWERED = State("answered", "Answered for every child", "green")
ENDED = State("closed", "Closed", "grey")
WITHDRAWN = State("void", "Entered in error", "grey")

#: Who answers for the authority that was told.
ANSWERS = (Role.LADO, Role.SERVICE_MANAGER, Role.DIRECTOR)
#: Whoever leads the case in the authority where the adult works.
HOST = (Role.RAISED_BY,)
STANDING = (UNRECEIVED, TAKEN, ANSWERED)

NOTICE_TABLE = Table(
    "lado",
    DRAFT,
    Step(
        "send",
        (DRAFT,),
        UNRECEIVED,
        (*HOST, Role.CLOCK),
        tells=ANSWERS,
        event="notice_sent",
        label="Tell the authority",
    ),
    Step(
        "widen",
        (*STANDING, ENDED, WITHDRAWN),
        UNRECEIVED,
        (*HOST, Role.CLOCK),
        tells=ANSWERS,
        event="notice_widened",
        label="Name a further child",
    ),
    Step(
        "receive",
        (UNRECEIVED,),
        TAKEN,
        ANSWERS,
        tells=HOST,
        meets=("lado.notice_receipt",),
        event="notice_received",
        label="Say that you have received this",
    ),
    Step(
        "answer",
        (TAKEN,),
        None,
        ANSWERS,
        tells=HOST,
        meets=("lado.child_answer",),
        event="notice_answered",
        label="Say what you have done about a child",
    ),
    Step(
        "complete",
        (TAKEN,),
        ANSWERED,
        ANSWERS,
        tells=HOST,
        meets=("lado.child_answer",),
        event="notice_completed",
        label="Answer for the last child",
    ),
    Step(
        "share",
        STANDING,
        None,
        ANSWERS,
        tells=(Role.SENT_TO,),
        event="notice_shared",
        label="Share with a named person",
    ),
    Step("unshare", STANDING, None, ANSWERS, event="notice_unshared", label="Stop sharing"),
    Step(
        "name_adult",
        STANDING,
        None,
        HOST,
        tells=ANSWERS,
        event="adult_named",
        label="Share who the adult is",
    ),
    Step(
        "go_up",
        (UNRECEIVED, TAKEN),
        None,
        (Role.CLOCK,),
        tells=(Role.DIRECTOR, *HOST),
        event="notice_silent",
        label="Take the silence to the director",
    ),
    Step(
        "close",
        STANDING,
        ENDED,
        HOST,
        tells=(*ANSWERS, Role.SENT_TO),
        event="notice_closed",
        label="Tell the outcome and close",
    ),
    Step(
        "resume",
        (ENDED,),
        UNRECEIVED,
        HOST,
        tells=ANSWERS,
        event="notice_resumed",
        label="Say that the case is open again",
    ),
    Step(
        "void",
        STANDING,
        WITHDRAWN,
        HOST,
        tells=ANSWERS,
        event="notice_voided",
        label="Take the notice back",
    ),
    name="authority-notices",
)
