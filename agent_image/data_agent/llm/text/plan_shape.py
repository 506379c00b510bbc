"""The typed plan as a model is told of it, made from the types themselves so that it cannot lag.

Written like TypeScript, which models read well: fields, the words that a field may have, and each
type's own explanation.
"""

from __future__ import annotations

import types
from dataclasses import fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from data_agent.asking.plan import Plan

_WORDS = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}


def plan_shape() -> str:
    """Every type of a plan, `Plan` first."""
    found: dict[str, str] = {}
    _describe(Plan, found)
    return "\n".join(found.values())


def _describe(kind: type, found: dict[str, str]) -> None:
    found[kind.__name__] = ""  # its place: before the types that it uses
    hints = get_type_hints(kind)
    lines = [f"  {each.name}: {_type(hints[each.name], found)};" for each in fields(kind)]
    doc = " ".join((kind.__doc__ or "").split())
    own_words = "" if doc.startswith(f"{kind.__name__}(") else doc.replace("None", "null")
    comment = [f"// {own_words}"] if own_words else []
    found[kind.__name__] = "\n".join([*comment, f"type {kind.__name__} = {{", *lines, "}"])


def _type(hint: Any, found: dict[str, str]) -> str:  # noqa: ANN401 - any annotation
    if is_dataclass(hint) and isinstance(hint, type):
        if hint.__name__ not in found:
            _describe(hint, found)
        return hint.__name__
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is Literal:
        return " | ".join(f'"{word}"' for word in arguments)
    if origin in (Union, types.UnionType):
        return " | ".join(dict.fromkeys(_type(each, found) for each in arguments))
    if origin is tuple:
        inner = " | ".join(dict.fromkeys(_type(a, found) for a in arguments if a is not ...))
        return f"({inner})[]" if " | " in inner else f"{inner}[]"
    return _WORDS.get(hint, "unknown")
