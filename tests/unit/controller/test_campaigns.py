"""An update is carried to the same end, wherever the controller is killed: before or after any of
the writes that the campaign makes. Real ledger, real applied.json; a model of the engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest

from orchestrator.adapters.applied_file import JsonAppliedFile
from orchestrator.adapters.ledger import SqliteLedger
from orchestrator.controller.apply import Applier
from orchestrator.controller.campaigns import Campaigns
from orchestrator.controller.journal import Journal
from orchestrator.controller.progress import Progress
from orchestrator.controller.state import State
from orchestrator.core import history
from orchestrator.core.applied import Applied
from orchestrator.core.builds import Build
from orchestrator.core.campaign import Campaign, Options
from orchestrator.core.campaign_begin import Asked, Now, update
from orchestrator.core.desired import TenantSpec
from orchestrator.core.plan import AwaitReady, Step
from orchestrator.ports import Ports
from tests.support.fleets import IMAGE, IMAGE_ID, SITE, fleet, wanted
from tests.support.model_world import Broken, ModelWorld

TENANTS = ("a", "b", "c")
OLD = Build(IMAGE, IMAGE_ID)
NEW = Build("data-agent:2", "sha256:" + "b" * 64)
MOST_TURNS = 60


class Killed(BaseException):
    """The process is gone."""


@dataclass
class Fate:
    """Counts writes and ends the process right before, or right after, the chosen one."""

    at: int | None = None
    after: bool = False
    count: int = 0

    def watch(self, act: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*given: Any) -> Any:
            self.count += 1
            if self.count == self.at and not self.after:
                raise Killed
            done = act(*given)
            if self.count == self.at:
                raise Killed
            return done

        return watched


@dataclass
class Watched:
    """A port of which these calls are counted."""

    port: Any
    fate: Fate
    effects: tuple[str, ...]

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.port, name)
        return self.fate.watch(found) if name in self.effects else found


@dataclass
class File:
    """tenants.yaml, as far as it matters here."""

    image: str = IMAGE

    def set_image(self, image: str) -> list[str]:
        self.image = image
        return []


@dataclass
class Picky(ModelWorld):
    """The new image does not work for these tenants."""

    victims: frozenset[str] = frozenset()

    def perform(self, step: Step) -> None:
        if isinstance(step, AwaitReady) and self._is_bad(step.spec):
            raise Broken
        super().perform(step)

    def _is_bad(self, spec: TenantSpec) -> bool:
        return spec.image_id == NEW.image_id and spec.id in self.victims


@dataclass
class Turns:
    """Stands for loop and executor: a turn carries out all that is to be done."""

    state: State
    world: ModelWorld
    ledger: SqliteLedger
    rung: int = 0
    answered: int = 0
    busy: dict[str, str] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)

    def ring(self) -> None:
        self.rung += 1

    def record(self, _: str | None, kind: str, text: str) -> None:
        self.told.append(f"{kind}: {text}")

    def take(self) -> None:
        self.world.swaps = dict(self.state.swaps)
        self.world.settle(self.state.desired)
        self.state.swaps = dict(self.world.swaps)
        for swap in self.world.swaps.values():
            self.ledger.put_swap(swap)
        self.state.observed = self.world.observed()
        self.answered = self.rung


@dataclass
class Answers:
    """Agents, by address, and what their logs say."""

    silent: set[str] = field(default_factory=set)

    async def ready(self, address: str) -> bool:
        return address not in self.silent

    def logs(self, *_: object) -> str:
        return "the flux ran dry"


class Site:
    """What survives a controller, and one controller after another."""

    def __init__(self, place: Path, bad: frozenset[str] = frozenset()) -> None:
        self.place, self.file, self.world = place, File(), Picky(victims=bad)
        self.time, self.answers = 0.0, Answers()
        for spec in wanted(*TENANTS).values():
            self.world.add(spec)
        ledger = SqliteLedger(place)
        for tenant in TENANTS:
            ledger.allocate(tenant)
        ledger.close()
        JsonAppliedFile(place).write(Applied(1, fleet(*TENANTS), {IMAGE: IMAGE_ID}))

    def boot(self, fate: Fate) -> None:
        self.ledger = SqliteLedger(self.place)
        self.state = State(SITE)
        self.turns = Turns(self.state, self.world, self.ledger)
        applied_file = JsonAppliedFile(self.place)
        nothing = cast("Any", None)
        ports = replace(
            Ports(*[nothing] * 9),
            ledger=cast("Any", Watched(self.ledger, fate, ("put_campaign", "drop_swap"))),
            applied_file=cast("Any", Watched(applied_file, fate, ("write",))),
            tenants_file=cast("Any", Watched(self.file, fate, ("set_image",))),
            prober=cast("Any", self.answers),
            engine=cast("Any", self.answers),
        )
        self.progress = Progress()
        self.told = self.progress.open()
        journal, loop = Journal(self.state, ports.ledger), cast("Any", self.turns)
        self.campaigns = Campaigns(
            self.state,
            loop=loop,
            executor=loop,
            applier=Applier(self.state, loop, ports, journal=journal, forgive=lambda: None),
            journal=journal,
            progress=self.progress,
            ports=ports,
            clock=lambda: self.time,
        )
        journal.load()
        self.campaigns.load()
        applied = applied_file.read()
        assert applied is not None
        self.state.accept(applied, self.ledger.indexes())
        self.turns.take()

    async def begin(self, options: Options) -> None:
        assert self.state.applied is not None
        now = Now(self.state.applied, dict.fromkeys(TENANTS, OLD), TENANTS, 1, 0.0, running=TENANTS)
        async with self.campaigns.lock:
            await self.campaigns.become(update(now, Asked(options=options), NEW))

    async def until(self, reached: Callable[[Campaign], bool]) -> Campaign:
        for _ in range(MOST_TURNS):
            if reached(self._campaign()):
                return self._campaign()
            await self.campaigns.step()
            self.turns.take()
        raise AssertionError(f"never: {self.state.campaign}")

    async def to_the_end(self, options: Options) -> None:
        if self.state.campaign is None:
            await self.begin(options)
        for _ in range(MOST_TURNS):
            await self.campaigns.step()
            self.turns.take()
            if self.state.campaign and not self.state.campaign.active:
                return
        raise AssertionError(f"no end: {self.state.campaign}")

    def _campaign(self) -> Campaign:
        assert self.state.campaign is not None
        return self.state.campaign

    def photo(self) -> Any:
        """All that must not depend on where it was killed."""
        applied = self.state.applied
        assert applied is not None
        running = {one.tenant: one.image_id for one in self.world.containers.values()}
        return self._campaign(), applied, running, self.file.image


def played(site: Site, fate: Fate, options: Options) -> Any:
    """To the end; a controller that is killed is followed by one that is not."""
    try:
        site.boot(fate)
        asyncio.run(site.to_the_end(options))
    except Killed:
        site.ledger.close()
        site.boot(Fate())
        asyncio.run(site.to_the_end(options))
    seen = site.photo()
    site.ledger.close()
    return seen


CASES = {
    "good": (frozenset(), Options(batch=2, soak=0), ["updated"] * 3),
    "bad canary": (frozenset("a"), Options(soak=0), ["failed", "waiting", "waiting"]),
    "one bad": (frozenset("b"), Options(batch=1, soak=0), ["updated", "failed", "waiting"]),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_it_ends_the_same_wherever_it_is_killed(case: str, tmp_path: Path) -> None:
    bad, options, states = CASES[case]
    calm, calm_place = Fate(), tmp_path / "calm"
    calm_place.mkdir()
    expected = played(Site(calm_place, bad), calm, options)
    campaign, applied, running, image = expected
    assert [entry.state for entry in campaign.entries] == states
    assert image == NEW.image
    for entry in campaign.entries:
        assert running[entry.tenant] == entry.build.image_id
        assert (entry.tenant in applied.held) == (entry.build == OLD)
    for at in range(1, calm.count + 1):
        for after in (False, True):
            place = tmp_path / f"{at}-{after}"
            place.mkdir()
            assert played(Site(place, bad), Fate(at, after), options) == expected, (at, after)


def test_who_carries_updates_rests_until_one_is_begun(tmp_path: Path) -> None:
    async def scene() -> str:
        site = Site(tmp_path)
        site.boot(Fate())
        assert site.state.applied is not None
        carrying = asyncio.create_task(site.campaigns.run())
        try:
            async with asyncio.timeout(60):
                await asyncio.sleep(0.05)
                now = Now(site.state.applied, dict.fromkeys(TENANTS, OLD), TENANTS, 1, 0.0)
                async with site.campaigns.lock:
                    await site.campaigns.become(update(now, Asked(options=Options(soak=0)), NEW))
                while site._campaign().active:
                    site.turns.take()
                    await asyncio.sleep(0.01)
        finally:
            carrying.cancel()
        site.ledger.close()
        return site._campaign().state

    assert asyncio.run(scene()) == "done"


SOAKED = Options(batch=2, soak=10)


def notes(site: Site) -> list[str]:
    found = []
    while not site.told.empty():
        line = site.told.get_nowait()
        found += [line.text] if line.kind == "note" else []
    return found


def crash(site: Site, tenant: str) -> None:
    """As the loop counts it."""
    (container,) = [one for one in site.world.containers.values() if one.tenant == tenant]
    ended = replace(container, state="exited", exit_code=3, finished_at="now")
    before = site.state.attempts(tenant)
    site.state.history[tenant] = history.exited(before, ended, 0.0, "the flux is missing")


def states(campaign: Campaign) -> list[str]:
    return [entry.state for entry in campaign.entries]


def updated(number: int) -> Callable[[Campaign], bool]:
    return lambda campaign: len(campaign.of("updated")) >= number


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path)
    made.boot(Fate())
    yield made
    made.ledger.close()


async def watching(site: Site) -> None:
    await site.begin(SOAKED)
    await site.until(updated(1))
    for _ in range(3):
        assert not await site.campaigns.step()
    assert states(site._campaign()) == ["updated", "waiting", "waiting"]
    assert "watching the first for 10 s" in notes(site)


def ended(campaign: Campaign) -> bool:
    return not campaign.active


def test_nobody_follows_the_canary_before_it_was_watched(site: Site) -> None:
    async def play() -> Campaign:
        await watching(site)
        site.time += 10
        await site.until(updated(3))
        assert not await site.campaigns.step()
        assert notes(site) == ["watching all 3 for 10 s"]
        site.time += 10
        return await site.until(ended)

    assert asyncio.run(play()).state == "done"


def test_a_canary_that_dies_meanwhile_is_brought_back_and_nobody_follows(site: Site) -> None:
    async def play() -> Campaign:
        await watching(site)
        crash(site, "a")
        return await site.until(ended)

    end = asyncio.run(play())
    assert (end.state, states(end)) == ("failed", ["failed", "waiting", "waiting"])
    assert "exit code 3. Last log lines: the flux is missing" in end.entries[0].reason
    assert {one.image_id for one in site.world.containers.values()} == {IMAGE_ID}


def test_one_that_hangs_in_the_end_is_brought_back_too(site: Site) -> None:
    async def play() -> Campaign:
        await watching(site)
        site.answers.silent = {site.state.desired["a"].address}
        site.time += 10
        return await site.until(ended)

    end = asyncio.run(play())
    assert states(end) == ["failed", "waiting", "waiting"]
    assert "did not answer at /readyz. Last log lines: the flux ran dry" in end.entries[0].reason


def test_whoever_was_updated_is_looked_at_before_the_next_batch(site: Site) -> None:
    async def play() -> Campaign:
        await site.begin(replace(SOAKED, batch=1))
        await site.until(updated(1))
        await site.campaigns.step()
        site.time += 10
        await site.until(lambda campaign: "updating" in states(campaign))
        crash(site, "a")
        return await site.until(ended)

    end = asyncio.run(play())
    assert states(end) == ["failed", "updated", "waiting"]


def test_a_controller_that_comes_meanwhile_watches_the_whole_time_again(site: Site) -> None:
    async def play() -> Campaign:
        await watching(site)
        site.time += 9
        site.ledger.close()
        site.boot(Fate())
        await site.campaigns.step()
        site.time += 9
        assert not await site.campaigns.step()
        crash(site, "a")
        await site.until(lambda campaign: bool(campaign.of("returning")))
        site.ledger.close()
        site.boot(Fate())  # and one that comes when it is brought back goes on with that
        return await site.until(ended)

    assert states(asyncio.run(play())) == ["failed", "waiting", "waiting"]
