"""What the web process and the data engine say to each other. Plain values, no behaviour.

Every value here is made of JSON types only, so that it crosses the pipe between the web process
and the worker process unchanged (`dataclasses.asdict` one way, the constructor the other).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Cell = str | int | float | bool | None


@dataclass(frozen=True)
class Column:
    """One column of a table or result; `type` is DuckDB's own name (BIGINT, DOUBLE, DATE …)."""

    name: str
    type: str


@dataclass(frozen=True)
class TableInfo:
    """One customer table."""

    name: str
    columns: tuple[Column, ...]
    rows: int


@dataclass(frozen=True)
class QueryResult:
    """Rows of a statement. `truncated`: more rows exist than are listed here."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    truncated: bool
    milliseconds: int = 0


@dataclass(frozen=True)
class Reject:
    """A record of an uploaded file that is in no table: its first line (1 = first) and why."""

    line: int
    reason: str
    text: str


@dataclass(frozen=True)
class ColumnReport:
    """How an imported column got its type, in words.

    `choice`: what a person chose for it, empty when nobody did. `ask`: choices between which the
    file itself does not decide.
    """

    name: str
    type: str
    why: str
    source_name: str
    choice: str = ""
    ask: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """How people want a file read. `choices`: column name → one of importing.choices.KINDS.

    `refuse`: a choice that does not fit every value is an error (DoesNotFit); otherwise such a
    column is typed as if nothing had been chosen. `append`: the rows are added to the table.
    """

    choices: Mapping[str, str] = field(default_factory=dict)
    refuse: bool = False
    append: bool = False


@dataclass(frozen=True)
class ImportReport:
    """What became of one uploaded file: rows_in == rows_kept + rejected, always."""

    table: str
    rows_in: int
    rows_kept: int
    rejected: int
    rejects: tuple[Reject, ...]  # the first 1,000 of `rejected`
    columns: tuple[ColumnReport, ...]
    encoding: str
    delimiter: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Answer:
    """An answered question. `plan` is the typed query plan, as JSON, that a follow-up edits."""

    sentence: str
    plan: dict[str, object]
    sql: str
    result: QueryResult
    chart: dict[str, object] | None = None
    notes: tuple[str, ...] = ()
    source: str = "grammar"  # grammar | llm | verified


@dataclass(frozen=True)
class Declined:
    """A question that was not answered, why, and what could be asked instead.

    `unknown`: the words that nothing explains; a customer's glossary can say what they mean.
    """

    reason: str
    suggestions: tuple[str, ...] = field(default=())
    unknown: tuple[str, ...] = ()
