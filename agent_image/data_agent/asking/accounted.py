"""The last look before an answer: every word of the question has to show in the plan. Pure.

The rules of the grammar read a question from left to right, and a later word may take the place of
an earlier one. Whatever they do, a word that changes nothing in the plan is named, never dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from data_agent.asking.dates import is_year
from data_agent.asking.plan import Direction, Filter, Having, Plan
from data_agent.asking.schema import Table
from data_agent.asking.sql import is_timely
from data_agent.asking.tags import Tag
from data_agent.asking.text import fold
from data_agent.asking.words import scalar

NEGATIVE = {"ne", "not_in", "not_contains", "empty", "no_row"}
ORDERED = {"gt", "ge", "lt", "le", "between"}
TIME_WORDS = {"month", "quarter", "relative", "near_day", "ago", "to_date", "bucket", "date"}
TURNED = {"gt": "le", "ge": "lt", "lt": "ge", "le": "gt"}
ENDS: Mapping[str, str] = {"max": "desc", "min": "asc"}
SUMMED_UP = {"sum", "count"}  # "the total number of orders", "how many units"


@dataclass(frozen=True)
class _Said:
    """What a plan says, in sets that words are looked up in."""

    plan: Plan
    table: Table
    columns: frozenset[str]
    functions: frozenset[str]
    operators: frozenset[str]
    numbers: frozenset[float]
    texts: frozenset[str]
    buckets: frozenset[str]
    directions: frozenset[str]
    about_time: bool

    @classmethod
    def of(cls, plan: Plan, table: Table) -> _Said:
        conditions: list[Filter | Having] = [*plan.filters, *plan.having]
        values = [value for item in conditions for value in item.values]
        numbers = {float(value) for value in values if not isinstance(value, str)}
        numbers |= {float(plan.limit)} if plan.limit is not None else set()
        timely = [item for item in plan.filters if _is_time(item, table)]
        functions = {m.function for m in (*plan.measures, *(h.measure for h in plan.having))}
        order = {plan.order.direction} if plan.order else set()
        return cls(
            plan,
            table,
            frozenset(plan.columns()),
            frozenset(functions),
            frozenset(item.operator for item in conditions),
            frozenset(numbers),
            frozenset(fold(value) for value in values if isinstance(value, str)),
            frozenset(group.bucket for group in plan.groups if group.bucket),
            frozenset(order | {ENDS[name] for name in functions if name in ENDS}),
            bool(timely),
        )


def unaccounted(tags: Sequence[Tag], plan: Plan, table: Table) -> tuple[str, ...]:
    """The words of the question that play no part in this plan, as they were written."""
    said = _Said.of(plan, table)
    left = [
        tag.text
        for place, tag in enumerate(tags)
        if tag.kind in CHECKS and not CHECKS[tag.kind](said, tags, place)
    ]
    return tuple(dict.fromkeys([*left, *_negations(said, tags)]))


def _negations(said: _Said, tags: Sequence[Tag]) -> list[str]:
    """Each "not" needs a condition of its own that excludes; `not active` is a value of a flag."""
    words = [
        tag.text
        for place, tag in enumerate(tags)
        if tag.kind == "not" and not _turned(said, tags, place)
    ]
    named = {tag.field.name for tag in tags if tag.kind == "value" and tag.field is not None}
    excluding = [
        item
        for item in said.plan.filters
        if item.operator in NEGATIVE
        or (said.table.field(item.column).role == "flag" and item.column not in named)
    ]
    return words[len(excluding) :]


def _turned(said: _Said, tags: Sequence[Tag], place: int) -> bool:
    """`not over 5` is at most 5."""
    after = _beside(tags, place, 1)
    opposite = TURNED.get(after.value) if after is not None and after.kind == "operator" else None
    return opposite in said.operators


def _field(said: _Said, tags: Sequence[Tag], place: int) -> bool:
    field, study = tags[place].field, said.plan.study
    if field is None or field.name in said.columns:
        return True
    if study is not None:
        return not study.columns  # of all of them
    shown = any(tag.kind in {"list", "adjective"} for tag in tags)
    listed = said.plan.measure is None and shown
    named_table = field.source and any(name.startswith(f"{field.source}.") for name in said.columns)
    return listed or bool(named_table) or (field.kind == "time" and said.about_time)


def _value(said: _Said, tags: Sequence[Tag], place: int) -> bool:
    return all(fold(value) in said.texts for value in tags[place].values)


def _text(said: _Said, tags: Sequence[Tag], place: int) -> bool:
    return fold(tags[place].text) in said.texts


def _number(said: _Said, tags: Sequence[Tag], place: int) -> bool:
    tag = tags[place]
    try:
        value = float(scalar(tag.text if tag.text.lstrip("-")[:1].isdecimal() else tag.value))
    except ValueError:
        return said.about_time  # `5th` of a date, 5.3.2024
    if value in said.numbers:
        return True
    if is_year(tag):
        return any(f"{int(value) + more}" == text[:4] for text in said.texts for more in (0, 1))
    near = {other.kind for other in tags[max(0, place - 3) : place + 4]} - {"noise"}
    return said.about_time and bool(near & TIME_WORDS)


def _time_word(said: _Said, tags: Sequence[Tag], place: int) -> bool:  # noqa: ARG001
    return said.about_time or said.plan.show == "growth"


def _relative(said: _Said, tags: Sequence[Tag], place: int) -> bool:
    """`last month`, `last 3 months`; `last` alone is nothing."""
    following = tags[place + 1].kind if place + 1 < len(tags) else ""
    return following in {"bucket", "number"} and _time_word(said, tags, place)


def _bucket(said: _Said, tags: Sequence[Tag], place: int) -> bool:
    grouped = tags[place].value in said.buckets
    if any(tag.kind in {"by", "which", "adverb"} for tag in tags[max(0, place - 1) : place]):
        return grouped or _groups_by_years(said, tags[place])
    return grouped or _groups_by_years(said, tags[place]) or _time_word(said, tags, place)


def _groups_by_years(said: _Said, tag: Tag) -> bool:
    timely = [g for g in said.plan.groups if is_timely(g, said.table.field(g.column))]
    return tag.value == "year" and any(group.bucket is None for group in timely)


def _adverb(said: _Said, tags: Sequence[Tag], place: int) -> bool:
    return tags[place].value in said.buckets or _groups_by_years(said, tags[place])


def _function(said: _Said, tags: Sequence[Tag], place: int) -> bool:
    value = tags[place].value
    if value in SUMMED_UP and said.functions & {*SUMMED_UP, "distinct"}:
        return True
    if said.plan.study is not None or said.plan.show is not None:
        return value in SUMMED_UP
    return value in said.functions or (value in ENDS and ENDS[value] in said.directions)


def _extreme(said: _Said, tags: Sequence[Tag], place: int) -> bool:
    value = tags[place].value
    if value not in said.directions:
        return False
    ends = {tag.value for tag in tags if tag.kind == "extreme"}
    both = {"min", "max"} <= said.functions
    functions = said.functions - set(ENDS) if said.plan.group is None else set()
    return (len(ends) == 1 or both) and not (functions and said.plan.order is None)


def _adjective(said: _Said, tags: Sequence[Tag], place: int) -> bool:  # noqa: ARG001
    return bool(said.directions)


def _weekday(said: _Said, tags: Sequence[Tag], place: int) -> bool:  # noqa: ARG001
    return "weekday" in said.operators


def _recent(said: _Said, tags: Sequence[Tag], place: int) -> bool:
    return tags[place].value in said.directions


def _operator(said: _Said, tags: Sequence[Tag], place: int) -> bool:
    value = tags[place].value
    before = _beside_of(tags[:place][::-1], 0, {"noise", "is"})
    if before is not None and before.kind == "not" and value in TURNED:
        return TURNED[value] in said.operators
    if value in {"empty", "not_empty", "contains", "not_contains", "starts"}:
        return value in said.operators
    if value == "ne":
        return bool(said.operators & NEGATIVE)
    if value == "eq":
        return bool(said.plan.filters or said.plan.having)
    wanted = {"gt", "ge"} if value in {"gt", "ge", "after", "since"} else {"lt", "le"}
    if value == "between":
        wanted = {"between"}
    exact = value in said.operators if value in {"gt", "ge", "lt", "le"} else False
    return exact or bool(wanted & said.operators) or (said.about_time and value not in {"gt", "lt"})


def _distinct(said: _Said, tags: Sequence[Tag], place: int) -> bool:  # noqa: ARG001
    return "distinct" in said.functions or said.plan.group is not None


def _show(said: _Said, tags: Sequence[Tag], place: int) -> bool:
    return said.plan.show == tags[place].kind


def _compare(said: _Said, tags: Sequence[Tag], place: int) -> bool:  # noqa: ARG001
    return said.plan.group is not None


def _study(said: _Said, tags: Sequence[Tag], place: int) -> bool:
    kind = tags[place].value
    if said.plan.study is not None:
        return said.plan.study.kind == kind
    if kind == "duplicates":
        return bool(said.plan.having)
    return kind == "distribution" and said.plan.group is not None


def _by(said: _Said, tags: Sequence[Tag], place: int) -> bool:  # noqa: ARG001
    return bool(said.plan.groups) or said.plan.limit is not None or said.plan.study is not None


def _or(said: _Said, tags: Sequence[Tag], place: int) -> bool:
    """Between two values of one column, two numbers or two periods; never between conditions."""
    before, after = _beside(tags, place, -1), _beside(tags, place, 1)
    if before is None or after is None:
        return False
    if before.kind == after.kind == "value":
        return before.field == after.field
    if before.kind == after.kind == "number" and "in" in said.operators:
        return True
    if before.kind == after.kind == "text":
        return bool({"in", "not_in"} & said.operators)
    if before.kind == after.kind == "weekday":
        return True
    return bool(_periods(said)) and {before.kind, after.kind} <= {*TIME_WORDS, "number"}


def _beside(tags: Sequence[Tag], place: int, step: int) -> Tag | None:
    place += step
    while 0 <= place < len(tags) and tags[place].kind in {"noise", "not", "to"}:
        place += step
    return tags[place] if 0 <= place < len(tags) else None


def _periods(said: _Said) -> list[Filter]:
    several = [item for item in said.plan.filters if item.operator == "month"]
    return [
        *(item for item in said.plan.filters if item.operator == "periods"),
        *(item for item in several if len(item.values) > 1),
    ]


def _ordered(said: _Said, tags: Sequence[Tag], place: int) -> bool:
    """`sorted by city` is said of city, not of the number."""
    target = _beside_of(tags, place + 1, {"noise", "by"})
    order = said.plan.order
    if order is None:
        return False
    if target is None or target.field is None:
        return True
    measured = {measure.column for measure in said.plan.measures[:1]}
    return order.column == target.field.name or (
        order.column is None and target.field.name in measured
    )


def _beside_of(tags: Sequence[Tag], place: int, skipped: set[str]) -> Tag | None:
    while place < len(tags) and tags[place].kind in skipped:
        place += 1
    return tags[place] if place < len(tags) else None


def _direction(said: _Said, tags: Sequence[Tag], place: int) -> bool:
    wanted: Direction = "asc" if tags[place].kind == "ascending" else "desc"
    return said.plan.order is not None and said.plan.order.direction == wanted


def _is_time(item: Filter, table: Table) -> bool:
    field = table.field(item.column)
    return field.kind == "time" or (field.kind == "number" and field.role == "dimension")


Check = Callable[[_Said, Sequence[Tag], int], bool]
# What has to hold for a word of each kind; kinds that are not named change nothing by themselves.
CHECKS: Mapping[str, Check] = {
    "field": _field,
    "value": _value,
    "text": _text,
    "number": _number,
    "date": _time_word,
    "month": _time_word,
    "quarter": _time_word,
    "relative": _relative,
    "near_day": _time_word,
    "ago": _time_word,
    "to_date": _time_word,
    "bucket": _bucket,
    "adverb": _adverb,
    "function": _function,
    "extreme": _extreme,
    "recent": _recent,
    "adjective": _adjective,
    "weekday": _weekday,
    "operator": _operator,
    "distinct": _distinct,
    "share": _show,
    "growth": _show,
    "compare": _compare,
    "study": _study,
    "by": _by,
    "or": _or,
    "order": _ordered,
    "ascending": _direction,
    "descending": _direction,
}
