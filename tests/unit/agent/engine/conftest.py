"""No test of the engine may leave a worker process behind."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from tests.unit.agent.engine.running import children


@pytest.fixture(autouse=True)
def _no_worker_is_left() -> Iterator[None]:
    of_others = set(children(os.getpid()))
    yield
    assert not set(children(os.getpid())) - of_others
