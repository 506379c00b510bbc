"""Rows as CSV that a spreadsheet opens as data and never as formulas. Pure."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from data_agent.values import Cell, Column

# OWASP "CSV Injection": what spreadsheets take for the begin of a formula.
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def header_line(columns: Iterable[Column]) -> str:
    return _text([[safe_cell(column.name) for column in columns]])


def lines(rows: Iterable[Sequence[Cell]]) -> str:
    """RFC 4180 lines; empty for NULL, true/false for booleans."""
    return _text([safe_cell(cell) for cell in row] for row in rows)


def safe_cell(cell: Cell) -> str:
    """Numbers stay as they are, also negative ones; a text that looks like a formula gets a '."""
    if isinstance(cell, str) and cell[:1].isalnum():
        return cell
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return str(cell)
    bare = cell.lstrip()  # spreadsheets take the spaces off, and find the formula behind them
    begins = (cell.startswith(FORMULA_STARTS), bare.startswith(FORMULA_STARTS))
    return f"'{cell}" if any(begins) and not _is_number(bare) else cell


def _text(records: Iterable[Sequence[str]]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows(records)
    return buffer.getvalue()


def _is_number(text: str) -> bool:
    """DECIMAL and HUGEINT come as text: -12.50 is no formula."""
    body = text[1:]
    return text[:1] in {"+", "-"} and body.isascii() and body.replace(".", "", 1).isdigit()
