"""Reading, owning and removing what stands in a tenant's directory.

The tenant owns it and may have put anything there: links, pipes, huge files, trees without an end.
So everything is opened without following links, is bounded, and goes by open directories.
"""

from __future__ import annotations

import json
import os
import secrets
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass

from orchestrator.adapters.atomic_file import open_directory, read_bounded

CARD = "tenant.json"
CARD_LIMIT = 16_384  # bytes; written by us with about 200
USERS = ("users.json", "users.json.bak")  # the agent's file and its copy
USERS_LIMIT = 4 * 1024 * 1024  # bytes; 400 a user, and the largest tier has some hundreds
PASSWORD = "initial-admin-password"  # noqa: S105  the name of a file
PASSWORD_LIMIT = 256
MAX_ENTRIES = 100_000
MAX_DEPTH = 32
BLOCK = 512  # unit of st_blocks (stat(2))


class TooMuch(OSError):
    """More entries or levels than are looked at."""


@dataclass(frozen=True)
class Sizes:
    """What a tenant's directory holds, in bytes on the disk and files."""

    data_bytes: int
    csv_files: int


def read_card(directory: int) -> Mapping[str, object]:
    """tenant.json; empty when it is missing or unreadable."""
    return _read_json(directory, CARD, CARD_LIMIT)


def count_users(directory: int) -> int | None:
    """How many users the agent has; None while it has none or its file cannot be read."""
    for name in USERS:
        users = _read_json(directory, name, USERS_LIMIT).get("users")
        if isinstance(users, list):
            return len(users)
    return None


def first_password(directory: int) -> str | None:
    """The first admin password; None when the agent removed it, or wrote none yet."""
    try:
        text = read_bounded(directory, PASSWORD, PASSWORD_LIMIT).decode().strip()
    except (OSError, UnicodeDecodeError):
        return None
    return text if text and text.isascii() and text.isprintable() else None


def sizes(directory: int) -> Sizes | None:
    """Bytes and CSV files; None when there is more than can be counted in bounded time."""
    total = csv_files = 0
    try:
        for parent, entry in _walk(directory):
            with suppress(FileNotFoundError):  # an agent at work takes files away as we look
                total += entry.stat(follow_symlinks=False).st_blocks * BLOCK
                if parent == ("files",) and entry.name.endswith(".csv") and _is_file(entry):
                    csv_files += 1
    except TooMuch:
        return None
    return Sizes(total, csv_files)


def own_tree(directory: int, uid: int) -> None:
    """Give the directory and all in it to `uid`. The top last: done is when that is done."""
    if os.fstat(directory).st_uid == uid:
        return
    for inside, name in _walk_open(directory):
        os.chown(name, uid, uid, dir_fd=inside, follow_symlinks=False)
    os.fchown(directory, uid, uid)


def remove_tree(parent: int, name: str) -> None:
    """Remove a directory of any depth: each level's directories are moved up to the top."""
    with open_directory(name, parent) as top:
        while found := entry_names(top):
            for entry in found:
                if not _is_directory(top, entry):
                    os.unlink(entry, dir_fd=top)
                    continue
                _empty_into(top, entry)
                os.rmdir(entry, dir_fd=top)
    os.rmdir(name, dir_fd=parent)


def entry_names(directory: int) -> list[str]:
    """What an open directory holds."""
    with os.scandir(directory) as entries:
        return [entry.name for entry in entries]


def _empty_into(top: int, name: str) -> None:
    with open_directory(name, top) as inside:
        for entry in entry_names(inside):
            if _is_directory(inside, entry):
                unique = f".purge-{secrets.token_hex(8)}"
                os.rename(entry, unique, src_dir_fd=inside, dst_dir_fd=top)
            else:
                os.unlink(entry, dir_fd=inside)


def _walk(directory: int) -> Iterator[tuple[tuple[str, ...], os.DirEntry[str]]]:
    """Every entry below, with the names of the directories above it. TooMuch, OSError."""
    for count, (path, _, entry) in enumerate(_levels(directory, ())):
        if count >= MAX_ENTRIES:
            raise TooMuch(f"more than {MAX_ENTRIES} files")
        yield path, entry


def _walk_open(directory: int) -> Iterator[tuple[int, str]]:
    """Every entry below, with the open directory that it stands in."""
    for _, inside, entry in _levels(directory, ()):
        yield inside, entry.name


def _levels(
    directory: int, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], int, os.DirEntry[str]]]:
    if len(path) > MAX_DEPTH:
        raise TooMuch(f"directories more than {MAX_DEPTH} deep")
    with os.scandir(directory) as entries:
        for entry in entries:
            yield path, directory, entry
            if entry.is_dir(follow_symlinks=False):
                # It may change as we look.
                with (
                    suppress(FileNotFoundError, NotADirectoryError),
                    open_directory(entry.name, directory) as inside,
                ):
                    yield from _levels(inside, (*path, entry.name))


def _read_json(directory: int, name: str, limit: int) -> Mapping[str, object]:
    try:
        found = json.loads(read_bounded(directory, name, limit))
    except (OSError, ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _is_file(entry: os.DirEntry[str]) -> bool:
    return entry.is_file(follow_symlinks=False)


def _is_directory(directory: int, name: str) -> bool:
    return stat.S_ISDIR(os.stat(name, dir_fd=directory, follow_symlinks=False).st_mode)
