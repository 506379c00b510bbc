"""`top 3 wines by cases`: where a wine is no row, it is its article that is ranked. Pure."""

from __future__ import annotations

from data_agent.asking.draft import Draft
from data_agent.asking.lexicon import Lexicon
from data_agent.asking.nouns import EACH_ONE
from data_agent.asking.plan import Plan
from data_agent.asking.schema import Field
from data_agent.asking.text import fold, stems

GOODS = "product"  # and all words for the same


def item_of_value(draft: Draft, plan: Plan, by: Field, lexicon: Lexicon) -> Field | None:
    """The column of the things that were named by a value of theirs; None where rows are ranked.

    A problem of the draft where neither is clear.
    """
    said = draft.extreme_value
    kind = said.field if said is not None else None
    filtered = any(item.column == kind.name for item in plan.filters) if kind else False
    if said is None or kind is None or draft.extreme is None or draft.rows or not filtered:
        return None
    if not kind.source and _rows_are_things(draft, lexicon):
        return None
    items = _named_within(draft, kind, lexicon) or _goods(draft, kind, lexicon)
    if len({fold(value).strip() for value in said.values}) > 1 and _is_goods(kind, lexicon):
        return kind  # `top 3 pens`
    if len(items) == 1:
        draft.notes.append(f'"{said.text}" was read as the {items[0].name} with that {kind.label}.')
        return items[0]
    start = f"{draft.extreme.word} {draft.extreme.count or 1}"
    where = f"by {by.name} where {kind.name} is {said.text}"
    things = lexicon.things | lexicon.persons
    names = [f.name for f in _texts(draft, kind) if set(stems(f.label)) & things][:2]
    draft.problem(
        f"The {start} of what: rows{''.join(f', or {name}' for name in names)}?",
        f"{start} rows {where}",
        *(f"{start} {name} {where}" for name in names),
    )
    return None


def _rows_are_things(draft: Draft, lexicon: Lexicon) -> bool:
    """A price list has a row for each article, a staff list one for each person."""
    least = EACH_ONE * max(draft.table.rows, 1)
    nouns = lexicon.things | lexicon.persons
    return any(
        set(stems(field.name)) & nouns and (field.distinct or 0) >= least
        for field in draft.table.fields
        if field.kind in {"text", "number"}
    )


def _named_within(draft: Draft, kind: Field, lexicon: Lexicon) -> list[Field]:
    """`Customer` beside `Customer Type`."""
    told = set(stems(kind.label))
    return [
        field
        for field in _texts(draft, kind)
        if set(stems(field.label)) < told and set(stems(field.label)) & lexicon.things
    ]


def _goods(draft: Draft, kind: Field, lexicon: Lexicon) -> list[Field]:
    """`Article` beside `Group`."""
    if not set(stems(kind.label)) & lexicon.kinds:
        return []
    return [field for field in _texts(draft, kind) if _is_goods(field, lexicon)]


def _is_goods(field: Field, lexicon: Lexicon) -> bool:
    told = set(stems(field.label))
    return bool(told & ({GOODS} | lexicon.others(GOODS))) and not told & lexicon.kinds


def _texts(draft: Draft, kind: Field) -> list[Field]:
    """Other columns of words in the table of this one."""
    return [
        field
        for field in (*draft.table.fields, *draft.table.foreign)
        if field.source == kind.source and field.kind == "text" and field != kind
        if field.name not in draft.identifiers
    ]
