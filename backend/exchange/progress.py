"""How far a long piece of work has come: a bar on a terminal, plain lines elsewhere."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

#: Elsewhere than on a terminal, a line for each tenth.
STEPS = 10


@contextmanager
def showing(words: str, total: int, out: TextIO) -> Iterator[Callable[[int], None]]:
    """Gives a function to call with the number of things done since the last call."""
    if out.isatty():
        with _bar(out) as bar:
            task = bar.add_task(words, total=total)
            yield lambda done: bar.advance(task, done)
    else:
        yield _Lines(words, total, out).advance


def _bar(out: TextIO) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=Console(file=out),
    )


class _Lines:
    def __init__(self, words: str, total: int, out: TextIO) -> None:
        self.words, self.total, self.out = words, total, out
        self.done = self.told = 0

    def advance(self, done: int) -> None:
        self.done += done
        step = self.done * STEPS // max(self.total, 1)
        if step > self.told:
            self.told = step
            print(f"{self.words}: {self.done} of {self.total}", file=self.out, flush=True)
