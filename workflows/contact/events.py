"""What happens to a child's contact with family and others, in sentences."""

from backend.grammar.events import KINDS, EventKind

AGREED = "contact.agreed"
ARRANGED = "contact.arranged"
TOOK_PLACE = "contact.took_place"
MISSED = "contact.missed"
LINKED = "contact.linked"
STRUCK_OUT = "contact.struck_out"
NAMED = "contact.relative_named"

KINDS.add(
    EventKind(
        name=AGREED,
        sentence="A plan to keep in touch was agreed from {on}: {way}, at least every {days} days.",
        carries=("on", "way", "days"),
        alert="A plan for a child to keep in touch was agreed.",
    ),
    EventKind(
        name="contact.suspended",
        sentence="A contact plan was set aside from {on}.",
        carries=("on",),
        alert="A child's contact plan was set aside.",
    ),
    EventKind(
        name="contact.resumed",
        sentence="A contact plan was taken up again from {on}.",
        carries=("on",),
        alert="A child's contact plan was taken up again.",
    ),
    EventKind(
        name="contact.ended",
        sentence="A contact plan ended on {on}.",
        carries=("on",),
        alert="A child's contact plan ended.",
    ),
    EventKind(
        name="contact.voided",
        sentence="A contact plan was marked as entered in error.",
        alert="A child's contact plan was marked as entered in error.",
    ),
    EventKind(
        name=ARRANGED,
        sentence="Contact was arranged for {on}: {who}, {way}.",
        carries=("on", "who", "way"),
    ),
    EventKind(
        name=TOOK_PLACE,
        sentence="Contact took place on {on}: {who}, {way}.",
        carries=("on", "who", "way"),
    ),
    EventKind(
        name=MISSED,
        sentence="Contact expected on {on} did not take place: {who}. {because}.",
        carries=("on", "who", "because"),
        alert="A child's contact did not take place.",
    ),
    EventKind(
        name=LINKED,
        sentence="The contact of {on} was put under a contact plan.",
        carries=("on",),
    ),
    EventKind(
        name=STRUCK_OUT,
        sentence="The contact entered for {on} was marked as entered in error.",
        carries=("on",),
        alert="An entry of a child's contact was marked as entered in error.",
    ),
    EventKind(
        name=NAMED,
        sentence="Somebody close to the child was added to the record.",
    ),
)
