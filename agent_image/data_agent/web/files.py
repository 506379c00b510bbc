"""What files there are and which tables hold their rows: the reading side of the library.

The index (files.json) says what there is. The files of one table stand in it in the order in which
their rows stand in the table.
"""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

from data_agent.durable import DurableJson
from data_agent.errors import FilesDamaged, LimitReached, NotFound
from data_agent.people.values import User
from data_agent.values import Column
from data_agent.web.file_index import Index, decode, encode
from data_agent.web.file_names import shown_name
from data_agent.web.rights import check_may_change
from data_agent.web.shelf import Shelf, StoredFile


class Files:
    """All files of this customer."""

    def __init__(self, data_dir: Path, *, limit: int | None) -> None:
        self.limit = limit
        self.shelf = Shelf(data_dir)
        self._file = DurableJson(data_dir / "files.json", encode, decode)
        self._index: Index = {}
        self._damage: FilesDamaged | None = None

    def load(self) -> None:
        """Read the index. Needs no engine; a damaged index raises at every use instead."""
        self.shelf.open()
        try:
            self._index = self._file.load() or {}
        except FilesDamaged as error:
            self._damage = error

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

    def named(self, given_name: str) -> StoredFile | None:
        """The file that an upload of this name would replace."""
        name = shown_name(given_name).casefold()
        return next((f for f in self._index.values() if f.name.casefold() == name), None)

    def of_table(self, table: str) -> StoredFile | None:
        """The file that this table was made from."""
        return next(iter(self.parts_of(table)), None)

    def parts_of(self, table: str) -> list[StoredFile]:
        """The files whose rows are in this table, in their order there."""
        return [file for file in self._index.values() if file.table == table]

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

    def check_may_reread(self, user: User, file: StoredFile) -> None:
        """Another type is another for all rows of the table, whoever brought them. NotAllowed."""
        for part in self.parts_of(file.table):
            check_may_change(user, part)

    def _tables(self) -> set[str]:
        return {file.table for file in self._index.values()}

    def _save(self, index: Index) -> None:
        self._file.save(index)
        self._index = index

    def _check(self) -> None:
        if self._damage:
            raise self._damage
