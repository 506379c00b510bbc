"""Real traffic from inside a tenant's container: nothing gets out, and the platform gets in.

Every "cannot" has a control beside it that can, so that a broken probe is not taken for a wall.
"""

from __future__ import annotations

import asyncio
import socket
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest

from orchestrator.adapters.firewall import HostFirewall
from orchestrator.adapters.prober import HttpProber
from orchestrator.core.desired import TenantSpec
from tests.integration.adapters.small_world import NFT, PREFIX, World, docker, reachable

pytestmark = pytest.mark.docker


class Echo(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        if isinstance(self.request, tuple):
            data, sock = self.request
            sock.sendto(data, self.client_address)


@dataclass(frozen=True)
class Host:
    """Services of the host that listen on 0.0.0.0, and an address of it that is no bridge's."""

    tcp: int
    udp: int
    address: str


@dataclass(frozen=True)
class Two:
    a: TenantSpec
    b: TenantSpec
    host: Host


@pytest.fixture(scope="module")
def firewall() -> Iterator[HostFirewall]:
    made = HostFirewall(PREFIX, command=NFT, timeout_s=60)
    yield made
    made.remove()


@pytest.fixture(scope="module")
def host() -> Iterator[Host]:
    with (
        socketserver.ThreadingTCPServer(("0.0.0.0", 0), Echo) as tcp,
        socketserver.ThreadingUDPServer(("0.0.0.0", 0), Echo) as udp,
    ):
        for server in (tcp, udp):
            threading.Thread(target=server.serve_forever, daemon=True).start()
        yield Host(tcp.server_address[1], udp.server_address[1], _docker0())
        tcp.shutdown()
        udp.shutdown()


@pytest.fixture(scope="module")
def two(world: World, host: Host) -> Two:
    return Two(world.start("inside-a", 30), world.start("inside-b", 31), host)


def test_a_tenant_reaches_itself_and_nothing_else(two: Two, firewall: HostFirewall) -> None:
    firewall.ensure()
    a, b, host = two.a, two.b, two.host
    itself = [("tcp", a.address, 8000), ("udp", a.address, 9000), ("icmp", a.address, 0)]
    assert reachable(a.id, itself) == [True] * 3
    forbidden = [
        ("tcp", b.address, 8000),
        ("udp", b.address, 9000),
        ("icmp", b.address, 0),
        *_services(host, a.gateway),
        *_services(host, b.gateway),
        *_services(host, host.address),
        ("tcp", "169.254.169.254", 80),
        ("icmp", "169.254.169.254", 0),
        ("tcp", "192.0.2.1", 443),
        ("udp", "192.0.2.1", 53),
        ("icmp", "192.0.2.1", 0),
        ("dns", "127.0.0.11", 53),
        ("dns", a.gateway, 53),
        ("name", "www.example.org", 0),
        ("name", "tenant-inside-b", 0),
        ("name", "localhost.localdomain.invalid", 0),
    ]
    found = reachable(a.id, forbidden)
    assert [target for target, got in zip(forbidden, found, strict=True) if got] == []


def test_it_is_the_table_that_closes_the_host(two: Two, firewall: HostFirewall) -> None:
    firewall.remove()
    open_without = reachable(two.a.id, _services(two.host, two.a.gateway))
    assert firewall.ensure()
    closed_with = reachable(two.a.id, _services(two.host, two.a.gateway))
    assert (open_without, closed_with) == ([True] * 3, [False] * 3)


def test_a_port_for_the_tenants_can_be_opened(two: Two, firewall: HostFirewall) -> None:
    opening = HostFirewall(PREFIX, open_tcp_ports=(two.host.tcp,), command=NFT, timeout_s=60)
    try:
        opening.ensure()
        assert reachable(two.a.id, _services(two.host, two.a.gateway)) == [True, False, False]
    finally:
        assert firewall.ensure()


def test_the_host_reaches_every_tenant(two: Two, firewall: HostFirewall) -> None:
    firewall.ensure()
    prober = HttpProber(http_port=1, generation_host="", generation_header="")
    for spec in (two.a, two.b):
        assert asyncio.run(prober.ready(spec.address))


def test_tenants_are_apart_by_the_engine_alone(two: Two, firewall: HostFirewall) -> None:
    firewall.remove()
    assert reachable(two.a.id, _agent(two.b)) == [False, False]


def test_tenants_are_apart_by_the_table_alone(two: Two, firewall: HostFirewall) -> None:
    """As if the engine's rules had failed: forwarding is allowed, and both know the way."""
    firewall.remove()
    with _forwarding_allowed(), _way(two.a, two.b), _way(two.b, two.a):
        without = reachable(two.a.id, _agent(two.b))
        firewall.ensure()
        assert (without, reachable(two.a.id, _agent(two.b))) == ([True, True], [False, False])


def test_there_is_no_way_out_of_the_network_at_all(two: Two) -> None:
    routes = docker("exec", "tenant-inside-a", "cat", "/proc/net/route").splitlines()[1:]
    destinations = {line.split()[1] for line in routes}
    assert "00000000" not in destinations
    addresses = docker("exec", "tenant-inside-a", "cat", "/proc/net/if_inet6").splitlines()
    assert all(line.split()[-1] == "lo" for line in addresses)


@contextmanager
def _forwarding_allowed() -> Iterator[None]:
    rule = ["FORWARD", "-i", f"{PREFIX}+", "-o", f"{PREFIX}+", "-j", "ACCEPT"]
    _run("iptables", "-w", "-I", *rule)
    try:
        yield
    finally:
        _run("iptables", "-w", "-D", *rule)


@contextmanager
def _way(source: TenantSpec, target: TenantSpec) -> Iterator[None]:
    pid = docker("inspect", "-f", "{{.State.Pid}}", f"tenant-{source.id}")
    route = ["nsenter", "-t", pid, "-n", "ip", "route"]
    _run(*route, "add", target.subnet, "via", source.gateway)
    try:
        yield
    finally:
        _run(*route, "del", target.subnet)


def _run(*command: str) -> None:
    subprocess.run(command, capture_output=True, timeout=30, check=True)


def _agent(spec: TenantSpec) -> list[tuple[str, str, int]]:
    return [("tcp", spec.address, 8000), ("icmp", spec.address, 0)]


def _services(host: Host, address: str) -> list[tuple[str, str, int]]:
    return [("tcp", address, host.tcp), ("udp", address, host.udp), ("icmp", address, 0)]


def _docker0() -> str:
    """The host's address on the engine's default bridge; the loopback when there is none."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        gateway = docker("network", "inspect", "bridge", "-f", "{{(index .IPAM.Config 0).Gateway}}")
        sock.bind((gateway, 0))
        return gateway
