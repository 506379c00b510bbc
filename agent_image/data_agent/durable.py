"""Small JSON documents that survive kill -9, a full disk and a damaged copy.

Writes are synchronous on purpose: the documents are few and small, and memory and disk change
in one step that nothing can interrupt.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Generic, TypeVar

from data_agent.errors import FilesDamaged, StorageFull

T = TypeVar("T")
Json = dict[str, Any]


class DurableJson(Generic[T]):
    """One document, its generation number, and the copy of the last good one beside it.

    `decode` raises ValueError, KeyError, TypeError or AttributeError for what it cannot
    understand; such a document counts as damaged.
    """

    def __init__(
        self, path: Path, encode: Callable[[T], Mapping[str, Any]], decode: Callable[[Json], T]
    ) -> None:
        self.path = path
        self.backup = path.with_name(path.name + ".bak")
        self._encode = encode
        self._decode = decode
        self._generation = 0

    def load(self) -> T | None:
        """The document, from the backup when the first copy is damaged or gone; None if both
        never existed. FilesDamaged when there is something, but nothing readable."""
        found = False
        for path in (self.path, self.backup):
            try:
                raw = path.read_bytes()
            except FileNotFoundError:
                continue
            except OSError:  # it is there, which is not the same as never having been
                found = True
                continue
            found = True
            with contextlib.suppress(ValueError, KeyError, TypeError, AttributeError):
                return self._accept(path, raw)
        if found:
            raise FilesDamaged(
                f"Neither {self.path} nor {self.backup} can be read as it should be. "
                "Put back a good copy from a backup, then restart the agent."
            )
        return None

    def save(self, value: T) -> None:
        """Write the document and its copy; when this returns, it is on the disk. StorageFull."""
        self._generation += 1
        document = {"version": 1, "generation": self._generation, **self._encode(value)}
        raw = json.dumps(document, ensure_ascii=False, indent=1).encode()
        write_atomically(self.path, raw)
        with contextlib.suppress(StorageFull):  # it is on the disk; only the spare copy is old
            write_atomically(self.backup, raw)

    def _accept(self, path: Path, raw: bytes) -> T:
        document = json.loads(raw)
        value = self._decode(document)
        self._generation = int(document.get("generation", 0))
        if path == self.backup:
            with contextlib.suppress(
                StorageFull, OSError
            ):  # read is read: a full disk is for later
                self._repair(raw)
        return value

    def _repair(self, raw: bytes) -> None:
        if self.path.exists():
            # Keep what was damaged: somebody may still want to look at it.
            self.path.replace(f"{self.path}.damaged-{int(time.time())}")
        write_atomically(self.path, raw)


def write_atomically(path: Path, raw: bytes, *, mode: int = 0o600) -> None:
    """Replace the file by these bytes, all or nothing, on the disk when it returns. StorageFull."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}.tmp")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(descriptor, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
        sync_directory(path.parent)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise StorageFull(
            f"{path.name} could not be written ({error.strerror}). Delete a file to make room."
        ) from error


def sync_directory(path: Path) -> None:
    """Make renames and deletions in this directory outlive a power cut."""
    descriptor = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_leftovers(directory: Path) -> None:
    """Delete temporary files that a kill -9 left behind."""
    for path in directory.glob(".*.tmp"):
        path.unlink(missing_ok=True)
