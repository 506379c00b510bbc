"""What is measured against what: both sides are driven through the same few verbs."""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence
from typing import Protocol

from bench.clock import Command

PROXY_WITHIN_S = 60.0


class Side(Protocol):
    """A way to run customers, with its proxy on `port` of the loopback."""

    name: str
    port: int

    def start(self) -> None:
        """The platform without any tenant; what an earlier run left behind is removed first."""

    def write(self, tenants: Sequence[str]) -> None:
        """Edit the file so that it names exactly these. Not effective before `apply` ran."""

    def apply(self) -> Command:
        """The command that makes the edit effective."""

    def host(self, tenant: str) -> str: ...

    def stop(self) -> None:
        """Remove everything that this side made, its data too."""


def wait_for_proxy(port: int) -> None:
    """Until something listens on the port. TimeoutError."""
    deadline = time.monotonic() + PROXY_WITHIN_S
    while True:
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError as error:
            if time.monotonic() > deadline:
                raise TimeoutError(f"no proxy listens on port {port}") from error
            time.sleep(0.1)
