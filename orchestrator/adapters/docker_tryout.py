"""An image is tried apart from everything: no network, no data, the tenants' own walls.

What does not start here would not start in the place of a container that works.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from orchestrator.adapters import docker_profile, docker_text
from orchestrator.core import names
from orchestrator.core.desired import TenantSpec
from orchestrator.core.history import told

Json = Mapping[str, Any]

LABEL = "orchestrator.tryout"
WITHIN_S = 30.0  # for its health check to pass
LIVES_S = 2.0  # so long must one run that has no health check
POLL_S = 0.1
LOG_LINES = 5
SECOND = docker_profile.SECOND
HEALTHCHECK: Json = {  # with the command that the image has
    "Interval": SECOND,
    "Timeout": 10 * SECOND,
    "StartPeriod": 120 * SECOND,
    "StartInterval": SECOND // 2,
    "Retries": 100,
}


class Ask(Protocol):
    """One call of the engine's API; errors as the SDK's."""

    def __call__(
        self, method: str, path: str, query: Json | None = None, *, body: Json | None = None
    ) -> Any: ...  # noqa: ANN401 - a requests.Response


def try_image(ask: Ask, spec: TenantSpec, instance: str) -> str:
    """Why the image of this spec is no good, in a sentence, or "". What is left of it is removed.

    One at a time: what an earlier one left behind goes first.
    """
    _sweep(ask, instance)
    name = f"orchestrator-tryout-{instance}"
    made = ask("POST", "/containers/create", {"name": name}, body=_body(spec, instance)).json()
    try:
        ask("POST", f"/containers/{made['Id']}/start")
        return _verdict(ask, made["Id"], time.monotonic)
    finally:
        _sweep(ask, instance)


def _verdict(ask: Ask, container: str, clock: Callable[[], float]) -> str:
    began = clock()
    while (lived := clock() - began) < WITHIN_S:
        state = ask("GET", f"/containers/{container}/json").json()["State"]
        if not state["Running"]:
            how = "out of memory" if state["OOMKilled"] else f"exit code {state['ExitCode']}"
            return f"it ends by itself when it is tried ({how}){_last_lines(ask, container)}"
        health = (state.get("Health") or {}).get("Status", "none")
        if health == "healthy" or (health == "none" and lived > LIVES_S):
            return ""
        time.sleep(POLL_S)
    return (
        f"its health check does not pass within {WITHIN_S:.0f} s when it is tried"
        f"{_last_lines(ask, container)}"
    )


def _last_lines(ask: Ask, container: str) -> str:
    query = {"stdout": 1, "stderr": 1, "tail": LOG_LINES}
    content = ask("GET", f"/containers/{container}/logs", query).content
    return told("".join(docker_text.lines([content])))


def _sweep(ask: Ask, instance: str) -> None:
    filters = {"label": [f"{LABEL}=1", f"{names.LABEL_INSTANCE}={instance}"]}
    listed = ask("GET", "/containers/json", {"all": 1, "filters": json.dumps(filters)}).json()
    for one in listed:
        ask("DELETE", f"/containers/{one['Id']}", {"force": 1})


def _body(spec: TenantSpec, instance: str) -> Json:
    """The tenant's own profile without its place in the world."""
    own = dict(docker_profile.container(spec, instance))
    walls = dict(docker_profile.host_config(spec))
    data = f"rw,noexec,nosuid,nodev,size=64m,mode=0700,uid={spec.uid},gid={spec.uid}"
    walls |= {
        "NetworkMode": "none",
        "Mounts": [],
        "Tmpfs": {**walls["Tmpfs"], docker_profile.DATA_MOUNT: data},
    }
    del own["NetworkingConfig"]
    return own | {
        "Hostname": "tryout",
        "Labels": {LABEL: "1", names.LABEL_INSTANCE: instance},
        "Healthcheck": HEALTHCHECK,
        "HostConfig": walls,
    }
