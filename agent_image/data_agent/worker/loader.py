"""Import one upload: examine, clean if needed, type over the whole file, load in one transaction.

A kill at any moment leaves the old table or the new one: everything before the transaction only
writes into the scratch directory, which the next import empties.
"""

from __future__ import annotations

import contextlib
import errno
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from data_agent.errors import BadUpload, DoesNotFit, StorageFull
from data_agent.importing.encoding import Encoding, likely
from data_agent.importing.halves import middle_of
from data_agent.importing.marks import Marks, likely_columns, marks_of, torn
from data_agent.importing.source import Cleaned, Upload, examine, has_footer, notes, rewrite
from data_agent.importing.transcode import transcode
from data_agent.ports import AS_FOUND, Part
from data_agent.values import ColumnReport, ImportReport, Reading
from data_agent.worker import catalog
from data_agent.worker.columns import TableColumn, type_columns
from data_agent.worker.database import (
    WIDE,
    CannotWrite,
    Connection,
    DatabaseError,
    FatalError,
    OutOfMemory,
)
from data_agent.worker.guessing import load_guessed
from data_agent.worker.later import Later
from data_agent.worker.orders import Orders
from data_agent.worker.split import split
from data_agent.worker.staged import Halves, Staged
from data_agent.worker.table import NOT_ALL, NotAsCounted, append_rows, replace_table

NO_ROOM = "There is no room left for this table; nothing was changed. Delete tables or files first."
# Smaller files are read sooner than they are halved; of wide ones two threads need too much memory.
HALVES_FROM_BYTES, HALVES_COLUMNS = 8 * 1024 * 1024, 40


class Loader:
    """Turns uploads into tables."""

    def __init__(self, orders: Orders, fence: Callable[..., None] = lambda *_: None) -> None:
        """`fence` is called with the uploads before anything of them is read."""
        self._orders = orders
        self._fence = fence
        self._scratch_dir = Path(orders.scratch_dir)
        self.scratch = self._scratch_dir / "upload.csv"
        self._halves = self._scratch_dir / "half-1.csv", self._scratch_dir / "half-2.csv"
        self._links: dict[Path, Path] = {}
        self.columns = 0  # of the widest file, about

    @property
    def readable(self) -> tuple[Path, ...]:
        """The files besides the database that the writer's DuckDB may open."""
        return (self.scratch, *self._halves)

    def load(
        self, connect: Callable[[], Connection], path: str, table: str, reading: Reading
    ) -> dict[str, Any]:
        """Make, replace or extend `table` from the file; its ImportReport as JSON types. BadUpload,
        DoesNotFit."""
        with self._entered([Path(path)]):
            return asdict(self._load(connect(), Path(path), table, reading))

    def rebuild(
        self, connect: Callable[[], Connection], table: str, parts: Sequence[Part]
    ) -> list[dict[str, Any]]:
        """Make `table` anew of the files, beside the old one until all of it is there; the report
        of each. BadUpload, DoesNotFit."""
        with self._entered([part.path for part in parts]):
            connection, made = connect(), catalog.in_making(table)
            catalog.drop(connection, made)
            reports = []
            for place, part in enumerate(parts):
                reading = replace(part.reading, append=place > 0)
                with _named(part.filename if len(parts) > 1 else ""):
                    reports.append(self._load(connection, part.path, made, reading))
            spelled = catalog.put_in_place(connection, table)
            return [asdict(_placed(report, table, spelled)) for report in reports]

    @contextlib.contextmanager
    def _entered(self, paths: Sequence[Path]) -> Iterator[None]:
        """The scratch directory, with a name of ours for each upload, and the fence around both."""
        shutil.rmtree(self._scratch_dir, ignore_errors=True)
        self._scratch_dir.mkdir(mode=0o700)
        try:
            for path in paths:
                self._link(path)
            self.columns = max(map(likely_columns, paths))
            self._fence(*paths)
            yield
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
                raise StorageFull(NO_ROOM) from error
            raise
        finally:
            shutil.rmtree(self._scratch_dir, ignore_errors=True)

    def _load(
        self, connection: Connection, path: Path, table: str, reading: Reading
    ) -> ImportReport:
        for staged in self._quick_ways(path, reading):
            # Strict: whatever DuckDB stumbles over, the rewrite finds, counts and explains.
            try:
                return _import(connection, table, staged, reading)
            except FatalError:
                raise
            except (DatabaseError, NotAsCounted):
                continue
        return self._load_rewritten(connection, self._examined(path), table, reading)

    def _load_rewritten(
        self, connection: Connection, upload: Upload, table: str, reading: Reading
    ) -> ImportReport:
        self.scratch.unlink(missing_ok=True)
        cleaned = rewrite(upload, self.scratch)
        staged = Staged(self.scratch, upload, lambda: cleaned.kept, delimiter=",", cleaned=cleaned)
        try:
            return _import(connection, table, staged, reading)
        except NotAsCounted:
            raise BadUpload(NOT_ALL) from None
        except (OutOfMemory, *FatalError):
            raise
        except CannotWrite as error:
            raise StorageFull(NO_ROOM) from error
        except DatabaseError as error:
            raise BadUpload(f"DuckDB could not load the rows: {_first_line(error)}") from error

    def _quick_ways(self, path: Path, reading: Reading) -> Iterator[Staged]:
        """The upload as it stands, while the rest of its bytes is looked at; else a copy of it in
        another encoding. Not when its end needs a look."""
        guessed = likely(path) if reading == AS_FOUND else None
        if guessed is not None:
            with ThreadPoolExecutor(max_workers=2) as beside, contextlib.suppress(BadUpload):
                upload = self._examined(path, guessed)
                middle = self._middle(path, upload)
                scan = Later(beside, marks_of, path, middle)
                if staged := self._as_it_stands(upload, scan.result):
                    halves = self._halved(beside, staged, middle, lambda: scan.result().torn)
                    yield replace(staged, halves=halves, begin=scan.begin)
        upload = self._examined(path)
        self.scratch.unlink(missing_ok=True)  # it may be the upload itself: never write into it
        if whole := upload.plain:
            if guessed is None and (staged := self._as_it_stands(upload, lambda: whole)):
                yield staged
        elif (copy := transcode(upload, self.scratch)) and not has_footer(
            upload, self.scratch, first_line=1
        ):
            with ThreadPoolExecutor(max_workers=2) as beside:
                staged = Staged(self.scratch, upload, lambda: copy.records)
                middle = self._middle(self.scratch, upload)
                cut = Later(beside, torn, self.scratch, middle)
                halves = self._halved(beside, staged, middle, cut.result)
                yield replace(staged, halves=halves, begin=cut.begin)

    def _middle(self, path: Path, upload: Upload) -> int:
        """Where its second half begins; 0: one thread reads all of it."""
        small = path.stat().st_size < HALVES_FROM_BYTES
        wide = upload.layout.width > HALVES_COLUMNS or self.columns > WIDE
        if small or wide or self._orders.threads < 2 or not upload.regular:
            return 0
        return middle_of(path, upload.layout.dialect, upload.layout.width)

    def _halved(
        self, beside: ThreadPoolExecutor, staged: Staged, middle: int, torn: Callable[[], bool]
    ) -> Halves | None:
        if not middle:
            return None
        first, second = self._halves
        copying = Later(beside, split, staged.path, staged.skip, middle, first, second)
        copying.begin()

        def copies() -> tuple[Path, Path]:
            try:
                copying.result()
            except OSError:  # what has no room must not take the table's
                first.unlink(missing_ok=True)
                second.unlink(missing_ok=True)
                raise
            return first, second

        return Halves(copies, torn)

    def _as_it_stands(self, upload: Upload, marks: Callable[[], Marks]) -> Staged | None:
        """`marks`: gives those of the whole file. What is no UTF-8, DuckDB does not take."""
        skip, expected = upload.layout.first_line - 1, upload.plain
        linked = self._links.get(upload.path)
        if not expected or linked is None or not linked.exists():
            return None
        if has_footer(upload, linked, first_line=skip + 1):
            return None
        line_end = expected.line_end

        def records() -> int:
            found = marks()
            # DuckDB's single reader drops a last record whose quote is never closed.
            if found.nuls or found.line_end != line_end or found.quote_open:
                raise NotAsCounted
            return found.records - skip

        linked.rename(self.scratch)
        return Staged(self.scratch, upload, records, skip=skip, line_end=line_end)

    def _examined(self, path: Path, encoding: Encoding | None = None) -> Upload:
        return examine(path, max_columns=self._orders.max_columns, encoding=encoding)

    def _link(self, path: Path) -> None:
        """Give DuckDB the file under a name of ours: it would take `*` and `[` for patterns. On
        another file system it cannot, and gets a copy."""
        link = self._scratch_dir / f"original-{len(self._links)}.csv"
        with contextlib.suppress(OSError):
            link.hardlink_to(path)
            self._links[path] = link


