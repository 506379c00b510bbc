"""What the gate is told about hosts, and what it may write, over the edge's socket."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any, cast

import httpx
import pytest

from orchestrator.client.answers import GateAnswer
from orchestrator.client.decode import decode
from orchestrator.client.wire import GATE_HEADER
from orchestrator.controller.gate_api import GateApi
from orchestrator.controller.holding import Held
from orchestrator.controller.llm_api import LlmApi
from orchestrator.controller.socket_api import SocketApi
from orchestrator.controller.updates_api import UpdatesApi
from orchestrator.core.plan import AwaitReady, PrepareData, Route, StartContainer
from orchestrator.core.swap import Swap
from tests.support.fleets import tenant, wanted
from tests.support.model_world import ModelWorld
from tests.unit.controller.small_controller import SmallController

DESIRED = wanted("a", tenant("b", domains=("data.example.com",)), tenant("s", state="suspended"))
ADDRESS = f"{DESIRED['a'].address}:8000"


class Gate(SmallController):
    """With the socket in between."""

    def ask(
        self, method: str, path: str, body: Any = None, *, app: str = "edge_app", life: str = "x"
    ) -> Any:
        nobody = cast("Any", None)
        updates = UpdatesApi(nobody)
        api = SocketApi(nobody, nobody, nobody, updates, LlmApi(nobody), GateApi(self.desk))
        transport = httpx.ASGITransport(getattr(api, app)())
        client = httpx.AsyncClient(transport=transport, base_url="http://controller")
        said = {GATE_HEADER: life}
        return asyncio.run(client.request(method, path, json=body, headers=said))

    def answer(self, host: str) -> GateAnswer:
        return decode(GateAnswer, self.ask("GET", f"/v1/gate/{host}").json())


@pytest.fixture
def world() -> ModelWorld:
    made = ModelWorld()
    for spec in DESIRED.values():
        made.add(spec)
    return made


@pytest.fixture
def gate(tmp_path: Path, world: ModelWorld) -> Iterator[Gate]:
    made = Gate(tmp_path, DESIRED)
    made.see(world)
    yield made
    made.ledger.close()


def test_who_runs_is_forwarded_to(gate: Gate) -> None:
    assert gate.answer("a.localhost") == GateAnswer("forward", "a", "a", "running", "", ADDRESS)
    assert gate.answer("data.example.com").tenant == "b"


def test_how_long_it_may_be_held_is_said(tmp_path: Path) -> None:
    patient = Gate(tmp_path, wanted(tenant("a", hold_for=90)))
    try:
        assert patient.answer("a.localhost").hold_for == 90.0
    finally:
        patient.ledger.close()


def test_nobodys_host_is_explained_and_no_error(gate: Gate) -> None:
    assert gate.answer("x.localhost") == GateAnswer("explain")


def test_who_is_suspended_is_explained_without_an_address(gate: Gate) -> None:
    found = gate.answer("s.localhost")
    assert (found.mode, found.tenant, found.address) == ("explain", "s", None)


def test_while_nothing_can_be_seen_the_agent_is_asked(gate: Gate) -> None:
    gate.see(ModelWorld())
    gate.state.observed = type(gate.state)(gate.state.site).observed
    assert (gate.answer("a.localhost").mode, gate.answer("a.localhost").address) == (
        "probe",
        ADDRESS,
    )


def test_what_is_held_and_released_again(gate: Gate) -> None:
    gate.work.busy["a"] = gate.work.doing["a"] = "swap"
    gate.holding.begin("a")
    assert gate.answer("a.localhost").mode == "hold"
    gate.holding.release("a")
    assert gate.answer("a.localhost").mode == "forward"
    gate.holding.end("a")
    assert gate.answer("a.localhost").mode == "probe"  # somebody still works on it
    gate.work.busy.clear()
    assert gate.answer("a.localhost").mode == "forward"


def test_nobody_knocks_at_an_agent_before_it_is_ready(gate: Gate) -> None:
    gate.work.busy["a"] = gate.work.doing["a"] = "wake"
    gate.holding.starts("a")
    assert gate.answer("a.localhost").mode == "hold"
    gate.holding.ready("a")
    assert gate.answer("a.localhost").mode == "forward"
    gate.holding.end("a")
    assert gate.answer("a.localhost").mode == "probe"


def test_a_swap_on_record_is_held_whoever_died(gate: Gate) -> None:
    asyncio.run(gate.journal.begin(Swap("a", {}, "x", "y")))
    found = gate.answer("a.localhost")
    assert (found.mode, found.state) == ("hold", "swapping")


def test_who_sleeps_is_woken_once(gate: Gate, world: ModelWorld) -> None:
    world.asleep = frozenset({"a"})
    world.settle(DESIRED)
    gate.see(world)
    asyncio.run(gate.journal.sleep("a"))
    found = gate.answer("a.localhost")
    assert (found.mode, found.state) == ("wake", "sleeping")
    for _ in range(3):
        woken = decode(GateAnswer, gate.ask("POST", "/v1/gate/a.localhost/wake").json())
        assert (woken.mode, woken.address) == ("probe", ADDRESS)
    assert [plan.action for plan in gate.work.submitted] == ["wake"]
    assert gate.ledger.asleep() == frozenset()


def test_who_fell_asleep_just_now_is_looked_at_before_it_is_woken(
    gate: Gate, world: ModelWorld
) -> None:
    asyncio.run(gate.journal.sleep("a"))  # and what was seen last still shows it running
    gate.bell.unseen = ModelWorld()
    for spec in DESIRED.values():
        gate.bell.unseen.add(spec)
    gate.bell.unseen.asleep = frozenset({"a"})
    gate.bell.unseen.settle(DESIRED)
    gate.ask("POST", "/v1/gate/a.localhost/wake")
    (plan,) = gate.work.submitted
    assert plan.action == "wake"
    assert [type(step) for step in plan.steps] == [PrepareData, StartContainer, AwaitReady, Route]


def test_waking_who_does_not_sleep_answers_how_it_is(gate: Gate) -> None:
    for host, mode in (("a.localhost", "forward"), ("x.localhost", "explain")):
        assert gate.ask("POST", f"/v1/gate/{host}/wake").json()["mode"] == mode
    assert gate.work.submitted == []


def test_what_was_held_is_noted_for_the_plan_under_way(gate: Gate) -> None:
    gate.holding.begin("a")
    for held, longest, failed in ((10, 1.4, 0), (4, 0.2, 1)):
        body = {"tenant": "a", "held": held, "longest_s": longest, "failed": failed}
        assert gate.ask("POST", "/v1/gate/holds", body).json() == {"noted": True}
    told = asyncio.run(gate.holding.told("a"))
    assert (told, str(told)) == (Held(14, 1.4, 1), "held 14, longest 1.4 s, failed 1")


def test_a_gate_that_held_and_never_told_leaves_the_number_unknown(gate: Gate) -> None:
    gate.holding.begin("a")
    body = {"tenant": "a", "held": 2, "longest_s": 0.5, "failed": 0}
    for life in ("first", "second"):  # the edge is restarted in between
        gate.ask("GET", "/v1/gate/a.localhost", life=life)
    gate.ask("POST", "/v1/gate/holds", body, life="second")
    gate.holding.release("a")
    told = str(asyncio.run(gate.holding.told("a")))
    why = "the edge did not tell; was it restarted meanwhile?"
    assert told == f"held 2, longest 0.5 s, failed unknown ({why})"
    gate.ask("POST", "/v1/gate/holds", body, life="first")
    assert str(asyncio.run(gate.holding.told("a"))) == "held 4, longest 0.5 s, failed 0"


@pytest.mark.parametrize("wrong", [{"held": -1}, {"longest_s": "x"}, {"more": 1}, {"failed": None}])
def test_a_note_that_does_not_fit_is_refused(gate: Gate, wrong: dict[str, Any]) -> None:
    body = {"tenant": "a", "held": 1, "longest_s": 1.0, "failed": 0} | wrong
    assert gate.ask("POST", "/v1/gate/holds", body).status_code == 422


def test_these_verbs_are_the_edges_alone(gate: Gate) -> None:
    assert gate.ask("GET", "/v1/gate/a.localhost", app="operator_app").status_code == 404
    for verb in ("sleep", "wake"):
        assert gate.ask("POST", f"/v1/tenants/a/{verb}").status_code == 404
    for path in ("update", "update/stop", "update/resume", "rollback"):
        assert gate.ask("POST", f"/v1/{path}").status_code == 404
