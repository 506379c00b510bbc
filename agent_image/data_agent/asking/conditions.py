"""A plan's names and conditions in SQL. Names are quoted, texts are quoted, numbers are numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from data_agent.asking.plan import Bucket, Calc, Filter, Having, Measure, Plan, Scalar
from data_agent.asking.schema import Table


class Names:
    """How the columns of one plan are written: with their table only where there are several."""

    def __init__(self, plan: Plan, table: Table) -> None:
        self.table = table
        fields = [table.field(name) for name in plan.columns()]
        sources = [field.source for field in fields if field.source]
        steps = [step for other in sources for step in (table.join(other).via, other) if step]
        self.others = tuple(dict.fromkeys(steps))

    def column(self, name: str) -> str:
        field = self.table.field(name)
        if field.source:
            return f"{quote_name(field.source)}.{quote_name(field.column)}"
        return (
            f"{quote_name(self.table.name)}.{quote_name(name)}"
            if self.others
            else (quote_name(name))
        )

    def source(self) -> str:
        """The FROM item: the table, and what its keys lead to. No row is lost or doubled."""
        parts = [quote_name(self.table.name)]
        for other in self.others:
            join = self.table.join(other)
            left = f"{quote_name(join.via or self.table.name)}.{quote_name(join.column)}"
            right = f"{quote_name(other)}.{quote_name(join.other_column)}"
            parts.append(f"LEFT JOIN {quote_name(other)} ON {left} = {right}")
        return " ".join(parts)


def quote_name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(value: Scalar) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(value)


def where(filters: Sequence[Filter], names: Names) -> list[str]:
    """The WHERE line, or none."""
    found = [condition(item, names) for item in filters]
    return [f"WHERE {' AND '.join(found)}"] if found else []


def condition(item: Filter, names: Names) -> str:
    if item.operator in {"no_row", "has_row"}:
        return _linked(item, names)
    column = names.column(item.column)
    values = [literal(value) for value in item.values]
    if item.operator == "periods":
        pairs = zip(values[::2], values[1::2], strict=True)
        return "(" + " OR ".join(_period(column, *pair) for pair in pairs) + ")"
    if item.operator == "between" and names.table.field(item.column).kind == "time":
        return f"({_period(column, *values)})"
    return _CONDITIONS[item.operator](column, values)


def _linked(item: Filter, names: Names) -> str:
    """Whether any row of another table names this one."""
    other, key = (quote_name(str(value)) for value in item.values)
    own = f"{quote_name(names.table.name)}.{quote_name(item.column)}"
    there = f"EXISTS (SELECT 1 FROM {other} WHERE {other}.{key} = {own})"
    return f"NOT {there}" if item.operator == "no_row" else there


def having(items: Sequence[Having], names: Names) -> list[str]:
    """The HAVING line, or none."""
    found = [
        _CONDITIONS[item.operator](
            aggregate(item.measure, names), [literal(value) for value in item.values]
        )
        for item in items
    ]
    return [f"HAVING {' AND '.join(found)}"] if found else []


def aggregate(measure: Measure, names: Names) -> str:
    """The expression of one number."""
    if measure.calc is not None and not measure.by_row:
        whole = aggregate(replace(measure, calc=None), names)
        return f"{whole} / nullif({_divisor(measure.calc, names)}, 0)"
    if measure.column is None:
        return "count(*)"
    column = names.column(measure.column)
    if measure.calc is not None and measure.calc.column is not None:
        column = f"{column} {_SIGNS[measure.calc.operator]} {names.column(measure.calc.column)}"
    if measure.function == "distinct":
        return f"count(DISTINCT {column})"
    if measure.function == "median" and "DECIMAL" in names.table.field(measure.column).type:
        # between two decimals DuckDB would round to their digits
        return f"median(CAST({column} AS DOUBLE))"
    return f"{measure.function}({column})"


def _divisor(calc: Calc, names: Names) -> str:
    if calc.column is None:
        return "count(*)"
    column = names.column(calc.column)
    if calc.function == "sum":
        return f"sum({column})"
    return f"count(DISTINCT {bucketed(column, calc.bucket)})"


def bucketed(column: str, bucket: Bucket | None) -> str:
    """The day, month or so on that a date is in; the column itself without a bucket."""
    if bucket is None:
        return column
    if bucket == "weekday":
        return f"dayname({column})"
    return f"CAST(date_trunc('{bucket}', {column}) AS DATE)"


_SIGNS = {"times": "*", "plus": "+", "minus": "-"}


def _period(column: str, low: str, high: str) -> str:
    return f"{column} >= {low} AND {column} < {high}"


def _like(pattern: str) -> Callable[[str, list[str]], str]:
    return lambda column, values: pattern.format(column=column, value=values[0])


_CONDITIONS: Mapping[str, Callable[[str, list[str]], str]] = {
    "eq": lambda column, values: f"{column} = {values[0]}",
    # Rows without a value are not Berlin either: people expect them to stay.
    "ne": lambda column, values: f"{column} IS DISTINCT FROM {values[0]}",
    "gt": lambda column, values: f"{column} > {values[0]}",
    "ge": lambda column, values: f"{column} >= {values[0]}",
    "lt": lambda column, values: f"{column} < {values[0]}",
    "le": lambda column, values: f"{column} <= {values[0]}",
    "between": lambda column, values: f"{column} BETWEEN {values[0]} AND {values[1]}",
    "in": lambda column, values: f"{column} IN ({', '.join(values)})",
    "not_in": lambda column, values: f"({column} IS NULL OR {column} NOT IN ({', '.join(values)}))",
    "contains": _like("contains(lower({column}), lower({value}))"),
    "not_contains": _like("({column} IS NULL OR NOT contains(lower({column}), lower({value})))"),
    "starts": _like("starts_with(lower({column}), lower({value}))"),
    "empty": lambda column, values: f"{column} IS NULL",  # noqa: ARG005
    "not_empty": lambda column, values: f"{column} IS NOT NULL",  # noqa: ARG005
    "month": lambda column, values: f"month({column}) IN ({', '.join(values)})",
    "weekday": lambda column, values: f"isodow({column}) IN ({', '.join(values)})",
}
