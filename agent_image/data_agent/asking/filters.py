"""Rules that find conditions: `amount over 100`, `city is not Cologne`, `in March 2024`, `Germany`.

A rule looks at the cursor; if the tags there are a condition, it adds it to the draft, moves the
cursor behind it and says True.
"""

from __future__ import annotations

from collections.abc import Sequence

from data_agent.asking.dates import Period, period_at
from data_agent.asking.draft import Cursor, Draft
from data_agent.asking.plan import Filter, Operator, Scalar
from data_agent.asking.schema import Field
from data_agent.asking.tags import Tag
from data_agent.asking.words import scalar

COMPARES: dict[str, Operator] = {
    "gt": "gt", "ge": "ge", "lt": "lt", "le": "le", "eq": "eq", "ne": "ne",
    "after": "gt", "since": "ge", "before": "lt", "until": "le",
}  # fmt: skip
OF_TIME = {"after", "since", "before", "until"}  # said of dates, and of columns of years
YEARS = {"year", "jahr"}
TEXTS: dict[str, Operator] = {
    "contains": "contains", "not_contains": "not_contains", "starts": "starts",
}  # fmt: skip
OPPOSITE: dict[Operator, Operator] = {
    "eq": "ne", "in": "not_in", "contains": "not_contains", "empty": "not_empty",
}  # fmt: skip


def field_condition(cursor: Cursor, draft: Draft) -> bool:
    """A column and what is said of it."""
    tag = cursor.here
    if tag is None or tag.field is None or tag.kind != "field":
        return False
    found = condition_after(cursor, tag.field, cursor.place + 1)
    if found is None:
        return False
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
        found = _operator(cursor, field, tag, start + 1)
    elif tag.kind == "value" and tag.field == field:
        found = _values(cursor, field, start)
    elif said_is or negated or (field.kind == "number" and cursor.is_at(place, "number")):
        found = _equals(cursor, field, start)
    else:
        found = None
    if found is None or not negated:
        return found
    condition, end = found
    opposite = OPPOSITE.get(condition.operator)
    return (Filter(field.name, opposite, condition.values), end) if opposite else None


def value_condition(cursor: Cursor, draft: Draft) -> bool:
    """Values alone: `Cologne`, `not Cologne or Bonn`; and `without email`, `missing email`."""
    start = cursor.place
    negated = cursor.is_at(start, "not")
    tag = cursor.here
    lacking = negated or (tag is not None and tag.kind == "operator" and tag.value == "empty")
    after = cursor.after_noise(start + 1) if lacking else start
    found_tag = cursor.at(after)
    if found_tag is None or found_tag.field is None:
        return False
    if found_tag.kind == "value" and (negated or not lacking):
        condition, end = _values(cursor, found_tag.field, after)
        if negated:
            condition = Filter(condition.column, OPPOSITE[condition.operator], condition.values)
    elif found_tag.kind == "field" and lacking:
        said = condition_after(cursor, found_tag.field, after + 1)
        if said is not None:
            return False  # `not city Cologne`: the column's own condition is read first
        condition, end = Filter(found_tag.field.name, "empty"), after + 1
    else:
        return False
    draft.filters.append(condition)
    cursor.place = end
    return True


def time_condition(cursor: Cursor, draft: Draft) -> bool:
    """A period, maybe after a word such as `since`: `in 2024`, `before March 2024`."""
    start, operator = cursor.place, "in"
    tag = cursor.here
    if tag is not None and tag.kind == "operator":
        if tag.value not in {*COMPARES, "between"}:
            return False
        operator, start = tag.value, cursor.after_noise(start + 1)
    field = _time_field(draft)
    named_year = _year_field(draft) if field is None else None
    if field is None and named_year is None:
        return False
    found = _periods(cursor, start, operator)
    if found is None:
        return False
    periods, cursor.place = found
    if field is None and named_year is not None:
        return _by_year(draft, named_year, operator, periods)
    if len(draft.table.of_kind("time")) > 1 and field not in draft.mentions:
        names = [item.name for item in draft.table.of_kind("time")]
        draft.problem(f"There are several dates: {', '.join(names)}. Which one do you mean?")
    if field is not None:
        draft.filters.append(_time_filter(field, operator, periods))
    return True


def bare_comparison(cursor: Cursor, draft: Draft) -> bool:
    """`orders over 100`: clear only when one column can be meant."""
    tag = cursor.here
    if tag is None or tag.kind != "operator" or tag.value not in {*COMPARES, "between"}:
        return False
    every = draft.table.of_kind("number")
    numbers = [field for field in every if field.name not in draft.identifiers]
    found = _operator(cursor, numbers[0], tag, cursor.place + 1) if numbers else None
    if found is None:
        return False
    mentioned = [field for field in draft.mentions if field.kind == "number"]
    meant = mentioned[-1:] or (numbers if len(numbers) == 1 else [])
    condition, end = found
    said = " ".join(item.text for item in cursor.tags[cursor.place : end])
    cursor.place = end
    if meant:
        draft.filters.append(Filter(meant[0].name, condition.operator, condition.values))
    else:
        options = [f"{field.name} {said}" for field in numbers[:4]]
        draft.problem(f'Which column is "{said}" about?', *options)
    return True


