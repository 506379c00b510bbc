"""Whether the members of a group are asked for while a condition is on rows: asked back. Pure.

"Which branches never sold a pen" is about all rows of a branch; leaving out the rows with a pen
finds every branch that sold anything else as well.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from data_agent.asking.checks import NEGATIVE
from data_agent.asking.counting import UNIQUE
from data_agent.asking.draft import Problem
from data_agent.asking.plan import Filter, Measure, Plan
from data_agent.asking.said import behind
from data_agent.asking.schema import Field, Table
from data_agent.asking.tags import Tag


def members(tags: Sequence[Tag], plan: Plan, table: Table) -> Problem | None:
    """`branches without lamp`, `reps who sold in Paris and Lyon`: about all rows of a member."""
    member = member_of(tags, plan, table)
    if member is None:
        return None
    for item in plan.filters:
        if item.column == member.name or belongs(member, item, table):
            continue
        if _negated(tags, item, table):
            return Problem(
                f"Leaving out rows does not find the {member.name} that have none of them. Say "
                '"never" for that, with one condition. For comparison:',
                (f"number of rows by {member.name}", f"number of different {member.name}"),
            )
        named = any(tag.kind == "field" and tag.field == member for tag in tags)
        if named and any(tag.kind == "only" for tag in tags):
            return Problem(
                f'"Only" is about all rows of a {member.name}, which cannot be answered yet.',
                (f"number of rows by {member.name}",),
            )
        if item.operator == "in" and and_between(tags, item.column):
            words = " or ".join(str(value) for value in item.values)
            return Problem(
                f"Both of them, or any of them? Only any can be answered: say {words}.",
                (f"number of rows by {member.name}",),
            )
    return None


def member_of(tags: Sequence[Tag], plan: Plan, table: Table) -> Field | None:
    """The column whose different values are asked for; None where rows or amounts are."""
    measure = plan.measure
    if measure is None or plan.show is not None or plan.study is not None:
        return None
    if measure.function == "distinct" and measure.column is not None:
        return _repeated(measure.column, table)
    explicit = any(
        tag.kind in {"how_often", "extreme", "adjective", "adverb"}
        or (tag.kind == "function" and tag.value == "count")
        for tag in tags
    )
    if measure != Measure("count") or plan.group is None or explicit or grouped_by(tags, plan):
        return None
    return _repeated(plan.group.column, table)


def _repeated(name: str, table: Table) -> Field | None:
    """None where each row has its own, so that a condition on rows is one on members."""
    field = table.field(name)
    own = not field.source and (field.distinct or 0) >= UNIQUE * max(table.rows, 1)
    return None if own or field.kind == "time" else field


def belongs(member: Field, item: Filter, table: Table) -> bool:
    """Whether what is said is one thing for each member: the country of a customer."""
    source = table.field(item.column).source
    if item.operator in {"no_row", "has_row"}:
        return True
    if not source:
        return False
    return source == member.source or table.join(source).column == member.name


def _negated(tags: Sequence[Tag], item: Filter, table: Table) -> bool:
    says = any(
        tag.kind == "not" or (tag.kind == "operator" and tag.value in {"ne", "not_contains"})
        for tag in tags
    )
    if table.field(item.column).role == "flag":
        return says or no_before(tags, item.column)
    return says and item.operator in NEGATIVE


def no_before(tags: Sequence[Tag], flag: str) -> bool:
    """`items with no returns`: the value stands where a "not" would, before its column."""
    columns = [(tag.kind, tag.field.name) for tag in tags if tag.field is not None]
    return (("value", flag), ("field", flag)) in pairwise(columns)


def and_between(tags: Sequence[Tag], column: str) -> bool:
    places = [
        p for p, t in enumerate(tags) if t.kind == "value" and t.field and t.field.name == column
    ]
    between = (tags[one:other] for one, other in pairwise(places))
    return any(tag.kind == "and" for part in between for tag in part)


def grouped_by(tags: Sequence[Tag], plan: Plan) -> bool:
    """`by city`, `per month`: the groups were named as groups."""
    return any(target is not None and _is_group(target, plan) for target in _by_targets(tags))


def _by_targets(tags: Sequence[Tag]) -> Iterator[Tag | None]:
    for place, tag in enumerate(tags):
        if tag.kind == "by" or (tag.kind == "calc" and tag.value == "per"):
            yield behind(tags, place + 1, {"noise", "to"})


def _is_group(tag: Tag, plan: Plan) -> bool:
    if tag.kind == "bucket":
        return any(group.bucket == tag.value for group in plan.groups)
    return tag.field is not None and any(g.column == tag.field.name for g in plan.groups)
