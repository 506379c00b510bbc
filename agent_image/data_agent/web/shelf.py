"""What the library keeps on disk beside its index: originals, import reports, and one note.

The note (files/.pending) announces the change of a table before it begins, so that the next start
after kill -9 knows which table to make agree with the index.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Collection
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from data_agent.durable import remove_leftovers, sync_directory, write_atomically
from data_agent.errors import BadUpload, NotFound, StorageFull
from data_agent.values import ImportReport

INCOMING = ".incoming-"
PENDING = ".pending"
EVERY_FILE = "*"  # instead of the id of a file: all of the table


@dataclass(frozen=True)
class StoredFile:
    """One uploaded file. `kept` is its name in files/; `uploaded_at` is ISO 8601 in UTC."""

    id: str
    name: str
    kept: str
    size: int
    table: str
    rows: int
    rejected: int
    uploaded_at: str
    by: str
    choices: dict[str, str] = field(default_factory=dict)  # see importing/choices.py
    undo: dict[str, str] | None = None  # the choices before the last change of them


@dataclass(frozen=True)
class Pending:
    """A change that had begun: of this table, deleting a file (its id, or EVERY_FILE of the table)
    or (None) importing one."""

    table: str
    deleting: str | None = None

    def removes(self, file: StoredFile) -> bool:
        every = self.deleting == EVERY_FILE and file.table == self.table
        return every or file.id == self.deleting


class Shelf:
    """The directories files/ and reports/ of one data directory."""

    def __init__(self, data_dir: Path) -> None:
        self.originals = data_dir / "files"
        self._reports = data_dir / "reports"
        self._note = self.originals / PENDING

    def open(self) -> None:
        """Make the directories and remove what unfinished uploads left."""
        for directory in (self.originals, self._reports):
            directory.mkdir(mode=0o700, exist_ok=True)
            remove_leftovers(directory)
        for path in self.originals.glob(INCOMING + "*"):
            path.unlink(missing_ok=True)

    def new_incoming(self) -> Path:
        return self.originals / f"{INCOMING}{secrets.token_hex(8)}"

    def drop_incoming(self, staged: Path) -> None:
        staged.unlink(missing_ok=True)

    def size(self, staged: Path) -> int:
        return staged.stat().st_size

    def check_filled(self, staged: Path, name: str) -> None:
        """BadUpload."""
        if self.size(staged) == 0:
            raise BadUpload(f"{name} is empty. Choose a file with a header line and rows.")

    def path(self, file: StoredFile) -> Path:
        return self.originals / file.kept

    def keep(self, staged: Path, file: StoredFile, report: ImportReport) -> None:
        """Give the staged upload its name and write its report. StorageFull."""
        staged.replace(self.path(file))
        sync_directory(self.originals)
        self.keep_report(file, report)

    def keep_report(self, file: StoredFile, report: ImportReport) -> None:
        """StorageFull."""
        write_atomically(self._report_path(file.id), json.dumps(asdict(report)).encode())

    def report(self, file: StoredFile) -> dict[str, Any]:
        """The import report as JSON. NotFound."""
        try:
            report: dict[str, Any] = json.loads(self._report_path(file.id).read_bytes())
        except (FileNotFoundError, ValueError):
            raise NotFound("The report of this import is no longer there.") from None
        return report

    def discard(self, file: StoredFile) -> None:
        self.path(file).unlink(missing_ok=True)
        self._report_path(file.id).unlink(missing_ok=True)

    def discard_all_but(self, files: Collection[StoredFile]) -> None:
        """Remove originals and reports that an unfinished change left without an entry."""
        kept, ids = {file.kept for file in files}, {file.id for file in files}
        strays = [path for path in self.originals.glob("[!.]*") if path.name not in kept]
        strays += [path for path in self._reports.glob("*.json") if path.stem not in ids]
        for path in strays:
            path.unlink(missing_ok=True)

    def announce(self, change: Pending) -> None:
        """Write the note. StorageFull."""
        write_atomically(self._note, json.dumps(asdict(change)).encode())

    def announce_deletion(self, change: Pending, file: StoredFile) -> None:
        """Deleting must work on a full disk above all: there the original goes first."""
        try:
            self.announce(change)
        except StorageFull:
            self.path(file).unlink(missing_ok=True)
            self.announce(change)

    def pending(self) -> Pending | None:
        with suppress(FileNotFoundError, ValueError, TypeError):
            return Pending(**json.loads(self._note.read_bytes()))
        return None

    def done(self) -> None:
        self._note.unlink(missing_ok=True)

    def _report_path(self, file_id: str) -> Path:
        return self._reports / f"{file_id}.json"
