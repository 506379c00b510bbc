"""Rules that find what is computed: `average price`, `how many orders`, `with more than 5 orders`.

Numbers written as words (`five`) are number tags whose value is the digits.
"""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from data_agent.asking.draft import Aggregate, Cursor, Draft
from data_agent.asking.filters import SIGNED, comparison, condition_after, number
from data_agent.asking.flags import HAVING
from data_agent.asking.grouping import check_table, is_amount, key_of, take_field
from data_agent.asking.plan import Filter, Function
from data_agent.asking.said import countable
from data_agent.asking.schema import Field
from data_agent.asking.tags import Tag

HAD = {"have", "has", "had"}
PER = {"per", "each", "every", "for each", "for every"}


def count(cursor: Cursor, draft: Draft) -> bool:
    """`how many orders`, `number of different customers`, `how many customers`."""
    if not _is_function(cursor.here, "count"):
        return False
    place = cursor.after_noise(cursor.place + 1)
    different = cursor.is_at(place, "distinct")
    place = cursor.after_noise(place + 1) if different else place
    draft.different = draft.different or different
    tag = cursor.at(place)
    had = any(item.text.lower() in HAD for item in cursor.tags[cursor.place : place])
    cursor.place = place
    if tag is not None and tag.kind in {"table", "rows"} and not different:
        check_table(tag, draft)
        draft.rows = True
        cursor.place = place + 1
        _counted(cursor, draft, "count", None)
    elif tag is not None and _is_condition(tag) and not different:
        _count_where(cursor, tag, draft)
    elif tag is not None and tag.kind == "field" and tag.field is not None:
        plain = is_amount(tag.field, draft) and not different
        _what(tag, draft, clear=not plain or (countable(tag) and not had))
        conditional = condition_after(cursor, tag.field, place + 1) is not None
        if different or plain or not conditional:
            field = key_of(tag, tag.field, draft)
            cursor.place = place + 1
            _counted(cursor, draft, "sum" if plain else "distinct", field)
        elif tag.field.kind == "text" and tag.field.name not in draft.identifiers:
            _add(draft, "distinct", tag.field)  # `how many items start with N`
        else:
            _counted(cursor, draft, "count", None)
    else:
        _counted(cursor, draft, "count", None)
        if different:
            draft.problem("Different what? Name a column.")
    return True


def _what(tag: Tag, draft: Draft, *, clear: bool) -> None:
    """`how many have left` does not ask for the total of Vacation Days Left."""
    if not clear:
        name = tag.value
        draft.problem(
            f'How many of what "{tag.text}"? {name} is a number of its own.',
            f"total {name}",
            f"number of rows where {name} > 0",
        )


def _is_condition(tag: Tag) -> bool:
    """A flag or a date, of which it is the rows that are counted."""
    return tag.field is not None and (tag.field.role == "flag" or tag.field.kind == "time")


def _count_where(cursor: Cursor, tag: Tag, draft: Draft) -> None:
    """`how many discontinued products`: the flag is a condition, and read next. `number of
    cancellations in 2025`: the period is that of the date."""
    _counted(cursor, draft, "count", None)
    if tag.field is not None and tag.field.kind == "time":
        take_field(tag, draft)
        draft.mentions.append(tag.field)
        cursor.place += 1
        return
    noun = cursor.at(cursor.after_noise(cursor.place + 1))
    if noun is not None and noun.kind == "field" and noun.field and noun.field.kind == "text":
        draft.measure, draft.function = noun.field, "distinct"


def how_often(cursor: Cursor, draft: Draft) -> bool:
    """`how often did we pay DHL`: rows, whatever is named behind."""
    if not cursor.is_at(cursor.place, "how_often"):
        return False
    _add(draft, "count", None)
    cursor.place += 1
    return True


def function(cursor: Cursor, draft: Draft) -> bool:
    """`average price`, `total of the amount`; alone it waits for a column."""
    tag = cursor.here
    if tag is None or tag.kind != "function":
        return False
    place, following = _taken_of(tag, cursor, draft)
    if tag.value == "sum" and following is not None and following.kind == "function":
        cursor.place = place
        return True
    function = cast("Function", tag.value)
    cursor.place += 1
    if function == "avg":
        grouped = following is None and draft.bucket is not None
        timely = cursor.is_at(place, "adverb", "bucket") or _per_period(cursor)
        draft.averages_groups = grouped or timely
    if cursor.is_at(place + 1, "calc"):
        draft.function = function  # `average price times quantity`
        return True
    if following is None or following.kind != "field" or following.field is None:
        _add(draft, function, None)
        return True
    field = following.field
    before, cursor.place = cursor.place, place + 1
    if field.kind == "number" and _aggregate(cursor, draft, function, field):
        take_field(following, draft)
    elif condition_after(cursor, field, place + 1) is None:
        take_field(following, draft)
        _add(draft, function, field)
        _same_of_others(cursor, draft, function)
    else:
        cursor.place = before
        _add(draft, function, None)
    return True


def _per_period(cursor: Cursor) -> bool:
    """`average revenue per month`, `monthly average revenue`; but `by month` are only groups."""
    before = cursor.at(cursor.place - 2)
    if before is not None and before.kind in {"adverb", "bucket"}:
        return True
    return any(
        tag.kind in {"by", "calc"} and tag.text.lower() in PER and cursor.is_at(place + 1, "bucket")
        for place, tag in enumerate(cursor.tags)
    )


