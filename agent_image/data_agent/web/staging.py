"""Files that have arrived and wait for their import; packed ones are unpacked here first."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import anyio.to_thread

from data_agent.engine.storage import used_bytes
from data_agent.errors import DataAgentError, StorageFull
from data_agent.importing.member_names import packed_kind
from data_agent.settings import MIB, Settings
from data_agent.web.library import Library

FULL_AT = 0.85  # DuckDB must never meet a full disk: above this share of the quota nothing is kept
MOST_UNPACKED_BYTES = 512 * MIB  # what the engine takes as one file


@dataclass
class Staged:
    """A file that has arrived, or why it was not taken."""

    name: str
    path: Path | None = None
    error: DataAgentError | None = None


def may_be_packed(name: str) -> bool:
    return name.lower().endswith((".zip", ".gz"))


def open_new(path: Path) -> BinaryIO:
    """A file that was not there before, for nobody else to read."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


async def unpack_staged(staged: list[Staged], library: Library, settings: Settings) -> list[Staged]:
    """The same list with every archive replaced by what is in it.

    New files are appended to `staged` as they are made, so that whoever cleans that list up
    misses none, even when this is cancelled.
    """
    result: list[Staged] = []
    for each in list(staged):
        if each.path is None or packed_kind(each.path) is None:
            result.append(each)
        else:
            result += await anyio.to_thread.run_sync(_unpacked, each, staged, library, settings)
    return result


def _unpacked(
    packed: Staged, staged: list[Staged], library: Library, settings: Settings
) -> list[Staged]:
    path = packed.path
    kind = packed_kind(path) if path else None
    if path is None or kind is None:
        return [packed]
    from data_agent.importing.packed import unpack  # late: most agents never unpack anything

    made: list[Path] = []

    def new_file() -> tuple[Path, BinaryIO]:
        path = library.shelf.new_incoming()
        made.append(path)
        staged.append(Staged(packed.name, path))
        return path, open_new(path)

    room = int(settings.disk_bytes * FULL_AT) - used_bytes(settings.data_dir)
    try:
        most = max(0, min(room, MOST_UNPACKED_BYTES))
        found = unpack(path, packed.name, kind, new_file=new_file, most_bytes=most)
    except (DataAgentError, OSError) as error:
        for unfinished in made:
            unfinished.unlink(missing_ok=True)
        return [Staged(packed.name, error=_as_ours(error))]
    finally:
        path.unlink(missing_ok=True)
    return [Staged(each.name, each.path, each.error) for each in found]


def _as_ours(error: DataAgentError | OSError) -> DataAgentError:
    if isinstance(error, DataAgentError):
        return error
    return StorageFull(f"The archive could not be unpacked ({error.strerror}). Nothing was kept.")
