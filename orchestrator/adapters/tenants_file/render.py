"""Python values → YAML of one line, as a person would write it: plain where that is safe."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

# What another YAML reader might take for something else than text.
_LOOKALIKE = re.compile(
    r"(?:~|null|true|false|yes|no|on|off|y|n|[-+.]?\d[\d_.,:eExXoO+-]*|[-+]?\.(?:inf|nan))",
    re.IGNORECASE,
)
_PLAIN = re.compile(r"[\w/.](?:[\w ./@+-]|:(?=[\w/]))*(?<! )")


def flow(value: object, *, quote: str = "") -> str:
    """The value on one line. `quote` is the kind of quotes that a text had before, if any."""
    match value:
        case Mapping():
            return f"{{{', '.join(f'{flow(key)}: {flow(item)}' for key, item in value.items())}}}"
        case list() | tuple():
            return f"[{', '.join(flow(item) for item in value)}]"
        case str():
            return _text(value, quote)
        case bool():
            return "true" if value else "false"
        case None:
            return "null"
    return str(value)


def data(value: object) -> object:
    """What `core.document.plain_data` gives for `flow(value)` after it was parsed."""
    match value:
        case Mapping():
            return {str(key): data(item) for key, item in value.items()}
        case list() | tuple():
            return [data(item) for item in value]
        case str():
            return value
        case None:
            return None
    return flow(value)


def _text(value: str, quote: str) -> str:
    if quote == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    if quote != '"' and _PLAIN.fullmatch(value) and not _LOOKALIKE.fullmatch(value):
        return value
    quoted = json.dumps(value, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in quoted)
