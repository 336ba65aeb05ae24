"""What happens between the authority that placed, the one that hosts, and the home."""

from backend.grammar.events import KINDS, Depth, EventKind

LINKED = "notices.approval_linked"

KINDS.add(
    EventKind(
        name="notices.approval_asked",
        sentence="Approval of a placement outside the area was asked for, from the {level}.",
        carries=("level",),
        alert="A placement outside the area waits for approval.",
    ),
    EventKind(
        name="notices.condition_satisfied",
        sentence="It was recorded for the approval: {what}.",
        carries=("what",),
    ),
    EventKind(
        name="notices.approved",
        sentence="The placement outside the area was approved on {on}.",
        carries=("on",),
        alert="A placement outside the area was approved.",
    ),
    EventKind(
        name="notices.approved_in_emergency",
        sentence="The placement outside the area was approved in an emergency on {on}; the rest "
        "of what must be done is still to follow.",
        carries=("on",),
        alert="A placement outside the area was approved in an emergency.",
    ),
    EventKind(
        name="notices.approval_completed",
        sentence="What was left to do after the emergency approval was done.",
        alert="An emergency approval was completed.",
    ),
    EventKind(
        name="notices.approval_refused",
        sentence="Approval of a placement outside the area was refused on {on}.",
        carries=("on",),
        alert="Approval of a placement outside the area was refused.",
    ),
    EventKind(
        name="notices.approval_withdrawn",
        sentence="The request to approve a placement outside the area was withdrawn.",
        alert="A request to approve a placement was withdrawn.",
    ),
    EventKind(
        name="notices.approval_voided",
        sentence="A decision on a placement outside the area was marked as entered in error.",
        alert="A decision on a placement outside the area was marked as entered in error.",
    ),
    EventKind(
        name=LINKED,
        sentence="The approval given before now stands with the placement that started on {on}.",
        carries=("on",),
    ),
    EventKind(
        name="notices.opened",
        sentence="The notice of {what} was opened: {count} to be told.",
        carries=("what", "count"),
    ),
    EventKind(
        name="notices.sent",
        sentence="Notice of {what} was given on {on}: {whom}.",
        carries=("what", "on", "whom"),
    ),
    EventKind(
        name="notices.sent_to_host",
        sentence="Notice of {what} was sent to the host authority on {on}.",
        carries=("what", "on"),
        depth=Depth.CARD,
    ),
    EventKind(
        name="notices.withheld",
        sentence="Notice of {what} was withheld, with a reason: {whom}.",
        carries=("what", "whom"),
        alert="Notice about a child's placement was withheld from somebody.",
    ),
    EventKind(
        name="notices.left_out",
        sentence="Nobody is to be told of {what}, with a reason: {whom}.",
        carries=("what", "whom"),
    ),
    EventKind(
        name="notices.recipient_named",
        sentence="Somebody else is to be told of {what}: {whom}.",
        carries=("what", "whom"),
    ),
    EventKind(
        name="notices.plans_recorded",
        sentence="The plans for the placement were recorded: {what}.",
        carries=("what",),
    ),
    EventKind(
        name="notices.emergency_recorded",
        sentence="The placement was recorded as made in an emergency.",
        alert="A placement was recorded as made in an emergency.",
    ),
    EventKind(
        name="notices.finished",
        sentence="Everybody who must be told of {what} has been told, or is accounted for.",
        carries=("what",),
    ),
    EventKind(
        name="notices.voided",
        sentence="A notice was marked as entered in error.",
        alert="A notice about a placement was marked as entered in error.",
    ),
    EventKind(
        name="notices.given_to_host",
        sentence="The host authority was given the notice of {what}.",
        carries=("what",),
        depth=Depth.CARD,
        alert="A notice about a child waits for your acknowledgement.",
    ),
    EventKind(
        name="notices.acknowledged",
        sentence="{by} of the host authority acknowledged the notice of {what}.",
        carries=("by", "what"),
        depth=Depth.CARD,
        alert="The host authority acknowledged a notice.",
    ),
    EventKind(
        name="notices.home_told",
        sentence="The home gave notice of {what} on {on}.",
        carries=("what", "on"),
        depth=Depth.CARD,
        alert="A home sent notice that a child came or left.",
    ),
    EventKind(
        name="notices.matched",
        sentence="The home's notice of {what} was matched with the placement.",
        carries=("what",),
        depth=Depth.CARD,
    ),
    EventKind(
        name="notices.unmatched",
        sentence="The home's notice was about somebody else.",
        depth=Depth.RESTRICTED,
    ),
    EventKind(
        name="notices.home_acknowledged",
        sentence="{by} of the host authority acknowledged the home's notice.",
        carries=("by",),
        depth=Depth.CARD,
        alert="The host authority acknowledged your notice.",
    ),
    EventKind(
        name="notices.home_notice_voided",
        sentence="The home's notice was marked as entered in error.",
        depth=Depth.RESTRICTED,
        alert="A home's notice was marked as entered in error.",
    ),
    EventKind(
        name="notices.mismatch_raised",
        sentence="The authority and the home do not say the same: {what}.",
        carries=("what",),
        depth=Depth.CARD,
        alert="An authority and a home do not say the same about where a child lives.",
    ),
    EventKind(
        name="notices.mismatch_explained",
        sentence="{by} explained what they know of it: {what}.",
        carries=("by", "what"),
        depth=Depth.CARD,
        alert="Somebody explained why two sources do not agree.",
    ),
    EventKind(
        name="notices.mismatch_settled",
        sentence="{by} settled it, with a reason: {what}.",
        carries=("by", "what"),
        depth=Depth.CARD,
        alert="Two sources that did not agree were settled.",
    ),
    EventKind(
        name="notices.mismatch_agreed",
        sentence="The authority and the home now say the same: {what}.",
        carries=("what",),
        depth=Depth.CARD,
        alert="Two sources that did not agree now agree.",
    ),
    EventKind(
        name="notices.mismatch_reopened",
        sentence="The authority and the home again do not say the same: {what}.",
        carries=("what",),
        depth=Depth.CARD,
        alert="Two sources that had agreed do not agree again.",
    ),
    EventKind(
        name="notices.reports_asked",
        sentence="The host authority asked for the independent visitor's monthly reports.",
        depth=Depth.CARD,
        alert="The host authority asks for your independent visitor's monthly reports.",
    ),
    EventKind(
        name="notices.reports_agreed",
        sentence="The home agreed to send the monthly reports.",
        depth=Depth.CARD,
        alert="A home agreed to send its monthly reports.",
    ),
    EventKind(
        name="notices.reports_refused",
        sentence="The home refused to send the monthly reports, with a reason.",
        depth=Depth.CARD,
        alert="A home refused to send its monthly reports.",
    ),
    EventKind(
        name="notices.report_received",
        sentence="The independent visitor's report for {month} was received on {on}.",
        carries=("month", "on"),
        depth=Depth.CARD,
        alert="A monthly report of an independent visitor was received.",
    ),
    EventKind(
        name="notices.reports_withdrawn",
        sentence="The host authority withdrew its request for monthly reports.",
        depth=Depth.CARD,
        alert="The host authority no longer asks for your monthly reports.",
    ),
)
