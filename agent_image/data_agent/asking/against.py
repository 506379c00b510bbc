"""A condition between two columns of one row: `stock below reorder level`, `paid is not total`."""

from __future__ import annotations

from data_agent.asking.draft import Cursor, Draft
from data_agent.asking.plan import Filter
from data_agent.asking.schema import Field
from data_agent.asking.text import stems
from data_agent.asking.times import COMPARES, OF_TIME

SAME = {"eq", "ne"}


def against(cursor: Cursor, field: Field, word: str, place: int) -> tuple[Filter, int] | None:
    """The condition of the operator `word` whose operand, another column, stands at this place."""
    operator = COMPARES.get(word)
    place = cursor.after_noise(place)
    other = named(cursor, place)
    if operator is None or other is None or other == field or other.kind != field.kind:
        return None
    sizes = field.kind == "time" or (field.kind == "number" and word not in OF_TIME)
    if (not sizes and operator not in SAME) or "flag" in {field.role, other.role}:
        return None
    return Filter(field.name, operator, (), other.name), place + 1


def named(cursor: Cursor, place: int) -> Field | None:
    """The column at this place, where it stands by itself."""
    tag = cursor.at(place)
    if tag is None or tag.kind != "field" or cursor.is_at(place + 1, "calc"):
        return None
    following = cursor.at(cursor.after_noise(place + 1, "is"))
    compared = following is not None and following.kind == "operator" and place + 1 < cursor.place
    return None if compared else tag.field


def bare_against(cursor: Cursor, draft: Draft) -> bool:
    """`items below reorder level`: of what there is, where one column alone says how many."""
    tag = cursor.here
    if tag is None or tag.kind != "operator" or tag.value not in COMPARES:
        return False
    place = cursor.after_noise(cursor.place + 1)
    other = named(cursor, place)
    if other is None or other.kind != "number" or other.name in draft.identifiers:
        return False
    numbers = draft.table.of_kind("number")
    fitting = [f for f in numbers if f != other and set(stems(f.name)) & draft.stocks]
    found = against(cursor, fitting[0], tag.value, place) if len(fitting) == 1 else None
    said = f"{tag.text} {cursor.tags[place].text}"
    if found is None or (draft.mentions and draft.mentions[-1].kind == "number"):
        options = [f"rows where {f.name} {tag.text} {other.name}" for f in numbers if f != other]
        draft.problem(f'Which column is "{said}" about?', *options[:4])
        cursor.place = place + 1
        return True
    condition, cursor.place = found
    draft.notes.append(f'"{said}" was read as {condition.column} {said}.')
    draft.filters.append(condition)
    return True
