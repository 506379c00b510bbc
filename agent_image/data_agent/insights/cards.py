"""Cards: one thing worth knowing each, in a sentence, with the SELECT that found it."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote

from data_agent.insights.overview import NUMBERS, TIMES, Overview, Seen, days, number
from data_agent.insights.queries import amount, bucket, followed
from data_agent.values import Cell, QueryResult

CONCENTRATED = 80.0  # per cent that few categories hold together
MANY_MISSING = 0.02  # share of empty cells worth telling
MOST_MISSING = 4
MANY_CATEGORIES = 6  # with fewer, it is no news that some hold most
Results = Mapping[str, QueryResult]


@dataclass(frozen=True)
class Bar:
    """`share` of the longest one, 0 to 100."""

    label: str
    value: str
    share: float


@dataclass(frozen=True)
class Card:
    """`bars`: a list with bars; `line`: heights over time, 0 to 100; `good`: nothing to do."""

    title: str
    sentence: str
    sql: str
    bars: tuple[Bar, ...] = ()
    line: tuple[float, ...] = ()
    ends: tuple[str, str] = ("", "")
    warns: bool = False
    questions: tuple[tuple[str, str], ...] = ()  # words and where they lead


def cards(found: Overview, sql: Mapping[str, str], results: Results) -> tuple[Card, ...]:
    """All cards for which there is something to say, the general ones first."""
    made = [_about(found, results.get("key")), _period(found)]
    made += [_top(found, sql["top"], results["top"])] if "top" in results else []
    made += [_trend(found, sql["trend"], results["trend"])] if "trend" in results else []
    made += (
        [_outliers(found, sql["outliers"], results["outliers"])] if "outliers" in results else []
    )
    made += [_missing(found)]
    if "duplicates" in results:
        made.append(_duplicates(sql["duplicates"], results["duplicates"]))
    made.append(_questions(found))
    return tuple(card for card in made if card is not None)


def _about(found: Overview, repeated: QueryResult | None) -> Card:
    kinds = [
        f"{count} {word}"
        for count, word in (
            (sum(kind.startswith(NUMBERS) for kind in found.types), "with numbers"),
            (sum(kind.startswith(TIMES) for kind in found.types), "with dates"),
            (sum(kind == "VARCHAR" for kind in found.types), "with text"),
        )
        if count
    ]
    sentence = f"{_counted(found.rows, 'row')} and {_counted(len(found.types), 'column')}"
    sentence += f": {', '.join(kinds)}." if kinds else "."
    if found.key and repeated and repeated.rows and not number(repeated.rows[0][0]):
        sentence += f" {found.key.name} tells the rows apart."
    if found.left_out:
        sentence += f" The first {len(found.columns)} columns are described here."
    return Card("What this is", sentence, found.sql)


def _counted(count: int, noun: str) -> str:
    return f"{count:,} {noun}" if count == 1 else f"{count:,} {noun}s"


def _period(found: Overview) -> Card | None:
    time = found.time
    if time is None:
        return None
    span = days(time)
    length = _counted(span + 1, "day") if span < 90 else f"about {span / 30.4:,.0f} months"
    sentence = f"From {str(time.low)[:10]} to {str(time.high)[:10]} by {time.name}: {length}."
    return Card("Period", sentence, found.sql)


def _top(found: Overview, sql: str, result: QueryResult) -> Card | None:
    rows = [(str(r[0]), number(r[1]), number(r[2])) for r in result.rows if r[1] is not None]
    if not rows or found.dimension is None or rows[0][1] <= 0:
        return None
    groups = int(number(result.rows[0][3]))
    sentence = _leader(found, rows)
    held = 0.0
    for count, row in enumerate(rows, start=1):
        held += row[2]
        if held >= CONCENTRATED and 1 < count < groups and groups >= MANY_CATEGORIES:
            sentence += f" The first {count} of {groups} hold {held:.0f} %."
            break
    if found.dimension.filled < found.rows:
        sentence += f" Rows without {found.dimension.name} are left out."
    if found.spellings:
        sentence += " Spellings that differ only in capitals or outer spaces are taken together."
    bars = tuple(Bar(name, shown(value), 100 * value / rows[0][1]) for name, value, _ in rows)
    return Card(f"By {found.dimension.name}", sentence, sql, bars)


def _leader(found: Overview, rows: list[tuple[str, float, float]]) -> str:
    """Who has most; those with as much are named with the first."""
    label, most, share = rows[0]
    equal = [name for name, value, _ in rows if value == most]
    if len(equal) > 2:
        return f"{label} and others lead with {share:.0f} % of {_measured(found)} each."
    if len(equal) == 2:
        return f"{' and '.join(equal)} lead with {share:.0f} % of {_measured(found)} each."
    return f"{label} leads with {share:.0f} % of {_measured(found)}."


def _trend(found: Overview, sql: str, result: QueryResult) -> Card | None:
    rows = [(str(r[0])[:10], number(r[1])) for r in reversed(result.rows)]
    if len(rows) < 3 or found.time is None:
        return None
    unit = bucket(found.time)
    names = [name[: {"day": 10, "month": 7, "year": 4}[unit]] for name, _ in rows]
    values = [value for _, value in rows]
    best = max(range(len(rows)), key=values.__getitem__)
    sentence = (
        f"The highest {unit} for {_measured(found)} is {names[best]} with {shown(values[best])}."
    )
    before, last = values[-3], values[-2]  # the newest one may not be over
    follow = followed(unit, rows[-3][0], rows[-2][0])
    if before > 0 and len(rows) > 3 and follow:
        change = 100 * (last - before) / before
        how = (
            "the same as"
            if round(change) == 0
            else f"{abs(change):.0f} % {'above' if change > 0 else 'below'}"
        )
        sentence += f" {names[-2]} was {how} the {unit} before."
    high = max(values) or 1.0
    line = tuple(max(0.0, 100 * value / high) for value in values)
    return Card("Trend", sentence, sql, line=line, ends=(names[0], names[-1]))


def _outliers(found: Overview, sql: str, result: QueryResult) -> Card | None:
    if found.measure is None or not result.rows:
        return None
    count, smallest, largest, low, high = result.rows[0]
    if not number(count):
        return Card("Outliers", f"No value of {found.measure.name} is far outside the others.", sql)
    far = shown(number(largest)) if number(largest) > number(high) else shown(number(smallest))
    verb = "value is" if number(count) == 1 else "values are"
    return Card(
        "Outliers",
        f"{int(number(count)):,} {verb} far outside the usual {shown(number(low))} to "
        f"{shown(number(high))} of {found.measure.name}, as far as {far}.",
        sql,
        warns=True,
    )


def _missing(found: Overview) -> Card:
    empty = [(c, found.rows - c.filled) for c in found.columns if c.filled < found.rows]
    many = sorted(((n, c) for c, n in empty if n >= found.rows * MANY_MISSING), key=lambda p: -p[0])
    where = f" of the first {len(found.columns)} columns" if found.left_out else ""
    if not empty:
        return Card("Missing", f"Every cell{where} has a value.", found.sql)
    if not many:
        return Card("Missing", f"Almost every cell{where} has a value.", found.sql)
    bars = tuple(
        Bar(c.name, f"{100 * n / found.rows:.0f} %", 100 * n / found.rows)
        for n, c in many[:MOST_MISSING]
    )
    total = _counted(found.rows, "row")
    sentence = f"{many[0][1].name} is empty in {many[0][0]:,} of {total}."
    return Card("Missing", sentence, found.sql, bars, warns=True)


def _duplicates(sql: str, result: QueryResult) -> Card | None:
    count = int(number(result.rows[0][0])) if result.rows else 0
    if not count:
        return Card("Duplicates", "No row is there twice.", sql)
    verb = "row repeats" if count == 1 else "rows repeat"
    return Card("Duplicates", f"{count:,} {verb} another one in every column.", sql, warns=True)


def _questions(found: Overview) -> Card | None:
    asked = list(_suggested(found))
    links = tuple((words, f"/?q={quote(words)}") for words in asked)
    return Card("Ask next", "", "", questions=links) if links else None


def _suggested(found: Overview) -> Iterator[str]:
    table, measure = found.table.replace("_", " "), found.measure
    word = "average" if measure and (measure.is_rate or found.has_currencies) else "total"
    if measure and found.dimension:
        yield f"{word} {_plain(measure)} by {_plain(found.dimension)} in {table}"
    times = [column for column in found.columns if column.is_time]
    if measure and found.time and len(times) == 1:
        yield f"{word} {_plain(measure)} by {bucket(found.time)} in {table}"
    if measure:
        yield f"average {_plain(measure)} in {table}"
    yield f"how many rows are in {table}?"


def _plain(column: Seen) -> str:
    return column.name.replace("_", " ").lower()


def _measured(found: Overview) -> str:
    measure = found.measure
    return "the rows" if measure is None or amount(found) == "count(*)" else measure.name


def shown(value: Cell) -> str:
    """1,234 or 12.50: as many digits as a glance takes in."""
    amount_ = number(value)
    if not math.isfinite(amount_):
        return str(value)
    if abs(amount_) >= 1000 or amount_ == int(amount_):
        return f"{amount_:,.0f}"
    return f"{amount_:,.2f}"
