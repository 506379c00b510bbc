"""Unpack gzip and zip uploads as streams, bounded: a bomb ends as a sentence, not as a full disk.

Only what the two formats use every day is taken: other methods of zip may ask for gigabytes of
memory to unpack.
"""

from __future__ import annotations

import codecs
import gzip
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, BinaryIO

from data_agent.errors import BadUpload, DataAgentError, TooLarge
from data_agent.importing.layout import find_layout
from data_agent.importing.lines import Lines
from data_agent.importing.member_names import (
    Kind,
    Member,
    check_member,
    members,
    unpacked_name,
)

MIB = 1024 * 1024
CHUNK_BYTES = 256 * 1024
MAX_MEMBERS = 50  # CSV files of one archive
# A CSV file shrinks to a fifth, a dull one to a fiftieth; deflate itself ends at 1 : 1,032.
MAX_RATIO = 250
RATIO_FREE_BYTES = 16 * MIB  # so much is harmless at any ratio
MAX_DIRECTORY_BYTES = 512 * 1024  # of a zip's table of contents, which is read at once
HEAD_BYTES = 64 * 1024  # of a text, to see whether it is a table
METHODS = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
NewFile = Callable[[], tuple[Path, BinaryIO]]
DAMAGED = "{name} is damaged: it cannot be unpacked. Make it again and upload it again."


@dataclass(frozen=True)
class Unpacked:
    """One file that was in the upload: where it lies now, or why it was not taken."""

    name: str
    path: Path | None = None
    error: DataAgentError | None = None


def unpack(
    path: Path, name: str, kind: Kind, *, new_file: NewFile, most_bytes: int
) -> list[Unpacked]:
    """Every CSV file in the upload, each in a file of its own from `new_file`.

    `most_bytes`: all of them together. BadUpload, TooLarge for the upload as a whole, and the
    caller removes what it had made; a member that is no CSV has its own error.
    """
    budget = _Budget(name, most_bytes, path.stat().st_size)
    try:
        if kind == "gzip":
            inner = unpacked_name(name)
            with gzip.open(path, "rb") as source:
                return [_copied(source, inner, new_file, budget)]
        with path.open("rb") as file, zipfile.ZipFile(_Bounded(file, name)) as archive:
            return _unzip(archive, name, new_file, budget)
    except (EOFError, zlib.error, gzip.BadGzipFile, zipfile.BadZipFile, NotImplementedError):
        raise BadUpload(DAMAGED.format(name=name)) from None


def _unzip(
    archive: zipfile.ZipFile, name: str, new_file: NewFile, budget: _Budget
) -> list[Unpacked]:
    infos = {info.filename: info for info in archive.infolist() if not info.is_dir()}
    wanted = members(name, list(infos))
    if len(wanted) > MAX_MEMBERS:
        raise TooLarge(
            f"{name} holds {len(wanted):,} files; at most {MAX_MEMBERS} are taken at once. "
            "Split the archive."
        )
    return [_member(archive, infos[each.stored], each, new_file, budget) for each in wanted]


def _member(
    archive: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    member: Member,
    new_file: NewFile,
    budget: _Budget,
) -> Unpacked:
    try:
        _check(info, member)
    except BadUpload as error:
        return Unpacked(member.name, error=error)
    with archive.open(info) as source:
        copied = _copied(source, member.name, new_file, budget)
    return _without_prose(copied)


def _check(info: zipfile.ZipInfo, member: Member) -> None:
    check_member(member)
    name = member.name
    if info.flag_bits & 0x1:
        raise BadUpload(f"{name} is protected by a password. Pack it without one.")
    if info.compress_type not in METHODS:
        raise BadUpload(f"{name} is packed in an unusual way. Use plain zip (deflate).")


def _copied(
    source: IO[bytes] | gzip.GzipFile,
    name: str,
    new_file: NewFile,
    budget: _Budget,
) -> Unpacked:
    path, opened = new_file()
    with opened as target:
        while chunk := source.read(CHUNK_BYTES):
            budget.spend(len(chunk))
            target.write(chunk)
        target.flush()
        return Unpacked(name, path)


def _without_prose(copied: Unpacked) -> Unpacked:
    """A .txt is a table only when it has columns; a readme must take no table's place."""
    path, name = copied.path, copied.name
    if path is None or not name.lower().endswith(".txt") or _has_columns(path):
        return copied
    path.unlink()
    return Unpacked(
        name,
        error=BadUpload(
            f"{name} was left out: it is a text without columns. Rename it to .csv if it is a "
            "table of one column."
        ),
    )


def _has_columns(path: Path) -> bool:
    with path.open("rb") as file:
        head = file.read(HEAD_BYTES)
    wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    lines = list(Lines([head.decode("utf-16" if wide else "utf-8", "replace")]))
    layout = find_layout(lines, complete=len(head) < HEAD_BYTES)
    return layout is not None and layout.width > 1


class _Budget:
    """How much may still be unpacked from one upload."""

    def __init__(self, name: str, most_bytes: int, packed_bytes: int) -> None:
        self._name, self._most = name, most_bytes
        self._suspicious = max(RATIO_FREE_BYTES, packed_bytes * MAX_RATIO)
        self._spent = 0

    def spend(self, size: int) -> None:
        self._spent += size
        if self._spent > self._suspicious:
            raise BadUpload(
                f"{self._name} unpacks to more than {MAX_RATIO} times its size, which no "
                "ordinary CSV file does. Upload the CSV file unpacked."
            )
        if self._spent > self._most:
            raise TooLarge(
                f"{self._name} unpacks to more than the {self._most / MIB:,.0f} MiB that there is "
                "room for. Split it, or delete files first."
            )


class _Bounded:
    """A zip's file, which zipfile asks for the whole table of contents at once."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file, self._name = file, name
        self.seek, self.tell, self.close = file.seek, file.tell, file.close
        self.seekable = file.seekable

    def read(self, size: int = -1) -> bytes:
        most = MAX_DIRECTORY_BYTES + 1
        read = self._file.read(most if size < 0 else min(size, most))
        if len(read) == most:
            raise BadUpload(f"{self._name} has too many files in it. Split the archive.")
        return read
