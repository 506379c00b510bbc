"""Rules that find conditions: `amount over 100`, `city is not Cologne`, `in March 2024`, `Germany`.

A rule looks at the cursor; if the tags there are a condition, it adds it to the draft, moves the
cursor behind it and says True.
"""

from __future__ import annotations

from dataclasses import replace

from data_agent.asking.against import against
from data_agent.asking.dates import period_at
from data_agent.asking.draft import Cursor, Draft
from data_agent.asking.lacking import none_or_empty
from data_agent.asking.plan import Filter, Operator, Scalar
from data_agent.asking.said import in_full
from data_agent.asking.schema import Field
from data_agent.asking.tags import Tag
from data_agent.asking.text import fold
from data_agent.asking.times import COMPARES, OF_TIME, is_year, periods, time_filter
from data_agent.asking.words import scalar

TEXTS: dict[str, Operator] = {
    "contains": "contains", "not_contains": "not_contains", "starts": "starts",
}  # fmt: skip
OPPOSITE: dict[Operator, Operator] = {
    "eq": "ne", "in": "not_in", "contains": "not_contains", "empty": "not_empty",
    "gt": "le", "ge": "lt", "lt": "ge", "le": "gt",
}  # fmt: skip
SIZES = {"gt", "ge", "lt", "le", "between"}
SIGNED: dict[str, Operator] = {"negative": "lt", "positive": "gt"}
OF_NUMBERS = {"of", "from"}


def field_condition(cursor: Cursor, draft: Draft) -> bool:
    """A column and what is said of it."""
    tag = cursor.here
    if tag is None or tag.field is None or tag.kind != "field":
        return False
    found = condition_after(cursor, tag.field, cursor.place + 1)
    if found is None:
        return False
    of_rows = cursor.is_at(cursor.after_noise(found[1]), "table", "rows")
    if tag.field.name in draft.identifiers and of_rows:
        return False  # `customer ids with more than 5 orders`: no id is compared
    if tag.field.role == "id" and found[0].operator in SIZES and not in_full(tag):
        return False  # `bills over 50`: not about the bill number
    condition, cursor.place = found
    if tag.note:
        draft.notes.append(tag.note)
    draft.filters.append(condition)
    return True


def condition_after(cursor: Cursor, field: Field, place: int) -> tuple[Filter, int] | None:
    """The condition on this column that stands from this place on, and the place behind it."""
    start = cursor.after_noise(place, "is")
    said_is = any(cursor.is_at(index, "is") for index in range(place, start))
    negated = cursor.is_at(start, "not")
    start = cursor.after_noise(start + 1, "is") if negated else start
    tag = cursor.at(start)
    if tag is None:
        return None
    if tag.kind == "operator":
        found = comparison(cursor, field, tag, start + 1) or against(
            cursor, field, tag.value, start + 1
        )
    elif tag.kind == "value" and tag.field == field:
        found = values_at(cursor, field, start)
    elif (
        said_is
        or (negated and not _is_period(cursor, field, start))
        or (field.kind == "number" and _bare_number(cursor, field, place))
    ):
        same = against(cursor, field, "eq", start) if said_is else None
        found = _equals(cursor, field, start) or same
    else:
        found = None
    if found is None or not negated:
        return found
    condition, end = found
    opposite = OPPOSITE.get(condition.operator)
    return (replace(condition, operator=opposite), end) if opposite else None


def _bare_number(cursor: Cursor, field: Field, place: int) -> bool:
    """`quantity 5`, `quantity of 5`; but in `revenue 2024` the number is a year."""
    while cursor.is_at(place, "noise") and cursor.tags[place].text.lower() in OF_NUMBERS:
        place += 1
    following = cursor.at(place + 1)
    counts = following is not None and following.kind in {"table", "rows", "field", "bucket"}
    return cursor.is_at(place, "number") and not counts and not _is_period(cursor, field, place)


