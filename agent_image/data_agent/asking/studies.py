"""The statements of what is no number per group: distribution, correlation, outliers and so on."""

from __future__ import annotations

import math

from data_agent.asking.conditions import Names, quote_name, where
from data_agent.asking.plan import Filter, Plan
from data_agent.asking.schema import Field, Table

BINS = 12  # about so many ranges of a distribution; their width is a round number
FENCE = 1.5  # Tukey, Exploratory Data Analysis (1977): times the middle half's width


def study_sql(plan: Plan, table: Table, names: Names) -> str:
    """The statement of the plan's study."""
    kind = plan.study.kind if plan.study else "missing"
    return {
        "distribution": _distribution,
        "correlation": _correlation,
        "duplicates": _duplicates,
        "outliers": _outliers,
        "missing": _missing,
    }[kind](plan, table, names)


def bin_width(low: float, high: float) -> float:
    """A round width (1, 2, 2.5 or 5 times a power of ten) that makes about BINS ranges."""
    rough = (high - low) / BINS
    if rough <= 0 or not math.isfinite(rough):
        return 1.0
    power = 10.0 ** math.floor(math.log10(rough))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= rough * 0.999)


def _distribution(plan: Plan, table: Table, names: Names) -> str:
    field = table.field(_column(plan))
    low, high = _range(field)
    width = bin_width(low, high)
    if _is_whole(field):
        width = max(1, round(width)) if width >= 1 else 1
    step = repr(int(width)) if width == int(width) else repr(width)
    column = names.column(field.name)
    there = Filter(field.name, "not_empty")
    return "\n".join(
        [
            f"SELECT floor({column} / {step}) * {step} AS {quote_name('from')},",
            f"  floor({column} / {step}) * {step} + {step} AS {quote_name('to')},",
            f"  count(*) AS {quote_name('number of rows')}",
            f"FROM {names.source()}",
            *where(plan, names, there),
            "GROUP BY 1, 2",
            "ORDER BY 1",
        ]
    )


def _correlation(plan: Plan, table: Table, names: Names) -> str:  # noqa: ARG001
    one, two = (names.column(name) for name in (plan.study.columns if plan.study else ()))
    return "\n".join(
        [
            f"SELECT corr({one}, {two}) AS {quote_name('correlation')},",
            f"  regr_count({one}, {two}) AS {quote_name('number of rows')}",
            f"FROM {names.source()}",
            *where(plan, names),
        ]
    )


def _duplicates(plan: Plan, table: Table, names: Names) -> str:
    wanted = (plan.study.columns if plan.study else ()) or [f.name for f in table.fields]
    return "\n".join(
        [
            f"SELECT {', '.join(names.column(name) for name in wanted)},",
            f"  count(*) AS {quote_name('number of rows')}",
            f"FROM {names.source()}",
            *where(plan, names),
            "GROUP BY ALL",
            "HAVING count(*) > 1",
            f"ORDER BY {len(wanted) + 1} DESC",
        ]
    )


def _outliers(plan: Plan, table: Table, names: Names) -> str:  # noqa: ARG001
    column = names.column(_column(plan))
    source, conditions = names.source(), where(plan, names)
    lead = "AND" if conditions else "WHERE"
    low, high = f"q1 - {FENCE} * (q3 - q1)", f"q3 + {FENCE} * (q3 - q1)"
    return "\n".join(
        [
            f"SELECT {quote_name(plan.table)}.*",
            f"FROM {source} CROSS JOIN (",
            f"  SELECT quantile_cont({column}, 0.25) AS q1, quantile_cont({column}, 0.75) AS q3",
            f"  FROM {source} {' '.join(conditions)}",
            ") AS middle",
            *conditions,
            f"{lead} ({column} < {low} OR {column} > {high})",
            f"ORDER BY abs({column} - (q1 + q3) / 2) DESC",
        ]
    )


def _missing(plan: Plan, table: Table, names: Names) -> str:
    wanted = (plan.study.columns if plan.study else ()) or [f.name for f in table.fields]
    source, conditions = names.source(), where(plan, names)
    parts = [
        f"SELECT {_text(name)} AS {quote_name('column')}, "
        f"count(*) - count({names.column(name)}) AS {quote_name('missing')}, "
        f"100.0 * (count(*) - count({names.column(name)})) / nullif(count(*), 0) "
        f"AS {quote_name('missing %')} FROM {source} {' '.join(conditions)}"
        for name in wanted
    ]
    return "\nUNION ALL\n".join(parts) + "\nORDER BY 2 DESC, 1"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _column(plan: Plan) -> str:
    return plan.study.columns[0] if plan.study else ""


def _range(field: Field) -> tuple[float, float]:
    try:
        return float(field.low or 0), float(field.high or 0)
    except (TypeError, ValueError):
        return 0.0, 0.0


def _is_whole(field: Field) -> bool:
    return "INT" in field.type
