"""DuckDB values as JSON cells. Nothing is rounded: what a JSON number cannot hold goes as text."""

from __future__ import annotations

import datetime as dt
import json
import math
from decimal import Decimal

from data_agent.values import Cell

EXACT_INTEGER = 2**53  # above it a browser's number is no longer exact


def to_cell(value: object) -> Cell:
    """One value: dates ISO, bytes hexadecimal, nested values JSON, NaN and infinity as text."""
    if value is None or isinstance(value, str | bool):
        return value
    if isinstance(value, int):
        return value if abs(value) <= EXACT_INTEGER else str(value)
    if isinstance(value, float):
        return _float(value)
    if isinstance(value, Decimal):
        return _decimal(value)
    return _text(value)


def _text(value: object) -> str:
    if isinstance(value, dt.datetime):
        return value.isoformat(sep=" ")
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value).hex()
    if isinstance(value, dict | list | tuple | set | frozenset):
        return json.dumps(_nested(value), ensure_ascii=False)
    return str(value)


def _float(value: float) -> Cell:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def _decimal(value: Decimal) -> Cell:
    """A number when a float holds exactly these digits, else text."""
    if not value.is_finite():
        return str(value)
    near = float(value)
    if Decimal(repr(near)) != value:
        return format(value, "f")
    return int(value) if near == int(near) and value.as_tuple().exponent == 0 else near


def _nested(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _nested(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_nested(item) for item in value]
    return to_cell(value)
