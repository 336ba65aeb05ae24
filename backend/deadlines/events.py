"""What happens to a deadline: it moves when a fact is corrected, and it slips."""

from backend.grammar.events import KINDS, EventKind

KINDS.add(
    EventKind(
        name="deadlines.moved",
        sentence="{title} ({ref}) moved from {old_due_on} to {new_due_on}.",
        carries=("ref", "title", "old_due_on", "new_due_on"),
        alert="A date you are responsible for has moved.",
    ),
    EventKind(
        name="deadlines.slipped",
        sentence="Nothing was recorded by {due_on} for: {title} ({ref}).",
        carries=("ref", "title", "due_on"),
        alert="A date you are responsible for has passed with nothing recorded.",
    ),
    EventKind(
        name="deadlines.unheard",
        sentence="Nobody could be told that {title} ({ref}) passed its date {due_on}.",
        carries=("ref", "title", "due_on"),
    ),
)
