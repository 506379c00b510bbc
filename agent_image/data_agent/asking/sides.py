"""What is spent stands below zero in a column that has both: `biggest expenses`, `total income`."""

from __future__ import annotations

from collections.abc import Sequence

from data_agent.asking.draft import Draft
from data_agent.asking.nouns import SIDES
from data_agent.asking.plan import Filter, Operator
from data_agent.asking.tags import Tag

SHOWN = 10  # of "the biggest expenses", where no number was said
OPPOSITE = {"asc": "desc", "desc": "asc"}


def one_side(tags: Sequence[Tag], draft: Draft) -> None:
    """The condition on the sign, and the biggest expense as the one farthest below zero."""
    said = [tag for tag in tags if tag.kind == "field" and tag.value in SIDES and tag.field]
    sides = {tag.value for tag in said}
    if len(sides) > 1:
        draft.problem("What comes in and what goes out at once: ask for one of them.")
    if len(sides) != 1 or said[0].field is None:
        return
    field, operator = said[0].field, "lt" if "lt" in sides else "gt"
    signs: dict[str, Operator] = {"lt": "lt", "gt": "gt"}
    if all(item.column != field.name for item in draft.filters):
        draft.filters.append(Filter(field.name, signs[operator], (0,)))
    extreme = draft.extreme
    if extreme is None:
        return
    if operator == "lt":
        extreme.direction = "asc" if extreme.direction == "desc" else "desc"
        draft.notes.append(f'"{extreme.word}" was read as farthest from 0.'
                           if extreme.direction == "asc" else
                           f'"{extreme.word}" was read as nearest to 0.')  # fmt: skip
    plural = said[0].text.lower().endswith("s")
    asks = draft.groups or draft.which or draft.which_bucket or draft.bucket
    if plural and extreme.count is None and draft.extreme_field == field and not asks:
        extreme.count = SHOWN
