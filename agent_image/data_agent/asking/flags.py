"""Rules for columns that are conditions by being named: `with coupon`, `discontinued products`."""

from __future__ import annotations

from data_agent.asking.draft import Cursor, Draft
from data_agent.asking.filters import condition_after
from data_agent.asking.plan import Filter
from data_agent.asking.said import countable
from data_agent.asking.schema import Field
from data_agent.asking.text import fold

HAVING = {"with", "have", "has", "had", "having", "used", "using"}


def filled_condition(cursor: Cursor, draft: Draft) -> bool:
    """`orders with a coupon`: those where the column is filled."""
    tag = cursor.here
    if tag is None or tag.kind != "noise" or tag.text.split()[-1].lower() not in HAVING:
        return False
    place = cursor.after_noise(cursor.place + 1)
    target = cursor.at(place)
    field = target.field if target is not None and target.kind == "field" else None
    if field is not None and _has_amount(cursor, place, draft):
        words = f"{tag.text} {cursor.tags[place].text}"
        draft.notes.append(f'"{words}" was read as {field.name} above 0.')
        draft.filters.append(Filter(field.name, "gt", (0,)))
        cursor.place = place + 1
        return True
    counts_rows = draft.rows or (draft.function == "count" and draft.measure is None)
    counts_rows = counts_rows or (draft.show == "share" and draft.measure is None)
    if field is None or not counts_rows or draft.lists or draft.extreme is not None:
        return False
    if field.kind == "number" or field.role == "flag":
        return False
    following = cursor.after_noise(place + 1)
    said_more = cursor.is_at(following, "value", "text", "number")
    if said_more or condition_after(cursor, field, place + 1) is not None:
        return False
    draft.filters.append(Filter(field.name, "not_empty"))
    cursor.place = place + 1
    return True


def _has_amount(cursor: Cursor, place: int, draft: Draft) -> bool:
    """`tenants with arrears`, `how many members have visits`: behind a noun, with nothing more."""
    target, before = cursor.at(place), cursor.at(cursor.place - 1)
    field = target.field if target is not None and target.kind == "field" else None
    if field is None or field.kind != "number" or field.name in draft.identifiers:
        return False
    if target is not None and not countable(target) and fold(target.text) not in draft.stocks:
        return False  # `people who have left` are not those with vacation days left
    noun = before is not None and before.kind in {"field", "table", "rows"}
    asks = draft.function in {None, "count", "distinct"} and draft.extreme is None
    alone = not cursor.is_at(
        cursor.after_noise(place + 1), "number", "operator", "and", "calc", "field"
    )
    bare = condition_after(cursor, field, place + 1) is None
    return noun and asks and alone and bare and not (draft.lists or draft.groups or draft.study)


def flag_condition(cursor: Cursor, draft: Draft) -> bool:
    """`discontinued products`, `how many orders are gifts`: where a flag says yes."""
    tag = cursor.here
    field = tag.field if tag is not None and tag.kind == "field" else None
    if field is None or field.role != "flag" or draft.study is not None:
        return False
    if all(item.column != field.name for item in draft.filters):
        draft.filters.append(Filter(field.name, "in", yes_values(field, draft)))
    cursor.place += 1
    return True


def yes_values(field: Field, draft: Draft) -> tuple[str, ...]:
    """The values of this flag that say yes."""
    return tuple(v for v in field.values if fold(v) not in draft.negatives) or ("true",)
