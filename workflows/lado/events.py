"""What happens in a case about an adult who works with children; read by nobody without a part."""

from backend.grammar.events import KINDS, Depth, EventKind

REFERRED = "lado.referred"
TAKEN_IN = "lado.taken_in"
OPENED = "lado.opened"
#: A child may be affected: stands on the notice to the child's authority.
CHILD_AFFECTED = "lado.child_affected"
#: Somebody disagrees with what was decided. Carries the authority that decided.
DECISION_CHALLENGED = "lado.decision_challenged"
RECEIPT_GIVEN = "lado.receipt_given"
RECEIPT_SENT = "lado.receipt_sent"
NOBODY_TO_TELL = "lado.nobody_to_tell"
MATCH_SUGGESTED = "lado.match_suggested"
MATCH_CONFIRMED = "lado.match_confirmed"
MATCH_REFUSED = "lado.match_refused"
NOTIFICATION_RECORDED = "lado.notification_recorded"
NOTIFICATION_MATCHED = "lado.notification_matched"
#: Danger: these reach people at once, in quiet hours too.
AT_RISK = "lado.at_risk"
NOTICE_URGENT = "lado.notice_urgent"

#: Said to everybody alike, so that an alert on a locked screen gives nothing away.
SOMETHING_NEW = "There is something new in a restricted case."


def _kind(
    name: str,
    sentence: str,
    *carries: str,
    alert: str = SOMETHING_NEW,
    is_urgent: bool = False,
) -> EventKind:
    return EventKind(
        name=f"lado.{name}",
        sentence=sentence,
        carries=carries,
        depth=Depth.RESTRICTED,
        alert=alert,
        is_urgent=is_urgent,
    )


KINDS.add(
    _kind(
        "referred",
        "A referral to the LADO was made.",
        alert="A new referral waits to be received.",
    ),
    _kind(
        "taken_in",
        "A referral came through the public form.",
        alert="A new referral waits to be received.",
    ),
    _kind(
        "at_risk",
        "A child may be at risk now.",
        alert="Urgent: a new referral says that a child may be at risk now.",
        is_urgent=True,
    ),
    _kind("received", "The LADO received the referral."),
    _kind("advised", "Decided: advice only. Limbs of the threshold met: {limbs}.", "limbs"),
    _kind(
        "kept",
        "Decided: below the threshold, kept as a low-level concern. Limbs met: {limbs}.",
        "limbs",
    ),
    _kind("opened", "Decided: the threshold is met. Limbs met: {limbs}.", "limbs"),
    _kind("reconsidered", "The decision is to be made again."),
    _kind("opinion_given", "A second opinion was recorded: {view}.", "view"),
    _kind("child_named", "A child was named in the referral."),
    _kind("alleged", "An allegation was added: {category}.", "category"),
    _kind("corrected", "Facts of the referral were put right: {what}.", "what"),
    _kind("met", "{kind} on {on}.", "kind", "on"),
    _kind("task_added", "A task was added, to be done by {on}.", "on"),
    _kind("task_finished", "A task from a meeting was done."),
    _kind("track_followed", "{track}: {stands}.", "track", "stands"),
    _kind("work_set", "Status at work from {on}: {status}.", "status", "on"),
    _kind("discipline_set", "The employer's discipline: {course}.", "course"),
    _kind("barring_settled", "Referral to the Disclosure and Barring Service: {what}.", "what"),
    _kind("settled", "An allegation has its outcome: {outcome}.", "outcome"),
    _kind("told_outside", "Told on {on}: {whom}.", "whom", "on"),
    _kind("shared", "The case was shared with a named person."),
    _kind("unshared", "The case is no longer shared with somebody."),
    _kind("home_told", "The adult's home authority was told."),
    _kind("concluded", "Every allegation has its outcome."),
    _kind("closed", "The case was closed."),
    _kind("reopened", "The case was opened again."),
    _kind("voided", "The referral was marked as entered in error."),
    _kind("notice_sent", "{authority} was told.", "authority"),
    _kind(
        "notice_urgent",
        "{authority} was told that a child may be at risk now.",
        "authority",
        alert="Urgent: a child of your authority may be at risk now.",
        is_urgent=True,
    ),
    _kind("notice_widened", "{authority} was told of a further child.", "authority"),
    _kind("notice_received", "{who} received the notice."),
    _kind("notice_answered", "{authority} said what it has done about a child.", "authority"),
    _kind("notice_completed", "{authority} has answered for every child.", "authority"),
    _kind("notice_shared", "The notice was shared with a named person."),
    _kind("notice_unshared", "The notice is no longer shared with somebody."),
    _kind("adult_named", "{authority} was told who the adult is.", "authority"),
    _kind(
        "notice_silent",
        "No {what} from {authority} since {since}; sent to its director.",
        "authority",
        "what",
        "since",
        alert="A notice in a restricted case has not been answered.",
    ),
    _kind("notice_closed", "{authority} was told the outcome.", "authority"),
    _kind("notice_resumed", "{authority} was told that the case is open again.", "authority"),
    _kind("notice_voided", "The notice to {authority} was taken back.", "authority"),
    _kind(
        "nobody_to_tell",
        "Nobody of {authority} can be told here: tell them by telephone.",
        "authority",
        alert="An authority has nobody here who could be told of a restricted case.",
    ),
    _kind(
        "child_affected",
        "An allegation about an adult where the child lives meets the threshold.",
    ),
    _kind(
        "decision_challenged",
        "A decision of the LADO of {authority} was challenged.",
        "authority",
        alert="A decision in a restricted case was challenged.",
    ),
    _kind(
        "receipt_sent",
        "A referral was sent to the LADO of {authority}.",
        "authority",
    ),
    _kind(
        "receipt_given",
        "The LADO of {authority} has received the referral.",
        "authority",
        alert="A referral that you made has been received.",
    ),
    _kind("match_suggested", "The same adult may be in another referral."),
    _kind("match_confirmed", "The same adult is in another referral; a person confirmed it."),
    _kind("match_refused", "The adult in another referral was found to be somebody else."),
    _kind("notification_recorded", "A notification under regulation 40 was recorded."),
    _kind(
        "notification_matched",
        "The home's own notification under regulation 40 was seen.",
    ),
)
