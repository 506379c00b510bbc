"""A held-out set: its questions, its tables, and what its own SELECTs say is right."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb

HERE = Path(__file__).parent
TABLES = HERE / "tables"
Rows = list[tuple[Any, ...]]
TWICE = re.compile(r"\bfrom (bank|fuel|gym|orders|staff)\b")  # rows exported twice


@dataclass(frozen=True)
class Question:
    """`sql`: one SELECT for each reading that can be defended; none where it must be declined.

    `after`: the questions before it in the same conversation. `shape`: what kind of answer when
    its rows are not to be compared (`histogram`: of as many values as the SELECT says).
    """

    tables: tuple[str, ...]
    text: str
    sql: tuple[str, ...]
    declined: bool
    after: tuple[str, ...] = ()
    shape: str = "rows"
    either_sign: bool = False
    once: bool = True


@dataclass(frozen=True)
class Truth:
    """The question's right answers; `readings` is empty where it has to be declined."""

    question: Question
    readings: tuple[Rows, ...]


def sets() -> list[str]:
    """Their names, the oldest first."""
    return sorted(path.name for path in HERE.iterdir() if any(path.glob("*.toml")))


def load(name: str) -> list[Question]:
    """Every question of the set, file by file."""
    found = []
    for path in sorted((HERE / name).glob("*.toml")):
        content = tomllib.loads(path.read_text())
        found += [_question(content["tables"], entry) for entry in content["question"]]
    return found


def _question(tables: list[str], entry: dict[str, Any]) -> Question:
    sql = entry.get("sql", [])
    return Question(
        tables=tuple(entry.get("tables", tables)),
        text=entry["ask"],
        sql=(sql,) if isinstance(sql, str) else tuple(sql),
        declined=entry.get("declined", False),
        after=tuple(entry.get("after", [])),
        shape=entry.get("shape", "rows"),
        either_sign=entry.get("sign") == "either",
        once=entry.get("once", True),
    )


def typed() -> duckdb.DuckDBPyConnection:
    """The tables with every type spelled out; close it."""
    connection = duckdb.connect()
    connection.execute((HERE / "typed.sql").read_text().replace("{tables}", str(TABLES)))
    return connection


def truths(name: str) -> list[Truth]:
    """Every question of the set with its right answers."""
    with typed() as connection:
        return [Truth(question, tuple(_readings(connection, question))) for question in load(name)]


def _readings(connection: duckdb.DuckDBPyConnection, question: Question) -> Iterable[Rows]:
    for statement in question.sql:
        views = {statement}
        if question.once:
            views.add(TWICE.sub(r"from \1_once", statement))
        for view in sorted(views):
            rows = connection.execute(view).fetchall()
            yield rows
            if question.either_sign:
                yield [tuple(_turned(cell) for cell in row) for row in rows]


def _turned(cell: Any) -> Any:
    return -cell if isinstance(cell, int | float | Decimal) else cell
