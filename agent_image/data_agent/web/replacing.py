"""Replacing a file of the same name only after somebody saw what changes: look, then decide."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from data_agent.errors import DataAgentError, NotAllowed
from data_agent.people.values import User
from data_agent.ports import DataEngine
from data_agent.values import Column, ImportReport
from data_agent.web.file_names import free_name
from data_agent.web.library import Library
from data_agent.web.questions import Questions
from data_agent.web.rights import check_may_change
from data_agent.web.shelf import StoredFile
from data_agent.web.waiting import WaitingShelf, WaitingUpload

if TYPE_CHECKING:
    from data_agent.web.difference import Difference


@dataclass(frozen=True)
class Choice:
    """A waiting upload, what it would change, and what can be done with it. `older` None: the file
    of that name is gone; `obstacle`: why it may not be replaced; `other_name` is for keeping
    both."""

    upload: WaitingUpload
    older: StoredFile | None
    difference: Difference
    obstacle: str
    other_name: str


class Replacing:
    """Waiting uploads of one customer and the decisions about them."""

    def __init__(
        self,
        data_dir: Path,
        library: Library,
        engine: DataEngine,
        questions: Questions,
        *,
        now: Callable[[], float],
    ) -> None:
        self._shelf = WaitingShelf(data_dir, now=now)
        self._library = library
        self._engine = engine
        self._questions = questions

    def load(self) -> None:
        self._shelf.open()

    def all(self, user: User) -> tuple[WaitingUpload, ...]:
        """Those that this person may decide about, the newest first."""
        return self._shelf.of(user)

    async def hold(self, staged: Path, older: StoredFile, name: str, user: User) -> WaitingUpload:
        """Read the staged upload without changing a table, and keep it for a decision. The staged
        file is gone afterwards. BadUpload, LimitReached, StorageFull and the engine's own."""
        try:
            report = await self._library.look(staged, name, older)
            where = (older.id, older.table)
            return self._shelf.keep(staged, name, by=user.name, replaces=where, report=report)
        finally:
            self._library.shelf.drop_incoming(staged)

    async def choice(self, waiting_id: str, user: User) -> Choice:
        """NotFound."""
        upload = self._shelf.get(waiting_id, user)
        older = self._library.named(upload.name)
        found = await self.compare(older, upload.columns, upload.rows)
        obstacle = self._obstacle(older, user, found)
        return Choice(upload, older, found, obstacle, self._other_name(upload))

    async def compare(
        self, older: StoredFile | None, columns: tuple[Column, ...], rows: int
    ) -> Difference:
        """What a table of these columns and rows changes; saved answers as far as they can be
        checked now."""
        from data_agent.web.difference import (  # late: no start of the agent waits for it
            difference,
            with_broken,
        )

        if older is None:
            return difference((), columns, rows=(0, rows))
        before = self._library.columns(older)
        found = difference(before, columns, rows=(older.rows, rows))
        with suppress(DataAgentError):
            schema = await self._engine.schema()
            return with_broken(found, self._questions.all(), schema, older.table, columns)
        return found

    async def deletion(self, file: StoredFile) -> Difference:
        """What would be gone with the file: saved answers too, where the table goes with it."""
        if len(self._library.parts_of(file.table)) > 1:
            return await self.compare(None, (), 0)
        return await self.compare(file, (), 0)

    async def replace(self, waiting_id: str, user: User) -> tuple[StoredFile, ImportReport]:
        """The new file and table instead of the old ones. NotFound and all of Library.add."""
        upload = self._shelf.get(waiting_id, user)
        return await self._take(upload, upload.name, user)

    async def keep_both(self, waiting_id: str, user: User) -> tuple[StoredFile, ImportReport]:
        """The new file beside the old one, under another name. As `replace`."""
        upload = self._shelf.get(waiting_id, user)
        return await self._take(upload, self._other_name(upload), user)

    def discard(self, waiting_id: str, user: User) -> WaitingUpload:
        """NotFound."""
        upload = self._shelf.get(waiting_id, user)
        self._shelf.remove(upload)
        return upload

    async def _take(
        self, upload: WaitingUpload, name: str, user: User
    ) -> tuple[StoredFile, ImportReport]:
        staged = self._library.shelf.new_incoming()
        self._shelf.copy_to(upload, staged)
        done = await self._library.add(staged, name, user=user)
        self._shelf.remove(upload)
        return done

    def _obstacle(self, older: StoredFile | None, user: User, found: Difference) -> str:
        if older is None:
            return ""
        try:
            check_may_change(user, older)
        except NotAllowed as error:
            return str(error)
        if len(self._library.parts_of(older.table)) > 1 and (found.added or found.removed):
            return f"Table {older.table} has the rows of other files too: its columns have to stay."
        return ""

    def _other_name(self, upload: WaitingUpload) -> str:
        return free_name(upload.name, [file.name for file in self._library.all()])
