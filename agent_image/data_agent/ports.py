"""What the web process needs of the data engine. The web process never imports duckdb."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from data_agent.values import Answer, Declined, ImportReport, QueryResult, Reading, TableInfo

if TYPE_CHECKING:
    from data_agent.asking.schema import Schema

AS_FOUND = Reading()


@dataclass(frozen=True)
class Part:
    """One of the files that a table is made of; `filename` is its name for people."""

    path: Path
    filename: str
    reading: Reading = AS_FOUND


class DataEngine(Protocol):
    """The customer's tables, reached through a worker process.

    Every method may raise OverDeadline, WorkerDied or StorageFull (see errors.py). A call that is
    cancelled kills the work behind it.
    """

    async def import_file(
        self, path: Path, *, filename: str, table: str, reading: Reading = AS_FOUND
    ) -> ImportReport:
        """Make, replace or (`reading.append`) extend `table` from the staged upload at `path`; all
        or nothing. BadUpload, DoesNotFit."""

    async def rebuild(self, table: str, parts: Sequence[Part]) -> tuple[ImportReport, ...]:
        """Make `table` anew of these files, the rows of each below those of the one before; all or
        nothing. The reports are in their order; columns keep the spelling of their names. BadUpload
        and DoesNotFit, which name the file."""

    async def tables(self) -> tuple[TableInfo, ...]:
        """All customer tables, by name."""

    async def schema(self) -> Schema:
        """What a question can be about: tables, columns and the values that stand in them."""

    async def preview(self, table: str, *, limit: int = 50, offset: int = 0) -> QueryResult:
        """Rows of one table in stored order. NotFound."""

    async def drop_table(self, table: str) -> None:
        """Remove the table; silent when it is not there."""

    async def sql(self, statement: str, *, limit: int = 1000) -> QueryResult:
        """One guarded SELECT, at most `limit` rows. Refused, QueryFailed."""

    async def ask(
        self,
        question: str,
        *,
        previous: dict[str, object] | None = None,
        model_first: bool = False,
        tell: Callable[[str], None] = lambda _: None,
    ) -> Answer | Declined:
        """A question in words; `previous` is the plan of the answer that it follows up.

        `model_first`: a language model is to answer, where there is one, even if the grammar could.
        `tell` is called with a few words at each step that takes time.
        """

    async def run_plan(self, plan: dict[str, object]) -> Answer:
        """An answer's plan again, perhaps changed. Invalid when it does not fit the tables."""

    async def write_export(self, statement: str, path: Path, *, kind: str) -> None:
        """All rows of one guarded SELECT as a new file; `kind`: csv, json or parquet. Refused,
        QueryFailed, TooLarge; what is at `path` then is no file for anybody."""

    async def write_rejects(self, upload: Path, path: Path) -> bool:
        """Everything that importing `upload` leaves out as a new file: a JSON list of line, reason
        and text on each line. False when it was cut at the largest size of an export. BadUpload."""

    async def ready(self) -> bool:
        """The database file can be opened and read. Cheap: no worker is started for it."""

    async def close(self) -> None:
        """Checkpoint, end the workers; afterwards nobody holds the database file."""
