"""What each process of the platform offers, and what it holds: as little as it needs."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from typing import Any

import pytest

from tests.support.docker_cli import docker, inspect
from tests.support.stack import Stack
from tests.support.stack_http import Answer, ask

pytestmark = pytest.mark.docker

LISTEN = "0A"  # proc(5): the state column of /proc/net/tcp
LOOPBACK = "0100007F"


def processes(container: str) -> list[int]:
    listed = docker("top", container, "-eo", "pid").splitlines()[1:]
    return [int(line) for line in listed]


def listeners(container: str) -> set[tuple[str, int]]:
    """Address (as the kernel writes it) and port of each TCP socket that it listens on."""
    own = {inode for pid in processes(container) for inode in sockets(pid)}
    found = set()
    for table in ("/proc/net/tcp", "/proc/net/tcp6"):
        for line in Path(table).read_text().splitlines()[1:]:
            columns = line.split()
            address, port = columns[1].split(":")
            if columns[3] == LISTEN and columns[9] in own:
                found.add((address, int(port, 16)))
    return found


def sockets(pid: int) -> set[str]:
    links = [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()]
    return {link[len("socket:[") : -1] for link in links if link.startswith("socket:[")}


def api(stack: Stack, path: str, host: str = "localhost", **more: Any) -> Answer:
    return ask(int(stack.settings["API_PORT"]), host, path, **more)


def test_the_controller_listens_on_no_tcp_port(stack: Stack) -> None:
    assert listeners(stack.service("controller")) == set()


def test_the_edge_listens_on_loopback_and_for_its_tenants_alone(stack: Stack) -> None:
    ports = {int(stack.settings[name]) for name in ("GATE_PORT", "API_PORT")}
    local = {(LOOPBACK, port) for port in ports}
    found = listeners(stack.service("edge"))
    assert local <= found
    for address, port in found - local:
        gateway = IPv4Address(bytes.fromhex(address)[::-1])
        assert gateway in IPv4Network(stack.settings["SUBNET_POOL"])
        assert port == int(stack.settings["LLM_PORT"])


def test_traefik_listens_where_it_is_told(stack: Stack) -> None:
    assert {port for _, port in listeners(stack.service("traefik"))} == {stack.http_port}


def test_the_controller_alone_has_the_engines_socket(stack: Stack) -> None:
    holders = []
    for service in ("traefik", "controller", "edge"):
        found = inspect(stack.service(service))
        assert not found["HostConfig"]["Privileged"]
        assert found["HostConfig"]["ReadonlyRootfs"]
        assert found["HostConfig"]["CapDrop"] == ["ALL"]
        sources = [mount["Source"] for mount in found["Mounts"]]
        holders += [service for source in sources if source.endswith("docker.sock")]
    assert holders == ["controller"]


def test_the_edge_cannot_reach_the_operators_socket(stack: Stack) -> None:
    edge = stack.service("edge")
    assert inspect(edge)["Config"]["User"] == "65532:65532"
    assert docker("exec", edge, "ls", "/run/orchestrator", check=False) == ""
    for pid in processes(stack.service("controller")):
        look = f"ls /proc/{pid}/root/run/orchestrator"
        assert docker("exec", edge, "sh", "-c", look, check=False) == ""


WRITES = [
    ("POST", "/v1/apply"),
    ("POST", "/v1/tenants"),
    ("PATCH", "/v1/tenants/x"),
    ("DELETE", "/v1/tenants/x"),
    ("POST", "/v1/tenants/x/restart"),
    ("POST", "/v1/tenants/x/purge"),
    ("GET", "/v1/tenants/x/credentials"),
]
OVER_SOCKET = """
import http.client, socket, sys
class Unix(http.client.HTTPConnection):
    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(10)
        self.sock.connect(sys.argv[1])
connection = Unix("controller", timeout=10)
connection.request(sys.argv[2], sys.argv[3], b"{}")
print(connection.getresponse().status)
"""


@pytest.mark.parametrize(("method", "path"), WRITES)
def test_the_edges_own_socket_has_no_writes(stack: Stack, method: str, path: str) -> None:
    words = (str(stack.root / "platform/run/edge.sock"), method, path)
    found = docker("exec", stack.service("edge"), "python", "-c", OVER_SOCKET, *words)
    assert found in ("404", "405")
    words = (str(stack.root / "platform/run/edge.sock"), "GET", "/v1/status")
    assert docker("exec", stack.service("edge"), "python", "-c", OVER_SOCKET, *words) == "200"


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
@pytest.mark.parametrize(
    "path", ["/api/v1/status", "/api/v1/tenants", "/api/v1/tenants/x", "/api/v1/apply"]
)
def test_the_rest_api_has_no_writes(stack: Stack, method: str, path: str) -> None:
    assert api(stack, path, method=method).status in (404, 405)


def test_the_rest_api_tells_the_status_and_no_password(stack: Stack) -> None:
    assert set(api(stack, "/api/v1/status").json()) >= {"tenants", "converged"}
    paths = api(stack, "/openapi.json").json()["paths"]
    assert "/api/v1/status" in paths
    assert {method for one in paths.values() for method in one} == {"get"}
    assert not [path for path in paths if "credential" in path or "purge" in path]


@pytest.mark.parametrize("host", ["evil.example", "customer-a.localhost", "0.0.0.0"])
def test_the_rest_api_answers_to_local_names_alone(stack: Stack, host: str) -> None:
    assert api(stack, "/api/v1/status", host=host).status == 421


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_pages_of_others_may_not_read_the_rest_api(stack: Stack, site: str) -> None:
    assert api(stack, "/api/v1/status", headers={"Sec-Fetch-Site": site}).status == 403


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "admin.localhost"])
def test_the_rest_api_is_not_reached_through_traefik(stack: Stack, host: str) -> None:
    assert stack.ask(host, "/api/v1/status").status == 404
