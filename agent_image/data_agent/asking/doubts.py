"""Readings that account for every word and may still mean something else: asked back. Pure.

A condition holds for rows. Where the members of a group are asked for ("which branches never sold
a pen"), leaving rows out is another question, and so is a number of rows for each group instead
of the best rows within each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from data_agent.asking.checks import NEGATIVE
from data_agent.asking.counting import UNIQUE
from data_agent.asking.dates import decade_of
from data_agent.asking.draft import Problem
from data_agent.asking.filters import SIZES
from data_agent.asking.plan import Filter, Measure, Plan
from data_agent.asking.said import behind, in_full
from data_agent.asking.schema import Field, Table
from data_agent.asking.tags import Tag

EVERY = re.compile(r"\b(every|each)\b", re.IGNORECASE)
NEVER = re.compile(r"\bnever\b", re.IGNORECASE)
NAMING = {"eq", "in", "ne", "not_in"}
KEPT = {"noise", "is", "not"}  # may stand before what a word is about
COUNTED = {"most", "the most", "least", "fewest"}  # with rows: their number


def doubt(tags: Sequence[Tag], plan: Plan, table: Table) -> Problem | None:
    """The first reason not to trust this reading, with questions that are clear."""
    return next((found for rule in RULES if (found := rule(tags, plan, table))), None)


def _contradiction(tags: Sequence[Tag], plan: Plan, table: Table) -> Problem | None:  # noqa: ARG001
    """`in North but not in South` of one column: no row is in two."""
    sides: dict[str, set[bool]] = {}
    for item in plan.filters:
        if item.operator in NAMING:
            sides.setdefault(item.column, set()).add(item.operator in NEGATIVE)
    both = next((column for column, found in sides.items() if len(found) > 1), None)
    if both is None:
        return None
    return Problem(
        f"One row has one {both} only: what is in one and not in another cannot be compared yet. "
        "Ask for each of them alone."
    )


def _yes_and_no(tags: Sequence[Tag], plan: Plan, table: Table) -> Problem | None:  # noqa: ARG001
    """`returned and not returned`: one of the two would be lost."""
    said: dict[str, set[bool]] = {}
    for place, tag in enumerate(tags):
        if tag.kind == "field" and tag.field is not None and tag.field.role == "flag":
            before = behind(tags[:place][::-1], 0, {"noise", "is"})
            negated = before is not None and before.kind == "not"
            said.setdefault(tag.field.name, set()).add(negated)
    name = next((name for name, found in said.items() if len(found) > 1), None)
    if name is None:
        return None
    return Problem(f"{name}: yes or no? Both are every row.", (f"number of rows by {name}",))


def _members(tags: Sequence[Tag], plan: Plan, table: Table) -> Problem | None:
    """`branches without lamp`, `reps who sold in Paris and Lyon`: about all rows of a member."""
    member = _member(tags, plan, table)
    if member is None:
        return None
    for item in plan.filters:
        if item.column == member.name or _belongs(member, item, table):
            continue
        if _negated(tags, item, table):
            return Problem(
                f"Leaving out rows does not find the {member.name} that have none of them, and "
                "that cannot be answered yet. These can, for comparison:",
                (f"number of rows by {member.name}", f"number of different {member.name}"),
            )
        if any(tag.kind == "only" for tag in tags):
            return Problem(
                f'"Only" is about all rows of a {member.name}, which cannot be answered yet.',
                (f"number of rows by {member.name}",),
            )
        if item.operator == "in" and _and_between(tags, item.column):
            words = " or ".join(str(value) for value in item.values)
            return Problem(
                f"Both of them, or any of them? Only any can be answered: say {words}.",
                (f"number of rows by {member.name}",),
            )
    return None


def _member(tags: Sequence[Tag], plan: Plan, table: Table) -> Field | None:
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
    if measure != Measure("count") or plan.group is None or explicit or _grouped_by(tags, plan):
        return None
    return _repeated(plan.group.column, table)


def _repeated(name: str, table: Table) -> Field | None:
    """None where each row has its own, so that a condition on rows is one on members."""
    field = table.field(name)
    own = not field.source and (field.distinct or 0) >= UNIQUE * max(table.rows, 1)
    return None if own or field.kind == "time" else field


def _belongs(member: Field, item: Filter, table: Table) -> bool:
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
        return says or _no_before(tags, item.column)
    return says and item.operator in NEGATIVE


def _no_before(tags: Sequence[Tag], flag: str) -> bool:
    """`items with no returns`: the value stands where a "not" would, before its column."""
    columns = [(tag.kind, tag.field.name) for tag in tags if tag.field is not None]
    return (("value", flag), ("field", flag)) in pairwise(columns)


def _and_between(tags: Sequence[Tag], column: str) -> bool:
    places = [
        p for p, t in enumerate(tags) if t.kind == "value" and t.field and t.field.name == column
    ]
    between = (tags[one:other] for one, other in pairwise(places))
    return any(tag.kind == "and" for part in between for tag in part)


def _grouped_by(tags: Sequence[Tag], plan: Plan) -> bool:
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


def _never(tags: Sequence[Tag], plan: Plan, table: Table) -> Problem | None:
    """`orders never shipped` is about rows; of anything else a "never" says more than a filter."""
    if not any(tag.kind == "not" and NEVER.search(tag.text) for tag in tags):
        return None
    kinds = {item.operator for item in plan.filters}
    flags = any(table.field(item.column).role == "flag" for item in plan.filters)
    rows = plan.group is None and plan.measure in {None, Measure("count")}
    if "no_row" in kinds or (rows and ("empty" in kinds or flags)):
        return None
    return Problem('"Never" is about all rows of a thing, which cannot be answered yet.')


def _in_every(tags: Sequence[Tag], plan: Plan, table: Table) -> Problem | None:  # noqa: ARG001
    """`which rep sold in every city` asks for those that have all of them."""
    asks = any(tag.kind in {"which", "who"} for tag in tags)
    every = any(tag.kind == "by" and EVERY.search(tag.text) for tag in tags)
    counted = plan.measure == Measure("count") and plan.limit is None and plan.second is not None
    if not (asks and every and counted):
        return None
    return Problem("What has rows in every group cannot be found yet.")


def _ids(tags: Sequence[Tag], plan: Plan, table: Table) -> Problem | None:
    """`bills over 50` is about an amount, not about the bill number."""
    for item in plan.filters:
        field = table.field(item.column)
        if field.role != "id" or item.operator not in SIZES or _named_in_full(tags, field):
            continue
        amounts = [f for f in table.of_kind("number") if f.role == "measure"][:4]
        names = " or ".join(f.name for f in amounts)
        return Problem(
            f"Over or under what: {names or field.name}?",
            tuple(f"number of rows with {f.name} over {item.values[0]}" for f in amounts),
        )
    return None


def _named_in_full(tags: Sequence[Tag], field: Field) -> bool:
    return any(tag.field == field and in_full(tag) for tag in tags)


def _best_of_each(tags: Sequence[Tag], plan: Plan, table: Table) -> Problem | None:  # noqa: ARG001
    """`2 largest bills per branch` is two of each branch, not two branches."""
    if plan.within or plan.group is None:
        return None
    counted = plan.measure is not None and plan.measure.function in {"count", "distinct"}
    few = plan.limit is not None and _grouped_by(tags, plan)
    if not few and not (counted and _extreme_of_rows(tags, plan)):
        return None
    by = plan.group.bucket or plan.group.column
    return Problem(
        f"The best rows within each {by} cannot be listed yet, and the best {by} is another "
        "question.",
        (f"number of rows by {by}",),
    )


def _extreme_of_rows(tags: Sequence[Tag], plan: Plan) -> bool:
    """`largest bill`; but `most bills` are the largest number of them."""
    for place, tag in enumerate(tags):
        target = behind(tags, place + 1, {"noise"})
        if tag.kind != "extreme" or target is None:
            continue
        counted = target.field is not None and target.field.name == _counted(plan)
        if target.kind in {"table", "rows"} or counted:
            return tag.text.lower() not in COUNTED
    return False


def _counted(plan: Plan) -> str | None:
    return plan.measure.column if plan.measure is not None else None


def _from_to(tags: Sequence[Tag], plan: Plan, table: Table) -> Problem | None:  # noqa: ARG001
    """`from Paris to Lyon`: names have no between."""
    for place, tag in enumerate(tags):
        after = behind(tags, place + 1, {"noise"})
        before = behind(tags[:place][::-1], 0, {"noise"})
        if tag.kind not in {"to", "dash"} or before is None or after is None:
            continue
        if before.kind == after.kind == "value" and before.field == after.field:
            words = f"{before.text} or {after.text}"
            return Problem(f"From {before.text} to {after.text}: is {words} meant? Say so.")
    return None


def _decade(tags: Sequence[Tag], plan: Plan, table: Table) -> Problem | None:  # noqa: ARG001
    """`the 2010s` are ten years, and the "s" makes any other number another word."""
    for one, other in pairwise(tags):
        if one.kind == "number" and other.kind == "noise" and other.text.lower() == "s":
            decade = decade_of(one.text)
            days = {decade.start, decade.end} if decade else set()
            if not days or not any(_spans(item, days) for item in plan.filters):
                return Problem(f'What is "{one.text}s"? Name the first and the last year.')
    return None


def _spans(item: Filter, days: set[str]) -> bool:
    values = {str(value) for value in item.values}
    return days <= values if item.operator in {"between", "periods"} else bool(days & values)


RULES = (
    _contradiction,
    _yes_and_no,
    _members,
    _never,
    _in_every,
    _ids,
    _best_of_each,
    _from_to,
    _decade,
)
