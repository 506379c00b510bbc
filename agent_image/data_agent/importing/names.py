"""Names of tables and columns from what customers call their files and headers."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable

from data_agent.errors import BadUpload

MAX_TABLE_LENGTH = 60
MAX_COLUMN_LENGTH = 120
SPREADSHEETS = frozenset({"xlsx", "xls", "xlsm", "ods", "numbers"})
PACKED = frozenset({"7z", "rar", "xz", "bz2", "zst", "tar", "tgz"})
EXTENSIONS = (".gz", ".zip", ".csv", ".tsv", ".tab", ".txt", ".psv")

# Words that SQL would take for something else when they stand unquoted as a table.
# `SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category = 'reserved'`, duckdb 2.0.0.
RESERVED = frozenset(
    """
    all analyse analyze and any array as asc_p asc asymmetric both case cast check collate column
    constraint create default deferrable desc describe distinct do else end except false fetch for
    foreign from grant group having in initially intersect into lambda lateral leading limit not
    null offset on only or order pivot pivot_longer pivot_wider placing primary qualify references
    returning select show some summarize symmetric table then to trailing true union unique unpivot
    using variadic when where window with
    """.split()
)


def table_name(filename: str, taken: Collection[str]) -> str:
    """A plain SQL name for the file's table that is not in `taken` (compared without case).

    `my sales.csv` → `my_sales`; digits first get `t_` before them, as does a reserved word;
    letters of any script stay, lower case; a clash gets `_2`, `_3` …
    """
    stem = _stem(filename)
    folded = unicodedata.normalize("NFKC", stem).casefold()
    plain = re.sub(r"[^\w]+", "_", folded, flags=re.UNICODE)
    plain = re.sub(r"_+", "_", plain).strip("_")[:MAX_TABLE_LENGTH].strip("_")
    if not plain:
        plain = "table_1"
    if not plain[0].isalpha() or plain in RESERVED:
        plain = f"t_{plain}"
    return _free(plain, {name.casefold() for name in taken}, "_")


def column_names(cells: Iterable[str]) -> tuple[str, ...]:
    """A usable, unique name for every header cell, in the customer's own words.

    White space is collapsed and control characters go; an empty cell becomes `column_3` (its
    place, from 1), a repeated name gets `_2`. Names are unique without regard to case.
    """
    names: list[str] = []
    taken: set[str] = set()
    for place, cell in enumerate(cells, start=1):
        clean = _clean(cell) or f"column_{place}"
        name = _free(clean, taken, "_")
        taken.add(name.casefold())
        names.append(name)
    return tuple(names)


def check_kind(filename: str) -> None:
    """Refuse by its name what is certainly no CSV, with the way to mend it. BadUpload."""
    extension = filename.rsplit(".", 1)[-1].lower()
    if extension in SPREADSHEETS:
        raise BadUpload(
            f"{filename} is a spreadsheet. Open it and save the sheet as CSV "
            "(in Excel: Save as, CSV UTF-8), then upload that."
        )
    if extension in PACKED:
        raise BadUpload(f"{filename} is packed. Unpack it and upload the CSV inside.")


def _stem(filename: str) -> str:
    name = filename.replace("\\", "/").rsplit("/", 1)[-1].strip()
    shortened = True
    while shortened:
        shortened = False
        for extension in EXTENSIONS:
            if name.lower().endswith(extension):
                name = name[: -len(extension)]
                shortened = True
    return name


def _clean(cell: str) -> str:
    printable = "".join(
        " " if unicodedata.category(char).startswith(("C", "Z")) else char for char in cell
    )
    return " ".join(printable.split())[:MAX_COLUMN_LENGTH].strip()


def _free(name: str, taken: Collection[str], joint: str) -> str:
    if name.casefold() not in taken:
        return name
    number = 2
    while f"{name}{joint}{number}".casefold() in taken:
        number += 1
    return f"{name}{joint}{number}"
