"""From JSON to the frozen dataclasses of `answers`, by their type hints.

pydantic does this too, and takes 150 ms to import, which tenantctl would pay at every start.
"""

# ruff: noqa: ANN401 - a decoder is handed any JSON and any type

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from orchestrator.errors import ControllerUnavailable

Value = TypeVar("Value")


def decode(kind: type[Value], data: object) -> Value:
    """JSON as the value `kind`. Unknown keys are ignored, so that a newer controller may say more.

    ControllerUnavailable when it does not fit: then the two are of different versions.
    """
    try:
        value: Value = _decoded(kind, data)
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise ControllerUnavailable(
            f"The controller's answer is no {kind.__name__} ({error}).",
            mend="Are the controller and this program of the same version? Run `make up` again.",
        ) from error
    return value


def _decoded(kind: Any, data: Any) -> Any:
    origin, args = get_origin(kind), get_args(kind)
    if is_dataclass(kind):
        return _decoded_dataclass(kind, data)
    if origin in (Union, types.UnionType):
        return None if data is None else _decoded(args[0], data)
    if origin is Literal:
        return _expect(data in args, data, " or ".join(map(str, args)))
    if origin is tuple:
        _expect(isinstance(data, list), data, "a list")
        return tuple(_decoded(args[0], item) for item in data)
    if origin is Mapping:
        return {str(key): _decoded(args[1], item) for key, item in data.items()}
    if kind is float:
        return float(data)
    return _expect(type(data) is kind, data, kind.__name__)


def _decoded_dataclass(kind: Any, data: Any) -> Any:
    _expect(isinstance(data, dict), data, kind.__name__)
    hints = _hints(kind)
    given: dict[str, object] = {}
    for field in fields(kind):
        if field.name in data:
            given[field.name] = _decoded(hints[field.name], data[field.name])
        elif field.default is MISSING and field.default_factory is MISSING:
            raise KeyError(field.name)
    return kind(**given)


@cache
def _hints(kind: Any) -> Mapping[str, Any]:
    """Evaluating them takes longer than all the rest; a status holds one kind a thousand times."""
    return get_type_hints(kind)


def _expect(fits: bool, data: object, wanted: str) -> object:
    if not fits:
        raise TypeError(f"{wanted} expected, not {str(data)[:40]!r}")
    return data
