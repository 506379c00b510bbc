"""The tables of the fleet and of the pure core."""

from __future__ import annotations

from collections.abc import Sequence

from bench.clock import Growth
from bench.core import LIMIT_S, CoreResult
from bench.numbers import ratios
from bench.rounds import Results
from bench.tables import ratio, seconds, spread_ms, table


def fleet_tables(ours: Results, peer: Results) -> list[str]:
    """What one more customer and twenty take, and each measurement."""
    return [
        *table(
            ("seconds: median (lowest–highest)", "ours", "compose", "ratio", "pairs"),
            _compared(ours, peer),
        ),
        *table(("each, in the order of measuring", "ours", "compose"), _each(ours, peer)),
    ]


def core_table(core: Sequence[CoreResult]) -> list[str]:
    """What a turn takes that finds nothing to do."""
    head = ("reconcile with nothing to do", "right after an apply", "every later turn")
    return table(head, _core(core))


def _compared(ours: Results, peer: Results) -> list[tuple[str, ...]]:
    return [
        _pair(
            "one more with 20 running: command → routable",
            _routable(ours.one_more),
            _routable(peer.one_more),
        ),
        _pair(
            "one more with 20 running: command → its end",
            _command(ours.one_more),
            _command(peer.one_more),
        ),
        _pair(
            "the same with `watch: true`: save → routable",
            _routable(ours.watched),
            _routable(peer.one_more),
        ),
        _pair(
            "20 from zero: command → all routable",
            _routable(ours.from_zero),
            _routable(peer.from_zero),
        ),
        _pair(
            "20 from zero: command → its end", _command(ours.from_zero), _command(peer.from_zero)
        ),
    ]


def _pair(name: str, ours: Sequence[float], peer: Sequence[float]) -> tuple[str, ...]:
    both = ratios(ours, peer)
    return (
        name,
        seconds(ours),
        seconds(peer),
        ratio(both),
        str(both.count),
    )


def _core(results: Sequence[CoreResult]) -> list[tuple[str, ...]]:
    rows = [
        (f"{one.tenants:,} tenants", spread_ms(one.first), spread_ms(one.later)) for one in results
    ]
    return [
        *rows,
        (
            f"limit at {results[-1].tenants:,}",
            f"{LIMIT_S * 1000:.0f} ms",
            f"{LIMIT_S * 1000:.0f} ms",
        ),
    ]


def _each(ours: Results, peer: Results) -> list[tuple[str, ...]]:
    return [
        ("one more, routable", _list(_routable(ours.one_more)), _list(_routable(peer.one_more))),
        ("one more with `watch: true`", _list(_routable(ours.watched)), "–"),
        (
            "20 from zero, routable",
            _list(_routable(ours.from_zero)),
            _list(_routable(peer.from_zero)),
        ),
    ]


def _routable(growths: Sequence[Growth]) -> list[float]:
    return [one.routable_s for one in growths]


def _command(growths: Sequence[Growth]) -> list[float]:
    return [one.command_s for one in growths if one.command_s is not None]


def _list(values: Sequence[float]) -> str:
    return ", ".join(f"{value:.2f}" for value in values)
