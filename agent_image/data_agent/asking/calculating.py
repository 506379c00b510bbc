"""Rules for calculations between two columns: `price times quantity`, `revenue per order`."""

from __future__ import annotations

from typing import cast

from data_agent.asking.counting import own_key
from data_agent.asking.draft import Cursor, Draft
from data_agent.asking.grouping import is_amount, key_of, take_field
from data_agent.asking.plan import Arithmetic, Bucket, Calc, Function
from data_agent.asking.schema import Field
from data_agent.asking.tags import Tag
from data_agent.asking.times import time_field

Found = tuple[Calc, int]


def calculation(cursor: Cursor, draft: Draft) -> bool:
    """`average price times quantity`, `revenue minus cost`, `orders per customer on average`."""
    start = cursor.place
    function, place = _function_at(cursor, start)
    ratio = cursor.is_at(place, "ratio", "difference")
    operator = "minus" if cursor.is_at(place, "difference") else "per"
    start = place
    place = cursor.after_noise(start + 1) if ratio else place
    tag = cursor.at(place)
    field = tag.field if tag is not None and tag.kind == "field" else None
    if tag is None or (field is None and tag.kind not in {"table", "rows"}):
        return False
    if field is not None and not is_amount(field, draft):
        return False
    count_each = function == "avg" and field is None  # `average orders per customer`
    joint = operator if ratio else None
    found = _calc_at(cursor, place, field, draft, told=ratio or count_each, joint=joint)
    if found is None:
        return False
    calc, end = found
    averaged = function == "avg" and calc.operator == "per"
    said = function or draft.function
    if calc.operator == "per" and not averaged and said not in {None, "sum", "count"}:
        draft.problem("A number per something is one number: group it to find the highest.")
    again = draft.measure is not None and draft.measure.name in {calc.column, field and field.name}
    counted = draft.function == "count" and field is not None
    if draft.calc is not None or counted or (draft.measure is not None and not again):
        draft.problem("One calculation at a time, and no other number beside it.")
    if cursor.is_at(cursor.after_noise(end, "is"), "operator"):
        draft.problem("A condition on a calculation cannot be answered yet.")
    take_field(tag, draft)
    default: Function = "sum" if field is not None else "count"
    draft.function = default if averaged else (function or draft.function or default)
    if field is None:
        draft.function = "count"
    draft.measure, draft.calc, cursor.place = field, calc, end
    return True


def _function_at(cursor: Cursor, place: int) -> tuple[Function | None, int]:
    """`average`, `total number of`; what it is taken of stands behind."""
    found: Function | None = None
    while (tag := cursor.at(place)) is not None and tag.kind == "function":
        if tag.value not in {"sum", "count"} or found is None:
            found = found if found == "avg" else cast("Function", tag.value)
        place = cursor.after_noise(place + 1)
    return found, place


def _calc_at(
    cursor: Cursor, place: int, field: Field | None, draft: Draft, *, told: bool, joint: str | None
) -> Found | None:
    """The calculation whose sign stands behind this place. `told`: no groups are meant. `joint`:
    what an "and" or a "to" stands for."""
    sign = cursor.at(place + 1)
    if sign is None or sign.kind not in ({"to", "and", "calc"} if joint else {"calc"}):
        return None
    operator = sign.value if sign.kind == "calc" else str(joint)
    start = cursor.after_noise(place + 2)
    if operator in {"per", "over"}:
        return _divisor(cursor, start, field, draft, told=told or operator == "over")
    other = cursor.at(start)
    if field is None or other is None or other.kind != "field" or other.field is None:
        return None
    if not is_amount(other.field, draft):
        return None
    return Calc(cast("Arithmetic", operator), other.field.name), start + 1


def _divisor(
    cursor: Cursor, place: int, field: Field | None, draft: Draft, *, told: bool
) -> Found | None:
    """What it is divided by. `per city` is a group, unless it is said that it is not."""
    counted = cursor.is_at(place, "function")
    if counted and cursor.tags[place].value not in {"count", "sum"}:
        return None
    counts = counted and cursor.tags[place].value == "count"
    place = cursor.after_noise(place + 1) if counted else place
    different = cursor.is_at(place, "distinct")
    place = cursor.after_noise(place + 1) if different else place
    tag = cursor.at(place)
    if tag is None:
        return None
    own = tag.kind == "rows" or (tag.kind == "table" and tag.value == draft.table.name)
    if own and not different and field is not None:
        return _rows(tag, draft), place + 1
    return _different(tag, place, draft, told=told, different=different, counts=counts)


def _different(
    tag: Tag, place: int, draft: Draft, *, told: bool, different: bool, counts: bool
) -> Found | None:
    """Per different customer or month, or per total of another column."""
    dates = time_field(draft)
    joined = [join for join in draft.table.joins if join.other == tag.value and not join.via]
    if tag.kind == "table" and joined and (told or different):
        return Calc("per", joined[0].column, "distinct"), place + 1
    if tag.kind == "bucket" and tag.value in {"hour", "weekday"} and (different or told):
        draft.problem(
            f"The average of one {tag.value} cannot be answered yet: group by {tag.value}."
        )
    if tag.kind == "bucket" and (different or told) and dates is not None:
        draft.notes.append(f"A {tag.value} without rows does not count.")
        return Calc("per", dates.name, "distinct", cast("Bucket", tag.value)), place + 1
    if tag.kind != "field" or tag.field is None:
        return None
    if is_amount(tag.field, draft) and not different and not counts:
        return Calc("per", tag.field.name, "sum"), place + 1
    if different or (told and not is_amount(tag.field, draft)):
        return Calc("per", key_of(tag, tag.field, draft).name, "distinct"), place + 1
    return None


def _rows(tag: Tag, draft: Draft) -> Calc:
    """Per row; per order where the table has several rows for each of its orders."""
    key = own_key(draft) if tag.kind == "table" and tag.value == draft.table.name else None
    if key is None:
        return Calc("per", None, "count")
    draft.notes.append(f"Each {key.name} was counted once; several rows share one.")
    return Calc("per", key.name, "distinct")
