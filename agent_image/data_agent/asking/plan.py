"""The typed plan of a question: what is asked, independent of words and of SQL. JSON both ways."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args

from data_agent.asking.schema import Schema, Table

Function = Literal["count", "sum", "avg", "min", "max", "median", "distinct"]
Operator = Literal[
    "eq", "ne", "gt", "ge", "lt", "le", "between", "in", "not_in",
    "contains", "not_contains", "starts", "empty", "not_empty", "month",
]  # fmt: skip
Bucket = Literal["day", "week", "month", "quarter", "year"]
Direction = Literal["asc", "desc"]
Scalar = str | int | float


# least and most values of a filter; one where it is not said
_ARITY = {
    "between": (2, 2),
    "in": (1, 1000),
    "not_in": (1, 1000),
    "empty": (0, 0),
    "not_empty": (0, 0),
}


class PlanError(ValueError):
    """This JSON is no plan for these tables."""


@dataclass(frozen=True)
class Measure:
    """A number to compute. `column` None: rows are counted."""

    function: Function
    column: str | None = None


@dataclass(frozen=True)
class Filter:
    """A condition on one column; all filters of a plan must hold.

    `between` on a time column means from the first to before the second (a half-open period).
    `month` compares the month of any year.
    """

    column: str
    operator: Operator
    values: tuple[Scalar, ...] = ()


@dataclass(frozen=True)
class Group:
    """One group per value of `column`; for a time column, per `bucket` of time."""

    column: str
    bucket: Bucket | None = None


@dataclass(frozen=True)
class Order:
    """`column` None: by the measure."""

    column: str | None
    direction: Direction


@dataclass(frozen=True)
class Plan:
    """`measure` None: the rows themselves are listed."""

    table: str
    measure: Measure | None
    filters: tuple[Filter, ...] = ()
    group: Group | None = None
    order: Order | None = None
    limit: int | None = None

    def to_json(self) -> dict[str, object]:
        return asdict(self)


def from_json(value: Mapping[str, Any], schema: Schema) -> Plan:
    """The plan that this JSON says, checked against the tables there are now. PlanError."""
    try:
        table = schema.table(value["table"])
        plan = Plan(
            table=table.name,
            measure=_measure(value.get("measure"), table),
            filters=tuple(_filter(item, table) for item in value.get("filters") or ()),
            group=_group(value.get("group"), table),
            order=_order(value.get("order"), table),
            limit=_limit(value.get("limit")),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise PlanError(f"the earlier question does not fit the tables: {error}") from error
    return plan


def _measure(value: Mapping[str, Any] | None, table: Table) -> Measure | None:
    if value is None:
        return None
    column, function = value.get("column"), _one_of(value["function"], Function)
    if (column is None) != (function == "count"):
        raise PlanError("rows are counted; every other number is of a column")
    return Measure(function, None if column is None else table.field(column).name)


def _filter(value: Mapping[str, Any], table: Table) -> Filter:
    values = tuple(value.get("values") or ())
    operator = _one_of(value["operator"], Operator)
    if not all(_is_scalar(item) for item in values):
        raise PlanError("a filter's values are texts and numbers")
    least, most = _ARITY.get(operator, (1, 1))
    if not least <= len(values) <= most:
        raise PlanError(f"{operator} has {least} values or more")
    if operator == "month" and values[0] not in range(1, 13):
        raise PlanError("a month is a number from 1 to 12")
    return Filter(table.field(value["column"]).name, operator, values)


def _is_scalar(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, str | int) and not isinstance(value, bool)


def _group(value: Mapping[str, Any] | None, table: Table) -> Group | None:
    if value is None:
        return None
    bucket = value.get("bucket")
    return Group(
        table.field(value["column"]).name, None if bucket is None else _one_of(bucket, Bucket)
    )


def _order(value: Mapping[str, Any] | None, table: Table) -> Order | None:
    if value is None:
        return None
    column = value.get("column")
    return Order(
        None if column is None else table.field(column).name,
        _one_of(value["direction"], Direction),
    )


def _limit(value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value <= 100_000:
        raise PlanError("a limit is a whole number from 1 to 100,000")
    return value


def _one_of(value: object, kind: Any) -> Any:  # noqa: ANN401 - one of a Literal's values
    if value not in get_args(kind):
        raise PlanError(f"{value!r} is not known here")
    return value
