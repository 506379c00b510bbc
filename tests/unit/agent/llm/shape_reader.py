"""Reads the plan's shape as a model is told of it, and says what of a JSON does not fit it.

It knows nothing of the types that the shape was made from: only its text counts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

_TYPE = re.compile(r"^type (\w+) = \{\n(.*?)^\}$", re.DOTALL | re.MULTILINE)
_FIELD = re.compile(r"^  (\w+)(\??): (.+);$")
_WORDS = {"string": str, "number": (int, float), "boolean": bool}

Shape = dict[str, dict[str, tuple[bool, str]]]  # type → field → may be left out, and its type


def parsed(text: str) -> Shape:
    """Every type. A line that is neither comment, field nor frame fails."""
    found: Shape = {}
    for name, body in _TYPE.findall(text):
        fields = [_FIELD.fullmatch(line) for line in body.splitlines()]
        assert all(fields), body
        found[name] = {each[1]: (bool(each[2]), each[3]) for each in fields if each}
    rest = _TYPE.sub("", text)
    assert all(line.startswith("// ") for line in rest.splitlines() if line), rest
    return found


def misfits(value: Any, kind: str, shape: Shape, place: str = "plan") -> Iterator[str]:
    """Every place of the JSON that the shape does not have, in words."""
    if kind.endswith("[]"):
        inner = kind[:-2].removeprefix("(").removesuffix(")")
        if not isinstance(value, list):
            yield f"{place} is no list"
            return
        for number, item in enumerate(value):
            yield from misfits(item, inner, shape, f"{place}[{number}]")
    elif kind in shape:
        yield from _of_object(value, shape[kind], shape, place)
    elif not any(_is(value, each) for each in kind.split(" | ")):
        yield f"{place} is {value!r}, not {kind}"


def _of_object(
    value: Any, fields: dict[str, tuple[bool, str]], shape: Shape, place: str
) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{place} is no object"
        return
    yield from (f"{place}.{key} is not offered" for key in value.keys() - fields.keys())
    for name, (optional, kind) in fields.items():
        if name in value:
            yield from misfits(value[name], kind, shape, f"{place}.{name}")
        elif not optional:
            yield f"{place}.{name} is missing"


def _is(value: Any, kind: str) -> bool:
    if kind.startswith('"'):
        return bool(value == json.loads(kind))
    return isinstance(value, _WORDS[kind]) and (kind == "boolean") == isinstance(value, bool)
