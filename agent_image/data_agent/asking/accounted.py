"""The last look before an answer: every word of the question has to show in the plan. Pure.

The rules of the grammar read a question from left to right, and a later word may take the place of
an earlier one. Whatever they do, a word that changes nothing in the plan is named, never dropped.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from data_agent.asking.checks import (
    NEGATIVE,
    TIME_WORDS,
    TURNED,
    adjective_word,
    adverb_word,
    both_word,
    bucket_word,
    calc_word,
    comparative_word,
    compare_word,
    currency_word,
    difference_word,
    direction_word,
    distinct_word,
    either_word,
    extreme_word,
    field_word,
    function_word,
    how_often,
    neither_word,
    new_word,
    number_word,
    operator_word,
    order_word,
    recent_word,
    relative_word,
    show_word,
    spans,
    study_word,
    text_word,
    time_word,
    value_word,
    weekday_word,
)
from data_agent.asking.plan import Filter, Plan
from data_agent.asking.said import Said, behind, beside
from data_agent.asking.schema import Table
from data_agent.asking.tags import Tag
from data_agent.asking.text import fold

US = "us"  # the country, or we


def unaccounted(tags: Sequence[Tag], plan: Plan, table: Table) -> tuple[str, ...]:
    """The words of the question that play no part in this plan, as they were written."""
    said = Said.of(plan, table)
    left = [
        tag.text
        for place, tag in enumerate(tags)
        if tag.kind in CHECKS and not CHECKS[tag.kind](said, tags, place)
    ]
    return tuple(dict.fromkeys([*left, *_negations(said, tags), *_country(tags)]))


def _country(tags: Sequence[Tag]) -> list[str]:
    """`orders from us`, where nothing is US: a condition that would be lost. But `bought from us`
    are the people who ask."""
    found = []
    for place, tag in enumerate(tags):
        if tag.kind != "noise" or fold(tag.text) != US or not place:
            continue
        before = tags[place - 1].text.lower().split()[-1]
        noun = behind(tags[: place - 1][::-1], 0, {"noise"})
        rows = noun is None or noun.kind in {"table", "rows"} or _names_thing(noun)
        if tag.text.isupper() or before in {"in", "the"} or (before == "from" and rows):
            found.append(tag.text)
    return found


def _names_thing(tag: Tag) -> bool:
    return tag.kind in {"field", "value"} and tag.field is not None and tag.field.kind != "time"


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
        for item in (*said.plan.filters, *said.plan.either)
        if item.operator in NEGATIVE
        or (said.table.field(item.column).role == "flag" and item.column not in named)
    ]
    lacking = [item for item in said.plan.members if not item.has]
    return words[len(excluding) + len(lacking) :]


def _turned(said: Said, tags: Sequence[Tag], place: int) -> bool:
    """`not over 5` is at most 5."""
    after = beside(tags, place, 1)
    opposite = TURNED.get(after.value) if after is not None and after.kind == "operator" else None
    return opposite in said.operators


def _or(said: Said, tags: Sequence[Tag], place: int) -> bool:
    """Between two values of one column, numbers or periods; between conditions as the plan says."""
    if _between_likes(said, tags, place):
        return True
    others = [p for p, tag in enumerate(tags) if tag.kind == "or"]
    return sum(not _between_likes(said, tags, p) for p in others) < len(said.plan.either)


def _between_likes(said: Said, tags: Sequence[Tag], place: int) -> bool:
    before, after = beside(tags, place, -1), beside(tags, place, 1)
    if before is None or after is None:
        return False
    if before.kind == after.kind == "value":
        return before.field == after.field
    if before.kind == "value" and after.kind == "field" and before.field == after.field:
        return "in" in said.operators  # `country Germany or country France`
    if before.kind == after.kind == "number" and "in" in said.operators:
        return True
    if before.kind == after.kind == "text":
        return bool({"in", "not_in"} & said.operators)
    if before.kind == after.kind == "weekday":
        return True
    return bool(_periods(said)) and {before.kind, after.kind} <= {*TIME_WORDS, "number"}


def _but(said: Said, tags: Sequence[Tag], place: int) -> bool:  # noqa: ARG001
    """`without coupon but not cancelled`; but `all cities but Cologne` leaves one out."""
    after = behind(tags, place + 1, {"noise", "is"})
    return after is not None and after.kind == "not"


def _sold(said: Said, tags: Sequence[Tag], place: int) -> bool:  # noqa: ARG001
    """`how many items were sold` is how many pieces, not how many different items."""
    counted = "distinct" in said.functions and "sum" not in said.functions
    linked = bool({"no_row", "has_row"} & said.operators)
    return (
        not counted
        or linked
        or bool(said.plan.members)
        or any(tag.kind == "distinct" for tag in tags)
    )


def _dash(said: Said, tags: Sequence[Tag], place: int) -> bool:  # noqa: ARG001
    """A mark between two thoughts, never between two numbers or columns."""
    before, after = beside(tags, place, -1), beside(tags, place, 1)
    numeric = {"number", "field"}
    return after is None or before is None or not {before.kind, after.kind} <= numeric


def _periods(said: Said) -> list[Filter]:
    filters = said.plan.filters
    several = [item for item in filters if item.operator in {"month", "not_month"}]
    return [
        *(item for item in filters if item.operator in {"periods", "not_periods"}),
        *(item for item in several if len(item.values) > 1),
    ]


def _by(said: Said, tags: Sequence[Tag], place: int) -> bool:
    after = beside(tags, place, 1)
    if after is not None and after.kind == "value":
        return True  # `bought by resellers`
    return bool(said.plan.groups) or said.plan.limit is not None or said.plan.study is not None


def _things(said: Said, tags: Sequence[Tag], place: int) -> bool:
    """`average orders and revenue`: nobody knows of what the first average is."""
    before, after = beside(tags, place, -1), beside(tags, place, 1)
    averaged = (
        before is not None and before.kind == "function" and before.value in {"avg", "median"}
    )
    joined = after is not None and after.kind == "and"
    return not (averaged and joined) or "count" in said.functions


Check = Callable[[Said, Sequence[Tag], int], bool]
# What has to hold for a word of each kind; kinds that are not named change nothing by themselves.
CHECKS: Mapping[str, Check] = {
    "but": _but,
    "dash": _dash,
    "new": new_word,
    "how_often": how_often,
    "sold": _sold,
    "table": _things,
    "rows": _things,
    "calc": calc_word,
    "ratio": calc_word,
    "field": field_word,
    "value": value_word,
    "text": text_word,
    "number": number_word,
    "date": time_word,
    "month": time_word,
    "quarter": time_word,
    "relative": relative_word,
    "near_day": time_word,
    "ago": time_word,
    "to_date": time_word,
    "bucket": bucket_word,
    "adverb": adverb_word,
    "function": function_word,
    "extreme": extreme_word,
    "recent": recent_word,
    "adjective": adjective_word,
    "weekday": weekday_word,
    "operator": operator_word,
    "distinct": distinct_word,
    "share": show_word,
    "growth": show_word,
    "compare": compare_word,
    "difference": difference_word,
    "neither": neither_word,
    "nor": neither_word,
    "both": both_word,
    "currency": currency_word,
    "either": either_word,
    "comparative": comparative_word,
    "span": spans,
    "study": study_word,
    "by": _by,
    "or": _or,
    "order": order_word,
    "ascending": direction_word,
    "descending": direction_word,
}
