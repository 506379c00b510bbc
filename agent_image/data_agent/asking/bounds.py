"""Thresholds in other words: `6 or more guests`, `older than 30`, `which has more, A or B`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from data_agent.asking.draft import Cursor, Draft
from data_agent.asking.filters import number
from data_agent.asking.plan import Filter, Operator
from data_agent.asking.remarks import CURRENCIES
from data_agent.asking.schema import Field
from data_agent.asking.tags import Reading, Tag
from data_agent.asking.text import stems

WORDS = {"ge": "at least", "le": "at most"}
SIZES = {"desc": "gt", "asc": "lt"}  # "more … than"
ASKING = {"does", "do", "did", "is", "are", "was", "were"}
UNITS = {"year": {"age", "alter"}}  # what "older than 30 years" may be about


def in_order(reading: Reading) -> Reading:
    """The same reading with each bound before its number and each rank by its own word."""
    tags = list(reading.tags)
    for place in range(1, len(tags)):
        if tags[place - 1].kind == "currency" and tags[place].kind == "number":
            tags[place - 1 : place + 1] = [tags[place], tags[place - 1]]
        if tags[place].kind == "bound" and tags[place - 1].kind == "number":
            bound = replace(tags[place], kind="operator", text=WORDS[tags[place].value])
            tags[place - 1 : place + 1] = [bound, tags[place - 1]]
    return replace(reading, tags=tuple(_ranked(_than(tags))))


def _than(tags: list[Tag]) -> list[Tag]:
    """`more sick days than vacation days`: sick days over vacation days."""
    more = [place for place, tag in enumerate(tags) if tag.kind == "more"]
    than = [place for place, tag in enumerate(tags) if tag.kind == "than"]
    if len(more) != 1 or len(than) != 1 or than[0] + 1 >= len(tags):
        return tags
    first, last = more[0], than[0]
    inside = [tag for tag in tags[first + 1 : last] if tag.kind != "noise"]
    behind = tags[last + 1]
    if [tag.kind for tag in inside] != ["field"] or behind.kind != "field":
        return tags
    word = replace(tags[last], kind="operator", value=SIZES[tags[first].value])
    text = f"{tags[first].text} {tags[last].text}"
    return [*tags[:first], *inside, replace(word, text=text), *tags[last + 1 :]]


def _ranked(tags: list[Tag]) -> list[Tag]:
    """`which country has more orders, France or Germany`: of these two, the one with the most."""
    more = [place for place, tag in enumerate(tags) if tag.kind == "more"]
    asks = [place for place, tag in enumerate(tags) if tag.kind in {"which", "who"}]
    field = _alternatives(tags)
    if len(more) != 1 or field is None:
        return tags
    found = [replace(tag, kind="extreme") if tag.kind == "more" else tag for tag in tags]
    if not asks and tags[0].text.lower() in ASKING:  # `is revenue higher in France or Germany?`
        return [*found, Tag("which", "", ""), Tag("field", field.name, field.name, 0.0, field)]
    if not asks or asks[0] > more[0]:
        return tags
    if not any(tag.kind == "field" and tag.field == field for tag in tags):
        found[asks[0]] = replace(found[asks[0]], kind="which")  # who is one of these two
        found.insert(asks[0] + 1, Tag("field", field.name, field.name, 0.0, field))
    return found


def _alternatives(tags: Sequence[Tag]) -> Field | None:
    """The column of which two values stand on both sides of an "or"."""
    for place, tag in enumerate(tags[1:-1], start=1):
        if tag.kind == "or":
            before, after = tags[place - 1], tags[place + 1]
            values = before.kind == after.kind == "value"
            if values and before.field == after.field and before.values != after.values:
                return before.field
    return None


def comparative(cursor: Cursor, draft: Draft) -> bool:
    """`older than 30`: about the one column that can be meant."""
    tag = cursor.here
    if tag is None or tag.kind != "comparative":
        return False
    meant = draft.adjectives[tag.value]
    place = cursor.after_noise(cursor.place + 1)
    value, unit = number(cursor.at(place)), cursor.at(place + 1)
    timely = unit is not None and unit.kind == "bucket"
    cursor.place = cursor.place + 1 if value is None else place + 1 + timely
    numbers = draft.table.of_kind("number")
    every = [field for field in numbers if field.name not in draft.identifiers]
    fitting = [field for field in every if set(stems(field.name)) & meant.columns]
    if len(fitting) > 1 and unit is not None and unit.field in fitting:
        fitting = [field for field in draft.mentions[-1:] if field in fitting] or [unit.field]
        cursor.place += value is not None  # `longer than 45 minutes` beside a column `Minutes`
    if value is None:
        draft.problem(f'"{tag.text}" what? Say a number.')
    elif len(fitting) != 1:
        options = [f"{f.name} over {value}" for f in (fitting or every)[:4]]
        draft.problem(f'Which column is "{tag.text} {value}" about?', *options)
    else:
        operator: Operator = "gt" if meant.direction == "desc" else "lt"
        if unit is not None and timely:
            _same_unit(unit, fitting[0], draft)
        words = "over" if operator == "gt" else "under"
        draft.notes.append(f'"{tag.text}" was read as {fitting[0].name} {words} {value}.')
        draft.filters.append(Filter(fitting[0].name, operator, (value,)))
    return True


def currency(cursor: Cursor, draft: Draft) -> bool:
    """`over 100 euros` beside a number; not where a table has amounts of several currencies."""
    if not cursor.is_at(cursor.place, "currency") or not cursor.is_at(cursor.place - 1, "number"):
        return False
    for field in draft.table.fields:
        if len(field.values) > 1 and CURRENCIES & set(stems(field.name)):
            several = ", ".join(field.values[:4])
            draft.problem(f"There are amounts in several currencies ({several}): name one of them.")
    cursor.place += 1
    return True


def _same_unit(unit: Tag, field: Field, draft: Draft) -> None:
    """`older than 30 years`; 2 hours are not to be compared with minutes."""
    words = set(stems(field.name))
    if unit.value not in words and not UNITS.get(unit.value, set()) & words:
        draft.problem(f"Is {field.name} in {unit.text}? Say the number alone.")
