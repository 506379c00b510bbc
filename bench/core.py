"""How long the pure core takes to find that nothing is to be done."""

from __future__ import annotations

import time
from dataclasses import dataclass

from bench.fleets import as_wanted, ids, specs
from bench.numbers import Spread
from orchestrator.core.desired import Site
from orchestrator.core.reconcile import reconcile

SIZES = (10, 100, 1_000)
REPEATS = 30
LIMIT_S = 0.1  # at 1,000 tenants
SITE = Site(instance="0123456789ab", data_root="/var/lib/orchestrator")


@dataclass(frozen=True)
class CoreResult:
    """Seconds of one reconcile. `first`: right after an apply, when no fingerprint is known yet."""

    tenants: int
    first: Spread
    later: Spread


def measure() -> list[CoreResult]:
    """One result per size. RuntimeError when the plan was not empty: then it measured nothing."""
    return [_measure(size) for size in SIZES]


def _measure(tenants: int) -> CoreResult:
    first = [_once(tenants) for _ in range(max(3, REPEATS // 5))]
    fleet = specs(ids(tenants), "data-agent:latest", SITE)
    world = as_wanted(fleet)
    later = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        plan = reconcile(fleet, world, {}, 0.0)
        later.append(time.perf_counter() - began)
        if plan.tenants:
            raise RuntimeError(f"a world as wanted gave a plan: {plan.tenants[0]}")
    return CoreResult(tenants, Spread.of(first), Spread.of(later))


def _once(tenants: int) -> float:
    """With specs that were never asked for their fingerprints."""
    world = as_wanted(specs(ids(tenants), "data-agent:latest", SITE))
    fleet = specs(ids(tenants), "data-agent:latest", SITE)
    began = time.perf_counter()
    reconcile(fleet, world, {}, 0.0)
    return time.perf_counter() - began
