"""A copy of a directory that a tenant owns: owners, modes and times too; links as links."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from dataclasses import dataclass

from orchestrator.adapters.atomic_file import open_directory
from orchestrator.adapters.tenant_dir import MAX_DEPTH, TooMuch

PIECE = 64 * 1024 * 1024  # bytes that the kernel copies at a time, or shares where it can


@dataclass(frozen=True)
class Earlier:
    """An earlier copy of the same tree, made while it was in use; its files are taken over where
    they are still the same. `directory` is open; None: there is no such directory in it."""

    directory: int | None = None

    @contextmanager
    def below(self, name: str) -> Iterator[Earlier]:
        with ExitStack() as stack:
            found = None
            if self.directory is not None:
                with suppress(FileNotFoundError, NotADirectoryError):
                    found = stack.enter_context(open_directory(name, self.directory))
            yield Earlier(found)

    def give(self, name: str, wanted: os.stat_result, target: int) -> bool:
        """Move the file into `target` if nobody has written it since it was copied."""
        if self.directory is None:
            return False
        try:
            found = os.stat(name, dir_fd=self.directory, follow_symlinks=False)
        except FileNotFoundError:
            return False
        same = all(getattr(found, one) == getattr(wanted, one) for one in _SAME)
        if same:
            os.rename(name, name, src_dir_fd=self.directory, dst_dir_fd=target)
        return same


NONE = Earlier()
_SAME = ("st_mode", "st_size", "st_mtime_ns", "st_uid", "st_gid")


def copy_tree(
    source: int,
    target: int,
    *,
    earlier: Earlier = NONE,
    written_before_ns: int | None = None,
    depth: int = 0,
) -> None:
    """Everything below one open directory into another, empty one, on the disk on return.

    Pipes, sockets and devices are left out. With `written_before_ns`, a copy of what is in use: so
    are files that were written later, which includes all that may be written right now, and
    whatever vanishes meanwhile. TooMuch, OSError.
    """
    if depth > MAX_DEPTH:
        raise TooMuch(f"directories more than {MAX_DEPTH} deep")
    in_use = written_before_ns is not None
    with os.scandir(source) as entries:
        for entry in entries:
            with suppress(FileNotFoundError) if in_use else nullcontext():
                found = entry.stat(follow_symlinks=False)
                if stat.S_ISDIR(found.st_mode):
                    os.mkdir(entry.name, 0o700, dir_fd=target)
                    with (
                        open_directory(entry.name, source) as below,
                        open_directory(entry.name, target) as new,
                        earlier.below(entry.name) as old,
                    ):
                        copy_tree(
                            below,
                            new,
                            earlier=old,
                            written_before_ns=written_before_ns,
                            depth=depth + 1,
                        )
                else:
                    _copy_entry(source, target, entry.name, found, earlier, written_before_ns)
    _take_over(target, os.fstat(source))
    os.fsync(target)


def _copy_entry(
    source: int,
    target: int,
    name: str,
    found: os.stat_result,
    earlier: Earlier,
    written_before_ns: int | None,
) -> None:
    """Anything but a directory."""
    if stat.S_ISLNK(found.st_mode):
        _copy_link(source, target, name, found)
    elif not stat.S_ISREG(found.st_mode) or earlier.give(name, found, target):
        return
    elif written_before_ns is None or found.st_mtime_ns < written_before_ns:
        _copy_file(source, target, name)


def _copy_link(source: int, target: int, name: str, found: os.stat_result) -> None:
    os.symlink(os.readlink(name, dir_fd=source), name, dir_fd=target)
    os.chown(name, found.st_uid, found.st_gid, dir_fd=target, follow_symlinks=False)


def _copy_file(source: int, target: int, name: str) -> None:
    """Its time is the one from before it was read: who writes meanwhile makes it another file."""
    flags = os.O_NOFOLLOW | os.O_CLOEXEC
    reader = os.open(name, os.O_RDONLY | os.O_NONBLOCK | flags, dir_fd=source)
    try:
        found = os.fstat(reader)
        writer = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_EXCL | flags, 0o600, dir_fd=target)
        try:
            while os.copy_file_range(reader, writer, PIECE):
                pass
            _take_over(writer, found)
            os.fsync(writer)
        finally:
            os.close(writer)
    finally:
        os.close(reader)


def _take_over(copy: int, found: os.stat_result) -> None:
    os.fchown(copy, found.st_uid, found.st_gid)
    os.fchmod(copy, stat.S_IMODE(found.st_mode))
    os.utime(copy, ns=(found.st_atime_ns, found.st_mtime_ns))
