"""Count over the whole file how many values of each column fit each candidate form: one scan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from data_agent.importing.candidates import PADDING, Candidate
from data_agent.importing.decide import Count
from data_agent.importing.form import CURRENCY, MISSING
from data_agent.worker.database import Connection, quote_text

# A wide file is counted in several scans, so that no statement grows huge: each part of one takes
# memory for 2,048 rows at a time.
CHECKS_PER_SCAN, COLUMNS_PER_SCAN = 200, 100
MISFIT_LENGTH = 80
Pair = tuple[int, Candidate]  # a column's index and what is to be checked about it


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
    rows, filled, left = 0, [], []
    counted: dict[int, tuple[Count, ...]] = {}
    for start in range(0, width, COLUMNS_PER_SCAN):
        part = range(start, min(width, start + COLUMNS_PER_SCAN))
        raw = [(f"r{index}", f"c{index}") for index in part]
        pairs = _pairs({index: checks.get(index, ()) for index in part})
        first = pairs[:CHECKS_PER_SCAN]
        left += pairs[len(first) :]
        wanted = ["count(*)", *(f"count({name})" for name, _ in raw)]
        (rows, *more), counts = _count_all(connection, source, first, raw, wanted)
        filled += more
        counted |= _by_column(first, counts)
    for index, others in _count_pairs(connection, source, left).items():
        counted[index] = (*counted.get(index, ()), *others)
    return Profile(rows, tuple(filled), counted)


def count(
    connection: Connection, source: str, checks: Mapping[int, Sequence[Candidate]]
) -> dict[int, tuple[Count, ...]]:
    """The counts of the checks alone, per column index."""
    return _count_pairs(connection, source, _pairs(checks))


def _pairs(checks: Mapping[int, Sequence[Candidate]]) -> list[Pair]:
    return [(index, candidate) for index, found in checks.items() for candidate in found]


def _count_pairs(
    connection: Connection, source: str, pairs: Sequence[Pair]
) -> dict[int, tuple[Count, ...]]:
    counted: dict[int, tuple[Count, ...]] = {}
    for start in range(0, len(pairs), CHECKS_PER_SCAN):
        part = pairs[start : start + CHECKS_PER_SCAN]
        _, counts = _count_all(connection, source, part, [], [])
        for index, more in _by_column(part, counts).items():
            counted[index] = (*counted.get(index, ()), *more)
    return counted


def _by_column(pairs: Sequence[Pair], counts: Sequence[Count]) -> dict[int, tuple[Count, ...]]:
    found: dict[int, tuple[Count, ...]] = {}
    for (index, _), result in zip(pairs, counts, strict=True):
        found[index] = (*found.get(index, ()), result)
    return found


def _count_all(
    connection: Connection,
    source: str,
    pairs: Sequence[Pair],
    raw: Sequence[tuple[str, str]],
    wanted: Sequence[str],
) -> tuple[list[int], list[Count]]:
    """One scan: the `wanted` aggregates over the `raw` columns, and the counts of the checks."""
    seen = [*raw, *(column for k, pair in enumerate(pairs) for column in _seen(k, *pair))]
    measured = [_measures(k, *pair) for k, pair in enumerate(pairs)]
    inner = ", ".join(f"{sql} AS {name}" for name, sql in seen)
    values = _scan(
        connection,
        f"(SELECT {inner} FROM {source})",
        [*wanted, *(measure for group in measured for measure in group)],
    )
    rest = iter(values[len(wanted) :])
    counts = [
        _count(candidate, [next(rest) for _ in group])
        for (_, candidate), group in zip(pairs, measured, strict=True)
    ]
    return list(values[: len(wanted)]), counts


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
    """The aggregates that _count reads, in its order. Without FILTER: for each one, DuckDB keeps
    room for the inputs of all aggregates of the statement."""
    text, typed, digits = f"v{check}", f"t{check}", f"d{check}"
    measures = [
        f"count({text})",
        f"count({typed})",
        f"left(min(CASE WHEN {typed} IS NULL THEN {text} END), {MISFIT_LENGTH})",
        f"count(c{check})",
    ]
    if candidate.form.family == "number":
        # Where a person chose the type, values that do not fit must not widen it.
        only = f"CASE WHEN {typed} IS NOT NULL THEN {digits} END" if candidate.cleaned else digits
        measures += [
            f"max(length(split_part({only}, '.', 2)))",
            f"max(length(ltrim(split_part({only}, '.', 1), '-')))",
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
