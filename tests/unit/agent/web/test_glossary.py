"""The glossary: admins teach a word, and the next question knows it."""

from __future__ import annotations

import json
import re

import pytest
from data_agent.asking.glossary import MAX_TERMS, Glossary, Term
from data_agent.asking.lexicon import load
from data_agent.asking.schema import Field, Schema, Table
from data_agent.engine.engine import WorkerEngine
from data_agent.engine.settings import EngineSettings
from data_agent.web.meanings import example_terms, offered_meanings, shown_terms

from tests.support.agent import HOST, Agent, StartAgent, TestClient, upload

OWN = {"Origin": HOST}
ORDERS = Table(
    "orders",
    (
        Field("order_date", "DATE", "time"),
        Field("city", "VARCHAR", "text", ("Bonn", "Cologne")),
        Field("net_amount", "DOUBLE", "number"),
    ),
    rows=3,
)
SALES = "city,amount\nBonn,2\nCologne,3\nCologne,5\n"


def teach(client: TestClient, term: str, means: str, **more: str) -> object:
    return client.post("/glossary", data={"term": term, "means": means, **more}, headers=OWN)


def terms(client: TestClient) -> dict[str, str]:
    return {t["term"]: t["means"] for t in client.get("/api/v1/glossary").json()["terms"]}


@pytest.fixture
def real(start: StartAgent, tmp_path) -> Agent:  # type: ignore[no-untyped-def]
    """With a real engine, because the effect is what counts."""
    agent = start(WorkerEngine(EngineSettings(data_dir=tmp_path, idle_s=60, readers=1)))
    assert upload(agent.admin(), "sales.csv", SALES).status_code == 201
    return agent


def test_an_unknown_word_is_taught_where_it_was_asked(real: Agent) -> None:
    admin, bob = real.admin(), real.user("bob")
    declined = admin.post("/api/v1/ask", json={"question": "umsatzplus by city"}).json()
    assert (declined["answered"], declined["unknown"]) == (False, ["umsatzplus"])
    page = admin.get("/", params={"q": "umsatzplus by city"}).text
    assert "Teach this word" in page
    (back,) = re.findall(r'name="back" value="([^"]+)"', page)
    assert "Teach this word" not in bob.get("/", params={"q": "umsatzplus by city"}).text
    taught = teach(admin, "umsatzplus", "total amount", back=back)
    assert (taught.status_code, taught.headers["location"]) == (303, back)
    answer = bob.post("/api/v1/ask", json={"question": "umsatzplus by city"}).json()
    assert answer["rows"] == [["Cologne", 8], ["Bonn", 2]]
    assert "your glossary" in answer["notes"][0]


def test_a_changed_meaning_is_not_answered_from_what_was_marked_right_before(real: Agent) -> None:
    admin = real.admin()
    question = {"question": "volume in Cologne"}
    for means, value in (("total amount", 8), ("average amount", 4)):
        admin.post("/api/v1/glossary", json={"term": "volume", "means": means})
        answer = admin.post("/api/v1/ask", json=question).json()
        assert (answer["rows"], answer["source"]) == ([[value]], "grammar")
        verdict = {**question, "good": True, "plan": answer["plan"]}
        assert admin.post("/api/v1/verdicts", json=verdict).status_code == 201
        assert admin.post("/api/v1/ask", json=question).json()["source"] == "verified"
    plain = admin.post("/api/v1/ask", json={"question": "total amount in Cologne"}).json()
    assert (plain["rows"], plain["source"]) == ([[8]], "verified")


def test_terms_are_taught_changed_and_removed_by_forms(agent: Agent) -> None:
    admin = agent.admin()
    assert teach(admin, "GMV", "total amount").status_code == 303  # type: ignore[attr-defined]
    teach(admin, "turnover", "revenue", was="GMV")
    assert terms(admin) == {"turnover": "revenue"}
    removed = admin.post("/glossary/remove", data={"term": "Turnover"}, headers=OWN)
    assert removed.headers["location"] == "/glossary?done=removed"
    assert terms(admin) == {}
    assert admin.post("/glossary/remove", data={"term": "x"}, headers=OWN).status_code == 404


@pytest.mark.parametrize(
    ("fields", "status", "why"),
    [
        ({"term": "", "means": "amount"}, 422, "at least one word"),
        ({"term": "sales", "means": ""}, 422, "Say what"),
        ({"term": "<b>" * 30, "means": "amount"}, 422, "at most 6 words"),
        ({"term": "gmv", "means": "other"}, 409, "already means “total amount”"),
        ({"term": "GMV", "means": "gmv", "was": "GMV"}, 422, "cannot mean itself"),
        ({"term": "GMV", "means": "x", "was": "margin"}, 409, "already means “total amount”"),
    ],
)
def test_what_is_wrong_stands_at_its_form_and_nothing_is_lost(
    agent: Agent, fields: dict[str, str], status: int, why: str
) -> None:
    admin = agent.admin()
    for term, means in (("GMV", "total amount"), ("margin", "profit")):
        admin.post("/api/v1/glossary", json={"term": term, "means": means})
    answer = admin.post("/glossary", data=fields, headers=OWN)
    assert answer.status_code == status
    (trouble,) = re.findall(r'<p class="field-trouble" id="([^"]+)"[^>]*>([^<]*)<', answer.text)
    assert why in trouble[1]
    assert f'aria-invalid="true" aria-describedby="{trouble[0]}"' in answer.text
    assert "<b>" not in answer.text
    assert terms(admin) == {"GMV": "total amount", "margin": "profit"}


