"""The first byte of an answer of a tenant that sleeps, against a bare `docker start`.

The bare container is made of the tenant's own: the same image, environment, walls and data, on a
plain bridge, with nothing of the platform around it.
"""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.clock import TooSlow
from bench.never_down.platforms import Platform
from bench.shell import run

WITHIN_S = 30.0
POLL_S = 0.005
PATH = "/login"  # what a person opens; it wakes
ENGINE = "/var/run/docker.sock"
QUIET_S = 0.5


@dataclass(frozen=True)
class Woken:
    """Seconds, pair by pair."""

    ours: list[float]
    bare: list[float]


def measure(side: Platform, tenant: str, rounds: int, say: Callable[[str], None]) -> Woken:
    """In turn, one of each."""
    bare, found = _Bare(side, tenant), Woken([], [])
    try:
        for number in range(rounds):
            side.tenantctl("sleep", tenant)
            time.sleep(QUIET_S)
            found.ours.append(_first_byte(side, tenant))
            time.sleep(QUIET_S)
            found.bare.append(bare.start())
            if number % 10 == 9:
                say(f"  woken {number + 1} times")
    finally:
        bare.remove()
    return found


def _first_byte(side: Platform, tenant: str) -> float:
    connection = http.client.HTTPConnection("127.0.0.1", side.port, timeout=WITHIN_S)
    began = time.monotonic()
    connection.request("GET", PATH, headers={"Host": side.host(tenant), "Accept": "*/*"})
    response = connection.getresponse()
    took = time.monotonic() - began
    response.read()
    connection.close()
    if response.status != 200:
        raise TooSlow(f"{tenant} woke to {response.status}")
    return took


class _Bare:
    """A container beside the tenant's."""

    def __init__(self, side: Platform, tenant: str) -> None:
        self._name, self._network = f"bare-{tenant}", f"bare-{tenant}"
        self._data = side.data(tenant).parents[3] / "bare"
        self.remove()
        shutil.copytree(side.data(tenant), self._data)
        model = json.loads(run(["docker", "inspect", f"tenant-{tenant}"]))[0]
        owner = model["Config"]["User"].split(":")[0]
        run(["chown", "-R", f"{owner}:{owner}", str(self._data)])
        run(["docker", "network", "create", "--internal", self._network])
        _ask("POST", f"/containers/create?name={self._name}", self._like(model, side.data(tenant)))

    def _like(self, model: dict[str, Any], data: Path) -> dict[str, Any]:
        text = json.dumps(model["HostConfig"]).replace(str(data), str(self._data))
        host = json.loads(text) | {"NetworkMode": self._network, "RestartPolicy": {"Name": "no"}}
        keep = ("Image", "User", "Env", "Cmd", "Entrypoint", "WorkingDir")
        config = {key: model["Config"][key] for key in keep}
        return {**config, "Image": model["Image"], "HostConfig": host}

    def start(self) -> float:
        """Seconds from the engine's call to the first 200; it is stopped afterwards."""
        began = time.monotonic()
        _ask("POST", f"/containers/{self._name}/start")
        found = json.loads(_ask("GET", f"/containers/{self._name}/json"))
        address = next(iter(found["NetworkSettings"]["Networks"].values()))["IPAddress"]
        while not _is_ready(address):
            if time.monotonic() > began + WITHIN_S:
                raise TooSlow("the bare container did not answer")
            time.sleep(POLL_S)
        took = time.monotonic() - began
        _ask("POST", f"/containers/{self._name}/stop?t=10")
        return took

    def remove(self) -> None:
        run(["sh", "-c", f"docker rm --force {self._name}; docker network rm {self._network}; :"])
        shutil.rmtree(self._data, ignore_errors=True)


def _is_ready(address: str) -> bool:
    connection = http.client.HTTPConnection(address, 8000, timeout=1)
    try:
        connection.request("GET", PATH)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


class _Engine(http.client.HTTPConnection):
    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(ENGINE)


def _ask(verb: str, path: str, body: object = None) -> bytes:
    connection = _Engine("docker", timeout=60)
    try:
        payload = None if body is None else json.dumps(body)
        connection.request(verb, path, payload, {"Content-Type": "application/json"})
        response = connection.getresponse()
        found = response.read()
    finally:
        connection.close()
    if response.status >= 400:
        raise TooSlow(f"{verb} {path}: {found.decode()[:300]}")
    return found
