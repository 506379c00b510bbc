"""The SELECTs that cards need beyond the overview, decided by what the overview found."""

from __future__ import annotations

from datetime import date

from data_agent.asking.spellings import folded, small
from data_agent.insights.overview import Overview, Seen, days, number, quoted
from data_agent.values import QueryResult

TOP = 5
DAYS_BY_DAY, DAYS_BY_MONTH = 62, 3 * 366
MAX_PERIODS = 120
FAR = 3  # quartile distances from the middle half: Tukey's "far out"
MAX_ROWS_COMPARED = 200_000  # rows that are compared with each other as a whole


def queries(found: Overview) -> dict[str, str]:
    """By card: key, top, trend, outliers, duplicates."""
    wanted = {
        "key": key_sql(found),
        "top": top_sql(found),
        "trend": trend_sql(found),
        "outliers": outliers_sql(found),
        "duplicates": duplicates_sql(found),
    }
    return {name: sql for name, sql in wanted.items() if sql}


def bucket(time: Seen) -> str:
    """day, month or year: so that a trend has some tens of points."""
    span = days(time)
    return "day" if span <= DAYS_BY_DAY else "month" if span <= DAYS_BY_MONTH else "year"


def followed(unit: str, first: str, second: str) -> bool:
    """Whether the one day, month or year comes right after the other; ISO dates."""
    one, two = date.fromisoformat(first), date.fromisoformat(second)
    if unit == "day":
        return (two - one).days == 1
    months = (two.year - one.year) * 12 + two.month - one.month
    return months == (1 if unit == "month" else 12)


def amount(found: Overview) -> str:
    """What is added up: the measure, or the rows where no total of one means anything: it is a
    rate, has negative values, or is of several currencies."""
    measure = found.measure
    if measure is None or measure.is_rate or number(measure.low) < 0 or found.has_currencies:
        return "count(*)"
    return f"sum({quoted(measure.name)})"


def key_sql(found: Overview) -> str:
    if found.key is None:
        return ""
    name = quoted(found.key.name)
    return f"SELECT count(*) - count(DISTINCT {name}) AS repeated\nFROM {quoted(found.table)}"


def spellings_sql(found: Overview) -> str:
    """What `read_spellings` reads; empty where there is no dimension."""
    if found.dimension is None:
        return ""
    name, table = quoted(found.dimension.name), quoted(found.table)
    return f"SELECT {name}, count(*) FROM {table} WHERE {name} IS NOT NULL GROUP BY 1"


def read_spellings(result: QueryResult) -> tuple[tuple[str, str], ...]:
    """Values in several spellings, in small letters, each with the most frequent one."""
    known: dict[str, list[tuple[float, bool, str]]] = {}
    for value, rows in result.rows:
        text = str(value).strip(" ")
        mixed = text not in {text.lower(), text.upper()}
        known.setdefault(small(text), []).append((number(rows), mixed, text))
    several = {key: found for key, found in known.items() if len(found) > 1 and key}
    return tuple((key, max(several[key])[-1]) for key in sorted(several))


def top_sql(found: Overview) -> str:
    if found.dimension is None:
        return ""
    name, value = quoted(found.dimension.name), amount(found)
    key = f"{folded(found.spellings, name)} AS {name}" if found.spellings else name
    return (
        f"SELECT {key}, {value} AS amount, 100.0 * {value} / sum({value}) OVER () AS share,\n"
        f"  count(*) OVER () AS groups\n"
        f"FROM {quoted(found.table)}\nWHERE {name} IS NOT NULL\nGROUP BY 1\n"
        f"ORDER BY 2 DESC NULLS LAST, 1\nLIMIT {TOP}"
    )


def trend_sql(found: Overview) -> str:
    if found.time is None:
        return ""
    name = quoted(found.time.name)
    return (
        f"SELECT CAST(date_trunc('{bucket(found.time)}', {name}) AS DATE) AS period, "
        f"{amount(found)} AS amount\nFROM {quoted(found.table)}\nWHERE {name} IS NOT NULL\n"
        f"GROUP BY 1\nORDER BY 1 DESC\nLIMIT {MAX_PERIODS}"
    )


def outliers_sql(found: Overview) -> str:
    if found.measure is None:
        return ""
    value = f"CAST({quoted(found.measure.name)} AS DOUBLE)"
    return (
        f"WITH usual AS (\n  SELECT approx_quantile({value}, 0.25) AS low, "
        f"approx_quantile({value}, 0.75) AS high\n  FROM {quoted(found.table)}\n)\n"
        f"SELECT count(*) AS outliers, min({value}) AS smallest, max({value}) AS largest,\n"
        f"  any_value(low) AS low, any_value(high) AS high\nFROM {quoted(found.table)}, usual\n"
        f"WHERE {value} < low - {FAR} * (high - low) OR {value} > high + {FAR} * (high - low)"
    )


def duplicates_sql(found: Overview) -> str:
    if not 1 < found.rows <= MAX_ROWS_COMPARED:
        return ""
    table = quoted(found.table)
    return (
        f"SELECT (SELECT count(*) FROM {table})\n"
        f"  - (SELECT count(*) FROM (SELECT DISTINCT * FROM {table}) AS different) AS duplicates"
    )
