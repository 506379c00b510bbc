"""Words and widths for a terminal. Pure; whatever comes from outside passes through `clean`."""

from __future__ import annotations

import re
import textwrap
import unicodedata
from datetime import UTC, datetime

# Control characters (escape sequences begin with one), and those that reorder or hide text.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
SGR = re.compile("\x1b\\[[0-9;]*m")  # colours, as `Screen.paint` writes them
_INSTANT = re.compile(r"(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.\d+)?(?:Z|\+00:00)")
_UNITS = ("B", "KB", "MB", "GB", "TB")
NOTHING = "–"


def clean(text: object) -> str:
    """Text that cannot move a cursor: control characters become `\\x1b` and the like."""
    return _UNSAFE.sub(_escaped, str(text))


def clean_log(line: str) -> str:
    """As `clean`, with tabs as blanks: logs are full of them."""
    return clean(line.expandtabs(8))


def _escaped(match: re.Match[str]) -> str:
    code = ord(match.group())
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def width(text: str) -> int:
    """Columns that the text takes: two for East Asian wide ones, none for combining marks."""
    if text.isascii():
        return len(text)
    return sum(_char_width(char) for char in text)


def _char_width(char: str) -> int:
    if unicodedata.combining(char):
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def fit(text: str, columns: int) -> str:
    """The text, cut with an ellipsis when it is wider than that."""
    if width(text) <= columns:
        return text
    kept, used = [], 1
    for char in text:
        used += _char_width(char)
        if used > columns:
            break
        kept.append(char)
    return "".join(kept) + "…" if columns > 0 else ""


def pad(text: str, columns: int, *, right: bool = False) -> str:
    """The text, filled up with blanks."""
    blanks = " " * max(0, columns - width(text))
    return blanks + text if right else text + blanks


def wrap(text: str, columns: int, indent: str = "") -> list[str]:
    """Lines of at most that width, each with the indent. Long words are left whole."""
    return textwrap.wrap(
        text,
        max(columns, len(indent) + 20),
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )


def hung(text: str, columns: int, first: int, below: int) -> list[str]:
    """The text as lines: the first begins at column `first`, the others at column `below`. Words
    are left whole; text that fits stays as it is."""
    if first + width(text) <= columns:
        return [text]
    room = max(columns - below, 20)
    lines = textwrap.wrap(
        text,
        room,
        initial_indent=" " * max(0, first - below),
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [lines[0].lstrip(), *lines[1:]] if lines else [text]


def size(value: int | None) -> str:
    """Bytes for people, in powers of 1,024 as docker counts them; `–` for unknown."""
    if value is None:
        return NOTHING
    amount, unit = float(value), 0
    while amount >= 1000 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1024, unit + 1
    shown = f"{amount:.0f}" if unit == 0 or amount >= 10 else f"{amount:.1f}"
    return f"{shown} {_UNITS[unit]}"


def number(value: int | None) -> str:
    """A count; `–` for unknown."""
    return NOTHING if value is None else str(value)


def digest(value: str | None) -> str:
    """An image id as docker shortens it: twelve hex digits."""
    return clean(value.removeprefix("sha256:")[:12]) if value else NOTHING


def moment(at: float) -> str:
    """Seconds since the epoch as local-less `2026-11-23 05:01:42Z`."""
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M:%SZ")


def instant(value: str) -> str:
    """The engine's `2026-11-23T05:01:42.756049529Z` as `moment` writes it; anything else as it
    is."""
    found = _INSTANT.fullmatch(value)
    return f"{found[1]} {found[2]}Z" if found else value


def plural(count: int, one: str, many: str = "") -> str:
    """`1 customer`, `2 customers`."""
    return f"{count} {one if count == 1 else many or one + 's'}"
