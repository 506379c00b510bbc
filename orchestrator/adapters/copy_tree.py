"""A copy of a directory that a tenant owns: owners, modes and times too; links as links."""

from __future__ import annotations

import os
import stat

from orchestrator.adapters.atomic_file import open_directory
from orchestrator.adapters.tenant_dir import MAX_DEPTH, TooMuch

PIECE = 64 * 1024 * 1024  # bytes that the kernel copies at a time, or shares where it can


def copy_tree(source: int, target: int, depth: int = 0) -> None:
    """Everything below one open directory into another, empty one, on the disk on return.

    Pipes, sockets and devices are left out. TooMuch, OSError.
    """
    if depth > MAX_DEPTH:
        raise TooMuch(f"directories more than {MAX_DEPTH} deep")
    with os.scandir(source) as entries:
        for entry in entries:
            found = entry.stat(follow_symlinks=False)
            if stat.S_ISDIR(found.st_mode):
                os.mkdir(entry.name, 0o700, dir_fd=target)
                with (
                    open_directory(entry.name, source) as below,
                    open_directory(entry.name, target) as new,
                ):
                    copy_tree(below, new, depth + 1)
            elif stat.S_ISLNK(found.st_mode):
                os.symlink(os.readlink(entry.name, dir_fd=source), entry.name, dir_fd=target)
                os.chown(
                    entry.name, found.st_uid, found.st_gid, dir_fd=target, follow_symlinks=False
                )
            elif stat.S_ISREG(found.st_mode):
                _copy_file(source, target, entry.name)
    _take_over(target, os.fstat(source))
    os.fsync(target)


def _copy_file(source: int, target: int, name: str) -> None:
    flags = os.O_NOFOLLOW | os.O_CLOEXEC
    reader = os.open(name, os.O_RDONLY | os.O_NONBLOCK | flags, dir_fd=source)
    try:
        writer = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | flags, 0o600, dir_fd=target)
        try:
            while os.copy_file_range(reader, writer, PIECE):
                pass
            _take_over(writer, os.fstat(reader))
            os.fsync(writer)
        finally:
            os.close(writer)
    finally:
        os.close(reader)


def _take_over(copy: int, found: os.stat_result) -> None:
    os.fchown(copy, found.st_uid, found.st_gid)
    os.fchmod(copy, stat.S_IMODE(found.st_mode))
    os.utime(copy, ns=(found.st_atime_ns, found.st_mtime_ns))
