"""A copy of the database in which an import is prepared while questions go on.

When the import is complete in it, the copy takes the database's place by one rename, so a kill at
any moment leaves the old file or the new one. Readers of the old one keep it until they end.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from data_agent.durable import sync_directory
from data_agent.engine import storage
from data_agent.engine.settings import MIB, EngineSettings
from data_agent.errors import WorkerDied

# A copy is written as fast as the disk goes, an import at about 50 MB of CSV in a second: below
# these sizes the copy is the smaller part of the work.
SMALL_DATABASE_BYTES = 64 * MIB
MOST_PER_UPLOAD_BYTE = 8
EXPORTS = ".export-*.tmp"  # see web/api/export.py
UNFINISHED = "The import could not be finished; nothing was changed. Try again."
T = TypeVar("T")


class Copy:
    """The copy, as a file of its own on the same disk."""

    def __init__(self, settings: EngineSettings) -> None:
        self._database = settings.database
        self._folder = settings.prepared_dir
        self.path = self._folder / settings.database.name

    def make(self) -> None:
        """Nobody may write the database meanwhile."""
        self.discard()
        self._folder.mkdir(mode=0o700)
        if self._database.exists():
            shutil.copyfile(self._database, self.path)

    def adopt(self) -> None:
        """Put the copy in the database's place. WorkerDied when its last change is in a log beside
        it, which a rename would leave behind."""
        if not self.path.exists() or _log(self.path).exists() or _log(self._database).exists():
            raise WorkerDied(UNFINISHED)
        with self.path.open("rb") as file:
            os.fsync(file.fileno())
        self.path.replace(self._database)
        self.discard()
        sync_directory(self._database.parent)

    def discard(self) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)


async def to_its_end(function: Callable[[], T]) -> T:
    """Run it in a thread; who is cancelled meanwhile waits for its end first."""
    working = asyncio.ensure_future(asyncio.to_thread(function))
    try:
        return await asyncio.shield(working)
    except asyncio.CancelledError:
        await asyncio.wait({working})
        raise


def worth_a_copy(settings: EngineSettings, *uploads: Path) -> bool:
    """Whether to import into a copy: not what is over at once, not when the copy would be the
    larger work or finds no room, and not while the database has a log that belongs to it."""
    size, database = sum(upload.stat().st_size for upload in uploads), settings.database
    if not settings.readers_beside or size < settings.beside_from_bytes or _log(database).exists():
        return False
    copied = database.stat().st_size if database.exists() else 0
    if copied > max(SMALL_DATABASE_BYTES, MOST_PER_UPLOAD_BYTE * size):
        return False
    return storage.has_room(settings, *uploads, more=copied)


def discard_leftovers(settings: EngineSettings) -> None:
    """What a killed process left of an import or an export."""
    Copy(settings).discard()
    shutil.rmtree(settings.scratch_dir, ignore_errors=True)
    for export in settings.data_dir.glob(EXPORTS):
        export.unlink(missing_ok=True)


def _log(database: Path) -> Path:
    return Path(f"{database}.wal")
