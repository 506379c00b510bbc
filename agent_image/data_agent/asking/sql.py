"""A plan as one SELECT, in a form that a person can read and change."""

from __future__ import annotations

from dataclasses import replace

from data_agent.asking.conditions import (
    Names,
    aggregate,
    bucketed,
    condition,
    having,
    quote_name,
    where,
)
from data_agent.asking.plan import Group, Plan
from data_agent.asking.schema import Field, Table
from data_agent.asking.studies import study_sql
from data_agent.asking.words import group_label, measure_label

SHARE, BEFORE, CHANGE, DIFFERENCE = "share %", "before", "change %", "difference"
# what one step back is, for a key of this bucket
_BACK = {
    "day": "to_days(1)",
    "week": "to_weeks(1)",
    "month": "to_months(1)",
    "quarter": "to_months(3)",
    "year": "to_years(1)",
}


def render(plan: Plan, table: Table) -> str:
    """The statement of a plan."""
    names = Names(plan, table)
    if plan.study is not None:
        return study_sql(plan, table, names)
    if plan.measure is None:
        return _rows(plan, names)
    if plan.group is None:
        return _number(plan, names)
    return _growth(plan, names) if plan.show == "growth" else _groups(plan, names)


def is_timely(group: Group, field: Field) -> bool:
    """Groups that have an order of their own: time, and years that are numbers."""
    return group.bucket is not None or (field.kind == "number" and field.role == "dimension")


def _rows(plan: Plan, names: Names) -> str:
    every = f"{quote_name(plan.table)}.*" if names.others else "*"
    lines = [f"SELECT {every}", f"FROM {names.source()}", *where(plan, names)]
    if plan.order is not None and plan.order.column is not None:
        column, direction = names.column(plan.order.column), plan.order.direction.upper()
        lines.append(f"ORDER BY {column} {direction} NULLS LAST")
    return "\n".join([*lines, *_limit(plan)])


def _number(plan: Plan, names: Names) -> str:
    whole = [item for item in plan.filters if item.column not in plan.part]
    if plan.show == "share" and plan.measure is not None:
        part = " AND ".join(condition(item, names) for item in plan.filters if item not in whole)
        number = aggregate(plan.measure, names)
        values = [f"100.0 * {number} FILTER ({part}) / nullif({number}, 0) AS {quote_name(SHARE)}"]
    else:
        whole, values = list(plan.filters), _values(plan, names)
    return "\n".join(
        [
            f"SELECT {', '.join(values)}",
            f"FROM {names.source()}",
            *where(replace(plan, filters=tuple(whole)), names),
        ]
    )


def _groups(plan: Plan, names: Names) -> str:
    keys, values = _keys(plan, names), _values(plan, names)
    if plan.show == "share" and plan.measure is not None:
        number = aggregate(plan.measure, names)
        whole = f"nullif(sum({number}) OVER (), 0)"
        values.insert(1, f"100.0 * {number} / {whole} AS {quote_name(SHARE)}")
    if plan.show == "difference":
        values += _difference(plan, names)
    return "\n".join(
        [
            f"SELECT {', '.join([*keys, *values])}",
            f"FROM {names.source()}",
            *where(plan, names),
            f"GROUP BY {', '.join(str(index + 1) for index in range(len(keys)))}",
            *having(plan.having, names),
            *(_within(plan, names) if plan.within else [f"ORDER BY {_order(plan, names)}"]),
            *([] if plan.within else _limit(plan)),
        ]
    )


def _difference(plan: Plan, names: Names) -> list[str]:
    """Of two groups: what each is more than the other, and in per cent of the other."""
    number = aggregate(plan.measure, names) if plan.measure else "count(*)"
    key = plan.groups[0]
    # of two groups with several spellings each, any one of its own tells a group apart
    side = names.column(key.column) if names.spellings(key.column) and not key.apart else ""
    window = f"OVER (ORDER BY {f'min({side})' if side else _key(key, names)})"
    percent = quote_name(f"{DIFFERENCE} %")
    other = f"coalesce(lag({number}) {window}, lead({number}) {window})"
    return [
        f"{number} - {other} AS {quote_name(DIFFERENCE)}",
        f"100.0 * ({number} - {other}) / nullif(abs({other}), 0) AS {percent}",
    ]


