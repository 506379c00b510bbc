"""From inside a customer's container nothing can be reached: no other customer, no host, no world.

Beside every "cannot" stands something of the same kind that can, so that a broken probe is not
taken for a wall.
"""

from __future__ import annotations

import json
import socket
import socketserver
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

import pytest

from tests.support.docker_cli import docker, inspect
from tests.support.stack import Stack
from tests.support.stack_fleet import Fleet
from tests.support.stack_http import ask
from tests.support.stack_site import TOP

pytestmark = pytest.mark.docker

Target = tuple[str, str, int]


class Echo(socketserver.BaseRequestHandler):
    """Accepts; sends datagrams back."""

    def handle(self) -> None:
        if isinstance(self.request, tuple):
            data, sock = self.request
            sock.sendto(data, self.client_address)


class Tcp6(socketserver.ThreadingTCPServer):
    address_family = socket.AF_INET6


@dataclass(frozen=True)
class Host:
    """Ports of the host that listen on every address."""

    tcp: int
    udp: int
    tcp6: int


@dataclass(frozen=True)
class Place:
    """Where a tenant is."""

    id: str
    address: str
    gateway: str
    bridge: str


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    with ExitStack() as opened:
        ports = []
        for server in (
            socketserver.ThreadingTCPServer(("0.0.0.0", 0), Echo),
            socketserver.ThreadingUDPServer(("0.0.0.0", 0), Echo),
            Tcp6(("::", 0), Echo),
        ):
            opened.enter_context(server)
            opened.callback(server.shutdown)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            ports.append(server.server_address[1])
        yield Host(*ports)


@pytest.fixture(scope="module")
def places(stack: Stack) -> Iterator[dict[str, Place]]:
    """Two stand-ins, which listen, and one real agent."""
    fleet = Fleet(stack)
    real = {"image": "data-agent:latest", "tier": "large"}
    ids = {"ada": fleet.add("ada"), "bob": fleet.add("bob"), "real": fleet.add("real", **real)}
    fleet.apply()
    yield {word: _place(stack, tenant) for word, tenant in ids.items()}
    fleet.clear()


def _place(stack: Stack, tenant: str) -> Place:
    end = inspect(f"tenant-{tenant}")["NetworkSettings"]["Networks"][f"tenant-{tenant}"]
    network = inspect(f"tenant-{tenant}", "network")
    gateway = network["IPAM"]["Config"][0]["Gateway"]
    bridge = network["Options"]["com.docker.network.bridge.name"]
    return Place(tenant, end["IPAddress"], gateway, bridge)


def reachable(place: Place, targets: Sequence[Target]) -> list[Target]:
    """Those of the targets that answer a process inside of the tenant's container."""
    program = (TOP / "tests/support/probe.py").read_text()
    command = ("exec", "--interactive", f"tenant-{place.id}", "python3", "-", json.dumps(targets))
    found = json.loads(docker(*command, stdin=program, timeout=120))
    return [target for target, answered in zip(targets, found, strict=True) if answered]


@pytest.mark.parametrize("word", ["ada", "real"])
def test_a_tenant_reaches_itself(places: dict[str, Place], word: str) -> None:
    own = places[word]
    itself = [("tcp", own.address, 8000), ("icmp", own.address, 0), ("tcp", "127.0.0.1", 8000)]
    assert reachable(own, itself) == itself


@pytest.mark.parametrize("word", ["ada", "real"])
def test_a_tenant_reaches_no_other_tenant(places: dict[str, Place], word: str) -> None:
    bob = places["bob"]
    assert ask_directly(bob) == 200
    others = [
        ("tcp", bob.address, 8000),
        ("udp", bob.address, 9000),
        ("icmp", bob.address, 0),
        ("icmp", bob.gateway, 0),
        ("name", f"tenant-{bob.id}", 0),
        ("name", bob.id, 0),
        ("broadcast", "255.255.255.255", 9000),
        ("broadcast", bob.address.rsplit(".", 1)[0] + ".255", 9000),
    ]
    assert reachable(places[word], others) == []


