"""The verbs update and rollback: begin, stop, resume, follow, and tell the truth at the end."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import asdict, replace

from orchestrator.controller.campaigns import Campaigns
from orchestrator.controller.following import Following
from orchestrator.controller.progress import Line
from orchestrator.controller.state import State
from orchestrator.controller.update_report import UpdateReports
from orchestrator.core import campaign_back, campaign_begin
from orchestrator.core.builds import Build
from orchestrator.core.campaign import Campaign, resumed
from orchestrator.core.campaign_begin import Asked, Now
from orchestrator.core.campaign_words import told
from orchestrator.core.observed import Unknown
from orchestrator.core.swap import effective
from orchestrator.errors import Refused
from orchestrator.ports import Ports

POLL_S = 0.1

Stream = AsyncIterator[Mapping[str, object]]


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
        self._reports = UpdateReports(state, ports)

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
            campaigns = self._ports.ledger.campaigns()
            ended = self._ended_early()
            if not asked.tenants and ended is not None and ended.everybody:
                made = campaign_back.abort(now, ended, self._stands)
            else:
                made = campaign_back.rollback(now, asked, campaigns, self._stands)
            return self._possible(made)

        return await self._begin(make)

    async def abort(self) -> Stream:
        """Forget an update of all that failed or was stopped: everything as it was before it."""

        def make(now: Now) -> Campaign:
            ended = self._ended_early()
            if ended is None or not ended.everybody:
                raise Refused(
                    "no update of all has failed or was stopped",
                    mend="Take one back that is done: `tenantctl rollback --all`.",
                )
            return self._possible(campaign_back.abort(now, ended, self._stands))

        return await self._begin(make)

    def _ended_early(self) -> Campaign | None:
        """The last update, if it failed or was stopped."""
        last = self._state.campaign
        early = last is not None and last.kind == "update" and last.state in ("failed", "stopped")
        return last if early else None

    def _stands(self, build: Build) -> bool:
        return self._ports.engine.image_id(build.image) == build.image_id

    def _possible(self, made: Campaign) -> Campaign:
        """Refused when an image that is gone would be needed."""
        for build in {entry.after for entry in made.of("waiting")}:
            if self._ports.engine.image_id(build.image_id) is None:
                raise Refused(
                    f"the former image {build} is not on this machine any more",
                    mend="Build or pull it, and name it: `tenantctl update --image NAME`.",
                )
        return made

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
                    again = await asyncio.to_thread(self._rebuilt, campaign)
                    self._forgive()
                    await self._campaigns.become(again or resumed(campaign))
        except BaseException:
            self._following.close(listener)
            raise
        return self._follow(listener)

    def _rebuilt(self, campaign: Campaign) -> Campaign | None:
        """The same update to the image as it is built now: from its canary on, since nobody has
        seen that build yet. None: it is the same build."""
        build = campaign.entries[0].after
        image_id = self._ports.engine.image_id(build.image)
        if campaign.kind != "update" or image_id in (None, build.image_id):
            return None
        now = self._now()
        there = {tenant.id for tenant in now.applied.fleet.tenants}
        named = () if campaign.everybody else tuple(one.tenant for one in campaign.entries)
        canary = campaign.options.canary
        fit = canary if canary in now.running else None
        asked = Asked(
            tuple(one for one in named if one in there), replace(campaign.options, canary=fit)
        )
        return campaign_begin.update(now, asked, Build(build.image, image_id or ""))

    async def report(self) -> dict[str, object]:
        """The last campaign, with what each of its tenants runs now."""
        return await self._reports.of(self._last())

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
            running=self._running(),
            suspended={key for key, spec in specs.items() if spec.state == "suspended"},
            asleep=set(state.asleep),
            number=state.campaign.number + 1 if state.campaign else 1,
            at=time.time(),
        )

    def _running(self) -> set[str]:
        """Whoever is up, and has not crashed lately."""
        containers, state = self._state.observed.containers, self._state
        if isinstance(containers, Unknown):
            return set()
        return {
            key
            for key in state.desired
            if any(one.state == "running" for one in containers.get(key, ()))
            and not state.attempts(key).failures
        }

    def _check_resumable(self, campaign: Campaign) -> None:
        if not campaign.of("waiting", "failed"):
            raise Refused(
                f"there is nothing left to do: {told(campaign)}",
                mend="Begin a new one: `tenantctl update`.",
            )
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
            raise Refused(
                "no update is going on", mend="How the last one ended: `tenantctl update --show`."
            )
        return campaign

    def _last(self) -> Campaign:
        if self._state.campaign is None:
            raise Refused("there was no update yet", mend="Begin one: `tenantctl update`.")
        return self._state.campaign

    async def _follow(
        self, listener: asyncio.Queue[Line], fine: tuple[str, ...] = ("done",)
    ) -> Stream:
        try:
            ends, count = False, ""
            while not ends:
                ends = not self._last().active  # then the last lines are told already
                while not listener.empty():
                    line = listener.get_nowait()
                    if line.kind == "count":
                        if line.text == count:  # told anew with every turn
                            continue
                        count = line.text
                    yield asdict(line)
                await asyncio.sleep(0 if ends else POLL_S)
            last = self._last()
            yield {"kind": "done", "ok": last.state in fine, "text": told(last)}
        finally:
            self._following.close(listener)


def _image_of(now: Now) -> str:
    """The image of all that name none of their own. Refused."""
    for tenant in now.applied.fleet.tenants:
        if not tenant.own_image:
            return tenant.image
    raise Refused(
        "every customer names an image of its own, and is left alone",
        mend="Change it there: `tenantctl set ID image=NAME --apply`.",
    )
