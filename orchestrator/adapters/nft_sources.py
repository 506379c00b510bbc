"""How many connections one address may have open at the public port: rules of our nft table. Pure.

Traefik gives a slow head an hour, and has as many places as files: without this, one machine could
take them all. Connections beyond are not answered, so a browser tries again by itself and gets in
when another one of its address ends.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

ADDRESSES = 65535  # counted at a time; beyond, new ones are let in uncounted
NETWORK = "ffff:ffff:ffff:ffff::"  # of IPv6, whoever has one address has its /64


@dataclass(frozen=True)
class Sources:
    """`each` connections of an address at these ports together; 0: as many as it likes."""

    ports: Sequence[int] = ()
    each: int = 0

    @property
    def counted(self) -> bool:
        return bool(self.ports) and self.each > 0


def rules(sources: Sources) -> str:
    """Sets and chain, to stand in a table; empty when nothing is counted.

    Loopback is not counted: a proxy on this machine that ends TLS brings everybody from there.
    `typeof`, since the nft 1.0.6 of Debian 12 crashes at whatever it lists when there is a set that
    a newer one declared with `type`.
    """
    if not sources.counted:
        return ""
    ports = ", ".join(str(int(port)) for port in sorted(sources.ports))
    new = f"tcp dport {{ {ports} }} ct state new"
    over = f"ct count over {int(sources.each)} }} counter drop"
    return f"""
  set sources4 {{ typeof ip saddr; size {ADDRESSES}; flags dynamic; }}
  set sources6 {{ typeof ip6 saddr; size {ADDRESSES}; flags dynamic; }}
  chain sources {{
    type filter hook input priority filter - 9; policy accept;
    iifname "lo" accept
    {new} add @sources4 {{ ip saddr {over}
    {new} add @sources6 {{ ip6 saddr & {NETWORK} {over}
  }}
"""
