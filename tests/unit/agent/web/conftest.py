"""Fixtures: one agent, or several after each other on the same directory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from data_agent.settings import Settings

from tests.support.agent import CHEAP, Agent, Clock, StartAgent, running
from tests.support.fake_engine import FakeEngine


@pytest.fixture
def start(tmp_path: Path) -> Iterator[StartAgent]:
    """Starts agents one after the other on the same directory, as restarts do."""
    open_agents: list[Any] = []
    clock = Clock()

    def stop() -> None:
        while open_agents:
            open_agents.pop().__exit__(None, None, None)

    def begin(engine: FakeEngine | None = None, **changes: Any) -> Agent:
        stop()
        settings = Settings(
            data_dir=tmp_path, tenant_name="Customer A", hash_cost=CHEAP, disk_bytes=10**12
        )
        context = running(replace(settings, **changes), engine or FakeEngine(), clock)
        agent = context.__enter__()
        open_agents.append(context)
        return agent

    yield begin
    stop()


@pytest.fixture
def agent(start: StartAgent) -> Agent:
    return start()
