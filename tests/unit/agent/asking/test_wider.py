"""What was widened, each with what must still be declined beside it. Pure."""

from __future__ import annotations

import datetime as dt

import pytest
from data_agent.asking.asker import Understood, understand
from data_agent.asking.chips import chips
from data_agent.asking.keys import with_joins
from data_agent.asking.lexicon import load
from data_agent.asking.plan import Calc, Filter, Group, Measure, Members, Plan, PlanError, from_json
from data_agent.asking.remarks import remarks
from data_agent.asking.schema import Field, Schema, Table
from data_agent.asking.sentence import sentence
from data_agent.asking.sql import render
from data_agent.asking.words import filters_words
from data_agent.values import Declined, QueryResult

from tests.unit.agent.asking.test_doubts import SHOP

LEXICON = load()
TODAY = dt.date(2025, 10, 16)
RUNS = Table(
    "runs",
    (
        Field("order_no", "BIGINT", "number", role="id", distinct=50, empty=0),
        Field("ordered_on", "DATE", "time", empty=0, low="2024-01-01", high="2025-10-01"),
        Field("delivered_on", "DATE", "time", empty=4, low="2024-01-01", high="2025-10-01"),
        Field("signed_at", "TIMESTAMP", "time", empty=9),
        Field("closed_at", "TIMESTAMP", "time", empty=9),
        Field("total", "DOUBLE", "number", role="measure", empty=0, low=1, high=900),
        Field("paid", "DOUBLE", "number", role="measure", empty=2, low=0, high=900),
        Field("age", "BIGINT", "number", role="measure", low=18, high=90),
        Field("country", "VARCHAR", "text", ("France", "Germany"), role="geo", distinct=2),
        Field("priority", "VARCHAR", "text", ("high", "low"), role="dimension", distinct=2),
        Field("status", "VARCHAR", "text", ("closed", "open"), role="dimension", distinct=2),
        Field("driver", "VARCHAR", "text", ("Ann", "Bob"), role="dimension", distinct=2, empty=0),
        Field("currency", "VARCHAR", "text", ("CHF", "NOK"), role="dimension", distinct=2),
        Field("late", "VARCHAR", "text", ("No", "Yes"), role="flag", distinct=2, empty=0),
    ),
    50,
)
GOODS = Table("goods", (Field("id", "BIGINT", "number", role="id", distinct=9, empty=0),), 9)
SALES = Table(
    "sales",
    (
        Field("goods_id", "BIGINT", "number", role="id", distinct=8, empty=0),
        Field("sold", "DATE", "time", empty=0),
        Field("amount", "DOUBLE", "number", role="measure", empty=0),
    ),
    80,
)
KEY = {"table": "sales", "column": "goods_id", "other": "goods", "other_column": "id"}
LINKED = with_joins(Schema((GOODS, SALES)), [{**KEY, "unique": True, "matched": 1.0}])


def asked(question: str, *tables: Table) -> Understood | Declined:
    return understand(question, Schema(tables or (RUNS,)), LEXICON, today=TODAY)


def plan(question: str, *tables: Table, schema: Schema | None = None) -> Plan:
    """Its plan, which survives JSON, has a statement, and chips that lead to plans that do."""
    schema = schema or Schema(tables or (RUNS,))
    meant = understand(question, schema, LEXICON, today=TODAY)
    assert isinstance(meant, Understood), meant
    found = chips(meant.plan, schema)
    changed = [option.plan for chip in found for option in chip.options]
    for other in (meant.plan, *(chip.without for chip in found), *changed):
        if other is not None:
            assert from_json(other.to_json(), schema) == other
            assert render(other, schema.table(other.table)).startswith("SELECT ")
    return meant.plan


