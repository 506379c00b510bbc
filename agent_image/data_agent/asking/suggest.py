"""Questions that can be answered, made from the tables there are."""

from __future__ import annotations

from data_agent.asking.lexicon import Lexicon
from data_agent.asking.schema import Field, Schema, Table
from data_agent.asking.summing import is_additive

MAX_QUESTIONS = 4


def questions(schema: Schema, lexicon: Lexicon) -> tuple[str, ...]:
    """A few questions, about the first tables first."""
    found: list[str] = []
    for table in schema.tables[:3]:
        found += _about(table, lexicon, named=len(schema.tables) > 1)
    return tuple(found[:MAX_QUESTIONS])


def _about(table: Table, lexicon: Lexicon, *, named: bool) -> list[str]:
    amounts = [field for field in table.fields if is_additive(field, lexicon)]
    categories = [field for field in table.of_kind("text") if 1 < len(field.values) <= 50]
    times = table.of_kind("time")
    tail = f" in {table.name}" if named else ""
    found = [f"how many rows{tail or f' in {table.name}'}"]
    if amounts and categories:
        found.append(f"total {amounts[0].name} by {categories[0].name}{tail}")
    if amounts and times:
        found.append(f"total {amounts[0].name} by month{_of(table, times)}{tail}")
    if amounts:
        found.append(f"average {amounts[0].name}{tail}")
    return found


def _of(table: Table, times: tuple[Field, ...]) -> str:
    return f" of {(table.main_time or times[0]).name}" if len(times) > 1 else ""
