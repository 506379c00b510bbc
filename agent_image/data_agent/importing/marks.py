"""What the bytes of a CSV file say without being taken apart: line ends, quotes and records. Pure.

One pass keeps only quotes, line ends and NULs, a few bytes of every line, and counts among those.
The number of records is what the rows that DuckDB read are held against.
"""

from __future__ import annotations

from itertools import islice
from pathlib import Path
from statistics import median

CHUNK_BYTES = 1024 * 1024
_KEPT = b'"\r\n\0'
_SEPARATORS = (b",", b";", b"\t", b"|")
_OTHERS = bytes(set(range(256)) - set(_KEPT))


class Marks:
    """Counts of the bytes fed so far. UTF-8 and every code page have these bytes for nothing else;
    UTF-16 and UTF-32 do not."""

    def __init__(self) -> None:
        self.nuls = 0
        self.torn = False  # between the halves of the file, a quote is open
        self._lf = self._cr = self._outside = 0
        self.quote_open = False  # at the end of what was fed
        self._last = b"\n"  # before the first line, as if a line had ended

    def feed(self, chunk: bytes) -> None:
        kept = chunk.translate(None, _OTHERS)
        if b"\r" in kept:
            self._cr += kept.count(b"\r")
            kept = kept.replace(b"\r", b"")
        if b"\0" in kept:
            self.nuls += kept.count(b"\0")
            kept = kept.replace(b"\0", b"")
        self._lf += kept.count(b"\n")
        self._outside += self._ends_outside(kept)
        self._last = chunk[-1:] or self._last

    @property
    def line_end(self) -> str:
        """How lines end, in quotes too: LF; CR LF, when there are as many of both; else empty.

        To look for pairs costs three times as much, and DuckDB would not take others for rows.
        """
        if not self._cr:
            return "\n"
        return "\r\n" if self._cr == self._lf else ""

    @property
    def records(self) -> int:
        """Lines that end outside quotes, blank ones too, and the last line if it has no end."""
        return self._outside + (self._last != b"\n")

    def _ends_outside(self, kept: bytes) -> int:
        """How many line ends of `kept`, quotes and LFs alone, stand outside quotes."""
        pairs_gone = kept.replace(b'""', b"")
        if not self.quote_open and b'"' not in pairs_gone:
            return len(pairs_gone)
        parts = pairs_gone.split(b'"')
        outside = sum(map(len, parts[self.quote_open :: 2]))
        self.quote_open ^= len(parts) % 2 == 0
        return outside


def marks_of(path: Path, middle: int = 0) -> Marks:
    """Of the whole file. `middle`: where its second half begins, if it has halves."""
    marks, left = Marks(), middle
    with path.open("rb") as file:
        while chunk := file.read(min(CHUNK_BYTES, left) or CHUNK_BYTES):
            marks.feed(chunk)
            if left:
                left -= len(chunk)
                marks.torn = not left and marks.quote_open
    return marks


def torn(path: Path, middle: int) -> bool:
    """Whether a quote is open at this place."""
    marks = Marks()
    with path.open("rb") as file:
        while middle and (chunk := file.read(min(CHUNK_BYTES, middle))):
            marks.feed(chunk)
            middle -= len(chunk)
    return marks.quote_open


def likely_columns(path: Path) -> int:
    """How many columns half of the first lines have at most, whatever separates them: a bound that
    is known before anything else of the file is."""
    with path.open("rb") as file:
        lines = file.read(CHUNK_BYTES).splitlines()
    return 1 + int(median([max(map(line.count, _SEPARATORS)) for line in lines] or [0]))


def blank_lines(path: Path, skip: int) -> int:
    """Lines with nothing on them, after the first `skip`; a CR alone ends no line here."""
    with path.open("rb") as file:
        return sum(not line.rstrip(b"\r\n") for line in islice(file, skip, None))
