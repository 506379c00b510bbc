"""Medians and ranges. `numbers` as in figures; the standard library's module is not meant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median


@dataclass(frozen=True)
class Spread:
    """What repeated measuring gave."""

    median: float
    low: float
    high: float
    count: int

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        return cls(median(values), min(values), max(values), len(values))


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least this share of them does not exceed (nearest rank)."""
    return sorted(values)[max(0, ceil(share * len(values)) - 1)]


def ratios(ours: Sequence[float], peer: Sequence[float]) -> Spread:
    """Ours over the peer's, pair by pair: below 1 is faster than the peer."""
    return Spread.of([mine / theirs for mine, theirs in zip(ours, peer, strict=True)])
