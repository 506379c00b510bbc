"""Which files of an archive are taken, and what they are called.

Apart from the unpacking itself, because the web process looks at every upload but rarely unpacks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from data_agent.errors import BadUpload
from data_agent.importing.names import check_kind

Kind = Literal["gzip", "zip"]
SPREADSHEET_MARK = "[Content_Types].xml"  # every .xlsx is a zip with this in it


@dataclass(frozen=True)
class Member:
    """A file of an archive: its name in there, and the name it gets here."""

    stored: str
    name: str


def packed_kind(path: Path) -> Kind | None:
    """What the file begins with: its name says nothing."""
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith(b"\x1f\x8b"):
        return "gzip"
    return "zip" if head in {b"PK\x03\x04", b"PK\x05\x06"} else None


def members(archive: str, stored: Sequence[str]) -> tuple[Member, ...]:
    """The files worth looking at, without what archivers add. BadUpload when there is none.

    Files of the same name in different folders get the folders before it: `2023-sales.csv`.
    """
    if SPREADSHEET_MARK in stored:
        raise BadUpload(
            f"{archive} is a spreadsheet or document. Save the sheet as CSV and upload that."
        )
    wanted = [path for path in stored if not _clutter(path)]
    if not wanted:
        raise BadUpload(f"There is no CSV file in {archive}.")
    same = Counter(_last(path).casefold() for path in wanted)
    return tuple(
        Member(path, _last(path) if same[_last(path).casefold()] == 1 else _with_folders(path))
        for path in wanted
    )


def unpacked_name(name: str) -> str:
    """The name of what a gzip file holds. BadUpload for an archive in it."""
    for ending, instead in ((".tgz", ".tar"), (".gz", "")):
        if name.lower().endswith(ending):
            name = name[: -len(ending)] + instead
            break
    check_not_packed(name)
    return name


def check_not_packed(name: str) -> None:
    """Refuse what is packed once more or is no CSV by its name. BadUpload."""
    extension = name.rsplit(".", 1)[-1].lower()
    if extension in {"zip", "gz", "tar"}:
        raise BadUpload(f"{name} is packed once more. Unpack it and upload the CSV files in it.")
    check_kind(name)


def _clutter(path: str) -> bool:
    parts = path.replace("\\", "/").split("/")
    return any(part.startswith((".", "__MACOSX")) or part == "Thumbs.db" for part in parts)


def _last(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1]


def _with_folders(path: str) -> str:
    return "-".join(part for part in path.replace("\\", "/").split("/") if part)
