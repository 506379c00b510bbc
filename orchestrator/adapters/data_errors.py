"""Where the operating system's errors about the data root stop."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from orchestrator.errors import DataRootError

MENDS: Mapping[int, str] = {
    errno.ENOSPC: "The disk is full: free some space; nothing half-written was left behind.",
    errno.EDQUOT: "The quota is used up: raise it or free some space.",
    errno.EROFS: "The file system is mounted read-only: look into the kernel's log for why.",
    errno.EACCES: "The controller must run as root and own the data root.",
    errno.EPERM: "The controller must run as root and own the data root.",
    errno.ELOOP: "A link stands where a directory or file must be: remove it.",
    errno.ENOTDIR: "Something else stands where a directory must be: move it away.",
    errno.ENOENT: "Restart the controller: it sets the data root up again.",
}


@contextmanager
def data_errors(doing: str) -> Iterator[None]:
    """Turn an OSError into a DataRootError. `doing` is the act in words."""
    try:
        yield
    except OSError as error:
        why = error.strerror or str(error)
        where = f" ({error.filename})" if error.filename else ""
        raise DataRootError(
            f"Cannot {doing}: {why}{where}", mend=MENDS.get(error.errno or 0, "")
        ) from error
