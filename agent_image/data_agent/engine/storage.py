"""Facts about the data directory that need no worker: room left, and whether it is usable."""

from __future__ import annotations

import fcntl
import os
import shutil
import struct
from collections.abc import Sequence
from pathlib import Path

from data_agent.engine.settings import MIB, EngineSettings
from data_agent.errors import StorageFull, TooLarge

MAGIC = b"DUCK"  # DuckDB's file header: eight bytes of checksum, then this
MAGIC_OFFSET = 8
FLOCK = struct.Struct("hhqqi4x")  # struct flock of 64-bit Linux: type, whence, start, len, pid


def check_room(settings: EngineSettings, *uploads: Path) -> None:
    """Refuse an import that is too large, or for which there is no room. TooLarge, StorageFull."""
    size, needed = max(upload.stat().st_size for upload in uploads), _needed(uploads)
    if size > settings.max_file_bytes:
        raise TooLarge(
            f"The file has {_mib(size)}; at most {_mib(settings.max_file_bytes)} can be imported. "
            "Split it, or remove columns that nobody needs."
        )
    used, allowed = used_bytes(settings.data_dir), _allowed(settings)
    if used + needed > allowed:
        raise StorageFull(
            f"With this file, {_mib(used)} of the {_mib(allowed)} that may be filled are in use, "
            f"and its import needs about {_mib(needed)} more. Delete tables or files first."
        )
    if not _disk_has(settings, needed):
        raise StorageFull("The disk of this server is nearly full; nothing was written.")


def has_room(settings: EngineSettings, *uploads: Path, more: int) -> bool:
    """Whether the import of these uploads may take so many bytes more than imports do."""
    needed = _needed(uploads) + more
    return used_bytes(settings.data_dir) + needed <= _allowed(settings) and _disk_has(
        settings, needed
    )


def export_room(settings: EngineSettings) -> int:
    """How large an export may get now. StorageFull when there is hardly any room."""
    disk = shutil.disk_usage(settings.data_dir)
    room = min(
        _allowed(settings) - used_bytes(settings.data_dir),
        int(disk.total * settings.full_at) - disk.used,
    )
    if room < MIB:
        raise StorageFull("There is no room left to write this export. Delete files first.")
    return min(room, settings.max_export_bytes)


def used_bytes(data_dir: Path) -> int:
    """What the data directory takes on disk."""
    total = 0
    for folder, _, names in os.walk(data_dir):
        for name in names:
            try:
                total += (Path(folder) / name).stat(follow_symlinks=False).st_blocks * 512
            except FileNotFoundError:
                continue  # removed between listing and looking
    return total


def usable(settings: EngineSettings, own_pids: frozenset[int]) -> bool:
    """The directory is writable, the file is DuckDB's, and no foreign process holds it.

    A customer who never uploaded has no file yet; the first import makes it. A write-ahead log
    without its database is not usable: it must not be written over.
    """
    if not os.access(settings.data_dir, os.R_OK | os.W_OK | os.X_OK):
        return False
    database = settings.database
    if not database.exists():
        return not Path(f"{database}.wal").exists()
    try:
        with database.open("rb") as file:
            file.seek(MAGIC_OFFSET)
            return file.read(len(MAGIC)) == MAGIC and _lock_holder(file.fileno()) in own_pids | {0}
    except OSError:
        return False


def _needed(uploads: Sequence[Path]) -> int:
    """An import writes a cleaned copy of one upload after the other, each gone before the next one,
    and the table of all."""
    sizes = [upload.stat().st_size for upload in uploads]
    return max(sizes) + sum(sizes)


def _allowed(settings: EngineSettings) -> int:
    return int(settings.quota_bytes * settings.full_at)


def _disk_has(settings: EngineSettings, needed: int) -> bool:
    disk = shutil.disk_usage(settings.data_dir)
    return disk.used + needed <= disk.total * settings.full_at


def _lock_holder(descriptor: int) -> int:
    """Process that holds a lock which a writer would have to wait for; 0 when none, -1 unknown."""
    asked = FLOCK.pack(fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
    kind, _, _, _, pid = FLOCK.unpack(fcntl.fcntl(descriptor, fcntl.F_GETLK, asked))
    return 0 if kind == fcntl.F_UNLCK else int(pid) or -1


def _mib(size: int) -> str:
    return f"{size / MIB:,.0f} MiB" if size >= 10 * MIB else f"{size / MIB:,.1f} MiB"
