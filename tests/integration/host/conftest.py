"""Settings of a platform that the host scripts start, and whose traces they remove again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.shell import TOP, run
from tests.support.stack_site import settings


@pytest.fixture
def site(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of bin/ for a platform of its own; its customers are `customers`."""
    found = settings(tmp_path) | {"KEEP_IMAGES": "1", "YES": "1"}
    Path(found["CONFIG_DIR"]).mkdir()
    yield found
    run(str(TOP / "bin/down"), "--remove", timeout=120, **found)
