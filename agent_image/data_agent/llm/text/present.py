"""A sentence and a chart for the result of a SELECT that no plan describes, by rule. Pure."""

from __future__ import annotations

from data_agent.asking.schema import kind_of
from data_agent.asking.words import value_words
from data_agent.values import QueryResult

MAX_BARS = 40
MOST_NAMED = 4


def sentence_of(result: QueryResult) -> str:
    """One value is said; rows are counted. Never in a model's words."""
    names = [column.name for column in result.columns]
    if not result.rows:
        return "No rows match."
    if len(result.rows) == 1 and len(names) == 1:
        return f"{names[0]}: {value_words(result.rows[0][0])}."
    more = "the first " if result.truncated else ""
    count = f"{len(result.rows):,} row{'' if len(result.rows) == 1 else 's'}"
    listed = ", ".join(names[:MOST_NAMED]) + (" …" if len(names) > MOST_NAMED else "")
    text = f"{more}{count} with {listed}."
    return text[:1].upper() + text[1:]


def chart_of_result(result: QueryResult) -> dict[str, object] | None:
    """As for plans: a number, a line over time, bars by category; None for anything else."""
    kinds = [kind_of(column.type) for column in result.columns]
    names = [column.name for column in result.columns]
    if kinds == ["number"] and len(result.rows) == 1:
        return {"type": "number", "y": names[0]}
    if len(kinds) != 2 or kinds[1] != "number" or kinds[0] not in ("text", "time"):
        return None
    if names[0] == names[1] or not len(result.rows) > 1:
        return None
    if not any(isinstance(row[1], int | float) for row in result.rows):
        return None
    if kinds[0] == "time":
        ordered = [row[0] for row in result.rows if isinstance(row[0], str)]
        return (
            {"type": "line", "x": names[0], "y": names[1]} if ordered == sorted(ordered) else None
        )
    return {"type": "bar", "x": names[0], "y": names[1]} if len(result.rows) <= MAX_BARS else None