def _within(plan: Plan, names: Names) -> list[str]:
    """The first ones of each second key; those that are equal to the last stand there too."""
    direction = plan.order.direction.upper() if plan.order else "DESC"
    value = aggregate(plan.measure, names) if plan.measure else "count(*)"
    part = _key(plan.groups[1], names)
    place = f"rank() OVER (PARTITION BY {part} ORDER BY {value} {direction} NULLS LAST)"
    return [
        f"QUALIFY {place} <= {plan.limit}",
        f"ORDER BY 2 ASC NULLS LAST, 3 {direction} NULLS LAST, 1 ASC NULLS LAST",
    ]


def _growth(plan: Plan, names: Names) -> str:
    """The change against the period before; none where that has no rows."""
    timely = next((g for g in plan.groups if is_timely(g, names.table.field(g.column))), plan.group)
    keys = [f"{_key(group, names)} AS k{index}" for index, group in enumerate(plan.groups)]
    place = plan.groups.index(timely) if timely in plan.groups else 0
    others = [f"k{index}" for index in range(len(keys)) if index != place]
    window = f"({f'PARTITION BY {others[0]} ' if others else ''}ORDER BY k{place})"
    back = _BACK.get(str(timely.bucket if timely else None), "1")
    near = f"lag(k{place}) OVER {window} = k{place} - {back}"
    number = aggregate(plan.measure, names) if plan.measure else "count(*)"
    labels = [f"k{i} AS {quote_name(group_label(g, plan, names.table))}" for i, g in
              enumerate(plan.groups)]  # fmt: skip
    value = quote_name(measure_label(plan.measure, names.table)) if plan.measure else "v"
    return "\n".join(
        [
            f"SELECT {', '.join(labels)}, v AS {value}, b AS {quote_name(BEFORE)},",
            f"  100.0 * (v - b) / nullif(abs(b), 0) AS {quote_name(CHANGE)}",
            "FROM (",
            f"  SELECT *, CASE WHEN {near} THEN lag(v) OVER {window} END AS b",
            "  FROM (",
            f"    SELECT {', '.join(keys)}, {number} AS v",
            f"    FROM {names.source()}",
            *(f"    {line}" for line in where(plan, names)),
            f"    GROUP BY {', '.join(str(index + 1) for index in range(len(keys)))}",
            *(f"    {line}" for line in having(plan.having, names)),
            "  )",
            ")",
            f"ORDER BY {_growth_order(plan, place, others)}",
            *_limit(plan),
        ]
    )


def _growth_order(plan: Plan, place: int, others: list[str]) -> str:
    if plan.order is not None and plan.order.column is None:
        return f"{len(plan.groups) + 3} {plan.order.direction.upper()} NULLS LAST, k{place}"
    return ", ".join([*(f"{other} NULLS LAST" for other in others), f"k{place} ASC NULLS LAST"])


def _keys(plan: Plan, names: Names) -> list[str]:
    return [
        f"{_key(group, names)} AS {quote_name(group_label(group, plan, names.table))}"
        for group in plan.groups
    ]


def _key(group: Group, names: Names) -> str:
    column = names.column if group.apart else names.one_spelling
    return bucketed(column(group.column), group.bucket)


def _values(plan: Plan, names: Names) -> list[str]:
    return [
        f"{aggregate(measure, names)} AS {quote_name(measure_label(measure, names.table))}"
        for measure in plan.measures
    ]


def _order(plan: Plan, names: Names) -> str:
    """By the value, largest first; time goes by time. The key decides between equals."""
    order, count = plan.order, len(plan.groups)
    value = count + 1
    keys = [f"{index + 1} ASC NULLS LAST" for index in range(count)]
    timely = [is_timely(group, names.table.field(group.column)) for group in plan.groups]
    if plan.group is not None and plan.group.bucket == "weekday" and order is None:
        keys[0], timely[0] = f"min(isodow({names.column(plan.group.column)}))", True
    if order is None:
        if timely[0]:
            rest = keys[1:] if count == 1 or timely[-1] else [f"{value} DESC NULLS LAST", *keys[1:]]
            return ", ".join([keys[0], *rest])
        if timely[-1]:
            return ", ".join(keys)
        least = plan.measure is not None and plan.measure.function == "min"
        return ", ".join([f"{value} {'ASC' if least else 'DESC'} NULLS LAST", *keys])
    by_key = [g.column for g in plan.groups]
    place = value if order.column not in by_key else by_key.index(str(order.column)) + 1
    rest = [key for key in keys if not key.startswith(f"{place} ")]
    return ", ".join([f"{place} {order.direction.upper()} NULLS LAST", *rest])


def _limit(plan: Plan) -> list[str]:
    return [] if plan.limit is None else [f"LIMIT {plan.limit}"]
