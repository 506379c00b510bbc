"""The last look before an answer: every word of the question has to show in the plan. Pure.

The rules of the grammar read a question from left to right, and a later word may take the place of
an earlier one. Whatever they do, a word that changes nothing in the plan is named, never dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from data_agent.asking.dates import is_year
from data_agent.asking.plan import Direction, Filter, Plan
from data_agent.asking.said import ENDS, Said, behind, beside
from data_agent.asking.schema import Table
from data_agent.asking.sql import is_timely
from data_agent.asking.tags import Tag
from data_agent.asking.text import fold
from data_agent.asking.words import scalar

NEGATIVE = {"ne", "not_in", "not_contains", "empty", "no_row"}
ORDERED = {"gt", "ge", "lt", "le", "between"}
TIME_WORDS = {"month", "quarter", "relative", "near_day", "ago", "to_date", "bucket", "date"}
TURNED = {"gt": "le", "ge": "lt", "lt": "ge", "le": "gt"}
SUMMED_UP = {"sum", "count"}  # "the total number of orders", "how many units"


def unaccounted(tags: Sequence[Tag], plan: Plan, table: Table) -> tuple[str, ...]:
    """The words of the question that play no part in this plan, as they were written."""
    said = Said.of(plan, table)
    left = [
        tag.text
        for place, tag in enumerate(tags)
        if tag.kind in CHECKS and not CHECKS[tag.kind](said, tags, place)
    ]
    return tuple(dict.fromkeys([*left, *_negations(said, tags)]))


def _negations(said: Said, tags: Sequence[Tag]) -> list[str]:
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


def _turned(said: Said, tags: Sequence[Tag], place: int) -> bool:
    """`not over 5` is at most 5."""
    after = beside(tags, place, 1)
    opposite = TURNED.get(after.value) if after is not None and after.kind == "operator" else None
    return opposite in said.operators


def _field(said: Said, tags: Sequence[Tag], place: int) -> bool:
    field, study = tags[place].field, said.plan.study
    if field is None or field.name in said.columns:
        return True
    if study is not None:
        return not study.columns  # of all of them
    shown = any(tag.kind in {"list", "adjective"} for tag in tags)
    listed = said.plan.measure is None and shown
    named_table = field.source and any(name.startswith(f"{field.source}.") for name in said.columns)
    return listed or bool(named_table) or (field.kind == "time" and said.about_time)


def _things(said: Said, tags: Sequence[Tag], place: int) -> bool:
    """`average orders and revenue`: nobody knows of what the first average is."""
    before, after = beside(tags, place, -1), beside(tags, place, 1)
    averaged = (
        before is not None and before.kind == "function" and before.value in {"avg", "median"}
    )
    joined = after is not None and after.kind == "and"
    return not (averaged and joined) or "count" in said.functions


def _value(said: Said, tags: Sequence[Tag], place: int) -> bool:
    return all(fold(value) in said.texts for value in tags[place].values)


def _text(said: Said, tags: Sequence[Tag], place: int) -> bool:
    return fold(tags[place].text) in said.texts


def _number(said: Said, tags: Sequence[Tag], place: int) -> bool:
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


def _time_word(said: Said, tags: Sequence[Tag], place: int) -> bool:  # noqa: ARG001
    return said.about_time or said.plan.show == "growth"


def _relative(said: Said, tags: Sequence[Tag], place: int) -> bool:
    """`last month`, `last 3 months`; `last` alone is nothing."""
    following = tags[place + 1].kind if place + 1 < len(tags) else ""
    return following in {"bucket", "number"} and _time_word(said, tags, place)


def _bucket(said: Said, tags: Sequence[Tag], place: int) -> bool:
    grouped = tags[place].value in said.buckets
    if any(tag.kind in {"by", "which", "adverb"} for tag in tags[max(0, place - 1) : place]):
        return grouped or _groups_by_years(said, tags[place])
    return grouped or _groups_by_years(said, tags[place]) or _time_word(said, tags, place)


def _groups_by_years(said: Said, tag: Tag) -> bool:
    timely = [g for g in said.plan.groups if is_timely(g, said.table.field(g.column))]
    return tag.value == "year" and any(group.bucket is None for group in timely)


def _adverb(said: Said, tags: Sequence[Tag], place: int) -> bool:
    return tags[place].value in said.buckets or _groups_by_years(said, tags[place])


def _calc(said: Said, tags: Sequence[Tag], place: int) -> bool:  # noqa: ARG001
    return any(measure.calc is not None for measure in said.plan.measures)


def _function(said: Said, tags: Sequence[Tag], place: int) -> bool:
    value = tags[place].value
    if any(measure.calc is not None and not measure.by_row for measure in said.plan.measures):
        return value in {*SUMMED_UP, "avg"}  # `average revenue per order`
    if value in SUMMED_UP and said.functions & {*SUMMED_UP, "distinct"}:
        return True
    if said.plan.study is not None or said.plan.show is not None:
        return value in SUMMED_UP
    return value in said.functions or (value in ENDS and ENDS[value] in said.directions)


def _extreme(said: Said, tags: Sequence[Tag], place: int) -> bool:
    value = tags[place].value
    if value not in said.directions:
        return False
    ends = {tag.value for tag in tags if tag.kind == "extreme"}
    both = {"min", "max"} <= said.functions
    functions = said.functions - set(ENDS) if said.plan.group is None else set()
    return (len(ends) == 1 or both) and not (functions and said.plan.order is None)


def _adjective(said: Said, tags: Sequence[Tag], place: int) -> bool:  # noqa: ARG001
    return bool(said.directions)


def _weekday(said: Said, tags: Sequence[Tag], place: int) -> bool:  # noqa: ARG001
    return "weekday" in said.operators


def _recent(said: Said, tags: Sequence[Tag], place: int) -> bool:
    return tags[place].value in said.directions


def _operator(said: Said, tags: Sequence[Tag], place: int) -> bool:
    value = tags[place].value
    before = behind(tags[:place][::-1], 0, {"noise", "is"})
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


def _distinct(said: Said, tags: Sequence[Tag], place: int) -> bool:  # noqa: ARG001
    return "distinct" in said.functions or said.plan.group is not None


def _show(said: Said, tags: Sequence[Tag], place: int) -> bool:
    return said.plan.show == tags[place].kind


def _compare(said: Said, tags: Sequence[Tag], place: int) -> bool:  # noqa: ARG001
    return said.plan.group is not None


def _study(said: Said, tags: Sequence[Tag], place: int) -> bool:
    kind = tags[place].value
    if said.plan.study is not None:
        return said.plan.study.kind == kind
    if kind == "duplicates":
        return bool(said.plan.having)
    return kind == "distribution" and said.plan.group is not None


def _by(said: Said, tags: Sequence[Tag], place: int) -> bool:  # noqa: ARG001
    return bool(said.plan.groups) or said.plan.limit is not None or said.plan.study is not None


def _or(said: Said, tags: Sequence[Tag], place: int) -> bool:
    """Between two values of one column, two numbers or two periods; never between conditions."""
    before, after = beside(tags, place, -1), beside(tags, place, 1)
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


def _periods(said: Said) -> list[Filter]:
    several = [item for item in said.plan.filters if item.operator == "month"]
    return [
        *(item for item in said.plan.filters if item.operator == "periods"),
        *(item for item in several if len(item.values) > 1),
    ]


def _ordered(said: Said, tags: Sequence[Tag], place: int) -> bool:
    """`sorted by city` is said of city, not of the number."""
    target = behind(tags, place + 1, {"noise", "by"})
    order = said.plan.order
    if order is None:
        return False
    if target is None or target.field is None:
        return True
    measured = {measure.column for measure in said.plan.measures[:1]}
    return order.column == target.field.name or (
        order.column is None and target.field.name in measured
    )


def _direction(said: Said, tags: Sequence[Tag], place: int) -> bool:
    wanted: Direction = "asc" if tags[place].kind == "ascending" else "desc"
    return said.plan.order is not None and said.plan.order.direction == wanted


Check = Callable[[Said, Sequence[Tag], int], bool]
# What has to hold for a word of each kind; kinds that are not named change nothing by themselves.
CHECKS: Mapping[str, Check] = {
    "table": _things,
    "rows": _things,
    "calc": _calc,
    "ratio": _calc,
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
