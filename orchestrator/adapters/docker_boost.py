"""Processor time lent to a container while somebody waits for it: from its start until it is ready,
and while it ends. Within its own limits both take up to four times as long beside busy neighbours.

What is lent is taken back by what the container's label says that it was made with, so that no
memory of this process is needed for it: a container that still has it is seen as `boosted`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from orchestrator.adapters import docker_profile
from orchestrator.adapters.docker_observe import ours
from orchestrator.adapters.docker_tryout import Ask

Json = Mapping[str, Any]

CORE = 1_000_000_000  # in `NanoCpus`
CORES = 2  # an agent's start uses one and a half


class Boost:
    """Lends to containers, and takes back. `Ask` raises as the SDK does."""

    def __init__(self, ask: Ask, instance: str) -> None:
        self._ask = ask
        self._instance = instance

    def lend(self, found: Json) -> None:
        """To an inspected container, unless its label is no good, or it has as much of its own."""
        own = self._own(found)
        if own and own["CpuShares"] < docker_profile.BOOSTED_SHARES:
            cores = max(own["NanoCpus"], min(CORES, self._cores) * CORE)
            more = {"NanoCpus": cores, "CpuShares": docker_profile.BOOSTED_SHARES}
            self._update(found, more)

    def is_lent(self, found: Json) -> bool:
        """Whether it has other limits than its own."""
        own = self._own(found) or {}
        return any(found["HostConfig"][field] != limit for field, limit in own.items())

    def take_back(self, found: Json) -> None:
        """Give it its own limits again."""
        if own := self._own(found):
            self._update(found, own)

    def _own(self, found: Json) -> dict[str, int] | None:
        """Its own limits; None when its label does not tell them."""
        owner = ours(found["Config"]["Labels"], self._instance)
        return docker_profile.made_with(owner.fields) if owner else None

    def _update(self, found: Json, limits: Mapping[str, int]) -> None:
        self._ask("POST", f"/containers/{found['Id']}/update", body=limits)

    @cached_property
    def _cores(self) -> int:
        return int(self._ask("GET", "/info").json()["NCPU"])
