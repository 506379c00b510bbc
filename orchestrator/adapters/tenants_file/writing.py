"""Replaces tenants.yaml: one editor at a time, atomically, and only if nobody else changed it."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from orchestrator.adapters.atomic_file import open_directory, write_atomic
from orchestrator.adapters.tenants_file.reading import (
    Source,
    Unreadable,
    decode,
    read_bytes,
    read_source,
)
from orchestrator.errors import FleetInvalid, Refused

LOCK_WAIT_S = 5.0  # another editor needs milliseconds
LOCK_RETRY_S = 0.02


def rewrite(path: Path, change: Callable[[str], str]) -> None:
    """Put `change(text)` in place of the file's text, unless it is the same. Links are followed.

    Refused, and nothing is written, when the file cannot be read or written, when another editor
    holds it, or when it was changed in between.
    """
    try:
        real = path.resolve(strict=True)
        with open_directory(real.parent) as directory, _locked(directory):
            source = read_source(real)
            content = source.encoded(change(source.text))
            decode(content)
            if content != source.content:
                _refuse_if_changed(real, source)
                _replace(directory, real.name, content)
    except Unreadable as error:
        raise FleetInvalid(
            "tenants.yaml cannot be edited", (str(error.problem),), mend=error.problem.mend
        ) from None
    except OSError as error:
        raise _not_written(path, error) from error


@contextmanager
def _locked(directory: int) -> Iterator[None]:
    """Hold the directory, which every editor of ours does; a file would be replaced under us."""
    deadline = time.monotonic() + LOCK_WAIT_S
    while True:
        try:
            fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() > deadline:
                mend = "try again when it is done"
                raise Refused("another command is editing tenants.yaml", mend=mend) from None
            time.sleep(LOCK_RETRY_S)
        else:
            break
    yield  # closing the directory gives it free


def _refuse_if_changed(path: Path, source: Source) -> None:
    if read_bytes(path) != source.content:
        message = "tenants.yaml was changed by somebody else at the same moment"
        raise Refused(message, mend="look at it, and try again")


def _replace(directory: int, name: str, content: bytes) -> None:
    was = os.stat(name, dir_fd=directory)
    mode = was.st_mode & 0o7777
    write_atomic(directory, name, content, mode=mode, owner=was.st_uid, group=was.st_gid)


def _not_written(path: Path, error: OSError) -> Refused:
    if isinstance(error, FileNotFoundError):
        return Refused(f"there is no file {path}", mend="create it, or set its path right")
    reason = error.strerror or str(error)
    mend = "check rights and disk; in a container its directory must be mounted, not the file alone"
    return Refused(f"{path} cannot be replaced: {reason}", mend=mend)
