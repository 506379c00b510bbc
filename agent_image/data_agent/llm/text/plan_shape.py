"""The typed plan as a model is told of it, made from the types themselves so that it cannot lag.

Written like TypeScript, which models read well: fields, the words that a field may have, and each
type's own explanation. `name?` may be left out. A field's metadata `words` narrows what its type
allows to what is read there.
"""

from __future__ import annotations

import inspect
import types
from dataclasses import MISSING, Field, fields, is_dataclass
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from data_agent.asking.plan import Plan

_WORDS = {str: "string", int: "number", float: "number", bool: "boolean", type(None): "null"}


def plan_shape(kind: type = Plan) -> str:
    """Every type that this one is made of, itself first."""
    found: dict[str, str] = {}
    _describe(kind, found)
    return "\n".join(found.values())


def _describe(kind: type, found: dict[str, str]) -> None:
    found[kind.__name__] = ""  # its place: before the types that it uses
    hints = get_type_hints(kind)
    lines = [_line(each, hints[each.name], found) for each in fields(kind)]
    found[kind.__name__] = "\n".join(
        [*_comment(kind), f"type {kind.__name__} = {{", *lines, "}"],
    )


def _comment(kind: type) -> list[str]:
    doc = inspect.cleandoc(kind.__doc__ or "")
    if doc.startswith(f"{kind.__name__}("):  # dataclasses make one where there is none
        return []
    return [f"// {line}" for line in doc.replace("None", "left out").splitlines() if line]


def _line(each: Field[Any], hint: Any, found: dict[str, str]) -> str:  # noqa: ANN401
    """`each` with its type; null is not written, for what may be null may be left out."""
    written = _type(each.metadata.get("words", hint), found)
    needed = each.default is MISSING and each.default_factory is MISSING
    optional = not needed or written.endswith(" | null")
    return f"  {each.name}{'?' if optional else ''}: {written.removesuffix(' | null')};"


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
