"""An update of many tenants, a few at a time: what is released next, how each ended, when to stop.

A campaign is a value that is written down whenever it changes. Whoever finds one that was cut off
goes on with it: what a tenant is to run follows from its entry alone.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from typing import Literal

from orchestrator.core.builds import Build

# beginning  written down, and nobody is held yet: the fleet is to be amended first
# stopping   nobody else is released; who is under way ends
CampaignState = Literal["beginning", "running", "stopping", "stopped", "failed", "done"]
ACTIVE = ("beginning", "running", "stopping")
# skipped  it has the build already, or left tenants.yaml: there is nothing to do
# returning  it was updated, did not stay well, and is brought back; then it has failed
# left     suspended: nothing of it could be looked at, so it stays on the build that it has
EntryState = Literal["waiting", "updating", "updated", "returning", "failed", "skipped", "left"]
AT_WORK: tuple[EntryState, ...] = ("updating", "returning")
OVER: tuple[EntryState, ...] = ("updated", "failed", "skipped", "left")
Kind = Literal["update", "rollback"]
BATCH = 4  # more than the swaps that run at a time, so that none of their slots is idle
SOAK_S = 10.0  # what dies of its first work, and not of its start, mostly does so within that


@dataclass(frozen=True)
class Entry:
    """One tenant of a campaign: from which build to which, and how that stands."""

    tenant: str
    before: Build
    after: Build
    state: EntryState = "waiting"
    reason: str = ""

    @property
    def build(self) -> Build:
        """What it is to run now."""
        return self.after if self.state in ("updating", "updated", "skipped") else self.before


@dataclass(frozen=True)
class Options:
    """How it goes. `canary` is released first and alone, and must end well; more than
    `max_failures` others that fail stop the rest. Who was updated is watched for `soak` seconds
    after the canary, and after the last batch."""

    canary: str | None = None
    batch: int = BATCH
    max_failures: int = 0
    soak: float = SOAK_S


@dataclass(frozen=True)
class Campaign:
    """`pin` is the build that the file's image means for as long as this goes on, whatever its tag
    is moved to; `default` is to be written into tenants.yaml, if it is not None. `pinned` are
    tenants that were left alone, since they name an image of their own. `everybody`: no tenants
    were named. `former`: the image of all before, for the way back."""

    number: int
    kind: Kind
    at: float
    entries: tuple[Entry, ...]
    pin: Build
    options: Options = field(default_factory=Options)
    default: str | None = None
    pinned: tuple[str, ...] = ()
    state: CampaignState = "beginning"
    reason: str = ""
    everybody: bool = False
    former: Build | None = None

    @property
    def active(self) -> bool:
        return self.state in ACTIVE

    @property
    def failures(self) -> int:
        return len(self.of("failed"))

    def of(self, *states: EntryState) -> tuple[Entry, ...]:
        """The entries in these states, in order."""
        return tuple(entry for entry in self.entries if entry.state in states)

    def entry(self, tenant: str) -> Entry | None:
        return next((entry for entry in self.entries if entry.tenant == tenant), None)

    def marked(self, tenants: Collection[str], state: EntryState, reason: str = "") -> Campaign:
        """With these tenants' entries in this state."""
        entries = (
            replace(entry, state=state, reason=reason) if entry.tenant in tenants else entry
            for entry in self.entries
        )
        return replace(self, entries=tuple(entries))


def ordered(entries: tuple[Entry, ...], canary: str | None) -> tuple[Entry, ...]:
    """The canary first, the others as they stand."""
    return tuple(sorted(entries, key=lambda entry: entry.tenant != canary))


def turn(campaign: Campaign) -> Campaign:
    """The campaign after its next decision: begun, released a batch, ended, or the same and
    waiting."""
    if campaign.state == "beginning":
        return replace(campaign, state="running")
    if not campaign.active or campaign.of(*AT_WORK):
        return campaign
    if why := _halted(campaign):
        return replace(campaign, state="failed", reason=why)
    waiting = campaign.of("waiting")
    if not waiting:
        return replace(campaign, state="failed" if campaign.failures else "done")
    if campaign.state == "stopping":
        return replace(campaign, state="stopped", reason="the operator stopped it")
    alone = waiting[0].tenant == campaign.options.canary
    batch = waiting[: 1 if alone else campaign.options.batch]
    return campaign.marked({entry.tenant for entry in batch}, "updating")


def watch_due(campaign: Campaign) -> bool:
    """Whether those updated so far are to be watched for a while before the next decision."""
    updated, waiting = campaign.of("updated"), campaign.of("waiting")
    if campaign.state != "running" or campaign.of(*AT_WORK) or not updated or _halted(campaign):
        return False
    tried = {entry.tenant for entry in (*updated, *campaign.of("failed"))}
    return not waiting or tried == {campaign.options.canary}


def _halted(campaign: Campaign) -> str:
    """Why nobody else is released, or ""."""
    waiting, canary = len(campaign.of("waiting")), campaign.options.canary
    first = campaign.entry(canary) if canary else None
    rest = f"; {waiting} waiting were not touched" if waiting else ""
    if first is not None and first.state == "failed":
        return f"the canary {first.tenant} failed{rest}"
    if waiting and campaign.failures > campaign.options.max_failures:
        return f"{campaign.failures} failed, {campaign.options.max_failures} may{rest}"
    return ""


def resumed(campaign: Campaign) -> Campaign:
    """Once more from where it stopped: who failed is tried again."""
    again = campaign.marked({entry.tenant for entry in campaign.of("failed")}, "waiting")
    return replace(again, state="beginning", reason="")


def former(campaigns: Collection[Campaign], tenant: str, now: Build) -> Build | None:
    """What the tenant ran before the update that brought it what it runs now; None: unknown."""
    for campaign in sorted(campaigns, key=lambda one: -one.number):
        entry = campaign.entry(tenant)
        if campaign.kind != "update" or entry is None or entry.state != "updated":
            continue
        if entry.after.image_id == now.image_id != entry.before.image_id:
            return entry.before
    return None
