"""These tests share a platform whose controller sees the engine through a proxy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.engine_proxy import EngineProxy
from tests.support.stack import Stack


@pytest.fixture(scope="session")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EngineProxy]:
    with EngineProxy(tmp_path_factory.mktemp("engine") / "docker.sock") as made:
        yield made


@pytest.fixture(scope="session")
def stack(
    platform_images: None, proxy: EngineProxy, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Stack]:
    """In the place of the one that the tests beside this directory share."""
    made = Stack(tmp_path_factory.mktemp("bad"), {"DOCKER_SOCKET": str(proxy.path)})
    try:
        made.prepare()
        made.start()
        yield made
    finally:
        proxy.become("pass")
        made.remove()
