"""A customer's own words: kept as JSON, replaced before the question is read, and said."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest
from data_agent.asking.asker import Understood, understand
from data_agent.asking.glossary import MAX_TERMS, Glossary, GlossaryError, Term, from_json
from data_agent.asking.lexicon import load
from data_agent.asking.schema import Field, Schema, Table
from data_agent.engine.engine import WorkerEngine
from data_agent.engine.settings import EngineSettings
from data_agent.values import Answer, Declined

SALES = Table(
    "sales",
    (
        Field("city", "VARCHAR", "text", ("Bonn", "Cologne")),
        Field("amount", "DOUBLE", "number"),
    ),
)
SCHEMA = Schema((SALES,))
OWN = (
    Glossary()
    .with_term("GMV", "total amount")
    .with_term("the  cathedral town", "Cologne")
    .with_term("big sale", "sales with amount over 100")
)


@pytest.mark.parametrize(
    ("question", "same"),
    [
        ("gmv by city", "total amount by city"),
        ("GMV in the cathedral town", "total amount in Cologne"),
        ("big sales", "sales with amount over 100"),
    ],
)
def test_a_term_is_read_as_what_it_means(question: str, same: str) -> None:
    meant = understand(question, SCHEMA, load(), glossary=OWN)
    plain = understand(same, SCHEMA, load())
    assert isinstance(meant, Understood), meant
    assert isinstance(plain, Understood)
    assert meant.plan == plain.plan
    assert "(your glossary)" in meant.notes[0]
    assert isinstance(understand(question, SCHEMA, load()), Declined)


def test_it_comes_back_from_json_and_is_edited_by_words() -> None:
    again = from_json(json.loads(json.dumps(OWN.to_json())))
    assert again == OWN
    assert len(again.without("BIG SALES").terms) == 2
    changed = again.with_term("gmv", "amount")
    assert changed.terms[-1] == Term("gmv", "amount")
    assert len(changed.terms) == 3


@pytest.mark.parametrize(
    ("term", "means", "why"),
    [
        ("", "amount", "at least one word"),
        ("x" * 61, "amount", "at most 60"),
        ("a b c d e f g", "amount", "at most 6 words"),
        ("gmv", "", "Say what"),
        ("gmv", "y" * 201, "at most 200"),
        ("amounts", "Amount", "itself"),
    ],
)
def test_what_is_no_term_is_said(term: str, means: str, why: str) -> None:
    with pytest.raises(GlossaryError, match=why):
        Glossary().with_term(term, means)


def test_it_is_bounded_and_damage_is_an_error() -> None:
    full = Glossary(tuple(Term(f"term{n}", "amount") for n in range(MAX_TERMS)))
    with pytest.raises(GlossaryError, match="at most"):
        full.with_term("more", "amount")
    for broken in ({}, {"terms": 5}, {"terms": [{}]}, {"terms": [{"term": 1, "means": "x"}]}):
        with pytest.raises(GlossaryError):
            from_json(broken)


def test_the_engine_reads_the_file_when_it_changes(tmp_path: Path) -> None:
    async def scenario() -> None:
        engine = WorkerEngine(EngineSettings(data_dir=tmp_path, idle_s=60, readers=1))
        try:
            upload = tmp_path / "sales.csv"
            upload.write_text("city,amount\nBonn,2\nCologne,3\n")
            await engine.import_file(upload, filename=upload.name, table="sales")
            assert isinstance(await engine.ask("GMV"), Declined)
            engine.glossary.save(OWN)
            answer = await engine.ask("GMV")
            assert isinstance(answer, Answer)
            assert answer.result.rows == ((5,),)
            (tmp_path / "glossary.json").write_text("broken")
            (tmp_path / "glossary.json.bak").write_text("broken")
            assert isinstance(await engine.ask("GMV"), Declined)
        finally:
            await engine.close()

    asyncio.run(scenario())
