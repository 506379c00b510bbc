"""One scan over a table: how full, varied and wide each column is, and what it is good for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from data_agent.values import Cell, Column, QueryResult

MAX_COLUMNS = 30  # the first ones; a wider table is described by these
MOST_GROUPS = 60  # a column with more different values is no category
KEY_WORDS = frozenset("id nr no number code zip postcode plz phone year email key index".split())
MONEY_WORDS = ("revenue", "amount", "total", "sales", "price", "value", "cost", "betrag", "umsatz")
# Adding these up means nothing; they are averaged.
RATES = frozenset(
    "price preis rate rating score age alter percent percentage temperature humidity level balance "
    "saldo margin ratio grade latitude longitude lat lon lng height voltage stars year jahr".split()
)
CURRENCIES = frozenset("currency währung waehrung".split())
NUMBERS = ("BIGINT", "DECIMAL", "DOUBLE", "HUGEINT", "INTEGER")
TIMES = ("DATE", "TIMESTAMP")


@dataclass(frozen=True)
class Seen:
    """A column as the scan found it. `distinct` is about right, within a few per cent."""

    name: str
    type: str
    filled: int
    distinct: int
    low: Cell = None
    high: Cell = None

    @property
    def is_number(self) -> bool:
        return self.type.startswith(NUMBERS)

    @property
    def is_time(self) -> bool:
        return self.type.startswith(TIMES)

    @property
    def is_key(self) -> bool:
        return bool(KEY_WORDS & self._words) or self.name.endswith(("Id", "ID"))

    @property
    def is_rate(self) -> bool:
        return bool(RATES & self._words)

    @property
    def is_currency(self) -> bool:
        return bool(CURRENCIES & self._words)

    @property
    def _words(self) -> set[str]:
        return set(self.name.lower().replace("_", " ").replace("-", " ").split())


@dataclass(frozen=True)
class Overview:
    """A table after its scan, with the columns that tell most, where there are such.

    `types` are those of all columns, `columns` the first ones, of which `left_out` are not any.
    `spellings`: values of the dimension that differ only in capitals or outer spaces, in small
    letters, each with its most frequent spelling.
    """

    table: str
    rows: int
    columns: tuple[Seen, ...]
    sql: str
    left_out: int = 0
    types: tuple[str, ...] = ()
    spellings: tuple[tuple[str, str], ...] = ()

    @property
    def key(self) -> Seen | None:
        """The column that might tell the rows apart; whether it does is for a query to say."""
        keys = [c for c in self.columns if c.filled == self.rows > 1 and c.is_key]
        return next((c for c in keys if c.distinct > self.rows * 0.9), None)

    @property
    def has_currencies(self) -> bool:
        """Amounts of several currencies stand together: their total would mean nothing."""
        return any(c.is_currency and c.distinct > 1 for c in self.columns)

    @property
    def measure(self) -> Seen | None:
        """The number worth adding up: by its name, else the last one that varies."""
        found = [c for c in self.columns if c.is_number and not c.is_key and c.distinct > 1]
        named = [c for word in MONEY_WORDS for c in found if word in c.name.lower()]
        return next(iter(named or reversed(found)), None)

    @property
    def dimension(self) -> Seen | None:
        """The text with few different values that most rows have."""
        found = [c for c in self.columns if c.type == "VARCHAR" and self._groups(c)]
        return max(
            found, key=lambda c: (c.filled * 10 >= self.rows * 9, c.distinct > 2), default=None
        )

    @property
    def time(self) -> Seen | None:
        found = [c for c in self.columns if c.is_time and c.distinct > 1]
        return max(found, key=lambda c: c.filled, default=None)

    def _groups(self, column: Seen) -> bool:
        return (
            2 <= column.distinct <= min(MOST_GROUPS, max(2, self.rows // 2)) and not column.is_key
        )


def quoted(name: str) -> str:
    """A SQL identifier."""
    return '"' + name.replace('"', '""') + '"'


def overview_sql(table: str, columns: Sequence[Column]) -> str:
    """One row: the number of rows, then four figures per column."""
    figures = ["count(*) AS rows"]
    for index, column in enumerate(columns[:MAX_COLUMNS]):
        name = quoted(column.name)
        figures.append(f"count({name}) AS filled_{index}")
        figures.append(f"approx_count_distinct({name}) AS distinct_{index}")
        if column.type.startswith(NUMBERS + TIMES):
            figures.append(f"min({name}) AS low_{index}")
            figures.append(f"max({name}) AS high_{index}")
    return "SELECT " + ",\n  ".join(figures) + f"\nFROM {quoted(table)}"


def read_overview(table: str, columns: Sequence[Column], sql: str, result: QueryResult) -> Overview:
    """The scan's one row as an Overview."""
    names = [column.name for column in result.columns]
    row: Mapping[str, Cell] = dict(zip(names, result.rows[0], strict=True))
    seen = tuple(
        Seen(
            column.name,
            column.type,
            int(number(row[f"filled_{index}"])),
            int(number(row[f"distinct_{index}"])),
            row.get(f"low_{index}"),
            row.get(f"high_{index}"),
        )
        for index, column in enumerate(columns[:MAX_COLUMNS])
    )
    return Overview(
        table,
        int(number(row["rows"])),
        seen,
        sql,
        max(0, len(columns) - MAX_COLUMNS),
        tuple(column.type for column in columns),
    )


def number(cell: Cell) -> float:
    """A cell that holds a number, also where it came as text because it is a long one."""
    return float(cell) if cell is not None else 0.0


def days(column: Seen) -> int:
    """Days from the first to the last moment; dates are ISO texts."""
    try:
        first, last = (_day(str(cell)) for cell in (column.low, column.high))
    except ValueError:
        return 0
    return (last - first).days


def _day(text: str) -> date:
    return datetime.fromisoformat(text).date()