@contextlib.contextmanager
def _named(filename: str) -> Iterator[None]:
    """What is wrong with one of several files is said with its name."""
    try:
        yield
    except (BadUpload, DoesNotFit) as error:
        if not filename:
            raise
        raise type(error)(f"{filename}: {error}") from error


def _placed(report: ImportReport, table: str, spelled: Mapping[str, str]) -> ImportReport:
    """The report with the names that its table and columns have now."""
    names = {name.casefold(): old for name, old in spelled.items()}
    columns = (replace(c, name=names.get(c.name.casefold(), c.name)) for c in report.columns)
    return replace(report, table=table, columns=tuple(columns))


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:200]


def _import(connection: Connection, table: str, staged: Staged, reading: Reading) -> ImportReport:
    """NotAsCounted, BadUpload, DoesNotFit and DuckDB's errors; then nothing was changed."""
    source, upload = staged.sql, staged.upload
    if not reading.append and not reading.choices and upload.layout.width <= WIDE:
        loaded = load_guessed(connection, table, staged)
        if loaded:
            return _report(table, upload, staged.cleaned or Cleaned(kept=loaded[0]), loaded[1])
    found, columns = type_columns(connection, source, upload, reading)
    if not staged.is_whole(found.rows):
        raise NotAsCounted
    remarks: tuple[str, ...] = ()
    if reading.append:
        remarks = append_rows(connection, table, staged.lanes, columns, found)
    else:
        replace_table(connection, table, staged.lanes, columns, found)
    report = _report(table, upload, staged.cleaned or Cleaned(kept=found.rows), columns)
    return replace(report, notes=(*report.notes, *remarks))


def _report(
    table: str, upload: Upload, cleaned: Cleaned, columns: Sequence[TableColumn]
) -> ImportReport:
    width = max((column.index for column in columns), default=-1) + 1
    remarks = notes(upload, cleaned, columns=width)
    remarks += tuple(note for column in columns for note in column.typing.notes)
    return ImportReport(
        table=table,
        rows_in=cleaned.rows_in,
        rows_kept=cleaned.kept,
        rejected=cleaned.rejected,
        rejects=tuple(cleaned.rejects),
        columns=tuple(
            ColumnReport(c.name, c.typing.type, c.typing.why, c.source_name, c.choice, c.typing.ask)
            for c in columns
        ),
        encoding=upload.encoding.label,
        delimiter=upload.delimiter_word,
        notes=remarks,
    )
