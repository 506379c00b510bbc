"""Rows as text that other programs read: CSV and JSON, piece by piece. Pure."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Protocol

from data_agent.exporting import csv_export
from data_agent.values import Cell, Column

Rows = Iterable[Sequence[Cell]]


class Lines(Protocol):
    def __call__(self, rows: Rows, *, first: bool) -> str:
        """These rows; `first` when none went before."""


@dataclass(frozen=True)
class Format:
    """How a file begins, goes on and ends."""

    head: Callable[[Iterable[Column]], str]
    lines: Lines
    tail: str


def _json_head(columns: Iterable[Column]) -> str:
    named = json.dumps([asdict(column) for column in columns], ensure_ascii=False)
    return f'{{"columns": {named},\n"rows": [\n'


def _json_lines(rows: Rows, *, first: bool) -> str:
    lines = ",\n".join(json.dumps(list(row), ensure_ascii=False) for row in rows)
    return lines if first or not lines else f",\n{lines}"


def _csv_lines(rows: Rows, *, first: bool) -> str:  # noqa: ARG001 - CSV lines stand alone
    return csv_export.lines(rows)


FORMATS: Mapping[str, Format] = {
    "csv": Format(csv_export.header_line, _csv_lines, ""),
    "json": Format(_json_head, _json_lines, "\n]}\n"),
}
