"""Rules that find groups and ranks: `by city`, `monthly`, `top 5 cities`, `highest amount`."""

from __future__ import annotations

from typing import cast

from data_agent.asking.dates import is_year
from data_agent.asking.draft import Cursor, Draft, Extreme
from data_agent.asking.plan import Bucket, Direction, Function
from data_agent.asking.schema import Field
from data_agent.asking.tags import Tag

OVER_TIME_BUCKET: Bucket = "month"


def ranking(cursor: Cursor, draft: Draft) -> bool:
    """`top 5 cities`, `3 largest orders`, `highest amount`, `most orders`."""
    start = cursor.place
    count = _count_at(cursor, start)
    place = cursor.after_noise(start + 1) if count else start
    tag = cursor.at(place)
    if tag is None or tag.kind != "extreme":
        return False
    if not count and _both_ends(cursor, place, tag, draft):
        return True
    after = cursor.after_noise(place + 1)
    near = after == place + 1 or not is_year(cursor.at(after))
    if not count and near and (count := _count_at(cursor, after)):
        after = cursor.after_noise(after + 1)
    while cursor.is_at(after, "extreme"):  # `top 5 highest amounts`
        after = cursor.after_noise(after + 1)
    draft.noun_first = draft.rows and draft.function is None
    draft.rank(Extreme(cast("Direction", tag.value), count, tag.text))
    _ranked_target(cursor, after, draft)
    return True


def _ranked_target(cursor: Cursor, place: int, draft: Draft) -> None:
    target = cursor.at(place)
    cursor.place = place
    if cursor.is_at(place + 1, "calc"):
        ends: dict[Direction, Function] = {"asc": "min", "desc": "max"}
        grouped = bool(draft.which or draft.which_bucket) or draft.extreme is None
        draft.function = "sum" if grouped or not draft.extreme else ends[draft.extreme.direction]
        return  # `highest price times quantity`
    if target is not None and target.kind == "field" and target.field is not None:
        take_field(target, draft)
        cursor.place = place + 1
        if is_amount(target.field, draft):
            draft.extreme_field = target.field
        elif (draft.which or _subject(target.field, draft)) and target.field not in draft.which:
            draft.function, draft.measure = "distinct", target.field  # `has the most customers`
        else:
            draft.groups.append(target.field)
            draft.extreme_group = target.field
    elif target is not None and target.kind == "bucket":
        draft.bucket = cast("Bucket", target.value)  # `best month for revenue`
        draft.which_bucket = draft.extreme is not None and draft.extreme.count is None
        cursor.place = place + 1
    elif target is not None and target.kind == "value":
        draft.extreme_value = target  # `top 3 wines`; the value is a condition as well
    elif target is not None and target.kind in {"table", "rows"}:
        check_table(target, draft)
        draft.extreme_rows = True
        cursor.place = place + 1


def _subject(seldom: Field, draft: Draft) -> bool:
    """`driver with the most complaints`: the driver is asked for."""
    if seldom.name not in draft.occasional or len(draft.mentions) != 1:
        return False
    if draft.mentions[0].kind == "text":
        draft.which.append(draft.mentions.pop())
    return bool(draft.which)


def _both_ends(cursor: Cursor, place: int, tag: Tag, draft: Draft) -> bool:
    """`lowest and highest salary`."""
    second = cursor.after_noise(place + 1, "and")
    other, field_place = cursor.at(second), cursor.after_noise(second + 1)
    target = cursor.at(field_place)
    if other is None or other.kind != "extreme" or other.value == tag.value:
        return False
    if target is None or target.field is None or target.field.kind != "number":
        return False
    ends: dict[str, Function] = {"asc": "min", "desc": "max"}
    take_field(target, draft)
    draft.function, draft.measure = ends[tag.value], target.field
    draft.more.append((ends[other.value], target.field))
    cursor.place = field_place + 1
    return True


def grouping(cursor: Cursor, draft: Draft) -> bool:
    """`by city`, `per month`, `by city and channel`, `by total revenue`."""
    tag = cursor.here
    if tag is None or tag.kind != "by":
        return False
    place = cursor.after_noise(cursor.place + 1)
    target = cursor.at(place)
    ranks_calc = cursor.is_at(place + 1, "calc") and draft.extreme is not None
    if ranks_calc or (target is not None and target.kind == "value"):
        cursor.place = place  # `top 5 by price times quantity`, `bought by resellers`
        return True
    cursor.place = place + 1
    if target is None:
        if draft.growth_bucket is None and draft.study is None:
            draft.problem(f'"{tag.text}" what? Name a column.')
    elif _key(target, cursor, draft):
        _further_keys(cursor, draft)
    else:
        _by_number(target, place, cursor, draft)
    return True


def _by_number(target: Tag, place: int, cursor: Cursor, draft: Draft) -> None:
    """What is ranked by or divided by: a column of numbers, or the rows."""
    if target.kind == "field" and target.field is not None:
        take_field(target, draft)
        if draft.extreme is None and draft.compares:
            draft.mentions.append(target.field)  # `compare Germany with Austria by revenue`
        else:
            draft.ranked_by = target.field
    elif target.kind in {"rows", "table"}:
        before = cursor.at(place - 2)
        _by_rows(target, draft, close=before is not None and before.field is not None)
    else:
        cursor.place = place


