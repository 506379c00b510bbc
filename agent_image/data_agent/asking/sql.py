"""A plan as one SELECT. Names are quoted, texts are quoted, numbers are numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from data_agent.asking.plan import Filter, Group, Measure, Plan, Scalar
from data_agent.asking.schema import Table
from data_agent.asking.words import measure_words

GROUP_LIMIT = 1000


def render(plan: Plan, table: Table) -> str:
    """The statement of a plan, in a form that a person can read and change."""
    source = quote_name(plan.table)
    where = _where(plan, table)
    if plan.measure is None:
        return "\n".join(["SELECT *", f"FROM {source}", *where, *_order_rows(plan), *_limit(plan)])
    value = f"{_measure(plan.measure)} AS {quote_name(measure_words(plan.measure))}"
    if plan.group is None:
        return "\n".join([f"SELECT {value}", f"FROM {source}", *where])
    key = f"{_group(plan.group)} AS {quote_name(plan.group.bucket or plan.group.column)}"
    return "\n".join(
        [
            f"SELECT {key}, {value}",
            f"FROM {source}",
            *where,
            "GROUP BY 1",
            f"ORDER BY {_order_groups(plan)}",
            *_limit(plan),
        ]
    )


def quote_name(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def literal(value: Scalar) -> str:
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return repr(value)


def _measure(measure: Measure) -> str:
    if measure.column is None:
        return "count(*)"
    column = quote_name(measure.column)
    if measure.function == "distinct":
        return f"count(DISTINCT {column})"
    return f"{measure.function}({column})"


def _group(group: Group) -> str:
    column = quote_name(group.column)
    if group.bucket is None:
        return column
    return f"CAST(date_trunc('{group.bucket}', {column}) AS DATE)"


def _order_groups(plan: Plan) -> str:
    """By the value, largest first; time goes by time. The key decides between equals."""
    order, group = plan.order, plan.group
    if order is None:
        timely = group is not None and group.bucket is not None
        return "1 ASC NULLS LAST" if timely else "2 DESC NULLS LAST, 1 ASC NULLS LAST"
    place = "2" if order.column is None else "1"
    rest = "" if place == "1" else ", 1 ASC NULLS LAST"
    return f"{place} {order.direction.upper()} NULLS LAST{rest}"


def _order_rows(plan: Plan) -> list[str]:
    if plan.order is None or plan.order.column is None:
        return []
    direction = plan.order.direction.upper()
    return [f"ORDER BY {quote_name(plan.order.column)} {direction} NULLS LAST"]


def _limit(plan: Plan) -> list[str]:
    return [] if plan.limit is None else [f"LIMIT {plan.limit}"]


def _where(plan: Plan, table: Table) -> list[str]:
    conditions = [_condition(item, table) for item in plan.filters]
    return [f"WHERE {' AND '.join(conditions)}"] if conditions else []


def _condition(item: Filter, table: Table) -> str:
    field = table.field(item.column)
    column = quote_name(item.column)
    if item.operator == "between" and field.kind == "time":
        low, high = (literal(value) for value in item.values)
        return f"({column} >= {low} AND {column} < {high})"
    return _CONDITIONS[item.operator](column, [literal(value) for value in item.values])


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
    "month": lambda column, values: f"month({column}) = {values[0]}",
}
