"""Where a second platform stands on a machine that has others: names, ports and subnets apart."""

from __future__ import annotations

import json
import random
import secrets
import socket
import string
import subprocess
from collections.abc import Iterator
from ipaddress import IPv4Network
from pathlib import Path

from tests.support.docker_cli import docker

TOP = Path(__file__).parents[2]


def settings(home: Path) -> dict[str, str]:
    """The environment of bin/ and compose.yaml for a platform under `home` that meets no other."""
    http, https, gate, api, llm = free_ports(5)
    return {
        "COMPOSE_PROJECT_NAME": f"stack-{secrets.token_hex(4)}",
        "DATA_ROOT": str(home / "data"),
        "CONFIG_DIR": str(home / "config"),
        "TENANTS_FILE": "tenants.yaml",
        "HTTP_BIND": "127.0.0.1",
        "HTTP_PORT": str(http),
        "HTTPS_PORT": str(https),
        "GATE_PORT": str(gate),
        "API_PORT": str(api),
        "LLM_PORT": str(llm),
        "SUBNET_POOL": str(free_pool()),
        "BRIDGE_PREFIX": "t" + "".join(random.choices(string.ascii_lowercase, k=4)),
        "RATE_PER_S": "1000000",  # tests are in a hurry; those of the limit itself set their own
        "FINISH_S": "10",  # of what takes long; a stream of a test without an end takes all of it
        "LOG_LEVEL": "INFO",
        "DOCKER_SOCKET": "/var/run/docker.sock",
    }


def free_ports(count: int) -> list[int]:
    """Ports of loopback that nobody listens on, all different.

    Below those that the kernel gives to whoever connects to somewhere: tests that run at the same
    time make thousands of connections, one of which would have the port before it is listened on.
    """
    ports = range(20_000, 32_000)
    chosen = (port for port in random.sample(ports, len(ports)) if _is_free(port))
    return [next(chosen) for _ in range(count)]


def _is_free(port: int) -> bool:
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except OSError:
        return False
    return True


def free_pool() -> IPv4Network:
    """A 10.2xx.0.0/16 that neither a route of this machine nor a network of the engine touches."""
    return next(_free_pools())


def claim_pool(project: str, prefix: str) -> IPv4Network:
    """A free pool that nobody else gets: a network in its last corner makes the claim.

    Two stacks that start at the same time cannot both have it, since the engine refuses networks
    that overlap. Its bridge has a name of the stack's own kind, so that the stack does not take it
    for a stranger's.
    """
    bridge = f"com.docker.network.bridge.name={prefix}99999"
    for pool in _free_pools():
        corner = IPv4Network((int(pool.broadcast_address) - 7, 29))
        options = ("--internal", "--subnet", str(corner), "--opt", bridge)
        if docker("network", "create", *options, claim(project), check=False):
            return pool
    raise AssertionError("no 10.2xx.0.0/16 is free on this machine")


def claim(project: str) -> str:
    """Name of the network that holds a pool for a project."""
    return f"{project}-claim"


def _free_pools() -> Iterator[IPv4Network]:
    taken = [*_routes(), *_engine_subnets()]
    pools = [IPv4Network(f"10.{number}.0.0/16") for number in range(224, 255)]
    random.shuffle(pools)
    return (pool for pool in pools if not any(pool.overlaps(other) for other in taken))


def _routes() -> list[IPv4Network]:
    done = subprocess.run(
        ["ip", "-4", "-json", "route"], capture_output=True, text=True, timeout=10, check=True
    )
    destinations = [route["dst"] for route in json.loads(done.stdout)]
    return [IPv4Network(one) for one in destinations if one[0].isdigit()]


def _engine_subnets() -> list[IPv4Network]:
    ids = docker("network", "ls", "--quiet").split()
    found = json.loads(docker("network", "inspect", *ids, check=False) or "[]")
    subnets = [pool.get("Subnet", "") for one in found for pool in one["IPAM"]["Config"] or ()]
    return [IPv4Network(subnet) for subnet in subnets if subnet and ":" not in subnet]
