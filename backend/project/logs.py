"""Keeps what people wrote and looked for out of the log."""

import logging
import re

# PostgreSQL repeats the refused row in these lines.
ROW = re.compile(r"^(DETAIL|CONTEXT|HINT|LINE \d+):.*$", re.MULTILINE)
QUERY = re.compile(r"(?<=/)\?\S+|(?<=\w)\?[\w%.~+-]+=\S*")


class DiscreetFormatter(logging.Formatter):
    """Formats a line without refused rows and without query strings."""

    def format(self, record: logging.LogRecord) -> str:
        """The line as it may be kept."""
        return QUERY.sub("?...", ROW.sub(r"\1: left out", super().format(record)))
