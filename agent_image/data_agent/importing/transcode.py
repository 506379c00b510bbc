"""The quick way for ordinary files that are only encoded or ended differently: a copy in UTF-8 with
LF, made in chunks. Anything that needs a closer look is left to the record by record way."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from data_agent.importing.encoding import read_text
from data_agent.importing.lines import MAX_LINE_LENGTH, LineTooLong
from data_agent.importing.source import Upload


def transcode(upload: Upload, target: Path) -> bool:
    """Write the data lines to `target`; False when the file is not that simple.

    Simple: every line is a record. So no quote is open at the end of a line, and there is no NUL
    and no CR but in CR LF (duckdb 2.0.0 loses rows of files that have both CR LF and quotes).
    """
    if not upload.regular or upload.encoding.mended:
        return False
    skip = upload.layout.first_line - 1
    with (
        contextlib.suppress(LineTooLong),
        target.open("w", encoding="utf-8", errors="replace", newline="") as file,
    ):
        for text in _whole_lines(read_text(upload.path, upload.encoding)):
            lines = text.replace("\r\n", "\n")
            if not _simple(lines):
                return False
            while skip and lines:
                _, _, lines = lines.partition("\n")
                skip -= 1
            file.write(lines)
        return True
    return False


def _whole_lines(chunks: Iterator[str]) -> Iterator[str]:
    rest = ""
    for chunk in chunks:
        text = rest + chunk
        end = text.rfind("\n") + 1
        rest = text[end:]
        if len(rest) > MAX_LINE_LENGTH:
            raise LineTooLong
        if end:
            yield text[:end]
    if rest:
        yield rest


def _simple(text: str) -> bool:
    if "\r" in text or "\0" in text:
        return False
    return '"' not in text or not any(line.count('"') & 1 for line in text.split("\n"))
