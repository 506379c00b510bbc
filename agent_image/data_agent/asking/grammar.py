"""The rules of a question, tried in order at each word; the first that fits takes its words.

Numbers written as words (`five`) are number tags whose value is the digits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from data_agent.asking.draft import Cursor, Draft, Problem
from data_agent.asking.filters import (
    bare_comparison,
    condition_after,
    field_condition,
    time_condition,
    value_condition,
)
from data_agent.asking.grouping import check_table, grouping, over_time, ranking, take_field
from data_agent.asking.lexicon import Lexicon
from data_agent.asking.plan import Bucket, Function
from data_agent.asking.schema import Field, Table
from data_agent.asking.tags import Tag
from data_agent.asking.text import stems

Rule = Callable[[Cursor, Draft], bool]
SILENT = {"noise", "is", "and", "or", "all_time"}


def read(tags: tuple[Tag, ...], table: Table, lexicon: Lexicon) -> Draft:
    """The draft of one reading of a question about one table."""
    names = {f.name for f in table.fields if set(stems(f.name)) & lexicon.identifiers}
    draft, cursor = Draft(table, frozenset(names)), Cursor(tags)
    while cursor.here is not None:
        for rule in RULES:
            if rule(cursor, draft):
                break
        else:
            tag = cursor.here
            if tag.kind not in SILENT:
                draft.unknown(tag.text)
            cursor.place += 1
    return draft


def _count(cursor: Cursor, draft: Draft) -> bool:
    """`how many orders`, `number of different customers`, `how many customers`."""
    if not _is_function(cursor.here, "count"):
        return False
    place = cursor.after_noise(cursor.place + 1)
    different = cursor.is_at(place, "distinct")
    place = cursor.after_noise(place + 1) if different else place
    tag = cursor.at(place)
    if draft.function is not None and draft.function != "sum":
        draft.problem("Only one number can be asked for at a time.")
    draft.function = "count"
    cursor.place = place
    if tag is not None and tag.kind in {"table", "rows"} and not different:
        check_table(tag, draft)
        draft.rows = True
        cursor.place = place + 1
    elif tag is not None and tag.kind == "field" and tag.field is not None:
        if different or condition_after(cursor, tag.field, place + 1) is None:
            take_field(tag, draft)
            draft.function, draft.measure = "distinct", tag.field
            cursor.place = place + 1
    elif different:
        draft.problem("Different what? Name a column.")
    return True


def _function(cursor: Cursor, draft: Draft) -> bool:
    """`average price`, `total of the amount`; alone it waits for a column."""
    tag = cursor.here
    if tag is None or tag.kind != "function":
        return False
    place = cursor.after_noise(cursor.place + 1)
    following = cursor.at(place)
    if tag.value == "sum" and _is_function(following, "count"):
        cursor.place = place
        return True
    if draft.function is not None:
        draft.problem("Only one number can be asked for at a time.")
    draft.function = cast("Function", tag.value)
    cursor.place += 1
    field = _free_field(cursor, place)
    if following is not None and field is not None:
        take_field(following, draft)
        draft.measure = field
        cursor.place = place + 1
    return True


def _distinct(cursor: Cursor, draft: Draft) -> bool:
    """`list the different cities`: the values of a column."""
    place = cursor.after_noise(cursor.place + 1)
    if not cursor.is_at(cursor.place, "distinct") or not cursor.is_at(place, "field"):
        return False
    draft.lists = True
    cursor.place = place
    return True


def _which(cursor: Cursor, draft: Draft) -> bool:
    """`which city`, `which month`, `which orders`; `what is` asks for nothing by itself."""
    if not cursor.is_at(cursor.place, "which"):
        return False
    place = cursor.after_noise(cursor.place + 1)
    tag = cursor.at(place)
    cursor.place = place
    if tag is None:
        return True
    if tag.kind == "field" and tag.field is not None:
        if condition_after(cursor, tag.field, place + 1) is None and tag.field.kind != "number":
            take_field(tag, draft)
            draft.which.append(tag.field)
            cursor.place = place + 1
    elif tag.kind == "bucket":
        draft.bucket, draft.which_bucket = cast("Bucket", tag.value), True
        cursor.place = place + 1
    elif tag.kind in {"table", "rows"}:
        draft.lists = True
    return True


def _order(cursor: Cursor, draft: Draft) -> bool:
    """`sorted by amount descending`, `descending`."""
    tag = cursor.here
    if tag is None:
        return False
    if tag.kind in {"ascending", "descending"}:
        column = draft.order[0] if draft.order else None
        draft.order = (column, "asc" if tag.kind == "ascending" else "desc")
        cursor.place += 1
        return True
    place = cursor.after_noise(cursor.place + 1, "by")
    target = cursor.at(place)
    if tag.kind != "order" or target is None or target.field is None:
        return False
    draft.order = (target.field, "asc")
    cursor.place = place + 1
    return True


def _list(cursor: Cursor, draft: Draft) -> bool:
    tag = cursor.here
    if tag is None or tag.kind not in {"list", "rows", "table", "only", "instead"}:
        return False
    if tag.kind == "table":
        check_table(tag, draft)
    draft.lists = draft.lists or tag.kind == "list"
    draft.rows = draft.rows or tag.kind in {"rows", "table"}
    draft.fragment = draft.fragment or tag.kind in {"only", "instead"}
    cursor.place += 1
    return True


def _field(cursor: Cursor, draft: Draft) -> bool:
    """A column alone; what it is for shows at the end."""
    tag = cursor.here
    if tag is None or tag.kind != "field" or tag.field is None:
        return False
    take_field(tag, draft)
    draft.mentions.append(tag.field)
    cursor.place += 1
    return True


def _unsupported(cursor: Cursor, draft: Draft) -> bool:
    tag = cursor.here
    if tag is None or tag.kind != "unsupported":
        return False
    reason = f'Questions about {tag.value} ("{tag.text}") cannot be answered yet.'
    draft.problems.append(Problem(reason, firm=True))
    cursor.place += 1
    return True


def _free_field(cursor: Cursor, place: int) -> Field | None:
    """The column named there, unless what follows is a condition on it."""
    tag = cursor.at(place)
    if tag is None or tag.kind != "field" or tag.field is None:
        return None
    return tag.field if condition_after(cursor, tag.field, place + 1) is None else None


def _is_function(tag: Tag | None, name: str) -> bool:
    return tag is not None and tag.kind == "function" and tag.value == name


RULES: tuple[Rule, ...] = (
    _count,
    _function,
    _distinct,
    ranking,
    _which,
    field_condition,
    value_condition,
    time_condition,
    bare_comparison,
    grouping,
    over_time,
    _order,
    _list,
    _field,
    _unsupported,
)
