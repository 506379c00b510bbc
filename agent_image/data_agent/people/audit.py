"""audit.jsonl: who did what and when. One line per act, appended in one write, bounded.

It holds names of users, files, tables, tokens, terms of the glossary, and addresses; never a
password, a question, a statement or a cell.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

MAX_BYTES = 1024 * 1024  # then the file is set aside, and the one set aside before is gone
LONGEST = 200  # characters of an object's name


@dataclass(frozen=True)
class Act:
    """`at` is in seconds since 1970; `what` is one of the words of web/audit.py; `on` is a file,
    user or format, where there is one."""

    at: int
    who: str
    what: str
    on: str = ""
    address: str = ""


class AuditBook:
    """Acts of one customer, kept across restarts: about the last 10,000 to 20,000."""

    def __init__(self, data_dir: Path, *, now: Callable[[], float]) -> None:
        self.path = data_dir / "audit.jsonl"
        self.older = data_dir / "audit.1.jsonl"
        self._now = now

    def add(self, who: str, what: str, *, on: str = "", address: str = "") -> None:
        """Append one act. A full disk must not stop people from deleting files: then it is lost."""
        act = Act(int(self._now()), who[:LONGEST], what, on[:LONGEST], address[:LONGEST])
        line = json.dumps(asdict(act), ensure_ascii=False) + "\n"
        with suppress(OSError):
            self._make_room()
            self._append(line.encode("utf-8", "replace"))

    def newest(self, *, who: str = "", what: str = "", skip: int = 0, most: int = 100) -> list[Act]:
        """Acts that fit, the newest first."""
        fitting = (act for act in self._all() if who in ("", act.who) and what in ("", act.what))
        return list(islice(fitting, skip, skip + most))

    def _all(self) -> Iterator[Act]:
        for path in (self.path, self.older):
            with suppress(FileNotFoundError):
                for line in reversed(path.read_bytes().splitlines()):
                    # A line that a power cut left unfinished is no act.
                    with suppress(ValueError, TypeError):
                        yield Act(**json.loads(line))

    def _append(self, raw: bytes) -> None:
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
        descriptor = os.open(self.path, flags, 0o600)
        try:
            if not _ends_with_newline(self.path):
                raw = b"\n" + raw
            os.write(descriptor, raw)
        finally:
            os.close(descriptor)

    def _make_room(self) -> None:
        with suppress(FileNotFoundError):
            if self.path.stat().st_size >= MAX_BYTES:
                self.path.replace(self.older)


def _ends_with_newline(path: Path) -> bool:
    """An unfinished last line must not swallow the next one."""
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        if size == 0:
            return True
        file.seek(size - 1)
        return file.read(1) == b"\n"