def ask_directly(place: Place) -> int:
    """The host, which may: through the bridge, past Traefik."""
    with socket.create_connection((place.address, 8000), 5) as sock:
        sock.sendall(b"GET / HTTP/1.0\r\n\r\n")
        return int(sock.recv(100).split()[1])


@pytest.mark.parametrize("word", ["ada", "real"])
def test_a_tenant_does_not_reach_the_host(
    stack: Stack, places: dict[str, Place], host: Host, word: str
) -> None:
    own, bob = places[word], places["bob"]
    with socket.create_connection((own.gateway, host.tcp), 5):
        pass  # The host itself does: somebody listens there.
    ports = [host.tcp, 22, 2375, 2376, 80, 443]
    ports += [int(stack.settings[name]) for name in ("HTTP_PORT", "GATE_PORT", "API_PORT")]
    addresses = [own.gateway, bob.gateway, docker0(), "127.0.0.1", "172.17.0.1"]
    services = [("tcp", address, port) for address in addresses for port in ports]
    services += [("udp", address, host.udp) for address in addresses]
    services += [("icmp", address, 0) for address in addresses if address != "127.0.0.1"]
    assert reachable(own, services) == []


@pytest.mark.parametrize("word", ["ada", "real"])
def test_a_tenant_does_not_reach_the_host_over_ipv6(
    places: dict[str, Place], host: Host, word: str
) -> None:
    own = places[word]
    with socket.create_connection(("::1", host.tcp6), 5):
        pass
    local = link_local(own.bridge)
    targets = [("tcp6", address, host.tcp6) for address in (local, "fe80::1", "ff02::1")]
    targets += [("icmp6", address, 0) for address in (local, "ff02::1", "ff02::2")]
    assert reachable(own, targets) == []


@pytest.mark.parametrize("word", ["ada", "real"])
def test_a_tenant_does_not_reach_the_world(places: dict[str, Place], word: str) -> None:
    own = places[word]
    world = [
        *(
            ("tcp", address, port)
            for address in ("192.0.2.1", "198.51.100.1")
            for port in (53, 80, 443)
        ),
        ("tcp", "169.254.169.254", 80),
        ("icmp", "169.254.169.254", 0),
        ("icmp", "192.0.2.1", 0),
        *(
            ("dns", server, 53)
            for server in ("127.0.0.11", own.gateway, "198.51.100.1", resolver())
        ),
        ("name", "example.com", 0),
        ("name", "www.example.org", 0),
        ("raw", "", 0),
        ("packet", "", 0),
    ]
    assert reachable(own, world) == []


def test_the_engines_socket_and_other_customers_data_are_not_in_there(
    stack: Stack, places: dict[str, Place]
) -> None:
    look = "find / -xdev -name '*.sock' -o -name 'tenants.yaml' -o -name 'ledger.db' 2>/dev/null"
    for place in places.values():
        assert docker("exec", f"tenant-{place.id}", "sh", "-c", look, check=False) == ""
        mounted = inspect(f"tenant-{place.id}")["Mounts"]
        data = str(stack.data(place.id))
        token = str(stack.root / "platform/secrets" / place.id / "token")
        assert {mount["Source"] for mount in mounted} == {data, token}


def test_visitors_reach_all_three_meanwhile(stack: Stack, places: dict[str, Place]) -> None:
    for place in places.values():
        assert ask(stack.http_port, f"{place.id}.localhost", "/readyz").status == 200


def docker0() -> str:
    return docker("network", "inspect", "bridge", "-f", "{{(index .IPAM.Config 0).Gateway}}")


def resolver() -> str:
    """The host's own name server."""
    with open("/etc/resolv.conf") as lines:  # noqa: PTH123
        found = [line.split()[1] for line in lines if line.startswith("nameserver")]
    return next((one for one in found if ":" not in one), "127.0.0.53")


def link_local(bridge: str) -> str:
    """The bridge's own address of IPv6 that needs no configuration."""
    done = subprocess.run(
        ["ip", "-6", "-json", "addr", "show", "dev", bridge, "scope", "link"],
        capture_output=True,
        text=True,
        timeout=10,
        check=True,
    )
    found = json.loads(done.stdout or "[]")
    entries = [entry for one in found for entry in one.get("addr_info", [])]
    return str(entries[0]["local"]) if entries else "fe80::1"
