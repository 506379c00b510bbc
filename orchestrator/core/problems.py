"""What is wrong with a file, as values: where, what, and how to mend it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

MAX_PROBLEMS = 500  # nobody reads more; the rest is counted
PART_LENGTH = 60  # longest part of a path or quotation that is shown in full


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong. `line` counts from 1; None when no line is to blame.

    `path` is dotted (`tenants.customer-a.tier`), empty for the file as a whole. `tenant` is the id
    of the only tenant that the problem holds back; None when it holds back the whole file.
    """

    line: int | None
    path: str
    message: str
    mend: str
    tenant: str | None = None

    def __post_init__(self) -> None:
        """Quotations of the file reach terminals: nothing in them may move a cursor."""
        for part in ("path", "message", "mend"):
            object.__setattr__(self, part, printable(getattr(self, part)))

    def __str__(self) -> str:
        """One line, ready to print: where: what: how to mend it."""
        where = [f"line {self.line}"] if self.line is not None else []
        where += [self.path] if self.path else []
        return ": ".join([*where, f"{self.message}; {self.mend}" if self.mend else self.message])

    @property
    def identity(self) -> tuple[str, str]:
        """Equal for the same problem before and after an edit moved it to another line."""
        return self.path, re.sub(r"line \d+", "line", self.message)


class Unfit(ValueError):
    """A text is not what it should be: `str(error)` says why, `mend` what to write instead."""

    def __init__(self, message: str, mend: str) -> None:
        super().__init__(message)
        self.mend = mend


class Problems:
    """Collects the problems of one file and the tenants that they hold back; bounded."""

    def __init__(self, earlier: Sequence[Problem] = ()) -> None:
        self.tenants: set[str] = set()
        self.of_the_file = 0  # how many hold back the whole file
        self._found: list[Problem] = []
        self._left_out = 0
        for problem in earlier:
            self.add(problem)

    @property
    def full(self) -> bool:
        """Further problems are only counted: no need to word them."""
        return len(self._found) >= MAX_PROBLEMS

    def add(self, problem: Problem, *, holds_back: bool = True) -> None:
        """`holds_back` False: to be mended, but nobody depends on what is wrong."""
        if problem.tenant is not None:
            self.tenants.add(problem.tenant)
        elif holds_back:
            self.of_the_file += 1
        if self.full:
            self._left_out += 1
        else:
            self._found.append(problem)

    def all(self) -> tuple[Problem, ...]:
        """In the order of the file."""
        ordered = sorted(self._found, key=lambda problem: problem.line or 0)
        if self._left_out:
            more = f"{self._left_out} more problems are not shown"
            ordered.append(Problem(None, "", more, "mend the ones above first"))
        return tuple(ordered)


def dotted(parts: Sequence[str]) -> str:
    """A path to print: parts joined by dots, list positions as [0], long parts cut."""
    joined = ""
    for part in parts:
        separator = "." if joined and not part.startswith("[") else ""
        joined += separator + cut(part)
    return joined


def cut(text: str) -> str:
    """The text, printable, and cut after PART_LENGTH characters."""
    shown = printable(text[: PART_LENGTH + 1])
    return shown if len(text) <= PART_LENGTH else shown[:PART_LENGTH] + "…"


def printable(text: str) -> str:
    """The text with a replacement character for everything that cannot be seen."""
    return text if text.isprintable() else "".join(c if c.isprintable() else "�" for c in text)
