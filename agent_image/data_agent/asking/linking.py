"""A rule for things that another table names, or does not: `customers without orders`."""

from __future__ import annotations

from data_agent.asking.draft import Cursor, Draft
from data_agent.asking.flags import HAVING
from data_agent.asking.plan import Filter, Operator
from data_agent.asking.schema import Link

END = {"by", "and", "order"}  # what may stand behind without being about the other table


def linked_condition(cursor: Cursor, draft: Draft) -> bool:
    """`customers without orders`, `products that were never ordered`, `customers with an order`."""
    tag = cursor.here
    if tag is None or tag.kind not in {"not", "noise"}:
        return False
    negated = tag.kind == "not"
    if not negated and tag.text.split()[-1].lower() not in HAVING:
        return False
    place = cursor.after_noise(cursor.place + 1, "is")
    link = _link(cursor, place, draft)
    if link is None:
        return False
    operator: Operator = "no_row" if negated else "has_row"
    draft.filters.append(Filter(link.column, operator, (link.other, link.other_column)))
    draft.rows = True
    cursor.place = place + 1
    following = cursor.at(cursor.after_noise(cursor.place))
    if following is not None and following.kind not in END:
        draft.problem(
            f"A condition behind {link.other} could be about {link.other} or about "
            f"{draft.table.name}. Say conditions on {draft.table.name} before it."
        )
    return True


def _link(cursor: Cursor, place: int, draft: Draft) -> Link | None:
    target = cursor.at(place)
    if target is None or target.kind != "table":
        return None
    return next((link for link in draft.table.links if link.other == target.value), None)
