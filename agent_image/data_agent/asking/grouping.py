"""Rules that find groups and ranks: `by city`, `monthly`, `top 5 cities`, `highest amount`."""

from __future__ import annotations

from typing import cast

from data_agent.asking.draft import Cursor, Draft, Extreme
from data_agent.asking.plan import Bucket, Direction
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
    after = cursor.after_noise(place + 1)
    if not count and (count := _count_at(cursor, after)):
        after = cursor.after_noise(after + 1)
    while cursor.is_at(after, "extreme"):  # `top 5 highest amounts`
        after = cursor.after_noise(after + 1)
    draft.extreme = Extreme(cast("Direction", tag.value), count, tag.text)
    target = cursor.at(after)
    cursor.place = after
    if target is not None and target.kind == "field" and target.field is not None:
        take_field(target, draft)
        cursor.place = after + 1
        if target.field.kind == "number":
            draft.extreme_field = target.field
        else:
            draft.groups.append(target.field)
    elif target is not None and target.kind in {"table", "rows"}:
        check_table(target, draft)
        draft.extreme_rows = True
        cursor.place = after + 1
    return True


def grouping(cursor: Cursor, draft: Draft) -> bool:
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


def over_time(cursor: Cursor, draft: Draft) -> bool:
    """`monthly`, `over time`."""
    tag = cursor.here
    if tag is None or tag.kind not in {"adverb", "over_time"}:
        return False
    draft.bucket = cast("Bucket", tag.value) if tag.kind == "adverb" else OVER_TIME_BUCKET
    cursor.place += 1
    return True


def _by_field(tag: Tag, field: Field, cursor: Cursor, draft: Draft) -> None:
    take_field(tag, draft)
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


def _count_at(cursor: Cursor, place: int) -> int | None:
    tag = cursor.at(place)
    if tag is None or tag.kind != "number" or not tag.value.isdecimal():
        return None
    count = int(tag.value)
    return count if 0 < count <= 100_000 else None


def take_field(tag: Tag, draft: Draft) -> None:
    if tag.note and tag.note not in draft.notes:
        draft.notes.append(tag.note)


def check_table(tag: Tag, draft: Draft) -> None:
    if tag.kind == "table" and tag.value != draft.table.name:
        draft.problem(f"This needs the tables {draft.table.name} and {tag.value} at once.")