def _is_period(cursor: Cursor, field: Field, place: int) -> bool:
    """2024 and 1 May 2024 are said of a date, not of an amount."""
    return not is_year(field) and cursor.at(place) is not None and bool(period_at(cursor, place))


def value_condition(cursor: Cursor, draft: Draft) -> bool:
    """Values alone: `Cologne`, `not Cologne or Bonn`; and `without email`, `missing email`."""
    start = cursor.place
    negated = cursor.is_at(start, "not")
    tag = cursor.here
    lacking = negated or (tag is not None and tag.kind == "operator" and tag.value == "empty")
    after = cursor.after_noise(start + 1, "sold") if lacking else start
    found_tag = cursor.at(after)
    if found_tag is None or found_tag.field is None:
        return False
    if found_tag.kind == "value" and (negated or not lacking):
        condition, end = values_at(cursor, found_tag.field, after)
        if negated:
            condition = Filter(condition.column, OPPOSITE[condition.operator], condition.values)
    elif found_tag.kind == "field" and negated and found_tag.field.role == "flag":
        values = found_tag.field.values
        no = tuple(v for v in values if fold(v) in draft.negatives) or ("false",)
        condition, end = Filter(found_tag.field.name, "in", no), after + 1
        draft.filters = [item for item in draft.filters if item.column != found_tag.field.name]
    elif found_tag.kind == "field" and lacking:
        said = condition_after(cursor, found_tag.field, after + 1)
        period = cursor.after_noise(after + 1)
        dated = found_tag.field.kind == "time" and cursor.at(period) and period_at(cursor, period)
        if said is not None or dated:
            return False  # `not city Cologne`: the column's own condition is read first
        condition, end = Filter(found_tag.field.name, "empty"), after + 1
        none_or_empty(found_tag.field, draft)
    else:
        return False
    draft.filters.append(condition)
    cursor.place = end
    return True


def signed(cursor: Cursor, draft: Draft) -> bool:
    """`negative amounts`: the column stands behind, and is still to be read."""
    tag, target = cursor.here, cursor.at(cursor.after_noise(cursor.place + 1))
    if tag is None or tag.kind != "operator" or tag.value not in SIGNED:
        return False
    if target is None or target.field is None or target.field.kind != "number":
        return False
    draft.filters.append(Filter(target.field.name, SIGNED[tag.value], (0,)))
    cursor.place += 1
    return True


def bare_comparison(cursor: Cursor, draft: Draft) -> bool:
    """`orders over 100`: clear only when one column can be meant."""
    tag = cursor.here
    if tag is None or tag.kind != "operator" or tag.value not in {*COMPARES, "between"}:
        return False
    every = draft.table.of_kind("number")
    numbers = [field for field in every if field.name not in draft.identifiers]
    found = comparison(cursor, numbers[0], tag, cursor.place + 1) if numbers else None
    if found is None:
        return False
    mentioned = [field for field in draft.mentions if field in numbers]
    meant = mentioned[-1:] or (numbers if len(numbers) == 1 else [])
    condition, end = found
    said = " ".join(item.text for item in cursor.tags[cursor.place : end])
    cursor.place = end
    if meant and not (set(numbers) & set(draft.ages) - set(meant)):  # `pay of people over 30`
        draft.filters.append(Filter(meant[0].name, condition.operator, condition.values))
    else:
        options = [f"{field.name} {said}" for field in numbers[:4]]
        draft.problem(f'Which column is "{said}" about?', *options)
    return True


def comparison(cursor: Cursor, field: Field, tag: Tag, place: int) -> tuple[Filter, int] | None:
    """The condition that begins with the operator `tag`, whose operands stand from `place` on."""
    if tag.value in SIGNED and field.kind == "number":
        return Filter(field.name, SIGNED[tag.value], (0,)), place
    if tag.value in {"empty", "not_empty"}:
        return Filter(field.name, "empty" if tag.value == "empty" else "not_empty"), place
    place = cursor.after_noise(place)
    if tag.value in TEXTS:
        return _text(cursor, field, TEXTS[tag.value], place)
    if field.kind == "time":
        found = periods(cursor, place, tag.value)
        return (time_filter(field, found[1], found[0]), found[2]) if found else None
    if tag.value == "between":
        return _between(cursor, field, place)
    if tag.value not in COMPARES or (tag.value in OF_TIME and not is_year(field)):
        return None
    return _compare(cursor, field, COMPARES[tag.value], place)


