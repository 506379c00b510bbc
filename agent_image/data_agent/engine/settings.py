"""How much the data engine may use. Made once, by the web process, from its environment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

MIB = 1024 * 1024
ANSWER_ROWS = 1000  # that are read for one answer to a question
EXPORT_DEADLINE_S = 300.0  # a million rows of twelve columns take a core about fifteen
EXPORT_BYTES = 512 * MIB


@dataclass(frozen=True)
class EngineSettings:
    """Limits of one customer's engine. Bytes and seconds throughout.

    The defaults fit the smallest tier: a container of 384 MiB in which the web process needs
    about 60.
    """

    data_dir: Path
    memory_limit_bytes: int = 320 * MIB  # of all worker processes together
    threads: int = 2
    writer_threads: int | None = 2  # of an import; None: by the cores there are when it begins
    readers: int = 2  # questions that run at the same time, one process each
    queue_length: int = 64  # questions that may wait for a reader
    queue_deadline_s: float = 30.0
    query_deadline_s: float = 30.0
    import_deadline_s: float = 600.0
    idle_s: float = 10.0  # a reader that nobody asked for so long is ended
    quota_bytes: int = 1024 * MIB
    full_at: float = 0.85  # of quota and of the disk; above it nothing is written
    max_file_bytes: int = 512 * MIB
    max_columns: int = 1000
    max_result_bytes: int = 8 * MIB
    export_deadline_s: float = EXPORT_DEADLINE_S  # until it is complete; to send it may take longer
    max_export_bytes: int = EXPORT_BYTES  # of one file, where there is so much room
    beside_from_bytes: int = MIB  # a smaller upload is imported in place: that is over at once

    @property
    def database(self) -> Path:
        return self.data_dir / "entries.duckdb"

    @property
    def scratch_dir(self) -> Path:
        """Files of a running import; emptied at the start of each."""
        return self.data_dir / ".scratch"

    @property
    def prepared_dir(self) -> Path:
        """The copy in which an import is prepared while questions go on; emptied at each start."""
        return self.data_dir / ".prepared"

    @property
    def readers_beside(self) -> int:
        """Questions that run at the same time while an import is prepared beside them."""
        return self.readers // 2

    @property
    def reader_memory_bytes(self) -> int:
        """What one reader process may use, all in."""
        return self.memory_limit_bytes // self.readers

    @property
    def writer_memory_bytes(self) -> int:
        """What the writer may use, all in: it runs alone."""
        return self.memory_limit_bytes

    @property
    def preparer_memory_bytes(self) -> int:
        """What a writer beside readers may use, all in."""
        return self.memory_limit_bytes - self.readers_beside * self.reader_memory_bytes
