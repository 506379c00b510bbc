"""The customer's uploaded files and the tables made from them: add, list, remove, recover.

The index (files.json) says what there is; disk and database are made to agree with it.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

from data_agent.durable import DurableJson
from data_agent.errors import Conflict, FilesDamaged, LimitReached, NotFound, StorageFull
from data_agent.importing.names import table_name
from data_agent.people.values import User
from data_agent.ports import DataEngine
from data_agent.values import Column, ImportReport, Reading
from data_agent.web.file_index import (
    Index,
    decode,
    encode,
    new_entry,
    remembered,
    still_there,
)
from data_agent.web.file_names import shown_name
from data_agent.web.rights import check_may_replace
from data_agent.web.shelf import Pending, Shelf, StoredFile


class Library:
    """All files of this customer. Changes run one after the other."""

    def __init__(
        self, data_dir: Path, engine: DataEngine, *, limit: int | None, now: Callable[[], float]
    ) -> None:
        self.limit = limit
        self.shelf = Shelf(data_dir)
        self._engine = engine
        self._now = now
        self._file = DurableJson(data_dir / "files.json", encode, decode)
        self._index: Index = {}
        self._damage: FilesDamaged | None = None
        self._changing = asyncio.Lock()

    def load(self) -> None:
        """Read the index. Needs no engine; a damaged index raises at every use instead."""
        self.shelf.open()
        try:
            self._index = self._file.load() or {}
        except FilesDamaged as error:
            self._damage = error

    async def recover(self) -> None:
        """After kill -9: undo an upload that was not acknowledged, finish a deletion."""
        async with self.alone():
            pass

    @asynccontextmanager
    async def alone(self) -> AsyncIterator[None]:
        """No other change meanwhile, and none that broke off, in this process or the last one."""
        async with self._changing:
            change = self.shelf.pending()
            if change is not None and self._damage is None:
                await self._settle(change)
            yield

    def all(self) -> tuple[StoredFile, ...]:
        """Every file, the newest first."""
        self._check()
        return tuple(sorted(self._index.values(), key=lambda f: f.uploaded_at, reverse=True))

    def count(self) -> int:
        return len(self._index)

    def get(self, file_id: str) -> StoredFile:
        """NotFound."""
        self._check()
        if file_id not in self._index:
            raise NotFound("There is no such file. It may have been deleted.")
        return self._index[file_id]

    def of_table(self, table: str) -> StoredFile | None:
        """The file that this table was made from."""
        return next(iter(self.parts_of(table)), None)

    def parts_of(self, table: str) -> list[StoredFile]:
        """The files whose rows are in this table, in the order in which they came."""
        parts = [file for file in self._index.values() if file.table == table]
        return sorted(parts, key=lambda file: file.uploaded_at)

    def columns(self, file: StoredFile) -> tuple[Column, ...]:
        """The columns of the file's table, from its import report: no worker is needed."""
        with suppress(NotFound, KeyError, TypeError):
            columns = self.shelf.report(file)["columns"]
            return tuple(Column(each["name"], each["type"]) for each in columns)
        return ()

    def check_may_add(self, given_name: str, *, coming: int = 0) -> None:
        """LimitReached when the tier has no place for this file and it replaces none.

        `coming` counts new files of the same request that are not in the index yet.
        """
        self._check()
        used = len(self._index) + coming
        full = self.limit is not None and used >= self.limit
        if full and not self.named(given_name):
            raise LimitReached(
                f"{used} of {self.limit} CSV files are in use. "
                "Delete a file, or ask for a larger tier.",
                used=used,
                allowed=self.limit,
            )

    def check_may_replace(self, older: StoredFile, user: User) -> None:
        """Conflict, NotAllowed."""
        check_may_replace(user, older, parts=len(self.parts_of(older.table)))

    def named(self, given_name: str) -> StoredFile | None:
        """The file that an upload of this name would replace."""
        name = shown_name(given_name).casefold()
        return next((f for f in self._index.values() if f.name.casefold() == name), None)

    async def add(
        self, staged: Path, given_name: str, *, user: User, append_to: str = ""
    ) -> tuple[StoredFile, ImportReport]:
        """Import a staged upload; a file of the same name is replaced, or (`append_to`) the rows
        are added to that table. The staged file is gone afterwards, whatever happens. BadUpload,
        Conflict, LimitReached, NotAllowed, NotFound, StorageFull and the engine's own."""
        try:
            async with self.alone():
                name = shown_name(given_name)
                if append_to:
                    return await self._append(staged, name, user.name, append_to)
                return await self._add(staged, name, user)
        finally:
            self.shelf.drop_incoming(staged)

    async def look(self, staged: Path, name: str, older: StoredFile) -> ImportReport:
        """What replacing `older` by this upload would give, read into a table of its own that is
        gone again afterwards. BadUpload, StorageFull and the engine's own."""
        self.shelf.check_filled(staged, name)
        async with self.alone():
            change = Pending(f"_{older.table}")  # a name that no list of tables shows
            self.shelf.announce(change)
            reading = Reading(remembered(older))
            try:
                report = await self._engine.import_file(
                    staged, filename=name, table=change.table, reading=reading
                )
            except Exception:
                self.shelf.done()  # as in _take
                raise
            await self._settle(change)
            return report

    async def retype(
        self, file_id: str, choices: Mapping[str, str], *, refuse: bool = True
    ) -> tuple[StoredFile, ImportReport]:
        """Read the whole original again with these choices for its columns instead of those
        before. DoesNotFit, Invalid, NotFound; then nothing has changed."""
        from data_agent.importing.choices import checked  # late: no start waits for it

        async with self.alone():
            return await self._retype(self.get(file_id), checked(choices), refuse)

    async def remove(self, file_id: str) -> None:
        """Delete the file and its rows: the table, unless rows were added to another's. NotFound,
        Conflict."""
        async with self.alone():
            file = self.get(file_id)
            first, *added = self.parts_of(file.table)
            if added and first.id == file.id:
                raise Conflict(
                    f"{added[0].name} was added to the table of {file.name}. Delete what was added "
                    "first, the last one before the others."
                )
            change = Pending(file.table, deleting=file.id)
            self.shelf.announce_deletion(change, file)
            await self._settle(change)

    async def _retype(
        self, file: StoredFile, choices: dict[str, str], refuse: bool
    ) -> tuple[StoredFile, ImportReport]:
        if len(self.parts_of(file.table)) > 1:
            raise Conflict(
                f"Table {file.table} has the rows of several files. Delete the added ones, change "
                "the type, then add them again."
            )
        change = Pending(file.table)
        self.shelf.announce(change)
        try:
            report = await self._import(file, Reading(choices, refuse=refuse))
        except Exception:
            self.shelf.done()
            raise
        newer = replace(
            file,
            choices=still_there(choices, report),
            undo=file.choices,
            rows=report.rows_kept,
            rejected=report.rejected,
        )
        try:
            self.shelf.keep_report(newer, report)
            self._save({**self._index, newer.id: newer})
        except StorageFull:
            await self._settle(change)
            raise
        self.shelf.done()
        return newer, report

    async def _import(self, file: StoredFile, reading: Reading) -> ImportReport:
        """The kept original once more."""
        path = self.shelf.path(file)
        if not path.exists():
            raise NotFound(f"The original of {file.name} is no longer there. Upload it again.")
        return await self._engine.import_file(
            path, filename=file.name, table=file.table, reading=reading
        )

    async def _add(self, staged: Path, name: str, user: User) -> tuple[StoredFile, ImportReport]:
        self.check_may_add(name)
        self.shelf.check_filled(staged, name)
        older = self.named(name)
        if older:
            self.check_may_replace(older, user)
        change = Pending(older.table if older else table_name(name, self._tables()))
        return await self._take(change, staged, name, user.name, Reading(remembered(older)), older)

    async def _append(
        self, staged: Path, name: str, by: str, table: str
    ) -> tuple[StoredFile, ImportReport]:
        self.check_may_add(name)
        base = self.of_table(table)
        if base is None:
            raise NotFound(f"There is no table {table} that rows could be added to.")
        if self.named(name):
            raise Conflict(f"{name} was uploaded already. To add it again, rename it first.")
        reading = Reading(remembered(base), append=True)
        return await self._take(Pending(base.table), staged, name, by, reading, None)

    async def _take(
        self,
        change: Pending,
        staged: Path,
        name: str,
        by: str,
        reading: Reading,
        older: StoredFile | None,
    ) -> tuple[StoredFile, ImportReport]:
        """Import the staged file under a note that the next start would find."""
        self.shelf.announce(change)
        try:
            report = await self._engine.import_file(
                staged, filename=name, table=change.table, reading=reading
            )
        except Exception:
            self.shelf.done()  # all or nothing is the engine's promise: there is nothing to undo
            raise
        size, at = self.shelf.size(staged), self._now()
        file = new_entry(name, report, taken=self._index, size=size, by=by, at=at)
        try:
            self.shelf.keep(staged, file, report)
            others = {key: each for key, each in self._index.items() if each != older}
            self._save({**others, file.id: file})
        except StorageFull:
            await self._settle(change)
            raise
        self.shelf.done()
        if older:
            self.shelf.discard(older)
        return file, report

    async def _settle(self, change: Pending) -> None:
        """Make the table agree with the index; a deletion goes through to its end."""
        if change.deleting is not None:
            self._save({k: file for k, file in self._index.items() if k != change.deleting})
        parts = self.parts_of(change.table)
        if not parts:
            await self._engine.drop_table(change.table)
        for place, file in enumerate(parts):
            if self.shelf.path(file).exists():
                reading = Reading(file.choices, append=place > 0)
                self.shelf.keep_report(file, await self._import(file, reading))
        self.shelf.discard_all_but(self._index.values())
        self.shelf.done()

    def _tables(self) -> set[str]:
        return {file.table for file in self._index.values()}

    def _save(self, index: Index) -> None:
        self._file.save(index)
        self._index = index

    def _check(self) -> None:
        if self._damage:
            raise self._damage