def _compare(
    cursor: Cursor, field: Field, operator: Operator, place: int
) -> tuple[Filter, int] | None:
    if field.kind == "number":
        value = number(cursor.at(place))
        unit = cursor.at(place + 1)  # `delay over 60 minutes`: said again as a unit
        end = place + 1 + (unit is not None and unit.field is not None and unit.field == field)
        return None if value is None else (Filter(field.name, operator, (value,)), end)
    found = _equals(cursor, field, place) if operator in {"eq", "ne"} else None
    if found is None or operator == "eq":
        return found
    condition, end = found
    return Filter(field.name, OPPOSITE[condition.operator], condition.values), end


def _text(
    cursor: Cursor, field: Field, operator: Operator, place: int
) -> tuple[Filter, int] | None:
    operand = cursor.at(place)
    if operand is None or field.kind != "text":
        return None
    return Filter(field.name, operator, (operand.text,)), place + 1


def _between(cursor: Cursor, field: Field, place: int) -> tuple[Filter, int] | None:
    second = cursor.after_noise(place + 1, "and")
    if field.kind != "number" or not cursor.is_at(place, "number"):
        return None
    low, high = number(cursor.at(place)), number(cursor.at(second))
    if low is None or high is None:
        return None
    low, high = sorted((low, high), key=float)
    return Filter(field.name, "between", (low, high)), second + 1


def _equals(cursor: Cursor, field: Field, place: int) -> tuple[Filter, int] | None:
    tag = cursor.at(place)
    if tag is None:
        return None
    if field.kind == "number":
        return _numbers(cursor, field, place)
    if field.kind == "time":
        spans = periods(cursor, place, "in")
        return (time_filter(field, spans[1], spans[0]), spans[2]) if spans else None
    if tag.kind == "value" and tag.field == field:
        return values_at(cursor, field, place)
    if tag.kind == "text":
        return Filter(field.name, "eq", (tag.text,)), place + 1
    return None


def _numbers(cursor: Cursor, field: Field, place: int) -> tuple[Filter, int] | None:
    """`5`, `5 or 6`, `5 to 10`."""
    value = number(cursor.at(place))
    if value is None:
        return None
    if cursor.is_at(place + 1, "to") and (last := number(cursor.at(place + 2))) is not None:
        low, high = sorted((value, last), key=float)
        return Filter(field.name, "between", (low, high)), place + 3
    values, end = [value], place + 1
    while cursor.is_at(end, "or", "and") and (more := number(cursor.at(end + 1))) is not None:
        values.append(more)
        end += 2
    if len(values) == 1:
        return Filter(field.name, "eq", (value,)), end
    return Filter(field.name, "in", tuple(values)), end


def values_at(cursor: Cursor, field: Field, place: int) -> tuple[Filter, int]:
    """One value or several of the same column: `Cologne, Bonn and Berlin`."""
    values = list(cursor.tags[place].values)
    end = place + 1
    while True:
        following = cursor.after_noise(end, "and", "or", "not", "nor")
        tag = cursor.at(following)
        if tag is None or tag.kind != "value" or tag.field != field:
            break
        values += tag.values
        end = following + 1
    unique = tuple(dict.fromkeys(values))
    if len(unique) == 1:
        return Filter(field.name, "eq", unique), end
    return Filter(field.name, "in", unique), end


def number(tag: Tag | None) -> int | float | None:
    """The number that this tag is, if it is one."""
    if tag is None or tag.kind != "number":
        return None
    try:
        value: Scalar = scalar(tag.text if tag.text.lstrip("-")[:1].isdecimal() else tag.value)
    except ValueError:
        return None
    return value if isinstance(value, int | float) else None
