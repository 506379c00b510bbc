"""What "no X" and "without X" may mean beside an empty cell: a nought, or a value that says no."""

from __future__ import annotations

from data_agent.asking.draft import Draft
from data_agent.asking.schema import Field
from data_agent.asking.text import fold

NOTHING = {"none", "nothing"}  # beside the words that say no in a column of yes and no


def none_or_empty(field: Field, draft: Draft) -> None:
    """`members without visits`: with no number, or with a nought? A problem where both can be."""
    saying = [v for v in field.values if fold(v).strip() in {*draft.negatives, *NOTHING}]
    if field.role == "measure" and _may_be_zero(field):
        draft.problem(
            f"{field.name} is empty, or {field.name} is 0?",
            f"rows where {field.name} is empty",
            f"rows where {field.name} = 0",
        )
    elif saying and field.empty == 0:
        draft.problem(f"{field.name} is never empty. Is {field.name} {saying[0]} meant?",
                      f"how many rows where {field.name} is {saying[0]}")  # fmt: skip
    elif saying:
        draft.problem(
            f"{field.name} is empty, or {field.name} is {saying[0]}?",
            f"how many rows where {field.name} is empty",
            f"how many rows where {field.name} is {saying[0]}",
        )


def _may_be_zero(field: Field) -> bool:
    try:
        return field.low is None or float(field.low) <= 0
    except (TypeError, ValueError):
        return False
