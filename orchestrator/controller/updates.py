"""The verbs update and rollback: begin, stop, resume, follow, and tell the truth at the end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import asdict, dataclass, replace

from orchestrator.controller.campaigns import Campaigns, told
from orchestrator.controller.following import Following
from orchestrator.controller.progress import Line
from orchestrator.controller.state import State
from orchestrator.core import campaign_begin
from orchestrator.core.builds import Build
from orchestrator.core.campaign import Campaign, Entry, resumed
from orchestrator.core.campaign_begin import Asked, Now
from orchestrator.core.observed import Unknown
from orchestrator.core.swap import effective
from orchestrator.errors import OrchestratorError, Refused
from orchestrator.ports import Ports

POLL_S = 0.1
AT_ONCE = 16  # agents that are asked for their version at the same time

Stream = AsyncIterator[Mapping[str, object]]


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


class Updates:
    """What operators may do with campaigns. Refusals are raised before anything is changed."""

    def __init__(
        self,
        state: State,
        *,
        campaigns: Campaigns,
        following: Following,
        forgive: Callable[[], None],
        ports: Ports,
    ) -> None:
        self._state = state
        self._campaigns = campaigns
        self._following = following
        self._forgive = forgive
        self._ports = ports

    async def update(self, asked: Asked, image: str | None) -> Stream:
        """Bring all, or some, to this image: the fleet's own as it is built now, if none is
        named."""

        def make(now: Now) -> Campaign:
            name = image or _image_of(now)
            image_id = self._ports.engine.image_id(name)
            if image_id is None:
                raise Refused(
                    f"no image {name} is on this machine", mend="Build or pull it, then try again."
                )
            return campaign_begin.update(now, asked, Build(name, image_id))

        return await self._begin(make)

    async def rollback(self, asked: Asked) -> Stream:
        """Take each one's last update back."""

        def make(now: Now) -> Campaign:
            made = campaign_begin.rollback(now, asked, self._ports.ledger.campaigns())
            for build in {entry.after for entry in made.entries}:
                if self._ports.engine.image_id(build.image_id) is None:
                    raise Refused(
                        f"the former image {build} is not on this machine any more",
                        mend="Build or pull it, and name it: `tenantctl update --image NAME`.",
                    )
            return made

        return await self._begin(make)

    async def stop(self) -> Stream:
        """Release nobody else; who is under way is finished."""
        listener = self._following.open()
        try:
            async with self._campaigns.lock:
                campaign = self._active()
                await self._campaigns.become(replace(campaign, state="stopping"))
        except BaseException:
            self._following.close(listener)
            raise
        return self._follow(listener, fine=("stopped", "done"))

    async def resume(self) -> Stream:
        """Go on with the last campaign, or follow the one that goes on."""
        listener = self._following.open()
        try:
            async with self._campaigns.lock:
                campaign = self._last()
                if not campaign.active:
                    self._check_resumable(campaign)
                    self._forgive()
                    await self._campaigns.become(resumed(campaign))
        except BaseException:
            self._following.close(listener)
            raise
        return self._follow(listener)

    async def report(self) -> dict[str, object]:
        """The last campaign, with what each of its tenants runs now."""
        campaign, slots = self._last(), asyncio.Semaphore(AT_ONCE)
        rows = await asyncio.gather(*(self._row(entry, slots) for entry in campaign.entries))
        return {
            "number": campaign.number,
            "kind": campaign.kind,
            "at": campaign.at,
            "state": campaign.state,
            "reason": campaign.reason,
            "text": told(campaign),
            "pinned": list(campaign.pinned),
            "tenants": [asdict(row) for row in rows],
        }

    async def _begin(self, make: Callable[[Now], Campaign]) -> Stream:
        listener = self._following.open()
        try:
            async with self._campaigns.lock:
                self._check_none_goes_on()
                campaign = await asyncio.to_thread(make, self._now())
                self._forgive()
                await self._campaigns.become(campaign)
        except BaseException:
            self._following.close(listener)
            raise
        return self._follow(listener)

    def _check_none_goes_on(self) -> None:
        last = self._state.campaign
        if last is not None and last.active:
            raise Refused(
                f"{last.kind} {last.number} is still going on",
                mend="Follow it: `tenantctl update --resume`; "
                "or end it: `tenantctl update --stop`.",
            )

    def _now(self) -> Now:
        state = self._state
        if state.applied is None:
            raise Refused("nothing was applied yet", mend="Run `tenantctl apply` first.")
        specs = {key: effective(spec, state.swaps.get(key)) for key, spec in state.desired.items()}
        return Now(
            applied=state.applied,
            builds={
                key: Build(spec.image, spec.image_id)
                for key, spec in specs.items()
                if spec.image_id is not None
            },
            awake={
                key
                for key, spec in specs.items()
                if spec.state == "running" and key not in state.asleep
            },
            number=state.campaign.number + 1 if state.campaign else 1,
            at=time.time(),
        )

    def _check_resumable(self, campaign: Campaign) -> None:
        if not campaign.of("waiting", "failed"):
            raise Refused(f"there is nothing left to do: {told(campaign)}")
        fleet = self._state.applied.fleet.tenants if self._state.applied else ()
        image = next((one.image for one in fleet if not one.own_image), None)
        if campaign.default is None and image != campaign.pin.image:
            raise Refused(
                f"tenants.yaml says {image} since, and not {campaign.pin.image}",
                mend="Begin a new one: `tenantctl update`.",
            )

    def _active(self) -> Campaign:
        campaign = self._state.campaign
        if campaign is None or not campaign.active:
            raise Refused("no update is going on")
        return campaign

    def _last(self) -> Campaign:
        if self._state.campaign is None:
            raise Refused("there was no update yet", mend="Begin one: `tenantctl update`.")
        return self._state.campaign

    async def _follow(
        self, listener: asyncio.Queue[Line], fine: tuple[str, ...] = ("done",)
    ) -> Stream:
        try:
            ends = False
            while not ends:
                ends = not self._last().active  # then the last lines are told already
                while not listener.empty():
                    yield asdict(listener.get_nowait())
                await asyncio.sleep(0 if ends else POLL_S)
            last = self._last()
            yield {"kind": "done", "ok": last.state in fine, "text": told(last)}
        finally:
            self._following.close(listener)

    async def _row(self, entry: Entry, slots: asyncio.Semaphore) -> Row:
        containers = self._state.observed.containers
        found = () if isinstance(containers, Unknown) else containers.get(entry.tenant, ())
        running = found[0].image_id if found else ""
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


def _image_of(now: Now) -> str:
    """The image of all that name none of their own. Refused."""
    for tenant in now.applied.fleet.tenants:
        if not tenant.own_image:
            return tenant.image
    raise Refused(
        "every customer names an image of its own, and is left alone",
        mend="Change it there: `tenantctl set ID image=NAME --apply`.",
    )