def _key(target: Tag, cursor: Cursor, draft: Draft) -> bool:
    """A column or a unit of time to group by. A number after `top` is what is ranked by."""
    if target.kind == "bucket":
        draft.bucket = cast("Bucket", target.value)
        _of_date(cursor, draft)
        return True
    if target.kind != "field" or target.field is None:
        return False
    if is_amount(target.field, draft) and (draft.extreme is not None or _lacks_number(draft)):
        return False
    ranks = draft.extreme is not None and draft.extreme_field is None
    if ranks and target.field.name in draft.occasional:
        return False  # `top 5 customers by complaints`
    take_field(target, draft)
    draft.groups.append(target.field)
    if target.field.kind == "time" and (unit := cursor.at(cursor.place)) and unit.kind == "bucket":
        draft.bucket = cast("Bucket", unit.value)  # `by hire date year`
        cursor.place += 1
    return True


def _of_date(cursor: Cursor, draft: Draft) -> None:
    """`per month of delivery`, `by year hired`: the date behind its unit."""
    place = cursor.after_noise(cursor.place)
    tag, following = cursor.at(place), cursor.at(cursor.after_noise(place + 1, "is", "not"))
    compared = following is not None and following.kind == "operator"
    if tag is None or tag.field is None or tag.field.kind != "time" or compared:
        return
    if tag.kind == "field":
        take_field(tag, draft)
        draft.groups.append(tag.field)
        cursor.place = place + 1


def _lacks_number(draft: Draft) -> bool:
    """A comparison that has not said of what: `by revenue` does."""
    said = draft.function is not None or any(is_amount(f, draft) for f in draft.mentions)
    return draft.compares and not said


def _further_keys(cursor: Cursor, draft: Draft) -> None:
    """`and channel`; a number after `and` is rather another measure."""
    while True:
        place = cursor.after_noise(cursor.place, "and")
        joined = any(cursor.is_at(index, "and") for index in range(cursor.place, place))
        target = cursor.at(place)
        if not joined or target is None:
            return
        if target.field is not None and is_amount(target.field, draft):
            _number_beside(target.field, cursor, place, draft)
            return
        cursor.place, before = place + 1, cursor.place
        if not _key(target, cursor, draft):
            cursor.place = before
            return


def _number_beside(field: Field, cursor: Cursor, place: int, draft: Draft) -> None:
    """`units per city and rooms`: rooms may be a further group, or be added up."""
    if draft.function in {"count", "distinct"} and cursor.at(place + 1) is None:
        draft.problem(
            f"By {field.name} as well, or the total {field.name} beside it?",
            f"number of rows by {field.name}",
            f"total {field.name}",
        )


def is_amount(field: Field, draft: Draft) -> bool:
    """A number to compute with: no name of a thing, and no year."""
    return field.kind == "number" and field.name not in draft.identifiers


def over_time(cursor: Cursor, draft: Draft) -> bool:
    """`monthly`, `over time`."""
    tag = cursor.here
    if tag is None or tag.kind not in {"adverb", "over_time"}:
        return False
    draft.bucket = cast("Bucket", tag.value) if tag.kind == "adverb" else OVER_TIME_BUCKET
    cursor.place += 1
    return True


def _by_rows(tag: Tag, draft: Draft, *, close: bool) -> None:
    """`on average per order` is the average; `revenue per order` is read as a calculation."""
    if draft.extreme is not None:
        draft.counts_rows = True
    elif _lacks_number(draft):
        check_table(tag, draft)
        draft.rows = True
    elif draft.function != "avg" or close:
        draft.problem(f'"per {tag.text}" would list every row. Ask for one column to group by.')


def _count_at(cursor: Cursor, place: int) -> int | None:
    tag = cursor.at(place)
    if tag is None or tag.kind != "number" or not tag.value.isdecimal():
        return None
    count = int(tag.value)
    return count if 0 < count <= 100_000 else None


def take_field(tag: Tag, draft: Draft) -> None:
    if tag.note and tag.note not in draft.notes:
        draft.notes.append(tag.note)
    if tag.note and tag.field is not None:
        draft.instead.add(tag.field.name)


def check_table(tag: Tag, draft: Draft) -> None:
    if tag.kind == "table" and tag.value != draft.table.name:
        draft.problem(f"This needs the tables {draft.table.name} and {tag.value} at once.")
    draft.things = draft.things or tag.kind == "table"
    draft.thing = draft.thing or tag.field


def key_of(tag: Tag, field: Field, draft: Draft) -> Field:
    """Customers are counted by their key: two of them may have one name."""
    if not (field.source and tag.note):
        take_field(tag, draft)
        return field
    join = draft.table.join(field.source)
    if join.via:
        take_field(tag, draft)
        return field
    draft.notes.append(f'"{tag.text}" was read as the column {join.column}.')
    draft.used.append(field)
    return draft.table.field(join.column)
