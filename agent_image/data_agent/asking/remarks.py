"""What an answer should say beside its numbers, from its plan and what is known of the columns."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from data_agent.asking.plan import Plan
from data_agent.asking.schema import Field, Join, Table
from data_agent.asking.spellings import spelling_notes
from data_agent.asking.text import stems
from data_agent.asking.words import scalar_date

CURRENCIES = frozenset({"currency", "wahrung", "waehrung"})


def remarks(plan: Plan, table: Table, today: dt.date) -> tuple[str, ...]:
    """Periods without data, cells left out, keys without a row, a period that is not over."""
    said = [
        *_periods(plan, table),
        *_empty(plan, table),
        *_compared(plan, table),
        *_members(plan, table),
        *_joined(plan, table),
        *_currencies(plan, table),
        *spelling_notes(plan, table),
        *_unfinished(plan, table, today),
    ]
    return tuple(dict.fromkeys(said))


def _periods(plan: Plan, table: Table) -> Iterator[str]:
    """A filter on time behind or before all that there is."""
    for item in plan.filters:
        field = table.field(item.column)
        low, high = scalar_date(field.low), scalar_date(field.high)
        if field.kind != "time" or low is None or high is None or not item.values:
            continue
        first = scalar_date(item.values[0])
        last = scalar_date(item.values[-1])
        starts = item.operator in {"between", "ge"}
        beyond = starts and first is not None and first > high
        ends = item.operator in {"between", "lt"}
        if beyond or (ends and last is not None and last <= low):
            yield f"{field.name} goes from {low.isoformat()} to {high.isoformat()} only."


def _empty(plan: Plan, table: Table) -> Iterator[str]:
    """Averages and so on leave out rows that have no value."""
    for name in _computed(plan):
        field = table.field(name)
        if field.empty and not any(item.column == field.name for item in plan.filters):
            verb = "is" if field.empty == 1 else "are"
            where = field.source or table.name
            yield f"{_rows(field.empty)} of {where} without {field.label} {verb} left out."


def _computed(plan: Plan) -> Iterator[str]:
    """The columns whose empty cells are left out."""
    for measure in plan.measures:
        if measure.column is not None and measure.function != "distinct":
            yield measure.column
        if measure.by_row and measure.calc is not None and measure.calc.column is not None:
            yield measure.calc.column


def _compared(plan: Plan, table: Table) -> Iterator[str]:
    """What is said of rows that lack a column that a condition needs."""
    for item in plan.conditions():
        names = [name for name in (item.column, item.other) if name and table.field(name).empty]
        if item.other is not None and item.operator != "ne":
            yield from (
                f"Rows without {name} cannot be compared and are left out." for name in names
            )
        if item.operator in {"not_periods", "not_month", "not_weekday"} and names:
            yield f"Rows without {item.column} are in no period, and are not left out."


def _members(plan: Plan, table: Table) -> Iterator[str]:
    for item in plan.members:
        if item.table is None and not item.has:
            yield (
                f"Looked at is every {item.column} that stands in {table.name}; "
                "one with no row at all is not known there."
            )


def _joined(plan: Plan, table: Table) -> Iterator[str]:
    for name in plan.columns():
        field: Field = table.field(name)
        if not field.source:
            continue
        join = table.join(field.source)
        if join.via:
            yield from _put_together(table.name, table.join(join.via))
        yield from _put_together(join.via or table.name, join)


def _currencies(plan: Plan, table: Table) -> Iterator[str]:
    """Euros and dollars in one total: it is said, for the number means little."""
    said = {item.column for item in plan.filters} | {group.column for group in plan.groups}
    summed = any(measure.function in {"sum", "avg", "median"} for measure in plan.measures)
    for field in table.fields:
        several = len(field.values) > 1 and CURRENCIES & set(stems(field.name))
        if summed and several and field.name not in said:
            yield (
                f"Amounts of several currencies ({', '.join(field.values[:3])}) were put together "
                f"as they stand. Name one {field.name}, or group by it."
            )


def _put_together(name: str, join: Join) -> Iterator[str]:
    yield (
        f"{name} and {join.other} were put together where {join.column} is "
        f"{join.other}.{join.other_column}; no row is counted twice."
    )
    if join.matched < 1:
        yield (
            f"{1 - join.matched:.0%} of the different {join.column} have no row in "
            f"{join.other}; these stand under (empty)."
        )


def _unfinished(plan: Plan, table: Table, today: dt.date) -> Iterator[str]:
    if plan.show != "growth":
        return
    for group in plan.groups:
        high = scalar_date(table.field(group.column).high)
        same = high is not None and (high.year, high.month) == (today.year, today.month)
        if same and group.bucket in {"month", "quarter", "year"}:
            yield f"The last {group.bucket} is not over yet."


def _rows(count: int) -> str:
    return "1 row" if count == 1 else f"{count:,} rows"
