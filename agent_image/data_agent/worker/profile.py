"""Count over the whole file how many values of each column fit each candidate form: one scan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data_agent.importing.candidates import PADDING, Candidate
from data_agent.importing.decide import Count
from data_agent.importing.form import CURRENCY, MISSING
from data_agent.worker.database import Connection, quote_text

CHECKS_PER_SCAN = 200  # a wide file is counted in several scans, so that no statement grows huge
MISFIT_LENGTH = 80


@dataclass(frozen=True)
class Profile:
    """`rows` of the file, filled cells per column, and the counts of the checks."""

    rows: int
    filled: tuple[int, ...]
    counts: Mapping[int, tuple[Count, ...]]


def profile(
    connection: Connection, source: str, width: int, checks: Mapping[int, Sequence[Candidate]]
) -> Profile:
    """Run the checks against `source`, a FROM item with columns c0 … c<width-1> of text."""
    rows, *filled = _scan(connection, source, ["count(*)", *(f"count(c{i})" for i in range(width))])
    return Profile(rows, tuple(filled), count(connection, source, checks))


def count(
    connection: Connection, source: str, checks: Mapping[int, Sequence[Candidate]]
) -> dict[int, tuple[Count, ...]]:
    """The counts of the checks alone, per column index."""
    pairs = [(index, candidate) for index, found in checks.items() for candidate in found]
    counted: dict[int, tuple[Count, ...]] = {}
    for start in range(0, len(pairs), CHECKS_PER_SCAN):
        part = pairs[start : start + CHECKS_PER_SCAN]
        inner = [f"{sql} AS {name}" for k, pair in enumerate(part) for name, sql in _seen(k, *pair)]
        measured = [_measures(k, *pair) for k, pair in enumerate(part)]
        seen = f"(SELECT {', '.join(inner)} FROM {source})"
        values = iter(_scan(connection, seen, [m for group in measured for m in group]))
        for (index, candidate), group in zip(part, measured, strict=True):
            result = _count(candidate, [next(values) for _ in group])
            counted[index] = (*counted.get(index, ()), result)
    return counted


def text_sql(index: int, candidate: Candidate) -> str:
    """The column's text as the candidate sees it."""
    column = f"c{index}"
    if not candidate.cleaned:
        return column
    words = ", ".join(quote_text(word) for word in ("", *MISSING))
    trimmed = f"trim({column}, {quote_text(PADDING)})"
    return f"CASE WHEN {trimmed} IN ({words}) THEN NULL ELSE {trimmed} END"


def _seen(check: int, index: int, candidate: Candidate) -> list[tuple[str, str]]:
    """Columns of a check, computed once a row: the cell, its text, its digits, its typed value."""
    text, form = text_sql(index, candidate), candidate.form
    columns = [(f"c{check}", f"c{index}"), (f"v{check}", text), (f"t{check}", form.sql(text))]
    if form.family == "number":
        columns.append((f"d{check}", form.digits(text)))
    return columns


def _measures(check: int, _index: int, candidate: Candidate) -> list[str]:
    """The aggregates that _count reads, in its order."""
    text, typed, digits = f"v{check}", f"t{check}", f"d{check}"
    measures = [
        f"count({text})",
        f"count({typed})",
        f"left(min({text}) FILTER ({text} IS NOT NULL AND {typed} IS NULL), {MISFIT_LENGTH})",
        f"count(c{check})",
    ]
    if candidate.form.family == "number":
        # Where a person chose the type, values that do not fit must not widen it.
        only = f" FILTER ({typed} IS NOT NULL)" if candidate.cleaned else ""
        measures += [
            f"max(length(split_part({digits}, '.', 2))){only}",
            f"max(length(ltrim(split_part({digits}, '.', 1), '-'))){only}",
        ]
    if candidate.form.decorated:
        sign = f"regexp_extract({text}, '{CURRENCY}|%')"
        measures += [f"min({sign})", f"max({sign})"]
    return measures


def _count(candidate: Candidate, measures: Sequence[Any]) -> Count:
    values, fits, misfit, filled, *numbers = measures
    scale, digits, low, high = [*numbers, None, None, None, None][:4]
    return Count(
        candidate=candidate,
        values=values,
        fits=fits,
        scale=scale or 0,
        digits=digits or 0,
        mark_low=low or "",
        mark_high=high or "",
        misfit=misfit or "",
        missing=filled - values,
    )


def _scan(connection: Connection, source: str, expressions: Iterable[str]) -> tuple[Any, ...]:
    wanted = ", ".join(expressions)
    row = connection.execute(f"SELECT {wanted} FROM {source}").fetchone()
    return tuple(row or ())
