"""An agent with everything in it that a page can have: what is ordinary, long, empty and odd."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from orchestrator.demo import office, shop
from tests.support.agent_process import PASSWORD, AgentProcess, agent_process

LONG = "a very long name of a file that somebody exported from somewhere without a thought " * 2
MESSY = (
    "Export of 2026-01-31;;;\n;;;\nDatum;Betrag;Kunde;Offen\n"
    "01.02.2025;1.234,50;Müller & Söhne;ja\n02.03.2025;-12,00;İstanbul Ltd;nein\n"
    "03.04.2025;7,25;" + "sehr lang " * 40 + ";ja\n04.05.2025;oops;x;y;z\nSumme;1.229,75;;\n"
)
WIDE = ",".join(f"measurement number {n}" for n in range(200))
ARABIC = "المدينة,المبيعات\nالرياض,120\nجدة,95\n<script>alert(1)</script>,3\n"
DATES = "when,amount\n" + "".join(f"0{n}/0{n + 1}/2025,{n}\n" for n in range(1, 7))
QUESTIONS = (
    "revenue by country", "revenue by month", "how many sales orders",
    "number of tickets by topic", "distribution of revenue",
)  # fmt: skip


@contextmanager
def furnished(data_dir: Path, **settings: str) -> Iterator[tuple[AgentProcess, dict[str, str]]]:
    """The agent, and an address for every page and state worth a look, by name."""
    defaults = {
        "DATA_AGENT_TENANT_NAME": "Customer A",
        "DATA_AGENT_MAX_USERS": "5",
        "DATA_AGENT_MAX_CSV_FILES": "25",
        "DATA_AGENT_QUESTIONS_PER_DAY": "200",
        "DATA_AGENT_DISK_BYTES": str(64 * 1024 * 1024),  # a download of more is refused
    }
    with agent_process(data_dir, **{**defaults, **settings}) as agent:
        admin = agent.admin()
        _people(agent, admin)
        files = _files(admin)
        yield agent, {**_plain_pages(), **_pages_of(admin, files)}


def _people(agent: AgentProcess, admin: httpx.Client) -> None:
    for name in ("anna", "a.very-long.user_name.of.somebody@a-long-company-name.example"):
        body = {"username": name}
        first = admin.post("/api/v1/users", json=body).raise_for_status().json()["first_password"]
        if name == "anna":
            with httpx.Client(base_url=agent.url, headers={"Origin": agent.url}) as anna:
                anna.post("/api/v1/session", json={"username": name, "password": first})
                change = {"current": first, "new": PASSWORD}
                anna.post("/api/v1/me/password", json=change).raise_for_status()
    admin.post("/api/v1/tokens", json={"name": "Nightly upload of the warehouse"})


def _files(admin: httpx.Client) -> dict[str, str]:
    sets = {f"{one.name}.csv": one.as_csv() for one in (*shop.data_sets(), *office.data_sets())}
    odd = {
        "messy bank export.csv": MESSY.encode("cp1252", "replace"),
        "wide.csv": f"{WIDE}\n{','.join(str(n) for n in range(200))}\n".encode(),
        "empty.csv": b"name,city,amount\n",
        "مبيعات.csv": ARABIC.encode(),
        "dates.csv": DATES.encode(),
        f"{LONG}.csv": (f"{'long' * 25},b\n" + "x" * 900 + ",1\n").encode(),
        "packed.csv.gz": gzip.compress(b"a,b\n1,2\n"),
    }
    ids: dict[str, str] = {}
    for name, content in {**sets, **odd}.items():
        answer = admin.post("/api/v1/files", files={"file": (name, content)})
        assert answer.status_code == 201, (name, answer.text)
        entry = answer.json()["files"][0]
        ids[name], ids[f"table of {name}"] = entry["id"], entry["table"]
    return ids


def _plain_pages() -> dict[str, str]:
    return {
        "home": "/", "data": "/data", "sql": "/sql", "answers": "/answers", "people": "/people",
        "audit": "/people/audit", "audit-none": "/people/audit?who=nobody", "account": "/account",
        "verdicts": "/people/verdicts", "settings": "/settings", "password": "/password",
        "glossary": "/glossary", "glossary-new": "/glossary?term=turnover&means=revenue",
        "sql-filled": "/sql?sql=SELECT+*+FROM+sales_orders",
        "bars": "/?q=revenue+by+country", "line": "/?q=revenue+by+month",
        "lines": "/?q=revenue+by+category+by+month",
        "number": "/?q=how+many+sales+orders", "rows": "/?q=sales+orders+over+1000",
        "histogram": "/?q=distribution+of+revenue", "unknown-word": "/?q=fribbles+by+country",
        "no-answer": "/?q=will+it+rain+tomorrow", "404": "/nothing-here",
        "404-file": "/data/files/none", "404-table": "/data/tables/none",
        "422": "/?q=x&previous=[", "413": "/export?sql=SELECT+repeat('x',1000)+FROM+range(60000)",
    }  # fmt: skip


def _pages_of(admin: httpx.Client, files: dict[str, str]) -> dict[str, str]:
    saved = ""
    for question in QUESTIONS:
        answer = admin.post("/api/v1/ask", json={"question": question}).json()
        recipe = {"question": question, "plan": answer.get("plan")}
        saved = admin.post("/api/v1/questions", json=recipe).raise_for_status().json()["id"]
    admin.post("/api/v1/verdicts", json={**recipe, "good": True})
    broken = {"question": "an answer whose table is gone", "sql": "SELECT * FROM was_here"}
    gone = admin.post("/api/v1/questions", json=broken).raise_for_status().json()["id"]
    for term, means in (("turnover", "total revenue"), ("HQ", "Cologn"), ("مبيعات", "revenue")):
        admin.post("/api/v1/glossary", json={"term": term, "means": means}).raise_for_status()
    again = {"file": ("products.csv", b"product_id,weight\n1,2\n")}
    answer = admin.post("/api/v1/files?if_exists=ask", files=again).raise_for_status()
    pages = {"saved": f"/answers/{saved}", "saved-broken": f"/answers/{gone}"}
    pages["waiting"] = f"/data/waiting/{answer.json()['files'][0]['waiting']}"
    for name, key in (
        ("messy", "messy bank export.csv"), ("wide", "wide.csv"), ("empty", "empty.csv"),
        ("arabic", "مبيعات.csv"), ("dates", "dates.csv"), ("long", f"{LONG}.csv"),
        ("orders", "sales_orders.csv"),
    ):  # fmt: skip
        pages[f"report-{name}"] = f"/data/files/{files[key]}?new=1"
        pages[f"table-{name}"] = f"/data/tables/{files[f'table of {key}']}"
    return pages