def _operator(cursor: Cursor, field: Field, tag: Tag, place: int) -> tuple[Filter, int] | None:
    if tag.value in {"empty", "not_empty"}:
        return Filter(field.name, "empty" if tag.value == "empty" else "not_empty"), place
    place = cursor.after_noise(place)
    if tag.value in TEXTS:
        return _text(cursor, field, TEXTS[tag.value], place)
    if field.kind == "time":
        found = _periods(cursor, place, tag.value)
        return (_time_filter(field, tag.value, found[0]), found[1]) if found else None
    if tag.value == "between":
        return _between(cursor, field, place)
    if tag.value not in COMPARES or (tag.value in OF_TIME and not _is_year(field)):
        return None
    return _compare(cursor, field, COMPARES[tag.value], place)


def _compare(
    cursor: Cursor, field: Field, operator: Operator, place: int
) -> tuple[Filter, int] | None:
    if field.kind == "number":
        value = _number(cursor.at(place))
        return None if value is None else (Filter(field.name, operator, (value,)), place + 1)
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
    low, high = _number(cursor.at(place)), _number(cursor.at(second))
    if low is None or high is None:
        return None
    low, high = sorted((low, high), key=float)
    return Filter(field.name, "between", (low, high)), second + 1


def _equals(cursor: Cursor, field: Field, place: int) -> tuple[Filter, int] | None:
    tag = cursor.at(place)
    if tag is None:
        return None
    if field.kind == "number":
        value = _number(tag)
        return None if value is None else (Filter(field.name, "eq", (value,)), place + 1)
    if field.kind == "time":
        found = period_at(cursor.tags, place)
        return (_time_filter(field, "in", [found[0]]), found[1]) if found else None
    if tag.kind == "value" and tag.field == field:
        return _values(cursor, field, place)
    if tag.kind == "text":
        return Filter(field.name, "eq", (tag.text,)), place + 1
    return None


def _values(cursor: Cursor, field: Field, place: int) -> tuple[Filter, int]:
    """One value or several of the same column: `Cologne, Bonn and Berlin`."""
    values = list(_tag_values(cursor.at(place)))
    end = place + 1
    while True:
        following = cursor.after_noise(end, "and", "or", "not")
        tag = cursor.at(following)
        if tag is None or tag.kind != "value" or tag.field != field:
            break
        values += _tag_values(tag)
        end = following + 1
    unique = tuple(dict.fromkeys(values))
    if len(unique) == 1:
        return Filter(field.name, "eq", unique), end
    return Filter(field.name, "in", unique), end


def _tag_values(tag: Tag | None) -> tuple[str, ...]:
    return tag.values if tag is not None else ()


def _number(tag: Tag | None) -> int | float | None:
    if tag is None or tag.kind != "number":
        return None
    try:
        value: Scalar = scalar(tag.text if tag.text[0].isdecimal() else tag.value)
    except ValueError:
        return None
    return value if isinstance(value, int | float) else None


def _periods(cursor: Cursor, place: int, operator: str) -> tuple[list[Period], int] | None:
    place = cursor.after_noise(place)
    first = period_at(cursor.tags, place) if cursor.at(place) else None
    if first is None:
        return None
    if operator != "between":
        return [first[0]], first[1]
    second_place = cursor.after_noise(first[1], "and")
    second = period_at(cursor.tags, second_place) if cursor.at(second_place) else None
    return ([first[0], second[0]], second[1]) if second else None


def _time_filter(field: Field, operator: str, periods: Sequence[Period]) -> Filter:
    first, last = periods[0], periods[-1]
    if first.month:
        return Filter(field.name, "month", (first.month,))
    if operator in {"in", "eq", "between"}:
        return Filter(field.name, "between", (first.start, last.end))
    if operator in {"after", "gt"}:
        return Filter(field.name, "ge", (first.end,))
    if operator in {"since", "ge"}:
        return Filter(field.name, "ge", (first.start,))
    if operator in {"until", "le"}:
        return Filter(field.name, "lt", (first.end,))
    return Filter(field.name, "lt", (first.start,))


def _time_field(draft: Draft) -> Field | None:
    times = draft.table.of_kind("time")
    mentioned = [field for field in draft.mentions if field.kind == "time"]
    return mentioned[-1] if mentioned else (times[0] if times else None)


def _year_field(draft: Draft) -> Field | None:
    years = [field for field in draft.table.of_kind("number") if _is_year(field)]
    return years[0] if len(years) == 1 else None


def _is_year(field: Field) -> bool:
    return field.name.lower() in YEARS


def _by_year(draft: Draft, field: Field, operator: str, periods: Sequence[Period]) -> bool:
    """A table without dates but with a column of years."""
    first, last = int(periods[0].start[:4] or 0), int(periods[-1].start[:4] or 0)
    if operator == "between":
        draft.filters.append(Filter(field.name, "between", (first, last)))
    else:
        draft.filters.append(Filter(field.name, COMPARES.get(operator, "eq"), (first,)))
    return True
