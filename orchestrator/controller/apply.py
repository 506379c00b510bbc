"""From the file to the applied fleet: validate, guard, number, pin images, accept; or a preview."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from orchestrator.controller.journal import Journal
from orchestrator.controller.loop import Loop
from orchestrator.controller.state import State
from orchestrator.core import guard, history
from orchestrator.core.applied import Applied
from orchestrator.core.builds import Build, Held, still_held, with_newcomers
from orchestrator.core.campaign import Campaign
from orchestrator.core.campaign_holds import held_by, on_campaign
from orchestrator.core.case import World
from orchestrator.core.desired import Desired, desired
from orchestrator.core.fleet import Fleet, Validation, merge_last_good
from orchestrator.core.names import container_name
from orchestrator.core.observed import Observed, Unknown
from orchestrator.core.plan import Plan
from orchestrator.core.reconcile import reconcile
from orchestrator.errors import ConfirmationNeeded, EngineUnavailable, FleetInvalid, Refused
from orchestrator.ports import Ports


@dataclass(frozen=True)
class Preview:
    """What an apply would do now."""

    plan: Plan
    validation: Validation
    refusal: guard.Refusal | None


@dataclass(frozen=True)
class Accepted:
    """An apply that was accepted: what will be done about it, and what of the file is not in."""

    plan: Plan
    kept: Mapping[str, str]
    validation: Validation


class Applier:
    """Takes tenants.yaml over. One at a time; each either is accepted whole or changes nothing."""

    def __init__(
        self,
        state: State,
        loop: Loop,
        ports: Ports,
        *,
        journal: Journal,
        forgive: Callable[[], None],
    ) -> None:
        self._journal = journal
        self._forgive = forgive
        self._state = state
        self._loop = loop
        self._file = ports.tenants_file
        self._applied_file = ports.applied_file
        self._engine = ports.engine
        self._ledger = ports.ledger
        self.lock = asyncio.Lock()  # held while the applied fleet changes, or must not

    async def preview(self) -> Preview:
        """The plan of an apply, with numbers for new tenants that are only supposed."""
        validation = await asyncio.to_thread(self._file.load)
        fleet = self._fleet(validation)
        if fleet is None:
            return Preview(Plan(), validation, None)
        indexes = await asyncio.to_thread(self._ledger.indexes)
        images = await asyncio.to_thread(self._images, fleet)
        held = self._held(fleet, images)
        wanted = self._desired(fleet, _supposed(fleet, indexes), images, held)
        plan = await self._plan(wanted, await self._loop.observe())
        return Preview(plan, validation, await self._refusal(fleet, indexes))

    async def apply(self, confirm_retire: int | None = None) -> Accepted:
        """Accept the file as the fleet to work towards. FleetInvalid, ConfirmationNeeded."""
        async with self.lock:
            validation = await asyncio.to_thread(self._file.load)
            fleet = self._fleet(validation)
            if fleet is None:
                raise _invalid(validation)
            self._check_nobody_is_lost(validation, fleet)
            self._check_no_update_is_crossed(fleet)
            indexes = await asyncio.to_thread(self._ledger.indexes)
            self._guard(await self._refusal(fleet, indexes), confirm_retire)
            indexes = await asyncio.to_thread(self.number, fleet)
            image_ids = await asyncio.to_thread(self._images, fleet)
            applied = Applied(
                generation=(self._state.applied.generation if self._state.applied else 0) + 1,
                fleet=fleet,
                image_ids=image_ids,
                kept=_kept(validation),
                held=self._held(fleet, image_ids),
            )
            wanted = self._desired(fleet, indexes, applied.image_ids, applied.held)
            plan = await self._plan(wanted, await self._recent())
            await self._begin_anew(wanted)
            await asyncio.to_thread(self._applied_file.write, applied)
            self._accept(applied, indexes)
            return Accepted(plan, applied.kept, validation)

    async def _begin_anew(self, wanted: Desired) -> None:
        """Whoever applies asks for all of it, for what failed as well."""
        self._forgive()
        await self._journal.forgive()
        for tenant in sorted(self._state.asleep):
            if tenant in wanted and wanted[tenant].always_on:
                await self._journal.wake(tenant)

    def _check_nobody_is_lost(self, validation: Validation, fleet: Fleet) -> None:
        """A tenant that runs and has a problem in the file must not retire because its last good
        state is not known any more. FleetInvalid."""
        containers = self._state.observed.containers
        running = set() if isinstance(containers, Unknown) else set(containers)
        if (validation.kept & running) - {tenant.id for tenant in fleet.tenants}:
            raise _invalid(validation)

    async def saved(self) -> None:
        """The file was saved: with `watch: true`, apply it if it is good all through.

        FleetInvalid for a bad one, of which nothing is applied; ConfirmationNeeded.
        """
        validation = await asyncio.to_thread(self._file.load)
        last = self._state.applied.fleet if self._state.applied else None
        fleet = validation.fleet or last
        if fleet is None or not fleet.watch:
            return
        if not validation.ok:
            raise _invalid(validation)
        await self.apply()

    def _accept(self, applied: Applied, indexes: Mapping[str, int]) -> None:
        world = World.of(self._state.observed)
        containers = world.containers if world else {}
        self._state.accept(applied, indexes)
        self._state.history = {
            tenant: history.forgiven(
                next(
                    (c for c in containers.get(tenant, ()) if c.name == container_name(tenant)),
                    None,
                )
            )
            for tenant in self._state.desired
        }
        for topic in ("tenants.yaml", "applied"):
            self._state.problem(topic, None)
        self._loop.record(
            None,
            "applied",
            f"generation {applied.generation}: {len(applied.fleet.tenants)} tenants",
        )
        self._loop.ring()

    async def amend(self, campaign: Campaign) -> None:
        """Let every tenant of the campaign run what it is to run now; all else stays as applied."""
        async with self.lock:
            if self._state.applied is None:
                raise Refused("nothing was applied yet", mend="Run `tenantctl apply` first.")
            applied = on_campaign(self._state.applied, campaign)
            if applied == self._state.applied:
                return
            indexes = await asyncio.to_thread(self.number, applied.fleet)
            await asyncio.to_thread(self._applied_file.write, applied)
            self._state.accept(applied, indexes)
            self._loop.ring()

    def _held(self, fleet: Fleet, image_ids: Mapping[str, str]) -> Mapping[str, Held]:
        """Who stays on another build than tenants.yaml means, by an update now or before."""
        applied, campaign = self._state.applied, self._state.campaign
        if applied is None:
            return {}
        held = still_held(fleet, image_ids, applied.held)
        if campaign and campaign.active:
            held = held_by(campaign, fleet, image_ids, held)
        known = {tenant.id for tenant in applied.fleet.tenants}
        return with_newcomers(fleet, image_ids, held, known)

    def _pin(self) -> Build | None:
        """What the fleet's image means while an update goes on."""
        campaign = self._state.campaign
        return campaign.pin if campaign is not None and campaign.active else None

    def _check_no_update_is_crossed(self, fleet: Fleet) -> None:
        """Another image for all, in mid-update, would reach everybody at once. Refused."""
        campaign, pin = self._state.campaign, self._pin()
        if campaign is None or pin is None:
            return
        for tenant in fleet.tenants:
            entry = campaign.entry(tenant.id)
            if entry is not None and not tenant.own_image and tenant.image != pin.image:
                raise Refused(
                    f"an update to {pin.image} is going on, and tenants.yaml says {tenant.image}",
                    mend="Run `tenantctl update --stop` first.",
                )

    def _fleet(self, validation: Validation) -> Fleet | None:
        """The fleet to act on, bad tenants as they were; None when the whole file is unusable."""
        if validation.fleet_without_bad_tenants is None:
            return None
        last = self._state.applied.fleet if self._state.applied else None
        return merge_last_good(validation, last)

    def _desired(
        self,
        fleet: Fleet,
        indexes: Mapping[str, int],
        image_ids: Mapping[str, str],
        held: Mapping[str, Held],
    ) -> Desired:
        try:
            return desired(fleet, indexes, image_ids, self._state.site, held)
        except ValueError as error:
            raise Refused(
                str(error), mend="Set a larger SUBNET_POOL that begins at the same address."
            ) from error

    async def _recent(self) -> Observed:
        """The last look, which no event has called out of date; a new one if that saw nothing."""
        observed = self._state.seen()
        return await self._loop.observe() if observed.unknown_because() else observed

    async def _plan(self, wanted: Desired, observed: Observed) -> Plan:
        if why := observed.unknown_because():
            raise EngineUnavailable(f"what runs cannot be seen: {why}")
        under_way = {key: swap for key, swap in observed.swaps.items() if swap.under_way}
        observed = replace(observed, swaps=under_way)  # what was refused would be tried again
        attempts = {
            tenant: one for tenant, one in self._state.history.items() if tenant not in wanted
        }
        return reconcile(wanted, observed, attempts, time.monotonic())

    async def _refusal(self, fleet: Fleet, indexes: Mapping[str, int]) -> guard.Refusal | None:
        applied = self._state.applied
        current = {tenant.id for tenant in applied.fleet.tenants} if applied else set()
        containers = self._state.observed.containers
        if not isinstance(containers, Unknown):
            current |= set(containers)
        return guard.check(fleet, current, set(indexes))

    @staticmethod
    def _guard(refusal: guard.Refusal | None, confirmed: int | None) -> None:
        if refusal is not None and confirmed != refusal.count:
            raise ConfirmationNeeded(refusal.detail, refusal.count, mend=refusal.mend)

    def number(self, fleet: Fleet) -> Mapping[str, int]:
        """The index of every tenant that has one, after giving one to those that had none."""
        indexes = dict(self._ledger.indexes())
        for tenant in fleet.tenants:
            renamed = tenant.renamed_from in indexes
            if tenant.id not in indexes and not renamed:
                indexes[tenant.id] = self._ledger.allocate(tenant.id)
        return indexes

    def _images(self, fleet: Fleet) -> dict[str, str]:
        """Image ids by name. A name that is gone keeps the id that it had at the last apply, and
        one that is being rolled out the id that is rolled out."""
        names = {tenant.image for tenant in fleet.tenants}
        last = self._state.applied.image_ids if self._state.applied else {}
        found = {name: self._engine.image_id(name) or last.get(name) for name in sorted(names)}
        pin = self._pin()
        if pin is not None and pin.image in found:
            found[pin.image] = pin.image_id
        return {name: image_id for name, image_id in found.items() if image_id}


def _supposed(fleet: Fleet, indexes: Mapping[str, int]) -> dict[str, int]:
    """Numbers as an apply would give them out, none of them taken."""
    supposed, following = dict(indexes), max(indexes.values(), default=-1) + 1
    for tenant in fleet.tenants:
        if tenant.id not in supposed and tenant.renamed_from not in supposed:
            supposed[tenant.id] = following
            following += 1
    return supposed


def _kept(validation: Validation) -> dict[str, str]:
    """Tenants whose entry has problems, and the first of them."""
    return {
        problem.tenant: f"its entry in tenants.yaml is not in force: {problem.message}"
        for problem in reversed(validation.problems)
        if problem.tenant is not None
    }


def _invalid(validation: Validation) -> FleetInvalid:
    number = len(validation.problems)
    return FleetInvalid(
        f"tenants.yaml has {number} problem{'' if number == 1 else 's'}; nothing was changed",
        tuple(str(problem) for problem in validation.problems),
        mend="Mend the lines named and apply again.",
    )
