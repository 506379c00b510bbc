"""The controller ends when the engine's socket was replaced, so that it starts with the new one."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.controller.engine_socket import stop_when_replaced


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Path]:
    """A path that leads to the file and not to its name, as a mounted file's does."""
    (tmp_path / "docker.sock").write_text("")
    descriptor = os.open(tmp_path / "docker.sock", os.O_RDONLY)
    yield Path(f"/proc/self/fd/{descriptor}")
    os.close(descriptor)


def stopped(path: Path) -> bool:
    stop = asyncio.Event()
    asyncio.run(stop_when_replaced(path, stop))
    return stop.is_set()


def test_a_replaced_socket_ends_the_controller(tmp_path: Path, mounted: Path) -> None:
    (tmp_path / "new").write_text("")
    (tmp_path / "new").replace(tmp_path / "docker.sock")
    assert stopped(mounted)


def test_a_socket_that_stays_does_not(mounted: Path) -> None:
    assert not stopped(mounted)


def test_a_socket_that_is_not_there_does_not(tmp_path: Path) -> None:
    assert not stopped(tmp_path / "none")
