"""The plan that a model is told of is the one that is read: every key, every word, both ways."""

from __future__ import annotations

import asyncio
import json
from dataclasses import MISSING, dataclass, fields
from pathlib import Path
from typing import Any, get_args

import pytest
from data_agent.asking import plan as types
from data_agent.asking.asker import understand
from data_agent.asking.lexicon import load
from data_agent.asking.plan import (
    Calc,
    Filter,
    Group,
    Having,
    Measure,
    Members,
    Order,
    Plan,
    Study,
    from_json,
)
from data_agent.asking.schema import Field, Join, Schema, Table
from data_agent.engine.engine import WorkerEngine
from data_agent.engine.settings import EngineSettings
from data_agent.llm.text.normal import normal
from data_agent.llm.text.plan_check import faults
from data_agent.llm.text.plan_shape import plan_shape
from data_agent.llm.text.proposal import read
from data_agent.llm.text.tables import tables_text
from data_agent.llm.text.veil import Veil
from data_agent.values import Declined

from tests.unit.agent.asking.suite.run import QUESTIONS
from tests.unit.agent.asking.suite.tables import TODAY, WORLD
from tests.unit.agent.asking.tables import as_csv
from tests.unit.agent.llm.shape_reader import misfits, parsed

SHAPE = parsed(plan_shape())
ORDERS = Table(
    "orders",
    (
        Field("city", "VARCHAR", "text", ("Cologne", "Bonn")),
        Field("amount", "DOUBLE", "number"),
        Field("cost", "DOUBLE", "number"),
        Field("day", "DATE", "time"),
        Field("customer_id", "BIGINT", "number"),
    ),
    joins=(Join("customer_id", "customers", "id"),),
    foreign=(
        Field(
            "customers.country", "VARCHAR", "text", ("Italy",), source="customers", column="country"
        ),
    ),
)
SCHEMA = Schema((ORDERS,))
AMOUNT = Measure("sum", "amount")
EVERY_KEY = (
    Plan(
        "orders",
        AMOUNT,
        filters=(
            Filter("customers.country", "eq", ("Italy",)),
            Filter("amount", "gt", (1, 2.5)[:1]),
        ),
        group=Group("day", "month"),
        order=Order(None, "desc"),
        limit=5,
        further=(Measure("avg", "cost"), Measure("count")),
        second=Group("city"),
        having=(Having(AMOUNT, "between", (1, 9.5)),),
        show="growth",
    ),
    Plan(
        "orders", AMOUNT, (Filter("city", "in", ("Bonn", "Cologne")),), show="share", part=("city",)
    ),
    Plan(
        "orders",
        AMOUNT,
        group=Group("city"),
        order=Order(None, "desc"),
        limit=3,
        second=Group("day", "year"),
        within=True,
    ),
    Plan("orders", None, study=Study("correlation", ("amount", "cost"))),
    Plan("orders", Measure("avg", "amount", Calc("minus", "cost"))),
    Plan(
        "orders",
        None,
        (Filter("amount", "lt", (), "cost"),),
        either=(Filter("city", "eq", ("Bonn",)), Filter("amount", "gt", (5,))),
        members=(Members("city", False, (Filter("amount", "gt", (9,)),)),),
    ),
    Plan("orders", Measure("count", None, Calc("per", "day", "distinct", "month"))),
)


def test_every_key_of_every_type_is_offered() -> None:
    for kind in (Plan, Measure, Calc, Filter, Group, Order, Having, Members, Study):
        assert list(SHAPE[kind.__name__]) == [each.name for each in fields(kind)]
    assert len(SHAPE) == 9


def test_every_word_that_is_read_is_offered_and_no_other() -> None:
    offered = {
        "Measure.function": types.Function,
        "Calc.operator": types.Arithmetic,
        "Calc.function": types.PerFunction,
        "Calc.bucket": types.Bucket,
        "Filter.operator": types.Operator,
        "Group.bucket": types.Bucket,
        "Order.direction": types.Direction,
        "Having.operator": types.Comparison,
        "Plan.show": types.Show,
        "Study.kind": types.StudyKind,
    }
    for place, words in offered.items():
        kind, name = place.split(".")
        assert SHAPE[kind][name][1] == " | ".join(f'"{word}"' for word in get_args(words))
    assert "unknown" not in plan_shape()


def test_a_key_that_is_added_is_offered() -> None:
    @dataclass(frozen=True)
    class Grown(Plan):
        """A plan of tomorrow."""

        depth: int | None = None
        rollups: tuple[types.Group, ...] = ()

    shape = parsed(plan_shape(Grown))
    assert shape["Grown"] == SHAPE["Plan"] | {
        "depth": (True, "number"), "rollups": (True, "Group[]"),
    }  # fmt: skip


