"""Every number of every card is that of the table: worked out once more, in plain Python."""

from __future__ import annotations

import asyncio
import csv
import io
import re
from collections import Counter, defaultdict
from collections.abc import Callable
from pathlib import Path

import pytest
from data_agent.engine.engine import WorkerEngine
from data_agent.engine.settings import EngineSettings
from data_agent.insights.cards import Card
from data_agent.insights.overview import MAX_COLUMNS
from data_agent.people.values import User
from data_agent.values import Answer, Declined
from data_agent.web.insights import Insights
from data_agent.web.library import Library

from tests.unit.agent.insights.messy import Cells, tables

ANN = User("ann", "user", "", must_change_password=False, created_at=0)
TABLES = tables()
Found = dict[str, tuple[dict[str, Card], list[Answer | Declined]]]
ADDED = {"amount"}  # the columns of these tables whose totals mean something


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Found:
    """Per table: its cards by title, and what the agent says to the questions that they suggest."""
    return asyncio.run(_all_cards(tmp_path_factory.mktemp("cards")))


async def _all_cards(folder: Path) -> Found:
    engine = WorkerEngine(EngineSettings(data_dir=folder, readers=1))
    library = Library(folder, engine, limit=None, now=lambda: 1.8e9)
    library.load()
    insights = Insights(engine, library)
    made: Found = {}
    try:
        for name, rows in TABLES.items():
            staged = library.shelf.new_incoming()
            staged.write_text(_as_csv(rows))
            await library.add(staged, f"{name}.csv", user=ANN)
            cards = {card.title: card for card in await insights.of(name)}
            for card in cards.values():
                assert not card.sql or (await engine.sql(card.sql)).rows
            asked = cards["Ask next"].questions if "Ask next" in cards else ()
            made[name] = cards, [await engine.ask(words) for words, _ in asked]
    finally:
        await engine.close()
    return made


@pytest.mark.parametrize("name", TABLES)
def test_every_table_is_described(name: str, found: Found) -> None:
    cards, rows = found[name][0], TABLES[name]
    what = cards["What this is"].sentence
    columns = list(rows[0])
    assert what.startswith(f"{_counted(len(rows), 'row')} and {_counted(len(columns), 'column')}: ")
    assert sum(map(int, re.findall(r"(\d+) with", what))) == len(columns)
    told = re.search(r"(\S+) tells the rows apart", what)
    if told:
        keys = [row[told[1]] for row in rows]
        assert "" not in keys and len(set(keys)) == len(rows)
    assert ("are described here" in what) == (len(columns) > MAX_COLUMNS)


@pytest.mark.parametrize("name", TABLES)
def test_missing_and_repeated_cells_are_counted(name: str, found: Found) -> None:
    cards, rows = found[name][0], TABLES[name]
    seen = list(rows[0])[:MAX_COLUMNS]
    empty = Counter(column for row in rows for column in seen if not row[column])
    missing = cards["Missing"].sentence
    if told := re.fullmatch(r"(.+) is empty in ([\d,]+) of ([\d,]+) rows?\.", missing):
        assert empty[told[1]] == _number(told[2]) == max(empty.values())
        assert _number(told[3]) == len(rows)
    else:
        assert missing.startswith("Almost every" if empty else "Every")
    if "Duplicates" in cards:
        copies = len(rows) - len({tuple(row.values()) for row in rows})
        sentence = cards["Duplicates"].sentence
        assert _number(sentence.split()[0]) == copies if copies else sentence.startswith("No row")


@pytest.mark.parametrize("name", TABLES)
def test_the_period_and_the_trend(name: str, found: Found) -> None:
    cards, rows = found[name][0], TABLES[name]
    days = sorted(row["day"] for row in rows if row.get("day"))
    if "Period" in cards:
        assert cards["Period"].sentence.startswith(f"From {days[0]} to {days[-1]} by day: ")
    if "Trend" not in cards:
        return
    sentence = cards["Trend"].sentence
    unit, measured, best, value = re.findall(
        r"highest (day|month|year) for (.+) is (\S+) with ([\d,.]+)\.", sentence
    )[0]
    totals = _totals([row for row in rows if row["day"]], measured, _start(unit))
    assert totals[best] == pytest.approx(max(totals.values()))
    assert _number(value) == pytest.approx(totals[best], rel=1e-3, abs=0.51)
    if told := re.search(r"(\S+) was (?:([\d,]+) % (above|below)|the same as)", sentence):
        last = list(totals).index(told[1])
        before = totals[list(totals)[last - 1]]
        change = 100 * (totals[told[1]] - before) / before
        assert last == len(totals) - 2 and _follows(unit, list(totals)[last - 1], told[1])
        assert abs(change) == pytest.approx(_number(told[2] or "0"), abs=0.51)


@pytest.mark.parametrize("name", TABLES)
def test_the_leader_and_its_share(name: str, found: Found) -> None:
    cards, rows = found[name][0], TABLES[name]
    card = next((card for title, card in cards.items() if title.startswith("By ")), None)
    if card is None:
        return
    column = next(title for title in cards if title.startswith("By "))[3:]
    leader, share, measured = re.findall(
        r"^(.+?) leads? with (\d+) % of ([^.]+?)(?: each)?\.", card.sentence.replace(" others", " ")
    )[0]
    named = [row for row in rows if row[column]]
    totals = _totals(named, measured, lambda row: row[column])
    most = max(totals.values())
    best = {key for key, value in totals.items() if value == pytest.approx(most)}
    assert set(leader.strip().removesuffix("and").strip().split(" and ")) <= best
    assert ("each" in card.sentence) == (len(best) > 1)
    assert 100 * most / sum(totals.values()) == pytest.approx(int(share), abs=0.51)
    assert ("left out" in card.sentence) == (len(named) < len(rows))
    if held := re.search(r"The first (\d+) of (\d+) hold (\d+) %", card.sentence):
        first = sum(sorted(totals.values(), reverse=True)[: int(held[1])])
        assert int(held[2]) == len(totals)
        assert 100 * first / sum(totals.values()) == pytest.approx(int(held[3]), abs=0.51)


@pytest.mark.parametrize("name", TABLES)
def test_what_is_suggested_is_answered(name: str, found: Found) -> None:
    for answer in found[name][1]:
        assert isinstance(answer, Answer), answer


def test_totals_are_only_of_what_can_be_added(found: Found) -> None:
    for name in ("negative", "currencies", "rates"):
        sentences = " ".join(card.sentence for card in found[name][0].values())
        assert "% of the rows" in sentences and "highest month for the rows" in sentences


def _totals(rows: Cells, measured: str, key: Callable[[dict[str, str]], str]) -> dict[str, float]:
    assert measured in {"the rows", *ADDED}
    found: dict[str, float] = defaultdict(float)
    for row in sorted(rows, key=lambda row: key(row)):
        found[key(row)] += 1 if measured == "the rows" else float(row[measured] or 0)
    return found


def _start(unit: str) -> Callable[[dict[str, str]], str]:
    length = {"day": 10, "month": 7, "year": 4}[unit]
    return lambda row: row["day"][:length]


def _follows(unit: str, one: str, two: str) -> bool:
    if unit != "month":
        return True
    index = [int(text[:4]) * 12 + int(text[5:7]) for text in (one, two)]
    return index[1] - index[0] == 1


def _as_csv(rows: Cells) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _number(text: str) -> float:
    return float(text.replace(",", ""))
