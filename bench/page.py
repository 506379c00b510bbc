"""docs/benchmarks.md: the tables between its two marks are written anew, the words stay."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.clock import Growth
from bench.core import LIMIT_S, CoreResult
from bench.numbers import Spread, ratios
from bench.rounds import Results

BEGIN = "<!-- tables: written by make bench -->"
END = "<!-- end of the tables -->"


class PageDamaged(Exception):
    """The page lacks its marks, so that nobody knows what may be replaced."""


def write(path: Path, tables: str) -> None:
    """Replace what stands between the marks. PageDamaged."""
    text = path.read_text()
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise PageDamaged(f"{path} must hold the lines {BEGIN!r} and {END!r}")
    path.write_text(f"{before}{BEGIN}\n\n{tables}\n{END}{after}")


def render(
    machine: Sequence[tuple[str, str]],
    core: Sequence[CoreResult],
    ours: Results,
    peer: Results,
) -> str:
    """The tables, as Markdown."""
    return "\n".join(
        [
            *_table(("measured on", ""), machine),
            *_table(
                ("seconds: median (lowest–highest)", "ours", "compose", "ratio", "pairs"),
                _compared(ours, peer),
            ),
            *_table(
                ("reconcile with nothing to do", "right after an apply", "every later turn"),
                _core(core),
            ),
            "Each measurement, in the order in which they were made:",
            "",
            *_table(("", "ours", "compose"), _each(ours, peer)),
        ]
    )


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
    ratio = ratios(ours, peer)
    return (
        name,
        _spread(Spread.of(ours)),
        _spread(Spread.of(peer)),
        f"**{ratio.median:.2f}** ({ratio.low:.2f}–{ratio.high:.2f})",
        str(ratio.count),
    )


def _core(results: Sequence[CoreResult]) -> list[tuple[str, ...]]:
    rows = [
        (f"{one.tenants:,} tenants", _milliseconds(one.first), _milliseconds(one.later))
        for one in results
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


def _spread(spread: Spread) -> str:
    return f"{spread.median:.2f} ({spread.low:.2f}–{spread.high:.2f})"


def _milliseconds(spread: Spread) -> str:
    return f"{spread.median * 1000:.1f} ms ({spread.low * 1000:.1f}–{spread.high * 1000:.1f})"


def _list(values: Sequence[float]) -> str:
    return ", ".join(f"{value:.2f}" for value in values)


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [head, ["---"] * len(head), *rows]
    return [*(f"| {' | '.join(line)} |" for line in lines), ""]
