"""The rules of a question, tried in order at each word; the first that fits takes its words.

Numbers written as words (`five`) are number tags whose value is the digits.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from data_agent.asking.draft import Cursor, Draft, Extreme, Problem
from data_agent.asking.filters import (
    bare_comparison,
    condition_after,
    field_condition,
    time_condition,
    value_condition,
)
from data_agent.asking.lexicon import Lexicon
from data_agent.asking.plan import Bucket, Direction, Function
from data_agent.asking.schema import Field, Table
from data_agent.asking.tags import Tag
from data_agent.asking.text import stems

Rule = Callable[[Cursor, Draft], bool]
SILENT = {"noise", "is", "and", "or", "all_time"}
OVER_TIME_BUCKET: Bucket = "month"


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
        _check_table(tag, draft)
        draft.rows = True
        cursor.place = place + 1
    elif tag is not None and tag.kind == "field" and tag.field is not None:
        if different or condition_after(cursor, tag.field, place + 1) is None:
            _take_field(tag, draft)
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
        _take_field(following, draft)
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


def _extreme(cursor: Cursor, draft: Draft) -> bool:
    """`top 5 cities`, `3 largest orders`, `highest amount`, `most orders`."""
    start = cursor.place
    count = _count_at(cursor, start)
    place = cursor.after_noise(start + 1) if count else start
    tag = cursor.at(place)
    if tag is None or tag.kind != "extreme":
        return False
    after = cursor.after_noise(place + 1)
    if not count and (count := _count_at(cursor, after)):
        after = cursor.after_noise(after + 1)
    while cursor.is_at(after, "extreme"):  # `top 5 highest amounts`
        after = cursor.after_noise(after + 1)
    draft.extreme = Extreme(cast("Direction", tag.value), count, tag.text)
    target = cursor.at(after)
    cursor.place = after
    if target is not None and target.kind == "field" and target.field is not None:
        _take_field(target, draft)
        cursor.place = after + 1
        if target.field.kind == "number":
            draft.extreme_field = target.field
        else:
            draft.groups.append(target.field)
    elif target is not None and target.kind in {"table", "rows"}:
        _check_table(target, draft)
        draft.extreme_rows = True
        cursor.place = after + 1
    return True


def _by(cursor: Cursor, draft: Draft) -> bool:
    """`by city`, `per month`, `by total revenue`."""
    tag = cursor.here
    if tag is None or tag.kind != "by":
        return False
    place = cursor.after_noise(cursor.place + 1)
    target = cursor.at(place)
    cursor.place = place + 1
    if target is None:
        draft.problem(f'"{tag.text}" what? Name a column.')
    elif target.kind == "field" and target.field is not None:
        _by_field(target, target.field, cursor, draft)
    elif target.kind == "bucket":
        draft.bucket = cast("Bucket", target.value)
    elif target.kind == "function":
        cursor.place = place
    elif target.kind in {"rows", "table"}:
        _by_rows(target, draft)
    else:
        cursor.place = place
    return True


def _over_time(cursor: Cursor, draft: Draft) -> bool:
    """`monthly`, `over time`."""
    tag = cursor.here
    if tag is None or tag.kind not in {"adverb", "over_time"}:
        return False
    draft.bucket = cast("Bucket", tag.value) if tag.kind == "adverb" else OVER_TIME_BUCKET
    cursor.place += 1
    return True


def _by_field(tag: Tag, field: Field, cursor: Cursor, draft: Draft) -> None:
    _take_field(tag, draft)
    if field.kind == "number" and draft.extreme is not None:
        draft.ranked_by = field
        return
    draft.groups.append(field)
    place = cursor.after_noise(cursor.place, "and")
    joined = place > cursor.place and any(
        cursor.is_at(index, "and") for index in range(cursor.place, place)
    )
    following = cursor.at(place)
    if joined and following is not None and following.kind == "field" and following.field:
        draft.groups.append(following.field)
        cursor.place = place + 1


def _by_rows(tag: Tag, draft: Draft) -> None:
    if draft.extreme is not None:
        draft.counts_rows = True
    elif draft.function != "avg":
        draft.problem(f'"per {tag.text}" would list every row. Ask for one column to group by.')


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
            _take_field(tag, draft)
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
        _check_table(tag, draft)
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
    _take_field(tag, draft)
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


def _take_field(tag: Tag, draft: Draft) -> None:
    if tag.note and tag.note not in draft.notes:
        draft.notes.append(tag.note)


def _check_table(tag: Tag, draft: Draft) -> None:
    if tag.kind == "table" and tag.value != draft.table.name:
        draft.problem(f"This needs the tables {draft.table.name} and {tag.value} at once.")


def _is_function(tag: Tag | None, name: str) -> bool:
    return tag is not None and tag.kind == "function" and tag.value == name


def _count_at(cursor: Cursor, place: int) -> int | None:
    tag = cursor.at(place)
    if tag is None or tag.kind != "number" or not tag.value.isdigit():
        return None
    count = int(tag.value)
    return count if 0 < count <= 100_000 else None


RULES: tuple[Rule, ...] = (
    _count,
    _function,
    _distinct,
    _extreme,
    _which,
    field_condition,
    value_condition,
    time_condition,
    bare_comparison,
    _by,
    _over_time,
    _order,
    _list,
    _field,
    _unsupported,
)
