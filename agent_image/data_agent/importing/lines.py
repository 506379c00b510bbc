"""Physical lines of a text in chunks: LF, CR LF and the old Macintosh's CR all end one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")
MAX_LINE_LENGTH = 8 * 1024 * 1024  # characters; a longer "line" is no table


class LineTooLong(ValueError):
    """No line end within MAX_LINE_LENGTH characters."""


class Lines:
    """Iterates lines with their ends kept; counts the NUL characters that it leaves out."""

    def __init__(self, chunks: Iterable[str]) -> None:
        self._chunks = chunks
        self.nuls = 0

    def __iter__(self) -> Iterator[str]:
        rest = ""
        for chunk in self._chunks:
            text = rest + self._without_nuls(chunk)
            # A CR at the end may be half of a CR LF: wait for the next chunk.
            held = "\r" if text.endswith("\r") else ""
            lines = _split(text[: len(text) - len(held)])
            unfinished = lines.pop() if lines and not lines[-1].endswith(("\n", "\r")) else ""
            rest = unfinished + held
            yield from lines
            if len(rest) > MAX_LINE_LENGTH:
                raise LineTooLong
        if rest:
            yield rest

    def _without_nuls(self, chunk: str) -> str:
        if "\0" not in chunk:
            return chunk
        self.nuls += chunk.count("\0")
        return chunk.replace("\0", "")


def _split(text: str) -> list[str]:
    """Like str.splitlines(keepends=True), which would also split at form feeds and U+2028."""
    return _LINE.findall(text)
