"""Every bound of the gate, in one value, so that tests can make them small."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.client.answers import LEASE_S


@dataclass(frozen=True)
class Bounds:
    """Seconds, bytes and counts. Per tenant where the name says `tenant`."""

    hold_s: float = 30.0  # how long a request is held before the honest 504
    page_s: float = 2.0  # how long a browser waits before it is shown that it waits
    poll_s: float = 0.05  # between two questions about a held host, and two probes of an agent
    # Less than the lease by what passes between the last look at the clock and the write.
    lease_s: float = LEASE_S * 0.8
    look_s: float = 1.0  # between two looks whether who is held has left, behind what he sent
    retry_s: float = 0.5  # between two wakes that did not take, two looks for a lost controller

    head_s: float = 10.0  # how long a request's head may take
    head_bytes: int = 64 * 1024  # cookies of a few other sites on the same domain still fit
    dial_s: float = 0.5  # a stopped container's address may swallow packets
    probe_s: float = 2.0  # /readyz really reads and writes
    idle_s: float = 1800.0  # without a byte in either direction: as long as Traefik allows
    linger_s: float = 3.0  # reading on after the answer, or it could be lost with what still comes
    drain_s: float = 10.0  # what is under way when the gate is told to end

    held_tenant: int = 100
    held: int = 1_000
    present_tenant: int = 200  # held or passed on
    lines: int = 2_000  # connections, whatever they do
