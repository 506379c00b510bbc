"""Settings of a platform that the host scripts start, and whose traces they remove again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.docker_cli import docker
from tests.support.shell import TOP, run
from tests.support.stack_site import claim, claim_pool, settings


@pytest.fixture
def site(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of bin/ for a platform of its own; its customers are `customers`."""
    found = settings(tmp_path) | {"KEEP_IMAGES": "1", "YES": "1"}
    project = found["COMPOSE_PROJECT_NAME"]
    found["SUBNET_POOL"] = str(claim_pool(project, found["BRIDGE_PREFIX"]))
    Path(found["CONFIG_DIR"]).mkdir()
    yield found
    run(str(TOP / "bin/down"), "--remove", timeout=120, **found)
    docker("network", "rm", claim(project))
