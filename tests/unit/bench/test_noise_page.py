"""What is written of one tenant's noise."""

from __future__ import annotations

from collections import Counter

from bench.never_down import noisy
from bench.never_down.noise import KINDS, Disturbed, section

CALM = [n / 1000 for n in range(1, 101)]  # 1 to 100 ms


def test_each_kind_is_set_against_its_own_calm() -> None:
    loud = [2 * one for one in CALM]
    found = Disturbed(KINDS[1], CALM, loud, Counter({"503": 2}), "9 × 429")
    assert found.ratio == 2.0
    assert section([found]).splitlines()[-1] == (
        f"| {KINDS[1].words} | 50.0 ms | 100.0 ms | 99.0 ms | 198.0 ms | 2.00 | 2 | 9 × 429 |"
    )
    assert "200 times in all" in section([found])


def test_every_kind_can_be_made() -> None:
    assert {kind.name for kind in KINDS} == set(noisy.KINDS)
