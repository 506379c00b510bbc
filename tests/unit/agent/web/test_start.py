"""What an agent imports before it is ready: each module there is waited for at every start."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

AGENT_IMAGE = Path(__file__).parents[4] / "agent_image"
READY = """
import asyncio, json, sys
from pathlib import Path
import data_agent.serve
from data_agent.engine.engine import WorkerEngine
from data_agent.people.hashing import HashCost
from data_agent.settings import Settings
from data_agent.web.app import build_app
from data_agent.web.services import make_services

async def main():
    settings = Settings(data_dir=Path(sys.argv[1]), hash_cost=HashCost(memory_kib=64, time=1))
    services = make_services(settings, WorkerEngine(data_agent.serve.engine_settings(settings)))
    await services.open()
    app, said = build_app(services), []
    scope = {"type": "http", "method": "GET", "path": "/readyz", "raw_path": b"/readyz",
             "query_string": b"", "headers": [], "scheme": "http", "root_path": "",
             "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1), "http_version": "1.1"}
    async def send(message): said.append(message)
    await app(scope, lambda: asyncio.sleep(60), send)
    print(json.dumps([said[0]["status"], sorted(sys.modules)]))

asyncio.run(main())
"""
LATER = (
    "data_agent.asking.complete",
    "data_agent.asking.plan",
    "data_agent.importing.decide",
    "data_agent.insights.cards",
    "data_agent.llm.dialogue",
    "data_agent.llm.wire.http",
    "data_agent.web.api",
    "data_agent.web.pages",
    "jinja2",
    "zoneinfo",
)


def test_the_first_answer_waits_for_nothing_that_it_does_not_need(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", READY, str(tmp_path)],
        cwd=AGENT_IMAGE,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    status, modules = json.loads(done.stdout.splitlines()[-1])
    assert status == 200
    assert [name for name in LATER if name in modules] == []
