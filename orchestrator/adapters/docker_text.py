"""What a container wrote, made safe to show on an operator's terminal. Pure.

A tenant's output is hostile: escape sequences move the cursor, rename the window, or make a
terminal answer as if somebody typed. Everything but text, tab and newline is shown by its code.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Iterable, Iterator

FRAME_HEADER = 8  # stream number, three zeros, length: big-endian (Docker Engine API, "attach")
MAX_LINE = 65_536  # bytes; a "line" that is longer is broken

# Cc: control codes. Cf: among others the bidirectional overrides, which reorder what is read.
# Zl, Zp: line breaks that only some programs know.
_UNSAFE = frozenset({"Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn"})
_JOINERS = frozenset("‌‍")  # harmless, and words and emoji need them


def lines(chunks: Iterable[bytes]) -> Iterator[str]:
    """Complete lines, each with its newline, of the engine's framed log stream.

    Both streams of the container, in the order in which the engine got them.
    """
    pending = b""
    for payload in _payloads(chunks):
        pending += payload
        *complete, pending = pending.split(b"\n")
        for line in complete:
            yield safe(line) + "\n"
        while len(pending) > MAX_LINE:
            head, pending = pending[:MAX_LINE], pending[MAX_LINE:]
            yield safe(head) + "\n"
    if pending:
        yield safe(pending) + "\n"


def safe(line: bytes) -> str:
    """One line as text that a terminal shows and does not obey."""
    text = line.removesuffix(b"\r").decode("utf-8", errors="replace")
    if text.isascii() and text.isprintable():
        return text
    return "".join(map(_safe_character, text))


def _safe_character(character: str) -> str:
    if character == "\t" or character in _JOINERS:
        return character
    if unicodedata.category(character) not in _UNSAFE:
        return character
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{{{code:x}}}"


def _payloads(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Frames taken apart; chunks end anywhere. A last frame is given as far as it is."""
    rest = b""
    for chunk in chunks:
        rest += chunk
        start = 0
        while len(rest) - start >= FRAME_HEADER:
            (length,) = struct.unpack_from(">4xL", rest, start)
            end = start + FRAME_HEADER + length
            if end > len(rest):
                break
            yield rest[start + FRAME_HEADER : end]
            start = end
        rest = rest[start:]
    if len(rest) > FRAME_HEADER:
        yield rest[FRAME_HEADER:]