def _taken_of(tag: Tag, cursor: Cursor, draft: Draft) -> tuple[int, Tag | None]:
    """What stands behind a function; in `average number of visits` that is the column."""
    place = cursor.after_noise(cursor.place + 1)
    _no_total_of(tag, cursor.at(place), draft)
    behind = cursor.after_noise(place + 1)
    amount = cursor.at(behind)
    counted = tag.value == "avg" and _is_function(cursor.at(place), "count")
    if counted and amount is not None and amount.field and is_amount(amount.field, draft):
        place = behind
    return place, cursor.at(place)


def _no_total_of(tag: Tag, following: Tag | None, draft: Draft) -> None:
    """`average of total revenue per city`: it would be read as two numbers."""
    if tag.value in {"avg", "median"} and _is_function(following, "sum"):
        draft.problem(f'Is "{tag.text} total" of the rows, or of groups? Say one of the two.')


def group_condition(cursor: Cursor, draft: Draft) -> bool:
    """`cities with more than 5 orders`."""
    found = _bare_comparison(cursor)
    if found is None:
        return False
    condition, end = found
    target = cursor.at(cursor.after_noise(end))
    subject = [*draft.mentions, *draft.which, *draft.groups]
    if target is None or not subject:
        return False
    seldom = target.field if target.kind == "field" else None
    if seldom is not None and seldom.name in draft.occasional:  # `with 5 or more complaints`
        counted = Aggregate("distinct", seldom, condition.operator, condition.values)
    elif target.kind in {"table", "rows"}:
        check_table(target, draft)
        counted = Aggregate("count", None, condition.operator, condition.values)
    else:
        return False
    draft.aggregates.append(counted)
    cursor.place = cursor.after_noise(end) + 1
    return True


def number_before(cursor: Cursor, draft: Draft) -> bool:
    """`more than 10 page views`: the column stands behind its number."""
    found = _bare_comparison(cursor) or _exactly(cursor)
    if found is None or cursor.tags[cursor.place].value in SIGNED:
        return False
    condition, end = found
    target = cursor.at(cursor.after_noise(end))
    if target is None or target.field is None or not is_amount(target.field, draft):
        return False
    if target.kind != "field" or condition_after(cursor, target.field, cursor.after_noise(end) + 1):
        return False
    if cursor.at(end) is not None and cursor.is_at(end, "by", "and"):
        return False
    take_field(target, draft)
    draft.filters.append(replace(condition, column=target.field.name))
    cursor.place = cursor.after_noise(end) + 1
    return True


def _bare_comparison(cursor: Cursor) -> tuple[Filter, int] | None:
    """`more than 10` with no column before it, and the place behind it."""
    tag = cursor.here
    if tag is None or tag.kind != "operator":
        return None
    found = comparison(cursor, Field("", "BIGINT", "number"), tag, cursor.place + 1)
    return None if found is None or found[0].operator in {"empty", "not_empty"} else found


def _exactly(cursor: Cursor) -> tuple[Filter, int] | None:
    """`with 2 rooms`: the number alone."""
    before = cursor.at(cursor.place - 1)
    value = number(cursor.here)
    if value is None or before is None or before.text.lower() not in HAVING:
        return None
    return Filter("", "eq", (value,)), cursor.place + 1


def _counted(cursor: Cursor, draft: Draft, function: Function, field: Field | None) -> None:
    subject = [*draft.mentions, *draft.which, *draft.groups]
    if not _aggregate(cursor, draft, function, field):
        _add(draft, function, field)
    elif not subject:
        draft.problem("How many of something have a number of something else: say it as groups.")


def _add(draft: Draft, function: Function, field: Field | None) -> None:
    """The first number that is asked for, or a further one."""
    if draft.function is None:
        draft.function, draft.measure = function, field
    elif (function, field) != (draft.function, draft.measure):
        draft.more.append((function, field))


def _aggregate(cursor: Cursor, draft: Draft, function: Function, field: Field | None) -> bool:
    """`number of orders over 60` said of groups: a condition on the number, not the number."""
    place = cursor.after_noise(cursor.place, "is")
    tag = cursor.at(place)
    if (
        tag is None
        or tag.kind != "operator"
        or any(cursor.tags[index].text.lower() == "where" for index in range(cursor.place, place))
    ):
        return False
    found = comparison(cursor, Field("", "BIGINT", "number"), tag, place + 1)
    if found is None or found[0].operator in {"empty", "not_empty"}:
        return False
    condition, cursor.place = found
    draft.aggregates.append(Aggregate(function, field, condition.operator, condition.values))
    return True


def _same_of_others(cursor: Cursor, draft: Draft, function: Function) -> None:
    """`average temperature and humidity`: the average of both."""
    while True:
        place = cursor.after_noise(cursor.place, "and")
        joined = any(cursor.is_at(index, "and") for index in range(cursor.place, place))
        field = _free_field(cursor, place)
        tag = cursor.at(place)
        if not joined or field is None or tag is None or not is_amount(field, draft):
            return
        take_field(tag, draft)
        _add(draft, function, field)
        cursor.place = place + 1


def _free_field(cursor: Cursor, place: int) -> Field | None:
    """The column named there, unless what follows is a condition on it."""
    tag = cursor.at(place)
    if tag is None or tag.kind != "field" or tag.field is None:
        return None
    return tag.field if condition_after(cursor, tag.field, place + 1) is None else None


def _is_function(tag: Tag | None, name: str) -> bool:
    return tag is not None and tag.kind == "function" and tag.value == name
