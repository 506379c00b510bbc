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
ENDINGS = (".csv", ".tsv", ".tab", ".psv", ".txt")  # what is taken out of an archive
CLUTTER = frozenset({".DS_Store", "Thumbs.db", "desktop.ini"})  # what systems add by themselves
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


def check_member(member: Member) -> None:
    """Refuse a file of an archive that is not for us to take. BadUpload with the reason."""
    check_not_packed(member.name)
    folders = _parts(member.stored)
    if ".." in folders:
        raise BadUpload(
            f"{member.name} was left out: its path leads out of the archive. Pack it without '..'."
        )
    if any(part.startswith(".") and part != "." for part in folders):
        raise BadUpload(
            f"{member.name} was left out: it is a hidden file, or in a hidden folder. Rename it "
            "if it is to be imported."
        )
    if not member.name.lower().endswith(ENDINGS):
        raise BadUpload(
            f"{member.name} was left out: its name does not end in {', '.join(ENDINGS[:-1])} "
            f"or {ENDINGS[-1]}."
        )


def _clutter(path: str) -> bool:
    parts = _parts(path)
    return "__MACOSX" in parts or parts[-1] in CLUTTER or parts[-1].startswith("._")


def _parts(path: str) -> list[str]:
    return path.replace("\\", "/").split("/")


def _last(path: str) -> str:
    return _parts(path)[-1]


def _with_folders(path: str) -> str:
    return "-".join(part for part in _parts(path) if part)
