"""What happens to what a child said, and to the offer of an advocate, in sentences."""

from backend.grammar.events import KINDS, EventKind

HEARD = "voice.heard"
ANSWERED = "voice.answered"
TOLD = "voice.told"
ADVOCATE_OFFERED = "voice.advocate_offered"
ADVOCATE_ANSWERED = "voice.advocate_answered"
ADVOCATE_APPOINTED = "voice.advocate_appointed"
ADVOCACY_ENDED = "voice.advocacy_ended"

KINDS.add(
    EventKind(
        name=HEARD,
        sentence="What the child said on {on} was written down; it is owed an answer.",
        carries=("on",),
        alert="A child has said something that is owed an answer.",
    ),
    EventKind(
        name=ANSWERED,
        sentence="What the child said on {on} was answered: {answer}.",
        carries=("on", "answer"),
        alert="What a child said has been answered.",
    ),
    EventKind(
        name=TOLD,
        sentence="The child was told on {told_on} what came of what they said on {on}.",
        carries=("on", "told_on"),
        alert="A child has been told what came of what they said.",
    ),
    EventKind(
        name="voice.kept",
        sentence="What was promised to the child after {on} was done on {kept_on}.",
        carries=("on", "kept_on"),
        alert="What was promised to a child has been done.",
    ),
    EventKind(
        name="voice.voided",
        sentence="The entry of what the child said on {on} was marked as entered in error.",
        carries=("on",),
        alert="An entry of what a child said was marked as entered in error.",
    ),
    EventKind(
        name=ADVOCATE_OFFERED,
        sentence="An advocate was offered on {on}.",
        carries=("on",),
        alert="A child has been offered an advocate.",
    ),
    EventKind(
        name=ADVOCATE_ANSWERED,
        sentence="The offer of an advocate was {answer} on {on}.",
        carries=("answer", "on"),
        alert="The offer of an advocate has been answered.",
    ),
    EventKind(
        name=ADVOCATE_APPOINTED,
        sentence="An advocate was named on {on}; {independence}.",
        carries=("on", "independence"),
        alert="A child has an advocate.",
    ),
    EventKind(
        name=ADVOCACY_ENDED,
        sentence="The advocate's work ended on {on}.",
        carries=("on",),
        alert="A child no longer has an advocate.",
    ),
)
