"""Values that differ only in capitals or outer spaces: one group, in every kind of answer."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest
from data_agent.asking.chips import chips
from data_agent.asking.plan import Filter, Group, Measure, Plan, from_json
from data_agent.asking.schema import Field, Schema, Table
from data_agent.asking.spellings import folded, spelling_notes
from data_agent.asking.sql import render
from data_agent.engine.engine import WorkerEngine
from data_agent.engine.settings import EngineSettings
from data_agent.values import Answer, Declined

SALES = """country,status,sold_on,amount
Germany,Paid,2024-01-05,100
germany,paid,2024-01-06,20
Germany,PAID,2024-02-07,30
France,Open,2024-02-08,50
france ,Paid,2024-02-09,5
Austria,open,2024-02-10,40
Austria,Open,2024-02-11,2
"""
PAIRS = (("open", "Open"), ("paid", "Paid"))
TABLE = Table(
    "sales",
    (
        Field("status", "VARCHAR", "text", ("Open", "PAID", "Paid", "open", "paid"), "dimension",
              spellings=PAIRS),
        Field("amount", "BIGINT", "number", role="measure"),
    ),
    7,
)  # fmt: skip
BY_STATUS = Plan("sales", Measure("sum", "amount"), group=Group("status"))


@dataclass(frozen=True)
class Asker:
    runner: asyncio.Runner
    engine: WorkerEngine

    def __call__(self, *questions: str) -> Answer:
        """The answer to the last of them, each a follow-up of the one before."""
        answer: Answer | None = None
        for question in questions:
            found = self.runner.run(
                self.engine.ask(question, previous=answer.plan if answer else None)
            )
            assert isinstance(found, Answer), found
            answer = found
        assert answer is not None
        return answer


@pytest.fixture(scope="module")
def asker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Asker]:
    directory = tmp_path_factory.mktemp("spellings")
    with asyncio.Runner() as runner:
        engine = WorkerEngine(
            EngineSettings(data_dir=directory, idle_s=60, readers=1),
            today=lambda: dt.date(2024, 6, 1),
        )
        upload = directory / "sales.csv"
        upload.write_text(SALES, encoding="utf-8")
        try:
            runner.run(engine.import_file(upload, filename="sales.csv", table="sales"))
            yield Asker(runner, engine)
        finally:
            runner.run(engine.close())


@pytest.mark.parametrize(
    ("questions", "rows"),
    [
        (("total amount by status",), [("Paid", 155), ("Open", 92)]),
        (("total amount by country",), [("Germany", 150), ("France", 55), ("Austria", 42)]),
        (("top 1 country by amount",), [("Germany", 150)]),
        (("number of different status",), [(2,)]),
        (("number of different country by status",), [("Open", 2), ("Paid", 2)]),
        (("total amount per different status",), [(123.5,)]),
        (("countries with more than 1 row",), [("Germany", 3), ("Austria", 2), ("France", 2)]),
        (("total amount by status", "only Paid"), [("Paid", 155)]),
        (
            ("total amount by country and status",),
            [("Germany", "Paid", 150), ("France", "Open", 50), ("Austria", "Open", 42),
             ("France", "Paid", 5)],
        ),
        (
            ("monthly amount by status",),
            [("2024-01-01", "Paid", 120), ("2024-02-01", "Open", 92), ("2024-02-01", "Paid", 35)],
        ),
        (("which countries never had Open",), [("Germany", 3)]),
    ],
)  # fmt: skip
def test_spellings_of_a_value_are_one_group(
    asker: Asker, questions: tuple[str, ...], rows: list[tuple[object, ...]]
) -> None:
    answer = asker(*questions)
    assert [tuple(row) for row in answer.result.rows] == rows
    note = next((note for note in answer.notes if note.startswith("Spellings of")), "")
    assert "are taken together" in note or "never" in questions[0] or "only" in questions[-1]


def test_shares_are_of_all_spellings(asker: Asker) -> None:
    answer = asker("share of amount by status")
    shares = {row[0]: round(float(row[2] or 0), 2) for row in answer.result.rows}
    assert shares == {"Paid": 62.75, "Open": 37.25}


def test_another_value_is_taken_in_all_its_spellings() -> None:
    plan = Plan("sales", Measure("sum", "amount"), (Filter("status", "in", ("Open", "open")),))
    [chip] = [each for each in chips(plan, Schema((TABLE,))) if each.kind == "filter"]
    paid = Filter("status", "in", ("PAID", "Paid", "paid"))
    assert (paid,) in [option.plan.filters for option in chip.options]
    assert not [o for o in chip.options if o.plan.filters == (replace(paid, values=("Paid",)),)]


def test_a_person_can_have_them_apart_and_together_again(asker: Asker) -> None:
    together = asker("total amount by status")
    schema = asker.runner.run(asker.engine.schema())
    plan = from_json(together.plan or {}, schema)
    [option] = [o for c in chips(plan, schema) for o in c.options if "apart" in o.words]
    apart = asker.runner.run(asker.engine.run_plan(option.plan.to_json()))
    assert {row[0]: row[1] for row in apart.result.rows} == {
        "Paid": 105, "Open": 52, "open": 40, "PAID": 30, "paid": 20,
    }  # fmt: skip
    assert not [note for note in apart.notes if "Spellings" in note]
    assert "CASE" not in apart.sql
    back = [o for c in chips(option.plan, schema) for o in c.options if "together" in o.words]
    assert [o.plan for o in back] == [plan]


def test_a_note_names_what_was_taken_together() -> None:
    assert list(spelling_notes(BY_STATUS, TABLE)) == [
        (
            "Spellings of status that differ only in capitals or outer spaces are taken together: "
            "Open, open; Paid, PAID, paid."
        )
    ]


def test_conditions_on_the_column_say_which_spellings_can_meet() -> None:
    both = replace(BY_STATUS, filters=(Filter("status", "in", ("PAID", "paid", "Open")),))
    assert "WHEN 'paid' THEN 'Paid' ELSE" in render(both, TABLE)
    assert "'open'" not in render(both, TABLE)
    one = replace(BY_STATUS, filters=(Filter("status", "eq", ("PAID",)),))
    assert "CASE" not in render(one, TABLE)
    assert not list(spelling_notes(one, TABLE))


def test_clean_columns_and_their_plans_stay_as_they_are() -> None:
    clean = Table("sales", tuple(replace(f, spellings=()) for f in TABLE.fields), 7)
    assert render(BY_STATUS, clean).splitlines()[2:3] == ["GROUP BY 1"]
    assert "CASE" not in render(BY_STATUS, clean)
    assert BY_STATUS.to_json()["group"] == {"column": "status", "bucket": None}
    words = [o.words for c in chips(BY_STATUS, Schema((clean,))) for o in c.options]
    assert not [each for each in words if "apart" in each]


@pytest.mark.parametrize(
    "question",
    [
        "compare Germany with Austria by amount",
        "compare Germany with Austria on revenue",
        "compare Germany to Austria by total amount",
        "compare amount of Germany and Austria",
        "Germany vs Austria amount",
        "Germany versus Austria by revenue",
        "difference between Germany and Austria in amount",
        "difference in revenue between Germany and Austria",
    ],
)
def test_both_sides_of_a_comparison_have_all_their_spellings(asker: Asker, question: str) -> None:
    answer = asker(question)
    rows = {row[0]: (row[1], row[2], round(float(row[3] or 0))) for row in answer.result.rows}
    assert rows == {"Germany": (150, 108, 257), "Austria": (42, -108, -72)}
    assert "Germany 150 and Austria 42; Germany is 108 (257.14 %) higher" in answer.sentence
    read = [note for note in answer.notes if "was read as the column amount" in note]
    assert len(read) == ("revenue" in question)


def test_a_condition_in_several_spellings_is_no_second_comparison(asker: Asker) -> None:
    answer = asker("compare Germany and France by amount where status is paid")
    assert {row[0]: row[1] for row in answer.result.rows} == {"Germany": 150, "France": 5}


def test_one_value_in_several_spellings_is_not_compared_with_itself(asker: Asker) -> None:
    found = asker.runner.run(asker.engine.ask("compare the amount of Germany"))
    assert isinstance(found, Declined)
    assert found.reason.startswith("Compare what with what?")


@pytest.mark.parametrize(
    ("question", "rows", "told"),
    [
        ("which country has more amount, France or Germany?", [("Germany", 150), ("France", 55)],
         "Germany has the highest total amount"),
        ("which country has less amount, Germany or France?", [("France", 55), ("Germany", 150)],
         "France has the lowest total amount"),
        ("is the amount higher in Austria or France?", [("France", 55), ("Austria", 42)],
         "France has the highest total amount"),
        ("does Austria or France have more amount?", [("France", 55), ("Austria", 42)],
         "France has the highest total amount"),
        ("which country has the highest amount, Austria, France or Germany?",
         [("Germany", 150), ("France", 55), ("Austria", 42)], "Germany has the highest"),
        ("which country has more amount in January, France or Germany?", [("Germany", 120)],
         "Germany has the highest"),
    ],
)  # fmt: skip
def test_of_those_that_are_named_none_is_left_out(
    asker: Asker, question: str, rows: list[tuple[object, ...]], told: str
) -> None:
    answer = asker(question)
    assert [tuple(row) for row in answer.result.rows] == rows
    assert answer.sentence.startswith(told)
    assert ("France has no rows" in answer.sentence) == ("January" in question)
    assert all(f"{row[0]} has {row[1]}" in answer.sentence for row in rows[1:])


def test_values_are_texts_in_the_statement_whatever_stands_in_them(asker: Asker) -> None:
    main, small = "O'Neil\" END; --", "o'neil\" end; --"
    statement = f"SELECT {folded(((small, main),), 'v')} FROM (VALUES (?), ('Paid')) AS t(v)"
    literal = "'" + main.upper().replace("'", "''") + " '"
    result = asker.runner.run(asker.engine.sql(statement.replace("?", literal)))
    assert [row[0] for row in result.rows] == [main, "Paid"]
