"""Every example of docs/agent.md is answered; the follow-ups after an answer."""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from pathlib import Path

from data_agent.engine.engine import WorkerEngine
from data_agent.engine.settings import EngineSettings
from data_agent.values import Answer, Declined

PAGE = Path(__file__).parents[4] / "docs" / "agent.md"
TODAY = dt.date(2025, 10, 16)
CITIES, CHANNELS = ("Cologne", "Berlin", "Kiel"), ("Online", "Store")


def examples() -> tuple[list[str], list[str]]:
    """Questions, and follow-ups to `revenue by city`."""
    text = PAGE.read_text().split("## What can be asked")[1].split("\n## ")[0]
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| ")][1:]
    found = {row[1].strip(): re.findall(r"`([^`]+)`", row[2]) for row in rows}
    after = found.pop("after an answer")
    return [question for part in found.values() for question in part], after


def orders() -> str:
    lines = ["order_id,order_date,customer_id,city,channel,quantity,price,revenue"]
    for n in range(150):
        day = dt.date(2024, 7, 1) + dt.timedelta(days=n * 3)
        quantity, price = n % 9 + 1, n % 7 + 2
        channel = CHANNELS[n % 2] if n % 11 else ""
        named = f"{n},{day},{n % 12 + 1},{CITIES[n % 3]},{channel}"
        lines.append(f"{named},{quantity},{price},{quantity * price}")
    return "\n".join(lines) + "\n"


def customers() -> str:
    return "id,country\n" + "".join(f"{n},{('Germany', 'Spain')[n % 2]}\n" for n in range(1, 15))


async def ask_them(directory: Path) -> list[tuple[str, Answer | Declined]]:
    settings = EngineSettings(data_dir=directory, idle_s=60, readers=1)
    engine = WorkerEngine(settings, today=lambda: TODAY)
    try:
        for name, text in (("orders", orders()), ("customers", customers())):
            upload = directory / f"{name}.csv"
            upload.write_text(text)
            await engine.import_file(upload, filename=upload.name, table=name)
        questions, after = examples()
        found = [(question, await engine.ask(question)) for question in questions]
        first = await engine.ask("revenue by city")
        assert isinstance(first, Answer)
        found += [(text, await engine.ask(text, previous=first.plan)) for text in after]
        return found
    finally:
        await engine.close()


def test_every_example_is_answered(tmp_path: Path) -> None:
    found = asyncio.run(ask_them(tmp_path))
    declined = [(text, said.reason) for text, said in found if isinstance(said, Declined)]
    assert not declined
    assert len(found) > 40
    assert all(said.sentence.endswith(".") for _, said in found if isinstance(said, Answer))
