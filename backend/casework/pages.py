"""The pages that are written from the rooms themselves, so that they cannot be out of date."""

from os.path import relpath
from pathlib import Path

from backend.casework.case import Matter
from backend.casework.checks import rooms
from backend.deadlines.clockwork import rooms_with_clocks, rules_of
from backend.events.record import reactions
from backend.grammar.clocks import Kind, Rule
from backend.grammar.events import KINDS
from backend.grammar.roles import LABELS, Role
from backend.grammar.table import Table

ROOT = Path(__file__).resolve().parents[2]
FROM_HERE = "<!-- written by `make tables` from here on; change the room, not this -->"
MARK_WORDS = {
    "verified": "read in the law",
    "secondary": "read in a text that restates it",
    "unverified": "not yet verified",
}


def pages() -> dict[Path, str]:
    """Every generated page with what it should say."""
    written: dict[Path, str] = {}
    for name in room_names():
        path = folder_of(name) / "README.md"
        written[path] = _below_purpose(path, room_page(name))
        written[ROOT / "tests" / "golden" / "permitted" / f"{name}.md"] = permitted_page(name)
    index = ROOT / "workflows" / "README.md"
    written[index] = _below_purpose(index, index_page())
    written[ROOT / "tests" / "golden" / "events.md"] = events_page()
    return written


def room_names() -> tuple[str, ...]:
    return tuple(sorted({*rooms_with_clocks(), *(model.TABLE.room for model in rooms())}))


def folder_of(room: str) -> Path:
    """Where a room stands: with the casework, or, for what goes with every room, the machinery."""
    inside = ROOT / "backend" / room
    return inside if inside.is_dir() else ROOT / "workflows" / room


def models_of(room: str) -> list[type[Matter]]:
    return [model for model in rooms() if model.TABLE.room == room]


def _below_purpose(path: Path, generated: str) -> str:
    """Keeps what people wrote above the mark."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    purpose = text.partition(FROM_HERE)[0].rstrip()
    return f"{purpose}\n\n{FROM_HERE}\n\n{generated}"


def room_page(room: str) -> str:
    parts = []
    for model in models_of(room):
        parts += [f"## {_named(model.TABLE)}States and steps", "", table_of(model.TABLE)]
    if rules_of(room):
        parts += ["## Clocks", "", clocks_of(rules_of(room))]
    parts += ["## What is recorded", "", sentences_of(room)]
    return "\n".join(parts)


def _named(table: Table) -> str:
    """Which of a room's kinds of case this is, where it has more than one."""
    return "" if table.name == table.room else f"{table.name.replace('-', ' ').capitalize()}: "


def table_of(table: Table) -> str:
    rows = [
        [
            f"`{row.name}`",
            ", ".join(state.label for state in row.when),
            row.becomes.label if row.becomes else "as it was",
            _people(row.who),
            _people(row.tells) or "nobody",
            ", ".join(row.meets) or "none",
        ]
        for row in table
    ]
    return grid(["Step", "When it is", "It becomes", "Who may", "Who is told", "Meets"], rows)


def clocks_of(rules: tuple[Rule, ...]) -> str:
    rows = [
        [
            rule.ref,
            rule.title,
            _by_when(rule),
            rule.provision,
            _standing(rule),
            _people(rule.tells) or "nobody",
        ]
        for rule in rules
    ]
    head = ["Ref", "Duty", "By when", "Provision", "Kind and how sure", "Told when it slips"]
    return grid(head, rows)


def _by_when(rule: Rule) -> str:
    """The period in words; a local standard without one says it in its note, or people agree."""
    if rule.kind is Kind.LOCAL_STANDARD and not rule.has_number:
        return rule.note or "the day that was agreed"
    return rule.words


def _standing(rule: Rule) -> str:
    """Where a rule comes from and how sure we are; our own standard was read in no law."""
    if rule.kind is Kind.LOCAL_STANDARD:
        return f"{rule.kind}, not law"
    return f"{rule.kind}, {MARK_WORDS[rule.verified]}"


def sentences_of(room: str) -> str:
    rows = [
        [f"`{kind.name}`", kind.sentence, kind.depth.value, kind.alert or "none"]
        for kind in KINDS
        if kind.name.startswith(f"{room}.")
    ]
    return grid(["Event", "Sentence", "Who may read it", "Alert"], rows)


def permitted_page(room: str) -> str:
    """Who may do what in which state: read as text, changed on purpose only."""
    lines = [f"# What is permitted in {room}", ""]
    for model in models_of(room):
        table = model.TABLE
        for state in table.states:
            lines.append(f"## {_named(table)}{state.label} (`{state}`)")
            lines.append("")
            steps = table.steps_from(state)
            lines += [
                f"- {LABELS[role]}: {', '.join(row.name for row in steps if role in row.who)}"
                for role in Role
                if any(role in row.who for row in steps)
            ] or ["- nobody: nothing"]
            lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def index_page() -> str:
    rows = []
    for room in room_names():
        states = list(
            dict.fromkeys(s.label for model in models_of(room) for s in model.TABLE.states)
        )
        clocks = [rule.ref for rule in rules_of(room)]
        page = relpath(folder_of(room) / "README.md", ROOT / "workflows")
        rows.append([f"[{room}]({page})", ", ".join(states) or "none", ", ".join(clocks)])
    reacting = [
        [f"`{name}`", f"`{reaction.__module__}.{getattr(reaction, '__name__', '')}`"]
        for name, each in sorted(reactions().items())
        for reaction in each
    ]
    return "\n".join(
        [
            "## The rooms",
            "",
            grid(["Room", "States", "Clocks"], rows),
            "## Who reacts to whom",
            "",
            grid(["When this is recorded", "this happens in the same transaction"], reacting)
            if reacting
            else "Nobody yet.\n",
        ]
    )


def events_page() -> str:
    rows = [
        [f"`{kind.name}`", kind.sentence, ", ".join(kind.carries), kind.depth.value, kind.alert]
        for kind in KINDS
    ]
    head = ["Event", "Sentence", "Carries", "Who may read it", "Alert"]
    return f"# Every kind of event\n\n{grid(head, rows)}"


def _people(roles: tuple[Role, ...]) -> str:
    return ", ".join(LABELS[Role(role)] for role in roles)


def grid(head: list[str], rows: list[list[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows]
    return "\n".join(lines) + "\n"
