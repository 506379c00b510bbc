"""A customer's agent that asks the LLM gateway, from inside its container; and what is booked."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from typing import Any

from tests.support.docker_cli import docker, inspect
from tests.support.stack import Stack
from tests.support.stack_site import TOP

COMPLETIONS = "/chat/completions"


@dataclass(frozen=True)
class Answer:
    status: int
    body: str
    whole: bool

    @property
    def kind(self) -> str:
        return str(json.loads(self.body).get("kind"))


def asking(tenant: str, **request: Any) -> subprocess.Popen[str]:
    """A process in the tenant's container that asks; what it prints is to be read."""
    command = ["docker", "exec", "-i", f"tenant-{tenant}", "python3", "-"]
    asked = {"path": COMPLETIONS, **request}
    with (TOP / "tests/support/llm_ask.py").open() as program:
        return subprocess.Popen(
            [*command, json.dumps(asked)], stdin=program, stdout=subprocess.PIPE, text=True
        )


def ask_llm(tenant: str, **request: Any) -> Answer:
    out, _ = asking(tenant, **request).communicate(timeout=60)
    found = json.loads(out.splitlines()[-1])
    return Answer(found["status"], found["body"], found["whole"])


def used(stack: Stack, tenant: str) -> dict[str, Any]:
    done = stack.tenantctl("usage", tenant, "--json")
    assert done.code == 0, done.out + done.err
    (found,) = done.json()["tenants"]
    return found


def wait_for_use(stack: Stack, tenant: str, tokens: int) -> dict[str, Any]:
    stack.wait_until(
        f"{tokens} tokens are booked", lambda: used(stack, tenant)["used_today"] == tokens
    )
    return used(stack, tenant)


def listening(stack: Stack, *tenants: str) -> None:
    """The edge learns within seconds of a new tenant."""
    for one in tenants:
        command = ("exec", f"tenant-{one}", "python3", "-c", CONNECTS)
        stack.wait_until(f"the gateway of {one}", lambda c=command: docker(*c) == "True")


CONNECTS = """
import os, socket, urllib.parse
own = urllib.parse.urlsplit(os.environ["DATA_AGENT_LLM_GATEWAY"])
with socket.socket() as sock:
    sock.settimeout(2)
    print(sock.connect_ex((own.hostname, own.port)) == 0)
"""


def gateway_of(tenant: str) -> str:
    network = inspect(f"tenant-{tenant}", "network")
    return str(network["IPAM"]["Config"][0]["Gateway"])


def token_of(stack: Stack, tenant: str) -> str:
    return (stack.root / "platform/secrets" / tenant / "token").read_text().strip()


def stack_tier() -> dict[str, object]:
    return {"users": 3, "csv_files": 5, "memory": "128m", "cpus": 1, "disk": "64m"}


def budget(tenant: str) -> int | None:
    found: int | None = json.loads(ask_llm(tenant, path="/status").body)["budget_tokens"]
    return found


def kill_edge(stack: Stack) -> None:
    """kill -9 to the whole container; Docker starts it again."""
    found = inspect(stack.service("edge"))
    stack.kill_process(found["State"]["Pid"])
    stack.wait_until("edge is back", lambda: came_back(stack, found["State"]["StartedAt"]))


def came_back(stack: Stack, before: str) -> bool:
    state = inspect(stack.service("edge"))["State"]
    return bool(state["Running"]) and state["StartedAt"] != before
