"""What a model is told about a query that did not do: the error, and the nearest names."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from data_agent.asking.schema import Schema

LONGEST_ERROR = 800
MOST_NAMES = 8
UNREADABLE = (
    'That was not one JSON object with "plan", "sql" or "cannot". '
    "Reply with that object alone, complete, as text and not as a call of a tool."
)
AGAIN = "Send a corrected one, as one JSON object. Do not send the same query again."
_QUOTED = re.compile(r"[\"'“]([^\"'“”\n]{1,200})[\"'”]")
_AFTER_NO = re.compile(r"\b(?:table|column|named?)\s+([A-Za-z_][\w.]*)", re.IGNORECASE)
_KIND = re.compile(r"^[A-Z][A-Za-z ]{2,40} Error\b")


def evidence(error: str, schema: Schema, plan: Mapping[str, Any] | None = None) -> str:
    """The error in words and, for each unknown name in it, the names that are near."""
    unknown = dict.fromkeys(
        [*_plan_names(plan), *_QUOTED.findall(error), *_AFTER_NO.findall(error)]
    )
    lines = [f"That query was refused: {error[:LONGEST_ERROR]}"]
    lines += list(_nearest(unknown, schema))[:MOST_NAMES]
    return "\n".join([*lines, AGAIN])


def veiled(error: str, schema: Schema, said: str) -> str:
    """As `evidence`, for a query with texts that the model was not told: of the error, which may
    quote one, its kind, and names that stand in what the model itself has `said`."""
    found = _KIND.match(error)
    unknown = [*_QUOTED.findall(error), *_AFTER_NO.findall(error)]
    lines = [f"That query was refused: {found[0] if found else 'it is not allowed'}."]
    lines += list(_nearest(dict.fromkeys(w for w in unknown if w in said), schema))[:MOST_NAMES]
    return "\n".join([*lines, AGAIN])


def kind_only(error: str) -> str:
    """An error of a running query without its details, which quote cells."""
    found = _KIND.match(error)
    return f"{found[0]} while it ran" if found else "it failed while it ran"


def _plan_names(value: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    if isinstance(value, Mapping):
        for key, item in value.items():
            if key in ("table", "column") and isinstance(item, str):
                yield item
            elif key in ("columns", "part") and isinstance(item, list):
                yield from (each for each in item if isinstance(each, str))
            else:
                yield from _plan_names(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _plan_names(item)


def _nearest(words: Mapping[str, None], schema: Schema) -> Iterator[str]:
    known: dict[str, str] = {}
    for table in schema.tables:
        known[table.name.casefold()] = f"the table {table.name}"
        for field in table.fields:
            known.setdefault(field.name.casefold(), f"{field.name} in {table.name}")
        for field in table.foreign:
            known.setdefault(field.name.casefold(), f"{field.name} from {table.name}")
    for word in words:
        if word.casefold() in known:
            continue
        near = difflib.get_close_matches(word.casefold(), known, n=3, cutoff=0.5)
        if near:
            yield f"Near {word!r}: {', '.join(known[match] for match in near)}."
