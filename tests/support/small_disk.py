"""A disk of a few megabytes in the place of a directory. Needs root."""

from __future__ import annotations

import subprocess
from contextlib import suppress
from pathlib import Path

BOUND_S = 30


def mount(directory: Path, mebibytes: int) -> None:
    """From now on it is this small, with what was in it."""
    found = directory.stat()
    content = _run("tar", "-C", str(directory), "-c", ".")
    owner = f"mode={found.st_mode & 0o7777:o},uid={found.st_uid},gid={found.st_gid}"
    _run("mount", "-t", "tmpfs", "-o", f"size={mebibytes}m,{owner}", "tmpfs", str(directory))
    _run("tar", "-C", str(directory), "-xp", given=content)


def unmount(directory: Path) -> None:
    """What was there before is there again; what was written since is gone."""
    _run("umount", str(directory))


def fill(path: Path) -> None:
    """Write a file until nothing more fits."""
    for size in (1 << 20, 1 << 12, 1):
        with suppress(OSError), path.open("ab", buffering=0) as file:
            while file.write(b"x" * size) == size:
                pass


def _run(*words: str, given: bytes | None = None) -> bytes:
    done = subprocess.run(words, input=given, capture_output=True, timeout=BOUND_S, check=False)
    assert done.returncode == 0, f"{words}: {done.stderr.decode()}"
    return done.stdout
