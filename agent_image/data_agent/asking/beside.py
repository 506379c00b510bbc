"""What is set side by side: the values of one column that a question names, `France or Germany`."""

from __future__ import annotations

from data_agent.asking.plan import Plan, Scalar
from data_agent.asking.schema import Table
from data_agent.asking.spellings import main_values


def sides(plan: Plan, table: Table) -> tuple[Scalar, ...]:
    """The values that the groups of a plan were named by, each in one spelling; of several
    groupings, or where any value may be a group, none."""
    if plan.group is None or plan.second is not None or plan.group.bucket is not None:
        return ()
    column = plan.group.column
    named = [item for item in plan.filters if item.column == column and item.operator == "in"]
    return main_values(table.field(column), named[0].values) if len(named) == 1 else ()
