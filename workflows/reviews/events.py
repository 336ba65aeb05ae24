"""What happens in the life of a review, in sentences."""

from backend.grammar.events import KINDS, Depth, EventKind

EARLY_ASKED = "reviews.early_asked"
EARLY_ANSWERED = "reviews.early_answered"
EARLY_WITHDRAWN = "reviews.early_withdrawn"
CHALLENGED = "reviews.challenged"
CHALLENGE_ANSWERED = "reviews.challenge_answered"
CHANGE_PROPOSED = "reviews.change_proposed"
CHANGE_CONSIDERED = "reviews.change_considered"
CHANGE_EXCUSED = "reviews.change_excused"
CHANGE_CARRIED_OUT = "reviews.change_carried_out"
MOVE_NOT_CONSIDERED = "reviews.move_not_considered"
CHECKED = "reviews.checked"

KINDS.add(
    EventKind(
        name="reviews.convened",
        sentence="A review is convened for {on}.",
        carries=("on",),
        depth=Depth.CARD,
        alert="A review of a child you work with has been convened.",
    ),
    EventKind(
        name="reviews.rearranged",
        sentence="The review was moved from {before} to {on}.",
        carries=("before", "on"),
        depth=Depth.CARD,
        alert="The date of a review has changed.",
    ),
    EventKind(
        name="reviews.cancelled",
        sentence="The review convened for {on} was called off.",
        carries=("on",),
        depth=Depth.CARD,
        alert="A review has been called off.",
    ),
    EventKind(
        name="reviews.consulted",
        sentence="Consulted before the review: {whom}; {outcome}.",
        carries=("whom", "outcome"),
    ),
    EventKind(
        name="reviews.child_heard",
        sentence="Before the review the IRO {how}.",
        carries=("how",),
    ),
    EventKind(
        name="reviews.iro_contacted",
        sentence="The social worker and the IRO spoke on {on} before the review.",
        carries=("on",),
    ),
    EventKind(
        name="reviews.documents_sent",
        sentence="The plans for the review were with the IRO on {on}.",
        carries=("on",),
        alert="The plans for a review are with you.",
    ),
    EventKind(
        name="reviews.prepared",
        sentence="The review convened for {on} is prepared.",
        carries=("on",),
        alert="A review is prepared.",
    ),
    EventKind(
        name="reviews.held",
        sentence="The review was held on {on}; taking part: {part}.",
        carries=("on", "part"),
        alert="A review has been held.",
    ),
    EventKind(
        name="reviews.adjourned",
        sentence="The review opened on {on} was adjourned, to resume on {until}.",
        carries=("on", "until"),
        alert="A review was adjourned.",
    ),
    EventKind(
        name="reviews.resumed",
        sentence="The review opened on {opened} was completed on {on}; taking part: {part}.",
        carries=("opened", "on", "part"),
        alert="An adjourned review has been completed.",
    ),
    EventKind(
        name="reviews.evidenced",
        sentence="Evidence was added to the review; source: {source}.",
        carries=("source",),
    ),
    EventKind(
        name="reviews.decided",
        sentence="The review issued {decisions} on {on}; the IRO {endorses} the plan.",
        carries=("decisions", "on", "endorses"),
        alert="The decisions of a review have been issued and await an answer.",
    ),
    EventKind(
        name="reviews.agreed",
        sentence="The manager agreed the decisions of the review on {on}.",
        carries=("on",),
        alert="The decisions of a review have been agreed.",
    ),
    EventKind(
        name="reviews.disputed",
        sentence="The manager disputed decisions of the review on {on}.",
        carries=("on",),
        depth=Depth.RESTRICTED,
        alert="The decisions of a review have been disputed.",
    ),
    EventKind(
        name="reviews.recorded",
        sentence="The full record of the review was completed on {on}.",
        carries=("on",),
        alert="The record of a review is complete.",
    ),
    EventKind(
        name="reviews.circulated",
        sentence="The record of the review was sent out on {on}.",
        carries=("on",),
        alert="The record of a review has been sent out.",
    ),
    EventKind(
        name="reviews.closed",
        sentence="The review held on {on} was closed.",
        carries=("on",),
    ),
    EventKind(
        name="reviews.decision_completed",
        sentence="A decision of the review was carried out on {on}.",
        carries=("on",),
        alert="A decision of a review has been carried out.",
    ),
    EventKind(
        name="reviews.amended",
        sentence="The record of the review of {on} was amended; the earlier text is kept.",
        carries=("on",),
    ),
    EventKind(
        name="reviews.voided",
        sentence="The review of {on} was marked as entered in error.",
        carries=("on",),
        alert="A review was marked as entered in error.",
    ),
    EventKind(
        name="reviews.loaded",
        sentence="The review of {on} was read from a return.",
        carries=("on",),
    ),
    EventKind(
        name=EARLY_ASKED,
        sentence="An early review is called for since {on}: {reason}.",
        carries=("on", "reason"),
        alert="An early review of a child's case is called for.",
    ),
    EventKind(
        name=EARLY_ANSWERED,
        sentence="The call of {on} for an early review was answered; offered for {offered}.",
        carries=("on", "offered"),
        alert="The call for an early review was answered.",
    ),
    EventKind(
        name=EARLY_WITHDRAWN,
        sentence="The call of {on} for an early review was withdrawn.",
        carries=("on",),
    ),
    EventKind(
        name=CHALLENGED,
        sentence="{who} raised a challenge with {to}, to be answered by {due}.",
        carries=("to", "due"),
        depth=Depth.RESTRICTED,
        alert="A challenge about a child's care has been raised.",
    ),
    EventKind(
        name=CHALLENGE_ANSWERED,
        sentence="The challenge raised with {to} on {on} was answered: {outcome}.",
        carries=("to", "on", "outcome"),
        depth=Depth.RESTRICTED,
        alert="A challenge about a child's care was answered.",
    ),
    EventKind(
        name=CHANGE_PROPOSED,
        sentence="A significant change to the care plan was proposed on {on}.",
        carries=("on",),
        alert="A significant change to a care plan is proposed; a review considers it first.",
    ),
    EventKind(
        name=CHANGE_CONSIDERED,
        sentence="The change proposed on {on} was considered at a review: {outcome}.",
        carries=("on", "outcome"),
        alert="A proposed change was considered at a review.",
    ),
    EventKind(
        name=CHANGE_EXCUSED,
        sentence="The change proposed on {on} went ahead without a review; the reason is kept.",
        carries=("on",),
        alert="A significant change went ahead without a review.",
    ),
    EventKind(
        name=CHANGE_CARRIED_OUT,
        sentence="The move proposed on {on} took place.",
        carries=("on",),
    ),
    EventKind(
        name=MOVE_NOT_CONSIDERED,
        sentence="No review considered the move first; why was recorded on {on}.",
        carries=("on",),
        alert="A child was moved without a review considering it first; the reason is kept.",
    ),
    EventKind(
        name=CHECKED,
        sentence="The IRO looked at the case between reviews on {on}.",
        carries=("on",),
    ),
)
