"""Files that are old or new, never half: after a kill, a full disk or a power failure.

All names are relative to an open directory, so that no path is walked twice and a link in the last
part is never followed.
"""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

TEMP_PREFIX = ".new-"


@contextmanager
def open_directory(path: str | Path, parent: int | None = None) -> Iterator[int]:
    """A descriptor of a directory that is not a link. OSError."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(path, flags, dir_fd=parent)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def write_atomic(
    directory: int,
    name: str,
    content: bytes,
    *,
    mode: int,
    owner: int | None = None,
    group: int | None = None,
    temp_directory: int | None = None,
) -> None:
    """Put `content` under `name`, whole, on the disk when this returns. OSError changes nothing.

    `temp_directory`, on the same file system, is where the temporary file stands meanwhile, for
    directories that somebody watches. `owner` is a uid, and the group of the same number unless
    `group` is given.
    """
    beside = directory if temp_directory is None else temp_directory
    temp = TEMP_PREFIX + secrets.token_hex(8)
    owners = None if owner is None else (owner, owner if group is None else group)
    try:
        _write_new(beside, temp, content, mode, owners)
        os.replace(temp, name, src_dir_fd=beside, dst_dir_fd=directory)
    except BaseException:
        with suppress(OSError):
            os.unlink(temp, dir_fd=beside)
        raise
    os.fsync(directory)


def read_bounded(directory: int, name: str, limit: int) -> bytes:
    """The content of a plain file of at most `limit` bytes.

    FileNotFoundError; OSError as well for a link, a pipe, a device or a larger file: whoever owns
    the directory may have put anything there, and none of it may hang the reader.
    """
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
    descriptor = os.open(name, flags, dir_fd=directory)
    try:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(f"{name} is not a plain file")
        content = b""
        while piece := os.read(descriptor, limit + 1 - len(content)):
            content += piece
            if len(content) > limit:
                raise OSError(f"{name} has more than {limit} bytes")
        return content
    finally:
        os.close(descriptor)


def _write_new(
    directory: int, name: str, content: bytes, mode: int, owners: tuple[int, int] | None
) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(name, flags, 0o600, dir_fd=directory)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fchmod(descriptor, mode)
        if owners is not None:
            os.fchown(descriptor, *owners)
        os.fsync(descriptor)
