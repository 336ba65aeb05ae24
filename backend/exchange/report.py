"""What a load did and what it could not use, for people and for a spreadsheet."""

import csv
import os
from collections.abc import Iterator
from pathlib import Path

from backend.exchange.loading import Loaded
from backend.exchange.problems import Problems

COUNTED = (
    "periods of care",
    "legal statuses",
    "placements",
    "temporary stays",
    "times missing",
    "reviews",
)
#: A spreadsheet would take a cell that begins like this for a formula.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def summary(loaded: Loaded, *, is_dry_run: bool) -> Iterator[str]:
    """The report in lines."""
    counts = loaded.counts
    would = "would be " if is_dry_run else ""
    yield (
        f"Children: {counts['children']} read, {counts['children added']} {would}added, "
        f"{counts['children changed']} {would}changed, {counts['children unchanged']} unchanged, "
        f"{counts['children not loaded']} not loaded."
    )
    yield "The return holds " + ", ".join(f"{counts[name]} {name}" for name in COUNTED) + "."
    yield (
        f"Changes: {counts['added']} {would}added, {counts['changed']} {would}corrected, "
        f"{counts['ended']} {would}ended, {counts['withdrawn']} {would}withdrawn"
        f" (homes {would}added: {counts['homes added']})."
    )
    yield (
        f"Deadlines: {counts['deadlines added']} {would}added, "
        f"{counts['deadlines changed']} {would}changed."
    )
    yield from problem_lines(loaded.problems)
    if is_dry_run:
        yield "This was a dry run: nothing was written."


def problem_lines(problems: Problems) -> Iterator[str]:
    """How often each rule was broken."""
    if not problems.found:
        yield "No problems."
        return
    yield f"Problems: {len(problems.found)}."
    for rule, count in problems.by_rule():
        yield f"  {count:>6}  {rule.label} ({rule.code}: {rule.outcome.value})"


def write_problems(problems: Problems, path: Path) -> None:
    """This will write every problem to a file that only its owner may read."""
    with open(path, "w", encoding="utf-8-sig", newline="", opener=private) as file:
        writer = csv.writer(file)
        writer.writerow(["file", "line", "child", "rule", "problem", "what became of it"])
        for problem in problems.in_order():
            words = f"{problem.rule.label}. {problem.words}"
            outcome = problem.rule.outcome.value
            cells = [problem.file, problem.line or "", problem.child, problem.rule.code]
            writer.writerow([safe(cell) for cell in (*cells, words, outcome)])


def safe(cell: object) -> str:
    """A cell that a spreadsheet shows and does not compute."""
    written = str(cell)
    return f"'{written}" if written.startswith(FORMULA) else written


def private(path: str, flags: int) -> int:
    """Opens a file for its owner only: it names children."""
    return os.open(path, flags, 0o600)
