"""What a return changes in the records, in sentences."""

from backend.grammar.events import KINDS, EventKind

KINDS.add(
    EventKind(
        name="exchange.loaded",
        sentence="The SSDA903 return was loaded: {what}.",
        carries=("what",),
    ),
    EventKind(
        name="exchange.added",
        sentence="The SSDA903 return added {what} from {on}.",
        carries=("what", "on"),
    ),
    EventKind(
        name="exchange.ended",
        sentence="The SSDA903 return ended {what} on {on}.",
        carries=("what", "on"),
    ),
    EventKind(
        name="exchange.corrected",
        sentence="The SSDA903 return corrected {what}: {changes}.",
        carries=("what", "changes"),
    ),
    EventKind(
        name="exchange.withdrawn",
        sentence="The SSDA903 return no longer has {what} from {on}: it was withdrawn.",
        carries=("what", "on"),
    ),
    EventKind(
        name="exchange.reviewed",
        sentence="The SSDA903 return {verb} the review held on {on}.",
        carries=("verb", "on"),
    ),
)
