"""The customer's uploaded files and the tables made from them: add, re-type, remove, recover.

Disk and database are made to agree with the index (files.py). A table of several files is made anew
of all of their originals when one of them changes, in one step.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from data_agent.errors import Conflict, NotFound, StorageFull
from data_agent.importing.names import table_name
from data_agent.people.values import User
from data_agent.ports import DataEngine, Part
from data_agent.values import ImportReport, Reading
from data_agent.web.file_index import exchanged, new_entry, remembered, reread
from data_agent.web.file_names import shown_name
from data_agent.web.files import Files
from data_agent.web.rights import check_may_change
from data_agent.web.shelf import EVERY_FILE, Pending, StoredFile

Imported = tuple[StoredFile, ImportReport]
Reports = Sequence[ImportReport]
T = TypeVar("T")
R = TypeVar("R")


class Library(Files):
    """All files of this customer. Changes run one after the other."""

    def __init__(
        self, data_dir: Path, engine: DataEngine, *, limit: int | None, now: Callable[[], float]
    ) -> None:
        super().__init__(data_dir, limit=limit)
        self._engine = engine
        self._now = now
        self._changing = asyncio.Lock()

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

    async def add(
        self, staged: Path, given_name: str, *, user: User, append_to: str = ""
    ) -> Imported:
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
            reading = Reading(remembered(older))
            self.shelf.announce(change)
            try:
                report = await self._engine.import_file(
                    staged, filename=name, table=change.table, reading=reading
                )
            except Exception:
                self.shelf.done()  # as in _noted
                raise
            await self._settle(change)
            return report

    async def retype(self, file_id: str, choices: Mapping[str, str]) -> Imported:
        """Read the whole originals of the file's table again with these choices for its columns
        instead of those before. BadUpload, DoesNotFit, Invalid, NotFound; then nothing has
        changed."""
        from data_agent.importing.choices import checked  # late: no start waits for it

        async with self.alone():
            file, wanted = self.get(file_id), checked(choices)
            each = {part.id: wanted for part in self.parts_of(file.table)}
            return await self._reread(file, each, refuse=True)

    async def undo(self, file_id: str) -> Imported:
        """The choices before the last change of them, for every file of the table. As `retype`,
        but what they do not fit is read as found."""
        async with self.alone():
            file = self.get(file_id)
            parts = self.parts_of(file.table)
            each = {p.id: (p if p.undo is not None else file).undo or {} for p in parts}
            return await self._reread(file, each, refuse=False)

    async def remove(self, file_id: str) -> None:
        """Delete the file and its rows, and the table with the last of its files. BadUpload,
        NotFound, StorageFull."""
        async with self.alone():
            file = self.get(file_id)
            others = [each for each in self.parts_of(file.table) if each.id != file.id]
            if others:
                await self._take_out(file, others)
                return
            change = Pending(file.table, deleting=file.id)
            self.shelf.announce_deletion(change, file)
            await self._settle(change)

    async def remove_table(self, table: str, user: User) -> list[StoredFile]:
        """Delete the table with all of its files. Needs no room. NotAllowed, NotFound."""
        async with self.alone():
            self._check()
            parts = self.parts_of(table)
            if not parts:
                raise NotFound(f"There is no table {table}.")
            self.check_may_reread(user, parts[0])
            change = Pending(table, deleting=EVERY_FILE)
            self.shelf.announce_deletion(change, parts[0])
            await self._settle(change)
            return parts

    async def _reread(
        self, file: StoredFile, choices: Mapping[str, dict[str, str]], *, refuse: bool
    ) -> Imported:
        parts = self.parts_of(file.table)

        def keep(reports: Reports) -> Imported:
            newer = {p.id: reread(p, choices[p.id], r) for p, r in zip(parts, reports, strict=True)}
            self._keep_reports(list(newer.values()), reports)
            self._save({**self._index, **newer})
            return newer[file.id], reports[parts.index(file)]

        readings = [Reading(choices[part.id], refuse=refuse) for part in parts]
        return await self._rebuilt(file.table, list(map(self._part, parts, readings)), keep)

    async def _take_out(self, file: StoredFile, others: list[StoredFile]) -> None:
        def keep(reports: Reports) -> None:
            self._keep_reports(others, reports)
            self._save({key: each for key, each in self._index.items() if key != file.id})

        await self._rebuilt(file.table, list(map(self._part, others)), keep)
        self.shelf.discard(file)

    async def _add(self, staged: Path, name: str, user: User) -> Imported:
        self.check_may_add(name)
        self.shelf.check_filled(staged, name)
        older = self.named(name)
        if older:
            check_may_change(user, older)
        if older and len(self.parts_of(older.table)) > 1:
            return await self._exchange(staged, name, user.name, older)
        change = Pending(older.table if older else table_name(name, self._tables()))
        return await self._take(change, staged, name, user.name, Reading(remembered(older)), older)

    async def _append(self, staged: Path, name: str, by: str, table: str) -> Imported:
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
    ) -> Imported:
        def keep(report: ImportReport) -> Imported:
            file = self._kept(staged, name, by, report)
            others = {key: each for key, each in self._index.items() if each != older}
            self._save({**others, file.id: file})
            return file, report

        async def work() -> ImportReport:
            return await self._engine.import_file(
                staged, filename=name, table=change.table, reading=reading
            )

        done = await self._noted(change, work, keep)
        if older:
            self.shelf.discard(older)
        return done

    async def _exchange(self, staged: Path, name: str, by: str, older: StoredFile) -> Imported:
        """The upload instead of one of several files of a table, at the same place."""
        parts = self.parts_of(older.table)
        new = Part(staged, name, Reading(remembered(older)))

        def keep(reports: Reports) -> Imported:
            place = parts.index(older)
            file = self._kept(staged, name, by, reports[place])
            others = [part for part in parts if part != older]
            self._keep_reports(others, [*reports[:place], *reports[place + 1 :]])
            self._save(exchanged(self._index, older, file))
            return file, reports[place]

        made_of = [new if part == older else self._part(part) for part in parts]
        done = await self._rebuilt(older.table, made_of, keep)
        self.shelf.discard(older)
        return done

    async def _rebuilt(self, table: str, parts: Sequence[Part], keep: Callable[[Reports], R]) -> R:
        """The table made anew of these files. NotFound when an original is not there any more."""
        for part in parts:
            if not part.path.exists():
                raise NotFound(
                    f"The original of {part.filename} is no longer there. Upload it again."
                )
        return await self._noted(Pending(table), lambda: self._engine.rebuild(table, parts), keep)

    async def _noted(
        self, change: Pending, work: Callable[[], Awaitable[T]], keep: Callable[[T], R]
    ) -> R:
        """Change a table under a note that the next start would find; `keep` writes index and
        reports."""
        self.shelf.announce(change)
        try:
            found = await work()
        except Exception:
            self.shelf.done()  # all or nothing is the engine's promise: there is nothing to undo
            raise
        try:
            kept = keep(found)
        except StorageFull:
            await self._settle(change)
            raise
        self.shelf.done()
        return kept

    async def _settle(self, change: Pending) -> None:
        """Make the table agree with the index; a deletion goes through to its end."""
        if change.deleting is not None:
            self._save({k: file for k, file in self._index.items() if not change.removes(file)})
        if not self.parts_of(change.table):
            await self._engine.drop_table(change.table)
        there = [f for f in self.parts_of(change.table) if self.shelf.path(f).exists()]
        if there:
            parts = list(map(self._part, there))
            self._keep_reports(there, await self._engine.rebuild(change.table, parts))
        self.shelf.discard_all_but(self._index.values())
        self.shelf.done()

    def _part(self, file: StoredFile, reading: Reading | None = None) -> Part:
        return Part(self.shelf.path(file), file.name, reading or Reading(file.choices))

    def _kept(self, staged: Path, name: str, by: str, report: ImportReport) -> StoredFile:
        """The staged file among the originals, with its report."""
        size, at = self.shelf.size(staged), self._now()
        file = new_entry(name, report, taken=self._index, size=size, by=by, at=at)
        self.shelf.keep(staged, file, report)
        return file

    def _keep_reports(self, files: Sequence[StoredFile], reports: Reports) -> None:
        for file, report in zip(files, reports, strict=True):
            self.shelf.keep_report(file, report)
