"""Conditions on all rows of a member: `branches that never sold a pen`, `in North but not South`.

A filter on rows cannot say them; in a plan they are `Members`. Only clear words make them, and only
of members that this table alone knows. Everything else stays a filter, and is asked back. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from data_agent.asking.checks import NEGATIVE
from data_agent.asking.members import and_between, belongs, member_of, no_before
from data_agent.asking.plan import Filter, Members, Operator, Plan
from data_agent.asking.said import behind
from data_agent.asking.schema import Field, Table
from data_agent.asking.tags import Tag

POSITIVE: dict[str, Operator] = {"ne": "eq", "not_in": "in", "not_contains": "contains"}
STRONG = {
    "never", "without", "no", "did not", "didn t", "didn't", "have not", "has not", "haven t",
    "hasn t", "haven't", "hasn't", "were never", "was never", "have never", "has never",
}  # fmt: skip


def with_members(tags: Sequence[Tag], plan: Plan, table: Table) -> Plan:
    """The plan with its conditions on members, where the question clearly means these."""
    member = member_of(tags, plan, table)
    if member is None or plan.either or plan.having or plan.members or member.source:
        return plan
    if any(join.column == member.name for join in table.joins):
        return plan  # another table knows more of them
    own = [f for f in plan.filters if f.column == member.name or belongs(member, f, table)]
    said = [f for f in plan.filters if f not in own]
    if any(f.column != member.name for f in own):
        return plan
    return (
        _lacking(tags, plan, said, own, member, table)
        or _having_both(tags, plan, said, own, member)
        or plan
    )


def _lacking(
    tags: Sequence[Tag],
    plan: Plan,
    said: list[Filter],
    own: list[Filter],
    member: Field,
    table: Table,
) -> Plan | None:
    """No row of the member has it; with "but not", some row has another value."""
    timely = [f for f in said if table.field(f.column).kind == "time"]
    negative = [f for f in said if _is_negative(tags, f, table) and f not in timely]
    positive = [f for f in said if f not in negative and f not in timely]
    if any(f.operator in NEGATIVE for f in timely):
        return None
    if not negative and not positive and timely and _rowless(tags, table):
        found: tuple[Members, ...] = (Members(member.name, False, tuple(timely)),)
    elif len(negative) != 1 or not (_strong(tags, negative[0]) or _but_not(tags)):
        return None
    elif positive:
        inside = len(positive) == 1 and positive[0].column == negative[0].column
        if not inside or not _but_not(tags):
            return None
        found = (
            Members(member.name, True, (positive[0], *timely)),
            Members(member.name, False, (_turned(negative[0], table), *timely)),
        )
    else:
        found = (Members(member.name, False, (_turned(negative[0], table), *timely)),)
    return replace(plan, filters=tuple(own), members=found)


def _but_not(tags: Sequence[Tag]) -> bool:
    """`but not in South`, `but never in South`."""
    return any(
        tag.kind == "not"
        and (
            tag.text.lower().startswith("but ")
            or ((before := behind(tags[:place][::-1], 0, {"noise"})) and before.kind == "but")
        )
        for place, tag in enumerate(tags)
    )


def _strong(tags: Sequence[Tag], item: Filter) -> bool:
    """Words that are said of all rows; a plain "not" only before "sold"."""
    words = {tag.text.lower() for tag in tags if tag.kind == "not"}
    sold = any(
        tag.kind == "not"
        and (after := behind(tags, place + 1, {"noise", "is"})) is not None
        and after.kind == "sold"
        for place, tag in enumerate(tags)
    )
    paired = any(tag.kind == "neither" for tag in tags)  # `neither Ann nor Bob as driver`
    return bool(words & STRONG) or sold or (no_before(tags, item.column) and not paired)


def _rowless(tags: Sequence[Tag], table: Table) -> bool:
    """`products without sales in March`, in a table of sales."""
    for place, tag in enumerate(tags):
        after = behind(tags, place + 1, {"noise", "is"})
        if tag.kind == "not" and tag.text.lower() in STRONG and after is not None:
            own = after.kind == "table" and after.value == table.name
            if own or after.kind in {"rows", "sold"}:
                return True
    return False


def _having_both(
    tags: Sequence[Tag], plan: Plan, said: list[Filter], own: list[Filter], member: Field
) -> Plan | None:
    """`items sold in both North and South`: a row in each of them."""
    both = sum(tag.kind == "both" for tag in tags) == 1
    if not both or len(said) != 1 or said[0].operator != "in" or len(said[0].values) != 2:
        return None
    if not and_between(tags, said[0].column):
        return None
    found = tuple(
        Members(member.name, True, (Filter(said[0].column, "eq", (value,)),))
        for value in said[0].values
    )
    return replace(plan, filters=tuple(own), members=found)


def _is_negative(tags: Sequence[Tag], item: Filter, table: Table) -> bool:
    if table.field(item.column).role != "flag":
        return item.operator in POSITIVE and item.other is None
    denied = any(
        tag.kind == "not"
        and (after := behind(tags, place + 1, {"noise", "is", "sold"})) is not None
        and after.field == table.field(item.column)
        for place, tag in enumerate(tags)
    )
    return denied or no_before(tags, item.column)


def _turned(item: Filter, table: Table) -> Filter:
    """What no row may say: the value that was denied, or the other one of a flag."""
    field = table.field(item.column)
    if field.role == "flag" and item.operator not in POSITIVE:
        values = tuple(value for value in field.values if value not in item.values) or ("true",)
        return Filter(item.column, "in", values)
    return replace(item, operator=POSITIVE[item.operator])
