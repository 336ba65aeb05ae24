"""What happens to an alert, in sentences."""

from backend.grammar.events import KINDS, EventKind

NOBODY = "alerts.nobody_told"
UNDELIVERED = "alerts.not_delivered"
CHOSEN = "alerts.ladder_chosen"
REMINDED = "alerts.reminded"
NOBODY_REMINDED = "alerts.nobody_reminded"
UNANSWERED = "alerts.question_unanswered"

KINDS.add(
    EventKind(
        name="alerts.opened",
        sentence="An alert was opened: {what}. It goes up by: {ladder}.",
        carries=("what", "ladder"),
    ),
    EventKind(
        name=REMINDED,
        sentence="Reminder before its date: {title} ({ref}), by {due_on}. Told: {told}.",
        carries=("number", "ref", "title", "due_on", "told"),
        alert="The date of a duty you answer for comes near.",
    ),
    EventKind(
        name=NOBODY_REMINDED,
        sentence="Nobody could be reminded of {title} ({ref}) before its date ({roles}).",
        carries=("ref", "title", "roles"),
    ),
    EventKind(
        name="alerts.asked",
        sentence="{who} asked {roles} what is being done. An answer is awaited by {by_on}.",
        carries=("roles", "by_on"),
        alert="You are asked what is being done about a duty that has passed its date.",
    ),
    EventKind(
        name=UNANSWERED,
        sentence="No answer to what {name} asked on {asked_on}.",
        carries=("name", "asked_on"),
        alert="Nobody answered what you asked about an alert.",
    ),
    EventKind(
        name="alerts.received",
        sentence="{who} has seen the alert. That is a receipt, not an answer.",
    ),
    EventKind(
        name="alerts.answered",
        sentence="{who} answered the alert: to be done by {by_on}, by {doer}.",
        carries=("by_on", "doer"),
    ),
    EventKind(
        name="alerts.snoozed",
        sentence="{who} put the alert off until {until}, with a reason.",
        carries=("until",),
    ),
    EventKind(
        name="alerts.climbed",
        sentence="The alert went up, step {number}: {what}. Told: {told}.",
        carries=("number", "what", "told"),
        alert="A duty you answer for has passed its date and is not done.",
    ),
    EventKind(
        name=NOBODY,
        sentence="Nobody could be told at step {number} ({roles}); the alert goes up at once.",
        carries=("number", "roles"),
    ),
    EventKind(
        name=UNDELIVERED,
        sentence="No message of step {number} could be delivered; the alert goes up at once.",
        carries=("number",),
    ),
    EventKind(
        name="alerts.waived",
        sentence="{who} waived the alert, with a reason.",
        alert="An alert was waived.",
    ),
    EventKind(name="alerts.ended", sentence="The alert ended: {because}.", carries=("because",)),
    EventKind(
        name=CHOSEN,
        sentence="{who} changed how alerts about {family} go up. It holds for new alerts.",
        carries=("family",),
    ),
)
