"""Values of one column that differ only in capitals or outer spaces, and how they mostly stand."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from data_agent.worker.database import Connection, quote_name


def variants(values: Iterable[str]) -> list[str]:
    """The small forms that more than one of the values has."""
    counted = Counter(_small(value) for value in values)
    return sorted(small for small, count in counted.items() if count > 1 and small)


def spellings(
    connection: Connection, table: str, column: str, values: Sequence[str]
) -> list[tuple[str, str]]:
    """The small form of such values, and the spelling that most rows have, without outer spaces.

    Between equals, `Paid` comes before `PAID` and `paid`. Reads the table only where there are
    such values.
    """
    wanted = variants(values)
    if not wanted:
        return []
    name, marks = quote_name(column), ", ".join("?" * len(wanted))
    rows = connection.execute(
        f"SELECT lower(trim({name})), trim({name}), count(*) FROM {quote_name(table)} "
        f"WHERE lower(trim({name})) IN ({marks}) GROUP BY 1, 2 "
        f"ORDER BY 3, trim({name}) IN (lower(trim({name})), upper(trim({name}))) DESC, 2 DESC",
        wanted,
    ).fetchall()
    return sorted({small: main for small, main, _ in rows}.items())  # the last, most frequent one


def _small(value: str) -> str:
    """DuckDB's `lower(trim(…))`."""
    return value.strip(" ").lower()
