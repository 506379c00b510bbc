"""Rules for words that ask for something of their own: share, growth, who, oldest, outliers."""

from __future__ import annotations

from typing import cast

from data_agent.asking.dates import is_year
from data_agent.asking.draft import Cursor, Draft, Extreme, Problem
from data_agent.asking.filters import number
from data_agent.asking.plan import Bucket, Direction, StudyKind
from data_agent.asking.schema import Field
from data_agent.asking.tags import Tag
from data_agent.asking.text import stem, stems
from data_agent.asking.times import say_date

FIRST = "first"  # of a month is a day
OLDEST = "oldest"  # said of people, who are as old as their birth is long ago


def who(cursor: Cursor, draft: Draft) -> bool:
    """`who has the most tickets`: the one column of people, if there is one."""
    if not cursor.is_at(cursor.place, "who"):
        return False
    cursor.place += 1
    before = cursor.at(cursor.place - 2)
    if before is not None and before.kind in {"field", "table", "rows", "value"}:
        return True  # `customers who ordered`
    parts = {stems(field.name) for field in draft.persons}
    if parts == {("first", "name"), ("last", "name")}:
        draft.which += draft.persons
    elif len(draft.persons) == 1:
        draft.which.append(draft.persons[0])
        draft.notes.append(f'"who" was read as the column {draft.persons[0].name}.')
    else:
        names = " or ".join(field.name for field in draft.persons)
        draft.problem(f"Who is meant: {names}?" if names else '"Who": no column names people.')
    return True


def difference(cursor: Cursor, draft: Draft) -> bool:
    """`difference between A and B`; the "between" behind it is no condition of its own."""
    tag = cursor.here
    if tag is None:
        return False
    if tag.kind == "operator" and tag.value == "between" and draft.differs:
        cursor.place += 1
        return True
    if tag.kind != "difference":
        return False
    draft.compares = draft.differs = True
    cursor.place += 1
    return True


def special(cursor: Cursor, draft: Draft) -> bool:
    """Share, growth, comparison, distribution, correlation and so on."""
    tag = cursor.here
    if tag is None:
        return False
    if tag.kind == "share":
        draft.show = "share"
    elif tag.kind == "growth":
        draft.show = "growth"
        draft.growth_bucket = cast("Bucket", tag.value) if tag.value else draft.growth_bucket
    elif tag.kind == "compare":
        draft.compares = True
    elif tag.kind == "study":
        draft.study = cast("StudyKind", tag.value)
    else:
        return False
    cursor.place += 1
    return True


def spent(cursor: Cursor, draft: Draft) -> bool:
    """`amount spent`; behind anything else it would say which column is meant."""
    before = cursor.at(cursor.place - 1)
    field = before.field if before is not None and before.kind == "field" else None
    if not cursor.is_at(cursor.place, "spent") or field is None:
        return False
    cursor.place += field.name in draft.additive
    return field.name in draft.additive


def leading_count(cursor: Cursor, draft: Draft) -> bool:
    """`3 products with the highest price`."""
    tag, following = cursor.here, cursor.at(cursor.place + 1)
    if tag is None or following is None or tag.kind != "number" or not tag.value.isdecimal():
        return False
    later = any(item.kind == "extreme" for item in cursor.tags[cursor.place :])
    if following.kind not in {"table", "rows", "field"} or not later or is_year(tag):
        return False
    if not 0 < int(tag.value) <= 1000:
        return False
    draft.count = int(tag.value)
    cursor.place += 1
    return True


def recent(cursor: Cursor, draft: Draft) -> bool:
    """`oldest ticket`, `5 latest orders`: rows by the one date of the table."""
    count = number(cursor.here) if cursor.is_at(cursor.place + 1, "recent") else None
    place = cursor.place + (count is not None)
    tag = cursor.at(place)
    if tag is None or tag.kind != "recent":
        return False
    if any(stem(tag.text) in stems(field.name) for field in draft.table.fields):
        return False  # `first reply`: part of a column's name
    target = cursor.at(cursor.after_noise(place + 1))
    times = draft.table.of_kind("time")
    if target is not None and target.field in times:
        draft.function, draft.measure = ("max" if tag.value == "desc" else "min"), target.field
    elif (born := _born(tag, draft)) is not None:
        draft.notes.append(f'"{tag.text}" was read as the first {born.name}.')
        _first_of(count, "asc", born, tag, draft)
    elif (unclear := _by_what(tag, target, draft)) is not None:
        draft.problems.append(unclear)
    elif (main := draft.table.main_time) is not None:
        if len(times) > 1:
            say_date(draft, main)
        _first_of(count, cast("Direction", tag.value), main, tag, draft)
    else:
        names = ", ".join(field.name for field in times)
        draft.problem(f'"{tag.text}" by which date: {names}?' if names else
                      f"The table {draft.table.name} has no column of dates.")  # fmt: skip
    named = target is not None and (target.field in times or target.kind in {"table", "rows"})
    cursor.place = cursor.after_noise(place + 1) + 1 if named else place + 1
    return True


def _by_what(tag: Tag, target: Tag | None, draft: Draft) -> Problem | None:
    """`oldest` where there is an age beside the dates; `the first of March` is a day."""
    if tag.text.lower() == FIRST and target is not None and target.kind == "month":
        return Problem(f'Is the day meant? Write "1 {target.text}" instead of "{tag.text}".')
    if not any(tag.text.lower() == OLDEST or not field.birth for field in draft.ages):
        return None
    known = [field.name for field in dict.fromkeys((*draft.ages, *draft.table.of_kind("time")))]
    reason = f'"{tag.text}" by what: {" or ".join(known)}?'
    return Problem(reason, (f"highest {known[0]}", f"lowest {known[0]}"))


def _born(tag: Tag, draft: Draft) -> Field | None:
    """The date by which `oldest` is said of people: the one of their birth, if nothing else is."""
    return (
        draft.ages[0]
        if tag.text.lower() == OLDEST and len(draft.ages) == 1 and draft.ages[0].birth
        else None
    )


def _first_of(
    count: float | None, direction: Direction, field: Field, tag: Tag, draft: Draft
) -> None:
    least = count if isinstance(count, int) and count > 0 else 1
    draft.rank(Extreme(direction, least, tag.text))
    draft.extreme_field = field
    draft.rows = True


def unsupported(cursor: Cursor, draft: Draft) -> bool:
    tag = cursor.here
    if tag is None or tag.kind != "unsupported":
        return False
    reason = f'Questions about {tag.value} ("{tag.text}") cannot be answered yet.'
    draft.problems.append(Problem(reason, firm=True))
    cursor.place += 1
    return True
