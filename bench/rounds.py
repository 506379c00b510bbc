"""Rounds of both sides in turn. Only one side runs at a time, so that neither is in the other's
way; who begins changes from round to round."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from bench.clock import Growth, gone, grow
from bench.fleets import ids
from bench.ours import Ours
from bench.sides import Side

FIRST_TENANTS = 20
QUIET_S = 2.0  # between a change and the next measurement: both sides come to rest
# After many started: the engine's own health checks run 20 s after each start, in our containers.
SETTLE_S = 20.0

Say = Callable[[str], None]


@dataclass
class Results:
    """What one side gave; the n-th of one side and the n-th of the other are a pair."""

    from_zero: list[Growth] = field(default_factory=list)
    one_more: list[Growth] = field(default_factory=list)
    watched: list[Growth] = field(default_factory=list)  # ours only


@dataclass(frozen=True)
class Size:
    """How much is measured. `more` additions of one tenant in each round."""

    rounds: int = 3
    more: int = 2
    tenants: int = FIRST_TENANTS


def run_rounds(sides: Sequence[Side], size: Size, say: Say) -> dict[str, Results]:
    """All rounds; a first one with two tenants warms the caches and does not count."""
    say("warming up: two tenants on each side, not counted")
    for side in sides:
        _round(side, Size(tenants=2, more=1), Results(), say)
    results = {side.name: Results() for side in sides}
    for number in range(size.rounds):
        for side in sides if number % 2 == 0 else reversed(sides):
            say(f"round {number + 1} of {size.rounds}: {side.name}")
            _round(side, size, results[side.name], say)
    return results


def _round(side: Side, size: Size, results: Results, say: Say) -> None:
    try:
        side.start()
        time.sleep(QUIET_S)
        asyncio.run(_measure(side, size, results, say))
    finally:
        side.stop()


async def _measure(side: Side, size: Size, results: Results, say: Say) -> None:
    first = ids(size.tenants)
    results.from_zero.append(await _add(side, [], first))
    say(f"  {len(first)} tenants from zero: {_words(results.from_zero[-1])}")
    await asyncio.sleep(SETTLE_S if len(first) >= FIRST_TENANTS else 0)
    for extra in ids(size.more, "extra"):
        await asyncio.sleep(QUIET_S)
        results.one_more.append(await _add(side, first, [extra]))
        say(f"  one more: {_words(results.one_more[-1])}")
        await _take_back(side, first, extra)
    if isinstance(side, Ours):
        side.watch = True
        await _take_back(side, first, "extra-001")
        for extra in ids(size.more, "watched"):
            await asyncio.sleep(QUIET_S)
            results.watched.append(await _add(side, first, [extra], save_only=True))
            say(f"  one more, watched: {_words(results.watched[-1])}")
            await _take_back(side, first, extra)


async def _add(
    side: Side, there: Sequence[str], new: Sequence[str], *, save_only: bool = False
) -> Growth:
    hosts = [side.host(tenant) for tenant in new]
    everybody = [*there, *new]
    if save_only:
        # The clock starts before the save, which takes less than a millisecond.
        asyncio.get_running_loop().call_soon(side.write, everybody)
        return await grow(None, hosts, side.port)
    side.write(everybody)
    return await grow(side.apply(), hosts, side.port)


async def _take_back(side: Side, there: Sequence[str], extra: str) -> None:
    """Not measured: its host stops to answer, and the command has ended."""
    side.write(there)
    await grow(side.apply(), [], side.port)
    await gone(side.host(extra), side.port)


def _words(growth: Growth) -> str:
    command = "" if growth.command_s is None else f", command {growth.command_s:.2f} s"
    return f"routable {growth.routable_s:.2f} s{command}"
