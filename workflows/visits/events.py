"""What happens in the life of a visit, in sentences."""

from backend.grammar.events import KINDS, Depth, EventKind

ARRANGED = "visits.arranged"
MADE = "visits.made"
NOT_ALONE_TWICE = "visits.unseen_alone_twice"
WELFARE_DOUBTED = "visits.welfare_doubted"
REQUESTED = "visits.requested"
REQUEST_ANSWERED = "visits.request_answered"
REGULATOR_NOTICED = "visits.regulator_noticed"
NOTICE_RECEIVED = "visits.notice_received"

KINDS.add(
    EventKind(
        name=ARRANGED,
        sentence="A visit is arranged for {on}.",
        carries=("on",),
        depth=Depth.CARD,
        alert="A visit to a child in your setting has been arranged.",
    ),
    EventKind(
        name="visits.planned",
        sentence="An unannounced visit is planned for {on}.",
        carries=("on",),
    ),
    EventKind(
        name=MADE,
        sentence="Visited on {on}; the child was {seen}.",
        carries=("on", "seen"),
        alert="A statutory visit has been recorded.",
    ),
    EventKind(
        name="visits.attempted",
        sentence="A visit was attempted on {on}; the child was not seen.",
        carries=("on",),
        alert="A visit was attempted and the child was not seen.",
    ),
    EventKind(
        name="visits.missed",
        sentence="The visit arranged for {on} did not happen.",
        carries=("on",),
        alert="An arranged visit did not happen.",
    ),
    EventKind(
        name="visits.amended",
        sentence="The record of the visit on {on} was amended; the earlier text is kept.",
        carries=("on",),
    ),
    EventKind(
        name="visits.voided",
        sentence="The entry of {on} was marked as entered in error.",
        carries=("on",),
        alert="A visit record was marked as entered in error.",
    ),
    EventKind(
        name=NOT_ALONE_TWICE,
        sentence="Two visits running, the child was not seen alone.",
        alert="A child has not been seen alone on two visits running.",
    ),
    EventKind(
        name=WELFARE_DOUBTED,
        sentence="The visitor found that welfare is not safeguarded by the placement (reg. 30).",
        alert="A visitor found that a child's welfare is not safeguarded by the placement.",
        is_urgent=True,
    ),
    EventKind(
        name=REQUESTED,
        sentence="{asked_by} asked for a visit on {on}.",
        carries=("asked_by", "on"),
        alert="A visit has been asked for.",
    ),
    EventKind(
        name="visits.refused",
        sentence="The request of {on} for a visit was refused, with a reason.",
        carries=("on",),
        alert="A request for a visit was refused.",
    ),
    EventKind(
        name=REQUEST_ANSWERED,
        sentence="{asked_by} was told on {told} what came of the request of {on} for a visit.",
        carries=("asked_by", "on", "told"),
    ),
    EventKind(
        name=REGULATOR_NOTICED,
        sentence="A notice of concern from the regulator about {setting} was received on {on}.",
        carries=("setting", "on"),
        alert="The regulator has given notice about a setting: a visit is owed within one week.",
    ),
    EventKind(
        name=NOTICE_RECEIVED,
        sentence="{authority} received the regulator's notice about {setting} on {on}.",
        carries=("authority", "setting", "on"),
    ),
)
