"""A column that was named and plays no part is asked about, never silently left out."""

from __future__ import annotations

from collections.abc import Set

from data_agent.asking.draft import Draft
from data_agent.asking.plan import Plan


def leftovers(draft: Draft, plan: Plan, used: Set[str]) -> None:
    """A problem of the draft where a mentioned column is in no part of its plan."""
    known = {*used, *plan.columns(), *(field.name for field in draft.used)}
    sources = {draft.table.field(name).source for name in known} - {""}
    left = [
        field.name
        for field in draft.mentions
        if field.name not in known and field.kind != "time" and field.source not in sources
    ]
    listed = plan.measure is None and (draft.lists or draft.rows)
    if left and not listed and not draft.problems:
        draft.problem(
            f"What should be done with {left[0]}?",
            f"number of different {left[0]}",
            f"number of rows by {left[0]}",
            f"list rows of {plan.table}",
        )
