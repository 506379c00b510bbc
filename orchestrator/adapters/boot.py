"""Which boot of the host this is."""

from __future__ import annotations

from pathlib import Path

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")  # proc(5): the host's, in containers as well


def boot_id() -> str:
    """Another text after each boot of the host."""
    return BOOT_ID.read_text("ascii").strip()
