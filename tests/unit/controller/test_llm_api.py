"""What the LLM gateway is told and tells, over the controller's socket API, with a real ledger."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from orchestrator.adapters.ledger import SqliteLedger
from orchestrator.controller.gate_api import GateApi
from orchestrator.controller.llm import LlmDesk
from orchestrator.controller.llm_api import LlmApi
from orchestrator.controller.socket_api import SocketApi
from orchestrator.controller.state import State
from orchestrator.controller.updates_api import UpdatesApi
from orchestrator.errors import DataRootError
from orchestrator.ports import Ports
from tests.support.fleets import SITE, tenant, wanted

NOON = 1_795_435_200.0  # 2026-11-23 12:00 UTC
ONE = {"key": "request-1", "tenant": "a", "day": "2026-11-23", "input_tokens": 9,
       "output_tokens": 1}  # fmt: skip


class Tokens:
    """Every tenant's token is its id, but c has none yet."""

    def token(self, tenant_id: str) -> str:
        if tenant_id == "c":
            raise DataRootError("there is no token of c")
        return f"token-of-{tenant_id}"


@dataclass
class Desk:
    api: SocketApi
    state: State

    def ask(
        self, method: str, path: str, body: Any = None, *, app: str = "edge_app", **more: Any
    ) -> Any:
        transport = httpx.ASGITransport(getattr(self.api, app)())
        client = httpx.AsyncClient(transport=transport, base_url="http://controller")
        return asyncio.run(client.request(method, path, json=body, **more))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    ledger = SqliteLedger(tmp_path)
    state = State(SITE, desired=wanted("a", "c", tenant("asleep", state="suspended")))
    for one in state.desired:
        ledger.allocate(one)
    ports = Ports(*[cast("Any", None)] * 9)
    ports = replace(ports, data_root=cast("Any", Tokens()), ledger=ledger)
    llm = LlmApi(LlmDesk(state, ports, now=lambda: NOON))
    updates, gate = UpdatesApi(cast("Any", None)), GateApi(cast("Any", None))
    yield Desk(SocketApi(*[cast("Any", None)] * 3, updates, llm, gate), state)
    ledger.close()


def test_the_gateway_is_told_who_may_ask(desk: Desk) -> None:
    desk.state.desired = {
        **desk.state.desired, "a": replace(desk.state.desired["a"], llm_tokens_per_day=5000)
    }  # fmt: skip
    desk.ask("POST", "/v1/llm/usage", {"bookings": [ONE, ONE | {"day": "2026-11-22"}]})
    desk.ask("POST", "/v1/llm/usage", {"bookings": [ONE | {"key": "request-2"}, ONE]})
    assert desk.ask("GET", "/v1/llm/tenants").json() == {
        "day": "2026-11-23",
        "tenants": {
            "10.200.0.2": {
                "tenant": "a",
                "gateway": "10.200.0.1",
                "token_sha256": hashlib.sha256(b"token-of-a").hexdigest(),
                "tokens_per_day": 5000,
                "used_tokens": 20,
            }
        },
    }


def test_the_gateway_is_told_again_only_when_something_changed(desk: Desk) -> None:
    def told(tag: str) -> Any:
        return desk.ask("GET", "/v1/llm/tenants", headers={"If-None-Match": tag})

    first = told("")
    tag = first.headers["ETag"]
    assert (first.status_code, told(tag).status_code, told(tag).content) == (200, 304, b"")
    desk.ask("POST", "/v1/llm/usage", {"bookings": [ONE]})
    after = told(tag)
    assert after.status_code == 200
    assert {one["used_tokens"] for one in after.json()["tenants"].values()} == {10}
    desk.state.accepted += 1
    assert told(after.headers["ETag"]).status_code == 200


def test_usage_by_day(desk: Desk) -> None:
    more = [ONE | {"key": f"request-{day}", "day": f"2026-11-{day}"} for day in (10, 23, 24)]
    desk.ask("POST", "/v1/llm/usage", {"bookings": [ONE, *more]})
    report = desk.ask("GET", "/v1/usage?tenant=a&days=13").json()
    (found,) = report["tenants"]
    assert (report["today"], report["days_asked"]) == ("2026-11-23", 13)
    assert (found["used_today"], found["tokens_per_day"]) == (20, None)
    assert [row["day"] for row in found["days"]] == ["2026-11-24", "2026-11-23"]
    everybody = desk.ask("GET", "/v1/usage?days=400", app="operator_app").json()["tenants"]
    assert [(one["id"], len(one["days"])) for one in everybody] == [
        ("a", 3), ("asleep", 0), ("c", 0),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"tenant": 1},
        {"key": "short"},
        {"key": "k" * 65},
        {"day": "yesterday"},
        {"input_tokens": -1},
        {"output_tokens": 10**9},
        {"text": "what was asked"},
    ],
)
def test_a_booking_that_does_not_fit_books_nothing(desk: Desk, wrong: dict[str, Any]) -> None:
    answer = desk.ask(
        "POST", "/v1/llm/usage", {"bookings": [ONE, ONE | {"key": "other-1"} | wrong]}
    )
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert desk.ask("GET", "/v1/usage?tenant=a").json()["tenants"][0]["days"] == []


def test_the_edge_may_write_usage_and_nothing_else(desk: Desk) -> None:
    writes = {
        ("POST", "/v1/apply"), ("POST", "/v1/tenants"), ("DELETE", "/v1/tenants/a"),
        ("PATCH", "/v1/tenants/a"), ("POST", "/v1/tenants/a/restart"),
        ("POST", "/v1/tenants/a/purge"), ("GET", "/v1/tenants/a/credentials"),
    }  # fmt: skip
    assert {desk.ask(*one).status_code for one in writes} <= {404, 405}
    assert desk.ask("GET", "/v1/llm/tenants", app="operator_app").status_code == 404


@pytest.mark.parametrize(
    ("path", "status"),
    [("/v1/usage?tenant=x", 404), ("/v1/usage?days=0", 422), ("/v1/usage?days=401", 422)],
)
def test_questions_that_cannot_be_answered(desk: Desk, path: str, status: int) -> None:
    assert desk.ask("GET", path).status_code == status
