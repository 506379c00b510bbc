"""Whether the rows of a file fit an existing table, and what becomes of each column. Pure.

Numbers may widen the table's column, so that nothing is rounded; nothing else is ever changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data_agent.importing.decide import NARROW_DIGITS, WIDE_DIGITS
from data_agent.values import Column

_DECIMAL = re.compile(r"DECIMAL\((\d+),(\d+)\)")
BIGINT_DIGITS = 19


@dataclass(frozen=True)
class Target:
    """A column of the table: which of the file's columns fills it, and its type afterwards.

    `as_text`: the file's own characters are taken, not what was read from them.
    """

    name: str
    source: str
    type: str
    widened: bool = False
    as_text: bool = False


@dataclass(frozen=True)
class Fit:
    """`reasons` is empty when the file fits."""

    targets: tuple[Target, ...]
    reasons: tuple[str, ...]


def fit(table: Sequence[Column], file: Sequence[Column], filled: Mapping[str, bool]) -> Fit:
    """Compare by name, without regard to case and order. `filled`: file columns with any value."""
    by_name = {column.name.casefold(): column for column in file}
    known = {column.name.casefold() for column in table}
    reasons = [
        f"the table has no column “{c.name}”" for c in file if c.name.casefold() not in known
    ]
    targets: list[Target] = []
    for column in table:
        source = by_name.get(column.name.casefold())
        if source is None:
            reasons.append(f"the file has no column “{column.name}”")
            continue
        kind = column.type if not filled[source.name] else common_type(column.type, source.type)
        if kind is None:
            reasons.append(
                f"“{column.name}” is {_words(column.type)} in the table and "
                f"{_words(source.type)} in the file"
            )
            continue
        as_text = kind == "VARCHAR"
        targets.append(Target(column.name, source.name, kind, kind != column.type, as_text))
    return Fit(tuple(targets), tuple(reasons))


def common_type(table: str, file: str) -> str | None:
    """The type that holds the values of both exactly; None when only text would."""
    if table in {file, "VARCHAR"}:
        return table
    if table == "TIMESTAMP" and file == "DATE":
        return table
    one, other = _digits(table), _digits(file)
    if one is None or other is None:
        return None
    if "DOUBLE" in {table, file}:
        return "DOUBLE" if table == "DOUBLE" else None
    scale = max(one[1], other[1])
    digits = max(one[0], other[0]) + scale
    if digits > WIDE_DIGITS:
        return None
    return f"DECIMAL({NARROW_DIGITS if digits <= NARROW_DIGITS else WIDE_DIGITS},{scale})"


def _digits(kind: str) -> tuple[int, int] | None:
    """Digits before and after the decimal sign; None for what is no number."""
    if kind == "BIGINT":
        return BIGINT_DIGITS, 0
    if kind == "DOUBLE":
        return 0, 0
    found = _DECIMAL.fullmatch(kind)
    return (int(found[1]) - int(found[2]), int(found[2])) if found else None


def _words(kind: str) -> str:
    names = {"VARCHAR": "text", "DATE": "a date", "TIMESTAMP": "a time", "BOOLEAN": "yes or no"}
    return f"{names.get(kind, 'a number')} ({kind})" if kind not in names else names[kind]
