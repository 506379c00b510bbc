from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.cli import main
from tests.unit.recorded_controller import Lines, Recorded, RecordedController

STATUS = {
    "tenants": [
        {
            "id": "customer-a", "name": "Customer A", "tier": "small", "state": "running",
            "why": "", "url": "http://customer-a.localhost", "image": "data-agent:latest",
            "digest": "sha256:0a1b2c3d4e5f60718293a4b5c6d7e8f9", "users": 3, "csv_files": 5,
            "memory_bytes": 42_991_616, "data_bytes": 3_250_585, "last_request": None,
            "deployed_at": "2026-11-23T05:01:42Z",
        },
        {
            "id": "customer-b", "name": "Customer B", "tier": "medium", "state": "failed",
            "why": "failed 3 times in a row; next try in 20 s. It was killed: out of memory.",
            "url": "http://customer-b.localhost", "image": "data-agent:latest",
            "digest": None, "users": None, "csv_files": None, "memory_bytes": None,
            "data_bytes": None, "last_request": None, "deployed_at": None,
        },
    ],
    "routes_confirmed": True,
    "converged": False,
}  # fmt: skip
PLAN = {
    "tenants": [
        {
            "tenant": "customer-b", "action": "restart", "why": "tier small → medium",
            "changes": [{"field": "memory", "old": "384m", "new": "768m"}],
            "steps": ["stop container 0a1b", "create container tenant-customer-b"],
        },
        {"tenant": "customer-c", "action": "start", "why": "new", "changes": [], "steps": []},
        {
            "tenant": "customer-d", "action": "retire", "changes": [], "steps": [],
            "why": "it left tenants.yaml; its data is kept",
        },
    ],
    "problems": [],
    "refused": None,
}  # fmt: skip
DONE = {"kind": "done", "ok": True, "text": "3 customers running, 1 retired", "status": STATUS}
APPLIED = Lines(
    (
        {"kind": "plan", "plan": PLAN},
        {"kind": "step", "tenant": "customer-c", "text": "create network tenant-customer-c"},
        {"kind": "step", "tenant": "customer-c", "text": "wait until customer-c is ready"},
        {"kind": "outcome", "tenant": "customer-c", "text": "started in 1.2 s"},
        {"kind": "note", "tenant": None, "text": "routes confirmed"},
        DONE,
    )
)


@pytest.fixture(scope="session")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recorded]:
    with RecordedController(tmp_path_factory.mktemp("run") / "operator.sock") as recorded:
        yield recorded


@pytest.fixture
def controller(_server: Recorded, monkeypatch: pytest.MonkeyPatch) -> Recorded:
    """The recorded controller, with nothing asked yet, and tenantctl pointed at it."""
    _server.answers = {"GET /v1/status": STATUS, "GET /v1/plan": PLAN, "POST /v1/apply": APPLIED}
    _server.asked.clear()
    monkeypatch.setenv("ORCHESTRATOR_OPERATOR_SOCKET", str(_server.socket))
    return _server


@pytest.fixture
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No controller at all."""
    monkeypatch.setenv("ORCHESTRATOR_OPERATOR_SOCKET", str(tmp_path / "operator.sock"))
    return tmp_path / "operator.sock"


@pytest.fixture
def tenantctl(capsys: pytest.CaptureFixture[str]):
    """Run tenantctl: (exit code, standard output, standard error)."""

    def run(*argv: str) -> tuple[int, str, str]:
        try:
            code = main(argv)
        except SystemExit as end:  # argparse
            code = int(end.code or 0)
        return (code, *capsys.readouterr())

    return run
