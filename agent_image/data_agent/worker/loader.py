"""Import one upload: examine, clean if needed, type over the whole file, load in one transaction.

A kill at any moment leaves the old table or the new one: everything before the transaction only
writes into the scratch directory, which the next import empties.
"""

from __future__ import annotations

import errno
import shutil
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from data_agent.errors import BadUpload, StorageFull
from data_agent.importing.source import Cleaned, Upload, examine, has_footer, notes, rewrite
from data_agent.importing.transcode import transcode
from data_agent.values import ColumnReport, ImportReport, Reading
from data_agent.worker.columns import TableColumn, type_columns
from data_agent.worker.database import (
    CannotWrite,
    Connection,
    DatabaseError,
    FatalError,
    OutOfMemory,
    quote_text,
)
from data_agent.worker.orders import Orders
from data_agent.worker.table import append_rows, replace_table

NO_ROOM = "There is no room left for this table; nothing was changed. Delete tables or files first."
BUFFER_BYTES = 8 * 1024 * 1024  # per thread; DuckDB's own default is 32 MB


class Loader:
    """Turns uploads into tables."""

    def __init__(self, orders: Orders) -> None:
        self._orders = orders
        self._scratch_dir = Path(orders.scratch_dir)
        # The one file besides the database that the writer's DuckDB may open.
        self.scratch = self._scratch_dir / "upload.csv"

    def load(
        self, connect: Callable[[], Connection], path: str, table: str, reading: Reading
    ) -> dict[str, Any]:
        """Make, replace or extend `table` from the file; its ImportReport as JSON types. BadUpload,
        DoesNotFit."""
        shutil.rmtree(self._scratch_dir, ignore_errors=True)
        self._scratch_dir.mkdir(mode=0o700)
        try:
            upload = examine(Path(path), max_columns=self._orders.max_columns)
            return asdict(self._load(connect(), upload, table, reading))
        except OSError as error:
            if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
                raise StorageFull(NO_ROOM) from error
            raise
        finally:
            shutil.rmtree(self._scratch_dir, ignore_errors=True)

    def _load(
        self, connection: Connection, upload: Upload, table: str, reading: Reading
    ) -> ImportReport:
        for source in self._quick_sources(upload):
            # Strict: whatever DuckDB stumbles over, the rewrite finds, counts and explains.
            try:
                return _import(connection, upload, table, source, None, reading)
            except FatalError:
                raise
            except DatabaseError:
                continue
        self.scratch.unlink(missing_ok=True)
        cleaned = rewrite(upload, self.scratch)
        source = _source(self.scratch, upload, delimiter=",")
        try:
            return _import(connection, upload, table, source, cleaned, reading)
        except (OutOfMemory, *FatalError):
            raise
        except CannotWrite as error:
            raise StorageFull(NO_ROOM) from error
        except DatabaseError as error:
            raise BadUpload(f"DuckDB could not load the rows: {_first_line(error)}") from error

    def _quick_sources(self, upload: Upload) -> Iterator[str]:
        """The upload as it stands, or a copy of its lines, when every line is a record."""
        first = upload.layout.first_line
        if upload.plain:
            if self._linked(upload.path) and not has_footer(upload, self.scratch, first_line=first):
                yield _source(self.scratch, upload, skip=first - 1)
        elif transcode(upload, self.scratch) and not has_footer(upload, self.scratch, first_line=1):
            yield _source(self.scratch, upload)

    def _linked(self, path: Path) -> bool:
        """Give DuckDB the file under a name of ours: it would take `*` and `[` for patterns."""
        try:
            self.scratch.hardlink_to(path)
        except OSError:
            return False  # on another file system
        return True


def _first_line(error: Exception) -> str:
    return str(error).split("\n", 1)[0][:200]


def _import(
    connection: Connection,
    upload: Upload,
    table: str,
    source: str,
    cleaned: Cleaned | None,
    reading: Reading,
) -> ImportReport:
    """`cleaned` None: DuckDB reads the upload itself, and every record is a row."""
    found, columns = type_columns(connection, source, upload, reading)
    cleaned = cleaned or Cleaned(kept=found.rows)
    if found.rows != cleaned.kept:
        raise BadUpload(
            f"{cleaned.kept:,} rows were prepared but {found.rows:,} arrived; nothing was imported."
        )
    remarks: tuple[str, ...] = ()
    if reading.append:
        remarks = append_rows(connection, table, source, columns, found)
    else:
        replace_table(connection, table, source, columns, found)
    report = _report(table, upload, cleaned, columns)
    return replace(report, notes=(*report.notes, *remarks))


def _source(path: Path, upload: Upload, *, skip: int = 0, delimiter: str = "") -> str:
    """The file as text columns c0, c1 … Strict: a fault is an error, never a guess."""
    columns = ", ".join(f"'c{index}': 'VARCHAR'" for index in range(upload.layout.width))
    delimiter = delimiter or upload.layout.dialect.delimiter
    return (
        f"read_csv({quote_text(str(path))}, auto_detect=false, header=false, skip={skip}, "
        f"""delim={quote_text(delimiter)}, quote='"', escape='"', comment='', new_line='\\n', """
        f"nullstr='', strict_mode=true, buffer_size={BUFFER_BYTES}, columns={{{columns}}})"
    )


def _report(
    table: str, upload: Upload, cleaned: Cleaned, columns: Sequence[TableColumn]
) -> ImportReport:
    remarks = notes(upload, cleaned) + tuple(n for c in columns for n in c.typing.notes)
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
