"""A rule for the time between two dates: `average time between created and closed`."""

from __future__ import annotations

from typing import cast

from data_agent.asking.draft import Cursor, Draft
from data_agent.asking.plan import Arithmetic, Calc, Function
from data_agent.asking.schema import Field
from data_agent.asking.tags import Tag

ENDS: dict[str, Function] = {"desc": "max", "asc": "min"}
LONGEST = {"longest", "highest", "largest", "greatest"}
SHORTEST = {"shortest", "lowest", "smallest", "least"}


def duration(cursor: Cursor, draft: Draft) -> bool:
    """The function, what it is of (`time`, `days`), and the two dates, the earlier one first."""
    function, place = _function_at(cursor, cursor.place)
    span = cursor.at(place)
    if span is None or span.kind not in {"span", "difference"}:
        return False
    found = _dates(cursor, place + 1)
    if found is None:
        return False
    first, last, end = found
    unit, behind, end = _trailing(cursor, end)
    operator = _unit(unit or span, (first, last), draft)
    said = function or behind or draft.function
    if said == "count" or draft.measure is not None or draft.calc is not None:
        draft.problem("The time between two dates is one number: ask for it alone.")
    if said is None:
        draft.notes.append(f"The time from {first.name} to {last.name} is the average.")
    draft.function, draft.measure = said or "avg", first
    draft.calc, cursor.place = Calc(operator, last.name), end
    return True


def _function_at(cursor: Cursor, place: int) -> tuple[Function | None, int]:
    tag = cursor.at(place)
    if tag is None:
        return None, place
    if tag.kind == "function" and tag.value != "count":
        return cast("Function", tag.value), cursor.after_noise(place + 1)
    if tag.kind in {"extreme", "adjective"}:
        word = tag.text.lower()
        ends: Function | None = "max" if word in LONGEST else "min" if word in SHORTEST else None
        return ends, cursor.after_noise(place + 1) if ends else place
    return None, place


def _trailing(cursor: Cursor, end: int) -> tuple[Tag | None, Function | None, int]:
    """`in hours`, `on average` behind the dates."""
    unit: Tag | None = None
    function: Function | None = None
    while (tag := cursor.at(place := cursor.after_noise(end))) is not None:
        if tag.kind == "span" and tag.value and unit is None:
            unit = tag
        elif tag.kind == "function" and tag.value != "count" and function is None:
            function = cast("Function", tag.value)
        else:
            break
        end = place + 1
    return unit, function, end


def _dates(cursor: Cursor, place: int) -> tuple[Field, Field, int] | None:
    """`between created and closed`, `from order date to ship date`, and the place behind."""
    place = cursor.after_noise(place)
    if cursor.is_at(place, "table", "rows"):
        place += 1  # `how long do tickets take from …`
    place = _after(cursor, place, "between")
    first = _date(cursor.at(place))
    if first is None:
        return None
    joint = place + 1
    place = _after(cursor, joint, "until", "and")
    joined = any(
        cursor.is_at(index, "and", "to") or cursor.is_at(index, "operator")
        for index in range(joint, place)
    )
    last = _date(cursor.at(place)) if joined else None
    return None if last is None or last == first else (first, last, place + 1)


def _after(cursor: Cursor, place: int, operator: str, *more: str) -> int:
    place = cursor.after_noise(place, *more)
    tag = cursor.at(place)
    if tag is not None and tag.kind == "operator" and tag.value == operator:
        place = cursor.after_noise(place + 1, *more)
    return place


def _date(tag: Tag | None) -> Field | None:
    timely = tag is not None and tag.kind == "field" and tag.field is not None
    return tag.field if timely and tag and tag.field and tag.field.kind == "time" else None


def _unit(span: Tag, dates: tuple[Field, Field], draft: Draft) -> Arithmetic:
    """Hours between two moments, days where one of them is a day."""
    whole_days = any(field.type == "DATE" for field in dates)
    if span.value == "hour" and whole_days:
        names = " and ".join(field.name for field in dates if field.type == "DATE")
        draft.problem(
            f"{names} has no time of day, so there are no hours between them.",
            f"average days from {dates[0].name} to {dates[1].name}",
        )
    return "hours_to" if span.value != "day" and not whole_days else "days_to"
