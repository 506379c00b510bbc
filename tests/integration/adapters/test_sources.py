"""Connections of one address, counted by the real kernel: a container is the visitor."""

from __future__ import annotations

import shutil
import socket
import socketserver
import subprocess
import threading
from collections.abc import Iterator

import pytest

from orchestrator.adapters.firewall import HostFirewall
from orchestrator.adapters.nft_sources import Sources
from tests.integration.adapters.small_world import NFT, PLATFORM_IMAGE, docker

pytestmark = pytest.mark.docker
EACH = 3
# Opens so many, and says of each whether it came to be; then ends one, and opens another.
VISITOR = """
import socket, sys
def opened():
    try:
        return socket.create_connection((sys.argv[1], int(sys.argv[2])), timeout=5)
    except OSError:
        return None
there = [opened() for _ in range(5)]
print([one is not None for one in there])
there[0].close()
print(any(opened() for _ in range(10)))
"""


class UntilTheyLeave(socketserver.BaseRequestHandler):
    def handle(self) -> None:
        while self.request.recv(1):
            pass


@pytest.fixture
def port() -> Iterator[int]:
    with socketserver.ThreadingTCPServer(("0.0.0.0", 0), UntilTheyLeave) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.server_address[1]
        server.shutdown()


@pytest.fixture
def firewall(port: int) -> Iterator[HostFirewall]:
    made = HostFirewall("bts", command=NFT, timeout_s=60, sources=Sources((port,), EACH))
    yield made
    made.remove()


def test_one_address_has_so_many_and_the_next_when_one_ends(
    port: int, firewall: HostFirewall
) -> None:
    assert visit(port) == ["[True, True, True, True, True]", "True"]
    firewall.ensure()
    assert firewall.counts_sources
    assert visit(port) == ["[True, True, True, False, False]", "True"]


def test_this_machine_itself_is_not_counted(port: int, firewall: HostFirewall) -> None:
    firewall.ensure()
    there = [socket.create_connection(("127.0.0.1", port), timeout=30) for _ in range(EACH * 3)]
    for one in there:
        one.close()


def test_who_was_counted_is_no_change(port: int, firewall: HostFirewall) -> None:
    firewall.ensure()
    visit(port)
    assert firewall.ensure() is False


@pytest.mark.skipif(shutil.which("nft") is None, reason="this machine has no nft of its own")
def test_the_machines_own_nft_can_list_it(firewall: HostFirewall) -> None:
    """Another version than the one that set it: Debian 12's crashes at sets that it cannot read."""
    firewall.ensure()
    listed = subprocess.run(
        ["nft", "list", "table", "inet", firewall.table],
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip
    assert listed.returncode == 0, listed.stderr
    assert "ct count over 3" in listed.stdout


def visit(port: int) -> list[str]:
    """What a container on the engine's own bridge finds."""
    shown = docker("network", "inspect", "bridge", "--format", "{{(index .IPAM.Config 0).Gateway}}")
    done = subprocess.run(
        ["docker", "run", "--rm", "--entrypoint", "python", PLATFORM_IMAGE, "-c", VISITOR,
         shown, str(port)],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    return done.stdout.splitlines()
