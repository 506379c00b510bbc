"""A rule for words that name a column by what is extreme about it: cheapest, longest, best selling.

Which columns they can be about stands in the lexicon. One that fits is taken, and the answer says
so; several are asked about.
"""

from __future__ import annotations

from typing import cast

from data_agent.asking.draft import Cursor, Draft, Extreme
from data_agent.asking.filters import number
from data_agent.asking.lexicon import Adjective
from data_agent.asking.plan import Bucket
from data_agent.asking.schema import Field
from data_agent.asking.text import stems

PRICE = ("price",)
AGE = "age"


def adjective(cursor: Cursor, draft: Draft) -> bool:
    """`cheapest product`, `3 longest visits`, `which product sold most`."""
    count = number(cursor.here) if cursor.is_at(cursor.place + 1, "adjective") else None
    place = cursor.place + (count is not None)
    tag = cursor.at(place)
    if tag is None or tag.kind != "adjective":
        return False
    meant, after = draft.adjectives[tag.value], cursor.after_noise(place + 1)
    wanted = int(count) if count is not None and count > 0 else None
    draft.rank(Extreme(meant.direction, wanted, tag.text))
    cursor.place = place + 1
    said = cursor.at(after)
    if said is not None and said.field is not None and said.field in _amounts(draft):
        draft.extreme_field = said.field  # `longest distance` says itself what is meant
        cursor.place = after + 1
    elif (born := _born(meant, draft)) is not None and draft.extreme is not None:
        draft.extreme_field, draft.extreme.direction = born, "desc"
        draft.notes.append(f'"{tag.text}" was read as the last {born.name}.')
        _target(cursor, after, draft, meant)
    elif _found(meant, tag.text, draft):
        _target(cursor, after, draft, meant)
    return True


def _born(meant: Adjective, draft: Draft) -> Field | None:
    """`youngest patient` where there is no age but one date of birth."""
    if meant.direction != "asc" or AGE not in meant.columns or len(draft.ages) != 1:
        return None
    return draft.ages[0] if draft.ages[0].birth else None


def _found(meant: Adjective, word: str, draft: Draft) -> bool:
    """The one column that it is about, or the number of rows; a problem where several could be."""
    end = "highest" if meant.direction == "desc" else "lowest"
    every = _amounts(draft)
    fitting = [field for field in every if set(stems(field.name)) & meant.columns]
    if len(fitting) > 1 and len(prices := [f for f in fitting if stems(f.name)[-1:] == PRICE]) == 1:
        rest = [field for field in fitting if field not in prices]
        other = [f for f in rest if f.name in draft.additive and "cost" not in stems(f.name)]
        fitting = fitting if other else prices  # what something costs is its price
    if meant.grouped:
        fitting = [field for field in fitting if field.name in draft.additive]
    if not meant.columns:
        draft.counts_rows = True
        most = "most" if meant.direction == "desc" else "fewest"
        draft.notes.append(f'"{word}" was read as the {most} rows.')
        return True
    if len(fitting) != 1:
        names = [field.name for field in (fitting or every)[:4]]
        draft.problem(f'"{word}" by what: {" or ".join(names)}?', *(f"{end} {n}" for n in names))
        return False
    draft.extreme_field = fitting[0]
    total = "total " if meant.grouped else ""
    draft.notes.append(f'"{word}" was read as {end} {total}{fitting[0].name}.')
    return True


def _target(cursor: Cursor, place: int, draft: Draft, meant: Adjective) -> None:
    """What stands behind: rows, or the column whose value is looked for."""
    target = cursor.at(place)
    if target is not None and target.kind in {"table", "rows"} and not meant.grouped:
        cursor.place = place + 1
        _rows(draft)
    elif target is not None and target.kind == "field" and target.field is not None:
        cursor.place = place + 1
        if meant.grouped:
            draft.which.append(target.field)
        else:
            draft.used.append(target.field)
            _rows(draft)
    elif target is not None and target.kind == "bucket" and meant.grouped:
        draft.bucket = cast("Bucket", target.value)  # `busiest month`
        draft.which_bucket = draft.extreme is not None and draft.extreme.count is None
        cursor.place = place + 1
    elif draft.rows and not draft.which and not meant.grouped:
        _rows(draft)


def _rows(draft: Draft) -> None:
    """The rows themselves, best first; one where no number was said."""
    draft.rows = True
    if draft.extreme is not None and draft.extreme.count is None:
        draft.extreme.count = draft.count or 1


def _amounts(draft: Draft) -> list[Field]:
    every = draft.table.of_kind("number")
    return [field for field in every if field.name not in draft.identifiers]
