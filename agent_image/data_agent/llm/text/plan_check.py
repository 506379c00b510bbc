"""Where a model's plan has not the shape that it was told, in words that help to mend it. Pure.

Made from the types, as the shape itself. What a plan means is checked elsewhere; here it is only
seen to that nothing that was said is passed over in silence.
"""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from data_agent.asking.plan import Plan

MOST_FAULTS = 5
LONGEST_SHOWN = 60
HARMLESS = ("reading",)  # stands beside the plan, and by mistake in it
_PLAIN: Mapping[type, str] = {
    str: "a text", int: "a number", float: "a number", bool: "true or false",
}  # fmt: skip


def faults(plan: Mapping[str, Any]) -> str:
    """What does not fit, in one sentence; empty where all does."""
    found = list(dict.fromkeys(_faults(plan, Plan, "the plan")))
    return "; ".join(found[:MOST_FAULTS]) + "." if found else ""


def _faults(value: Any, hint: Any, place: str) -> Iterator[str]:  # noqa: ANN401 - JSON
    origin, arguments = get_origin(hint), get_args(hint)
    if origin in (Union, types.UnionType):
        kinds = [each for each in arguments if each is not type(None)]
        if value is None and len(kinds) < len(arguments):
            return
        yield from _of_any(value, kinds, place)
    elif origin is tuple:
        if isinstance(value, list | tuple):
            for number, item in enumerate(value, start=1):
                yield from _faults(item, arguments[0], f"{place} {number}")
        elif value is not None:
            yield f"{place} is no list"
    elif is_dataclass(hint) and isinstance(hint, type):
        yield from _of_object(value, hint, place)
    else:
        yield from _of_any(value, [hint], place)


def _of_object(value: Any, kind: type, place: str) -> Iterator[str]:  # noqa: ANN401 - JSON
    if not isinstance(value, Mapping):
        yield f"{place} is no object"
        return
    known = {each.name: each for each in fields(kind)}
    more = [key for key in value if value[key] and key not in known and key not in HARMLESS]
    yield from (f"{place} has no {_shown(key)}" for key in more)
    hints = get_type_hints(kind)
    for name, each in known.items():
        hint = each.metadata.get("words", hints[name])
        where = f"{name} of {place}" if kind is not Plan else name
        if name in value:
            yield from _faults(value[name], hint, where)
        elif each.default is MISSING and type(None) not in get_args(hint):
            yield f"{place} needs {name}"


def _of_any(value: Any, kinds: list[Any], place: str) -> Iterator[str]:  # noqa: ANN401 - JSON
    if len(kinds) == 1 and (is_dataclass(kinds[0]) or get_origin(kinds[0]) is tuple):
        yield from _faults(value, kinds[0], place)
        return
    words = [word for kind in kinds if get_origin(kind) is Literal for word in get_args(kind)]
    if words and not (isinstance(value, str) and value in words):
        yield f"{place} is {_shown(value)}, not one of {', '.join(words)}"
    plain = tuple(kind for kind in kinds if isinstance(kind, type))
    fits = isinstance(value, (*plain, int) if float in plain else plain)
    if plain and (isinstance(value, bool) != (plain == (bool,)) or not fits):
        wanted = " or ".join(dict.fromkeys(_PLAIN[kind] for kind in plain))
        yield f"{place} is {_shown(value)}, not {wanted}"


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
