"""One world for all faults: it is what survives them."""

from __future__ import annotations

from collections.abc import Generator, Iterator

import pytest

from tests.faults.stage import Stage
from tests.faults.world import World
from tests.support.stack import Stack
from tests.support.stack_fixtures import platform_images  # noqa: F401


@pytest.fixture(scope="session")
def stage(
    platform_images: None,  # noqa: F811
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stage]:
    stack = Stack(tmp_path_factory.mktemp("faults"))
    world = None
    try:
        stack.prepare()
        stack.start("traefik")
        world = World(stack)
        yield Stage(world)
    finally:
        try:
            if world:
                world.close()
        finally:
            stack.remove()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What the controllers said goes under a test that failed."""
    report = yield
    found = getattr(item, "funcargs", {}).get("stage")
    if report.failed and isinstance(found, Stage):
        report.sections.append(("log of the controllers", found.world.log()))
    return report
