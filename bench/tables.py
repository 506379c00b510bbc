"""How figures are written: Markdown tables, medians with their range."""

from __future__ import annotations

from collections.abc import Sequence

from bench.numbers import Spread

MIB = 2**20


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The lines of a table, and an empty one."""
    lines = [head, ["---"] * len(head), *rows]
    return [*(f"| {' | '.join(line)} |" for line in lines), ""]


def seconds(values: Sequence[float]) -> str:
    return _spread(Spread.of(values))


def ratio(spread: Spread) -> str:
    return f"**{spread.median:.2f}** ({spread.low:.2f}–{spread.high:.2f})"


def milliseconds(values: Sequence[float]) -> str:
    return spread_ms(Spread.of(values))


def spread_ms(spread: Spread) -> str:
    return f"{spread.median * 1000:.1f} ms ({spread.low * 1000:.1f}–{spread.high * 1000:.1f})"


def mib(values: Sequence[float]) -> str:
    spread = Spread.of([value / MIB for value in values])
    return f"{spread.median:.0f} MiB ({spread.low:.0f}–{spread.high:.0f})"


def _spread(spread: Spread) -> str:
    return f"{spread.median:.2f} ({spread.low:.2f}–{spread.high:.2f})"
