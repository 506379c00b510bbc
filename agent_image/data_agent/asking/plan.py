"""The typed plan of a question: what is asked, independent of words and of SQL. JSON both ways."""

from __future__ import annotations

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
    column = value.get("column")
    return Measure(
        _one_of(value["function"], Function), None if column is None else table.field(column).name
    )


def _filter(value: Mapping[str, Any], table: Table) -> Filter:
    values = tuple(value.get("values") or ())
    if not all(isinstance(item, str | int | float) for item in values):
        raise PlanError("a filter's values are texts and numbers")
    return Filter(table.field(value["column"]).name, _one_of(value["operator"], Operator), values)


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