def test_the_plans_below_use_every_key() -> None:
    """A key that is new to Plan fails here until a plan with it is read back below."""
    for each in fields(Plan):
        default = None if each.default is MISSING else each.default
        assert any(getattr(plan, each.name) != default for plan in EVERY_KEY), each.name


@pytest.mark.parametrize("plan", EVERY_KEY)
def test_a_plan_in_the_models_shape_is_read_back(plan: Plan) -> None:
    assert read_back(plan, SCHEMA) == plan


def test_every_plan_of_the_question_suite_is_read_back(tmp_path: Path) -> None:
    schema, lexicon, plans = asyncio.run(_schema_of_the_suite(tmp_path)), load(), 0
    for question in QUESTIONS:
        part = schema.only(question.tables)
        meant = understand(question.text, part, lexicon, today=TODAY)
        if not isinstance(meant, Declined):
            assert read_back(meant.plan, part) == meant.plan, question.text
            plans += 1
    assert plans > 250


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        ({}, "the plan needs table"),
        ({"table": 7}, "table is 7, not a text"),
        ({"table": "t", "limit": True}, "limit is True, not a number"),
        ({"table": "t", "limit": "5"}, "limit is '5', not a number"),
        ({"table": "t", "skip": 5}, "the plan has no 'skip'"),
        ({"table": "t", "filters": {"column": "a"}}, "filters is no list"),
        ({"table": "t", "filters": ["a"]}, "filters 1 is no object"),
        ({"table": "t", "filters": [{"column": "a", "operator": "like"}]},
         "operator of filters 1 is 'like', not one of eq, ne,"),
        ({"table": "t", "filters": [{"operator": "empty"}]}, "filters 1 needs column"),
        ({"table": "t", "measure": {"function": "sum", "of": "a"}}, "measure has no 'of'"),
        ({"table": "t", "having": [{"measure": {"function": "count"}, "operator": "in",
                                    "values": [1]}]},
         "operator of having 1 is 'in', not one of eq, ne, gt, ge, lt, le, between"),
        ({"table": "t", "having": [{"measure": {"function": "count"}, "operator": "eq"}]},
         "having 1 needs values"),
        ({"table": "t", "order": {"column": "a"}}, "order needs direction"),
        ({"table": "t", "within": 1}, "within is 1, not true or false"),
        ({"table": "t", "show": "all"}, "show is 'all', not one of share, growth"),
        ({"table": "t", "part": [{}]}, "part 1 is {}, not a text"),
        ({"table": "t", "filters": [{"column": "a", "operator": "eq", "values": [[1]]}]},
         "values of filters 1 1 is [1], not a text or a number"),
    ],
)  # fmt: skip
def test_what_is_not_of_the_shape_is_named(plan: Any, words: str) -> None:
    assert words in faults(plan)
    assert list(misfits(plan, "Plan", SHAPE))


def test_tables_that_fit_together_are_told_with_their_key() -> None:
    (told,) = (json.loads(line) for line in tables_text(SCHEMA, "names").splitlines())
    assert told["joins"] == [{"column": "customer_id", "table": "customers", "its": "id"}]


def read_back(plan: Plan, schema: Schema) -> Plan:
    """The plan printed as a model would, told once as a follow-up under marks, and read again."""
    written = as_told(plan.to_json())
    assert (list(misfits(written, "Plan", SHAPE)), faults(written)) == ([], "")
    veil = Veil()
    told = veil.over(written)
    answer = json.dumps({"plan": told, "reading": "so"}, ensure_ascii=False)
    proposal = read(f"Here it is:\n```json\n{answer}\n```")
    assert proposal.plan == told
    return from_json(normal(veil.off(proposal.plan), schema), schema)


def as_told(value: Any) -> Any:
    """As JSON, without what may be left out."""
    if isinstance(value, dict):
        return {key: as_told(item) for key, item in value.items() if item not in (None, ())}
    return [as_told(item) for item in value] if isinstance(value, list | tuple) else value


async def _schema_of_the_suite(directory: Path) -> Schema:
    engine = WorkerEngine(EngineSettings(data_dir=directory, idle_s=60, readers=1))
    try:
        for table, rows in WORLD.items():
            upload = directory / f"{table}.csv"
            upload.write_text(as_csv(rows))
            await engine.import_file(upload, filename=upload.name, table=table)
        return await engine.schema()
    finally:
        await engine.close()
