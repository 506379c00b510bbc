"""Prepare an upload for DuckDB: find its layout, and write a clean copy when it needs one.

A file that is plain already (UTF-8, ordinary quoting) is read by DuckDB where it stands. Any other
is rewritten record by record, and what fits no row is kept aside with its line number.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from io import SEEK_END
from pathlib import Path
from typing import TextIO

from data_agent.errors import BadUpload
from data_agent.importing.encoding import Encoding, detect, read_text
from data_agent.importing.footer import HELD_ROWS, footer
from data_agent.importing.layout import NONE, Layout, find_layout
from data_agent.importing.lines import Lines, LineTooLong
from data_agent.importing.marks import Marks
from data_agent.importing.names import column_names
from data_agent.importing.records import SHOWN, Broken, Records
from data_agent.values import Reject

SAMPLE_LINES = 1000
# Fewer of lines that are long because there are hundreds of columns: a cell takes 60 bytes here.
SAMPLE_CHARS, FEWEST_LINES = 1_000_000, 100
MAX_REJECTS_SHOWN = 1000
MAX_REJECTS = 100_000  # beyond that the file is not what we take it for
MAX_RECORD_BYTES = 1_900_000  # DuckDB reads lines of at most 2,000,000 bytes
MAX_NOTES_PREAMBLE = 3
TAIL_BYTES = 64 * 1024
_Held = tuple[int, list[str]]  # line number and cells


@dataclass(frozen=True)
class Upload:
    """What is known of a file before its rows are read."""

    path: Path
    encoding: Encoding
    layout: Layout
    names: tuple[str, ...]
    sample: tuple[tuple[str, ...], ...]  # rows, for guessing types

    @property
    def delimiter_word(self) -> str:
        return "none" if self.layout.dialect.delimiter == NONE else self.layout.dialect.delimiter

    @property
    def regular(self) -> bool:
        """As far as is known yet, every line is a record of ordinary CSV."""
        return self.layout.dialect.standard and self.layout.width > 1

    @property
    def plain(self) -> Marks | None:
        """Of a file that DuckDB may read itself: nothing to decode, to skip or to mend is known."""
        layout, marks = self.layout, self.encoding.marks
        below_header = layout.first_line == layout.header_line + 1
        # A byte order mark is skipped with the header that it stands in.
        known = layout.header_line == 1 or self.encoding.codec == "utf-8"
        simple = self.regular and layout.header_line < 2 and below_header and known
        return marks if simple and marks and marks.line_end and not marks.nuls else None


@dataclass
class Cleaned:
    """Counts of a rewrite: rows_in == kept + rejected."""

    kept: int = 0
    rejected: int = 0
    rejects: list[Reject] = field(default_factory=list)
    padded: int = 0
    literal: int = 0
    blank_lines: int = 0
    nuls: int = 0
    each: Callable[[Reject], object] | None = None  # is told of every reject

    @property
    def rows_in(self) -> int:
        return self.kept + self.rejected

    def reject(self, line: int, reason: str, text: str) -> None:
        self.rejected += 1
        reject = Reject(line, reason, text[:SHOWN])
        if len(self.rejects) < MAX_REJECTS_SHOWN:
            self.rejects.append(reject)
        if self.each:
            self.each(reject)
        if self.rejected > MAX_REJECTS:
            raise BadUpload(
                f"More than {MAX_REJECTS:,} lines do not fit the columns, the first in line "
                f"{self.rejects[0].line}: {self.rejects[0].reason}. Nothing was imported; check "
                "the delimiter and the quotes in the file."
            )


def examine(path: Path, *, max_columns: int, encoding: Encoding | None = None) -> Upload:
    """Encoding (when it is not known), layout, names and a sample of the file. BadUpload."""
    encoding = encoding or detect(path)
    try:
        lines, complete = _first_lines(Lines(read_text(path, encoding)))
    except LineTooLong:
        raise BadUpload("This is no CSV file: it has no line ends.") from None
    layout = find_layout(lines, complete=complete)
    if layout is None:
        raise BadUpload("The file is empty: there is no line with a value in it.")
    if _looks_binary(lines):
        raise BadUpload(
            "This is no text file. Save it as CSV (in Excel: Save as, CSV UTF-8) and upload that."
        )
    if layout.width > max_columns:
        raise BadUpload(
            f"The file has {layout.width:,} columns; at most {max_columns:,} can be imported."
        )
    header = layout.header or ("",) * layout.width
    sample = _sample(lines, layout, complete=complete)
    return Upload(path, encoding, layout, column_names(header), sample)


def _first_lines(lines: Iterable[str]) -> tuple[list[str], bool]:
    """The lines to judge the file by, and whether they are all of it."""
    found: list[str] = []
    chars = 0
    for line in lines:
        if len(found) == SAMPLE_LINES or (chars > SAMPLE_CHARS and len(found) >= FEWEST_LINES):
            return found, False
        found.append(line)
        chars += len(line)
    return found, True


def _sample(lines: list[str], layout: Layout, *, complete: bool) -> tuple[tuple[str, ...], ...]:
    """The first rows, without what stands below the table when these are all lines of the file."""
    records = _data(Records(lines, layout.dialect), layout)
    sample = [tuple(r[1]) for r in records if not isinstance(r, Broken)]
    if complete:
        below = len(footer(sample[-HELD_ROWS:], sample[:-HELD_ROWS]))
        sample = sample[: len(sample) - below]
    return tuple(sample)


def has_footer(upload: Upload, path: Path, *, first_line: int) -> bool:
    """Whether the end of a plain file (the upload or its copy, whose data begins at this line) has
    to be looked at record by record."""
    with path.open("rb") as file:
        size = file.seek(0, SEEK_END)
        file.seek(max(0, size - TAIL_BYTES))
        lines = file.read().decode("utf-8", "replace").splitlines(keepends=True)
    whole = lines[1:] if size > TAIL_BYTES else lines[first_line - 1 :]
    records = Records(whole, upload.layout.dialect)
    last = deque((r[1] for r in records if not isinstance(r, Broken)), maxlen=HELD_ROWS)
    return bool(footer(list(last), upload.sample[:-HELD_ROWS]))


def rewrite(upload: Upload, target: Path) -> Cleaned:
    """Write the rows as plain CSV without a header to `target`; say what became of every record."""
    cleaned = Cleaned()
    with target.open("w", encoding="utf-8", errors="replace", newline="") as file:
        write = _writer(file)
        for _, row in kept_rows(upload, cleaned):
            write(row)
            cleaned.kept += 1
    return cleaned


def kept_rows(upload: Upload, cleaned: Cleaned) -> Iterator[tuple[int, list[str]]]:
    """Line number and cells of every row that belongs to the table; `cleaned` takes the rest."""
    lines = Lines(read_text(upload.path, upload.encoding))
    records = Records(lines, upload.layout.dialect)
    held: deque[_Held] = deque()
    for record in _data(records, upload.layout):
        row = _row(record, upload.layout, cleaned)
        if row is None:
            continue
        held.append((record.line if isinstance(record, Broken) else record[0], row))
        if len(held) > HELD_ROWS:
            yield held.popleft()
    yield from _without_footer(held, upload, cleaned)
    cleaned.blank_lines, cleaned.nuls = records.blank_lines, lines.nuls


def _without_footer(held: deque[_Held], upload: Upload, cleaned: Cleaned) -> list[_Held]:
    """The last rows of the file that are data; what stands below them is rejected."""
    reasons = footer([row for _, row in held], upload.sample[:-HELD_ROWS])
    rows = list(held)
    data = len(rows) - len(reasons)
    for (line, row), reason in zip(rows[data:], reasons, strict=True):
        cleaned.reject(line, reason, upload.layout.dialect.delimiter.join(row))
    return rows[:data]


def _writer(file: TextIO) -> Callable[[list[str]], object]:
    """Writes rows with LF only, and every cell with a CR quoted: duckdb 2.0.0 misreads a bare CR,
    and with CR LF line ends it silently loses rows of a file that has quoted cells."""
    plain = csv.writer(file, lineterminator="\n")
    quoted = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)
    return lambda row: (quoted if "\r" in "".join(row) else plain).writerow(row)


def notes(upload: Upload, cleaned: Cleaned, *, columns: int) -> tuple[str, ...]:
    """What a person should know about how the file was read.

    `columns`: up to which one the table has them; what is empty behind the names makes none.
    """
    found = []
    layout = upload.layout
    if layout.preamble:
        shown = " / ".join(text.strip()[:60] for text in layout.preamble[:MAX_NOTES_PREAMBLE])
        count = len(layout.preamble)
        lines = "1 line" if count == 1 else f"{count} lines"
        place = "the header" if layout.header else "the rows"
        found.append(f"{lines} above {place} {'was' if count == 1 else 'were'} left out: {shown}")
    if not layout.header:
        found.append("The file has no header; the columns are named column_1, column_2 …")
        if layout.preamble:
            found.append(
                "No line above the rows was taken for one: if one names them, give it as many "
                "names as the rows have cells and upload the file again."
            )
    elif columns > layout.named:
        found.append(_nameless(layout, columns))
    if upload.encoding.mended:
        found.append("Some bytes are no UTF-8; they were read as Windows characters.")
    for count, words in (
        (cleaned.padded, "rows have fewer cells than the header; the missing cells are empty."),
        (cleaned.literal, "rows have a stray quote; their quotes were kept as they stand."),
        (cleaned.nuls, "NUL characters were left out."),
    ):
        if count:
            found.append(f"{count:,} {words}")
    return tuple(found)


def _nameless(layout: Layout, columns: int) -> str:
    names, last = layout.named, f"column_{layout.named + 1}"
    more = " and so on" if columns > names + 1 else ""
    note = (
        f"The header has {names} {'name' if names == 1 else 'names'}, the rows have {columns} "
        f"cells; what has no name is called {last}{more}."
    )
    if layout.dialect.delimiter != ",":
        return note
    return (
        f"{note} If a number has an unquoted thousands comma (1,234.50), values are shifted: "
        "put such numbers in quotes and upload the file again."
    )


def _data(records: Records, layout: Layout) -> Iterator[tuple[int, list[str]] | Broken]:
    for record in records:
        line = record.line if isinstance(record, Broken) else record[0]
        if line >= layout.first_line:
            yield record


def _row(
    record: tuple[int, list[str]] | Broken, layout: Layout, cleaned: Cleaned
) -> list[str] | None:
    """The record as exactly `layout.width` cells, or None after it was rejected."""
    width = layout.width
    if isinstance(record, Broken):
        return _literal_row(record, width, cleaned)
    line, cells = record
    count = len(cells)
    if count != width:
        if count > width and not any(cells[width:]):
            cells = cells[:width]
        elif width > count > width // 2:
            cells = cells + [""] * (width - count)
            cleaned.padded += 1
        else:
            text = layout.dialect.delimiter.join(cells)
            cleaned.reject(line, f"{_cells(count)} where {width} are expected", text)
            return None
    if sum(map(len, cells)) > MAX_RECORD_BYTES // 4:
        cleaned.reject(line, "the row is longer than two million bytes", cells[0])
        return None
    return cells


def _literal_row(record: Broken, width: int, cleaned: Cleaned) -> list[str] | None:
    if len(record.literal) != width:
        cleaned.reject(record.line, record.reason, record.text)
        return None
    cleaned.literal += 1
    return list(record.literal)


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"


def _looks_binary(lines: list[str]) -> bool:
    """Control characters that no text has: a spreadsheet, an archive or a picture."""
    text = "".join(lines[:50])[:20_000]
    odd = sum(1 for char in text if char < " " and char not in "\t\n\r\f\x0b\x1a\x1f")
    return text.startswith(("PK\x03\x04", "\x1f\x8b", "%PDF")) or odd > len(text) * 0.02
