"""Ask the real engine, with real workers, beside a fake endpoint on loopback."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from data_agent.engine.engine import WorkerEngine
from data_agent.engine.settings import EngineSettings
from data_agent.llm.asker import ModelAsker
from data_agent.llm.settings import LlmSettings

from tests.support.fake_llm import FakeLlm, Reply

KEY = "an-operator-key-of-no-known-prefix"
SALES = (
    "city,amount,day\nCologne,10.50,2024-01-05\nBerlin,20.25,2024-02-07\nCologne,4.25,2024-02-09\n"
)
VAGUE = "where do things go best?"  # the grammar declines it
CLEAR = "total amount"  # the grammar is sure
PLAN = {
    "table": "sales",
    "measure": {"function": "sum", "column": "amount"},
    "group": {"column": "city", "bucket": None},
}
GOOD = json.dumps({"plan": PLAN, "reading": "total amount by city"})
SQL = 'SELECT city, max(amount) AS best FROM "sales" GROUP BY city ORDER BY 2 DESC'
GOOD_SQL = json.dumps({"sql": SQL, "reading": "the largest sale of each city"})
WRONG_SQL = json.dumps({"sql": "SELECT amonut FROM sales"})

Scenario = Callable[[WorkerEngine, FakeLlm], Awaitable[None]]


def ask_with(
    directory: Path, replies: list[Reply], scenario: Scenario, *, text: str = SALES, **changes: Any
) -> None:
    """Run the scenario against an engine with this table `sales` and an endpoint that replies so.
    `changes`: of LlmSettings, and of FakeLlm by the prefix `fake_`."""

    async def all_of_it() -> None:
        fake_changes = {k[5:]: changes.pop(k) for k in list(changes) if k.startswith("fake_")}
        async with FakeLlm(replies, **fake_changes) as fake:
            engine = WorkerEngine(
                EngineSettings(data_dir=directory), ModelAsker(settings(directory, fake, changes))
            )
            try:
                async with asyncio.timeout(60):
                    await load(engine, directory, text)
                    await scenario(engine, fake)
            finally:
                await engine.close()

    asyncio.run(all_of_it())


def settings(directory: Path, fake: FakeLlm, changes: dict[str, Any]) -> LlmSettings:
    key = directory / "key"
    key.write_text(KEY + "\n")
    base = {
        "base_url": "" if "gateway" in changes else fake.url,
        "model": "a-model",
        "key_file": key,
        "token_file": key,
        "deadline_s": 20.0,
        "backoff_s": 0.02,
    }
    if "gateway" in changes:
        changes["gateway"] = fake.url
    return LlmSettings(**{**base, **changes})


async def load(engine: WorkerEngine, directory: Path, text: str, table: str = "sales") -> None:
    upload = directory / "upload.csv"
    upload.write_text(text, "utf-8")
    await engine.import_file(upload, filename="sales.csv", table=table)
