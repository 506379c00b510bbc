"""From inside a customer's container: an LLM, and nothing else than before."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator

import pytest

from tests.integration.llm.conftest import KEY, give_key
from tests.support.docker_cli import docker, inspect
from tests.support.llm_endpoint import READ, WORDS, WRITTEN, Endpoint
from tests.support.llm_tenant import (
    COMPLETIONS,
    ask_llm,
    asking,
    budget,
    gateway_of,
    kill_edge,
    listening,
    stack_tier,
    token_of,
    used,
    wait_for_use,
)
from tests.support.stack import Stack
from tests.support.stack_fleet import Fleet
from tests.support.stack_http import ask
from tests.support.stack_site import TOP

pytestmark = pytest.mark.docker

SECRET = "marker-of-what-was-asked-77aa"
QUESTION = {"messages": [{"role": "user", "content": f"What about {SECRET}?"}]}
STREAM = {**QUESTION, "stream": True}
TOKENS = READ + WRITTEN


@pytest.fixture
def pair(stack: Stack, fleet: Fleet, llm: Endpoint) -> Iterator[tuple[str, str]]:
    llm.behave("good")
    a, b = fleet.start("ada", "bob")
    listening(stack, a, b)
    yield a, b
    llm.go.set()


def test_an_agent_is_answered_and_its_tokens_are_counted(
    stack: Stack, pair: tuple[str, str], llm: Endpoint
) -> None:
    a, b = pair
    assert json.loads(ask_llm(a, path="/status").body) == {
        "configured": True, "provider": "openai", "model": "the-operators-model",
        "budget_tokens": None, "used_tokens": 0,
    }  # fmt: skip
    for body in (QUESTION, STREAM):
        answer = ask_llm(a, body=body)
        assert (answer.status, answer.whole) == (200, True)
        assert all(word in answer.body for word in WORDS)
    assert [asked.body["model"] for asked in llm.asked] == ["the-operators-model"] * 2
    assert {asked.headers["authorization"] for asked in llm.asked} == {f"Bearer {KEY}"}
    found = wait_for_use(stack, a, 2 * TOKENS)
    (today,) = found["days"]
    assert (today["requests"], today["input_tokens"], today["estimated"]) == (2, 2 * READ, 0)
    assert used(stack, b)["days"] == []
    rest = ask(int(stack.settings["API_PORT"]), "localhost", f"/api/v1/usage?tenant={a}").json()
    assert rest["tenants"] == [found]
    assert a in stack.tenantctl("usage").out


def test_nobody_asks_in_the_name_of_another(
    stack: Stack, pair: tuple[str, str], llm: Endpoint
) -> None:
    a, b = pair
    tries = [
        (a, token_of(stack, b)),
        (b, token_of(stack, a)),
        (a, ""),
        (a, token_of(stack, a)[:-1]),
    ]
    for tenant, token in tries:
        for path, body in ((COMPLETIONS, QUESTION), ("/status", None)):
            answer = ask_llm(tenant, path=path, body=body, token=token)
            assert (answer.status, answer.kind) == (401, "unknown")
    for token in (None, token_of(stack, b)):  # there is not even a way to the other's gateway
        assert ask_llm(a, body=QUESTION, at=gateway_of(b), token=token).status == 0
    port = int(stack.settings["LLM_PORT"])
    for host in (gateway_of(a), gateway_of(b)):  # the host itself is no agent either
        command = ["curl", "-s", "-m", "10", "-o", "/dev/null", "-w", "%{http_code}"]
        command += ["-H", f"Authorization: Bearer {token_of(stack, a)}"]
        done = subprocess.run(
            [*command, f"http://{host}:{port}/v1/status"], capture_output=True, text=True,
            timeout=30, check=False,
        )  # fmt: skip
        assert done.stdout == "401"
    assert llm.asked == []


def test_no_other_port_has_opened(stack: Stack, pair: tuple[str, str], llm: Endpoint) -> None:
    a, b = pair
    own = gateway_of(a)
    ports = {name: int(stack.settings[name]) for name in ("HTTP_PORT", "GATE_PORT", "API_PORT")}
    closed = [
        ("tcp", host, port)
        for host in (own, gateway_of(b), "127.0.0.1", "172.17.0.1")
        for port in (*ports.values(), llm.port, 22, 2375)
    ]
    closed += [("tcp", "192.0.2.1", 443), ("tcp", "127.0.0.1", int(stack.settings["LLM_PORT"]))]
    program = (TOP / "tests/support/probe.py").read_text()
    targets = [("tcp", own, int(stack.settings["LLM_PORT"])), *closed]
    command = ("exec", "--interactive", f"tenant-{a}", "python3", "-", json.dumps(targets))
    found = json.loads(docker(*command, stdin=program, timeout=120))
    assert found == [True] + [False] * len(closed)


def test_a_budget_holds_and_outlives_the_edge(
    stack: Stack, fleet: Fleet, pair: tuple[str, str]
) -> None:
    a, b = pair
    fleet.top["tiers"] = {"tiny": {**stack_tier(), "llm_tokens_per_day": TOKENS + 1}}
    fleet.top["tiers"]["small"] = stack_tier()
    before = fleet.life(a), fleet.life(b)
    fleet.change(a, tier="tiny")
    fleet.apply()
    assert (fleet.life(a), fleet.life(b)) == before  # a budget is no reason to restart
    stack.wait_until("the budget is known", lambda: budget(a) == TOKENS + 1)
    assert [ask_llm(a, body=QUESTION).status for _ in range(3)] == [200, 200, 429]
    assert ask_llm(a, body=STREAM).kind == "budget"
    wait_for_use(stack, a, 2 * TOKENS)
    kill_edge(stack)
    listening(stack, a, b)
    assert ask_llm(a, body=QUESTION).kind == "budget"
    assert ask_llm(b, body=QUESTION).status == 200
    assert (fleet.life(a), fleet.life(b)) == before


def test_edge_is_killed_in_the_middle_of_a_stream(
    stack: Stack, fleet: Fleet, pair: tuple[str, str], llm: Endpoint
) -> None:
    a, b = pair
    before = fleet.life(a), fleet.life(b)
    llm.behave("drip")
    process = asking(a, body=STREAM)
    assert process.stdout is not None
    assert process.stdout.readline() == "answered 200\n"
    assert process.stdout.readline().startswith("came ")
    kill_edge(stack)  # at once: it was booked before it went out
    llm.behave("good")
    llm.go.set()
    out, _ = process.communicate(timeout=60)
    assert not json.loads(out.splitlines()[-1])["whole"]  # and it has ended: nothing hangs
    listening(stack, a, b)
    (today,) = used(stack, a)["days"]
    assert (today["requests"], today["estimated"]) == (1, 1)
    assert today["input_tokens"] >= len(json.dumps(STREAM)) // 4
    assert ask_llm(a, body=STREAM).whole
    assert (fleet.life(a), fleet.life(b)) == before


def test_the_controller_may_be_away(stack: Stack, pair: tuple[str, str]) -> None:
    a, _ = pair
    assert ask_llm(a, body=QUESTION).status == 200
    wait_for_use(stack, a, TOKENS)
    stack.compose("stop", "--timeout", "10", "controller")
    try:
        assert ask_llm(a, body=QUESTION).status == 200
    finally:
        stack.compose("start", "controller")
        stack.wait_for_controller()
    wait_for_use(stack, a, 2 * TOKENS)


def test_a_new_key_counts_without_a_restart(
    stack: Stack, pair: tuple[str, str], llm: Endpoint
) -> None:
    a, _ = pair
    llm.behave("refuses")
    assert ask_llm(a, body=QUESTION).kind == "key_refused"
    llm.behave("good")
    give_key(stack, "sk-another-marker-9c")
    try:
        assert ask_llm(a, body=QUESTION).status == 200
    finally:
        give_key(stack, KEY)
    assert [one.headers["authorization"] for one in llm.asked] == ["Bearer sk-another-marker-9c"]


def test_privacy_reaches_the_agent(stack: Stack, fleet: Fleet, pair: tuple[str, str]) -> None:
    a, b = pair
    before = fleet.life(b)
    fleet.change(a, llm_privacy="nothing")
    changes = [one["changes"] for one in stack.plan()["tenants"]]
    assert changes == [[{"field": "LLM privacy", "old": "names", "new": "nothing"}]]
    fleet.apply()
    told = [privacy(one) for one in (a, b)]
    assert told == ["nothing", "names"]
    assert fleet.life(b) == before


def privacy(tenant: str) -> str:
    env = dict(one.split("=", 1) for one in inspect(f"tenant-{tenant}")["Config"]["Env"])
    return str(env["DATA_AGENT_LLM_PRIVACY"])


def test_the_operator_is_told(stack: Stack, llm: Endpoint) -> None:
    llm.behave("good")
    checks = {one["name"]: one for one in stack.tenantctl("doctor", "--json").json()["checks"]}
    assert checks["LLM"]["ok"]
    assert checks["LLM"]["detail"] == f"openai, the-operators-model at {llm.url}"
    port = int(stack.settings["API_PORT"])
    assert ask(port, "localhost", "/api/v1/llm").json()["reachable"] is None
    assert ask(port, "localhost", "/api/v1/llm?look=true").json()["reachable"] is True
    llm.behave("refuses")
    seen = ask(port, "localhost", "/api/v1/llm?look=true").json()
    assert (seen["reachable"], seen["problem"]) == (False, "The endpoint refuses the key (401).")


def test_no_key_and_no_word_is_in_any_log_or_container(
    stack: Stack, pair: tuple[str, str], llm: Endpoint
) -> None:
    a, b = pair
    for mode in ("good", "half", "broken", "refuses", "garbage", "busy", "moved"):
        llm.behave(mode)
        for body in (QUESTION, STREAM):
            ask_llm(a, body=body)
    ask_llm(a, body={**QUESTION, "unknown": SECRET})
    ask_llm(a, body=QUESTION, token=token_of(stack, b))
    logs = {name: stack.logs(name, tail=100_000) for name in ("edge", "controller", "traefik")}
    assert "refused" in logs["edge"]
    seen = "".join(logs.values()) + docker("logs", f"tenant-{a}")
    for name in (f"tenant-{a}", *(stack.service(one) for one in logs)):
        seen += json.dumps(inspect(name))
    for marker in (KEY, SECRET, "".join(WORDS), WORDS[2], token_of(stack, a), token_of(stack, b)):
        assert marker not in seen
    ledger = b"".join(path.read_bytes() for path in (stack.root / "platform").glob("ledger.db*"))
    assert SECRET.encode() not in ledger
    assert KEY.encode() not in ledger
    inside = docker("exec", f"tenant-{a}", "sh", "-c", "cat /proc/*/environ | tr '\\0' '\\n'")
    assert KEY not in inside
