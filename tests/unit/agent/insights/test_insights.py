"""Cards over real tables: the numbers in them are those of the table, and their SQL gives them."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import pytest
from data_agent.engine.engine import WorkerEngine
from data_agent.engine.settings import EngineSettings
from data_agent.insights.cards import Card
from data_agent.people.values import User
from data_agent.web.insights import Insights
from data_agent.web.library import Library

ANN = User("ann", "user", "", must_change_password=False, created_at=0)


def glance(folder: Path, text: str, *, again: str = "") -> dict[str, Card]:
    """The cards of a table made from this text, by title; every SQL of theirs runs."""

    async def scenario() -> dict[str, Card]:
        engine = WorkerEngine(EngineSettings(data_dir=folder))
        library = Library(folder, engine, limit=None, now=lambda: 1.8e9)
        library.load()
        insights = Insights(engine, library)
        try:
            async with asyncio.timeout(60):
                for content in filter(None, (text, again)):
                    staged = library.shelf.new_incoming()
                    staged.write_text(content)
                    await library.add(staged, "sales.csv", user=ANN)
                    made = await insights.of("sales")
                assert await insights.of("sales") is made, "worked out once per version"
                for card in made:
                    if card.sql:
                        assert (await engine.sql(card.sql)).rows
                return {card.title: card for card in made}
        finally:
            await engine.close()

    return asyncio.run(scenario())


def sales(rows: int = 240) -> str:
    chance = random.Random(3)
    cities = ["Köln"] * 6 + ["Bonn"] * 2 + ["Ulm", "Hamm", "Soest", "Werl"]
    lines = ["order id,day,city,amount,remark"]
    for n in range(rows):
        day = f"2024-{n * 12 // rows + 1:02}-{n % 28 + 1:02}"
        remark = "ok" if n % 4 else ""
        amount = 99_999 if n == 7 else chance.randrange(500, 1500) / 100
        lines.append(f"{n},{day},{cities[n % 12]},{amount:.2f},{remark}")
    return "\n".join([*lines, lines[-1], ""])


def test_a_table_is_described_by_its_own_numbers(tmp_path: Path) -> None:
    found = glance(tmp_path, sales())
    assert found["What this is"].sentence == (
        "241 rows and 5 columns: 2 with numbers, 1 with dates, 2 with text."
    )
    assert found["Period"].sentence == "From 2024-01-01 to 2024-12-28 by day: about 12 months."
    assert found["By city"].bars[0].label in {"Köln", "Hamm", "Soest", "Werl", "Ulm", "Bonn"}
    assert sum(bar.share == 100 for bar in found["By city"].bars) == 1
    assert len(found["Trend"].line) == 12
    assert "The highest month for amount is 2024-01" in found["Trend"].sentence
    assert "1 value is far outside" in found["Outliers"].sentence
    assert "as far as 99,999" in found["Outliers"].sentence
    assert found["Missing"].sentence == "remark is empty in 60 of 241 rows."
    assert found["Duplicates"].sentence == "1 row repeats another one in every column."
    words = [question for question, _ in found["Ask next"].questions]
    assert words[0] == "total amount by city in sales"


def test_a_new_version_of_the_file_has_new_cards(tmp_path: Path) -> None:
    found = glance(tmp_path, "a,b\n1,x\n2,y\n", again="a,b\n1,x\n2,y\n3,z\n")
    assert found["What this is"].sentence.startswith("3 rows and 2 columns")


@pytest.mark.parametrize(
    "text",
    [
        "a\n\n",
        "a\n1\n",
        'n,"x""; DROP TABLE sales; --"\n1,a\n2,b\n3,a\n',
        "v,k\n-5,a\n-6,b\n-7,a\n",
        "day,note\n2024-01-01,\n2024-01-01,\n",
        "t,v\n2024-01-01 10:00:00,1e300\n2024-01-02 10:00:00,-1e300\n",
        ",".join(f"c{n}" for n in range(45)) + "\n" + ",".join("1" for _ in range(45)) + "\n",
    ],
)
def test_odd_tables_have_cards_too_or_none(tmp_path: Path, text: str) -> None:
    for card in glance(tmp_path, text).values():
        assert card.sentence or card.questions


def test_spellings_of_a_category_are_one_in_its_card(tmp_path: Path) -> None:
    lines = [
        f"{n},{('Paid', 'PAID', 'Paid', 'paid ', 'Open', 'open')[n % 6]},{5 + n % 2}"
        for n in range(60)
    ]
    card = glance(tmp_path, "\n".join(["n,status,amount", *lines, ""]))["By status"]
    assert [(bar.label, bar.value) for bar in card.bars] == [("Paid", "220"), ("Open", "110")]
    assert card.sentence.startswith("Paid leads with 67 % of amount.")
    assert "capitals or outer spaces are taken together" in card.sentence
