"""Which day "today" is depends on the time zone, and the answer names both."""

from __future__ import annotations

import datetime as dt

import pytest
from data_agent.asking.asker import Understood, understand
from data_agent.asking.lexicon import load
from data_agent.asking.schema import Field, Schema, Table
from data_agent.llm.asker import ModelAsker
from data_agent.llm.settings import LlmSettings
from data_agent.today import Today, is_zone

SALES = Table("sales", (Field("sold", "DATE", "time"), Field("amount", "DOUBLE", "number")))


def test_the_day_is_that_of_the_zone() -> None:
    early, late = Today("Pacific/Kiritimati"), Today("Pacific/Pago_Pago")  # 25 hours apart
    first, day, last = late(), Today()(), early()
    assert first < last and first <= day <= last
    assert last - first in (dt.timedelta(days=1), dt.timedelta(days=2))


@pytest.mark.parametrize("name", ["", "Berlin", "/etc/passwd", "../x", "Europe", "Europe/Berlin\n"])
def test_no_zone(name: str) -> None:
    assert not is_zone(name)


def test_a_question_that_counts_from_today_says_which_day_and_where() -> None:
    day = dt.date(2025, 10, 16)
    meant = understand("amount last month", Schema((SALES,)), load(), today=day, zone="Asia/Tokyo")
    assert isinstance(meant, Understood)
    assert meant.plan.filters[0].values == ("2025-09-01", "2025-10-01")
    assert meant.notes == ('"Today" is 2025-10-16 (Asia/Tokyo).',)
    plain = understand("amount in 2025", Schema((SALES,)), load(), today=day, zone="Asia/Tokyo")
    assert isinstance(plain, Understood) and plain.notes == ()


def test_a_language_model_is_told_the_same_day() -> None:
    day = Today("Pacific/Kiritimati")
    asker = ModelAsker(LlmSettings(), lambda: 0.0, day)
    before, told, after = day(), asker.opening("amount last month", Schema((SALES,))).system, day()
    assert f"Today is {before}" in told or f"Today is {after}" in told
    plain = ModelAsker(LlmSettings(), lambda: 0.0).opening("amount", Schema((SALES,))).system
    assert "Today is 1970-01-01" in plain
