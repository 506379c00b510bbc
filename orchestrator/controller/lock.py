"""Only one controller per data root: a second one refuses to start."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from orchestrator.errors import Refused


def take(platform_dir: Path) -> int:
    """Hold the lock until the process ends (the kernel gives it back then). Refused."""
    platform_dir.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(platform_dir / "controller.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        os.close(descriptor)
        raise Refused(
            f"another controller works on {platform_dir.parent}",
            mend="Stop that one first, or give this one a data root of its own.",
        ) from error
    return descriptor
