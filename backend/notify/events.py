"""What happens to what somebody was to be told."""

from backend.grammar.events import KINDS, Depth, EventKind

KINDS.add(
    EventKind(
        name="deliveries.failed",
        sentence="Alert {number} of {name} could not be delivered by {way}: {why}.",
        carries=("number", "name", "way", "why"),
        depth=Depth.RESTRICTED,
    ),
)
