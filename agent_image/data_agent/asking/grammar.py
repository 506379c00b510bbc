"""The rules of a question, tried in order at each word; the first that fits takes its words.

Numbers written as words (`five`) are number tags whose value is the digits.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import cast

from data_agent.asking.adjectives import adjective
from data_agent.asking.against import bare_against
from data_agent.asking.bounds import comparative, currency
from data_agent.asking.calculating import calculation
from data_agent.asking.counting import UNIQUE
from data_agent.asking.draft import Cursor, Draft
from data_agent.asking.durations import duration
from data_agent.asking.either import either
from data_agent.asking.excluding import neither, without_period
from data_agent.asking.filters import (
    bare_comparison,
    condition_after,
    field_condition,
    signed,
    value_condition,
)
from data_agent.asking.flags import filled_condition, flag_condition
from data_agent.asking.grouping import (
    check_table,
    grouping,
    over_time,
    ranking,
    take_field,
)
from data_agent.asking.lexicon import Lexicon
from data_agent.asking.linking import linked_condition, without_rows
from data_agent.asking.numbers import count, function, group_condition, how_often, number_before
from data_agent.asking.occasions import occasional
from data_agent.asking.phrases import (
    difference,
    leading_count,
    recent,
    special,
    spent,
    unsupported,
    who,
)
from data_agent.asking.plan import Bucket
from data_agent.asking.roles import is_id
from data_agent.asking.schema import Field, Table
from data_agent.asking.sides import one_side
from data_agent.asking.summing import is_additive
from data_agent.asking.tags import Tag
from data_agent.asking.text import stems
from data_agent.asking.times import time_condition, weekday_condition

Rule = Callable[[Cursor, Draft], bool]
SILENT = {
    "noise",
    "to",
    "is",
    "and",
    "or",
    "all_time",
    "but",
    "dash",
    "new",
    "sold",
    "both",
    "either",
}


def blank(table: Table, lexicon: Lexicon) -> Draft:
    """An empty draft about this table, with what is known of its columns beforehand."""
    every = (*table.fields, *table.foreign)
    words = {f.name: set(stems(f.name)) for f in every}
    return Draft(
        table,
        frozenset(
            f.name for f in every if is_id(f, lexicon) or words[f.name] & lexicon.identifiers
        ),
        frozenset(no for _, no in lexicon.flags),
        tuple(f for f in table.of_kind("number", "time") if words[f.name] & lexicon.ages),
        _persons(table, lexicon),
        frozenset(f.name for f in every if is_additive(f, lexicon)),
        lexicon.adjectives,
        lexicon.stocks,
        occasional(table, lexicon),
    )


def _persons(table: Table, lexicon: Lexicon) -> tuple[Field, ...]:
    """Columns that name people; a customer number only where there is no name."""
    found = tuple(f for f in table.of_kind("text") if set(stems(f.name)) & lexicon.persons)
    names = tuple(f for f in found if not set(stems(f.name)) & lexicon.identifiers)
    return names or found


def read(tags: tuple[Tag, ...], empty: Draft, today: dt.date | None = None) -> Draft:
    """The draft of one reading of a question; `empty` is that of `blank`, and stays so."""
    draft = Draft(
        empty.table,
        empty.identifiers,
        empty.negatives,
        empty.ages,
        empty.persons,
        empty.additive,
        empty.adjectives,
        empty.stocks,
        empty.occasional,
    )
    draft.lines = any(tag.kind == "rows" for tag in tags)
    cursor = Cursor(tags, today)
    while cursor.here is not None:
        count = len(draft.filters)
        for rule in RULES:
            if rule(cursor, draft):
                if len(draft.filters) == count + 1:
                    draft.condition_end = cursor.place
                break
        else:
            tag = cursor.here
            if tag.kind == "not":
                draft.problem(
                    f'It is not clear what "{tag.text}" leaves out. A condition leaves out rows '
                    '("city is not Berlin"); what has no such row at all cannot be found yet.'
                )
            elif tag.kind not in SILENT:
                draft.unknown(tag.text)
            cursor.place += 1
    one_side(tags, draft)
    return draft


def _distinct(cursor: Cursor, draft: Draft) -> bool:
    """`list the different cities`: the values of a column."""
    place = cursor.after_noise(cursor.place + 1)
    if not cursor.is_at(cursor.place, "distinct") or not cursor.is_at(place, "field"):
        return False
    draft.lists = draft.different = True
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
    if tag.kind == "table" and any(join.other == tag.value for join in draft.table.joins):
        draft.elsewhere.append(tag.value)  # `orders from customers in Germany`
        cursor.place += 1
        return True
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
    if _names_rows(tag.field, draft):
        draft.rows = True
        draft.used.append(tag.field)
    else:
        draft.mentions.append(tag.field)
    cursor.place += 1
    value = cursor.at(cursor.after_noise(cursor.place, "is"))
    said_is = cursor.is_at(cursor.place, "is") or cursor.is_at(cursor.place, "operator")
    if said_is and value is not None and value.kind == "value" and value.field != tag.field:
        draft.problem(f"{value.text} is no value of {tag.field.name}.")
    return True


def _names_rows(field: Field, draft: Draft) -> bool:
    """`employees in Berlin` where each row has an employee number of its own."""
    counts = draft.function == "count" and draft.measure is None
    asks = counts or (draft.function is None and not draft.groups and not draft.which)
    few = (field.distinct or 0) < UNIQUE * max(draft.table.rows, 1)
    return (
        asks
        and not field.source
        and not few
        and field.kind != "time"
        and (field.name in draft.identifiers or field.role == "text")
        and bool(draft.filters or counts)
    )


RULES: tuple[Rule, ...] = (
    either,
    duration,
    calculation,
    difference,
    count,
    how_often,
    function,
    _distinct,
    adjective,
    ranking,
    recent,
    leading_count,
    spent,
    _which,
    who,
    field_condition,
    linked_condition,
    value_condition,
    without_rows,
    without_period,
    neither,
    comparative,
    currency,
    filled_condition,
    flag_condition,
    time_condition,
    weekday_condition,
    group_condition,
    number_before,
    signed,
    bare_comparison,
    bare_against,
    grouping,
    over_time,
    special,
    _order,
    _list,
    _field,
    unsupported,
)
