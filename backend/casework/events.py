"""What happens to a child's placement, legal status and people."""

from backend.grammar.events import KINDS, Depth, EventKind

KINDS.add(
    EventKind(
        name="care.began",
        sentence="Became looked after on {on}.",
        carries=("on",),
    ),
    EventKind(
        name="care.ended",
        sentence="Stopped being looked after on {on}.",
        carries=("on",),
        alert="A child you work with has stopped being looked after.",
    ),
    EventKind(
        name="legal_status.changed",
        sentence="Legal status became {status} on {on}.",
        carries=("status", "on"),
    ),
    EventKind(
        name="placements.started",
        sentence="Moved to {where} on {on}.",
        carries=("where", "on"),
        depth=Depth.CARD,
        alert="A child you work with has moved to a new placement.",
    ),
    EventKind(
        name="placements.ended",
        sentence="The placement at {where} ended on {on}.",
        carries=("where", "on"),
        depth=Depth.CARD,
        alert="A placement of a child you work with has ended.",
    ),
    EventKind(
        name="placements.corrected",
        sentence="The placement at {where} was corrected: {what}.",
        carries=("where", "what"),
    ),
    EventKind(
        name="children.registered",
        sentence="Put on the register.",
        depth=Depth.CARD,
        alert="A child has been put on the register of your team.",
    ),
    EventKind(
        name="children.corrected",
        sentence="The child's details were corrected: {what}.",
        carries=("what",),
    ),
    EventKind(
        name="people.allocated",
        sentence="{name} became the {role} from {on}.",
        carries=("name", "role", "on"),
        alert="A child has been allocated to you.",
    ),
    EventKind(
        name="people.deallocated",
        sentence="{name} stopped being the {role} on {on}.",
        carries=("name", "role", "on"),
        alert="An allocation has ended.",
    ),
    EventKind(
        name="records.opened",
        sentence="{name} opened the record without a grant, giving a reason, until {until}.",
        carries=("name", "until"),
        alert="Somebody opened a record that they had no grant for.",
    ),
    EventKind(
        name="people.added",
        sentence="{name} was given an account.",
        carries=("name", "authority"),
    ),
    EventKind(
        name="people.part_given",
        sentence="{name} was given the part of {role} for {where} from {on}.",
        carries=("name", "role", "where", "on", "authority"),
    ),
    EventKind(
        name="people.part_ended",
        sentence="{name} stopped being {role} for {where} on {on}.",
        carries=("name", "role", "where", "on", "authority"),
    ),
    EventKind(
        name="people.left",
        sentence="{name} left, and the account was closed.",
        carries=("name", "authority"),
    ),
    EventKind(
        name="people.returned",
        sentence="{name} came back, and the account was opened again.",
        carries=("name", "authority"),
    ),
    EventKind(
        name="people.leave_entered",
        sentence="{name} is away from {start} to {end}; told in their place: {deputy}.",
        carries=("name", "start", "end", "deputy"),
    ),
    EventKind(
        name="people.leave_ended",
        sentence="The leave of {name} from {start} to {end} was ended.",
        carries=("name", "start", "end"),
    ),
    EventKind(
        name="teams.added",
        sentence="The team {name} was added.",
        carries=("name", "authority"),
    ),
    EventKind(
        name="teams.renamed",
        sentence="The team {before} was renamed {name}.",
        carries=("before", "name", "authority"),
    ),
    EventKind(
        name="teams.moved",
        sentence="The team {name} was put under {service}.",
        carries=("name", "service", "authority"),
    ),
    EventKind(
        name="authorities.policy_changed",
        sentence="The policy changed: {what}.",
        carries=("what", "authority"),
    ),
)