def test_others_read_it_and_are_told_whom_to_ask(agent: Agent) -> None:
    admin, bob = agent.admin(), agent.user("bob")
    admin.post("/api/v1/glossary", json={"term": "GMV", "means": "total amount"})
    page = bob.get("/glossary").text
    assert "GMV" in page and "Admins can change these words: admin." in page
    assert "Teach a word" not in page and "<form" not in page.split("<main")[1]
    assert bob.get("/api/v1/glossary").json()["may_change"] is False
    refused = (
        teach(bob, "a", "b"),
        bob.post("/glossary/remove", data={"term": "GMV"}, headers=OWN),
        bob.post("/api/v1/glossary", json={"term": "a", "means": "b"}),
        bob.delete("/api/v1/glossary", params={"term": "GMV"}),
    )
    assert [each.status_code for each in refused] == [403] * 4  # type: ignore[attr-defined]
    assert terms(admin) == {"GMV": "total amount"}


def test_a_script_replaces_and_removes_a_term_and_all_of_it_is_written_down(agent: Agent) -> None:
    admin = agent.admin()
    for means in ("total amount", "revenue"):
        body = {"term": "GMV", "means": means}
        assert admin.post("/api/v1/glossary", json=body).json() == body
    assert admin.delete("/api/v1/glossary?term=gmv").status_code == 204
    assert admin.delete("/api/v1/glossary?term=gmv").status_code == 404
    acts = admin.get("/api/v1/audit").json()["acts"][:3]
    assert [(act["what"], act["on"]) for act in acts] == [
        ("removed a word", "GMV"), ("taught a word", "GMV"), ("taught a word", "GMV"),
    ]  # fmt: skip


def test_the_glossary_is_bounded_and_a_damaged_one_is_not_overwritten(agent: Agent) -> None:
    admin = agent.admin()
    path = agent.settings.data_dir / "glossary.json"
    full = Glossary(tuple(Term(f"term{n}", "amount") for n in range(MAX_TERMS)))
    path.write_text(json.dumps(full.to_json()))
    refused = admin.post("/api/v1/glossary", json={"term": "more", "means": "amount"})
    assert refused.status_code == 422 and "at most 500" in refused.json()["detail"]
    path.write_text("broken")
    path.with_name("glossary.json.bak").write_text("broken")
    assert admin.get("/glossary").status_code == 503
    body = {"term": "GMV", "means": "x"}
    assert admin.post("/api/v1/glossary", json=body).status_code == 503
    assert admin.post("/api/v1/ask", json={"question": "total"}).status_code == 200
    assert path.read_text() == "broken"


def test_meanings_that_no_table_explains_are_marked() -> None:
    given = (Term("GMV", "total colony"), Term("dom", "Cologne"), Term("Bonn", "Cologne"))
    bonn, dom, gmv = shown_terms(given, Schema((ORDERS,)), load())
    assert (gmv.unknown, gmv.near) == (("colony",), ("Cologne",))
    assert (dom.unknown, dom.hides) == ((), "")
    assert bonn.hides == "Bonn"
    assert shown_terms(given, Schema(), load())[0].unknown == ()


def test_the_first_examples_come_from_the_own_tables() -> None:
    examples = example_terms(Schema((ORDERS,)), load())
    assert [(each.term, each.means) for each in examples] == [
        ("turnover", "total net amount"), ("BON", "Bonn"), ("segment", "city"),
    ]  # fmt: skip
    assert example_terms(Schema(), load()) == ()


def test_meanings_are_offered_while_typing() -> None:
    assert offered_meanings(Schema((ORDERS,)), load()) == (
        "total net amount", "order date", "city", "net amount", "Bonn", "Cologne",
    )  # fmt: skip


def test_the_page_teaches_while_it_is_empty(agent: Agent) -> None:
    admin = agent.admin()
    assert "Upload a CSV file" in admin.get("/glossary").text
    page = admin.get("/glossary?term=%22%3E%3Cb%3E&means=x").text
    assert 'value="&#34;&gt;&lt;b&gt;"' in page


@pytest.mark.parametrize("back", ["//evil.example", "/\\evil.example", "https://evil.example", "x"])
def test_saving_leads_to_no_other_site(agent: Agent, back: str) -> None:
    admin = agent.admin()
    assert "evil" not in admin.get("/glossary", params={"back": back}).text
    answer = teach(admin, "GMV", "amount", back=back)
    assert answer.headers["location"] == "/"  # type: ignore[attr-defined]
