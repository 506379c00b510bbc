"""A model's plan in our spelling: names as the tables have them, values as the cells have them.

Done here and not by asking again, because values may not be told to every model.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from data_agent.asking.schema import Schema, Table
from data_agent.asking.text import fold

_NAME_KEYS = frozenset({"table", "column", "columns", "part"})
_EXACT = frozenset({"eq", "ne", "in", "not_in"})


def normal(plan: Mapping[str, Any], schema: Schema) -> dict[str, Any]:
    """The plan with the case of names mended and single values made lists."""
    names = {table.name for table in schema.tables}
    names |= {field.name for table in schema.tables for field in table.fields}
    names |= {f"{table.name}.{field.name}" for table in schema.tables for field in table.fields}
    spelled = _unique((name, name) for name in names)
    mended: dict[str, Any] = _names(plan, names, spelled)
    table = _table(mended.get("table"), schema)
    for key in ("filters", "having", "either"):
        conditions = mended.get(key)
        if isinstance(conditions, list):
            mended[key] = [_filter(item, table) for item in conditions]
    return mended


def _names(value: Any, names: set[str], spelled: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, Mapping):
        return {
            key: _spelled(item, names, spelled)
            if key in _NAME_KEYS
            else _names(item, names, spelled)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_names(item, names, spelled) for item in value]
    return value


def _spelled(item: Any, names: set[str], spelled: Mapping[str, str]) -> Any:  # noqa: ANN401 - JSON
    if isinstance(item, list | tuple):
        return [_spelled(each, names, spelled) for each in item]
    return spelled.get(fold(item), item) if isinstance(item, str) and item not in names else item


def _filter(item: Any, table: Table | None) -> Any:  # noqa: ANN401 - JSON
    if not isinstance(item, Mapping):
        return item
    mended = dict(item)
    if "values" not in mended and "value" in mended:
        mended["values"] = mended.pop("value")
    values = mended.get("values")
    if isinstance(values, str | int | float):
        values = mended["values"] = [values]
    if table and isinstance(values, list) and mended.get("operator") in _EXACT:
        every = (*table.fields, *table.foreign)
        known = next((f.values for f in every if f.name == mended.get("column")), ())
        cells = _unique((value, value) for value in known)
        mended["values"] = [_cell(value, known, cells) for value in values]
    return mended


def _cell(value: object, known: tuple[str, ...], cells: Mapping[str, str]) -> object:
    if not isinstance(value, str) or value in known:
        return value
    return cells.get(fold(value), value)


def _unique(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """By folded text; what two share belongs to neither."""
    found: dict[str, str] = {}
    twice: set[str] = set()
    for text, meant in pairs:
        key = fold(text)
        if key in found:
            twice.add(key)
        found[key] = meant
    return {key: meant for key, meant in found.items() if key not in twice}


def _table(name: object, schema: Schema) -> Table | None:
    return next((table for table in schema.tables if table.name == name), None)
