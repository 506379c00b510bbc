"""Uploads of a name that is there already, kept until somebody decides what becomes of them.

waiting/ID is the upload as it came, waiting/ID.json what is known of it. The table that it could
replace stays as it is meanwhile.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from data_agent.durable import remove_leftovers, write_atomically
from data_agent.errors import LimitReached, NotFound, StorageFull
from data_agent.people.values import User
from data_agent.values import Column, ImportReport

FOLDER = "waiting"
KEEP_S = 3 * 24 * 3600
MOST = 10  # of one person


@dataclass(frozen=True)
class WaitingUpload:
    """`replaces` is the id of the file of the same name, `table` that file's table. `columns` and
    the numbers are what its import would give. `at` is in seconds since 1970."""

    id: str
    name: str
    size: int
    by: str
    at: int
    replaces: str
    table: str
    columns: tuple[Column, ...]
    rows: int
    rejected: int

    @property
    def until(self) -> int:
        return self.at + KEEP_S


class WaitingShelf:
    """The directory waiting/ of one data directory. Small, and read at each use."""

    def __init__(self, data_dir: Path, *, now: Callable[[], float]) -> None:
        self._folder = data_dir / FOLDER
        self._now = now

    def open(self) -> None:
        """Remove what a kill -9 left of an upload without its note. The directory is made when the
        first upload waits: an agent starts on a full disk too."""
        if not self._folder.is_dir():
            return
        remove_leftovers(self._folder)
        noted = {path.stem for path in self._folder.glob("*.json")}
        for path in self._folder.iterdir():
            if path.stem not in noted:
                path.unlink(missing_ok=True)

    def of(self, user: User) -> tuple[WaitingUpload, ...]:
        """Those that the user may decide about, the newest first: own ones; admins all."""
        return tuple(each for each in self._all() if user.is_admin or each.by == user.name)

    def get(self, waiting_id: str, user: User) -> WaitingUpload:
        """NotFound."""
        for each in self.of(user):
            if each.id == waiting_id:
                return each
        raise NotFound("This upload waits no more: somebody decided about it, or it was too old.")

    def keep(
        self, staged: Path, name: str, *, by: str, replaces: tuple[str, str], report: ImportReport
    ) -> WaitingUpload:
        """Take the staged upload over; an earlier one of the same person and name goes.
        `replaces`: id and table of the file that is there. LimitReached, StorageFull."""
        earlier = [e for e in self._all() if (e.by, e.name.casefold()) == (by, name.casefold())]
        for each in earlier:
            self.remove(each)
        if sum(each.by == by for each in self._all()) >= MOST:
            raise LimitReached(
                f"{MOST} of your uploads wait for a decision. Decide about one on the page Data.",
                used=MOST,
                allowed=MOST,
            )
        waiting = WaitingUpload(
            id=secrets.token_hex(8),
            name=name,
            size=staged.stat().st_size,
            by=by,
            at=int(self._now()),
            replaces=replaces[0],
            table=replaces[1],
            columns=tuple(Column(each.name, each.type) for each in report.columns),
            rows=report.rows_kept,
            rejected=report.rejected,
        )
        self._write(staged, waiting)
        return waiting

    def copy_to(self, waiting: WaitingUpload, staged: Path) -> None:
        """A second name for the upload, for an import to take: nothing is lost when that fails.
        NotFound, StorageFull."""
        try:
            os.link(self._path(waiting), staged)
        except FileNotFoundError:
            raise NotFound("The upload is no longer there. Send it again.") from None
        except OSError as error:
            raise StorageFull(f"The upload could not be used ({error.strerror}).") from error

    def remove(self, waiting: WaitingUpload) -> None:
        self._note(waiting.id).unlink(missing_ok=True)
        self._path(waiting).unlink(missing_ok=True)

    def _write(self, staged: Path, waiting: WaitingUpload) -> None:
        try:
            self._folder.mkdir(mode=0o700, exist_ok=True)
            staged.replace(self._path(waiting))
            write_atomically(self._note(waiting.id), json.dumps(asdict(waiting)).encode())
        except OSError as error:
            raise StorageFull(f"The upload could not be kept ({error.strerror}).") from error
        except StorageFull:
            self._path(waiting).unlink(missing_ok=True)
            raise

    def _all(self) -> tuple[WaitingUpload, ...]:
        """Without those that are too old, which go."""
        found = []
        for path in self._folder.glob("*.json"):
            with suppress(OSError, ValueError, KeyError, TypeError):
                found.append(_decode(json.loads(path.read_bytes())))
        for each in found:
            if each.until <= self._now():
                self.remove(each)
        live = (each for each in found if each.until > self._now())
        return tuple(sorted(live, key=lambda each: (-each.at, each.name)))

    def _path(self, waiting: WaitingUpload) -> Path:
        return self._folder / waiting.id

    def _note(self, waiting_id: str) -> Path:
        return self._folder / f"{waiting_id}.json"


def _decode(document: dict[str, Any]) -> WaitingUpload:
    columns = tuple(Column(**each) for each in document["columns"])
    return WaitingUpload(**{**document, "columns": columns})
