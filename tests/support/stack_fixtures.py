"""Fixtures and failure reports for tests on a whole stack; conftest files import what they need."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Generator, Iterator

import pytest

from tests.support import stack_images
from tests.support.stack import Stack
from tests.support.stack_fleet import Fleet


@pytest.fixture(scope="session")
def platform_images() -> None:
    """An engine that answers, and the platform's images."""
    if os.geteuid() != 0:
        pytest.skip("a platform's data directories belong to uids of their own: this needs root")
    done = subprocess.run(["docker", "version"], capture_output=True, timeout=30, check=False)
    if done.returncode != 0:
        pytest.fail("These tests need a Docker engine: run bin/engine, or leave out -m docker")
    stack_images.make_platform()


@pytest.fixture(scope="session")
def stack(platform_images: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """One platform for all tests of the session; each brings its own tenants (`fleet`)."""
    made = Stack(tmp_path_factory.mktemp("stack"))
    try:
        made.prepare()
        made.start()
        yield made
    finally:
        made.remove()


@pytest.fixture
def fleet(stack: Stack) -> Iterator[Fleet]:
    """This test's tenants, retired when it ends."""
    made = Fleet(stack)
    yield made
    made.clear()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item,
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What the platform said goes under a test that failed."""
    report = yield
    found = getattr(item, "funcargs", {}).get("stack")
    if report.failed and isinstance(found, Stack):
        for title, text in _last_words(found):
            report.sections.append((title, text))
    return report


def _last_words(stack: Stack) -> Iterator[tuple[str, str]]:
    status = stack.tenantctl("status", timeout=30)
    yield "tenantctl status", status.out + status.err
    yield "tenantctl events", stack.tenantctl("events", "--limit", "25", timeout=30).out
    for service in ("controller", "edge", "traefik"):
        yield f"log of {service}", stack.logs(service)
