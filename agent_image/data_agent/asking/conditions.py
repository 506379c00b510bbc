"""A plan's names and conditions in SQL. Names are quoted, texts are quoted, numbers are numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from data_agent.asking.plan import Bucket, Calc, Filter, Having, Measure, Members, Plan, Scalar
from data_agent.asking.schema import Table, rows_of
from data_agent.asking.spellings import Pairs, folded, taken_together


class Names:
    """How the columns of one plan are written: with their table only where there are several."""

    def __init__(self, plan: Plan, table: Table) -> None:
        self.table = table
        self._plan = plan
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

    def one_spelling(self, name: str) -> str:
        """The column with values that differ only in capitals or outer spaces as one."""
        return folded(self.spellings(name), self.column(name))

    def spellings(self, name: str) -> Pairs:
        return taken_together(self._plan, self.table.field(name))

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


def where(plan: Plan, names: Names, *more: Filter) -> list[str]:
    """The WHERE line, or none; `more` conditions stand behind those of the plan."""
    found = [condition(item, names) for item in plan.filters]
    if plan.either:
        found.append(f"({' OR '.join(condition(item, names) for item in plan.either)})")
    found += [_member(item, names) for item in plan.members]
    found += [condition(item, names) for item in more]
    return [f"WHERE {' AND '.join(found)}"] if found else []


def condition(item: Filter, names: Names) -> str:
    if item.operator in {"no_row", "has_row"}:
        return _linked(item, names)
    if item.other is not None:
        return _CONDITIONS[item.operator](*_compared(item.column, item.other, names))
    column = names.column(item.column)
    values = [literal(value) for value in item.values]
    if item.operator in {"periods", "not_periods"}:
        pairs = zip(values[::2], values[1::2], strict=True)
        within = "(" + " OR ".join(_period(column, *pair) for pair in pairs) + ")"
        return within if item.operator == "periods" else f"({column} IS NULL OR NOT {within})"
    if item.operator == "between" and names.table.field(item.column).kind == "time":
        return f"({_period(column, *values)})"
    return _CONDITIONS[item.operator](column, values)


def _linked(item: Filter, names: Names) -> str:
    """Whether any row of another table names this one."""
    other, key = (quote_name(str(value)) for value in item.values)
    own = f"{quote_name(names.table.name)}.{quote_name(item.column)}"
    there = f"EXISTS (SELECT 1 FROM {other} WHERE {other}.{key} = {own})"
    return f"NOT {there}" if item.operator == "no_row" else there


def _compared(one: str, other: str, names: Names) -> tuple[str, list[str]]:
    """Two columns; a day and a moment are compared as days."""
    fields = [names.table.field(name) for name in (one, other)]
    left, right = (names.column(field.name) for field in fields)
    if fields[0].kind == "time" and "DATE" in {field.type for field in fields}:
        left, right = (
            side if field.type == "DATE" else f"CAST({side} AS DATE)"
            for side, field in zip((left, right), fields, strict=True)
        )
    return left, [right]


def _member(item: Members, names: Names) -> str:
    """Nothing is no member: rows without a value are in neither of the two."""
    own = folded(names.table.field(item.column).spellings, names.column(item.column))
    inner, key = names, own
    if item.table is not None and item.key is not None:
        inner = Names(Plan(item.table, None), rows_of(item.table, names.table))
        key = inner.column(item.key)
        own = f"{quote_name(names.table.name)}.{quote_name(item.column)}"
    there = [*(condition(one, inner) for one in item.filters), f"{key} IS NOT NULL"]
    inside = f"(SELECT {key} FROM {inner.source()} WHERE {' AND '.join(there)})"
    return f"{own} {'IN' if item.has else 'NOT IN'} {inside}"


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
        column = _calculated(measure.column, measure.calc, measure.calc.column, names)
    if measure.function == "distinct":
        return f"count(DISTINCT {folded(names.spellings(measure.column), column)})"
    if measure.function == "median" and "DECIMAL" in names.table.field(measure.column).type:
        # between two decimals DuckDB would round to their digits
        return f"median(CAST({column} AS DOUBLE))"
    return f"{measure.function}({column})"


def _calculated(name: str, calc: Calc, other: str, names: Names) -> str:
    if calc.operator == "days_to":
        one, (two,) = _compared(name, other, names)
        return f"date_diff('day', {one}, {two})"
    if calc.operator == "hours_to":
        return f"date_diff('second', {names.column(name)}, {names.column(other)}) / 3600.0"
    return f"{names.column(name)} {_SIGNS[calc.operator]} {names.column(other)}"


def _divisor(calc: Calc, names: Names) -> str:
    if calc.column is None:
        return "count(*)"
    column = names.column(calc.column)
    if calc.function == "sum":
        return f"sum({column})"
    column = folded(names.spellings(calc.column), column)
    return f"count(DISTINCT {bucketed(column, calc.bucket)})"


def bucketed(column: str, bucket: Bucket | None) -> str:
    """The day, month or so on that a date is in; the column itself without a bucket."""
    if bucket is None:
        return column
    if bucket in {"weekday", "hour"}:
        return f"{'dayname' if bucket == 'weekday' else 'hour'}({column})"
    return f"CAST(date_trunc('{bucket}', {column}) AS DATE)"


_SIGNS = {"times": "*", "plus": "+", "minus": "-"}


def _period(column: str, low: str, high: str) -> str:
    return f"{column} >= {low} AND {column} < {high}"


def _like(pattern: str) -> Callable[[str, list[str]], str]:
    return lambda column, values: pattern.format(column=column, value=values[0])


def _none_of(part: str) -> Callable[[str, list[str]], str]:
    """Rows without a date are in no month either, as with every other "not"."""
    return lambda column, values: (
        f"({column} IS NULL OR {part}({column}) NOT IN ({', '.join(values)}))"
    )


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
    "not_month": _none_of("month"),
    "not_weekday": _none_of("isodow"),
}
