"""The host's own nft table: what comes from a tenant's bridge does not reach the host, and nobody
takes all connections of the public port.

Docker filters what is forwarded, and never what is addressed to the host itself: each service that
listens on 0.0.0.0 would answer the tenants on their gateway address.
"""

from __future__ import annotations

import json
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence

from orchestrator.adapters.nft_sources import Sources, rules
from orchestrator.errors import FirewallError

NOT_FOUND_MEND = "Install the package nftables; the controller's image has it."
MEND = (
    "The controller needs the host's network and the capability NET_ADMIN (compose.yaml gives it "
    "both), and a kernel with nf_tables."
)
VOLATILE = frozenset({"handle", "packets", "bytes"})


class HostFirewall:
    """Conforms to `orchestrator.ports.Firewall`.

    One wildcard rule serves every bridge whose name begins with `bridge_prefix`. `open_tcp_ports`
    are the host's ports that the tenants may reach on their gateway address: the LLM gateway's.
    `command` is how nft is called. `generation` tells whether any rule was changed at all, for
    nothing as long as there was none; None: it cannot tell. `sources` are counted where the kernel
    can; closing the host does not depend on it.
    """

    def __init__(
        self,
        bridge_prefix: str,
        *,
        open_tcp_ports: Sequence[int] = (),
        command: Sequence[str] = ("nft",),
        timeout_s: float = 10.0,
        generation: Callable[[], int | None] = lambda: None,
        sources: Sources = Sources(),  # noqa: B008 - a frozen value
    ) -> None:
        self.table = f"orchestrator_{bridge_prefix}"
        self._closing = render(self.table, bridge_prefix, open_tcp_ports)
        self._text = render(self.table, bridge_prefix, open_tcp_ports, sources)
        self.counts_sources = False
        self._command = tuple(command)
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._expected: object = None
        self._generation = generation
        self._good: int | None = None  # the generation in which the table was as it must be

    def ensure(self) -> bool:
        """Make the table as it must be; True when it had to be changed. FirewallError.

        What nft lists is compared with what it listed right after the table was last set: each
        version of nft has its own words for the same rule. The first call sets it in any case.
        """
        with self._lock:
            now = self._generation()  # before the look: what changes meanwhile is another one
            if now is not None and now == self._good:
                return False
            changed = self._ensure()
            self._good = None if changed else now
            return changed

    def remove(self) -> None:
        """Take the table away; silent when there is none. The tenants must be gone before."""
        with self._lock:
            self._expected = self._good = None
            self._run("-f", "-", text=_cleared(self.table))

    def _ensure(self) -> bool:
        before = self._listed()
        if before is not None and before == self._expected:
            return False
        self._set()
        self._expected = self._listed()
        if self._expected is None:
            raise FirewallError(f"The table {self.table} vanished as it was set", mend=MEND)
        return before != self._expected

    def _set(self) -> None:
        try:
            self._run("-f", "-", text=self._text)
            self.counts_sources = self._text != self._closing
        except FirewallError:
            if self._text == self._closing:
                raise
            self._run("-f", "-", text=self._closing)  # a kernel that cannot count connections
            self.counts_sources = False

    def _listed(self) -> object:
        """The table without its counters; None when there is none."""
        try:
            try:
                # Asked for at once: before every start it is there, and each nft takes 6 ms.
                listed = self._run("-j", "list", "table", "inet", self.table)
                return stable(json.loads(listed)["nftables"])
            except FirewallError:
                if self._is_there():
                    raise
                return None
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise FirewallError("nft lists its tables in an unknown form", mend=MEND) from error

    def _is_there(self) -> bool:
        tables = json.loads(self._run("-j", "list", "tables"))["nftables"]
        return any(_is(entry.get("table") or {}, self.table) for entry in tables)

    def _run(self, *arguments: str, text: str = "") -> str:
        try:
            done = subprocess.run(
                [*self._command, *arguments],
                input=text,
                capture_output=True,
                text=True,
                timeout=self._timeout_s,
                check=False,
            )
        except FileNotFoundError as error:
            raise FirewallError("There is no nft program", mend=NOT_FOUND_MEND) from error
        except subprocess.TimeoutExpired as error:
            raise FirewallError(
                f"nft gave no answer in {self._timeout_s:g} s", mend=MEND
            ) from error
        except OSError as error:
            raise FirewallError(f"nft could not be run: {error.strerror}", mend=MEND) from error
        if done.returncode != 0:
            reason = " ".join(done.stderr.split())[:500] or f"exit status {done.returncode}"
            raise FirewallError(f"nft refuses the table {self.table}: {reason}", mend=MEND)
        return done.stdout


def render(
    table: str,
    bridge_prefix: str,
    open_tcp_ports: Sequence[int],
    sources: Sources = Sources(),  # noqa: B008 - a frozen value
) -> str:
    """The whole table as one transaction: there is no moment without it.

    Names of interfaces are matched by a wildcard, so that a new tenant needs no change. `inet` is
    IPv4 and IPv6. Both chains come before those of others; a drop is final whatever they say.
    """
    ours = f'"{bridge_prefix}*"'
    ports = ", ".join(str(int(port)) for port in sorted(open_tcp_ports))
    opened = f"iifname {ours} tcp dport {{ {ports} }} accept" if ports else ""
    return f"""{_cleared(table)}
table inet {table} {{
  chain input {{
    type filter hook input priority filter - 10; policy accept;
    iifname {ours} ct state established,related accept
    {opened}
    iifname {ours} counter drop
  }}
  chain forward {{
    type filter hook forward priority filter - 10; policy accept;
    iifname {ours} counter drop
    oifname {ours} counter drop
  }}
{rules(sources)}}}
"""


def stable(listed: object) -> object:
    """What `nft -j` lists without what changes by itself: handles, counters, nft's own version, and
    the addresses that are counted."""
    if isinstance(listed, Mapping):
        if "dynamic" in listed.get("flags", ()):
            listed = {key: value for key, value in listed.items() if key != "elem"}
        return {
            key: stable(value)
            for key, value in listed.items()
            if key not in VOLATILE and key != "metainfo"
        }
    if isinstance(listed, list):
        return [stable(value) for value in listed]
    return listed


def _cleared(table: str) -> str:
    """Without an error where there is none to delete: make it, then delete it."""
    return f"table inet {table}\ndelete table inet {table}"


def _is(name: Mapping[str, object], table: str) -> bool:
    return name.get("family") == "inet" and name.get("name") == table
