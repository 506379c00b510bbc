"""The quick way for files that are only encoded or ended differently: a copy in UTF-8 with LF, made
in chunks. Anything that needs a closer look is left to the record by record way."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from data_agent.importing.encoding import read_text
from data_agent.importing.marks import Marks
from data_agent.importing.source import Upload


def transcode(upload: Upload, target: Path) -> Marks | None:
    """Write the text from the first data line on; the marks of the copy, or None when the file is
    not that simple.

    Simple: no NUL, no quote that is never closed, and outside quotes no CR but in CR LF. Excel ends
    its rows with CR LF and the lines within a cell with LF; duckdb 2.0.0 reads neither that nor a
    bare CR.
    """
    if not upload.regular or upload.encoding.mended:
        return None
    text = read_text(upload.path, upload.encoding)
    marks, line_ends = Marks(), _LineEnds()
    with target.open("wb") as file, contextlib.suppress(_OddLineEnd):
        for chunk in _below(text, upload.layout.first_line - 1):
            lines = line_ends.unified(chunk.encode("utf-8", "replace"))
            marks.feed(lines)
            file.write(lines)
        return None if marks.nuls or marks.quote_open or line_ends.held else marks
    return None


class _OddLineEnd(ValueError):
    """A CR outside quotes that is no part of a CR LF."""


def _below(chunks: Iterator[str], skip: int) -> Iterator[str]:
    """The text without its first `skip` lines."""
    for chunk in chunks:
        text = chunk
        while skip:
            line, end, text = text.partition("\n")
            if "\r" in line[:-1]:
                raise _OddLineEnd
            skip -= 1 if end else 0
            if not end:
                break
        if text:
            yield text


class _LineEnds:
    """Turns CR LF into LF wherever it stands outside quotes."""

    def __init__(self) -> None:
        self.held = b""  # a CR at the end of a chunk: half of a CR LF, perhaps
        self._quote_open = False

    def unified(self, chunk: bytes) -> bytes:
        data = self.held + chunk
        self.held = b"\r" if data.endswith(b"\r") else b""
        data = data.removesuffix(b"\r")
        if b"\r" not in data:
            self._quote_open ^= data.count(b'"') % 2 == 1
            return data
        parts = data.split(b'"')
        outside = [part.replace(b"\r\n", b"\n") for part in parts[self._quote_open :: 2]]
        if any(b"\r" in part for part in outside):
            raise _OddLineEnd
        parts[self._quote_open :: 2] = outside
        self._quote_open ^= len(parts) % 2 == 0
        return b'"'.join(parts)
