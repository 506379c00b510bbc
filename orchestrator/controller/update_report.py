"""The truth about an update: for each of its tenants what was wanted, and what it runs."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, dataclass

from orchestrator.controller.state import State
from orchestrator.core.campaign import Campaign, Entry
from orchestrator.core.campaign_holds import standing
from orchestrator.core.campaign_words import told
from orchestrator.core.observed import Unknown
from orchestrator.errors import OrchestratorError
from orchestrator.ports import Ports

AT_ONCE = 16  # agents that are asked for their version at the same time


@dataclass(frozen=True)
class Row:
    """One tenant of a campaign: ids of images as wanted and as they are, "" for unknown."""

    tenant: str
    state: str
    reason: str
    image: str
    wanted: str
    running: str
    version: str


class UpdateReports:
    """Made of the last look, and of what the agents themselves say."""

    def __init__(self, state: State, ports: Ports) -> None:
        self._state = state
        self._ports = ports

    async def of(self, campaign: Campaign) -> dict[str, object]:
        """The campaign, with what each of its tenants runs now."""
        slots = asyncio.Semaphore(AT_ONCE)
        rows = await asyncio.gather(*(self._row(entry, slots) for entry in campaign.entries))
        return {
            "number": campaign.number,
            "kind": campaign.kind,
            "at": campaign.at,
            "state": campaign.state,
            "reason": campaign.reason,
            "text": told(campaign),
            "pinned": list(campaign.pinned),
            "standing": standing(campaign, self._state.applied),
            "tenants": [asdict(row) for row in rows],
        }

    async def _row(self, entry: Entry, slots: asyncio.Semaphore) -> Row:
        containers = self._state.observed.containers
        found = () if isinstance(containers, Unknown) else containers.get(entry.tenant, ())
        spec = self._state.desired.get(entry.tenant)
        stopped = spec is None or spec.state == "suspended"
        running = found[0].image_id if found and not stopped else ""
        awake = any(one.state == "running" for one in found)
        async with slots:
            version = await self._version(entry.tenant) if awake else ""
        image = entry.after.image
        return Row(
            entry.tenant, entry.state, entry.reason, image, entry.after.image_id, running, version
        )

    async def _version(self, tenant: str) -> str:
        """As the agent itself says; "" when it does not."""
        spec = self._state.desired.get(tenant)
        if spec is None:
            return ""
        try:
            token = await asyncio.to_thread(self._ports.data_root.token, tenant)
            found = await self._ports.prober.activity(spec.address, token)
        except OrchestratorError:
            return ""
        return str((found or {}).get("version", ""))[:80]
