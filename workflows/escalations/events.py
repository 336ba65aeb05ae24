"""What happens to a concern between agencies, in sentences without anything free."""

from backend.grammar.events import KINDS, Depth, EventKind

OFFERED = "escalations.offered"
NOBODY = "escalations.nobody_found"
STUCK = "escalations.found_stuck"
WROTE = "escalations.message_written"
LADDER_CHOSEN = "escalations.ladder_chosen"
CONTACT_NAMED = "escalations.contact_named"
CONTACT_CHANGED = "escalations.contact_changed"
CONTACT_CONFIRMED = "escalations.contact_confirmed"
CONTACT_DOUBTED = "escalations.contact_doubted"
CONTACT_REMOVED = "escalations.contact_removed"


def restricted(name: str, sentence: str, *carries: str, alert: str = "") -> EventKind:
    """An event that only the readers of the case itself may read."""
    return EventKind(
        name=f"escalations.{name}",
        sentence=sentence,
        carries=carries,
        depth=Depth.RESTRICTED,
        alert=alert,
    )


KINDS.add(
    restricted(
        "raised",
        "{who} raised a concern with {other}; sent to {to}, {level}.",
        "other",
        "to",
        "level",
        "rung",
        alert="A concern was raised by another professional and sent to you.",
    ),
    restricted(
        "received",
        "{who} confirmed having received it.",
        alert="A concern that you raised was received.",
    ),
    restricted(
        "answered",
        "{who} answered, to be carried out by {by}.",
        "by",
        alert="A concern that you raised was answered. Say whether you accept it.",
    ),
    restricted(
        "accepted",
        "{who} accepted the answer.",
        alert="Your answer to a concern was accepted. Now it is to be carried out.",
    ),
    restricted(
        "taken_up",
        "{who} did not accept the answer; sent to {to}, {level}.",
        "to",
        "level",
        "rung",
        alert="A concern whose answer was not accepted was sent to you.",
    ),
    restricted(
        "moved_up",
        "No reply since {since}; sent to {to}, {level}.",
        "since",
        "to",
        "level",
        "rung",
        alert="A concern that had no reply was sent to the next level.",
    ),
    restricted(
        "stayed_silent",
        "No reply since {since} at the highest level. It stays open; both directors were told.",
        "since",
        alert="A concern has had no reply at the highest level.",
    ),
    restricted(
        "skipped",
        "{who} sent it straight to {to}, {level}.",
        "to",
        "level",
        "rung",
        alert="A concern was sent straight to you.",
    ),
    restricted(
        "nobody_found",
        "Nobody could be told at this level of {other}: {level}.",
        "other",
        "level",
        alert="Nobody could be told of a concern at one level; it was sent on.",
    ),
    restricted(
        "went_outside",
        "{who} took it to {where}.",
        "where",
        alert="A concern was taken outside the two agencies.",
    ),
    restricted(
        "resolved",
        "{who}, who raised it, said that it is resolved.",
        alert="A concern was resolved.",
    ),
    restricted(
        "disagreed",
        "{who} closed it, with the disagreement recorded.",
        alert="A concern was closed with the disagreement recorded.",
    ),
    restricted("withdrawn", "{who} withdrew the concern.", alert="A concern was withdrawn."),
    restricted(
        "voided",
        "The concern was marked as entered in error.",
        alert="A concern was marked as entered in error.",
    ),
    restricted(
        "message_written",
        "{who} wrote to the other side.",
        alert="There is a new message about a concern.",
    ),
    restricted(
        "found_stuck",
        "The look behind the clock found that this is not where it should be.",
    ),
    restricted(
        "offered",
        "A visit of {on} doubts that the child's welfare is safeguarded. A concern can be raised "
        "with the other agency.",
        "on",
        alert="A visit doubts a child's welfare. You can raise a concern with another agency.",
    ),
    restricted(
        "meeting_called",
        "A meeting about this home was called for {on}.",
        "on",
        alert="A meeting about a home where your authority has children was called.",
    ),
    restricted(
        "meeting_rearranged",
        "The meeting was moved to {on}.",
        "on",
        alert="A meeting about a home was moved to another day.",
    ),
    restricted(
        "meeting_held",
        "The meeting was held on {on}.",
        "on",
        alert="The minutes of a meeting about a home are there to read.",
    ),
    restricted(
        "action_agreed",
        "An action was agreed for {owner}, by {due}.",
        "owner",
        "due",
        alert="An action was agreed after a meeting about a home.",
    ),
    restricted(
        "action_done",
        "The action of {owner} was done on {on}.",
        "owner",
        "on",
        alert="An action that a meeting about a home agreed was done.",
    ),
    restricted("meeting_closed", "The meeting's work was closed."),
    restricted(
        "meeting_cancelled",
        "The meeting for {on} was called off.",
        "on",
        alert="A meeting about a home was called off.",
    ),
    EventKind(
        name=LADDER_CHOSEN,
        sentence="{who} chose how concerns go up: {ladder}. Concerns raised before keep theirs.",
        carries=("ladder", "authority"),
    ),
    EventKind(
        name=CONTACT_NAMED,
        sentence="{who} named whom to call: {level}.",
        carries=("level", "authority"),
    ),
    EventKind(
        name=CONTACT_CHANGED,
        sentence="{who} changed whom to call: {level}.",
        carries=("level", "authority"),
    ),
    EventKind(
        name=CONTACT_CONFIRMED,
        sentence="{who} reached them and confirmed whom to call: {level}.",
        carries=("level", "authority"),
    ),
    EventKind(
        name=CONTACT_DOUBTED,
        sentence="{who} could not reach whom to call: {level}.",
        carries=("level", "authority"),
    ),
    EventKind(
        name=CONTACT_REMOVED,
        sentence="{who} took out whom to call: {level}.",
        carries=("level", "authority"),
    ),
)
