"""Carries a campaign to its end: releases tenants, sees how they do, writes every turn down.

All that a kill must not lose is in the ledger before anybody is released; the rest follows from it.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterable

from orchestrator.controller.apply import Applier
from orchestrator.controller.executor import Executor
from orchestrator.controller.journal import Journal
from orchestrator.controller.loop import Loop
from orchestrator.controller.progress import Line, Progress
from orchestrator.controller.soaking import Soaking
from orchestrator.controller.state import State
from orchestrator.core import history
from orchestrator.core.campaign import AT_WORK, OVER, Campaign, Entry, Kind, turn
from orchestrator.core.campaign_verdict import Verdict, verdict
from orchestrator.core.campaign_words import happened, went_wrong
from orchestrator.core.case import Case, World
from orchestrator.errors import OrchestratorError
from orchestrator.ports import Ports

POLL_S = 0.1
AGAIN_S = 1.0  # after a turn that could not be written down
# Of one tenant: a drain of 10 s, a stop of 30, a start of 30 and the same back, twice over.
PATIENCE_S = 300.0

log = logging.getLogger(__name__)


class Campaigns:
    """The campaign of `State`, the only one at a time."""

    def __init__(
        self,
        state: State,
        *,
        loop: Loop,
        executor: Executor,
        applier: Applier,
        journal: Journal,
        progress: Progress,
        ports: Ports,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._state = state
        self._loop = loop
        self._executor = executor
        self._applier = applier
        self._journal = journal
        self._progress = progress
        self._ledger = ports.ledger
        self._file = ports.tenants_file
        self._amended: Campaign | None = None  # what the applied fleet is known to be as
        self._soaking = Soaking(state, executor, progress, ports, clock)
        # tenant and build → when it was let go, and the ring by then
        self._released: dict[tuple[str, str], tuple[float, int]] = {}
        self._changed = asyncio.Event()
        self.lock = asyncio.Lock()  # held while the campaign changes

    def load(self) -> None:
        """Take over what an earlier controller wrote down. LedgerError."""
        self._state.campaign = next(reversed(self._ledger.campaigns()), None)

    async def run(self) -> None:
        """As long as the controller runs."""
        while True:
            try:
                moved = await self.step()
            except OrchestratorError as error:
                log.warning("the update cannot go on now: %s. %s", error, error.mend)
                await asyncio.sleep(AGAIN_S)
            else:
                await self._rest(moved=moved)

    async def _rest(self, *, moved: bool) -> None:
        """Until there is something to look at; with no campaign going on, until one does."""
        campaign = self._state.campaign
        if campaign is not None and campaign.active:
            await asyncio.sleep(0 if moved else POLL_S)
        else:
            self._changed.clear()
            await self._changed.wait()

    async def step(self) -> bool:
        """One turn of the campaign that goes on; whether anything changed."""
        async with self.lock:
            campaign = self._state.campaign
            if campaign is None or not campaign.active:
                return False
            if self._amended != campaign:
                await self._amend(campaign)
            seen = self._soaking.looked_at(self._judged(campaign))
            after = seen
            if not self._soaking.goes_on(seen):
                after = turn(await self._soaking.asked(seen))
            if after == campaign:
                return False
            await self.become(after)
            return True

    async def become(self, after: Campaign) -> None:
        """Write it down and work towards it. The caller holds the lock.

        FleetInvalid, Refused: tenants.yaml cannot be edited to say so; nothing was changed.
        """
        before = self._state.campaign
        released = [one.tenant for one in after.of(*AT_WORK) if _is_new(one, before)]
        await self._journal.forgive(released)
        if not after.active:  # first what follows from its end, which nobody would see to later
            await self._amend(after)
        async with self._applier.lock:  # an apply of the file sees the campaign that it is part of
            if after.state == "beginning" and after.default is not None:
                self._tell_edit(await asyncio.to_thread(self._file.set_image, after.default))
            await asyncio.to_thread(self._ledger.put_campaign, after)
            self._state.campaign = after
            self._changed.set()
        if after.active:
            await self._amend(after)
        self._tell(before, after)

    async def _amend(self, campaign: Campaign) -> None:
        for entry in campaign.of(*AT_WORK):
            if _key(entry) not in self._released:
                self._forgive(entry.tenant)
        await self._applier.amend(campaign)
        self._loop.ring()
        now, rung = time.monotonic(), self._loop.rung
        self._released = {
            _key(entry): self._released.get(_key(entry), (now, rung))
            for entry in campaign.of(*AT_WORK)
        }
        self._amended = campaign

    def _forgive(self, tenant: str) -> None:
        """What went wrong with the build before is not this one's fault."""
        world = World.of(self._state.seen())
        found = world.containers.get(tenant, ()) if world else ()
        self._state.history[tenant] = history.forgiven(next(iter(found), None))

    def _judged(self, campaign: Campaign) -> Campaign:
        for entry in campaign.of(*AT_WORK):
            found = self._verdict(entry, campaign.kind)
            if found is not None:
                campaign = campaign.marked({entry.tenant}, found.state, found.reason)
        return campaign

    def _verdict(self, entry: Entry, kind: Kind) -> Verdict | None:
        spec = self._state.desired.get(entry.tenant)
        if spec is None:
            return Verdict("skipped", "it left tenants.yaml meanwhile")
        since, rung = self._released[_key(entry)]
        world = World.of(self._state.seen())
        if world is None:  # nobody is to blame for an engine that is away
            self._released[_key(entry)] = (time.monotonic(), rung)
            return None
        if self._loop.answered < rung or entry.tenant in self._executor.busy:
            return None
        case = Case.of(spec, world, self._state.history, time.monotonic())
        found = verdict(case, entry, kind)
        if found is None and time.monotonic() - since > PATIENCE_S:
            late = f"it was not done within {PATIENCE_S:.0f} s"
            return Verdict("failed", ". ".join(filter(None, (entry.reason, late))))
        return found

    def _tell_edit(self, changes: Iterable[str]) -> None:
        for change in changes:
            self._progress.tell(Line("note", None, f"tenants.yaml: {change}"))

    def _tell(self, before: Campaign | None, after: Campaign) -> None:
        for entry in after.of("failed", "returning"):
            if _is_new(entry, before):
                self._progress.tell(Line("note", entry.tenant, went_wrong(entry)))
        over, total = len(after.of(*OVER, "returning")), len(after.entries)
        counted = f"{over} of {total} {'customer' if total == 1 else 'customers'}"
        self._progress.tell(Line("count", None, counted, share=over / max(total, 1)))
        same = before is not None and (before.number, before.state) == (after.number, after.state)
        if not same and after.state != "running":
            self._loop.record(None, after.kind, happened(after))


def _key(entry: Entry) -> tuple[str, str]:
    return entry.tenant, entry.build.image_id


def _is_new(entry: Entry, before: Campaign | None) -> bool:
    """Whether the entry was in another state before."""
    old = before.entry(entry.tenant) if before is not None else None
    return old is None or old.state != entry.state
