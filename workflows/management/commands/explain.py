"""Facts of a child in, their visit and review deadlines out, as JSON; no database."""

import json
import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, NoReturn

from django.core.management.base import BaseCommand

from workflows.explain import LONGEST_INPUT, UnableToExplain, explain_text


class Command(BaseCommand):
    help = "Say what the law requires for a child and by when, from a file of facts."
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE", help="a JSON file of facts, or - for input")
        parser.add_argument(
            "--lines",
            action="store_true",
            help="one JSON object a line in, one answer a line out; a refused line is answered "
            'with {"error": ...} and the rest go on',
        )

    def handle(self, *args: Any, file: str, lines: bool, **options: Any) -> None:
        """This will print the answer; a refusal is one line on the error stream and exit 1."""
        try:
            with opened(file) as facts:
                if lines:
                    self._answer_each_line(facts)
                else:
                    self._answer(facts)
                sys.stdout.flush()
        except BrokenPipeError:
            # The reader has seen enough; nothing more may be written, not even at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        except OSError as reason:
            refuse(f"{file} cannot be read: {reason.strerror or reason}")

    def _answer(self, facts: BinaryIO) -> None:
        try:
            answer = explain_text(decoded(facts.read(LONGEST_INPUT + 1)))
        except UnableToExplain as reason:
            refuse(str(reason))
        sys.stdout.write(json.dumps(answer, indent=2) + "\n")

    def _answer_each_line(self, facts: BinaryIO) -> None:
        for line in each_line(facts):
            try:
                answer = explain_text(decoded(line))
            except UnableToExplain as reason:
                answer = {"error": str(reason)}
            sys.stdout.write(json.dumps(answer) + "\n")
            sys.stdout.flush()


@contextmanager
def opened(file: str) -> Iterator[BinaryIO]:
    if file == "-":
        yield sys.stdin.buffer
        return
    with open(file, "rb") as facts:
        yield facts


def each_line(facts: BinaryIO) -> Iterator[bytes]:
    """Every line, of which an overlong one is cut: it will be refused, the rest go on."""
    while line := facts.readline(LONGEST_INPUT + 2):
        kept = line
        while line and not line.endswith(b"\n"):
            line = facts.readline(LONGEST_INPUT + 2)
        yield kept


def decoded(text: bytes) -> str:
    if len(text) > LONGEST_INPUT:
        raise UnableToExplain(f"the input is longer than {LONGEST_INPUT:,} characters")
    try:
        decoded_text = text.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UnableToExplain("the input is not UTF-8 text") from None
    if not decoded_text.strip():
        raise UnableToExplain("the input is empty")
    return decoded_text


def refuse(reason: str) -> NoReturn:
    sys.stderr.write(f"{reason}\n")
    sys.exit(1)
