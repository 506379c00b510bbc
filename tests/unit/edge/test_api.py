"""The REST API: typed reads, problem documents, and who may not read it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import httpx
import pytest

from orchestrator.client.asynchronous import AsyncController
from orchestrator.edge.api import create_api
from orchestrator.edge.llm_gateway.state import LlmView
from tests.unit.cli.conftest import PLAN, STATUS
from tests.unit.recorded_controller import Problem, Recorded, RecordedController, Text

ANSWERS = {
    "GET /v1/status": STATUS,
    "GET /v1/plan": PLAN,
    "POST /v1/validate": {"ok": True, "problems": [], "tenants": 2},
    "GET /v1/events": {"events": []},
    "GET /v1/doctor": {"ok": True, "checks": []},
    "GET /v1/usage": {"days_asked": 30, "today": "2026-11-23", "tenants": []},
    "GET /v1/tenants/customer-a/logs": Text("one\ntwo\n"),
}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    with RecordedController(tmp_path_factory.mktemp("run") / "edge.sock") as recorded:
        yield recorded
    visitor.cache_clear()


@pytest.fixture
def controller(server: Recorded) -> Recorded:
    server.answers = dict(ANSWERS)
    server.asked.clear()
    return server


def get(socket: Path, path: str, **headers: str) -> httpx.Response:
    """One request; the application is made once per socket, since that takes a while."""
    runner, client = visitor(socket)
    return runner.run(client.get(path, headers=headers))


@cache
def visitor(socket: Path) -> tuple[asyncio.Runner, httpx.AsyncClient]:
    transport = httpx.ASGITransport(create_api(AsyncController(socket), LlmView(None)))
    return asyncio.Runner(), httpx.AsyncClient(transport=transport, base_url="http://localhost")


def test_reads(controller):
    socket = controller.socket
    assert get(socket, "/healthz").json() == {"ok": True}
    found = get(socket, "/api/v1/status").json()
    assert found["tenants"][0].items() >= STATUS["tenants"][0].items()
    assert get(socket, "/api/v1/tenants").json()[1]["id"] == "customer-b"
    assert get(socket, "/api/v1/tenants/customer-b").json()["state"] == "failed"
    assert get(socket, "/api/v1/plan").json() == {**PLAN, "standing": ""}
    assert get(socket, "/api/v1/validate").json() == {"ok": True, "problems": [], "tenants": 2}
    assert get(socket, "/api/v1/doctor").json() == {"ok": True, "checks": []}
    assert get(socket, "/api/v1/llm?look=true").json()["configured"] is False
    assert get(socket, "/api/v1/tenants/customer-a/logs").text == "one\ntwo\n"


def test_parameters_are_handed_on(controller):
    get(controller.socket, "/api/v1/events?tenant=customer-a&limit=7")
    get(controller.socket, "/api/v1/tenants/customer-a/logs?tail=9&follow=true")
    assert get(controller.socket, "/api/v1/usage?tenant=customer-a").json()["days_asked"] == 30
    assert [asked for asked, _ in controller.asked] == [
        "GET /v1/events?tenant=customer-a&limit=7",
        "GET /v1/tenants/customer-a/logs?tail=9&follow=1",
        "GET /v1/usage?tenant=customer-a&days=30",
    ]


@pytest.mark.parametrize(
    ("path", "status", "title"),
    [
        ("/api/v1/tenants/customer-x", 404, "No such customer"),
        ("/api/v1/tenants/customer-x/logs", 404, "No such customer"),
        ("/api/v1/tenants/..%2Fstatus/logs", 404, "The request cannot be served"),
        ("/api/v1/tenants/A/logs", 404, "No such customer"),
        ("/api/v1/events?limit=0", 422, "A parameter does not fit"),
        ("/api/v1/nothing", 404, "The request cannot be served"),
    ],
)
def test_errors_are_problem_documents(controller, path, status, title):
    answer = get(controller.socket, path)
    assert answer.headers["content-type"] == "application/problem+json"
    assert (answer.status_code, answer.json()["status"], answer.json()["title"]) == (
        status, status, title,
    )  # fmt: skip


def test_a_controller_that_is_away_is_503(tmp_path):
    answer = get(tmp_path / "edge.sock", "/api/v1/status")
    assert (answer.status_code, answer.json()["title"]) == (503, "The controller does not answer")
    assert get(tmp_path / "edge.sock", "/healthz").status_code == 200


def test_a_controller_that_answers_rubbish_is_503(controller):
    controller.answers["GET /v1/status"] = Text("<html>")
    assert get(controller.socket, "/api/v1/status").status_code == 503
    controller.answers["GET /v1/status"] = {"tenants": "none"}
    assert get(controller.socket, "/api/v1/status").status_code == 503


def test_refusals_keep_their_mend(controller):
    controller.answers["GET /v1/plan"] = Problem(409, {"detail": "No.", "mend": "Do this."})
    answer = get(controller.socket, "/api/v1/plan").json()
    assert (answer["status"], answer["detail"], answer["mend"]) == (409, "No.", "Do this.")


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "10.0.0.1", ""])
def test_other_hosts_are_refused(controller, host):
    answer = get(controller.socket, "/api/v1/status", Host=host)
    assert (answer.status_code, controller.asked) == (421, [])


@pytest.mark.parametrize("host", ["localhost:8480", "127.0.0.1:8480", "[::1]:8480", "LOCALHOST"])
def test_this_machine_is_served(controller, host):
    assert get(controller.socket, "/api/v1/status", Host=host).status_code == 200


def test_pages_of_other_sites_cannot_read_it(controller):
    answer = get(controller.socket, "/api/v1/status", **{"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, controller.asked) == (403, [])
    answer = get(controller.socket, "/api/v1/status", Origin="http://evil.example")
    assert "access-control-allow-origin" not in answer.headers
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"


def test_openapi_describes_reads_only_and_shows_no_secrets(controller):
    document = get(controller.socket, "/openapi.json").json()
    verbs = {verb for path in document["paths"].values() for verb in path}
    assert verbs == {"get"}
    assert not any("credentials" in path for path in document["paths"])
    assert "TenantStatus" in document["components"]["schemas"]
    for path in ("/docs", "/redoc"):
        assert get(controller.socket, path).status_code == 404


def test_docs_list_every_path(controller):
    page = (Path(__file__).parents[3] / "docs/api.md").read_text()
    paths = set(get(controller.socket, "/openapi.json").json()["paths"])
    assert set(re.findall(r"^\| `(/[^`]+)`", page, re.MULTILINE)) == paths