def words(question: str, *tables: Table) -> str:
    return filters_words(plan(question, *tables), (tables or (RUNS,))[0])


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("runs where paid is less than total", "paid is less than total"),
        ("how many runs with paid under total", "paid is less than total"),
        ("average paid where paid is not total", "paid is not total"),
        ("delivered later than ordered", "delivered_on is after ordered_on"),
        ("runs delivered before ordered", "delivered_on is before ordered_on"),
        ("runs with delivered on not after ordered on", "delivered_on is not after ordered_on"),
        ("priority high or status open", "priority is high or status is open"),
        ("runs either high or open", "priority is high or status is open"),
        ("runs high or open or of Ann", "priority is high or status is open or driver is Ann"),
        ("paid under 5 or total 100 or more", "paid is less than 5 or total is at least 100"),
        ("country France or country Germany", "country is France or Germany"),
        ("runs neither high nor open", "priority is not high and status is not open"),
        ("total of neither Ann nor Bob", "driver is none of Ann or Bob"),
        ("total not ordered in 2024", "ordered_on is not in 2024"),
        ("runs ordered in 2025 except March",
         "ordered_on is in 2025 and ordered_on is not in March of any year"),
        ("total except Saturday and Sunday", "ordered_on is not on Saturday or Sunday"),
        ("runs with total 6 or more", "total is at least 6"),
        ("ordered 2024 or later", "ordered_on is from 2024-01-01 on"),
        ("runs older than 30", "age is more than 30"),
        ("younger than 30 years", "age is less than 30"),
        ("total between 10 and 20", "total is between 10 and 20"),
        ("drivers who never had France", "driver has no row where country is France"),
        ("drivers who were never late", "driver has no row where late is Yes"),
        ("drivers with both France and Germany",
         "driver has a row where country is France and driver has a row where country is Germany"),
    ],
)  # fmt: skip
def test_it_is_a_condition(question: str, said: str) -> None:
    assert words(question) == f" where {said}"


@pytest.mark.parametrize(
    "question",
    [
        # one column against another
        "drivers with paid less than total",
        "runs less than total",
        "paid less than total times age",
        "delivered 3 days after ordered",
        # or
        "runs of Ann with priority high or status open",
        "runs with priority high or status open ordered in 2024",
        "priority high or not open",
        "not high or open",
        "high or",
        "or open",
        "either high",
        "share of runs with priority high or status open",
        "runs more than 5 or high",
        "neither high",
        "nor open",
        "neither nor",
        # thresholds
        "6 or more",
        "or more runs",
        "older than Ann",
        "older than 30 days",
        "longer than 2 hours",
        "total over 100 euros",
        "total over €100",
        # two side by side
        "difference between France and Germany",
        "difference of total",
        "which country has more runs",
        "more runs in France than in Germany",
        # sets
        "drivers not in France",
        "drivers who are not late",
        "drivers of France who never had high",
        "drivers who never had high late",
        "drivers never",
        "drivers who never had France and never had high",
        "both France",
        "total by driver who never had France",
        # hours and spans
        "average runs per hour",
        "runs in the last 24 hours",
        "runs 3 hours ago",
        "runs this hour by ordered on",
        "hours from ordered on to delivered on",
        "time between ordered on",
        "time between total and paid",
        "how many time between ordered on and delivered on",
    ],
)
def test_it_is_asked_back(question: str) -> None:
    meant = asked(question)
    assert isinstance(meant, Declined), meant.plan
    assert meant.reason


def test_a_day_and_a_moment_are_compared_as_days() -> None:
    late = plan("runs with signed at after ordered on")
    assert late.filters == (Filter("signed_at", "gt", (), "ordered_on"),)
    assert 'CAST("signed_at" AS DATE) > "ordered_on"' in render(late, RUNS)
    assert "Rows without signed_at cannot be compared" in " ".join(remarks(late, RUNS, TODAY))


def test_the_time_between_two_dates() -> None:
    days = plan("average time between ordered on and delivered on by driver")
    assert days.measure == Measure("avg", "ordered_on", Calc("days_to", "delivered_on"))
    assert days.group == Group("driver")
    hours = plan("longest time from signed at to closed at")
    assert hours.measure == Measure("max", "signed_at", Calc("hours_to", "closed_at"))
    mixed = plan("median days from ordered on to closed at")
    assert mixed.measure == Measure("median", "ordered_on", Calc("days_to", "closed_at"))
    meant = asked("how long from ordered on to delivered on")
    assert isinstance(meant, Understood) and "is the average" in " ".join(meant.notes)


