"""What each column is for, from its name, its type and a profile of its values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from data_agent.asking.lexicon import Lexicon
from data_agent.asking.schema import Field, Role, Schema, Table
from data_agent.asking.text import fold, stems

FEW_VALUES = 500  # a text column with more is read, not grouped by


def with_profile(schema: Schema, facts: Iterable[Mapping[str, Any]], lexicon: Lexicon) -> Schema:
    """The schema with what a profile found (worker/values_index.py) and each column's role."""
    found = {(fact["table"], fact["column"]): fact for fact in facts}
    return Schema(
        tuple(
            replace(
                table,
                fields=tuple(
                    _profiled(item, table, found.get((table.name, item.name), {}), lexicon)
                    for item in table.fields
                ),
            )
            for table in schema.tables
        )
    )


def role_of(item: Field, table: Table, lexicon: Lexicon) -> Role:
    """An ordered table: the first row that fits."""
    words = stems(item.name)
    rules: tuple[tuple[bool, Role], ...] = (
        (item.kind == "time", "time"),
        (item.type == "BOOLEAN" or _is_flag(item, lexicon), "flag"),
        (is_id(item, lexicon), "id"),
        (bool(set(words) & lexicon.places), "geo"),
        (item.kind == "number" and set(words) <= lexicon.years, "dimension"),
        (item.kind == "number", "measure"),
        (_is_free_text(item, table), "text"),
    )
    return next((role for fits, role in rules if fits), "dimension")


def is_id(item: Field, lexicon: Lexicon) -> bool:
    """A number that is a name: its last word says so (order_id, zip), and it is no year."""
    words = stems(item.name)
    last = words[-1:] if item.kind == "number" else ()
    identifiers = lexicon.identifiers - lexicon.years
    named = bool(set(last) & identifiers)
    return named or (item.kind == "text" and bool({"id", "uuid", "key"} & set(words)))


def _is_flag(item: Field, lexicon: Lexicon) -> bool:
    shown = {fold(value) for value in item.values}
    if shown:
        return len(shown) == 2 and any(shown <= set(pair) for pair in lexicon.flags)
    return False


def _is_free_text(item: Field, table: Table) -> bool:
    if item.kind != "text":
        return item.kind == "other"
    if item.distinct is None:
        return False
    return item.distinct > FEW_VALUES or (table.rows > 20 and item.distinct >= 0.95 * table.rows)


def _profiled(item: Field, table: Table, fact: Mapping[str, Any], lexicon: Lexicon) -> Field:
    known = replace(
        item,
        distinct=fact.get("distinct"),
        empty=fact.get("empty"),
        low=fact.get("low"),
        high=fact.get("high"),
        spellings=tuple((small, main) for small, main in fact.get("spellings", ())),
    )
    born = item.kind == "time" and bool(set(stems(item.name)) & lexicon.births)
    return replace(known, role=role_of(known, table, lexicon), birth=born)
