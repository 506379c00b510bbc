"""The number that the next tenant may have, kept in a file of its own beside the ledger.

Losing the ledger alone must not give out again the number of a tenant that was purged.
"""

from __future__ import annotations

from pathlib import Path

from orchestrator.adapters.atomic_file import open_directory, read_bounded, write_atomic

LIMIT = 32  # bytes


def read(path: Path) -> int:
    """0 when it is missing or garbage: the ledger knows as well. OSError."""
    try:
        with open_directory(path.parent) as directory:
            text = read_bounded(directory, path.name, LIMIT).decode("ascii", "replace").strip()
    except FileNotFoundError:
        return 0
    return int(text) if text.isascii() and text.isdigit() else 0


def write(path: Path, value: int) -> None:
    """On the disk when this returns. OSError changes nothing."""
    with open_directory(path.parent) as directory:
        write_atomic(directory, path.name, f"{value}\n".encode(), mode=0o600)
