"""Sentences for growth and for studies: what was found, and how it was looked for."""

from __future__ import annotations

from data_agent.asking.plan import Plan, Scalar
from data_agent.asking.words import capital, counted, key_of, measure_words, value_words
from data_agent.values import Cell, QueryResult

# Cohen (1988), Statistical Power Analysis: what a correlation is commonly called
STRENGTHS = ((0.5, "strong"), (0.3, "moderate"), (0.1, "weak"), (0.0, "practically no"))
MOST_TOLD = 4


def told_growth(plan: Plan, where: str, result: QueryResult) -> str:
    words = measure_words(plan.measure) if plan.measure else ""
    by = " and ".join(group.bucket or group.column for group in plan.groups)
    head = f"Change of {words} by {by}{where}"
    changed = [row for row in result.rows if isinstance(row[-1], int | float)]
    if not changed:
        return f"{head}: no two periods follow each other, so there is no change to tell."
    last = changed[-1]
    place = len(plan.groups)
    key = ", ".join(
        key_of(group.bucket, value) for group, value in zip(plan.groups, last, strict=False)
    )
    change = float(last[-1] or 0)
    verb = "rose by" if change > 0 else "fell by" if change < 0 else "changed by"
    return (
        f"{head}: {counted(len(result.rows), 'period')}; in the last, {key}, it {verb} "
        f"{value_words(abs(change))} % from {value_words(last[place + 1])} "
        f"to {value_words(last[place])}."
    )


def told_difference(plan: Plan, where: str, result: QueryResult) -> str:
    """`France 100 and Germany 80; France is 20 (25 %) higher`."""
    bucket = plan.group.bucket if plan.group else None
    by = bucket or (plan.group.column if plan.group else "")
    head = f"{capital(measure_words(plan.measure) if plan.measure else '')} by {by}{where}"
    if not result.rows:
        return f"No rows of {plan.table}{where}, so there is nothing to set against each other."
    rows = sorted(result.rows, key=lambda row: float(row[2] or 0), reverse=True)
    told = [f"{key_of(bucket, row[0])} {value_words(row[1])}" for row in rows]
    if len(rows) != 2 or rows[0][2] is None:
        return f"{head}: {' and '.join(told)}; there is nothing to set against each other."
    if not float(rows[0][2]):
        return f"{head}: {' and '.join(told)}, which is the same."
    percent = f" ({value_words(rows[0][3])} %)" if rows[0][3] is not None else ""
    return (
        f"{head}: {' and '.join(told)}; {key_of(bucket, rows[0][0])} is "
        f"{value_words(rows[0][2])}{percent} higher."
    )


def told_alternatives(
    plan: Plan, named: tuple[Scalar, ...], where: str, result: QueryResult
) -> str:
    """`Germany has the highest total amount: 249; France has 53`."""
    words = measure_words(plan.measure) if plan.measure else ""
    best, *others = ((value_words(row[0]), value_words(row[1])) for row in result.rows)
    end = "lowest" if plan.order and plan.order.direction == "asc" else "highest"
    end = "" if words.startswith(end) else f"{end} "
    as_good = [name for name, value in others if value == best[1]]
    if as_good:
        who = " and ".join(filter(None, [", ".join([best[0], *as_good[:-1]]), as_good[-1]]))
        told = [f"{who} have the same {words}{where}: {best[1]}"]
    else:
        told = [f"{best[0]} has the {end}{words}{where}: {best[1]}"]
    told += [f"{name} has {value}" for name, value in others if value != best[1]]
    there = {row[0] for row in result.rows}
    told += [f"{name} has no rows" for name in named if name not in there]
    return f"{capital('; '.join(told))}."


def told_study(plan: Plan, where: str, result: QueryResult) -> str:
    study = plan.study
    if study is None:
        return ""
    names = " and ".join(study.columns)
    if study.kind == "correlation":
        return _correlation(names, where, result)
    if study.kind == "distribution":
        return _distribution(names, where, result)
    if study.kind == "missing":
        return _missing(plan, where, result)
    if study.kind == "outliers":
        count = counted(len(result.rows), "row")
        return f"{capital(count)} of {plan.table}{where} with an unusual {names}, farthest first."
    of = f" with the same {names}" if names else " that are the same in every column"
    count = counted(len(result.rows), "group") if result.rows else "no rows"
    return f"{capital(count)}{' of rows' if result.rows else ''} of {plan.table}{where}{of}."


def _correlation(names: str, where: str, result: QueryResult) -> str:
    value: Cell = result.rows[0][0] if result.rows else None
    if not isinstance(value, int | float):
        return f"There is no correlation of {names}{where} to tell: one of them never changes."
    strength = next(word for least, word in STRENGTHS if abs(value) >= least)
    sign = " positive" if value > 0 else " negative"
    kind = strength if strength.startswith("practically") else strength + sign
    return (
        f"{names} have {'' if strength.startswith('practically') else 'a '}{kind} correlation"
        f"{where}: {value:.2f} (Pearson, from -1 to 1). It does not say what causes what."
    )


def _distribution(names: str, where: str, result: QueryResult) -> str:
    if not result.rows:
        return f"No rows{where} have a {names}."
    best = max(result.rows, key=lambda row: float(row[2] or 0))
    return (
        f"{capital(names)}{where} in {counted(len(result.rows), 'range')}; most rows "
        f"({value_words(best[2])}) are from {value_words(best[0])} to under {value_words(best[1])}."
    )


def _missing(plan: Plan, where: str, result: QueryResult) -> str:
    lacking = [row for row in result.rows if isinstance(row[1], int) and row[1] > 0]
    if not lacking:
        return f"Nothing is missing in {plan.table}{where}: every cell is filled."
    told = [f"{row[0]} ({value_words(row[1])})" for row in lacking[:MOST_TOLD]]
    more = " …" if len(lacking) > MOST_TOLD else ""
    return (
        f"{capital(counted(len(lacking), 'column'))} of {plan.table}{where} with empty cells: "
        f"{', '.join(told)}{more}."
    )
