"""Which picture a result gets: what its plan says, otherwise by rule from its types. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from data_agent.values import Column, QueryResult
from data_agent.web.examples import is_key
from data_agent.web.render import is_numeric

Spec = dict[str, object]
KINDS = ("bar", "line", "scatter", "histogram", "number")
MOST_BARS = 40
LEAST_FOR_SCATTER, LEAST_FOR_HISTOGRAM = 5, 12


def chart_spec(said: Spec | None, result: QueryResult) -> Spec | None:
    """`said` when it names a picture that can be drawn; else the first rule that fits."""
    if said and said.get("type") in KINDS:
        return said
    if not result.rows:
        return None
    return next((spec for rule in RULES if (spec := rule(result))), None)


def _one_number(result: QueryResult) -> Spec | None:
    single = len(result.rows) == 1 and len(result.columns) == 1
    if not single or not is_numeric(result.columns[0].type):
        return None
    return {"type": "number", "y": result.columns[0].name}


def _over_time(result: QueryResult) -> Spec | None:
    shape = _shape(result.columns)
    if shape != ("time", "number") or len(result.rows) < 3:
        return None
    keys = [row[0] for row in result.rows if isinstance(row[0], str)]
    once_each_in_order = all(a < b for a, b in pairwise(keys))
    return _xy("line", result) if once_each_in_order else None


def _by_category(result: QueryResult) -> Spec | None:
    if _shape(result.columns) not in (("text", "number"), ("time", "number")):
        return None
    names = [row[0] for row in result.rows]
    return _xy("bar", result) if len(set(names)) == len(names) <= MOST_BARS else None


def _by_two_categories(result: QueryResult) -> Spec | None:
    """One bar for each pair."""
    if _shape(result.columns) != ("text", "text", "number"):
        return None
    pairs = {row[:2] for row in result.rows}
    if not len(pairs) == len(result.rows) <= MOST_BARS:
        return None
    first, second, number = (column.name for column in result.columns)
    return {"type": "bar", "x": first, "series": second, "y": number}


def _two_numbers(result: QueryResult) -> Spec | None:
    fits = _shape(result.columns) == ("number", "number")
    return _xy("scatter", result) if fits and len(result.rows) >= LEAST_FOR_SCATTER else None


def _many_numbers(result: QueryResult) -> Spec | None:
    fits = _shape(result.columns) == ("number",) and len(result.rows) >= LEAST_FOR_HISTOGRAM
    return {"type": "histogram", "x": result.columns[0].name} if fits else None


# The first that fits; a result that no rule fits is a table and nothing else.
RULES: Sequence[Callable[[QueryResult], Spec | None]] = (
    _one_number,
    _over_time,
    _by_category,
    _by_two_categories,
    _two_numbers,
    _many_numbers,
)


def _xy(kind: str, result: QueryResult) -> Spec:
    return {"type": kind, "x": result.columns[0].name, "y": result.columns[1].name}


def _shape(columns: Sequence[Column]) -> tuple[str, ...]:
    """A number whose name says that it is a key counts as text."""
    return tuple(_kind(column) for column in columns)


def _kind(column: Column) -> str:
    if is_numeric(column.type):
        return "text" if is_key(column.name) else "number"
    return "time" if column.type.startswith(("DATE", "TIMESTAMP")) else "text"
