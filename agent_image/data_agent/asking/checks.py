"""What has to hold in a plan for one word of the question, by kind of word. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from data_agent.asking.counting import UNIQUE
from data_agent.asking.dates import is_year
from data_agent.asking.plan import Direction
from data_agent.asking.said import ENDS, Said, behind
from data_agent.asking.schema import Field
from data_agent.asking.sql import is_timely
from data_agent.asking.tags import Tag
from data_agent.asking.text import fold
from data_agent.asking.words import scalar

NEGATIVE = {
    "ne", "not_in", "not_contains", "empty", "no_row", "not_month", "not_weekday", "not_periods",
}  # fmt: skip
SPANS = {"days_to", "hours_to"}
TIME_WORDS = {"month", "quarter", "relative", "near_day", "ago", "to_date", "bucket", "date"}
OWNED = {"have", "has", "had", "having"}
TURNED = {
    "gt": "le", "ge": "lt", "lt": "ge", "le": "gt",
    "after": "le", "since": "lt", "before": "ge", "until": "gt",
}  # fmt: skip
SUMMED_UP = {"sum", "count"}  # "the total number of orders", "how many units"


def field_word(said: Said, tags: Sequence[Tag], place: int) -> bool:
    field, study = tags[place].field, said.plan.study
    if field is None or field.name in said.columns or _names_rows(said, field):
        return True
    if study is not None:
        return not study.columns  # of all of them
    shown = any(tag.kind in {"list", "adjective"} for tag in tags)
    owned = behind(tags[:place][::-1], 0, {"to"})
    had = owned is not None and owned.text.lower() in OWNED  # `that have stock` is a condition
    listed = said.plan.measure is None and shown and not had and field.role != "flag"
    named_table = field.source and any(name.startswith(f"{field.source}.") for name in said.columns)
    return listed or bool(named_table) or (field.kind == "time" and said.about_time)


def _names_rows(said: Said, field: Field) -> bool:
    """`items below reorder level`: each row has an item of its own, and rows are listed."""
    own = (field.distinct or 0) >= UNIQUE * max(said.table.rows, 1)
    rows = said.plan.measure is None and said.plan.study is None
    return rows and own and field.kind == "text" and not field.source


def value_word(said: Said, tags: Sequence[Tag], place: int) -> bool:
    tag = tags[place]
    if tag.field is not None and tag.field.role == "flag" and not _flag_named(tags, tag.field):
        return False
    return fold(tag.text) in said.texts or all(fold(value) in said.texts for value in tag.values)


def _flag_named(tags: Sequence[Tag], flag: Field) -> bool:
    """A yes or no means nothing without its column: `no supplier` is not about another one."""
    return any(tag.kind == "field" and tag.field == flag for tag in tags)


def text_word(said: Said, tags: Sequence[Tag], place: int) -> bool:
    return fold(tags[place].text) in said.texts


def number_word(said: Said, tags: Sequence[Tag], place: int) -> bool:
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


def time_word(said: Said, tags: Sequence[Tag], place: int) -> bool:  # noqa: ARG001
    return said.about_time or said.plan.show == "growth"


def how_often(said: Said, tags: Sequence[Tag], place: int) -> bool:  # noqa: ARG001
    return "count" in said.functions


def relative_word(said: Said, tags: Sequence[Tag], place: int) -> bool:
    """`last month`, `last 3 months`; `last` alone is nothing."""
    following = tags[place + 1].kind if place + 1 < len(tags) else ""
    return following in {"bucket", "number"} and time_word(said, tags, place)


def bucket_word(said: Said, tags: Sequence[Tag], place: int) -> bool:
    grouped = tags[place].value in said.buckets
    if any(tag.kind == "comparative" for tag in tags[max(0, place - 3) : place]):
        return True  # `older than 30 years`
    if any(tag.kind in {"by", "which", "adverb"} for tag in tags[max(0, place - 1) : place]):
        return grouped or _groups_by_years(said, tags[place])
    return grouped or _groups_by_years(said, tags[place]) or time_word(said, tags, place)


def _groups_by_years(said: Said, tag: Tag) -> bool:
    timely = [g for g in said.plan.groups if is_timely(g, said.table.field(g.column))]
    return tag.value == "year" and any(group.bucket is None for group in timely)


def adverb_word(said: Said, tags: Sequence[Tag], place: int) -> bool:
    return tags[place].value in said.buckets or _groups_by_years(said, tags[place])


def new_word(said: Said, tags: Sequence[Tag], place: int) -> bool:  # noqa: ARG001
    """`new customers in 2025`: by the one date of the table."""
    timely = bool(said.buckets) or said.about_time
    return timely and said.table.main_time is not None


def calc_word(said: Said, tags: Sequence[Tag], place: int) -> bool:  # noqa: ARG001
    return any(measure.calc is not None for measure in said.plan.measures)


def function_word(said: Said, tags: Sequence[Tag], place: int) -> bool:
    value = tags[place].value
    if any(measure.calc is not None and not measure.by_row for measure in said.plan.measures):
        return value in {*SUMMED_UP, "avg"}  # `average revenue per order`
    if value in SUMMED_UP and said.functions & {*SUMMED_UP, "distinct"}:
        return True
    if said.plan.study is not None or said.plan.show in {"share", "growth"}:
        return value in SUMMED_UP
    return value in said.functions or (value in ENDS and ENDS[value] in said.directions)


def extreme_word(said: Said, tags: Sequence[Tag], place: int) -> bool:
    value = tags[place].value
    if any(tag.kind == "field" and tag.value == "lt" for tag in tags):
        value = "asc" if value == "desc" else "desc"  # the biggest expense is the lowest amount
    if value not in said.directions:
        return False
    ends = {tag.value for tag in tags if tag.kind == "extreme"}
    both = {"min", "max"} <= said.functions
    functions = said.functions - set(ENDS) if said.plan.group is None else set()
    return (len(ends) == 1 or both) and not (functions and said.plan.order is None)


def adjective_word(said: Said, tags: Sequence[Tag], place: int) -> bool:  # noqa: ARG001
    return bool(said.directions)


def weekday_word(said: Said, tags: Sequence[Tag], place: int) -> bool:  # noqa: ARG001
    return bool({"weekday", "not_weekday"} & said.operators)


def recent_word(said: Said, tags: Sequence[Tag], place: int) -> bool:
    return tags[place].value in said.directions


def operator_word(said: Said, tags: Sequence[Tag], place: int) -> bool:
    value = tags[place].value
    if value in {"between", "until"} and _joins(said, tags, place):
        return True
    before = behind(tags[:place][::-1], 0, {"noise", "is"})
    if before is not None and before.kind == "not" and value in TURNED:
        return TURNED[value] in said.operators
    if value in {"negative", "positive"}:
        return (value == "negative" and "lt" in said.operators) or "gt" in said.operators
    if value in {"empty", "not_empty", "contains", "not_contains", "starts"}:
        return value in said.operators
    if value == "ne":
        return bool(said.operators & NEGATIVE)
    if value == "eq":
        return bool(said.plan.conditions() or said.plan.having)
    wanted = {"gt", "ge"} if value in {"gt", "ge", "after", "since"} else {"lt", "le"}
    if value == "between":
        wanted = {"between"}
    exact = value in said.operators if value in {"gt", "ge", "lt", "le"} else False
    return exact or bool(wanted & said.operators) or (said.about_time and value not in {"gt", "lt"})


def _joins(said: Said, tags: Sequence[Tag], place: int) -> bool:
    """The "between" of a difference or of a time between two dates is no condition."""
    between = tags[place].value == "between"
    return spans(said, tags, place) or (between and said.plan.show == "difference")


def spans(said: Said, tags: Sequence[Tag], place: int) -> bool:  # noqa: ARG001
    """`time between created and closed`."""
    return any(m.calc is not None and m.calc.operator in SPANS for m in said.plan.measures)


def difference_word(said: Said, tags: Sequence[Tag], place: int) -> bool:
    minus = any(m.calc is not None and m.calc.operator == "minus" for m in said.plan.measures)
    return said.plan.show == "difference" or minus or spans(said, tags, place)


def neither_word(said: Said, tags: Sequence[Tag], place: int) -> bool:
    """`neither … nor` together, and both leave something out."""
    before = any(tag.kind in {"neither", "not"} for tag in tags[:place])
    after = any(tag.kind == "nor" for tag in tags[place:])
    paired = after if tags[place].kind == "neither" else before
    return paired and bool({"ne", "not_in"} & said.operators)


def both_word(said: Said, tags: Sequence[Tag], place: int) -> bool:  # noqa: ARG001
    return len(said.plan.members) > 1 and all(item.has for item in said.plan.members)


def either_word(said: Said, tags: Sequence[Tag], place: int) -> bool:
    """`either … or`."""
    alternatives = bool(said.plan.either) or "in" in said.operators
    return alternatives and any(tag.kind == "or" for tag in tags[place:])


def currency_word(said: Said, tags: Sequence[Tag], place: int) -> bool:
    """`over 100 euros`: beside an amount, not beside a year or a rank."""
    amounts = [f for f in said.plan.conditions() if said.table.field(f.column).kind == "number"]
    found = [*(f.values for f in amounts), *(item.values for item in said.plan.having)]
    values = {float(v) for each in found for v in each if not isinstance(v, str)}
    try:
        return float(scalar(tags[place - 1].text)) in values
    except ValueError:
        return False


def comparative_word(said: Said, tags: Sequence[Tag], place: int) -> bool:  # noqa: ARG001
    return bool({"gt", "lt"} & said.operators)


def distinct_word(said: Said, tags: Sequence[Tag], place: int) -> bool:  # noqa: ARG001
    return "distinct" in said.functions or said.plan.group is not None


def show_word(said: Said, tags: Sequence[Tag], place: int) -> bool:
    return said.plan.show == tags[place].kind


def compare_word(said: Said, tags: Sequence[Tag], place: int) -> bool:  # noqa: ARG001
    return said.plan.group is not None


def study_word(said: Said, tags: Sequence[Tag], place: int) -> bool:
    kind = tags[place].value
    if sum(tag.kind == "study" for tag in tags) > 1:
        return False
    if said.plan.study is not None:
        return said.plan.study.kind == kind
    if kind == "duplicates":
        return bool(said.plan.having)
    return kind == "distribution" and said.plan.group is not None


def order_word(said: Said, tags: Sequence[Tag], place: int) -> bool:
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


def direction_word(said: Said, tags: Sequence[Tag], place: int) -> bool:
    wanted: Direction = "asc" if tags[place].kind == "ascending" else "desc"
    return said.plan.order is not None and said.plan.order.direction == wanted
