"""A plan in small pieces that a person can take away or change: each change is a plan again. Pure.

The page shows one chip per piece; its options are whole plans, so that a link is all it takes.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import get_args

from data_agent.asking.chip_parts import (
    Chip,
    Option,
    bare,
    either_chip,
    further_chips,
    having_chips,
    member_chips,
    runs,
    second_chip,
    show_chip,
    shown_otherwise,
    study_chip,
    what_words,
    without_first,
)
from data_agent.asking.periods import neighbours
from data_agent.asking.plan import (
    Bucket,
    Direction,
    Filter,
    Function,
    Group,
    Measure,
    Operator,
    Order,
    Plan,
)
from data_agent.asking.schema import Field, Schema, Table
from data_agent.asking.spellings import other_values
from data_agent.asking.words import filter_words, filters_words, measure_words

MOST_COLUMNS = 8
MOST_VALUES = 12
RANKS = (5, 10, 20)
OPPOSITES: dict[Operator, Operator] = {
    "eq": "ne",
    "ne": "eq",
    "gt": "le",
    "le": "gt",
    "ge": "lt",
    "lt": "ge",
    "in": "not_in",
    "not_in": "in",
    "contains": "not_contains",
    "not_contains": "contains",
    "empty": "not_empty",
    "not_empty": "empty",
    "no_row": "has_row",
    "has_row": "no_row",
    "month": "not_month",
    "not_month": "month",
    "weekday": "not_weekday",
    "not_weekday": "weekday",
    "periods": "not_periods",
    "not_periods": "periods",
}


def chips(plan: Plan, schema: Schema) -> tuple[Chip, ...]:
    """The pieces of this plan, in the order of a sentence; last what could be added."""
    table = schema.table(plan.table)
    found = [study_chip(plan)] if plan.study else [_measure(plan, table)]
    found += further_chips(plan)
    found += [_filter(plan, index, table) for index in range(len(plan.filters))]
    found += [*either_chip(plan, table), *member_chips(plan, table)]
    if plan.group is not None:
        found.append(_group(plan, plan.group, table))
    if plan.second is not None:
        found.append(second_chip(plan, plan.second, _by(plan.second)))
    found += having_chips(plan)
    if plan.show is not None:
        found.append(show_chip(plan))
    if plan.limit is not None:
        found.append(_rank(plan, plan.limit))
    found.append(Chip("table", f"in {plan.table}"))
    more = _addable(plan, table)
    return (*found, Chip("add", "Add", options=more)) if more else tuple(found)


def title(plan: Plan, schema: Schema) -> str:
    """The whole plan as one line, for lists and for the question box."""
    what = what_words(plan)
    by = f" {' and '.join(_by(group) for group in plan.groups)}" if plan.groups else ""
    rank = f", {_rank(plan, plan.limit).words}" if plan.limit is not None else ""
    return f"{what} in {plan.table}{by}{filters_words(plan, schema.table(plan.table))}{rank}"


def _measure(plan: Plan, table: Table) -> Chip:
    wanted = _measures(plan.measure, table)
    options = [Option(measure_words(m), _measured(plan, m)) for m in wanted if m != plan.measure]
    if plan.measure is None:
        return Chip("measure", "the rows themselves", options=tuple(options))
    rows = bare(replace(plan, measure=None, group=None, order=None, limit=None))
    options.append(Option("the rows themselves", rows))
    return Chip("measure", measure_words(plan.measure), options=tuple(options))


def _measures(measure: Measure | None, table: Table) -> list[Measure]:
    """The other numbers of this column, the same number of other columns, and the row count."""
    numbers = [field.name for field in table.of_kind("number")][:MOST_COLUMNS]
    column = measure.column if measure else None
    found = []
    if column is not None and column in [field.name for field in table.fields]:
        found = [Measure(function, column) for function in _functions(table.field(column))]
    same: Function = measure.function if measure and column is not None else "sum"
    if same != "distinct":
        found += [Measure(same, name) for name in numbers]
    return list(dict.fromkeys([*found, Measure("count")]))


def _functions(field: Field) -> tuple[Function, ...]:
    if field.kind == "number":
        return ("sum", "avg", "median", "min", "max", "distinct")
    return ("min", "max", "distinct") if field.kind == "time" else ("distinct",)


def _measured(plan: Plan, measure: Measure) -> Plan:
    """Rows in an order become groups in an order of their own."""
    if plan.measure is None:
        return replace(plan, measure=measure, order=None, limit=None)
    if plan.show == "share" and measure.function not in ("sum", "count"):
        plan = replace(plan, show=None, part=())
    further = tuple(other for other in plan.further if other != measure)
    return replace(plan, measure=measure, further=further)


def _filter(plan: Plan, index: int, table: Table) -> Chip:
    item = plan.filters[index]

    def instead(changed: Filter) -> Option:
        others = (*plan.filters[:index], changed, *plan.filters[index + 1 :])
        return Option(filter_words(changed, table), replace(plan, filters=others))

    rest = (*plan.filters[:index], *plan.filters[index + 1 :])
    if item.column in plan.part:  # without its part there is no share
        whole = replace(plan, filters=rest, part=(), show=None)
        return Chip("filter", filter_words(item, table), whole)
    options = tuple(instead(changed) for changed in _other_filters(item, table))
    return Chip("filter", filter_words(item, table), replace(plan, filters=rest), options)


def _other_filters(item: Filter, table: Table) -> list[Filter]:
    field = table.field(item.column)
    found = []
    if item.operator in OPPOSITES and not (field.kind == "time" and item.operator == "eq"):
        found.append(replace(item, operator=OPPOSITES[item.operator]))
    if field.kind == "time" and item.operator == "between":
        found += [replace(item, values=period) for period in neighbours(item.values)]
    return found + list(islice(other_values(item, field), MOST_VALUES))


def _group(plan: Plan, group: Group, table: Table) -> Chip:
    without = without_first(plan)
    together = replace(group, apart=False)
    options = [
        Option(_by(other), _grouped(plan, other)) for other in _groups(table) if other != together
    ]
    options = [*_spelled_otherwise(plan, group, table), *options]
    here = [option for option in options if _column(option) == group.column]
    others = [option for option in options if _column(option) != group.column]
    return Chip("group", _by(group), without, tuple(here + others))


def _spelled_otherwise(plan: Plan, group: Group, table: Table) -> list[Option]:
    """`Paid` and `PAID` as two groups, or as one again."""
    if not table.field(group.column).spellings:
        return []
    words = "spellings together" if group.apart else "each spelling apart"
    turned = replace(group, apart=not group.apart)
    return [Option(f"by {group.column}, {words}", replace(plan, group=turned))]


def _groups(table: Table) -> list[Group]:
    """By every bucket of every time, then by texts, those with few values first."""
    times = [
        Group(field.name, bucket)
        for field in table.of_kind("time")
        for bucket in get_args(Bucket)
        if bucket != "hour" or field.type != "DATE"
    ]
    texts = sorted(table.of_kind("text"), key=lambda field: not field.values)[:MOST_COLUMNS]
    return times + [Group(field.name) for field in texts]


def _grouped(plan: Plan, group: Group) -> Plan:
    """An order by the old key is gone with it; one by the number stays."""
    keeps = plan.order is not None and plan.order.column is None
    show = None if plan.show == "growth" and not runs(group) else plan.show
    show = None if show == "difference" else show
    second = None if plan.second == group else plan.second
    return replace(
        plan,
        group=group,
        second=second,
        order=plan.order if keeps else None,
        show=show,
        within=plan.within and second is not None,
    )


def _rank(plan: Plan, limit: int) -> Chip:
    direction: Direction = plan.order.direction if plan.order else "desc"
    word = "lowest" if direction == "asc" else "top"
    without = replace(plan, limit=None, within=False)
    if plan.within and plan.second is not None:
        each = plan.second.bucket or plan.second.column
        others = [Option(f"{word} {n}", replace(plan, limit=n)) for n in RANKS if n != limit]
        return Chip("rank", f"{word} {limit} in each {each}", without, tuple(others))
    options = [Option(f"{word} {n}", replace(plan, limit=n)) for n in RANKS if n != limit]
    if plan.order is not None or plan.group is not None:
        column = plan.order.column if plan.order else None
        other: Direction = "desc" if direction == "asc" else "asc"
        turned = replace(plan, order=Order(column, other))
        options.append(Option(f"{'top' if direction == 'asc' else 'lowest'} {limit}", turned))
    return Chip("rank", f"{word} {limit}", without, tuple(options))


def _addable(plan: Plan, table: Table) -> tuple[Option, ...]:
    """What the plan does not say yet."""
    if plan.measure is None or plan.part:
        return ()
    if plan.group is None:
        return tuple(Option(_by(group), _grouped(plan, group)) for group in _groups(table))
    if plan.limit is None and plan.show != "growth":
        tops = tuple(Option(f"top {n}", _ranked(plan, n, "desc")) for n in RANKS)
        lowest = Option(f"lowest {RANKS[0]}", _ranked(plan, RANKS[0], "asc"))
        return (*tops, lowest, *shown_otherwise(plan))
    return ()


def _ranked(plan: Plan, limit: int, direction: Direction) -> Plan:
    return replace(plan, order=Order(None, direction), limit=limit)


def _by(group: Group) -> str:
    apart = ", each spelling apart" if group.apart else ""
    return f"by {group.bucket} of {group.column}" if group.bucket else f"by {group.column}{apart}"


def _column(option: Option) -> str:
    return option.plan.group.column if option.plan.group else ""