def test_hours_of_the_day_are_those_of_moments() -> None:
    assert plan("runs by hour of signed at").group == Group("signed_at", "hour")
    assert isinstance(asked("bills by hour", SHOP), Declined)


def test_two_groups_side_by_side() -> None:
    assert plan("compare total of France and Germany").show == "difference"
    assert plan("difference in total between France and Germany").show == "difference"
    assert plan("difference between total and paid").measure == Measure(
        "sum", "total", Calc("minus", "paid")
    )
    assert plan("compare total of France and Germany by priority").show is None
    first = plan("which country has more runs, France or Germany")
    assert (first.group, first.limit) == (Group("country"), 2), (
        "the winner, and the other beside it"
    )


def test_the_difference_is_told() -> None:
    both = plan("compare total of France and Germany")
    rows = (("Germany", 80, -20, -20.0), ("France", 100, 20, 25.0))
    told = sentence(both, RUNS, QueryResult((), rows, truncated=False))
    assert told.endswith("France 100 and Germany 80; France is 20 (25 %) higher.")
    alone = sentence(both, RUNS, QueryResult((), (("France", 100, None, None),), truncated=False))
    assert alone.endswith("France 100; there is nothing to set against each other.")


def test_what_is_in_no_row_of_another_table_in_a_period() -> None:
    found = plan("goods without sales in March 2025", schema=LINKED)
    march = Filter("sold", "between", ("2025-03-01", "2025-04-01"))
    assert found.members == (Members("id", False, (march,), "sales", "goods_id"),)
    sql = render(found, LINKED.table("goods"))
    assert '"id" NOT IN (SELECT "goods_id" FROM "sales" WHERE ("sold" >= ' in sql
    assert plan("goods that were never sold", schema=LINKED).filters[0].operator == "no_row"


def test_members_that_another_table_knows_are_not_taken_from_rows() -> None:
    meant = understand("which goods id never had sales in March", LINKED, LEXICON, today=TODAY)
    assert isinstance(meant, Declined) or meant.plan.table == "goods"


def test_the_sentence_says_which_members_there_are() -> None:
    found = plan("branches that never sold a pen", SHOP)
    assert "every branch that stands in shop" in " ".join(remarks(found, SHOP, TODAY))


@pytest.mark.parametrize(
    "item",
    [
        {"column": "paid", "operator": "lt", "other": "driver"},
        {"column": "paid", "operator": "lt", "other": "paid"},
        {"column": "paid", "operator": "lt", "other": "total", "values": [1]},
        {"column": "driver", "operator": "lt", "other": "country"},
        {"column": "paid", "operator": "contains", "other": "total"},
        {"column": "paid", "operator": "lt", "other": "gone"},
    ],
)
def test_columns_that_cannot_be_compared(item: dict[str, object]) -> None:
    with pytest.raises(PlanError):
        from_json({"table": "runs", "measure": None, "filters": [item]}, Schema((RUNS,)))


@pytest.mark.parametrize(
    ("question", "measures", "groups"),
    [
        ("compare France with Germany by total", ("total",), (Group("country"),)),
        ("compare France with Germany by total and paid", ("total", "paid"), (Group("country"),)),
        ("compare total of France and Germany by age", ("total",), ("age", "country")),
    ],
)
def test_a_comparison_is_by_a_number_where_none_was_said(
    question: str, measures: tuple[str, ...], groups: tuple[Group | str, ...]
) -> None:
    found = plan(question)
    assert tuple(measure.column for measure in found.measures) == measures
    assert {group.column for group in found.groups} == {
        item.column if isinstance(item, Group) else item for item in groups
    }


def test_those_that_are_as_good_are_told_together() -> None:
    named = plan("which country has more runs, France or Germany")
    even = QueryResult((), (("France", 7), ("Germany", 7)), truncated=False)
    told = "France and Germany have the same number of rows where"
    assert sentence(named, RUNS, even).startswith(told)
