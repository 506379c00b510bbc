"""A plan from JSON, checked against the tables there are now. Plans of old versions are read."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, get_args

from data_agent.asking.plan import (
    Arithmetic,
    Bucket,
    Calc,
    Comparison,
    Direction,
    Filter,
    Function,
    Group,
    Having,
    Measure,
    Members,
    Operator,
    Order,
    PerFunction,
    Plan,
    PlanError,
    Show,
    Study,
    StudyKind,
)
from data_agent.asking.schema import Field, Schema, Table, rows_of

# least and most values of a filter; one where it is not said
_ARITY = {
    "between": (2, 2),
    "in": (1, 1000),
    "not_in": (1, 1000),
    "periods": (2, 100),
    "month": (1, 12),
    "weekday": (1, 7),
    "not_periods": (2, 100),
    "not_month": (1, 12),
    "not_weekday": (1, 7),
    "no_row": (2, 2),
    "has_row": (2, 2),
    "empty": (0, 0),
    "not_empty": (0, 0),
}
_COMPARISONS = get_args(Comparison)
_STUDIED = {"distribution": 1, "correlation": 2, "outliers": 1}  # columns of numbers
_SPANS = ("days_to", "hours_to")
MAX_FURTHER = 8


def read_plan(value: Mapping[str, Any], schema: Schema) -> Plan:
    """The plan that this JSON says. PlanError."""
    try:
        table = schema.table(value["table"])
        plan = Plan(
            table=table.name,
            measure=_measure(value.get("measure"), table),
            filters=tuple(_filter(item, table) for item in value.get("filters") or ()),
            group=_group(value.get("group"), table),
            order=_order(value.get("order"), table),
            limit=_limit(value.get("limit")),
            further=tuple(_further(item, table) for item in value.get("further") or ()),
            second=_group(value.get("second"), table),
            having=tuple(_having(item, table) for item in value.get("having") or ()),
            show=_one_of(value["show"], Show) if value.get("show") else None,
            part=tuple(table.field(name).name for name in value.get("part") or ()),
            within=value.get("within") is True,
            study=_study(value.get("study"), table),
            either=tuple(_filter(item, table) for item in value.get("either") or ()),
            members=tuple(_members(item, table) for item in value.get("members") or ()),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise PlanError(f"the earlier question does not fit the tables: {error}") from error
    _check_whole(plan)
    return plan


def _check_whole(plan: Plan) -> None:
    """What fits alone and not together."""
    rules = (
        (plan.measure is None and bool(plan.further), "further measures need a first one"),
        (len(plan.further) > MAX_FURTHER, f"at most {MAX_FURTHER} further measures"),
        (plan.group is None and plan.second is not None, "a second group needs a first one"),
        (plan.group is None and bool(plan.having), "a condition on groups needs a group"),
        (plan.measure is None and plan.show is not None, "a share or growth needs a measure"),
        (
            plan.within and not (plan.second and plan.limit and plan.order),
            "a limit within groups needs a second group, an order and a limit",
        ),
        (len(plan.either) == 1, "either needs two conditions or more"),
        (
            plan.show == "share" and plan.group is None and bool(plan.either or plan.members),
            "a share is of conditions that all hold",
        ),
        (
            plan.show == "difference" and (plan.group is None or len(plan.groups) > 1),
            "a difference is between the groups of one column",
        ),
        (plan.show == "growth" and plan.group is None, "growth needs groups in time"),
        (
            plan.show == "share" and plan.group is None and not plan.part,
            "a share needs groups, or a part",
        ),
    )
    for wrong, why in rules:
        if wrong:
            raise PlanError(why)


def _measure(value: Mapping[str, Any] | None, table: Table) -> Measure | None:
    if value is None:
        return None
    column, function = value.get("column"), _one_of(value["function"], Function)
    if (column is None) != (function == "count"):
        raise PlanError("rows are counted; every other number is of a column")
    calc = _calc(value.get("calc"), table)
    measure = Measure(function, None if column is None else table.field(column).name, calc)
    wanted = "time" if calc is not None and calc.operator in _SPANS else "number"
    if measure.by_row and (column is None or table.field(column).kind != wanted):
        raise PlanError("only numbers can be calculated with, and dates with dates")
    return measure


def _calc(value: Mapping[str, Any] | None, table: Table) -> Calc | None:
    if value is None:
        return None
    operator, name = _one_of(value["operator"], Arithmetic), value.get("column")
    field = table.field(name) if name is not None else None
    numeric = field is not None and field.kind == "number"
    if operator in _SPANS:
        if field is None or field.kind != "time":
            raise PlanError(f"{operator} needs a second column of dates")
        return Calc(operator, name)
    if operator != "per":
        if not numeric:
            raise PlanError(f"{operator} needs a second column of numbers")
        return Calc(operator, name)
    function, bucket = _one_of(value.get("function"), PerFunction), value.get("bucket")
    if (field is None) != (function == "count") or (function == "sum" and not numeric):
        raise PlanError("per: rows with no column, different values or the total of a column")
    if bucket is not None and (function != "distinct" or field is None or field.kind != "time"):
        raise PlanError("only the different days, months and so on of a date have a bucket")
    return Calc(operator, name, function, None if bucket is None else _one_of(bucket, Bucket))


def _further(value: Mapping[str, Any], table: Table) -> Measure:
    found = _measure(value, table)
    if found is None:
        raise PlanError("a measure has a function")
    return found


def _having(value: Mapping[str, Any], table: Table) -> Having:
    values = _values(value)
    if value["operator"] not in _COMPARISONS or len(values) != 1 + (value["operator"] == "between"):
        raise PlanError("a condition on groups compares a number")
    if any(isinstance(item, str) for item in values):
        raise PlanError("a condition on groups compares a number")
    return Having(_further(value["measure"], table), value["operator"], values)


def _study(value: Mapping[str, Any] | None, table: Table) -> Study | None:
    if value is None:
        return None
    kind = _one_of(value["kind"], StudyKind)
    fields = [table.field(name) for name in value.get("columns") or ()]
    needed = _STUDIED.get(kind)
    if needed is not None and [item.kind for item in fields] != ["number"] * needed:
        raise PlanError(f"{kind} is of columns of numbers: {needed}")
    return Study(kind, tuple(item.name for item in fields))


def _filter(value: Mapping[str, Any], table: Table) -> Filter:
    values = _values(value)
    operator = _one_of(value["operator"], Operator)
    if value.get("other") is not None:
        return _against(table.field(value["column"]), operator, table.field(value["other"]), values)
    least, most = _ARITY.get(operator, (1, 1))
    if not least <= len(values) <= most or (
        operator in {"periods", "not_periods"} and len(values) % 2
    ):
        raise PlanError(f"{operator} has {least} values or more")
    last = {"month": 12, "weekday": 7}.get(operator.removeprefix("not_"))
    if last is not None and not all(item in range(1, last + 1) for item in values):
        raise PlanError(f"a {operator} is a number from 1 to {last}")
    name = table.field(value["column"]).name
    links = {(link.column, link.other, link.other_column) for link in table.links}
    if operator in {"no_row", "has_row"} and (name, *values) not in links:
        raise PlanError(f"no row of {values[0]} names a row of {table.name} by {name}")
    return Filter(name, operator, values)


def _against(one: Field, operator: Operator, other: Field, values: tuple[Any, ...]) -> Filter:
    """A condition between two columns."""
    sizes = one.kind in {"number", "time"} and operator in _COMPARISONS and operator != "between"
    if one.kind != other.kind or one.name == other.name or values:
        raise PlanError("a column is compared with another one of its kind, and no value")
    if not sizes and operator not in {"eq", "ne"}:
        raise PlanError(f"{operator} does not compare two columns of {one.kind}")
    return Filter(one.name, operator, (), other.name)


def _members(value: Mapping[str, Any], table: Table) -> Members:
    """Conditions on the rows of a member, here or in the table that names it."""
    name, other, key = table.field(value["column"]).name, value.get("table"), value.get("key")
    inner, links = table, {(link.column, link.other, link.other_column) for link in table.links}
    if other is not None:
        if (name, other, key) not in links:
            raise PlanError(f"no row of {other} names a row of {table.name} by {name}")
        inner = rows_of(other, table)
    filters = tuple(_filter(item, inner) for item in value.get("filters") or ())
    if not filters and other is None:
        raise PlanError("members need a condition")
    return Members(name, value.get("has") is True, filters, other, key)


def _values(value: Mapping[str, Any]) -> tuple[Any, ...]:
    values = tuple(value.get("values") or ())
    if not all(_is_scalar(item) for item in values):
        raise PlanError("a filter's values are texts and numbers")
    return values


def _is_scalar(value: object) -> bool:
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, str | int) and not isinstance(value, bool)


def _group(value: Mapping[str, Any] | None, table: Table) -> Group | None:
    if value is None:
        return None
    bucket = value.get("bucket")
    return Group(
        table.field(value["column"]).name,
        None if bucket is None else _one_of(bucket, Bucket),
        value.get("apart") is True,
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
