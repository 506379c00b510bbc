"""Readings that account for every word and may still mean something else: asked back. Pure.

Two conditions of which one would be lost, an id that is compared, the best groups instead of the
best rows within each, and so on. The members of groups have a file of their own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise, takewhile

from data_agent.asking.checks import NEGATIVE
from data_agent.asking.dates import decade_of
from data_agent.asking.draft import Problem
from data_agent.asking.filters import SIZES
from data_agent.asking.members import grouped_by, members
from data_agent.asking.plan import Filter, Measure, Plan
from data_agent.asking.said import behind, in_full
from data_agent.asking.schema import Field, Table
from data_agent.asking.tags import Tag

EVERY = re.compile(r"\b(every|each)\b", re.IGNORECASE)
NONE = re.compile(r"(.* )?no", re.IGNORECASE)
WITHOUT = re.compile(r"without", re.IGNORECASE)
ONE = re.compile(r"an?|any", re.IGNORECASE)
NEVER = re.compile(r"\bnever\b", re.IGNORECASE)
NAMING = {"eq", "in", "ne", "not_in"}
COUNTED = {"most", "the most", "least", "fewest", "more", "fewer"}  # with rows: their number


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


def _never(tags: Sequence[Tag], plan: Plan, table: Table) -> Problem | None:
    """`orders never shipped` is about rows; of anything else a "never" says more than a filter."""
    if not any(tag.kind == "not" and NEVER.search(tag.text) for tag in tags):
        return None
    kinds = {
        f.operator for f in plan.filters if f.operator != "empty" or table.field(f.column).empty
    }
    flags = any(table.field(item.column).role == "flag" for item in plan.filters)
    rows = plan.group is None and plan.measure in {None, Measure("count")}
    if plan.members or "no_row" in kinds or (rows and ("empty" in kinds or flags)):
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


def _missing_value(tags: Sequence[Tag], plan: Plan, table: Table) -> Problem | None:  # noqa: ARG001
    """`branches missing pens`: a column can be empty, a value cannot."""
    for place, tag in enumerate(tags):
        after = behind(tags, place + 1, {"noise"})
        empty = tag.kind == "operator" and tag.value == "empty"
        if empty and after is not None and after.kind == "value":
            return Problem(f'It is not clear what "{tag.text} {after.text}" means here.')
    return None


def _none_of_part(tags: Sequence[Tag], plan: Plan, table: Table) -> Problem | None:  # noqa: ARG001
    """`people with no manager` have none, whatever job has "manager" in its title."""
    for place, tag in enumerate(tags):
        between = list(takewhile(lambda other: other.kind == "noise", tags[place + 1 :]))
        after = behind(tags, place + 1, {"noise"})
        if tag.kind != "not" or after is None or after.kind != "value":
            continue
        a_thing = NONE.fullmatch(tag.text) or any(ONE.fullmatch(other.text) for other in between)
        small = after.text.islower() and after.text in " ".join(after.values)
        a_noun = a_thing or (WITHOUT.fullmatch(tag.text) and small)
        if a_noun and after.note and after.field is not None:
            words = " or ".join(after.values[:2])
            return Problem(
                f'No column is called "{after.text}". Is {after.field.name} is not {words} meant?',
                (f"how many rows where {after.field.name} is not {after.values[0]}",),
            )
    return None


def _ids(tags: Sequence[Tag], plan: Plan, table: Table) -> Problem | None:
    """`bills over 50` is about an amount, not about the bill number."""
    for item in plan.filters:
        field = table.field(item.column)
        if (
            field.role != "id"
            or item.operator not in SIZES
            or item.other
            or _named_in_full(tags, field)
        ):
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
    grouped = grouped_by(tags, plan)
    few = plan.limit is not None and grouped and not _said_last(tags)
    if (
        not few
        and not (grouped and _thing_of_extreme(tags, plan))
        and not (counted and _extreme_of_rows(tags, plan))
    ):
        return None
    by = plan.group.bucket or plan.group.column
    return Problem(
        f"The best rows within each {by} cannot be listed yet, and the best {by} is another "
        "question.",
        (f"number of rows by {by}",),
    )


def _said_last(tags: Sequence[Tag]) -> bool:
    """`stock per shelf, top 3` are three of the groups before it."""
    said = [tag.kind for tag in tags if tag.kind != "noise"]
    while said and said[-1] == "number":
        said.pop()
    return said[-1:] in (["extreme"], ["adjective"])


def _thing_of_extreme(tags: Sequence[Tag], plan: Plan) -> bool:
    """`bill with the highest amount per branch` asks for the bill, not for the amount."""
    kinds = [tag.kind for tag in tags]
    if plan.measure is None or plan.measure.function not in {"min", "max"}:
        return False
    return "extreme" in kinds and bool({"table", "rows"} & set(kinds[: kinds.index("extreme")]))


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
        if tag.kind == "to" and any(other.kind == "compare" for other in tags[:place]):
            continue  # `compare France to Germany`
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
    members,
    _never,
    _in_every,
    _missing_value,
    _none_of_part,
    _ids,
    _best_of_each,
    _from_to,
    _decade,
)
