"""A world of its own for each test file: instance id, subnet pool and bridges of no one else."""

from __future__ import annotations

import os
import secrets
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.adapters.small_world import BASE_IMAGE, IMAGE, World, docker

HERE = Path(__file__).parent


@pytest.fixture(scope="session")
def agent_image(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A small image whose process answers /readyz."""
    context = tmp_path_factory.mktemp("image")
    shutil.copy(HERE / "fake_agent.py", context)
    (context / "Dockerfile").write_text(
        f"FROM {BASE_IMAGE}\nCOPY fake_agent.py /\n"
        'HEALTHCHECK CMD ["python3", "-c", "pass"]\nCMD ["python3", "-u", "/fake_agent.py"]\n'
    )
    docker("build", "--quiet", "--tag", IMAGE, str(context), timeout=300)
    yield IMAGE
    docker("image", "rm", "--force", IMAGE, check=False)


@pytest.fixture(scope="module")
def world(agent_image: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Everything that a test makes in it is removed by label, whatever happens."""
    made = World(secrets.token_hex(6), tmp_path_factory.mktemp("root"))
    try:
        yield made
    finally:
        made.remove_everything()


@pytest.fixture(autouse=True)
def _engine_answers() -> None:
    if os.geteuid() != 0:
        pytest.skip("data directories belong to uids of their own: only root can make them")
    done = subprocess.run(["docker", "version"], capture_output=True, timeout=30, check=False)
    if done.returncode != 0:
        pytest.fail("These tests need a Docker engine: run bin/engine, or leave out -m docker")
