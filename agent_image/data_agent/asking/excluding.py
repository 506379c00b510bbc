"""Rules for what is left out: `not in 2024`, `except Sundays`, `neither Berlin nor Hamburg`."""

from __future__ import annotations

from dataclasses import replace

from data_agent.asking.draft import Cursor, Draft
from data_agent.asking.filters import OPPOSITE, values_at
from data_agent.asking.plan import Filter, Operator
from data_agent.asking.times import one_date, periods, time_field, time_filter, weekdays_at

NOT_IN: dict[str, Operator] = {"month": "not_month", "periods": "not_periods"}


def without_period(cursor: Cursor, draft: Draft) -> bool:
    """`not in 2024`, `except March`, `excluding weekends`. Rows without a date stay."""
    field = time_field(draft)
    if not cursor.is_at(cursor.place, "not") or field is None:
        return False
    start = cursor.after_noise(cursor.place + 1)
    tag = cursor.at(start)
    if tag is not None and tag.kind == "field" and tag.field is not None:
        if tag.field.kind != "time":
            return False
        field, start = tag.field, cursor.after_noise(start + 1)  # `not delivered in 2025`
        draft.mentions.append(field)
    days, end = weekdays_at(cursor, start)
    if days:
        item = Filter(field.name, "not_weekday", days)
    else:
        found = periods(cursor, start, "in")
        if found is None or found[1] != "in":
            return False
        item, end = time_filter(field, "in", found[0]), found[2]
        item = replace(item, operator=NOT_IN.get(item.operator, "not_periods"))
    one_date(draft, field)
    draft.filters.append(item)
    cursor.place = end
    return True


def neither(cursor: Cursor, draft: Draft) -> bool:
    """`neither Berlin nor Hamburg`, `neither open nor urgent`."""
    if not cursor.is_at(cursor.place, "neither"):
        return False
    place, found, joined = cursor.place + 1, list[Filter](), False
    while True:
        place = cursor.after_noise(place)
        tag = cursor.at(place)
        if tag is None or tag.kind != "value" or tag.field is None:
            return False
        item, end = values_at(cursor, tag.field, place)
        joined = joined or any(cursor.is_at(index, "nor") for index in range(place, end))
        found.append(replace(item, operator=OPPOSITE[item.operator]))
        place = cursor.after_noise(end)
        if not cursor.is_at(place, "nor"):
            break
        place, joined = place + 1, True
    if not joined:
        return False
    draft.filters += found
    cursor.place = end
    return True
