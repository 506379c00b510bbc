"""Where tenantctl writes: colours for a person at a terminal, plain text and JSON for the rest."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TextIO

from orchestrator.cli.text import SGR, clean, hung, width, wrap
from orchestrator.errors import FleetInvalid, OrchestratorError

_CODES = {
    "bold": "1", "dim": "2", "red": "31", "green": "32", "yellow": "33", "blue": "34", "cyan": "36",
}  # fmt: skip
UNBOUNDED = 10_000  # columns of a file or pipe: nothing is cut


@dataclass(frozen=True)
class Screen:
    """Two streams, and how to write to them. `as_json`: one JSON document and no other word."""

    out: TextIO = field(default_factory=lambda: sys.stdout)
    err: TextIO = field(default_factory=lambda: sys.stderr)
    as_json: bool = False
    env: Mapping[str, str] = field(default_factory=lambda: os.environ)

    @property
    def live(self) -> bool:
        """Whether a person watches: lines may be redrawn."""
        return not self.as_json and self.out.isatty() and self.env.get("TERM", "dumb") != "dumb"

    @property
    def columns(self) -> int:
        """Columns to fill."""
        return _columns(self.out)

    def paint(self, text: str, *styles: str, stream: TextIO | None = None) -> str:
        """The text in colour, where there are colours (https://no-color.org)."""
        where = stream or self.out
        plain = self.env.get("NO_COLOR") or self.env.get("TERM", "dumb") == "dumb"
        if plain or not where.isatty() or not any(styles):
            return text
        return f"\x1b[{';'.join(_CODES[one] for one in styles if one)}m{text}\x1b[0m"

    def say(self, line: str = "") -> None:
        """One line to standard output, at once."""
        print(line, file=self.out, flush=True)

    def tell(
        self, text: str, lead: str = "", *styles: str, hang: int | None = None, to_err: bool = False
    ) -> None:
        """A sentence behind its lead, which may be in colour. A terminal gets it broken between
        words; its further lines begin at column `hang`, by default below the text."""
        stream = self.err if to_err else self.out
        taken = width(SGR.sub("", lead))
        below = taken if hang is None else hang
        for line in hung(text, _columns(stream), taken, below):
            print(lead + self.paint(line, *styles, stream=stream), file=stream, flush=True)
            lead = " " * below

    def give(self, document: object) -> None:
        """The JSON document that a script asked for."""
        self.say(json.dumps(document, indent=2, ensure_ascii=False))

    def give_line(self, document: object) -> None:
        """One JSON document of a stream, on one line."""
        self.say(json.dumps(document, ensure_ascii=False))

    def warn(self, line: str) -> None:
        """One line to standard error."""
        print(line, file=self.err, flush=True)

    def fail(self, error: OrchestratorError) -> None:
        """What is wrong, where, and how to mend it: the one place that shows errors."""
        if self.as_json:
            self.give({"error": error_document(error)})
            return
        word = self.paint("error:", "red", "bold", stream=self.err)
        self.tell(clean(error), f"{word} ", to_err=True)
        for line in getattr(error, "problems", ()):
            self.tell(clean(line), "  ", hang=4, to_err=True)
        self.mend(error.mend)

    def mend(self, text: str, *, to_out: bool = False) -> None:
        """How to mend what was just said, below it."""
        stream = self.out if to_out else self.err
        for line in wrap(clean(text), min(_columns(stream), 100), "       "):
            print(self.paint(line, "cyan", stream=stream), file=stream, flush=True)


def _columns(stream: TextIO) -> int:
    return shutil.get_terminal_size().columns if stream.isatty() else UNBOUNDED


def error_document(error: OrchestratorError) -> dict[str, object]:
    """An error for `--json`: the same words as on a terminal."""
    document: dict[str, object] = {
        "kind": type(error).__name__,
        "detail": str(error),
        "mend": error.mend,
    }
    if isinstance(error, FleetInvalid):
        document["problems"] = list(error.problems)
    if hasattr(error, "count"):
        document["count"] = error.count
    return document
