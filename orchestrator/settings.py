"""Where this installation stands: read once from the environment, handed in everywhere."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Network, NetmaskValueError
from pathlib import Path

from orchestrator.core.units import MAX_HOLD, MAX_REQUESTS
from orchestrator.errors import Refused

PREFIX = "ORCHESTRATOR_"
COMMON_INTERFACES = (
    "bond docker dummy eth enp eno ens enx lo lxc podman ppp tailscale tap tun veth virbr vlan "
    "wg wlan wlp wwan zt br-"
).split()
MAX_FINISH = 3600  # seconds
BRIDGE_PREFIX_MAX = 10  # an interface name has at most 15 characters, an index up to 5 digits


@dataclass(frozen=True)
class Settings:
    """All knobs of the platform's processes. docs/operations.md lists them for operators."""

    data_root: Path = Path("/var/lib/orchestrator")
    tenants_file: Path = Path("/config/tenants.yaml")
    subnet_pool: str = "10.200.0.0/16"
    bridge_prefix: str = "brt"
    http_bind: str = ""  # the address that Traefik listens on; empty for all
    http_port: int = 80
    gate_port: int = 8481
    api_port: int = 8480
    llm_port: int = 8482
    hold_s: int = 30  # how long the gate holds a request
    finish_s: int = 60  # how long an update waits for what takes long, before anybody is held
    rate_per_s: int = 200  # requests of one customer; twice as many may come at once
    in_flight: int = 64  # of one customer
    connections_per_source: int = 512  # open at a time from one address; 0: as many as it likes
    log_level: str = "INFO"
    docker_socket: Path = Path("/var/run/docker.sock")
    operator_socket: Path = Path("/run/orchestrator/operator.sock")

    @property
    def http_address(self) -> str:
        """Where this machine itself reaches Traefik."""
        return "127.0.0.1" if self.http_bind in ("", "0.0.0.0", "[::]") else self.http_bind  # noqa: S104 - compared, not bound

    @property
    def platform_dir(self) -> Path:
        """What belongs to the platform and to no tenant."""
        return self.data_root / "platform"

    @property
    def edge_socket(self) -> Path:
        """The controller's socket for the edge: reads, and the LLM's usage."""
        return self.platform_dir / "run" / "edge.sock"

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Settings from ORCHESTRATOR_* variables. Refused names the variable that is wrong."""
        given = os.environ if env is None else env
        default = cls()

        def text(name: str, fallback: object) -> str:
            return given.get(PREFIX + name) or str(fallback)

        return cls(
            data_root=_absolute("DATA_ROOT", text("DATA_ROOT", default.data_root)),
            tenants_file=_absolute("TENANTS_FILE", text("TENANTS_FILE", default.tenants_file)),
            subnet_pool=_pool(text("SUBNET_POOL", default.subnet_pool)),
            bridge_prefix=_bridge_prefix(text("BRIDGE_PREFIX", default.bridge_prefix)),
            http_bind=text("HTTP_BIND", default.http_bind),
            http_port=_port("HTTP_PORT", text("HTTP_PORT", default.http_port)),
            gate_port=_port("GATE_PORT", text("GATE_PORT", default.gate_port)),
            api_port=_port("API_PORT", text("API_PORT", default.api_port)),
            llm_port=_port("LLM_PORT", text("LLM_PORT", default.llm_port)),
            hold_s=_number("HOLD_S", text("HOLD_S", default.hold_s), MAX_HOLD),
            finish_s=_number("FINISH_S", text("FINISH_S", default.finish_s), MAX_FINISH),
            rate_per_s=_number("RATE_PER_S", text("RATE_PER_S", default.rate_per_s), MAX_REQUESTS),
            in_flight=_number("IN_FLIGHT", text("IN_FLIGHT", default.in_flight), MAX_REQUESTS),
            connections_per_source=_number(
                "CONNECTIONS_PER_SOURCE",
                text("CONNECTIONS_PER_SOURCE", default.connections_per_source),
                MAX_REQUESTS,
                least=0,
            ),
            log_level=text("LOG_LEVEL", default.log_level).upper(),
            docker_socket=_absolute("DOCKER_SOCKET", text("DOCKER_SOCKET", default.docker_socket)),
            operator_socket=_absolute(
                "OPERATOR_SOCKET", text("OPERATOR_SOCKET", default.operator_socket)
            ),
        )


def _absolute(name: str, text: str) -> Path:
    path = Path(text)
    if not path.is_absolute():
        raise Refused(f"{PREFIX}{name} is {text!r}", mend="Give an absolute path.")
    return path


def _port(name: str, text: str) -> int:
    if text.isdecimal() and 0 < int(text) < 65536:
        return int(text)
    raise Refused(f"{PREFIX}{name} is {text!r}", mend="Give a port from 1 to 65535.")


def _number(name: str, text: str, most: int, least: int = 1) -> int:
    if text.isdecimal() and least <= int(text) <= most:
        return int(text)
    raise Refused(f"{PREFIX}{name} is {text!r}", mend=f"Give a number from {least} to {most}.")


def _pool(text: str) -> str:
    try:
        network = IPv4Network(text)
    except (AddressValueError, NetmaskValueError, ValueError) as error:
        raise Refused(
            f"{PREFIX}SUBNET_POOL is {text!r}", mend="Give a private network like 10.200.0.0/16."
        ) from error
    if not network.is_private or network.prefixlen > 28:
        raise Refused(
            f"{PREFIX}SUBNET_POOL is {text!r}",
            mend="Give a private network of /28 or larger; each tenant takes a /29 of it.",
        )
    return str(network)


def _bridge_prefix(text: str) -> str:
    if any(common.startswith(text) for common in COMMON_INTERFACES):
        raise Refused(
            f"{PREFIX}BRIDGE_PREFIX is {text!r}, as other network interfaces begin",
            mend="Give letters that no other interface begins with, for example brt: the host's "
            "firewall closes every interface that begins so.",
        )
    if text.isascii() and text.isalpha() and text.islower() and len(text) <= BRIDGE_PREFIX_MAX:
        return text
    raise Refused(
        f"{PREFIX}BRIDGE_PREFIX is {text!r}",
        mend=f"Give 1 to {BRIDGE_PREFIX_MAX} lower-case letters, for example brt.",
    )
