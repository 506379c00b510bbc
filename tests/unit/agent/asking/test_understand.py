"""Whatever is asked, the answer is a plan that renders or a reason; never an exception."""

from __future__ import annotations

import json

import pytest
from data_agent.asking.asker import Understood, understand
from data_agent.asking.lexicon import Lexicon, load
from data_agent.asking.plan import PlanError, from_json
from data_agent.asking.schema import Field, Schema, Table
from data_agent.asking.sql import render
from data_agent.asking.text import stem, stems, tokens
from data_agent.values import Declined
from hypothesis import given, settings
from hypothesis import strategies as st

LEXICON: Lexicon = load()
SALES = Table(
    "sales",
    (
        Field("id", "BIGINT", "number"),
        Field("Order Date", "DATE", "time"),
        Field("city", "VARCHAR", "text", ("Cologne", "New York", "O'Hara", "it")),
        Field("amount", "DECIMAL(18,2)", "number"),
        Field("price", "DOUBLE", "number"),
        Field('we"ird {0}', "VARCHAR", "text", ("{1}", "%s", "'; DROP TABLE sales; --")),
    ),
    10,
)
SCHEMA = Schema((SALES, Table("people", (Field("name", "VARCHAR", "text"),), 3)))
WORDS = [
    *(" ".join(phrase) for phrase in LEXICON.phrases),
    *("sales", "people", "city", "amount", "price", "Order Date", "Cologne", "New York", "O'Hara"),
    *("2024", "2024-03-05", "2024-99-99", "Q2", "100", "1,5", "0", "99999999999", "5 %", '"x"'),
    *('we"ird {0}', "{1}", "xyzzy", "ä", "'", '"', ";", "--", "\x00", "日本"),
]


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=8), st.booleans())
def test_any_words_give_a_plan_or_a_reason(words: list[str], follow: bool) -> None:
    previous = {"table": "sales", "measure": {"function": "sum", "column": "amount"}}
    meant = understand(" ".join(words), SCHEMA, LEXICON, previous if follow else None)
    if isinstance(meant, Declined):
        assert meant.reason
        return
    table = SCHEMA.table(meant.plan.table)
    assert render(meant.plan, table).startswith("SELECT")
    again = from_json(json.loads(json.dumps(meant.plan.to_json())), SCHEMA)
    assert json.dumps(again.to_json()) == json.dumps(meant.plan.to_json())


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=60))
def test_any_text_gives_a_plan_or_a_reason(question: str) -> None:
    assert isinstance(understand(question, SCHEMA, LEXICON), Understood | Declined)


def test_names_and_values_are_quoted() -> None:
    meant = understand('total amount for "\'; DROP TABLE sales; --"', SCHEMA, LEXICON)
    assert isinstance(meant, Understood), meant
    statement = render(meant.plan, SALES)
    assert """"we""ird {0}" = '''; DROP TABLE sales; --'""" in statement


def test_a_value_in_two_columns_is_asked_back() -> None:
    twice = Table(
        "trips",
        (
            Field("start", "VARCHAR", "text", ("Bonn", "Ulm")),
            Field("end", "VARCHAR", "text", ("Bonn", "Ulm")),
            Field("km", "BIGINT", "number"),
        ),
    )
    asked = understand("total km for Bonn", Schema((twice,)), LEXICON)
    assert isinstance(asked, Declined)
    assert "start" in asked.reason
    assert "end" in asked.reason
    named = understand("total km where start is Bonn", Schema((twice,)), LEXICON)
    assert isinstance(named, Understood)


@pytest.mark.parametrize(
    "broken",
    [
        {"table": "sales", "measure": {"function": "evil"}},
        {"table": "sales", "measure": None, "limit": -1},
        {"table": "sales", "measure": None, "limit": True},
        {"table": "sales", "measure": None, "filters": [{"column": "city", "operator": "or 1=1"}]},
        {"table": "sales", "measure": None, "filters": [{"column": "x", "operator": "eq"}]},
        {"table": "sales", "group": {"column": "city", "bucket": "'; DROP"}},
        {"table": "sales", "order": {"column": None, "direction": "sideways"}},
        {"table": "sales", "filters": 5},
        {"table": "sales", "filters": [{"column": "city", "operator": "eq", "values": []}]},
        {"table": "sales", "filters": [{"column": "id", "operator": "gt", "values": [1e999]}]},
        {"table": "sales", "filters": [{"column": "id", "operator": "month", "values": [13]}]},
        {"table": "sales", "measure": {"function": "sum", "column": None}},
        {"table": ["sales"]},
        {"table": "sales", "further": [{"function": "sum", "column": "amount"}]},
        {"table": "sales", "show": "share", "measure": {"function": "count"}},
        {"table": "sales", "show": "growth", "measure": {"function": "count"}},
        {"table": "sales", "second": {"column": "city"}},
        {"table": "sales", "study": {"kind": "correlation", "columns": ["amount"]}},
        {"table": "sales", "study": {"kind": "outliers", "columns": ["city"]}},
        {"table": "sales", "part": ["nothing"]},
        {
            "table": "sales",
            "measure": {"function": "count"},
            "group": {"column": "city"},
            "having": [{"measure": {"function": "count"}, "operator": "gt", "values": ["1"]}],
        },
    ],
)
def test_plans_from_outside_are_checked(broken: dict[str, object]) -> None:
    with pytest.raises(PlanError):
        from_json(broken, SCHEMA)


def test_a_plan_saved_by_an_earlier_version_is_read() -> None:
    old = {
        "table": "sales",
        "measure": {"function": "sum", "column": "amount"},
        "filters": [{"column": "city", "operator": "eq", "values": ["Cologne"]}],
        "group": {"column": "Order Date", "bucket": "month"},
        "order": None,
        "limit": None,
    }
    assert json.loads(json.dumps(from_json(old, SCHEMA).to_json())) == old


def test_words_are_folded_and_cut_to_stems() -> None:
    assert [stem(w) for w in ("Cities", "orders", "Boxes", "bus", "Straße")] == [
        *("city", "order", "box", "bus", "strasse")
    ]
    assert stems("OrderDates") == stems("order_date") == ("order", "date")
    assert [t.text for t in tokens("city = 'New York' >= 1,000.5")] == [
        *("city", "=", "New York", ">=", "1,000.5")
    ]
