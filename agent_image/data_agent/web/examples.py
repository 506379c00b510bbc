"""Questions that can be asked of the tables that are there, to begin with. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from data_agent.values import Column

NUMBERS = ("INT", "DOUBLE", "FLOAT", "DECIMAL", "REAL")
TIMES = ("DATE", "TIMESTAMP")
KEYS = {"id", "nr", "no", "number", "code", "zip", "postcode", "phone", "year", "email", "key"}
MOST = 4
LONGEST = 90  # characters: what is longer is no example


def example_questions(tables: Sequence[tuple[str, Sequence[Column]]]) -> tuple[str, ...]:
    """A few questions, the most telling first, each about columns that exist."""
    found = [_about(name, columns) for name, columns in tables]
    short = [[each for each in questions if len(each) <= LONGEST] for questions in found]
    per_table = [questions for questions in short if questions]
    if len(per_table) > 1:
        per_table = [questions[:2] for questions in per_table]
    return tuple(question for questions in per_table for question in questions)[:MOST]


def _about(table: str, columns: Sequence[Column]) -> list[str]:
    name = table.replace("_", " ")
    amounts = [_words(c) for c in columns if _is(c, NUMBERS) and not is_key(c.name)]
    groups = [_words(c) for c in columns if c.type == "VARCHAR" and not is_key(c.name)]
    times = [c for c in columns if _is(c, TIMES)]
    amount = amounts[-1] if amounts else ""
    group = groups[0] if groups else ""
    questions = []
    if amount and group:
        questions.append(f"total {amount} by {group} in {name}")
    questions.append(f"how many rows are in {name}?")
    if amount and times:
        questions.append(f"total {amount} per month in {name}")
    if amount and group:
        questions.append(f"top 5 {group} by {amount} in {name}")
    if amount:
        questions.append(f"average {amount} in {name}")
    return questions


def _words(column: Column) -> str:
    return column.name.replace("_", " ").lower()


def _is(column: Column, kinds: Sequence[str]) -> bool:
    return any(kind in column.type.upper() for kind in kinds)


def is_key(name: str) -> bool:
    """Columns of numbers and texts that name things: adding or grouping them says nothing."""
    words = set(name.lower().replace("_", " ").split())
    return bool(KEYS & words) or name.endswith(("Id", "ID"))
