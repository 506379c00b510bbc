"""Who is at the other end: address, host and scheme, with a proxy believed only when configured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from starlette.datastructures import Headers
from starlette.types import Scope

from data_agent.settings import Network

MAX_HOPS = 20


@dataclass(frozen=True)
class Client:
    """`host` is the Host header in lower case, with its port if it had one."""

    address: str
    host: str
    https: bool

    @property
    def is_localhost(self) -> bool:
        """localhost and *.localhost: browsers treat them as secure without HTTPS."""
        name = self.host.rpartition(":")[0] if _has_port(self.host) else self.host
        return name == "localhost" or name.endswith(".localhost")

    @property
    def origin(self) -> str:
        """How people write the address of this agent."""
        return f"{'https' if self.https else 'http'}://{self.host}"

    @property
    def is_secure(self) -> bool:
        return self.https or self.is_localhost


def client_of(scope: Scope, trusted: Sequence[Network]) -> Client:
    """X-Forwarded-* count only when the socket's peer is one of the trusted proxies."""
    headers = Headers(scope=scope)
    peer = scope["client"][0] if scope.get("client") else ""
    host = headers.get("host", "").lower()
    if not _is_in(peer, trusted):
        return Client(peer, host, https=scope.get("scheme") == "https")
    hops = headers.get("x-forwarded-for", "").split(",")[-MAX_HOPS:]
    chain = [hop.strip() for hop in hops if hop.strip()]
    https = headers.get("x-forwarded-proto", "").strip().lower() in ("https", "wss")
    return Client(_first_untrusted(chain, trusted) or peer, host, https)


def _first_untrusted(chain: list[str], trusted: Sequence[Network]) -> str:
    """The nearest hop that is no proxy of ours; what stands left of it anybody can make up."""
    for hop in reversed(chain):
        if not _is_address(hop):
            return ""
        if not _is_in(hop, trusted):
            return hop
    return ""


def _is_in(text: str, networks: Sequence[Network]) -> bool:
    return _is_address(text) and any(ip_address(text) in network for network in networks)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _has_port(host: str) -> bool:
    return host.rpartition(":")[2].isdigit() and ":" in host
