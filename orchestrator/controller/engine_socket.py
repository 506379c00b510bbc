"""Notice that the engine has made its socket anew: the one mounted here is then a dead one.

An engine that restarts removes its socket file and makes another. Our container keeps the removed
file mounted and would be refused for ever; started anew, it gets the new one.
"""

from __future__ import annotations

import asyncio
import logging
from pathlib import Path

log = logging.getLogger(__name__)


async def stop_when_replaced(path: Path, stop: asyncio.Event) -> None:
    """One look: set `stop` when the file at `path` has no name on the host any more."""
    if not stop.is_set() and _nameless(path):
        log.warning("the engine made a new socket; the controller starts anew to get it")
        stop.set()


def _nameless(path: Path) -> bool:
    try:
        return path.stat().st_nlink == 0
    except OSError:
        return False  # not there at all: an engine that is down, outside a container
