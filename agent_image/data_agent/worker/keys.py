"""Whether a column of one table names rows of another: unique there, and how many are known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from data_agent.worker.catalog import existing
from data_agent.worker.database import Connection, quote_name


def check_keys(connection: Connection, pairs: Iterable[Mapping[str, str]]) -> list[dict[str, Any]]:
    """Each pair with `unique` (no two rows of `other` share a key) and `matched` (0 to 1)."""
    unique: dict[tuple[str, str], bool] = {}
    found = []
    for pair in pairs:
        other = (existing(connection, pair["other"]), pair["other_column"])
        if other not in unique:
            unique[other] = _is_unique(connection, *other)
        matched = _matched(connection, pair, other) if unique[other] else 0.0
        found.append({**pair, "unique": unique[other], "matched": matched})
    return found


def _is_unique(connection: Connection, table: str, column: str) -> bool:
    name = quote_name(column)
    row = connection.execute(
        f"SELECT count({name}), approx_count_distinct({name}) FROM {quote_name(table)}"
    ).fetchone()
    filled, about = row or (0, 0)
    if not filled or about < 0.8 * filled:  # far from unique: no need for the exact count
        return False
    repeated = connection.execute(
        f"SELECT 1 FROM {quote_name(table)} WHERE {name} IS NOT NULL "
        f"GROUP BY {name} HAVING count(*) > 1 LIMIT 1"
    ).fetchone()
    return repeated is None


def _matched(connection: Connection, pair: Mapping[str, str], other: tuple[str, str]) -> float:
    table = quote_name(existing(connection, pair["table"]))
    column, far = quote_name(pair["column"]), quote_name(other[1])
    row = connection.execute(
        f"SELECT avg(CASE WHEN k IN (SELECT {far} FROM {quote_name(other[0])} "
        f"WHERE {far} IS NOT NULL) THEN 1.0 ELSE 0.0 END) "
        f"FROM (SELECT DISTINCT {column} AS k FROM {table} WHERE {column} IS NOT NULL)"
    ).fetchone()
    return float(row[0] or 0.0) if row else 0.0
