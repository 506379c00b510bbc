"""DATA_ROOT/platform/snapshots: copies of tenants' data from before a swap.

    NAME               a whole copy; NAME is the tenant's id, a dot, and what tells it from others
    .early-NAME        what could be copied before the tenant stopped
    .new-… .back-ID    half a copy, that a kill left; made anew
    .aside-ID          what a failed swap wrote, taken out of the tenant's way by `restore`

Files are copied, not linked: a new image that spoils a file in place must not spoil its copy.
"""

from __future__ import annotations

import ctypes
import os
import stat
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

from orchestrator.adapters import tenant_dir
from orchestrator.adapters.atomic_file import TEMP_PREFIX, open_directory
from orchestrator.adapters.copy_tree import NONE, Earlier, copy_tree
from orchestrator.adapters.data_errors import data_errors
from orchestrator.errors import DataRootError

KEPT_S = 24 * 3600  # the last copy of a tenant; every earlier one goes at once
SPARE_BYTES = 64 * 1024 * 1024  # to be left on the disk beside the copy
EARLY, BACK, ASIDE = ".early-", ".back-", ".aside-"
SETTLED_NS = 2_000_000_000  # what was not written for so long is copied while it is in use
RENAME_EXCHANGE = 2  # renameat2(2)
_libc = ctypes.CDLL(None, use_errno=True)


class SnapshotDir:
    """Conforms to `orchestrator.ports.Snapshots`. `root` is the data root."""

    def __init__(self, root: Path) -> None:
        self._tenants = root / "tenants"
        self._directory = root / "platform" / "snapshots"

    def check_room(self, tenant: str) -> None:
        """DataRootError when the disk has no room for a copy, or that cannot be told."""
        with (
            data_errors(f"look for room for a copy of the data of {tenant}"),
            open_directory(self._tenants / tenant) as own,
        ):
            sizes = tenant_dir.sizes(own)
            free = os.statvfs(self._directory)
        available = free.f_bavail * free.f_frsize
        if sizes is None or sizes.data_bytes + SPARE_BYTES > available:
            needed = "more than can be counted" if sizes is None else f"{sizes.data_bytes} bytes"
            raise DataRootError(
                f"There is no room for a copy of the data of {tenant} ({needed}; "
                f"{available} bytes are free)",
                mend="Free some space on the disk of the data root, then apply again.",
            )

    def begin(self, tenant: str, name: str) -> None:
        """Copy what nobody writes now, so that `take` is quick. It needs no second copy's room."""
        with (
            data_errors(f"begin to copy the data of {tenant} aside"),
            open_directory(self._directory) as top,
            open_directory(self._tenants) as tenants,
        ):
            if _there(top, name):
                return
            before = time.time_ns() - SETTLED_NS
            self._copy(tenants, tenant, top, EARLY + name, written_before_ns=before)

    def take(self, tenant: str, name: str) -> None:
        """Silent when there is a copy of this name already."""
        with (
            data_errors(f"copy the data of {tenant} aside"),
            open_directory(self._directory) as top,
            open_directory(self._tenants) as tenants,
        ):
            if _there(top, name):
                return
            with Earlier(top).below(EARLY + name) as earlier:
                self._copy(tenants, tenant, top, TEMP_PREFIX + name, earlier=earlier)
            os.utime(TEMP_PREFIX + name, dir_fd=top)  # its age is that of the copy
            os.rename(TEMP_PREFIX + name, name, src_dir_fd=top, dst_dir_fd=top)
            os.fsync(top)
            _remove(top, EARLY + name)

    def restore(self, tenant: str, name: str) -> None:
        """Exchange data and copy of the copy: at no moment is there no data. Silent for none."""
        with (
            data_errors(f"give {tenant} its data from before back"),
            open_directory(self._directory) as top,
            open_directory(self._tenants) as tenants,
        ):
            if not _there(top, name):
                return
            self._copy(top, name, top, BACK + tenant)
            if _there(tenants, tenant):
                _exchange(top, BACK + tenant, tenants, tenant)
            else:
                os.rename(BACK + tenant, tenant, src_dir_fd=top, dst_dir_fd=tenants)
            os.fsync(tenants)
            if _there(top, BACK + tenant):
                _remove(top, ASIDE + tenant)
                os.utime(BACK + tenant, dir_fd=top)
                os.rename(BACK + tenant, ASIDE + tenant, src_dir_fd=top, dst_dir_fd=top)
            os.fsync(top)

    def prune(self, kept: Collection[str]) -> None:
        """Remove what is old, and all but each tenant's last copy; never one of `kept`."""
        with data_errors("remove old copies of data"), open_directory(self._directory) as top:
            ages = {
                name: os.stat(name, dir_fd=top, follow_symlinks=False).st_mtime
                for name in tenant_dir.entry_names(top)
            }
            last = {_tenant_of(name): name for name in sorted(ages, key=lambda name: ages[name])}
            for name, written_at in ages.items():
                old = time.time() - written_at > KEPT_S
                if name not in kept and (old or last[_tenant_of(name)] != name):
                    _remove(top, name)

    @staticmethod
    def _copy(
        source: int,
        old: str,
        target: int,
        new: str,
        *,
        earlier: Earlier = NONE,
        written_before_ns: int | None = None,
    ) -> None:
        _remove(target, new)
        os.mkdir(new, 0o700, dir_fd=target)
        with open_directory(old, source) as first, open_directory(new, target) as second:
            copy_tree(first, second, earlier=earlier, written_before_ns=written_before_ns)


def _tenant_of(name: str) -> str:
    """Of a copy; of anything else a word of its own."""
    return name if name.startswith(".") else name.rpartition(".")[0]


def names_of(directory: int, tenant: str) -> list[str]:
    """Everything in the open directory of snapshots that is of this tenant."""
    return [
        name
        for name in tenant_dir.entry_names(directory)
        if _tenant_of(name.removeprefix(TEMP_PREFIX).removeprefix(EARLY)) == tenant
        or name in (BACK + tenant, ASIDE + tenant)
    ]


def _remove(parent: int, name: str) -> None:
    if _there(parent, name):
        tenant_dir.remove_tree(parent, name)


def _there(parent: int, name: str) -> bool:
    with suppress(FileNotFoundError):
        return stat.S_ISDIR(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode)
    return False


def _exchange(parent: int, name: str, other_parent: int, other: str) -> None:
    """renameat2(2) with RENAME_EXCHANGE: both names are there all the time."""
    done = _libc.renameat2(
        parent, os.fsencode(name), other_parent, os.fsencode(other), RENAME_EXCHANGE
    )
    if done != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), name)
