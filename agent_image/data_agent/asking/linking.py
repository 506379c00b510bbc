"""A rule for things that another table names, or does not: `customers without orders`."""

from __future__ import annotations

from data_agent.asking.draft import Cursor, Draft
from data_agent.asking.flags import HAVING
from data_agent.asking.plan import Filter, Members, Operator
from data_agent.asking.schema import Link, Table
from data_agent.asking.times import periods, time_filter

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
    draft.rows = True
    if not _in_period(cursor, place + 1, draft, link, has=not negated):
        operator: Operator = "no_row" if negated else "has_row"
        draft.filters.append(Filter(link.column, operator, (link.other, link.other_column)))
        cursor.place = place + 1
    following = cursor.at(cursor.after_noise(cursor.place))
    if following is not None and following.kind not in END:
        draft.problem(
            f"A condition behind {link.other} could be about {link.other} or about "
            f"{draft.table.name}. Say conditions on {draft.table.name} before it."
        )
    return True


def _in_period(cursor: Cursor, place: int, draft: Draft, link: Link, *, has: bool) -> bool:
    """`without orders in 2024`: by the one date of the orders, not of the customers."""
    found = periods(cursor, place, "in")
    main = Table(link.other, link.fields).main_time
    if found is None or main is None or found[1] not in {"in", "between"}:
        return False
    spans, operator, cursor.place = found
    item = time_filter(main, operator, spans)
    draft.members.append(Members(link.column, has, (item,), link.other, link.other_column))
    draft.notes.append(f"Dates are those of {link.other}.{main.name}.")
    return True


def without_rows(cursor: Cursor, draft: Draft) -> bool:
    """`products without sales in March` where the rows are the sales; read on in sets.py."""
    place = cursor.after_noise(cursor.place + 1, "is")
    tag = cursor.at(place)
    if not cursor.is_at(cursor.place, "not") or tag is None or not draft.mentions + draft.which:
        return False
    if tag.kind != "rows" and not (tag.kind == "table" and tag.value == draft.table.name):
        return False
    cursor.place = place + 1
    return True


def _link(cursor: Cursor, place: int, draft: Draft) -> Link | None:
    target = cursor.at(place)
    if target is not None and target.kind == "sold" and len(draft.table.links) == 1:
        return draft.table.links[0]  # `products that were never sold`
    if target is None or target.kind != "table":
        return None
    return next((link for link in draft.table.links if link.other == target.value), None)
